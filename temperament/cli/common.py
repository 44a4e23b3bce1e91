"""What the commands share: options, reading messages, writing results."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from temperament.errors import InputError, UsageError
from temperament.help_texts import tell
from temperament.language import LANGUAGES, VARIABLE, Language, default_language

if TYPE_CHECKING:
    from rich.console import RenderableType

    from temperament.playbook import Playbook

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
