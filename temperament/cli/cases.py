"""The commands about stored cases: case new, list, show, note, step, due, report, export."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from temperament.cli.common import (
    ChannelName,
    Format,
    ImpactName,
    IndustryName,
    Lang,
    ModelName,
    OwnPlaybook,
    ask_language,
    check_place,
    open_playbook,
    save,
    show,
    write,
    write_json,
)
from temperament.errors import InputError, UsageError
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.casebook import Casebook, Record
    from temperament.language import Language
    from temperament.playbook import Playbook

Db = Annotated[Path, typer.Option("--db", envvar="TEMPERAMENT_DB", help=tell("case.db"))]
By = Annotated[str, typer.Option("--by", help=tell("case.by"))]
Fields = Annotated[list[str] | None, typer.Option("--field", help=tell("case.field"))]
DoneTasks = Annotated[list[str] | None, typer.Option("--done", help=tell("case.done"))]
CaseId = Annotated[str, typer.Argument(metavar="CASE", help=tell("case.id"))]


def new(
    db: Db,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=tell("case.text"))] = "",
    customer: Annotated[str, typer.Option("--customer", help=tell("case.customer"))] = "",
    channel: ChannelName = None,
    industry: IndustryName = None,
    impact: ImpactName = None,
    by: By = "",
    field: Fields = None,
    ask: Annotated[bool, typer.Option("--ask", help=tell("case.ask"))] = False,  # noqa: FBT002
    model: ModelName = "default",
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Open a case for what a customer says."""
    from temperament.casebook import NewCase
    from temperament.reader import Classifier, choose

    language = ask_language(lang)
    book = open_playbook(playbook)
    fields = _fields(field)
    if ask:
        text, fields = _asked(text, fields, industry, book, language)
    if not text.strip():
        raise UsageError(
            "没有客户的话。写在命令后面，或用 --ask 一项一项填。",
            "There are no words of the customer. Write them after the command, or fill in field by field with --ask.",
        )
    reading = Classifier.load(choose(model, 1)).classify(text)
    cases = _open(db, book, language, new=True)
    one = cases.open_case(NewCase(reading, customer, channel, industry, impact, by, fields))
    _show(one, book, form, language)


def _asked(
    text: str, fields: dict[str, str], industry: str | None, book: "Playbook", language: "Language"
) -> tuple[str, dict[str, str]]:
    """Go through the record forms on screen; an empty answer leaves a field empty."""
    from temperament.casebook.filling import forms_for, told
    from temperament.masking import Masker
    from temperament.playbook.naming import INDUSTRIES, known

    trade = known(industry, INDUSTRIES, ("行业", "industry")) or ""
    text = text or _line(("客户怎么说", "What does the customer say")[language == "en"], "")
    held = told(text, trade, book, Masker(book))
    answers = {}
    for form in (one for one in forms_for(trade, book) if "record" in one.stages):
        for field in form.fields:
            if field.ask is not None and field.key != "content" and field.key not in fields:
                shown = "" if field.personal else held.get(field.key, "")
                answers[field.key] = _line(f"{field.name.show(language)} · {field.ask.zh}", shown)
    return text, {key: value for key, value in answers.items() if value} | fields


