"""The command line. Only this room prints and turns errors into exit codes; every command imports what it needs."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from temperament import __version__
from temperament.errors import ExitCode, InputError, TemperamentError, UsageError
from temperament.help_texts import tell
from temperament.language import LANGUAGES, VARIABLE, Language, default_language

if TYPE_CHECKING:
    from rich.console import RenderableType

    from temperament.labels import Reading

OutputFormat = Literal["text", "json"]
_CHUNK = 200
_WORTH_A_BAR = 1000

app = typer.Typer(
    name="temperament",
    help=tell("app"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
playbook_app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
app.add_typer(playbook_app, name="playbook", help=tell("playbook"))

Lang = Annotated[str | None, typer.Option("--lang", help=tell("lang"))]
Format = Annotated[OutputFormat, typer.Option("--format", help=tell("format"))]
ModelName = Annotated[str, typer.Option("--model", help=tell("model"))]
ChannelName = Annotated[str | None, typer.Option("--channel", help=tell("channel"))]
TextColumn = Annotated[str | None, typer.Option("--text-column", help=tell("text_column"))]
TableFile = Annotated[
    Path | None,
    typer.Option("--file", "-f", help=tell("file")),
]


def _language(asked: str | None) -> Language:
    if asked is None:
        return default_language()
    if asked not in LANGUAGES:
        raise UsageError(f"--lang 只能是 zh 或 en，不是“{asked}”。", f"--lang must be zh or en, not {asked!r}.")
    os.environ[VARIABLE] = asked
    return asked


def _print(*renderables: "RenderableType") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for one in renderables:
        with console.capture() as captured:
            console.print(one)
        _write(captured.get())


def _write_json(values: Iterable[dict[str, Any]]) -> None:
    from temperament.render.jsonl import json_line

    for value in values:
        _write(json_line(value) + "\n")


def _write(text: str) -> None:
    """Write to standard output; whoever reads it may stop reading (``| head``), and that is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer hands the flag over by position)
    if wanted:
        sys.stdout.write(f"temperament {__version__}\n")
        raise typer.Exit


@app.callback()
def _top(
    *,
    lang: Lang = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=tell("version"))
    ] = False,
) -> None:
    """Hold the options that stand before every command."""
    _language(lang)


@app.command(help=tell("classify"))
def classify(
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help=tell("classify.texts"))] = None,
    file: TableFile = None,
    text_column: TextColumn = None,
    model: ModelName = "default",
    channel: ChannelName = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Read messages and print readings with advice."""
    from temperament.advice import recommend
    from temperament.reader import Classifier

    language = _language(lang)
    messages = _messages(texts, file, text_column)
    if not messages:
        sys.stderr.write(("没有读到消息。\n", "No messages were given.\n")[language == "en"])
    readings = _read_all(Classifier.load(model), messages)
    pairs = ((reading, recommend(reading, channel, language=language)) for reading in readings)
    if form == "json":
        from temperament.render.jsonl import reading_json

        _write_json(reading_json(reading, advice) for reading, advice in pairs)
        return
    from temperament.render.cards import reading_card

    for number, (reading, advice) in enumerate(pairs, 1):
        _print(reading_card(reading, advice, number))


def _messages(texts: list[str] | None, file: Path | None, column: str | None) -> list[str]:
    """Collect the messages from the arguments, a file or standard input."""
    from temperament.datasets import decode, read_texts

    if file is not None and texts:
        raise UsageError("消息和 --file 只能给一种。", "Give either messages or --file, not both.")
    if file is not None and str(file) != "-":
        return read_texts(file, column)
    if texts and texts != ["-"]:
        return texts
    if sys.stdin.isatty():
        hint = ("请输入消息，一行一条，Ctrl-D 结束：", "Type messages, one a line; end with Ctrl-D:")
        sys.stderr.write(hint[default_language() == "en"] + "\n")
    return [line for line in decode(sys.stdin.buffer.read()).splitlines() if line.strip()]


def _read_all(classifier: Any, messages: list[str]) -> "Iterator[Reading]":
    """Read in chunks, with a progress bar on standard error when there are many."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    shown = len(messages) >= _WORTH_A_BAR and console.is_terminal
    with Progress(console=console, disable=not shown, transient=True) as progress:
        task = progress.add_task("", total=len(messages))
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            yield from classifier.classify_many(chunk)
            progress.advance(task, len(chunk))


