"""How far annotators agree: percent, Cohen, Fleiss, Krippendorff, label by label, and where they do not.

The formulas are short and given by their sources; the package ``krippendorff`` is under the GPL, which this one is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from temperament.errors import InputError
from temperament.evaluate import bootstrap, confusion
from temperament.evaluate.annotators import Annotations, Item
from temperament.evaluate.bootstrap import Weights
from temperament.evaluate.confusion import Pairs
from temperament.evaluate.metrics import known
from temperament.evaluate.results import Interval
from temperament.evaluate.votes import majority
from temperament.features import Floats
from temperament.labels import HEADS, LABELS, Head

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the ``messages`` both labelled; ``kappa`` is Cohen's, ``macro_f1`` the mean of both directions."""

    first: str
    second: str
    messages: int
    percent: float
    kappa: float | None
    macro_f1: float


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """How far one label is agreed on.

    ``specific`` is the chance that, of two annotators of a message, the second gives this label if the first does
    (specific agreement; with two annotators it is the label's F1). ``share`` is the label's share of all votes.
    """

    label: str
    share: float
    specific: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A message the annotators do not agree on; ``gold`` is empty where they tie."""

    id: str
    text: str
    votes: tuple[str | None, ...]
    gold: str


@dataclass(frozen=True, slots=True)
class HeadAgreement:
    """The agreement of annotators on one head, over the ``messages`` that at least two of them labelled.

    ``percent`` is the share of agreeing pairs of votes, message by message; ``unanimous`` the share of messages without
    any disagreement. ``cohen`` is the mean kappa over pairs; ``fleiss`` counts the messages all annotators labelled
    (``complete``). Measures are ``None`` where they are undefined: one label only. Intervals are bootstrapped over messages.
    """

    head: Head
    annotators: tuple[str, ...]
    messages: int
    complete: int
    percent: float
    unanimous: float
    cohen: float | None
    fleiss: float | None
    krippendorff: float | None
    intervals: dict[str, Interval]
    pairs: tuple[PairAgreement, ...]
    classes: tuple[ClassAgreement, ...]
    labels: tuple[str, ...]
    ties: int
    disagreements: tuple[Disagreement, ...]


def agreement(
    annotations: Annotations, resamples: int = bootstrap.RESAMPLES, seed: int = bootstrap.SEED
) -> tuple[HeadAgreement, ...]:
    """Return the agreement on every head that at least two annotators labelled the same messages for.

    Raises ``InputError`` where no message has two labels.
    """
    found = tuple(one for head in HEADS if (one := _head(head, annotations, resamples, seed)))
    if not found:
        raise InputError(
            f"{len(annotations.items)} 条消息里没有一条消息有两位标注者的标签，无法比较。多个文件要有相同的 id 或原文。",
            f"None of the {len(annotations.items)} messages has labels of two annotators, so there is nothing to compare. Several "
            "files need the same ids or the same texts.",
        )
    return found


def vote_counts(votes: Sequence[Sequence[str | None]], labels: Sequence[str]) -> Table:
    """Return how often each message was given each label (messages × labels)."""
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(votes), len(labels)), np.int64)
    for row, given in enumerate(votes):
        for vote in given:
            if vote is not None:
                counts[row, place[vote]] += 1
    return counts


def fleiss_kappa(counts: Table) -> float | None:
    """Return Fleiss' kappa of counts (messages × labels) with as many votes for every message; ``None`` for one label only.

    Fleiss 1971, "Measuring nominal scale agreement among many raters".
    """
    return known(_fleiss(counts, np.ones((1, len(counts)), np.int64))[0]) if len(counts) else None


def krippendorff_alpha(counts: Table) -> float | None:
    """Return Krippendorff's alpha for labels without order, of counts (messages × labels); ``None`` for one label only.

    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: any number of annotators, votes may be
    missing; messages with a single vote do not count.
    """
    return known(_alpha(counts, np.ones((1, len(counts)), np.int64))[0])


def _fleiss(counts: Table, weights: Weights) -> Floats:
    """Return Fleiss' kappa under every row of weights (resamples × messages)."""
    votes = counts.sum(axis=1)
    observed = weights @ ((counts * (counts - 1)).sum(axis=1) / (votes * (votes - 1))) / weights.sum(axis=1)
    shares = weights @ counts / (weights @ votes)[:, None]
    return _corrected(observed, (shares**2).sum(axis=1))


def _alpha(counts: Table, weights: Weights) -> Floats:
    """Return Krippendorff's alpha under every row of weights (resamples × messages)."""
    paired = counts * (counts.sum(axis=1) > 1)[:, None]
    votes = paired.sum(axis=1)
    agreeing = (paired * (paired - 1)).sum(axis=1) / np.maximum(votes - 1, 1)
    total = (weights @ votes).astype(float)
    named = (weights @ paired).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = weights @ agreeing / total
        expected = (named * (named - 1)).sum(axis=1) / (total * (total - 1))
    return _corrected(observed, expected)


