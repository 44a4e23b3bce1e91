"""Which of many expressions can match a text at all: one pass over the text for the characters they cannot do without."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import product
from operator import add
from typing import Any

Needs = list[frozenset[str]]
"""Sets of strings: a match holds at least one of every set.

The strings are characters, pairs of neighbours, and characters with a number (three of them anywhere).
"""
_TIMES = "\ue000"
"""No folded text holds this character."""
_EVERYWHERE = frozenset("你您我的是不了有这就在到要说会能可好们给为个,。!?")
_MOST_PAIRS = 24
_ZERO_WIDTH = {"ASSERT", "ASSERT_NOT", "AT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


class Sieve:
    """Tells which of its expressions are worth trying on a text.

    Every way an expression can match (its alternatives) is a clause. A clause is looked at when the text holds one of
    the strings of its rarest set, and passed when the text also holds one of each other set; one bit stands for a set.
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        """Take the expressions apart."""
        self._always: list[int] = []
        self._bits: dict[str, int] = {}
        self._clauses: dict[str, list[tuple[int, int]]] = {}
        numbers: dict[frozenset[str], int] = {}
        for index, expression in enumerate(expressions):
            clauses = list(needs_of(expression))
            if not all(clauses):
                self._always.append(index)
                continue
            for needs in clauses:
                wanted = sum(1 << numbers.setdefault(one, len(numbers)) for one in set(needs))
                for string in min(needs, key=_cost):
                    self._clauses.setdefault(string, []).append((index, wanted))
        for strings, number in numbers.items():
            for string in strings:
                self._bits[string] = self._bits.get(string, 0) | 1 << number
        self._counted = [(one, one[0], int(one.partition(_TIMES)[2])) for one in self._bits if _TIMES in one]

    def candidates(self, text: str) -> list[int]:
        """Return the numbers of the expressions that may match a text, in their order."""
        strings = set(map(add, text, text[1:]))
        strings.update(text)
        held = self._bits.keys() & strings
        for string, character, times in self._counted:
            if text.count(character) >= times:
                held.add(string)
        bits = 0
        for string in held:
            bits |= self._bits[string]
        found = set(self._always)
        for string in self._clauses.keys() & held:
            for index, wanted in self._clauses[string]:
                if wanted & bits == wanted:
                    found.add(index)
        return sorted(found)


def needs_of(expression: str) -> Iterator[Needs]:
    """Yield, for every alternative of an expression, what a match of it cannot do without; nothing known: no set."""
    # The standard library's own parser: writing another for its dialect would be the worse evil.
    yield from map(_telling, _alternatives(import_module("re._parser").parse(expression)))


def _alternatives(items: Sequence[Any]) -> Iterator[Needs]:
    """Yield the needs of a sequence, or of each branch where it is nothing but branches."""
    kind: str = str(items[0][0]) if len(items) == 1 else ""
    value: Any = items[0][1] if kind else None
    if kind == "BRANCH":
        for branch in value[1]:
            yield from _alternatives(branch)
    elif kind == "SUBPATTERN":
        yield from _alternatives(value[3])
    else:
        yield _needs(items)


def _needs(items: Iterable[Any]) -> Needs:
    """Return everything that a sequence must contain; characters next to each other make pairs."""
    found: Needs = []
    last: frozenset[str] = frozenset()
    for kind, value in items:
        name = str(kind)
        letters = _letters(name, value)
        if letters:
            found.append(letters)
            if len(last) * len(letters) <= _MOST_PAIRS:
                found.extend([frozenset(map("".join, product(last, letters)))] if last else [])
            last = letters
        elif name not in _ZERO_WIDTH:
            found.extend(_inside(name, value))
            last = frozenset()
    return found


def _letters(name: str, value: Any) -> frozenset[str]:
    """Return the characters of which one stands here; none where that is unknown."""
    if name == "LITERAL":
        return frozenset({chr(value)})
    if name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        return frozenset(chr(code) for _, code in value)
    return frozenset()


def _inside(name: str, value: Any) -> Needs:
    if name == "SUBPATTERN":
        return _needs(value[3])
    if name in _REPEATS and value[0]:
        return _repeated(_needs(value[2]), value[0])
    if name == "BRANCH":
        branches = [_needs(branch) for branch in value[1]]
        return [frozenset().union(*(min(one, key=_cost) for one in branches))] if all(branches) else []
    return []


def _repeated(needs: Needs, times: int) -> Needs:
    """Add to what is needed each of several times that its single characters stand as often."""
    lone = [string for one in needs if len(one) == 1 for string in one if len(string) == 1]
    return needs + [frozenset({f"{one}{_TIMES}{times}"}) for one in lone if times > 1]


def _telling(needs: Needs) -> Needs:
    """Leave out sets that another one implies: each of its strings holds one of theirs."""
    distinct = sorted(set(needs), key=lambda one: (_cost(one), sorted(one)))
    kept: Needs = []
    for one in distinct:
        if not any(all(any(short in long for short in one) for long in other) for other in kept):
            kept.append(one)
    return kept


def _cost(strings: frozenset[str]) -> float:
    """Guess how often a text holds one of these: some characters stand everywhere, pairs are rarer than their parts."""
    return sum(_share(one) for one in strings)


def _share(string: str) -> float:
    share = 1.0
    for character in string:
        share *= 0.3 if character in _EVERYWHERE else 0.06
    return share
