"""The scores of one head, and of the further states."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from temperament.evaluate import bootstrap, confusion
from temperament.evaluate.confusion import Pairs
from temperament.evaluate.gold import Gold
from temperament.evaluate.metrics import calibration_error, calibration_noise, coverage, known, reliability
from temperament.evaluate.results import AlsoReport, BandScore, ClassScore, HeadReport, Interval
from temperament.features import Floats
from temperament.labels import FEELINGS, LABELS, Band, Head, Reading

_MANY = 5000
SCORES = {
    "accuracy": confusion.accuracy,
    "balanced_accuracy": confusion.balanced_accuracy,
    "macro_f1": confusion.macro_f1,
    "kappa": confusion.kappa,
}
"""The scores of a head that have bootstrap intervals."""


def label(reading: Reading, head: Head) -> str:
    """Return what a message was read as."""
    return reading.temperament if head == "temperament" else reading.state


def chances(reading: Reading, head: Head) -> dict[str, float]:
    """Return the probabilities of one head."""
    return reading.temperament_probabilities if head == "temperament" else reading.state_probabilities


def pairs_of(head: Head, gold: Sequence[Gold], readings: Sequence[Reading]) -> Pairs:
    """Return gold and read labels of messages whose gold is known."""
    true = [str(one.label(head)) for one in gold]
    return Pairs.of(true, [label(one, head) for one in readings], LABELS[head])


def head_report(
    head: Head, gold: Sequence[Gold], readings: Sequence[Reading], resamples: int = 0, seed: int = bootstrap.SEED
) -> HeadReport | None:
    """Return the scores over the messages whose gold label the codebook knows; ``None`` without any."""
    kept = [(one, reading) for one, reading in zip(gold, readings, strict=True) if one.known(head)]
    if not kept:
        return None
    known_gold, read = [one for one, _ in kept], [reading for _, reading in kept]
    pairs = pairs_of(head, known_gold, read)
    counts = pairs.counts()
    top = np.array([max(chances(reading, head).values()) for reading in read])
    right = pairs.true == pairs.read
    sureness = np.array([0 if reading.reason else 1 for reading in read]) * top
    drawn = _drawn(pairs, resamples, seed)
    scores = {name: float(score(counts)) for name, score in SCORES.items() if name != "kappa"}
    return HeadReport(
        head=head,
        messages=len(kept),
        **scores,
        majority_macro_f1=_majority(counts),
        kappa=known(confusion.kappa(counts)),
        calibration_error=calibration_error(top, right),
        calibration_noise=calibration_noise(top),
        classes=_classes(pairs.labels, counts, drawn),
        bands=_bands([reading.confidence[head] for reading in read], right),
        coverage=coverage(sureness, right),
        reliability=reliability(top, right),
        labels=pairs.labels,
        confusion=tuple(tuple(map(int, row)) for row in counts),
        intervals=_intervals(drawn),
    )


def _drawn(pairs: Pairs, resamples: int, seed: int) -> NDArray[np.int64] | None:
    """Return the confusion counts of every resample.

    They are multinomial in the shares of the cells, whichever messages were drawn; of many messages the cells
    themselves are drawn, which takes no time.
    """
    if not resamples:
        return None
    if len(pairs.true) > _MANY:
        counts = pairs.counts()
        random = np.random.default_rng(seed)
        return random.multinomial(counts.sum(), (counts / counts.sum()).ravel(), resamples).reshape(-1, *counts.shape)
    return np.concatenate([pairs.counts(weights) for weights in bootstrap.draws(len(pairs.true), resamples, seed)])


def _intervals(drawn: NDArray[np.int64] | None) -> dict[str, Interval]:
    if drawn is None:
        return {}
    found = {name: bootstrap.limits(score(drawn)) for name, score in SCORES.items()}
    return {name: interval for name, interval in found.items() if interval is not None}


def _majority(counts: NDArray[np.int64]) -> float:
    """Return the macro-F1 of always answering the commonest gold label."""
    support = counts.sum(axis=1)
    always = np.zeros_like(counts)
    always[:, support.argmax()] = support
    return float(confusion.macro_f1(always))


def _classes(
    labels: Sequence[str], counts: NDArray[np.int64], drawn: NDArray[np.int64] | None
) -> tuple[ClassScore, ...]:
    precision, recall, f1 = (score(counts) for score in (confusion.precision, confusion.recall, confusion.f1))
    spread = None if drawn is None else confusion.f1(drawn)
    return tuple(
        ClassScore(
            one,
            float(precision[place]),
            float(recall[place]),
            float(f1[place]),
            support=int(counts[place].sum()),
            interval=None if spread is None else bootstrap.limits(spread[:, place]),
        )
        for place, one in enumerate(labels)
        if counts[place].sum()
    )


def _bands(bands: Sequence[str], right: NDArray[np.bool_]) -> tuple[BandScore, ...]:
    """Score every band that occurs, the surest first."""
    found = []
    for band in get_args(Band):
        inside = right[np.array(bands) == band]
        if len(inside):
            found.append(BandScore(band, float(inside.mean()), len(inside)))
    return tuple(found)


def also_report(gold: Sequence[Gold], readings: Sequence[Reading]) -> AlsoReport | None:
    """Return how well further states were named, over the messages that have a state and say which others there are."""
    kept = [
        (one.state, one.also, reading)
        for one, reading in zip(gold, readings, strict=True)
        if one.also is not None and one.known("state")
    ]
    if not kept:
        return None
    named, support = sum(len(one.also) for *_, one in kept), sum(len(also) for _, also, _ in kept)
    found = sum(len(set(also) & set(reading.also)) for _, also, reading in kept)
    presence: Floats = np.array([one.present_probabilities.get(label, 0.0) for *_, one in kept for label in FEELINGS])
    present = np.array([label == state or label in also for state, also, _ in kept for label in FEELINGS])
    return AlsoReport(
        named=named,
        support=support,
        precision=found / named if named else 0.0,
        recall=found / support if support else 0.0,
        f1=2 * found / (named + support) if found else 0.0,
        calibration_error=calibration_error(presence, present),
    )
