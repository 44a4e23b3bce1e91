"""The rules of a playbook made ready to run: every check joined with its wording rule, its expressions written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from temperament.playbook import Playbook
from temperament.playbook.expressions import expand
from temperament.playbook.shapes import Check, Level, Phrase, Text
from temperament.text import fold


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A check, ready to run, with what its wording rule adds; ``name`` is what its findings are called by."""

    name: str
    check: Check
    level: Level
    message: Text
    better: tuple[Phrase, ...]
    source: str
    worst_for: tuple[str, ...]
    but: tuple[str, ...]
    expressions: tuple[str, ...]


def rules_of(book: Playbook) -> list[Rule]:
    """Return every check's rule; wording rules without a check are looked for as they are written."""
    covered = {check.wording for check in book.checks.values()}
    plain = [
        Check(
            id=rule.id,
            kind="forbidden",
            wording=rule.id,
            patterns=rule.avoid,
            fires=rule.avoid,
            silent=("。",),
            source=rule.source,
        )
        for rule in book.wording.values()
        if rule.id not in covered
    ]
    return [_rule(check, book) for check in (*book.checks.values(), *plain)]


def _rule(check: Check, book: Playbook) -> Rule:
    wording = None if check.wording is None else book.wording[check.wording]
    level = check.level or (wording.level if wording else None)
    message = check.message or (wording.why if wording else None)
    assert level is not None and message is not None, f"{check.id} was let through without level or message"
    return Rule(
        name=check.wording or check.id,
        check=check,
        level=level,
        message=message,
        better=check.better or (wording.better if wording else ()),
        source=check.source,
        worst_for=wording.states if wording else (),
        but=tuple(map(expand, check.but)),
        expressions=tuple(_expressions(check, book)),
    )


def _expressions(check: Check, book: Playbook) -> Iterator[str]:
    """Yield a check's expressions: its own, and the sentences of its wording rule as written."""
    wording = book.wording.get(check.wording or "")
    if wording is not None:
        yield from map(_literal, wording.avoid)
    if wording is None or check.patterns != wording.avoid:
        yield from map(expand, check.patterns)


def _literal(phrase: str) -> str:
    """Return the expression of a sentence as printed: 你 or 您, with or without its punctuation, …… anything."""
    pieces = [piece for piece in re.split("…+|\\.{3,}", fold(phrase).text.replace("…", "……")) if piece.strip("…")]
    return "[^。!?;\n]{0,12}".join("".join(map(_letter, piece.rstrip(",。!?、"))) for piece in pieces)


def _letter(character: str) -> str:
    if character in "你您":
        return "[你您]"
    return f"[{character}]?" if character in ",。!?、" else re.escape(character)


def usual_texts(book: Playbook) -> list[str]:
    """Return what a playbook has in the way of replies, folded: examples and sentences to say; they show common words."""
    texts = [text for check in book.checks.values() for text in (*check.silent, *check.fires)]
    texts += [text for part in book.parts.values() for text in part.shows]
    texts += [
        one.zh
        for rules in (book.checks, book.wording, book.replies)
        for entry in rules.values()
        for one in _said(entry)
    ]
    return [fold(text).text for text in texts]


def _said(entry: object) -> tuple[Phrase, ...]:
    return tuple(getattr(entry, "better", ())) + tuple(getattr(entry, "say", ()))
