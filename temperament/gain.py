"""What an own model gains over the shipped one on the same messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from temperament.labels import HEADS, Head

RESAMPLES = 2000
SEED = 20261122
_LEVELS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class HeadGain:
    """Macro-F1 (0 to 1) of the shipped and of the own model, and the bootstrap 95 % interval of the difference."""

    shipped: float
    own: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """How much more the own model scores."""
        return self.own - self.shipped


@dataclass(frozen=True, slots=True)
class Gain:
    """The comparison of both models on ``messages`` messages; the own readings are of messages it did not see."""

    model: str
    messages: int
    temperament: HeadGain
    state: HeadGain


Columns = Mapping[Head, Sequence[str]]


def gain(model: str, gold: Columns, shipped: Columns, own: Columns) -> Gain:
    """Compare two models' labels of the same messages with the gold ones."""
    heads = {head: head_gain(gold[head], shipped[head], own[head]) for head in HEADS}
    return Gain(model, len(gold["state"]), heads["temperament"], heads["state"])


def head_gain(gold: Sequence[str], shipped: Sequence[str], own: Sequence[str]) -> HeadGain:
    """Return macro-F1 of both and the percentile bootstrap of the difference (Efron 1979), messages drawn in pairs.

    Macro-F1 is the plain mean over the labels that occur in ``gold``; a label missing from a resample is left out of it.
    """
    names = sorted({*gold, *shipped, *own})
    codes = np.array([[names.index(label) for label in side] for side in (gold, shipped, own)])
    draw = np.random.default_rng(SEED)
    count = codes.shape[1]
    differences = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        drawn = codes[:, draw.integers(0, count, count)]
        differences[number] = _macro_f1(drawn[0], drawn[2], len(names)) - _macro_f1(drawn[0], drawn[1], len(names))
    low, high = np.percentile(differences, _LEVELS)
    return HeadGain(
        _macro_f1(codes[0], codes[1], len(names)), _macro_f1(codes[0], codes[2], len(names)), float(low), float(high)
    )


def _macro_f1(true: NDArray[np.int64], read: NDArray[np.int64], labels: int) -> float:
    have, named = np.bincount(true, minlength=labels), np.bincount(read, minlength=labels)
    right = np.bincount(true[true == read], minlength=labels)
    asked = have > 0
    return float((2 * right[asked] / (have + named)[asked]).mean())