@app.command(help=tell("advise"))
def advise(
    state: Annotated[str, typer.Option("--state", "-s", help=tell("advise.state"))] = "calm",
    temperament: Annotated[str, typer.Option("--temperament", "-t", help=tell("advise.temperament"))] = "unclear",
    channel: ChannelName = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Print the strategy for given labels."""
    from dataclasses import asdict

    from temperament.advice import recommend
    from temperament.labels import Reading
    from temperament.render.cards import advice_card

    language = _language(lang)
    advice = recommend(Reading.of(temperament, state), channel, language=language)
    if form == "json":
        _write_json([asdict(advice)])
    else:
        _print(advice_card(advice))


@app.command(help=tell("check"))
def check(
    texts: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help=tell("check.texts"))] = None,
    file: TableFile = None,
    text_column: TextColumn = None,
    state: Annotated[str | None, typer.Option("--state", "-s", help=tell("check.state"))] = None,
    temperament: Annotated[str | None, typer.Option("--temperament", "-t", help=tell("check.temperament"))] = None,
    channel: ChannelName = None,
    disable: Annotated[list[str] | None, typer.Option("--disable", help=tell("check.disable"))] = None,
    allow: Annotated[list[str] | None, typer.Option("--allow", help=tell("check.allow"))] = None,
    form: Format = "text",
    lang: Lang = None,
) -> int:
    """Check draft replies; the exit code says whether one has an error or a warning."""
    from temperament.labels import Reading
    from temperament.reply import check_reply

    language = _language(lang)
    reading = None if state is None and temperament is None else Reading.of(temperament or "unclear", state or "calm")
    replies = _messages(texts, file, text_column)
    if not replies:
        sys.stderr.write(("没有读到回复。\n", "No replies were given.\n")[language == "en"])
    code = ExitCode.OK
    for number, reply in enumerate(replies, 1):
        found = check_reply(reply, reading, channel, disable=disable or (), allow=allow or (), language=language)
        if any(one.level != "suggestion" for one in found):
            code = ExitCode.FINDINGS
        if form == "json":
            from temperament.render.jsonl import findings_json

            _write_json([findings_json(reply, found)])
        else:
            from temperament.render.cards import reply_card

            _print(reply_card(reply, found, number, language))
    return code


@app.command(help=tell("train"))
def train(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=tell("train.files"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=tell("train.output"))],
    test: Annotated[list[Path] | None, typer.Option("--test", help=tell("train.test"))] = None,
    lang: Lang = None,
) -> None:
    """Train, score, and write a model folder with its card."""
    from temperament.training import train_model

    language = _language(lang)

    def report(zh: str, en: str) -> None:
        sys.stderr.write((zh if language == "zh" else en) + "\n")

    card = train_model(files, test or [], output, report)
    from rich.markdown import Markdown

    _print(Markdown(card))


@app.command(help=tell("evaluate"))
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
    from temperament.reader import Classifier
    from temperament.render.tables import report_tables

    language = _language(lang)
    gold = read_examples(file)
    report = compare(gold, Classifier.load(model).classify_many([one.text for one in gold], explain=False))
    if form == "json":
        _write_json([asdict(report)])
    else:
        _print(report_tables(report, language))


@playbook_app.command("list", help=tell("playbook.list"))
def playbook_list(lang: Lang = None, form: Format = "text") -> None:
    """List all entries of the playbook."""
    from temperament import playbook
    from temperament.render.tables import entry_title, playbook_table

    language = _language(lang)
    book = playbook.shipped()
    if form == "json":
        _write_json(
            {"kind": kind, "id": entry.id, "title": entry_title(entry, language), "source": entry.source}
            for kind, shelf in book.shelves().items()
            for entry in shelf.values()
        )
    else:
        _print(playbook_table(book, language))


@playbook_app.command("show", help=tell("playbook.show"))
def playbook_show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help=tell("playbook.show.id"))],
    lang: Lang = None,
) -> None:
    """Show one entry of the playbook as YAML."""
    from temperament import playbook
    from temperament.render.tables import entry_yaml

    _language(lang)
    _write(entry_yaml(playbook.shipped().find(identifier)))


@playbook_app.command(
    "validate",
    help=tell("playbook.validate"),
)
def playbook_validate(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help=tell("playbook.validate.dir"))] = None,
    lang: Lang = None,
) -> None:
    """Check a playbook folder and say how many entries are sound."""
    from temperament import playbook

    language = _language(lang)
    if folder is not None and not os.path.isdir(folder):  # noqa: PTH112 (Path.is_dir raises for impossible names)
        raise InputError(f"{folder} 不是文件夹。", f"{folder} is not a folder.")
    book = playbook.load(folder or playbook.SHIPPED)
    counts = ", ".join(f"{kind} {len(shelf)}" for kind, shelf in book.shelves().items())
    _write((f"没有问题：{counts}\n", f"Sound: {counts}\n")[language == "en"])


def main() -> int:
    """Run the command line; the one place that turns errors into exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return int(app(standalone_mode=False) or ExitCode.OK)
    except TemperamentError as error:
        sys.stderr.write(error.message(default_language()) + "\n")
        return error.exit_code
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # typer's own usage errors; their class is private
            error.show()
            return int(error.exit_code)
        if os.environ.get("TEMPERAMENT_DEBUG"):
            raise
        zh = f"程序内部出错：{type(error).__name__}: {error}。请设 TEMPERAMENT_DEBUG=1 再运行一次，把输出发给我们。"
        en = f"Internal error: {type(error).__name__}: {error}. Run again with TEMPERAMENT_DEBUG=1 and send us the output."
        sys.stderr.write((zh, en)[default_language() == "en"] + "\n")
        return ExitCode.INTERNAL
