"""Gold and readings → Report: heads, what is left out, groups, annotators, the surest misses."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from temperament.datasets import Example
from temperament.errors import InputError, UsageError
from temperament.evaluate import bootstrap
from temperament.evaluate.bootstrap import Weights, estimate, macro_f1s
from temperament.evaluate.gold import Gold
from temperament.evaluate.heads import also_report, chances, head_report, label
from temperament.evaluate.results import ExtraLabel, GroupScore, Humans, LeftOut, Miss, Report
from temperament.features import Floats
from temperament.labels import HEADS, LABELS, Head, Reading

_BLANK = "–"
_SHOWN_LABELS = 6


def evaluate(
    gold: Sequence[Example] | Sequence[Gold],
    readings: Sequence[Reading],
    *,
    resamples: int = 0,
    seed: int = bootstrap.SEED,
    by: Sequence[str] = (),
    worst: int = 0,
) -> Report:
    """Compare gold labels with readings of the same messages in the same order.

    ``resamples`` asks for bootstrap intervals of so many draws, ``by`` for the scores by every value of these columns,
    ``worst`` for so many of the surest wrong readings of each head. Raises ``InputError`` when there are no messages, when
    the two differ in number or when no label is one of the codebook's; ``UsageError`` for a column that does not exist.
    """
    if not gold or len(gold) != len(readings):
        raise InputError(
            f"无法评估：标注 {len(gold)} 条，读数 {len(readings)} 条；两者要一样多，且至少一条。",
            f"Nothing to evaluate: {len(gold)} labelled messages, {len(readings)} readings; give equal numbers, at least one.",
        )
    marked = [Gold.of(one) for one in gold]
    heads = {head: head_report(head, marked, readings, resamples, seed) for head in HEADS}
    if not any(heads.values()):
        raise _nothing_known(marked)
    return Report(
        model=readings[0].model,
        messages=len(gold),
        unread=sum(reading.reason is not None for reading in readings),
        temperament=heads["temperament"],
        state=heads["state"],
        also=also_report(marked, readings),
        left_out=tuple(_left_out(head, marked, readings) for head in HEADS),
        humans=tuple(one for head in HEADS if (one := humans(head, marked, resamples, seed))),
        groups=tuple(one for column in by for one in _groups(column, marked, readings, resamples, seed)),
        misses=tuple(one for head in HEADS for one in _worst(head, marked, readings, worst)),
    )


def _nothing_known(gold: Sequence[Gold]) -> InputError:
    found = Counter(str(one.label(head)) for one in gold for head in HEADS if one.label(head) is not None)
    seen = [f"{name} ({count})" for name, count in found.most_common(_SHOWN_LABELS)]
    allowed = {head: ", ".join(LABELS[head]) for head in HEADS}
    return InputError(
        f"没有一条消息带有可用的标签（见到的：{'、'.join(seen) or '无'}）。temperament 可用：{allowed['temperament']}；"
        f"state 可用：{allowed['state']}；中文名也行。请改标签，或用 --temperament-column、--state-column 指明列。",
        f"No message has a label that can be scored (seen: {', '.join(seen) or 'none'}). For temperament: {allowed['temperament']}; "
        f"for state: {allowed['state']}. Rename the labels, or name the columns with --temperament-column and --state-column.",
    )


def _left_out(head: Head, gold: Sequence[Gold], readings: Sequence[Reading]) -> LeftOut:
    read_as: dict[str, Counter[str]] = {}
    for one, reading in zip(gold, readings, strict=True):
        name = one.label(head)
        if name is not None and not one.known(head):
            read_as.setdefault(name, Counter())[label(reading, head)] += 1
    ties = sum(bool(one.ties.get(head)) for one in gold)
    blank = sum(one.label(head) is None for one in gold) - ties
    extra = (ExtraLabel(name, counts.total(), dict(counts.most_common())) for name, counts in read_as.items())
    return LeftOut(head, blank, ties, tuple(sorted(extra, key=lambda one: (-one.messages, one.label))))


def humans(
    head: Head, gold: Sequence[Gold], resamples: int = bootstrap.RESAMPLES, seed: int = bootstrap.SEED
) -> Humans | None:
    """Return what the annotators reach against each other; ``None`` with fewer than two, or where none labelled a message."""
    given = [one.votes.get(head, ()) for one in gold]
    most = max(map(len, given), default=0)
    votes = [votes for votes in given if len(votes) == most and None not in votes]
    if most < 2 or not votes:
        return None
    sides = [[str(vote) for vote in side] for side in zip(*votes, strict=True)]
    found = between(sides, resamples=resamples, seed=seed)
    return Humans(head, most, len(votes), found.value, (found.low, found.high) if resamples else None)


def between(
    sides: Sequence[Sequence[str]],
    only: str | None = None,
    resamples: int = bootstrap.RESAMPLES,
    seed: int = bootstrap.SEED,
) -> bootstrap.Estimate:
    """Return the mean macro-F1 over all pairs of annotators, each scored against the other, with its interval."""

    def mean(weights: Weights) -> Floats:
        pairs = (
            macro_f1s(*pair, weights, only) for one, two in combinations(sides, 2) for pair in ((one, two), (two, one))
        )
        return np.asarray(np.mean(list(pairs), axis=0), np.float64)

    return estimate(len(sides[0]), mean, resamples, seed)


def _groups(
    column: str, gold: Sequence[Gold], readings: Sequence[Reading], resamples: int, seed: int
) -> list[GroupScore]:
    """Score the messages by the values of a column, the commonest first; a list of values puts a message into each."""
    columns = list(dict.fromkeys(name for one in gold for name in one.columns))
    if column not in columns:
        raise UsageError(
            f"--by：没有名为 {column} 的列；现有的列：{'、'.join(columns)}。",
            f"--by: there is no column named {column}; there are: {', '.join(columns)}.",
        )
    members: dict[str, list[int]] = {}
    for index, one in enumerate(gold):
        for value in _values(one.columns.get(column)):
            members.setdefault(value, []).append(index)
    found = []
    for value, indexes in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        part, read = [gold[index] for index in indexes], [readings[index] for index in indexes]
        for head in HEADS:
            scores = head_report(head, part, read, resamples, seed)
            if scores is not None:
                interval = scores.intervals.get("macro_f1")
                numbers = (scores.messages, scores.accuracy, scores.macro_f1)
                found.append(GroupScore(column, value, head, *numbers, interval))
    return found


def _values(value: object) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return list(
        dict.fromkeys(_BLANK if one is None or one != one else str(one).strip() or _BLANK for one in parts)
    ) or [_BLANK]


def _worst(head: Head, gold: Sequence[Gold], readings: Sequence[Reading], count: int) -> list[Miss]:
    """Return the wrong readings the model was surest of, the surest first."""
    wrong = [
        _miss(index, head, one, reading)
        for index, (one, reading) in enumerate(zip(gold, readings, strict=True))
        if one.known(head) and one.label(head) != label(reading, head)
    ]
    return sorted(wrong, key=lambda miss: -miss.chance)[:count]


def _miss(index: int, head: Head, gold: Gold, reading: Reading) -> Miss:
    true, read, table = str(gold.label(head)), label(reading, head), chances(reading, head)
    return Miss(
        index=index,
        head=head,
        id=gold.id,
        text=gold.text,
        gold=true,
        read=read,
        chance=table[read],
        gold_chance=table[true],
        evidence=tuple(piece for piece in reading.evidence if piece.label == read),
    )
