"""What an evaluation returns. Scores and shares are 0 to 1; an interval is (low, high), a 95 % bootstrap interval."""

from dataclasses import dataclass, field
from typing import Any

from temperament.evaluate.metrics import Bin
from temperament.labels import Evidence, Head

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 (0 to 1) of one label; ``support`` counts the gold messages."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class BandScore:
    """How often readings of one confidence band were right (0 to 1); ``messages`` counts them."""

    band: str
    accuracy: float
    messages: int


@dataclass(frozen=True, slots=True)
class HeadReport:
    """The scores of one head.

    ``macro_f1`` is the plain mean of F1 over the labels that occur in the gold. ``kappa`` is Cohen's, of gold and
    reading, ``None`` where it is undefined. ``calibration_error`` is the expected calibration error of the top label over
    10 bins of equal size, which are ``reliability``; ``calibration_noise`` is what so many messages show by chance alone
    when every probability is right. ``majority_macro_f1`` is what always answering the commonest gold label
    scores. ``coverage`` holds (share read, accuracy), both 0 to 1, from 1.0 down to 0.1: how often the rest is right when
    the least sure readings are left out first, those with a ``reason`` before all others. ``confusion[i][j]`` counts gold
    ``labels[i]`` read as ``labels[j]``. ``intervals`` holds bootstrap intervals by the name of the score, where asked for.
    """

    head: Head
    messages: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    majority_macro_f1: float
    kappa: float | None
    calibration_error: float
    calibration_noise: float
    classes: tuple[ClassScore, ...]
    bands: tuple[BandScore, ...]
    coverage: tuple[tuple[float, float], ...]
    reliability: tuple[Bin, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    intervals: dict[str, Interval] = field(default_factory=dict)


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
class ExtraLabel:
    """A gold label that the codebook does not know, so that no reading can be right; ``read_as`` counts the readings."""

    label: str
    messages: int
    read_as: dict[str, int]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Messages that are not in the scores of one head: without a label, with a tie of annotators, with a foreign label."""

    head: Head
    unlabelled: int
    ties: int
    extra: tuple[ExtraLabel, ...]


@dataclass(frozen=True, slots=True)
class Humans:
    """What annotators reach against each other: the mean over all pairs of them, each scored against the other.

    Over the ``messages`` that all ``annotators`` gave a label.
    """

    head: Head
    annotators: int
    messages: int
    macro_f1: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The scores of one head on the messages with one value in one column."""

    column: str
    value: str
    head: Head
    messages: int
    accuracy: float
    macro_f1: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A message that was read wrongly, and how sure the model was. ``index`` counts the file's messages from 0."""

    index: int
    head: Head
    id: str
    text: str
    gold: str
    read: str
    chance: float
    gold_chance: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """How well a model read a labelled file; ``unread`` counts readings with a ``reason``.

    A head is ``None`` where the file has no codebook label for it, ``also`` where it does not tell further states.
    """

    model: str
    messages: int
    unread: int
    temperament: HeadReport | None
    state: HeadReport | None
    also: AlsoReport | None
    left_out: tuple[LeftOut, ...] = ()
    humans: tuple[Humans, ...] = ()
    groups: tuple[GroupScore, ...] = ()
    misses: tuple[Miss, ...] = ()

    @property
    def heads(self) -> tuple[HeadReport, ...]:
        """Return the reports of the heads that the file has labels for."""
        return tuple(head for head in (self.temperament, self.state) if head is not None)


@dataclass(frozen=True, slots=True)
class Difference:
    """The second model's score minus the first one's, with the interval of the paired bootstrap and its p-value.

    The p-value is two-sided: twice the smaller share of resamples on either side of 0, those at 0 counted on both. Both
    are ``None`` without resamples.
    """

    first: float
    second: float
    value: float
    interval: Interval | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same messages of one head.

    ``only_first`` and ``only_second`` count the messages that one model alone read rightly; ``mcnemar_p`` is the exact
    p-value (two-sided binomial) that they differ by chance.
    """

    head: Head
    messages: int
    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    mcnemar_p: float
    accuracy: Difference
    macro_f1: Difference


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One labelled file read by one model, or by two that are compared; ``settings`` says how intervals were made."""

    file: str
    report: Report
    second: Report | None = None
    comparisons: tuple[Comparison, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
