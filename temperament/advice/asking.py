"""The facts a case still lacks: required fields of the record that the customer's words do not hold yet."""

from collections.abc import Collection

from temperament.advice.cues import words_of
from temperament.advice.results import Question
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Field, Form

MOST_ASKED = 4
_SAME = {"customer": "name", "phone": "contact"}
"""Slots that answer a field of another name."""


def missing(
    said: str, known: Collection[str], industry: str | None, book: Playbook, language: Language
) -> tuple[Question, ...]:
    """Return what to ask for, the fields of the line of business first, then the record's in its order.

    ``said`` is all the customer has written, folded, ``known`` the names of facts already at hand.
    """
    have = {*known, *(_SAME[one] for one in known if one in _SAME)}
    wanted = [
        field
        for form in sorted(book.forms.values(), key=lambda form: not form.industries)
        if _applies(form, industry)
        for field in form.fields
        if field.required and field.ask and field.key not in have and not words_of(said, field.cues, field.but)
    ]
    return tuple(_question(field, language) for field in wanted[:MOST_ASKED])


def _applies(form: Form, industry: str | None) -> bool:
    return "record" in form.stages and (not form.industries or industry in form.industries)


def _question(field: Field, language: Language) -> Question:
    assert field.ask is not None
    return Question(field.key, field.name.show(language), field.ask.zh, field.ask.en, field.ask.source)
