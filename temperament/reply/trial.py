"""A playbook's checker tried on the playbook's own examples: what must be found is found, what must not is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from temperament.playbook import Playbook
from temperament.reply.checker import Checker, Wanted

Expected = Literal["found", "silent", "shown", "lacking", "read"]
"""What should have happened to a text: its rule found or silent, its part shown or lacking, its spelling read."""


@dataclass(frozen=True, slots=True)
class Try:
    """One example text of a rule, what should happen to it, and whether it does."""

    rule: str
    text: str
    expected: Expected
    passed: bool


def try_out(book: Playbook) -> Iterator[Try]:
    """Try the example texts of every check, wording rule, part and spelling of a playbook."""
    checker = Checker(book)
    yield from _rules(book, checker)
    yield from _parts(book, checker)
    for spelling in book.spellings.values():
        for text in spelling.seen:
            yield Try(spelling.id, text, "read", spelling.means in checker.view(f"这个{text}啊").text)


def _rules(book: Playbook, checker: Checker) -> Iterator[Try]:
    for check in book.checks.values():
        name = check.wording or check.id
        for text in check.fires:
            yield Try(check.id, text, "found", name in checker.matching(text))
        for text in check.silent:
            told = {one.rule for one in checker.check(text, Wanted())}
            yield Try(check.id, text, "silent", name not in told)
    for rule in book.wording.values():
        for text in rule.avoid:
            yield Try(rule.id, text, "found", rule.id in checker.matching(text))


def _parts(book: Playbook, checker: Checker) -> Iterator[Try]:
    for part in book.parts.values():
        for text in part.shows:
            yield Try(part.id, text, "shown", checker.shows(part, text))
        for text in part.lacks:
            yield Try(part.id, text, "lacking", not checker.shows(part, text))
