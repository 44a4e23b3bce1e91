"""Turning points: where the customer's state changed for the worse or the better."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from temperament.conversation.results import Direction, TurningPoint
from temperament.labels import Reading, StateLabel

LEAST_CHANGE = 0.25
"""How far the probability that the customer is not calm has to move where one of the two states is calm."""
_GRAVITY: dict[StateLabel, int] = {"calm": 0, "confused": 1, "anxious": 1, "difficult": 2, "angry": 2}
"""How hard a state is to handle; between two of the same gravity nothing has turned."""


def unrest(reading: Reading) -> float:
    """Return the probability (0 to 1) that the customer is in any other state than calm."""
    return 1 - reading.state_probabilities["calm"]


def turning_points(numbered: Sequence[tuple[int, Reading]], agents: Sequence[int]) -> Iterator[TurningPoint]:
    """Yield where the state changes from one turn of the customer to the next of those that are read with confidence.

    ``numbered`` are the customer's turns with their numbers, ``agents`` the numbers of the agent's. Turns that could not
    be read, or whose state is in the low band, are passed over: they would make a turn out of the noise of the
    reading. A change counts where the two states differ in gravity and, where one of them is calm, the probability of
    calm moved by a quarter.
    """
    read = [(number, one) for number, one in numbered if not one.reason and one.confidence["state"] != "low"]
    for (_, before), (number, after) in pairwise(read):
        step = _GRAVITY[after.state] - _GRAVITY[before.state]
        calm = "calm" in {before.state, after.state}
        if not step or (calm and abs(unrest(after) - unrest(before)) < LEAST_CHANGE):
            continue
        direction: Direction = "worse" if step > 0 else "better"
        yield TurningPoint(
            number, before.state, after.state, direction, max((a for a in agents if a < number), default=None)
        )
