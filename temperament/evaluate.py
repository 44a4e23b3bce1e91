"""Compare readings with gold labels. Nothing here predicts: it takes labels and readings, and returns a Report."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from temperament.datasets import Example
from temperament.errors import InputError
from temperament.features import Floats
from temperament.labels import FEELINGS, HEADS, LABELS, Band, Head, Reading

BINS = 10
STEPS = 10


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 (0 to 1) of one label; ``support`` counts the gold messages."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class BandScore:
    """How often readings of one confidence band were right (0 to 1); ``messages`` counts them."""

    band: str
    accuracy: float
    messages: int


@dataclass(frozen=True, slots=True)
class HeadReport:
    """The scores of one head.

    ``macro_f1`` is the plain mean of F1 over the labels that occur in the gold. ``calibration_error`` is the expected
    calibration error of the top label over 10 bins of equal size. ``majority_macro_f1`` is what always answering
    the commonest gold label scores. ``coverage`` holds (share read, accuracy), both 0 to 1, from 1.0 down to 0.1: how often
    the rest is right when the least sure readings are left out first, those with a ``reason`` before all others.
    ``confusion[i][j]`` counts gold ``labels[i]`` read as ``labels[j]``.
    """

    head: Head
    messages: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    majority_macro_f1: float
    calibration_error: float
    classes: tuple[ClassScore, ...]
    bands: tuple[BandScore, ...]
    coverage: tuple[tuple[float, float], ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class AlsoReport:
    """How well further states were named, counted over all pairs of message and state.

    ``named`` counts the pairs in the readings' ``also``, ``support`` those in the gold's; precision, recall and F1 (0 to 1)
    compare the two, 0 where there is nothing to divide by. ``calibration_error`` is the expected calibration error of
    the probabilities that each feeling is present, leading or further, over all four feelings of every message; a
    feeling without a probability counts as 0.
    """

    named: int
    support: int
    precision: float
    recall: float
    f1: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Report:
    """How well a model read a labelled file; ``unread`` counts readings with a ``reason``."""

    model: str
    messages: int
    unread: int
    temperament: HeadReport
    state: HeadReport
    also: AlsoReport


def evaluate(gold: Sequence[Example], readings: Sequence[Reading]) -> Report:
    """Compare gold labels with readings of the same messages in the same order.

    Raises ``InputError`` when there are none or when the two differ in number.
    """
    if not gold or len(gold) != len(readings):
        raise InputError(
            f"无法评估：标注 {len(gold)} 条，读数 {len(readings)} 条；两者要一样多，且至少一条。",
            f"Nothing to evaluate: {len(gold)} labelled messages, {len(readings)} readings; give equal numbers, at least one.",
        )
    heads = {head: _head(head, gold, readings) for head in HEADS}
    return Report(
        model=readings[0].model,
        messages=len(gold),
        unread=sum(reading.reason is not None for reading in readings),
        temperament=heads["temperament"],
        state=heads["state"],
        also=_also(gold, readings),
    )


def _head(head: Head, gold: Sequence[Example], readings: Sequence[Reading]) -> HeadReport:
    true = [str(getattr(example, head)) for example in gold]
    read = [str(getattr(reading, head)) for reading in readings]
    present = [label for label in LABELS[head] if label in true]
    shown = [label for label in LABELS[head] if label in true or label in read]
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        true, read, labels=present, average=None, zero_division=0
    )
    pairs = Counter(zip(true, read, strict=True))
    commonest = Counter(true).most_common(1)[0][0]
    chances = np.array([list(getattr(reading, f"{head}_probabilities").values()) for reading in readings])
    right = np.array(true) == np.array(read)
    sureness = np.array([0 if reading.reason else 1 for reading in readings]) * chances.max(axis=1)
    return HeadReport(
        head=head,
        messages=len(true),
        accuracy=float(right.mean()),
        balanced_accuracy=float(recall.mean()),
        macro_f1=float(f1.mean()),
        majority_macro_f1=macro_f1(true, [commonest] * len(true)),
        calibration_error=calibration_error(chances.max(axis=1), right),
        classes=tuple(
            ClassScore(label, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
            for i, label in enumerate(present)
        ),
        bands=_bands([reading.confidence[head] for reading in readings], right),
        coverage=coverage(sureness, right),
        labels=tuple(shown),
        confusion=tuple(tuple(pairs[gold_label, label] for label in shown) for gold_label in shown),
    )


def _bands(bands: Sequence[str], right: NDArray[np.bool_]) -> tuple[BandScore, ...]:
    """Score every band that occurs, the surest first."""
    found = []
    for band in get_args(Band):
        inside = right[np.array(bands) == band]
        if len(inside):
            found.append(BandScore(band, float(inside.mean()), len(inside)))
    return tuple(found)


def _also(gold: Sequence[Example], readings: Sequence[Reading]) -> AlsoReport:
    pairs = list(zip(gold, readings, strict=True))
    named, support = (sum(len(one.also) for one in side) for side in (readings, gold))
    found = sum(len(set(example.also) & set(reading.also)) for example, reading in pairs)
    chances = [reading.present_probabilities.get(label, 0.0) for reading in readings for label in FEELINGS]
    present = [label == example.state or label in example.also for example in gold for label in FEELINGS]
    return AlsoReport(
        named=named,
        support=support,
        precision=found / named if named else 0.0,
        recall=found / support if support else 0.0,
        f1=2 * found / (named + support) if found else 0.0,
        calibration_error=calibration_error(np.array(chances), np.array(present)),
    )


def coverage(sureness: Floats, right: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Return (share read, accuracy) when only the surest tenths are read, from all of them down to one tenth.

    A share that is no whole number of readings is rounded up; of equally sure readings the earlier ones are kept.
    """
    ranked = right[np.argsort(-sureness, kind="stable")]
    counts = ((step, -(-len(ranked) * step // STEPS)) for step in range(STEPS, 0, -1))
    return tuple((step / STEPS, float(ranked[:count].mean())) for step, count in counts)


def macro_f1(true: Sequence[str], read: Sequence[str]) -> float:
    """Return the plain mean of F1 over the labels that occur in ``true``."""
    present = sorted(set(true))
    return float(metrics.f1_score(true, read, labels=present, average="macro", zero_division=0))


def calibration_error(chances: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error with bins of equal size (Nixon et al. 2019, "Measuring Calibration").

    ``chances`` are top probabilities, ``right`` tells whether the label was the gold one; 0 is perfect.
    """
    order = np.argsort(chances, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [abs(float(chances[part].mean()) - float(right[part].mean())) * len(part) for part in bins]
    return float(sum(gaps) / len(chances))
