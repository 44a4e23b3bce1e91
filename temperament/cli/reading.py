"""Commands that read messages: classify, train, evaluate."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from temperament.cli.common import (
    ChannelName,
    Format,
    Lang,
    ModelName,
    OwnPlaybook,
    TableFile,
    TextColumn,
    ask_language,
    open_playbook,
    read_messages,
    show,
    write_json,
)
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.labels import Reading

ModelKind = Literal["linear", "encoder"]
_CHUNK = 200
_WORTH_A_BAR = 1000


def classify(
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help=tell("classify.texts"))] = None,
    file: TableFile = None,
    text_column: TextColumn = None,
    model: ModelName = "auto",
    channel: ChannelName = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Read messages and print readings with advice."""
    from temperament.advice import recommend
    from temperament.reader import Classifier, choose

    language = ask_language(lang)
    messages = read_messages(texts, file, text_column)
    if not messages:
        sys.stderr.write(("没有读到消息。\n", "No messages were given.\n")[language == "en"])
    book = open_playbook(playbook)
    batch = file is not None or len(messages) > 1
    readings = _read_all(Classifier.load(choose(model, 2 if batch else 1)), messages)
    pairs = ((reading, recommend(reading, channel, language=language, book=book)) for reading in readings)
    if form == "json":
        from temperament.render.jsonl import reading_json

        write_json(reading_json(reading, advice) for reading, advice in pairs)
        return
    from temperament.render.cards import reading_card

    for number, (reading, advice) in enumerate(pairs, 1):
        show(reading_card(reading, advice, number))


def _read_all(classifier: Any, messages: list[str]) -> "Iterator[Reading]":
    """Read in chunks, with a progress bar on standard error when there are many."""
    if len(messages) < _WORTH_A_BAR:
        yield from classifier.classify_many(messages)
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=len(messages))
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            yield from classifier.classify_many(chunk)
            progress.advance(task, len(chunk))


def train(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=tell("train.files"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=tell("train.output"))],
    test: Annotated[list[Path] | None, typer.Option("--test", help=tell("train.test"))] = None,
    typical: Annotated[list[Path] | None, typer.Option("--typical", help=tell("train.typical"))] = None,
    soft: Annotated[list[Path] | None, typer.Option("--soft", help=tell("train.soft"))] = None,
    kind: Annotated[ModelKind, typer.Option("--kind", help=tell("train.kind"))] = "linear",
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Train, score, and write a model folder with its card."""
    language = ask_language(lang)

    def report(zh: str, en: str) -> None:
        sys.stderr.write((zh if language == "zh" else en) + "\n")

    if kind == "encoder":
        if soft:
            raise UsageError(
                "--soft 只用于 --kind linear：编码器不学软标签。",
                "--soft goes with --kind linear only: the encoder does not learn soft labels.",
            )
        card = _train_encoder()(files, test or [], output, report, typical=typical or [])
    else:
        from temperament.training import train_model

        card = train_model(files, test or [], output, report, soft=soft or [], typical=typical or [])
    if form == "json":
        write_json([{"model": str(output), "card": card}])
        return
    from rich.markdown import Markdown

    show(Markdown(card))


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


def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tell("evaluate.file"))],
    model: ModelName = "default",
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Score a model on labelled messages."""
    from dataclasses import asdict

    from temperament.datasets import read_examples
    from temperament.evaluate import evaluate as compare
    from temperament.reader import Classifier, choose
    from temperament.render.tables import report_tables

    language = ask_language(lang)
    gold = read_examples(file)
    reader = Classifier.load(choose(model, max(len(gold), 2)))
    report = compare(gold, reader.classify_many([one.text for one in gold], explain=False))
    if form == "json":
        write_json([asdict(report)])
    else:
        show(report_tables(report, language))
