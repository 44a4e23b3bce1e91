"""The command that checks replies."""

import sys
from typing import Annotated

import typer

from temperament.cli.common import (
    ChannelName,
    Format,
    Lang,
    TableFile,
    TextColumn,
    ask_language,
    read_messages,
    show,
    write_json,
)
from temperament.errors import ExitCode
from temperament.help_texts import tell


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

    language = ask_language(lang)
    reading = None if state is None and temperament is None else Reading.of(temperament or "unclear", state or "calm")
    replies = read_messages(texts, file, text_column)
    if not replies:
        sys.stderr.write(("没有读到回复。\n", "No replies were given.\n")[language == "en"])
    code = ExitCode.OK
    for number, reply in enumerate(replies, 1):
        found = check_reply(reply, reading, channel, disable=disable or (), allow=allow or (), language=language)
        if any(one.level != "suggestion" for one in found):
            code = ExitCode.FINDINGS
        if form == "json":
            from temperament.render.jsonl import findings_json

            write_json([findings_json(reply, found)])
        else:
            from temperament.render.cards import reply_card

            show(reply_card(reply, found, number, language))
    return code
