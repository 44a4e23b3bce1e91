"""How much of a reply is more than filler: words that stand in any reply and say nothing about the matter."""

import re
from importlib import import_module
from typing import Any

from temperament.reply.needs import REPEATS, branches_of, letters_of


class Filler(dict[str, re.Pattern[str]]):
    """An expression of many words, as one of few words for each character they can begin with; filled on sight."""

    def __init__(self, expression: str) -> None:
        """Take an expression apart at its alternatives."""
        super().__init__()
        self._parsed = import_module("re._parser").parse(expression)
        self._words = [(_firsts(word), word) for word in branches_of(self._parsed)]
        self._others = self._beginning_with("")

    def __missing__(self, first: str) -> re.Pattern[str]:
        """Return the expression for the words that begin with a character."""
        known = any(first in firsts for firsts, _ in self._words if firsts is not None)
        self[first] = self._beginning_with(first) if known else self._others
        return self[first]

    def left(self, text: str, enough: float) -> int:
        """Return how many characters are no filler, counted until they are more than enough."""
        count = place = 0
        while place < len(text) and count <= enough:
            word = self[text[place]].match(text, place)
            if word and word.end() > place:
                place = word.end()
            else:
                count, place = count + 1, place + 1
        return count

    def _beginning_with(self, first: str) -> re.Pattern[str]:
        """Make one expression of the words that begin with a character, or may begin with any, in their order."""
        made, state = type(self._parsed), self._parsed.state
        words = [made(state, word) for firsts, word in self._words if firsts is None or first in firsts]
        pieces = [(import_module("re._constants").BRANCH, (None, words))] if words else []
        compiled: re.Pattern[str] = import_module("re._compiler").compile(made(state, pieces))
        return compiled


def _firsts(pieces: Any) -> frozenset[str] | None:
    """Return the characters with which a match can begin; ``None`` where that may be any, or where it may be empty."""
    found: frozenset[str] = frozenset()
    for kind, value in pieces:
        name = str(kind)
        more = _firsts_of(name, value)
        if more is None:
            return None
        found |= more
        if name not in REPEATS or value[0]:
            return found
    return None


def _firsts_of(name: str, value: Any) -> frozenset[str] | None:
    if name in REPEATS:
        return _firsts(value[2])
    if name == "BRANCH":
        branches = list(map(_firsts, value[1]))
        return None if None in branches else frozenset().union(*(one for one in branches if one is not None))
    return letters_of(name, value) or None
