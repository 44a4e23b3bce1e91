"""Commands that measure: evaluate a model on labelled messages, and the agreement of annotators."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from temperament.cli.common import (
    Lang,
    ModelName,
    TextColumn,
    as_text,
    ask_language,
    check_place,
    read_all,
    save,
    show,
    write,
)
from temperament.errors import UsageError
from temperament.help_texts import tell
from temperament.language import Language

if TYPE_CHECKING:
    from temperament.evaluate import Evaluation, Gold, Report
    from temperament.labels import Reading
    from temperament.reader import Classifier
    from temperament.render.blocks import Block

ReportFormat = Literal["text", "json", "markdown", "html"]
_BY_SUFFIX: dict[str, ReportFormat] = {
    ".json": "json",
    ".jsonl": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
Report_ = Annotated[ReportFormat | None, typer.Option("--format", help=tell("report_format"))]
Resamples = Annotated[int, typer.Option("--bootstrap", min=0, max=100_000, help=tell("bootstrap"))]
Seed = Annotated[int, typer.Option("--seed", min=0, help=tell("seed"))]


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tell("evaluate.file"))],
    model: ModelName = "default",
    compare: Annotated[str | None, typer.Option("--compare", help=tell("evaluate.compare"))] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help=tell("evaluate.by"))] = None,
    bootstrap: Resamples = 1000,
    seed: Seed = 0,
    worst: Annotated[int, typer.Option("--worst", min=0, help=tell("evaluate.worst"))] = 10,
    text_column: TextColumn = None,
    temperament_column: Annotated[str | None, typer.Option(help=tell("evaluate.temperament_column"))] = None,
    state_column: Annotated[str | None, typer.Option(help=tell("evaluate.state_column"))] = None,
    form: Report_ = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=tell("evaluate.output"))] = None,
    lang: Lang = None,
) -> None:
    """Score a model on labelled messages, or compare two."""
    from temperament.evaluate import Evaluation, read_gold
    from temperament.evaluate import compare as differ
    from temperament.evaluate import evaluate as score

    language = ask_language(lang)
    check_place(output)
    gold = read_gold(file, text_column, temperament_column, state_column)
    names = [model, *([compare] if compare else [])]
    classifiers = [_loaded(name, len(gold)) for name in names]
    readings = [list(read_all(one, [each.text for each in gold], explain=False)) for one in classifiers]
    wanted: dict[str, Any] = {"resamples": bootstrap, "seed": seed}
    reports = [score(gold, read, by=by or (), worst=worst, **wanted) for read in readings]
    reports = [_explained(report, gold, one) for report, one in zip(reports, classifiers, strict=True)]
    evaluation = Evaluation(
        file=file.name,
        report=reports[0],
        second=reports[1] if compare else None,
        comparisons=differ(gold, readings[0], readings[1], bootstrap, seed) if compare else (),
        settings=wanted,
    )

    def blocks() -> "list[Block]":
        from temperament.render.evaluations import evaluation_blocks

        return evaluation_blocks(evaluation, language)

    _publish(blocks, lambda: _evaluation_json(evaluation), _form(form, output), output, language)


def _loaded(name: str, messages: int) -> "Classifier":
    from temperament.reader import Classifier, choose

    return Classifier.load(choose(name, max(messages, 2)))


def _explained(report: "Report", gold: "list[Gold]", classifier: "Classifier") -> "Report":
    """Return the report with the evidence of its misses; only those are read again with it."""
    from dataclasses import replace

    wanted = sorted({miss.index for miss in report.misses})
    found: dict[int, Reading] = dict(
        zip(wanted, classifier.classify_many([gold[index].text for index in wanted]), strict=True)
    )
    misses = (
        replace(miss, evidence=tuple(one for one in found[miss.index].evidence if one.label == miss.read))
        for miss in report.misses
    )
    return replace(report, misses=tuple(misses))


def _evaluation_json(evaluation: "Evaluation") -> dict[str, Any]:
    value = {"file": evaluation.file, **asdict(evaluation.report), "settings": evaluation.settings}
    if evaluation.second is not None:
        value["second"] = asdict(evaluation.second)
        value["comparisons"] = [asdict(one) for one in evaluation.comparisons]
    return value


def agreement(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=tell("agreement.files"))],
    columns: Annotated[list[str] | None, typer.Option("--columns", help=tell("agreement.columns"))] = None,
    bootstrap: Resamples = 1000,
    seed: Seed = 0,
    shown: Annotated[int, typer.Option("--show", min=0, help=tell("agreement.show"))] = 10,
    form: Report_ = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=tell("agreement.output"))] = None,
    lang: Lang = None,
) -> None:
    """Measure how far annotators agree, and write the majority's labels."""
    from temperament.evaluate.agreement import agreement as measure
    from temperament.evaluate.agreement import gold_rows
    from temperament.evaluate.annotators import read_annotations

    language = ask_language(lang)
    check_place(output)
    if columns and len(files) > 1:
        raise UsageError(
            "--columns 只用于一个文件；多个文件时每个文件是一位标注者。",
            "--columns goes with one file; of several files each is one annotator.",
        )
    annotations = read_annotations(files, columns or ())
    heads = measure(annotations, bootstrap, seed)
    name = ", ".join(path.name for path in files)
    settings = {"resamples": bootstrap, "seed": seed}

    def blocks() -> "list[Block]":
        from temperament.render.agreements import agreement_blocks

        return agreement_blocks(name, heads, language, shown, settings)

    def value() -> dict[str, Any]:
        return {"file": name, **{one.head: asdict(one) for one in heads}, "settings": settings}

    if output is not None:
        _write_gold(gold_rows(annotations), output)
    _publish(blocks, value, form or "text", None, language)
    if output is not None:
        said = (f"多数标签已写到 {output}\n", f"The majority's labels are in {output}\n")
        sys.stderr.write(said[language == "en"])


def _write_gold(rows: "list[dict[str, object]]", output: Path) -> None:
    from temperament.datasets import table_bytes

    save(output, table_bytes(rows, output))


def _form(form: ReportFormat | None, output: Path | None) -> ReportFormat:
    """Return the format asked for, or the one that fits the name of the output file."""
    return form or (_BY_SUFFIX.get(output.suffix.lower(), "text") if output else "text")


def _publish(
    blocks: "Callable[[], Iterable[Block]]",
    value: Callable[[], dict[str, Any]],
    form: ReportFormat,
    output: Path | None,
    language: Language,
) -> None:
    """Print a report in one format, or write it to a file."""
    if form == "text" and output is None:
        from temperament.render.blocks import to_terminal

        show(to_terminal(blocks()))
        return
    text = _written(blocks, value, form, language)
    if output is None:
        write(text)
    else:
        save(output, text.encode("utf-8", "backslashreplace"))
        said = (f"报告已写到 {output}\n", f"The report is in {output}\n")
        sys.stderr.write(said[language == "en"])


def _written(
    blocks: "Callable[[], Iterable[Block]]", value: Callable[[], dict[str, Any]], form: ReportFormat, language: Language
) -> str:
    if form == "json":
        from temperament.render.jsonl import json_line

        return json_line(value()) + "\n"
    from temperament.render import blocks as kinds

    if form == "markdown":
        return kinds.to_markdown(blocks())
    if form == "html":
        return kinds.to_html(blocks(), language)
    return as_text(kinds.to_terminal(blocks()))
