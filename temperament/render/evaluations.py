"""An evaluation as blocks: scores first, then each head, groups, what is left out, and the surest misses."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from temperament.language import Language
from temperament.render.blocks import Beside, Block, Chart, Grid, Heading, Quote, Words
from temperament.render.score_words import label_name, say

if TYPE_CHECKING:
    from temperament.evaluate import Comparison, Evaluation, GroupScore, HeadReport, Miss, Report
    from temperament.evaluate.results import Interval

_SCORES = ("macro_f1", "accuracy", "balanced_accuracy", "kappa")
_SHOWN_VALUES = 20
_NONE = "–"
_CERTAIN = 0.05


def bracketed(value: float | None, interval: "Interval | None", *, signed: bool = False) -> str:
    """Return a score with its interval, with three digits.

    >>> bracketed(0.5, (0.4, 0.6)), bracketed(0.5, None), bracketed(None, None)
    ('0.500 [0.400, 0.600]', '0.500', '–')
    """
    if value is None:
        return _NONE
    shown = f"{value:+.3f}" if signed else f"{value:.3f}"
    return shown + (f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else "")


def evaluation_blocks(evaluation: "Evaluation", language: Language) -> list[Block]:
    """Return an evaluation as blocks, for terminal, Markdown and HTML alike."""
    report = evaluation.report
    return [
        Heading(say("title", language, evaluation.file), 1),
        *_opening(evaluation, language),
        *_comparison(evaluation, language),
        *(block for head in report.heads for block in _head(head, _lines(head, evaluation), language)),
        *_further(report, language),
        *_groups(report.groups, language),
        *_left_out(report, language),
        *_misses(report.misses, language),
    ]


def _opening(evaluation: "Evaluation", language: Language) -> Iterator[Block]:
    report, resamples = evaluation.report, evaluation.settings.get("resamples", 0)
    read = say("read_by", language, report.messages, report.model)
    unread = say("unread", language, report.unread) if report.unread else ""
    yield Words(
        "；".join(filter(None, (read, unread))) if language == "zh" else "; ".join(filter(None, (read, unread)))
    )
    yield _summary(report, language)
    if resamples:
        yield Words(say("how", language, f"{resamples:,}", evaluation.settings.get("seed", 0)))


def _summary(report: "Report", language: Language) -> Grid:
    heads = report.heads
    rows = [
        [say(name, language), *(bracketed(getattr(head, name), head.intervals.get(name)) for head in heads)]
        for name in _SCORES
    ]
    rows.append([say("calibration_error", language), *(f"{head.calibration_error:.3f}" for head in heads)])
    rows.append([say("calibration_noise", language), *(f"{head.calibration_noise:.3f}" for head in heads)])
    rows.append([say("majority", language), *(f"{head.majority_macro_f1:.3f}" for head in heads)])
    if report.humans:
        mutual = {one.head: bracketed(one.macro_f1, one.interval) for one in report.humans}
        cells = (mutual.get(head.head, _NONE) for head in heads)
        rows.append([say("humans", language), *cells])
    rows.append([say("messages", language), *(str(head.messages) for head in heads)])
    return Grid([say("score", language), *(say(head.head, language) for head in heads)], rows)


def _comparison(evaluation: "Evaluation", language: Language) -> Iterator[Block]:
    if evaluation.second is None:
        return
    names = evaluation.report.model, evaluation.second.model
    yield Heading(say("compare", language, names[1], names[0]))
    rows = []
    for one in evaluation.comparisons:
        for key, score in (("macro_f1", one.macro_f1), ("accuracy", one.accuracy)):
            cells = (f"{score.first:.3f}", f"{score.second:.3f}", bracketed(score.value, score.interval, signed=True))
            rows.append([say(one.head, language), say(key, language), *cells, _p(score.p).lstrip("=")])
    columns = ["", say("score", language), *names, say("difference", language), "p"]
    yield Grid(columns, rows, names=2)
    yield _labels_compared(evaluation.report, evaluation.second, language)
    for one in evaluation.comparisons:
        yield Words(_mcnemar(one, names, language))
        yield Words(_verdict(one, names, language), say(one.head, language))
    yield Words(say("paired", language))


def _labels_compared(first: "Report", second: "Report", language: Language) -> Grid:
    """Return the F1 of every label under both models."""
    rows = []
    for one, two in zip(first.heads, second.heads, strict=True):
        scores = {each.label: each.f1 for each in two.classes}
        for each in one.classes:
            numbers = (f"{each.f1:.3f}", f"{scores[each.label]:.3f}", f"{scores[each.label] - each.f1:+.3f}")
            rows.append([say(one.head, language), label_name(each.label, language), *numbers, str(each.support)])
    models = (f"F1 {first.model}", f"F1 {second.model}")
    return Grid(
        ["", say("label", language), *models, say("difference", language), say("messages", language)], rows, names=2
    )


def _mcnemar(one: "Comparison", names: tuple[str, str], language: Language) -> str:
    alone = (names[0], one.only_first, names[1], one.only_second)
    return say("mcnemar", language, say(one.head, language), *alone, one.both_right, one.both_wrong, _p(one.mcnemar_p))


def _verdict(one: "Comparison", names: tuple[str, str], language: Language) -> str:
    """Say which model is better at which score: accuracy by McNemar's test, macro-F1 by the bootstrap."""
    said = []
    for key, score, p in (("macro_f1", one.macro_f1, one.macro_f1.p), ("accuracy", one.accuracy, one.mcnemar_p)):
        what = say(key, language)
        if p is not None:
            better = say("better", language, names[score.value > 0], what)
            said.append(better if p < _CERTAIN else say("undecided", language, what))
    return f"{'；'.join(said)}。" if language == "zh" else f"{'; '.join(said)}."


