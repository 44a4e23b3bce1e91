"""Messages → readings with advice on standard output, without typer."""

import sys
from typing import TYPE_CHECKING

from temperament.cli.output import OutputFormat, ask_language, read_all, show, write_json

if TYPE_CHECKING:
    from temperament.playbook import Playbook


def answer(
    messages: list[str],
    model: str = "auto",
    channel: str | None = None,
    book: "Playbook | None" = None,
    form: OutputFormat = "text",
    lang: str | None = None,
    *,
    several: bool = False,
) -> None:
    """Read messages and print their cards or JSON; ``several`` says that even a single one comes from a file of many."""
    from temperament.advice import recommend
    from temperament.reader import Classifier, choose

    language = ask_language(lang)
    if not messages:
        sys.stderr.write(("没有读到消息。\n", "No messages were given.\n")[language == "en"])
    batch = several or len(messages) > 1
    readings = read_all(Classifier.load(choose(model, 2 if batch else 1)), messages)
    pairs = ((reading, recommend(reading, channel, language=language, book=book)) for reading in readings)
    if form == "json":
        from temperament.render.jsonl import reading_json

        write_json(reading_json(reading, advice) for reading, advice in pairs)
        return
    from temperament.render.cards import reading_card

    for number, (reading, advice) in enumerate(pairs, 1):
        show(reading_card(reading, advice, number))
