"""The command that reads messages."""

from typing import Annotated

import typer

from temperament.cli.answering import answer
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
)
from temperament.help_texts import tell


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
    ask_language(lang)
    answer(
        read_messages(texts, file, text_column), model, channel, open_playbook(playbook), form, several=file is not None
    )
