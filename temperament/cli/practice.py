"""The command to practise with: practice."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from temperament.cli.common import (
    Format,
    Lang,
    ModelName,
    OwnPlaybook,
    TextColumn,
    ask_language,
    open_playbook,
    show,
    write,
)
from temperament.errors import InputError
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.language import Language
    from temperament.practice import Customer, Marked


def practice(
    file: Annotated[Path | None, typer.Option("--file", "-f", help=tell("practice.file"))] = None,
    text_column: TextColumn = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help=tell("practice.count"))] = 5,
    state: Annotated[str | None, typer.Option("--state", "-s", help=tell("practice.state"))] = None,
    seed: Annotated[int | None, typer.Option("--seed", help=tell("practice.seed"))] = None,
    model: ModelName = "default",
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Practise: read a customer, type a reply, see how it is marked."""
    from temperament.labels import state_label
    from temperament.practice import chosen, drills, mark, summary
    from temperament.reply import Checker, shipped_checker

    language = ask_language(lang)
    book = open_playbook(playbook)
    everybody = drills(book) if file is None else _customers(file, text_column, model)
    customers = chosen(everybody, count, state_label(state) if state else None, seed)
    if not customers:
        raise InputError("没有这样的客户可练。", "There is no such customer to practise on.")
    checker = Checker(book) if playbook else shipped_checker()
    marked = []
    for number, (customer, reply) in enumerate(_replies(customers, form), 1):
        one = mark(customer, reply, checker, book, language)
        marked.append(one)
        _tell(one, number, form, language)
    if form == "text" and marked:
        from temperament.render.case_words import word

        write(word("practice_end", language).format(*summary(marked)) + "\n")


def _customers(file: Path, column: str | None, model: str) -> "list[Customer]":
    """Return the messages of a file; their labels where it has them, else as the model reads them."""
    from temperament.datasets import read_examples, read_texts
    from temperament.labels import Reading
    from temperament.practice import Customer
    from temperament.reader import Classifier, choose

    try:
        labelled = read_examples(file)
    except InputError:
        texts = [text for text in read_texts(file, column) if text.strip()]
        readings = Classifier.load(choose(model, 2)).classify_many(texts, explain=False)
        return [Customer(str(number), one) for number, one in enumerate(readings, 1)]
    return [Customer(one.id, Reading.of(one.temperament, one.state, one.text)) for one in labelled]


def _replies(customers: "list[Customer]", form: str) -> "Iterator[tuple[Customer, str]]":
    """Show one customer after the other and take a line for each; an empty line passes on, the end of input ends."""
    from temperament.render.practice import customer_card

    for number, customer in enumerate(customers, 1):
        if form == "text":
            show(customer_card(customer, number, len(customers)))
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield customer, line.strip()


def _tell(one: "Marked", number: int, form: str, language: "Language") -> None:
    from temperament.render.jsonl import json_line, reading_json
    from temperament.render.practice import marked_card

    if form == "json":
        value = {name: getattr(one, name) for name in ("reply", "moves", "next_step")}
        found = {name: [asdict(each) for each in getattr(one, name)] for name in ("findings", "missing")}
        said = [asdict(each) for each in one.advice.now]
        write(json_line({"customer": reading_json(one.customer.reading), **value, **found, "could_say": said}) + "\n")
    else:
        show(marked_card(one, number, language))
