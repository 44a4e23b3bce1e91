"""How long the customer waited for each answer."""

from collections.abc import Sequence
from datetime import datetime

from temperament.moments import moments
from temperament.turns import Turn


def times_of(turns: Sequence[Turn]) -> list[datetime | None]:
    """Return the point in time of each turn, ``None`` where it is missing or cannot be read."""
    return moments([turn.time for turn in turns])


def waits(turns: Sequence[Turn], times: Sequence[datetime | None]) -> list[float | None]:
    """Return for each turn of the agent the minutes since the customer's first unanswered turn.

    ``None`` for other turns, where a time is missing, where nobody was waiting, and where the times run backwards.
    """
    found: list[float | None] = []
    waiting: int | None = None
    for at, turn in enumerate(turns):
        wait = None
        if turn.speaker == "customer" and waiting is None:
            waiting = at
        if turn.speaker == "agent" and turn.text.strip() and waiting is not None:
            wait = _minutes(times[waiting], times[at])
            waiting = None
        found.append(wait)
    return found


def _minutes(first: datetime | None, last: datetime | None) -> float | None:
    if first is None or last is None or last < first:
        return None
    return round((last - first).total_seconds() / 60, 2)
