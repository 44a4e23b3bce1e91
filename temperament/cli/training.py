"""The command that trains."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from temperament.cli.common import Format, Lang, ask_language, show, write_json
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell

ModelKind = Literal["linear", "encoder"]
Duplicates = Literal["refuse", "drop", "keep"]
Leaks = Literal["refuse", "drop"]
_NOTHING = "none"
Files = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help=tell("train.files"))]


def train(
    output: Annotated[Path, typer.Option("--output", "-o", help=tell("train.output"))],
    files: Files = None,
    test: Annotated[list[Path] | None, typer.Option("--test", help=tell("train.test"))] = None,
    feedback: Annotated[list[Path] | None, typer.Option("--feedback", help=tell("train.feedback"))] = None,
    start: Annotated[str | None, typer.Option("--start", help=tell("train.start"))] = None,
    duplicates: Annotated[Duplicates, typer.Option("--duplicates", help=tell("train.duplicates"))] = "refuse",
    leaks: Annotated[Leaks, typer.Option("--leaks", help=tell("train.leaks"))] = "refuse",
    typical: Annotated[list[Path] | None, typer.Option("--typical", help=tell("train.typical"))] = None,
    last: Annotated[list[Path] | None, typer.Option("--last", help=tell("train.last"))] = None,
    soft: Annotated[list[Path] | None, typer.Option("--soft", help=tell("train.soft"))] = None,
    kind: Annotated[ModelKind, typer.Option("--kind", help=tell("train.kind"))] = "linear",
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Train, score, and write a model folder with its card."""
    from temperament.vetting import Rules

    language = ask_language(lang)

    def report(zh: str, en: str) -> None:
        sys.stderr.write((zh if language == "zh" else en) + "\n")

    if not files and not feedback:
        raise UsageError("给至少一个标注文件，或 --feedback。", "Give at least one labelled file, or --feedback.")
    rules = Rules(duplicates, leaks)
    shared: dict[str, Any] = {"typical": typical or [], "feedback": feedback or [], "rules": rules}
    if kind == "encoder":
        _refuse_for_encoder(soft, start)
        card = _train_encoder()(files or [], test or [], output, report, last=last or [], **shared)
    else:
        _refuse_for_linear(last)
        from temperament.shipped import NAME
        from temperament.training import train_model

        begin = start if start is not None else _NOTHING if soft else NAME
        named = None if begin == _NOTHING else begin
        card = train_model(files or [], test or [], output, report, soft=soft or [], start=named, **shared)
    if form == "json":
        write_json([{"model": str(output), "card": card}])
        return
    from rich.markdown import Markdown

    show(Markdown(card))


def _refuse_for_linear(last: list[Path] | None) -> None:
    if last:
        raise UsageError(
            "--last 只用于 --kind encoder：linear 一次学完所有消息，没有最后一轮。",
            "--last goes with --kind encoder only: a linear model learns all messages at once and has no last epoch.",
        )


def _refuse_for_encoder(soft: list[Path] | None, start: str | None) -> None:
    if soft:
        raise UsageError(
            "--soft 只用于 --kind linear：编码器不学软标签。",
            "--soft goes with --kind linear only: the encoder does not learn soft labels.",
        )
    if start is not None:
        raise UsageError(
            "--start 只用于 --kind linear：编码器总是从预训练的权重开始。",
            "--start goes with --kind linear only: an encoder always starts from its pretrained weights.",
        )


def _train_encoder() -> Any:
    """Return the function that trains an encoder, or say which extra it needs."""
    try:
        from temperament.finetune.blend import train_encoder_model
    except ImportError as error:
        raise InputError(
            f"微调编码器缺少 {error.name}。请运行：pip install 'temperament[finetune]'。",
            f"Fine-tuning the encoder needs {error.name}. Run: pip install 'temperament[finetune]'.",
        ) from error
    return train_encoder_model
