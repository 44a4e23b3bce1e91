"""Bootstrap intervals over messages: percentiles of scores under weights that count how often a message was drawn.

Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13 (percentile intervals).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from temperament.evaluate import confusion
from temperament.evaluate.confusion import Pairs
from temperament.features import Floats

Weights = NDArray[np.int64]
Scorer = Callable[[Weights], Floats]
RESAMPLES = 1000
SEED = 0
_PERCENTILES = (2.5, 97.5)
_AT_ONCE = 4_000_000
"""How many weights are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it as tables do, with three digits.

        >>> str(Estimate(0.5, 0.4, 0.61))
        '0.500 [0.400, 0.610]'
        """
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def draws(messages: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Weights]:
    """Yield weights (some resamples × messages) of messages drawn with replacement; the same seed draws the same."""
    random, shares = np.random.default_rng(seed), np.full(messages, 1 / messages)
    step = max(1, _AT_ONCE // messages)
    for start in range(0, resamples, step):
        yield random.multinomial(messages, shares, min(step, resamples - start))


def resampled(messages: int, scores: Scorer, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Return the scores of all resamples (resamples × scores); ``scores`` takes weights (resamples × messages)."""
    if not resamples:
        return np.zeros(0)
    return np.concatenate([scores(weights) for weights in draws(messages, resamples, seed)])


def limits(scores: Floats) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of resampled scores; undefined ones are left out, ``None`` without any left."""
    known = scores[~np.isnan(scores)]
    if not len(known):
        return None
    low, high = np.percentile(known, _PERCENTILES)
    return float(low), float(high)


def estimate(messages: int, scores: Scorer, resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """Return a score of all messages with its interval; ``scores`` takes weights (resamples × messages)."""
    whole = float(scores(np.ones((1, messages), np.int64))[0])
    low, high = limits(resampled(messages, scores, resamples, seed)) or (whole, whole)
    return Estimate(whole, low, high)


def macro_f1s(true: Sequence[str], read: Sequence[str], weights: Weights, only: str | None = None) -> Floats:
    """Return macro-F1 for every row of weights (resamples × messages), as ``macro_f1`` does for the drawn messages.

    The mean runs over the labels that occur in ``true`` under those weights; ``only`` asks for the F1 of one label,
    which is 0 where that label was not drawn.
    """
    pairs = Pairs.of(true, read)
    counts = pairs.counts(weights)
    if only is None:
        return confusion.macro_f1(counts)
    if only not in pairs.labels:
        return np.zeros(len(weights))
    place = pairs.labels.index(only)
    return np.asarray(confusion.f1(counts)[:, place] * (counts[:, place].sum(axis=-1) > 0))
