"""Whole conversations: turns and their readings → the state over time, signals, promises, findings, what it adds up to.

No model is asked here: ``temperament.analysis`` reads the turns.
"""

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
from temperament.conversation.talk import Forecaster, Policy

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
    "TurningPoint",
]
