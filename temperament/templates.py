"""Letters and scripts written out: every part in its order, with its gaps filled or visible."""

from collections.abc import Mapping
from dataclasses import dataclass

from temperament import playbook
from temperament.advice.slots import Filler
from temperament.errors import UsageError
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Letter, Script, Text

_ORDINARY = ("normal", "normal")


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a letter or line of a script. ``wait`` is the seconds of silence after it, ``then`` what is next."""

    name: str
    text: str
    meaning: str
    source: str
    wait: int = 0
    then: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A letter or script: what it is for, its pieces in order, and what to do at the end."""

    entry: str
    name: str
    aim: str
    pieces: tuple[Piece, ...]
    ending: str
    source: str


def template(
    name: str,
    facts: Mapping[str, str] | None = None,
    *,
    language: Language | None = None,
    book: Playbook | None = None,
) -> Template:
    """Return a letter or script by its id (``letter.apology``) or the end of it (``apology``), gaps filled from ``facts``.

    What no fact fills stays visible as 【…】. Raises ``UsageError`` for an unknown name or fact.
    """
    book = book or playbook.shipped()
    spoken = language or default_language()
    grade = next(one for one in book.grading.values() if (one.impact, one.urgency) == _ORDINARY)
    filler = Filler(facts or {}, book, grade.reply)
    entry = _find(name, book)

    def tell(text: Text | None) -> str:
        return "" if text is None else text.show(spoken)

    if isinstance(entry, Letter):
        pieces = tuple(
            Piece(tell(part.name), *filler.fill(part.say.zh, part.say.en), source=part.say.source)
            for part in entry.parts
        )
        return Template(entry.id, tell(entry.name), tell(entry.aim), pieces, "", entry.source)
    pieces = tuple(
        Piece(str(number), *filler.fill(line.say.zh, line.say.en), line.say.source, line.wait, tell(line.then))
        for number, line in enumerate(entry.lines, 1)
    )
    return Template(entry.id, tell(entry.name), tell(entry.when), pieces, tell(entry.ending), entry.source)


def _find(name: str, book: Playbook) -> Letter | Script:
    entries: tuple[Letter | Script, ...] = (*book.letters.values(), *book.scripts.values())
    for entry in entries:
        if name in {entry.id, entry.id.partition(".")[2], entry.name.zh, entry.name.en}:
            return entry
    allowed = [entry.id for entry in entries]
    raise UsageError(
        f"没有“{name}”这种信件或话术脚本。可用的有：{'、'.join(allowed)}。",
        f"There is no letter or script {name!r}. Choose one of: {', '.join(allowed)}.",
    )
