"""What is read and written without typer: the language, results on standard output, messages with a progress bar."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from temperament.errors import ExitCode, InputError, UsageError
from temperament.language import LANGUAGES, VARIABLE, Language, default_language

if TYPE_CHECKING:
    from rich.console import RenderableType

    from temperament.labels import Reading
    from temperament.playbook import Playbook
    from temperament.reader import Classifier

OutputFormat = Literal["text", "json"]
_CHUNK = 200
_WORTH_A_BAR = 1000
_FILE_WIDTH = 100


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
        raise SystemExit(ExitCode.OK) from None


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
