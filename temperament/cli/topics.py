"""The command about many messages: topics."""

from pathlib import Path
from typing import Annotated

import typer

from temperament.cli.common import (
    Format,
    Lang,
    ModelName,
    OwnPlaybook,
    TextColumn,
    ask_language,
    open_playbook,
    read_all,
    show,
    write_json,
)
from temperament.errors import InputError
from temperament.help_texts import tell


def topics(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=tell("topics.files"))],
    text_column: TextColumn = None,
    time_column: Annotated[str | None, typer.Option("--time-column", help=tell("transcript.time"))] = None,
    customer_column: Annotated[str | None, typer.Option("--customer-column", help=tell("topics.customer"))] = None,
    each: Annotated[bool, typer.Option("--each", help=tell("topics.each"))] = False,  # noqa: FBT002
    model: ModelName = "default",
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Count what messages are about and find bursts."""
    from temperament.reader import Classifier, choose
    from temperament.render.jsonl import topics_json, topics_of_json
    from temperament.topics import Tagger, read_messages, report
    from temperament.topics.messages import Columns

    language = ask_language(lang)
    columns = Columns(text_column, time_column, customer_column)
    messages = [message for file in files for message in read_messages(file, columns)]
    if not messages:
        raise InputError("没有读到消息。", "No messages were found.")
    book = open_playbook(playbook)
    tagger = Tagger(book, language)
    if each:
        write_json(topics_of_json(one, tagger.topics(one.text)) for one in messages)
        return
    reader = Classifier.load(choose(model, 2))
    states = [one.state for one in read_all(reader, [one.text for one in messages], explain=False)]
    found = report(messages, tagger, states)
    if form == "json":
        write_json([topics_json(found)])
        return
    from temperament.render.topics import topics_view

    show(topics_view(found, book, language))
