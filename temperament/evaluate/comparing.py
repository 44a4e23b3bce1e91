"""Two models on the same messages: the exact McNemar test, and paired bootstrap differences."""

from collections.abc import Callable, Sequence

import numpy as np

from temperament.datasets import Example
from temperament.evaluate import bootstrap, confusion
from temperament.evaluate.bootstrap import Weights
from temperament.evaluate.confusion import Pairs
from temperament.evaluate.gold import Gold
from temperament.evaluate.heads import pairs_of
from temperament.evaluate.results import Comparison, Difference
from temperament.features import Floats
from temperament.labels import HEADS, Head, Reading

Score = Callable[[confusion.Counts], Floats]


def compare(
    gold: Sequence[Example] | Sequence[Gold],
    first: Sequence[Reading],
    second: Sequence[Reading],
    resamples: int = bootstrap.RESAMPLES,
    seed: int = bootstrap.SEED,
) -> tuple[Comparison, ...]:
    """Compare two models' readings of the same messages, head by head; heads without labels are left out."""
    marked = [Gold.of(one) for one in gold]
    return tuple(one for head in HEADS if (one := _head(head, marked, first, second, resamples, seed)))


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value that two models differ by chance in what they alone read rightly.

    McNemar 1947, "Note on the sampling error of the difference between correlated proportions", in its exact form: the
    binomial test of the messages on which just one model is right. Without such messages it is 1.
    """
    from scipy.stats import binomtest

    together = only_first + only_second
    return float(binomtest(only_first, together).pvalue) if together else 1.0


def _head(
    head: Head,
    gold: Sequence[Gold],
    first: Sequence[Reading],
    second: Sequence[Reading],
    resamples: int,
    seed: int,
) -> Comparison | None:
    kept = [index for index, one in enumerate(gold) if one.known(head)]
    if not kept:
        return None
    part = [gold[index] for index in kept]
    one, two = (pairs_of(head, part, [side[index] for index in kept]) for side in (first, second))
    right = [pairs.true == pairs.read for pairs in (one, two)]
    only_first, only_second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    scores = (confusion.accuracy, confusion.macro_f1)
    accuracy, macro = (_difference(one, two, score, resamples, seed) for score in scores)
    return Comparison(
        head=head,
        messages=len(kept),
        both_right=int((right[0] & right[1]).sum()),
        only_first=only_first,
        only_second=only_second,
        both_wrong=int((~right[0] & ~right[1]).sum()),
        mcnemar_p=mcnemar(only_first, only_second),
        accuracy=accuracy,
        macro_f1=macro,
    )


def _difference(one: Pairs, two: Pairs, score: Score, resamples: int, seed: int) -> Difference:
    """Return how far two scores differ; both models are scored on the same draws of messages.

    The p-value counts the whole sample as one draw more, so that it is never 0 (Davison & Hinkley 1997, section 4.2).
    """

    def scored(weights: Weights) -> Floats:
        return np.asarray(score(two.counts(weights)) - score(one.counts(weights)))

    first, second = float(score(one.counts())), float(score(two.counts()))
    gaps = bootstrap.resampled(len(one.true), scored, resamples, seed)
    rarer = min(int((gaps <= 0).sum()), int((gaps >= 0).sum()))
    p = min(1.0, 2 * (rarer + 1) / (len(gaps) + 1)) if resamples else None
    return Difference(first, second, second - first, bootstrap.limits(gaps), p)
