"""The agent's scorecard: what conversations show of the measures of the playbook, counted, each with its evidence.

No model is asked here and nothing is guessed: where a text cannot tell, the measure says so.
Words are found by lists, so a deed in other words is missed. Read by eye on 30 public helpdesk dialogues with upset
customers that no list was written from, 56 of 63 things counted as done were done, and 258 of 274 counted as not done
were not; several of the 23 mistakes were mended after that count.
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
