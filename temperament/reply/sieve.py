"""Which of many expressions can match a text at all: one pass over the text for the characters they cannot do without."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import product
from typing import Any

_Clause = tuple[int, frozenset[int], tuple[frozenset[int], ...]]
"""The number of an expression, the second rarest set of codes and the others."""
Needs = list[frozenset[str]]
"""Sets of strings: a match holds at least one of every set.

The strings are characters, pairs of neighbours, and characters with a number (three of them anywhere).
"""
_TIMES = "\ue000"
"""No folded text holds this character."""
UNITS = f"utf-16-{sys.byteorder[0]}e"
_EVERYWHERE = frozenset("你您我的是不了有这就在到要说会能可好们给为个,。!?")
_MOST_PAIRS = 24
_ZERO_WIDTH = {"ASSERT", "ASSERT_NOT", "AT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


class Sieve:
    """Tells which of its expressions are worth trying on a text.

    Every way an expression can match (its alternatives) is a clause. A clause is looked at when the text holds one of
    the strings of its rarest set, and passed when the text also holds one of each other set, the rarer first. Strings
    are kept as the numbers that their UTF-16 code units make: a text's are read off its bytes at once, without a string
    for each pair. ``usual`` are texts that show how common a string is.
    """

    def __init__(self, expressions: Sequence[str], usual: Iterable[str] = ()) -> None:
        """Take the expressions apart."""
        self._always: list[int] = []
        self._counted: set[tuple[int, int, int]] = set()
        self._clauses: dict[int, list[_Clause]] = {}
        self._seen = list(map(codes_of, usual))
        for index, expression in enumerate(expressions):
            clauses = list(needs_of(expression))
            if all(clauses):
                for needs in clauses:
                    self._add(index, needs)
            else:
                self._always.append(index)
        del self._seen

    def _add(self, index: int, needs: Needs) -> None:
        """Enter a clause under each string of its rarest set."""
        sets = [(self._rarity(strings), frozenset(map(self._code, strings))) for strings in needs]
        first, *others = (codes for _, codes in sorted(sets, key=lambda one: one[0]))
        clause = (index, others[0] if others else first, tuple(others[1:]))
        for code in first:
            clauses = self._clauses.setdefault(code, [])
            if clause not in clauses:
                clauses.append(clause)

    def _rarity(self, strings: frozenset[str]) -> tuple[int, float]:
        """Return in how many of the usual texts one of these strings stands, and for a tie what may be guessed."""
        codes = frozenset(map(self._code, strings))
        return sum(not codes.isdisjoint(seen) for seen in self._seen), _cost(strings)

    def candidates(self, text: str, held: set[int] | None = None) -> list[int]:
        """Return the numbers of the expressions that may match a text, in their order.

        ``held`` are the text's codes where they are known already; counts are added to it.
        """
        held = codes_of(text) if held is None else held
        for code, times, counted in self._counted:
            if code in held and text.count(chr(code)) >= times:
                held.add(counted)
        found = set(self._always)
        clauses, misses = self._clauses, held.isdisjoint
        for code in clauses.keys() & held:
            for index, second, others in clauses[code]:
                if misses(second) or index in found:
                    continue
                for one in others:
                    if misses(one):
                        break
                else:
                    found.add(index)
        return sorted(found)

    def _code(self, string: str) -> int:
        """Return the number of a string; of a character that has to be counted, a number no text holds by itself."""
        if _TIMES in string:
            code, times = ord(string[0]), int(string[2:])
            counted = -(code << 16 | times)
            self._counted.add((code, times, counted))
            return counted
        return code_of(string)


def code_of(string: str) -> int:
    """Return the number of a character or of a pair of neighbours."""
    return int.from_bytes(string.encode(UNITS, "surrogatepass")[-4:], sys.byteorder)


def codes_of(text: str) -> set[int]:
    """Return the numbers of all characters and pairs of neighbours."""
    units = memoryview(text.encode(UNITS, "surrogatepass"))
    held = set(units.cast("H").tolist())
    for start in (0, 2):
        end = start + max(0, len(units) - start) // 4 * 4
        held.update(units[start:end].cast("I").tolist())
    return held


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
    """Leave out sets that another one implies (each of its strings holds one of theirs), the rarest set first."""
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
