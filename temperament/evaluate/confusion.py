"""Scores of confusion counts. Every function takes counts (… × labels × labels, gold by read) and works on the last two axes.

One table or a thousand resampled ones go the same way, so an interval belongs to its score by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from temperament.features import Floats

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Gold and read labels of the same messages, as places in ``labels``."""

    labels: tuple[str, ...]
    true: NDArray[np.int64]
    read: NDArray[np.int64]

    @classmethod
    def of(cls, true: Sequence[str], read: Sequence[str], order: Sequence[str] = ()) -> "Pairs":
        """Number the labels that occur on either side: those of ``order`` first, the others in alphabetical order."""
        found = {*true, *read}
        known = [label for label in order if label in found]
        labels = (*known, *sorted(found.difference(known)))
        place = {label: number for number, label in enumerate(labels)}
        return cls(labels, *(np.array([place[one] for one in side], np.int64) for side in (true, read)))

    def counts(self, weights: NDArray[np.int64] | None = None) -> Counts:
        """Return the confusion counts (labels × labels), or those under every row of weights (resamples × messages)."""
        size = len(self.labels)
        cells = self.true * size + self.read
        if weights is None:
            return np.bincount(cells, minlength=size * size).reshape(size, size)
        order = np.argsort(cells, kind="stable")
        occupied, starts = np.unique(cells[order], return_index=True)
        found = np.zeros((len(weights), size * size), np.int64)
        if len(occupied):
            found[:, occupied] = np.add.reduceat(weights[:, order], starts, axis=1)
        return found.reshape(len(weights), size, size)


def _parts(counts: Counts) -> tuple[Floats, Floats, Floats]:
    """Return for every label how often it was found, how often it is gold, and how often it was read."""
    found = np.diagonal(counts, axis1=-2, axis2=-1)
    return found.astype(float), counts.sum(axis=-1).astype(float), counts.sum(axis=-2).astype(float)


def precision(counts: Counts) -> Floats:
    """Return the share of readings of each label that are right; 0 for a label that is never read."""
    found, _, named = _parts(counts)
    return np.asarray(found / np.maximum(named, 1))


def recall(counts: Counts) -> Floats:
    """Return the share of each gold label that was found; 0 for a label that does not occur."""
    found, support, _ = _parts(counts)
    return np.asarray(found / np.maximum(support, 1))


def f1(counts: Counts) -> Floats:
    """Return the F1 of each label; 0 where it is neither gold nor read."""
    found, support, named = _parts(counts)
    return np.asarray(2 * found / np.maximum(support + named, 1))


def accuracy(counts: Counts) -> Floats:
    """Return the share of messages whose label was found."""
    found, support, _ = _parts(counts)
    return np.asarray(found.sum(axis=-1) / np.maximum(support.sum(axis=-1), 1))


def macro_f1(counts: Counts) -> Floats:
    """Return the plain mean of F1 over the labels that occur in the gold."""
    return _mean_of_gold(f1(counts), counts)


def balanced_accuracy(counts: Counts) -> Floats:
    """Return the plain mean of recall over the labels that occur in the gold."""
    return _mean_of_gold(recall(counts), counts)


def _mean_of_gold(scores: Floats, counts: Counts) -> Floats:
    occurs = counts.sum(axis=-1) > 0
    return np.asarray((scores * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1))


def kappa(counts: Counts) -> Floats:
    """Return Cohen's kappa (Cohen 1960, "A coefficient of agreement for nominal scales"): 1 is perfect, 0 is chance.

    NaN where both sides know one and the same label only: agreement by chance is then certain, and kappa undefined.
    """
    _, support, named = _parts(counts)
    total = np.maximum(support.sum(axis=-1), 1)
    chance = (support * named).sum(axis=-1) / total**2
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (accuracy(counts) - chance) / (1 - chance)
    return np.asarray(np.where(np.isclose(chance, 1), np.nan, found))
