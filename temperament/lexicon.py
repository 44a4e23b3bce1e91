"""Words that speak for a manner by themselves, as features of the linear model (``lexicon.tsv``).

Slang, abuse, threats and officialese are far more varied than any set of labelled messages shows, and what such a word says
is known. So every word of the list lends its n-grams the share of its manners, and the heads learn what a manner is worth
(labelled features: Druck, Mann & McCallum 2008, "Learning from Labeled Features using Generalized Expectation Criteria").
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from temperament.features import LONGEST
from temperament.stacking import Stacked

MANNERS = (
    "play",
    "abuse",
    "heat",
    "order",
    "threat",
    "sarcasm",
    "judging",
    "hurt",
    "yielding",
    "worry",
    "lost",
    "gain",
    "praise",
)
LEAST_TEXTS = 500
"""With fewer texts the list is left aside: its columns would rest on a handful of words."""
SIZE = 0.3
"""Standard deviation of a manner as a feature, as of a grade (``temperament.grading``)."""
SECOND = 0.5
"""Share of a word's second manner; the first has 1."""


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Return the folded words of the list, each with one or two of ``MANNERS``, the stronger first."""
    lines = Path(__file__).with_name("lexicon.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {word: tuple(manners.split(" ")) for word, manners in rows}


def pieces(word: str) -> list[str]:
    """Return the n-grams that stand for a word: itself, or those of the greatest length if it is longer.

    >>> pieces("忍无可忍")
    ['忍无可', '无可忍']
    """
    return [word[start : start + LONGEST] for start in range(max(len(word) - LONGEST, 0) + 1)]


def serves(texts: int) -> bool:
    """Tell whether the list helps a model of so many texts."""
    return texts >= LEAST_TEXTS


def vocabulary(texts: int) -> set[str]:
    """Return the n-grams that a model of so many texts is to know because of the list."""
    return {piece for word in words() for piece in pieces(word)} if serves(texts) else set()


def learn(matrix: Any, columns: dict[str, int]) -> Stacked | None:
    """Make the manners of texts from their features; ``columns`` numbers the n-grams. ``None`` when there are too few."""
    if not serves(matrix.shape[0]):
        return None
    weights = np.zeros((len(MANNERS), matrix.shape[1]))
    for column, manner, share in _shares(columns):
        weights[manner, column] += share
    sums = np.asarray(matrix @ weights.T)
    middle, spread = sums.mean(axis=0), sums.std(axis=0) + 1e-9
    return Stacked(
        weights=SIZE * weights / spread[:, None],
        intercepts=-SIZE * middle / spread,
        columns=SIZE * (sums - middle) / spread,
    )


def _shares(columns: dict[str, int]) -> Iterator[tuple[int, int, float]]:
    """Yield the column of every known piece, the manner it speaks for, and how much of a word it makes out."""
    for word, manners in words().items():
        own = pieces(word)
        for place, manner in enumerate(manners):
            for piece in own:
                if piece in columns:
                    yield columns[piece], MANNERS.index(manner), (SECOND if place else 1.0) / len(own)
