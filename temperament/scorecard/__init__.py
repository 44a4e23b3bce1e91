"""The agent's scorecard: what conversations show of the measures of the playbook, counted, each with its evidence.

No model is asked here and nothing is guessed: where a text cannot tell, the measure says so.
"""

from temperament.scorecard.counting import scorecard
from temperament.scorecard.heard import heard
from temperament.scorecard.results import (
    AgentCard,
    CustomerVoice,
    Heard,
    Item,
    MatterCount,
    Occasion,
    Rating,
    Scorecard,
    Strain,
    Tally,
    TeamCard,
    Voice,
    Whereabouts,
)
from temperament.scorecard.team import team_card

__all__ = [
    "AgentCard",
    "CustomerVoice",
    "Heard",
    "Item",
    "MatterCount",
    "Occasion",
    "Rating",
    "Scorecard",
    "Strain",
    "Tally",
    "TeamCard",
    "Voice",
    "Whereabouts",
    "heard",
    "scorecard",
    "team_card",
]