def _line(question: str, held: str) -> str:
    sys.stderr.write(f"{question}{f' [{held}]' if held else ''}\n> ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or held


def list_cases(
    db: Db,
    stage: Annotated[str | None, typer.Option("--stage", help=tell("case.stage"))] = None,
    customer: Annotated[str | None, typer.Option("--customer", help=tell("case.list.customer"))] = None,
    topic: Annotated[str | None, typer.Option("--topic", help=tell("case.topic"))] = None,
    like: Annotated[str | None, typer.Option("--like", help=tell("case.like"))] = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """List cases: all, of a stage, of a customer, about a topic, or like some words."""
    from temperament.casebook.library import like as alike
    from temperament.render.casebook import like_table, record_table
    from temperament.topics import Tagger

    cases, book, language = _opened(db, playbook, lang)
    found = cases.of_customer(customer) if customer is not None else cases.records()
    found = [one for one in found if stage is None or one.stage == cases.stage_named(stage)]
    found = [one for one in found if topic is None or _topic(topic, book) in one.topics]
    if like is not None:
        near = alike(like, (one.entry for one in Tagger(book, language).topics(like)), found)
        write_json(map(asdict, near)) if form == "json" else show(like_table(near, book, language))
        return
    write_json(map(asdict, found)) if form == "json" else show(record_table(found, book, language))


def _topic(name: str, book: "Playbook") -> str:
    for topic in book.topics.values():
        if name in {topic.id, topic.id.partition(".")[2], topic.name.zh, topic.name.en}:
            return topic.id
    allowed = "、".join(one.partition(".")[2] for one in book.topics)
    raise UsageError(
        f"没有“{name}”这个类别。可用的有：{allowed}。", f"There is no topic {name!r}. Choose from: {allowed}."
    )


def show_case(case: CaseId, db: Db, playbook: OwnPlaybook = None, form: Format = "text", lang: Lang = None) -> None:
    """Show one case whole."""
    cases, book, language = _opened(db, playbook, lang)
    _show(cases.record(case), book, form, language)


def note(
    case: CaseId,
    db: Db,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=tell("case.note.text"))] = "",
    by: By = "",
    field: Fields = None,
    done: DoneTasks = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Write into a case without moving it."""
    cases, book, language = _opened(db, playbook, lang)
    _show(cases.note(case, text, agent=by, fields=_fields(field), done=tuple(done or ())), book, form, language)


def step(
    case: CaseId,
    db: Db,
    to: Annotated[str | None, typer.Argument(metavar="[STAGE]", help=tell("case.step.to"))] = None,
    text: Annotated[str, typer.Option("--note", help=tell("case.note.text"))] = "",
    by: By = "",
    field: Fields = None,
    done: DoneTasks = None,
    anyway: Annotated[str, typer.Option("--anyway", help=tell("case.anyway"))] = "",
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Move a case to the next stage, or back."""
    cases, book, language = _opened(db, playbook, lang)
    fields, tasks = _fields(field), tuple(done or ())
    _show(cases.move(case, to, text, agent=by, fields=fields, done=tasks, anyway=anyway), book, form, language)


def due(
    db: Db,
    within: Annotated[str | None, typer.Option("--within", help=tell("case.within"))] = None,
    playbook: OwnPlaybook = None,
    form: Format = "text",
    lang: Lang = None,
) -> None:
    """Print what is due."""
    from datetime import timedelta

    from temperament.promises import minutes
    from temperament.render.casebook import due_table

    language = ask_language(lang)
    book = open_playbook(playbook)
    span = timedelta(minutes=minutes(within)) if within is not None else None
    found = _open(db, book, language).tasks.due(span)
    write_json(map(asdict, found)) if form == "json" else show(due_table(found, book, language))


def report(db: Db, playbook: OwnPlaybook = None, form: Format = "text", lang: Lang = None) -> None:
    """Print what the cases add up to."""
    from temperament.casebook import STAGES
    from temperament.casebook.figures import figures
    from temperament.render.casebook import figures_view

    cases, book, language = _opened(db, playbook, lang)
    found = figures(_whole(cases), book, language, STAGES)
    write_json([asdict(found)]) if form == "json" else show(figures_view(found, book, language))


def export(
    target: Annotated[Path, typer.Argument(metavar="FILE", help=tell("case.export.target"))],
    db: Db,
    name: Annotated[str | None, typer.Option("--form", help=tell("case.export.form"))] = None,
    playbook: OwnPlaybook = None,
    lang: Lang = None,
) -> None:
    """Write cases to a table."""
    from temperament.casebook.exporting import form_named, rows
    from temperament.datasets import table_bytes

    language = ask_language(lang)
    book = open_playbook(playbook)
    check_place(target)
    one = form_named(name, book) if name is not None else None
    records = [each for each in _whole(_open(db, book, language)) if one is None or _fits(each, one.industries)]
    save(target, table_bytes(rows(records, book, language, one), target))
    write(
        (f"{len(records)} 个个案写进 {target}。\n", f"Cases written to {target}: {len(records)}.\n")[language == "en"]
    )


def _fits(one: "Record", industries: tuple[str, ...]) -> bool:
    return not industries or one.industry in industries


def _whole(cases: "Casebook") -> "list[Record]":
    return [cases.record(one.id) for one in cases.records()]


def _opened(db: Path, playbook: Path | None, lang: str | None) -> "tuple[Casebook, Playbook, Language]":
    """Open the cases a command is about, with the playbook and the language it was given."""
    language = ask_language(lang)
    book = open_playbook(playbook)
    return _open(db, book, language), book, language


def _open(db: Path, book: "Playbook", language: "Language", *, new: bool = False) -> "Casebook":
    """Open the file; one that is not there is only made for a new case."""
    from temperament.casebook import Casebook
    from temperament.casebook.file import open_file
    from temperament.masking import Masker

    if not new and not db.is_file():
        raise InputError(
            f"没有 {db} 这个文件。先用 case new 建一个个案。", f"There is no file {db}. Open a case first: case new."
        )
    check_place(db)
    return Casebook(open_file(db), Masker(book), book, language)


def _fields(pairs: list[str] | None) -> dict[str, str]:
    """Return fields given as name=value; raises ``UsageError``."""
    found = {}
    for pair in pairs or ():
        name, equals, value = pair.replace("＝", "=", 1).partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"--field 要写成 名称=内容，例如 wish=退款，不是“{pair}”。",
                f"--field is written name=value, for example wish=refund, not {pair!r}.",
            )
        found[name] = value
    return found


def _show(one: "Record", book: "Playbook", form: str, language: "Language") -> None:
    from temperament.render.casebook import record_card

    write_json([asdict(one)]) if form == "json" else show(record_card(one, book, language))
