"""Readings of many messages as arrays, one row a message: what batches and clusters work with."""

from dataclasses import dataclass
from itertools import repeat
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from temperament.features import Floats
from temperament.guards import REASONS
from temperament.labels import (
    FEELINGS,
    HEADS,
    LABELS,
    NEUTRAL,
    STATES,
    TEMPERAMENTS,
    Band,
    Head,
    Reading,
    StateLabel,
    quick_reading,
)
from temperament.model import HeadModel, Presence

BANDS: tuple[Band, ...] = get_args(Band)
Places = NDArray[np.int8]
_LOW = BANDS.index("low")
_FEELINGS = np.array([STATES.index(feeling) for feeling in FEELINGS], np.int8)
"""Where the feelings stand among the states."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Readings as arrays; row ``i`` is message ``i``.

    ``temperament`` and ``state`` hold places in ``TEMPERAMENTS`` and ``STATES`` (``labels`` gives the names), the
    probabilities have one column a label in the same order (``present_probabilities``: one a feeling, in the order of
    ``FEELINGS``, and so has ``also``). Confidences are places in ``BANDS``, ``reasons`` in ``REASONS`` (0: none).
    """

    temperament: Places
    state: Places
    temperament_probabilities: Floats
    state_probabilities: Floats
    present_probabilities: Floats
    temperament_confidence: Places
    state_confidence: Places
    also: NDArray[np.bool_]
    reasons: Places
    model: str

    def __len__(self) -> int:
        """Return the number of messages."""
        return len(self.reasons)

    def labels(self, head: Head) -> NDArray[np.object_]:
        """Return the label strings of a head."""
        return np.array(LABELS[head], object)[self.temperament if head == "temperament" else self.state]

    def readings(self, texts: list[str]) -> list[Reading]:
        """Return the rows as readings of the texts they belong to, without evidence."""
        also: list[tuple[StateLabel, ...]] = [()] * len(self)
        for row in np.flatnonzero(self.also.any(axis=1)).tolist():
            also[row] = self._also(row)
        columns = (
            texts,
            map(TEMPERAMENTS.__getitem__, self.temperament.tolist()),
            map(STATES.__getitem__, self.state.tolist()),
            map(_of_temperaments, *self.temperament_probabilities.T.tolist()),
            map(_of_states, *self.state_probabilities.T.tolist()),
            map(
                _of_heads,
                map(BANDS.__getitem__, self.temperament_confidence.tolist()),
                map(BANDS.__getitem__, self.state_confidence.tolist()),
            ),
            map(_of_feelings, *self.present_probabilities.T.tolist()),
            also,
            repeat(()),
            map(REASONS.__getitem__, self.reasons.tolist()),
            repeat(self.model),
        )
        return list(map(quick_reading, *columns))

    def _also(self, row: int) -> tuple[StateLabel, ...]:
        chances = self.present_probabilities[row]
        named = np.flatnonzero(self.also[row])
        return tuple(FEELINGS[place] for place in named[np.argsort(-chances[named], kind="stable")].tolist())


def _of_temperaments(first: float, second: float, third: float, fourth: float, fifth: float) -> dict[str, float]:
    return {"choleric": first, "sanguine": second, "phlegmatic": third, "melancholic": fourth, "unclear": fifth}


def _of_states(first: float, second: float, third: float, fourth: float, fifth: float) -> dict[str, float]:
    return {"angry": first, "confused": second, "anxious": third, "difficult": fourth, "calm": fifth}


def _of_feelings(first: float, second: float, third: float, fourth: float) -> dict[str, float]:
    return {"angry": first, "confused": second, "anxious": third, "difficult": fourth}


def _of_heads(temperament: Band, state: Band) -> dict[str, Band]:
    """Spelt out like its three neighbours: a fresh dict of names costs a third of ``dict(zip(…))``."""
    return {"temperament": temperament, "state": state}


def tabulate(
    chances: dict[str, Floats], reasons: Places, heads: dict[Head, HeadModel], presence: Presence, name: str
) -> Tables:
    """Make tables of a model's probabilities (see ``model.tables``); unreadable rows get neutral labels and base rates."""
    odd = reasons > 0
    chances = settled(chances, reasons, heads)
    tops: dict[Head, Places] = {}
    bands: dict[Head, Places] = {}
    for head in HEADS:
        table = chances[head]
        top = table.argmax(axis=1)
        best = table.max(axis=1)
        least = heads[head].bands
        bands[head] = np.where(odd, _LOW, (best < least["high"]).astype(np.int8) + (best < least["medium"]))
        tops[head] = np.where(odd, LABELS[head].index(NEUTRAL[head]), top).astype(np.int8)
    present = chances["present"]
    leading = tops["state"][:, None] == _FEELINGS
    also = (present >= presence.threshold) & ~leading & ~odd[:, None]
    return Tables(
        tops["temperament"],
        tops["state"],
        chances["temperament"],
        chances["state"],
        present,
        bands["temperament"].astype(np.int8),
        bands["state"].astype(np.int8),
        also,
        reasons,
        name,
    )


def settled(chances: dict[str, Floats], reasons: Places, heads: dict[Head, HeadModel]) -> dict[str, Floats]:
    """Put base rates into the rows that could not be read."""
    odd = reasons.nonzero()[0]
    if len(odd):
        for head in HEADS:
            chances[head][odd] = [heads[head].base_rates.get(label, 0.0) for label in LABELS[head]]
        chances["present"][odd] = chances["state"][odd][:, _FEELINGS]
    return chances


def joined(parts: list[Tables]) -> Tables:
    """Join tables of one model, row after row."""
    if len(parts) == 1:
        return parts[0]
    fields = [name for name in Tables.__dataclass_fields__ if name != "model"]
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in fields}
    return Tables(**arrays, model=parts[0].model)
