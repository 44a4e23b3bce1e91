"""Scores of one sequence of labels or chances against another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from temperament.evaluate import confusion
from temperament.evaluate.confusion import Pairs
from temperament.features import Floats

BINS = 10
STEPS = 10
Rights = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of like sureness: their mean chance, how often they were right, and its 95 % Wilson interval (all 0 to 1)."""

    chance: float
    accuracy: float
    low: float
    high: float
    messages: int


def macro_f1(true: Sequence[str], read: Sequence[str]) -> float:
    """Return the plain mean of F1 over the labels that occur in ``true``."""
    return float(confusion.macro_f1(Pairs.of(true, read).counts()))


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return Cohen's kappa of two sequences of labels; ``None`` where both know one and the same label only."""
    return known(confusion.kappa(Pairs.of(first, second).counts()))


def known(score: Floats) -> float | None:
    """Return one score as a plain number, ``None`` for one that is undefined."""
    return None if np.isnan(score) else float(score)


def calibration_error(chances: Floats, right: Rights) -> float:
    """Return the expected calibration error with bins of equal size (Nixon et al. 2019, "Measuring Calibration").

    ``chances`` are top probabilities, ``right`` tells whether the label was the gold one; 0 is perfect.
    """
    gaps = [abs(float(chances[part].mean()) - float(right[part].mean())) * len(part) for part in _bins(chances)]
    return float(sum(gaps) / len(chances))


def calibration_noise(chances: Floats) -> float:
    """Return the calibration error to expect by chance of readings that are right exactly as often as they say.

    In each bin the share of right readings then strays about the mean probability by a normal law, whose mean distance
    is √(2/π) standard deviations. The fewer messages, the larger it is: an error near it says nothing against a model.
    """
    strays = [float(np.sqrt((chances[part] * (1 - chances[part])).sum())) for part in _bins(chances)]
    return float(np.sqrt(2 / np.pi) * sum(strays) / len(chances))


def reliability(chances: Floats, right: Rights) -> tuple[Bin, ...]:
    """Return the bins that ``calibration_error`` compares, the least sure first.

    The intervals are Wilson's (1927, "Probable inference"), which hold for few messages and for shares near 0 and 1.
    """
    return tuple(_bin(chances[part], right[part]) for part in _bins(chances))


def _bins(chances: Floats) -> list[NDArray[np.intp]]:
    order = np.argsort(chances, kind="stable")
    return [part for part in np.array_split(order, BINS) if len(part)]


def _bin(chances: Floats, right: Rights) -> Bin:
    from scipy.stats import binomtest

    limits = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return Bin(float(chances.mean()), float(right.mean()), float(limits.low), float(limits.high), len(right))


def coverage(sureness: Floats, right: Rights) -> tuple[tuple[float, float], ...]:
    """Return (share read, accuracy) when only the surest tenths are read, from all of them down to one tenth.

    A share that is no whole number of readings is rounded up; of equally sure readings the earlier ones are kept.
    """
    ranked = right[np.argsort(-sureness, kind="stable")]
    counts = ((step, -(-len(ranked) * step // STEPS)) for step in range(STEPS, 0, -1))
    return tuple((step / STEPS, float(ranked[:count].mean())) for step, count in counts)