def _corrected(observed: Floats, expected: Floats) -> Floats:
    """Return agreement beyond chance; NaN where chance alone is sure to agree."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (observed - expected) / (1 - expected)
    return np.asarray(np.where(np.isclose(expected, 1), np.nan, found))


def _head(head: Head, annotations: Annotations, resamples: int, seed: int) -> HeadAgreement | None:
    items = [one for one in annotations.items if sum(vote is not None for vote in one.votes[head]) > 1]
    if not items:
        return None
    votes = [one.votes[head] for one in items]
    seen = {vote for given in votes for vote in given if vote is not None}
    order = [label for label in LABELS[head] if label in seen]
    labels = (*order, *sorted(seen.difference(order)))
    counts = vote_counts(votes, labels)
    whole = counts[counts.sum(axis=1) == len(annotations.annotators[head])]
    pairs = _pairs(annotations.annotators[head], votes)
    kappas = [pair.kappa for pair in pairs if pair.kappa is not None]
    totals = counts.sum(axis=1)
    per_message = (counts * (counts - 1)).sum(axis=1) / (totals * (totals - 1))
    return HeadAgreement(
        head=head,
        annotators=annotations.annotators[head],
        messages=len(items),
        complete=len(whole),
        percent=float(per_message.mean()),
        unanimous=float((counts.max(axis=1) == totals).mean()),
        cohen=float(np.mean(kappas)) if kappas else None,
        fleiss=fleiss_kappa(whole),
        krippendorff=krippendorff_alpha(counts),
        intervals=_intervals(per_message, whole, counts, resamples, seed),
        pairs=pairs,
        classes=_classes(labels, counts),
        labels=labels,
        ties=sum(len(majority(given)) > 1 for given in votes),
        disagreements=tuple(_disagreement(one, head) for one in items if len(set(one.votes[head]) - {None}) > 1),
    )


def _intervals(per_message: Floats, whole: Table, counts: Table, resamples: int, seed: int) -> dict[str, Interval]:
    if not resamples:
        return {}
    drawn = {
        "percent": bootstrap.resampled(len(counts), lambda rows: rows @ per_message / len(counts), resamples, seed),
        "krippendorff": bootstrap.resampled(len(counts), lambda rows: _alpha(counts, rows), resamples, seed),
    }
    if len(whole):
        drawn["fleiss"] = bootstrap.resampled(len(whole), lambda rows: _fleiss(whole, rows), resamples, seed)
    return {name: interval for name, scores in drawn.items() if (interval := bootstrap.limits(scores)) is not None}


def _pairs(names: Sequence[str], votes: Sequence[Sequence[str | None]]) -> tuple[PairAgreement, ...]:
    found = []
    for one, two in combinations(range(len(names)), 2):
        shared = [(str(given[one]), str(given[two])) for given in votes if given[one] is not None is not given[two]]
        if not shared:
            continue
        first, second = ([pair[side] for pair in shared] for side in (0, 1))
        counts = Pairs.of(first, second).counts()
        both = (confusion.macro_f1(counts) + confusion.macro_f1(counts.T)) / 2
        numbers = (float(confusion.accuracy(counts)), known(confusion.kappa(counts)), float(both))
        found.append(PairAgreement(names[one], names[two], len(shared), *numbers))
    return tuple(found)


def _classes(labels: Sequence[str], counts: Table) -> tuple[ClassAgreement, ...]:
    """Return specific agreement label by label (Fleiss, Levin & Paik 2003, "Statistical Methods for Rates and Proportions", 18.1)."""
    votes = counts.sum(axis=1)[:, None]
    agreeing = (counts * (counts - 1)).sum(axis=0)
    possible = (counts * (votes - 1)).sum(axis=0)
    return tuple(
        ClassAgreement(label, float(counts[:, place].sum() / counts.sum()), float(agreeing[place] / possible[place]))
        for place, label in enumerate(labels)
    )


def _disagreement(one: Item, head: Head) -> Disagreement:
    best = majority(one.votes[head])
    return Disagreement(one.id, one.text, tuple(one.votes[head]), best[0] if len(best) == 1 else "")


def gold_rows(annotations: Annotations) -> list[dict[str, object]]:
    """Return every message with the majority's labels, all votes, and the labels it ties between, if it does."""
    found: list[dict[str, object]] = []
    for one in annotations.items:
        best = {head: majority(one.votes[head]) for head in HEADS if annotations.annotators[head]}
        row: dict[str, object] = {"id": one.id, "text": one.text}
        row |= {head: labels[0] if len(labels) == 1 else None for head, labels in best.items()}
        row |= {f"votes_{head[0]}": list(one.votes[head]) for head in best}
        row["ties"] = sorted({label for labels in best.values() if len(labels) > 1 for label in labels})
        found.append(row)
    return found