def _p(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"={value:.3f}" if value >= 0.001 else "<0.001"


def _lines(head: "HeadReport", evaluation: "Evaluation") -> "list[tuple[str, HeadReport]]":
    """Return what the charts of one head show: the model, and the one it is compared with."""
    second = evaluation.second
    others = [(second.model, one) for one in second.heads if one.head == head.head] if second else []
    return [(evaluation.report.model, head), *others]


def _head(head: "HeadReport", lines: "list[tuple[str, HeadReport]]", language: Language) -> Iterator[Block]:
    from temperament.render.score_charts import coverage_chart, matrix_chart, reliability_chart

    name = say(head.head, language)
    yield Heading(f"{name} · {lines[0][0]}" if len(lines) > 1 else name)
    yield Beside([_classes(head, language), _confusion(head, language), Chart(lambda: matrix_chart(head, language))])
    yield Beside([Chart(lambda: reliability_chart(lines, language)), Chart(lambda: coverage_chart(lines, language))])
    yield _calibration(head, language)
    yield Grid(
        [say("bands", language), say("right", language), say("messages", language)],
        [[say(one.band, language), f"{one.accuracy:.3f}", str(one.messages)] for one in head.bands],
    )
    shares = [f"{share:.0%}" for share, _ in head.coverage]
    row = [say("accuracy", language), *(f"{accuracy:.2f}" for _, accuracy in head.coverage)]
    yield Grid(["", *shares], [row], say("coverage", language), drawn=True)


def _classes(head: "HeadReport", language: Language) -> Grid:
    columns = ["label", "precision", "recall"]
    rows = [
        [
            label_name(one.label, language),
            f"{one.precision:.2f}",
            f"{one.recall:.2f}",
            bracketed(one.f1, one.interval),
            str(one.support),
        ]
        for one in head.classes
    ]
    return Grid([*(say(name, language) for name in columns), "F1", say("messages", language)], rows)


def _confusion(head: "HeadReport", language: Language) -> Grid:
    names = [label_name(label, language) for label in head.labels]
    rows = [[name, *map(str, row)] for name, row in zip(names, head.confusion, strict=True)]
    return Grid([say("gold_read", language), *names], rows, drawn=True)


def _calibration(head: "HeadReport", language: Language) -> Grid:
    rows = [
        [f"{one.chance:.2f}", f"{one.accuracy:.2f}", f"{one.low:.2f}–{one.high:.2f}", str(one.messages)]
        for one in head.reliability
    ]
    columns = [say(name, language) for name in ("chance", "right", "interval", "messages")]
    return Grid(columns, rows, say("calibration", language), names=0, folded=True)


def _further(report: "Report", language: Language) -> Iterator[Block]:
    also = report.also
    if also is not None:
        numbers = (also.f1, also.precision, also.named, also.recall, also.support, also.calibration_error)
        yield Heading(say("further", language))
        yield Words(say("further_line", language, *numbers))


def _groups(groups: "Sequence[GroupScore]", language: Language) -> Iterator[Block]:
    for column in dict.fromkeys(one.column for one in groups):
        part = [one for one in groups if one.column == column]
        values = list(dict.fromkeys(one.value for one in part))
        rows = [_group_row(one, language) for one in part if one.value in values[:_SHOWN_VALUES]]
        yield Heading(say("by", language, column))
        keys = ("messages", "macro_f1", "accuracy")
        yield Grid([column, "", *(say(key, language) for key in keys)], rows, names=2)
        if len(values) > _SHOWN_VALUES:
            yield Words(say("more_values", language, len(values) - _SHOWN_VALUES))


def _group_row(one: "GroupScore", language: Language) -> list[str]:
    numbers = (str(one.messages), bracketed(one.macro_f1, one.interval), f"{one.accuracy:.3f}")
    return [one.value, say(one.head, language), *numbers]


def _left_out(report: "Report", language: Language) -> Iterator[Block]:
    lines = []
    for one in report.left_out:
        head = say(one.head, language)
        if one.unlabelled:
            lines.append(say("unlabelled", language, head, one.unlabelled))
        if one.ties:
            lines.append(say("ties", language, head, one.ties))
        for extra in one.extra:
            read = ", ".join(f"{label_name(label, language)} {count}" for label, count in extra.read_as.items())
            lines.append(say("extra", language, head, extra.messages, extra.label, read))
    if lines:
        yield Heading(say("left_out", language))
        yield from (Words(line) for line in lines)


def _misses(misses: "Sequence[Miss]", language: Language) -> Iterator[Block]:
    for head in dict.fromkeys(one.head for one in misses):
        yield Heading(f"{say('worst', language)} · {say(head, language)}")
        part = [one for one in misses if one.head == head]
        for number, one in enumerate(part, 1):
            yield Quote(_told(number, one, language), one.text, [(piece.start, piece.end) for piece in one.evidence])


def _told(number: int, one: "Miss", language: Language) -> str:
    read, gold = label_name(one.read, language), label_name(one.gold, language)
    told = say("miss", language, number, one.id or one.index + 1, read, one.chance, gold, one.gold_chance)
    found = ", ".join(f"{piece.text} {piece.weight:.2f}" for piece in one.evidence)
    return f"{told} · {say('because', language, found)}" if found else told
