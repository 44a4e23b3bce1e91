"""Which parts of a good reply a text holds, and which it lacks."""

import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any

from temperament.playbook import Playbook
from temperament.playbook.expressions import expand
from temperament.playbook.shapes import ReplyPart

_FILLER = "filler"
_MOST_LEFT = 6
_SHARE_LEFT, _NEAR_SHARE = 0.25, 0.4


class Parts:
    """The parts of a playbook by their short names, with the expressions that show them."""

    def __init__(self, book: Playbook) -> None:
        """Compile the cues of every part."""
        self.entries: dict[str, ReplyPart] = {name.removeprefix("part."): one for name, one in book.parts.items()}
        written = {name: "|".join(f"(?:{expand(cue)})" for cue in one.cues) for name, one in self.entries.items()}
        self.cues = {name: re.compile(cues) for name, cues in written.items()}
        self.substance = _substance(written.get(_FILLER, "(?!)"))

    def seen(self, text: str) -> "PartsSeen":
        """Return what one text holds; nothing is looked for before it is asked."""
        return PartsSeen(self, text)


class PartsSeen:
    """The parts that one text holds; each is looked for once."""

    def __init__(self, parts: Parts, text: str) -> None:
        """Look at one text."""
        self._parts = parts
        self._text = text
        self._places: dict[str, list[int]] = {}

    def holds(self, name: str, start: int, end: int) -> bool:
        """Tell whether a part stands in the text, beginning outside a finding."""
        places = self._places.get(name)
        if places is None:
            places = self._places[name] = [match.start() for match in self._parts.cues[name].finditer(self._text)]
        return any(not start <= place < end for place in places)

    @property
    def hollow(self) -> bool:
        """Tell whether hardly anything but filler is left."""
        return self._left <= max(_MOST_LEFT, _SHARE_LEFT * len(self._text))

    @property
    def nearly_hollow(self) -> bool:
        """Tell whether filler is most of it."""
        return self._left <= max(_MOST_LEFT, _NEAR_SHARE * len(self._text))

    @cached_property
    def _left(self) -> int:
        """How many characters are no filler; where they are many, at least how many."""
        if self._parts.substance is not None:
            least = len(self._text) - len(self._parts.substance.sub("", self._text))
            if least > max(_MOST_LEFT, _NEAR_SHARE * len(self._text)):
                return least
        return len(self._parts.cues[_FILLER].sub("", self._text))

    def missing(self, state: str, channel: str | None) -> Iterator[ReplyPart]:
        """Yield the parts that a customer in this state needs and the text lacks."""
        for name, part in self._parts.entries.items():
            wanted = (
                part.message is not None and state in part.wanted and (not part.channels or channel in part.channels)
            )
            if wanted and not self._parts.cues[name].search(self._text):
                yield part


def _substance(filler: str) -> re.Pattern[str] | None:
    """Return an expression for characters that no filler holds; ``None`` where that cannot be told."""
    letters = set(_characters(import_module("re._parser").parse(filler)))
    if None in letters:
        return None
    return re.compile(rf"[^\W{re.escape(''.join(sorted(one for one in letters if one)))}]")


def _characters(items: Any) -> Iterator[str | None]:
    """Yield the word characters that a parsed expression can match, and ``None`` for a class that is open."""
    for kind, value in items:
        name = str(kind)
        if name == "LITERAL":
            yield chr(value)
        elif name == "IN":
            yield from _class(value)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _characters(branch)
        elif name == "SUBPATTERN":
            yield from _characters(value[3])
        elif name.endswith("_REPEAT"):
            yield from _characters(value[2])
        elif name not in {"ASSERT", "ASSERT_NOT", "AT"}:
            yield None


def _class(items: Any) -> Iterator[str | None]:
    r"""Yield the characters of [...]; ``[^\w]`` has none that counts."""
    if [str(part) for one in items for part in one] == ["NEGATE", "None", "CATEGORY", "CATEGORY_WORD"]:
        return
    for kind, value in items:
        yield chr(value) if str(kind) == "LITERAL" else None
