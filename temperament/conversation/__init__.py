"""Whole conversations: turns → the state over time, signals, promises, findings in place, and what it adds up to."""

from temperament.conversation.analysis import Forecaster, Policy, Talk, analyze, analyze_many
from temperament.conversation.results import (
    REPETITION,
    AgentTurn,
    Conversation,
    CustomerTurn,
    FoundCause,
    Manner,
    OtherTurn,
    Promise,
    Rank,
    Signal,
    StepMade,
    TurningPoint,
)

__all__ = [
    "REPETITION",
    "AgentTurn",
    "Conversation",
    "CustomerTurn",
    "Forecaster",
    "FoundCause",
    "Manner",
    "OtherTurn",
    "Policy",
    "Promise",
    "Rank",
    "Signal",
    "StepMade",
    "Talk",
    "TurningPoint",
    "analyze",
    "analyze_many",
]
