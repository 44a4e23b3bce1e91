"""Turning points: where the customer's state changed for the worse or the better."""

from collections.abc import Iterator, Sequence

from temperament.conversation.results import Direction, TurningPoint
from temperament.labels import Reading, StateLabel

LEAST_CHANGE = 0.25
"""How far the probability that the customer is not calm has to move; less is the noise of the reading."""
_GRAVITY: dict[StateLabel, int] = {"calm": 0, "confused": 1, "anxious": 1, "difficult": 2, "angry": 3}
"""How hard a state is to handle: the order of the strategies' priorities, anger last to go."""


def unrest(reading: Reading) -> float:
    """Return the probability (0 to 1) that the customer is in any other state than calm."""
    return 1 - reading.state_probabilities["calm"]


def turning_points(numbered: Sequence[tuple[int, Reading]], agents: Sequence[int]) -> Iterator[TurningPoint]:
    """Yield where the state changes from one readable turn of the customer to the next.

    ``numbered`` are the customer's turns with their numbers, ``agents`` the numbers of the agent's. A change counts
    where the two states differ in gravity and calm became likelier or less likely by a quarter; from one grave
    state to another the reading has to be sure of the new one.
    """
    read = [(number, reading) for number, reading in numbered if not reading.reason]
    for (_, before), (number, after) in zip(read, read[1:], strict=False):
        direction = _direction(before, after)
        if direction is not None:
            last = max((one for one in agents if one < number), default=None)
            yield TurningPoint(number, before.state, after.state, direction, last)


def _direction(before: Reading, after: Reading) -> Direction | None:
    step = _GRAVITY[after.state] - _GRAVITY[before.state]
    moved = unrest(after) - unrest(before)
    if not step:
        return None
    if "calm" in {before.state, after.state}:
        real = abs(moved) >= LEAST_CHANGE and (step > 0) == (moved > 0)
    else:
        real = after.confidence["state"] != "low"
    if not real:
        return None
    return "worse" if step > 0 else "better"
