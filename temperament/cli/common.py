"""What the commands share: options, reading messages, writing results."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from temperament.errors import InputError, UsageError
from temperament.help_texts import tell
from temperament.language import LANGUAGES, VARIABLE, Language, default_language

if TYPE_CHECKING:
    from rich.console import RenderableType

    from temperament.labels import Reading
    from temperament.playbook import Playbook
    from temperament.reader import Classifier

_CHUNK = 200
_WORTH_A_BAR = 1000
_FILE_WIDTH = 100
OutputFormat = Literal["text", "json"]
Lang = Annotated[str | None, typer.Option("--lang", help=tell("lang"))]
Format = Annotated[OutputFormat, typer.Option("--format", help=tell("format"))]
ModelName = Annotated[str, typer.Option("--model", help=tell("model"))]
ChannelName = Annotated[str | None, typer.Option("--channel", help=tell("channel"))]
IndustryName = Annotated[str | None, typer.Option("--industry", help=tell("industry"))]
GroupName = Annotated[str | None, typer.Option("--group", help=tell("group"))]
ImpactName = Annotated[str | None, typer.Option("--impact", help=tell("impact"))]
TagNames = Annotated[list[str] | None, typer.Option("--tag", help=tell("tag"))]
Facts = Annotated[list[str] | None, typer.Option("--fact", help=tell("fact"))]
OwnPlaybook = Annotated[Path | None, typer.Option("--playbook", help=tell("own_playbook"))]
TextColumn = Annotated[str | None, typer.Option("--text-column", help=tell("text_column"))]
TableFile = Annotated[Path | None, typer.Option("--file", "-f", help=tell("file"))]


def ask_language(asked: str | None) -> Language:
    """Return the language asked for, and make it the one of this process; raises ``UsageError``."""
    if asked is None:
        return default_language()
    if asked not in LANGUAGES:
        raise UsageError(f"--lang 只能是 zh 或 en，不是“{asked}”。", f"--lang must be zh or en, not {asked!r}.")
    os.environ[VARIABLE] = asked
    return asked


def show(*renderables: "RenderableType") -> None:
    """Print renderables as text."""
    from rich.console import Console

    console = Console(highlight=False)
    for one in renderables:
        with console.capture() as captured:
            console.print(one)
        write(captured.get())


def as_text(renderable: "RenderableType") -> str:
    """Return a renderable as the plain text of a file."""
    from rich.console import Console

    console = Console(highlight=False, width=_FILE_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


def check_place(path: Path | None) -> None:
    """Refuse a file in a folder that does not exist, before any work is done for it."""
    if path is not None and not path.absolute().parent.is_dir():
        raise InputError(
            f"{path.parent} 这个文件夹不存在。请先建好，或换一个位置。",
            f"The folder {path.parent} does not exist. Make it first, or choose another place.",
        )


def save(path: Path, data: bytes) -> None:
    """Write a file whole; raises ``InputError`` that says why it cannot be written."""
    try:
        path.write_bytes(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"{path} 写不了（{why}）。请换一个名字或位置。",
            f"{path} cannot be written ({why}). Choose another name or place.",
        ) from error


def write_json(values: Iterable[dict[str, Any]]) -> None:
    """Print one JSON object a line."""
    from temperament.render.jsonl import json_line

    for value in values:
        write(json_line(value) + "\n")


def write(text: str) -> None:
    """Write to standard output; whoever reads it may stop reading (``| head``), and that is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def read_messages(texts: list[str] | None, file: Path | None, column: str | None) -> list[str]:
    """Collect the messages from the arguments, a file or standard input."""
    from temperament.datasets import read_texts
    from temperament.decoding import decode

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


def read_all(classifier: "Classifier", messages: list[str], *, explain: bool = True) -> "Iterator[Reading]":
    """Read in chunks, with a progress bar on standard error when there are many."""
    if len(messages) < _WORTH_A_BAR:
        yield from classifier.classify_many(messages, explain=explain)
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=len(messages))
        for start in range(0, len(messages), _CHUNK):
            chunk = messages[start : start + _CHUNK]
            yield from classifier.classify_many(chunk, explain=explain)
            progress.advance(task, len(chunk))


def open_playbook(folder: Path | None) -> "Playbook":
    """Return the shipped playbook, or the one with a folder of own entries laid over it."""
    from temperament import playbook

    if folder is None:
        return playbook.shipped()
    if not os.path.isdir(folder):  # noqa: PTH112 (Path.is_dir raises for impossible names)
        raise InputError(f"{folder} 不是文件夹。", f"{folder} is not a folder.")
    return playbook.overlay(folder)


def read_facts(pairs: list[str] | None) -> dict[str, str]:
    """Return facts given as name=value."""
    facts = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"--fact 要写成 名称=内容，例如 agent=小林，不是“{pair}”。",
                f"--fact is written name=value, for example agent=Lin, not {pair!r}.",
            )
        facts[name.strip()] = value.strip()
    return facts
