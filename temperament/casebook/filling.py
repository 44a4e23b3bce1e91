"""The forms of a case: which fields there are, what of them the customer's words hold, and what is still wanted."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from temperament.advice.cues import words_of
from temperament.casebook.results import Wanted
from temperament.errors import UsageError
from temperament.language import Language
from temperament.masking import Masker
from temperament.playbook import Playbook
from temperament.playbook.naming import IMPACTS, known
from temperament.playbook.shapes import Field, Form, Grade
from temperament.text import fold

TAKEN = "✓"
"""What is kept of a personal field: that the agent has taken it."""
_NOW = {"now", "现在"}
_GRADING = ("impact", "urgency")


def forms_for(industry: str, book: Playbook) -> list[Form]:
    """Return the forms of a case, in the playbook's order."""
    return [one for one in book.forms.values() if not one.industries or industry in one.industries]


def forms_of(stage: str, industry: str, book: Playbook) -> list[Form]:
    """Return the forms that have to be whole before a case leaves a stage: those of which it is the last."""
    return [one for one in forms_for(industry, book) if one.stages and one.stages[-1] == stage]


def wanted(
    stage: str, industry: str, fields: Mapping[str, str], book: Playbook, language: Language
) -> Iterator[Wanted]:
    """Yield the required fields that are empty; those of a form that is only needed at times, once it is begun."""
    for form in forms_of(stage, industry, book):
        begun = any(fields.get(field.key) for field in form.fields)
        for field in form.fields:
            if field.required and not fields.get(field.key) and (begun or not form.if_needed):
                ask = field.ask.zh if field.ask else ""
                yield Wanted(field.key, field.name.show(language), form.id, ask)


def named(given: Mapping[str, str], industry: str, book: Playbook) -> dict[str, str]:
    """Return fields by their keys, named by key or by a Chinese or English name; raises ``UsageError``."""
    names: dict[str, str] = {}
    fields = {field.key: field for form in forms_for(industry, book) for field in form.fields}
    for field in fields.values():
        for name in (field.key, field.name.zh, field.name.zh.partition("（")[0], field.name.en):
            names.setdefault(name.lower(), field.key)
    found = {}
    for name, value in given.items():
        if name.strip().lower() not in names:
            allowed = "、".join(f"{one.key}（{one.name.zh.partition('（')[0]}）" for one in fields.values())
            raise UsageError(
                f"表里没有“{name}”这一项。可用的有：{allowed}。",
                f"No form has a field {name!r}. Choose from: {', '.join(fields)}.",
            )
        found[names[name.strip().lower()]] = _checked(names[name.strip().lower()], value.strip())
    return found


def _checked(key: str, value: str) -> str:
    """Return a value as it is kept: levels by their labels, "now" as the time."""
    if key in _GRADING and value:
        return known(value, IMPACTS, ("等级", "level")) or ""
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}" if value.lower() in _NOW else value


def kept(given: Mapping[str, str], industry: str, book: Playbook, masker: Masker) -> dict[str, str]:
    """Return fields as they may be stored: personal ones only as taken, the others masked."""
    personal = {field.key for form in forms_for(industry, book) for field in form.fields if field.personal}
    return {
        key: (TAKEN if value else "") if key in personal else masker.mask(value).text for key, value in given.items()
    }


def told(text: str, industry: str, book: Playbook, masker: Masker) -> dict[str, str]:
    """Return the required fields that the customer's own words hold, with those words.

    A phone number is no order number: what is hidden as something else than the field does not fill it.
    """
    folded = fold(text).text
    fields = [field for form in forms_for(industry, book) if "record" in form.stages for field in form.fields]
    found = {field.key: words for field in fields if field.required and (words := _words(field, folded))}
    personal = {field.key for field in fields if field.personal}
    sure = {key: words for key, words in found.items() if key in personal or not _other(key, words, masker)}
    return sure | ({"content": text} if text.strip() else {})


def _other(key: str, words: str, masker: Masker) -> bool:
    """Tell whether words are nothing but a piece of personal data other than the number that a field asks for."""
    hidden = masker.mask(words).hidden
    whole = sum(one.end - one.start for one in hidden) == len(words)
    return whole and (key, hidden[0].mask) != ("order", "mask.number")


def _words(field: Field, folded: str) -> str:
    return words_of(folded, field.cues, field.but) if field.cues else ""


def grade_of(fields: Mapping[str, str], grades: Iterable[Grade]) -> Grade | None:
    """Return the cell of the grading matrix that the fields name; ``None`` where they do not."""
    asked = tuple(fields.get(name) for name in _GRADING)
    return next((one for one in grades if (one.impact, one.urgency) == asked), None)
