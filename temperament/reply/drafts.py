"""Replies that are checked together: where each stands, and what is turned off for it by marks in the text.

A mark is ``<!-- temperament: off RULE, RULE -->`` or ``# temperament: off RULE`` up to the end of its line; without a
rule it turns everything off. In a reply it holds for that reply; as a line (or cell) of its own, for all that follow
until ``temperament: on``. A mark is no part of the reply.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from temperament.reply.checker import Checker, Wanted
from temperament.reply.findings import Finding

_MARK = re.compile(
    r"<!--\s*temperament:\s*(?P<word>off|on)\b(?P<names>(?:(?!-->).){0,400})-->"
    r"|#\s*temperament:\s*(?P<bare>off|on)\b(?P<rest>[^\n]{0,400})",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\s,，、]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """One reply: the ``line`` it stands in (or which one it is, from 1), and in a text file where it begins (``offset``).

    ``offset`` counts code points from the beginning of the file; ``None`` where it has no place in a text.
    """

    text: str
    line: int
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft and what was found in it."""

    draft: Draft
    findings: list[Finding]


def drafts_of(texts: Iterable[str]) -> list[Draft]:
    """Return replies by number."""
    return [Draft(text, number) for number, text in enumerate(texts, 1)]


def lines_of(content: str) -> Iterator[Draft]:
    """Yield the lines of a text that are not blank, with their places."""
    offset = 0
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        if line.strip():
            yield Draft(line.splitlines()[0], number, offset)
        offset += len(line)


def check_all(drafts: Iterable[Draft], checker: Checker, wanted: Wanted) -> Iterator[Checked]:
    """Check replies one after another, heeding their marks; lines that are a mark and nothing else are left out.

    Raises ``UsageError`` for a rule that does not exist.
    """
    lasting = _Switches()
    for draft in drafts:
        marks = list(_MARK.finditer(draft.text))
        if not marks:
            yield Checked(draft, checker.check(draft.text, lasting.over(wanted)) if not lasting.everything else [])
            continue
        alone = not _MARK.sub("", draft.text).strip()
        switches = lasting if alone else lasting.copy()
        for mark in marks:
            switches.turn(mark, checker)
        if alone:
            continue
        text = _MARK.sub(lambda found: "\n" * len(found.group()), draft.text)
        yield Checked(draft, checker.check(text, switches.over(wanted)) if not switches.everything else [])


@dataclass(slots=True)
class _Switches:
    """Which rules marks have turned off."""

    names: frozenset[str] = frozenset()
    everything: bool = False

    def copy(self) -> "_Switches":
        return _Switches(self.names, self.everything)

    def turn(self, mark: re.Match[str], checker: Checker) -> None:
        """Turn the named rules, or all, off or on."""
        names = frozenset(_NAME.findall(mark["names"] or mark["rest"] or ""))
        checker.refuse_unknown(names)
        off = (mark["word"] or mark["bare"]).lower() == "off"
        if not names:
            self.names, self.everything = frozenset(), off
        else:
            self.names = self.names | names if off else self.names - names

    def over(self, wanted: Wanted) -> Wanted:
        """Return what is asked for, less what is turned off."""
        if not self.names:
            return wanted
        return Wanted(wanted.reading, wanted.channel, wanted.disable | self.names, wanted.allow, wanted.language)
