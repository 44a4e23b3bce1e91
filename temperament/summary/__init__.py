"""Many conversations together: what agents and a team did, what to coach, what customers complain of, and when."""

from temperament.summary.attention import by_attention, needs_attention
from temperament.summary.coaching import Coaching, Place, coaching, merge
from temperament.summary.peaks import Day, Peak, day_of, days, peaks
from temperament.summary.team import AgentSummary, CauseCount, TeamSummary, summarise

__all__ = [
    "AgentSummary",
    "CauseCount",
    "Coaching",
    "Day",
    "Peak",
    "Place",
    "TeamSummary",
    "by_attention",
    "coaching",
    "day_of",
    "days",
    "merge",
    "needs_attention",
    "peaks",
    "summarise",
]
