"""The command that reads messages."""

import sys
from typing import Annotated

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
    read_all,
    read_messages,
    show,
    write_json,
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
    from temperament.advice import recommend
    from temperament.reader import Classifier, choose

    language = ask_language(lang)
    messages = read_messages(texts, file, text_column)
    if not messages:
        sys.stderr.write(("没有读到消息。\n", "No messages were given.\n")[language == "en"])
    book = open_playbook(playbook)
    batch = file is not None or len(messages) > 1
    readings = read_all(Classifier.load(choose(model, 2 if batch else 1)), messages)
    pairs = ((reading, recommend(reading, channel, language=language, book=book)) for reading in readings)
    if form == "json":
        from temperament.render.jsonl import reading_json

        write_json(reading_json(reading, advice) for reading, advice in pairs)
        return
    from temperament.render.cards import reading_card

    for number, (reading, advice) in enumerate(pairs, 1):
        show(reading_card(reading, advice, number))
