"""What the commands share: options, reading messages, and what ``output`` holds."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from temperament.cli.output import OutputFormat as OutputFormat
from temperament.cli.output import as_text as as_text
from temperament.cli.output import ask_language as ask_language
from temperament.cli.output import open_playbook as open_playbook
from temperament.cli.output import read_all as read_all
from temperament.cli.output import show as show
from temperament.cli.output import write as write
from temperament.cli.output import write_json as write_json
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell
from temperament.language import default_language

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
