"""Cases as tables: every field of the forms, or one form alone, such as the duty log of a hotel."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from temperament.casebook.results import Record
from temperament.errors import UsageError
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Form

_HEADS = {
    "id": ("编号", "case"),
    "opened": ("受理时间", "received"),
    "stage": ("进度", "stage"),
    "priority": ("优先级", "priority"),
    "state": ("情绪", "state"),
    "temperament": ("气质", "temperament"),
    "topics": ("类别", "topics"),
    "channel": ("渠道", "channel"),
    "text": ("投诉内容", "complaint"),
}
_LOG = ("经过", "history")


def form_named(name: str, book: Playbook) -> Form:
    """Return a form by its id or name; raises ``UsageError``."""
    for form in book.forms.values():
        if name in {form.id, form.id.partition(".")[2], form.name.zh, form.name.en}:
            return form
    allowed = "、".join(one.partition(".")[2] for one in book.forms)
    raise UsageError(
        f"没有“{name}”这种表。可用的有：{allowed}。", f"There is no form {name!r}. Choose from: {allowed}."
    )


def rows(
    records: Iterable[Record], book: Playbook, language: Language, form: Form | None = None
) -> list[dict[str, Any]]:
    """Return one row a case: what it is, the fields of one form or of all that it has filled, and its history."""
    one_form = [] if form is None else [form]
    return [_row(one, one_form or list(book.forms.values()), book, language, whole=form is None) for one in records]


def _row(one: Record, forms: list[Form], book: Playbook, language: Language, *, whole: bool) -> dict[str, Any]:
    place = language == "en"
    values = {name: getattr(one, name) for name in _HEADS} | {"opened": local(one.opened)}
    values["topics"] = "、".join(book.topics[name].name.show(language) for name in one.topics if name in book.topics)
    row = {heads[place]: values[name] for name, heads in _HEADS.items()}
    for form in forms:
        for field in form.fields:
            if field.key in one.fields or not whole:
                row.setdefault(field.name.show(language), one.fields.get(field.key, ""))
    row[_LOG[place]] = "\n".join(
        _line(step.time, step.stage, step.agent, step.note, step.skipped) for step in one.steps
    )
    return row


def _line(time: str, *parts: str) -> str:
    return " ".join((local(time), *filter(None, parts)))


def local(time: str) -> str:
    """Return a stored time by this machine's clock, to the minute."""
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
