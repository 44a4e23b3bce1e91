"""Which of many expressions can match a text at all: one pass over the text for the characters they cannot do without."""

import sys
from collections.abc import Iterable, Sequence

from temperament.reply.needs import TIMES, Core, Needs, cost, ways_of

_Clause = tuple[int, frozenset[int], tuple[frozenset[int], ...], Core]
"""The number of an expression; of a way in which it can match, the second rarest set of codes, the others, the core."""
UNITS = f"utf-16-{sys.byteorder[0]}e"


class Sieve:
    """Tells which of its expressions are worth trying on a text.

    Every way an expression can match is a clause. A clause is looked at when the text holds one of the strings of its
    rarest set, and passed when the text also holds one of each other set, the rarer first, and then its core. Strings
    are kept as the numbers that their UTF-16 code units make: a text's are read off its bytes at once, without a string
    for each pair. ``usual`` are texts that show how common a string is.
    """

    def __init__(self, expressions: Sequence[str], usual: Sequence[str] = ()) -> None:
        """Take the expressions apart."""
        self._always: list[int] = []
        self._counted: set[tuple[int, int, int]] = set()
        self._clauses: dict[int, list[_Clause]] = {}
        self._sets: dict[frozenset[int], frozenset[int]] = {}
        places = _places(usual)
        for index, expression in enumerate(expressions):
            ways = list(ways_of(expression))
            if all(way.needs for way in ways):
                for way in ways:
                    self._add(index, way.needs, way.core, places)
            else:
                self._always.append(index)

    def _add(self, index: int, needs: Needs, core: Core, places: dict[int, int]) -> None:
        """Enter a way under each string of its rarest set."""
        sets = [(strings, self._codes(strings)) for strings in needs]
        sets.sort(key=lambda one: (_texts(one[1], places), cost(one[0])))
        first, *others = (codes for _, codes in sets)
        clause = (index, others[0] if others else first, tuple(others[1:]), core)
        for code in first:
            self._clauses.setdefault(code, []).append(clause)

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
            for index, second, others, core in clauses[code]:
                if misses(second) or index in found:
                    continue
                for one in others:
                    if misses(one):
                        break
                else:
                    if core.search(text):
                        found.add(index)
        return sorted(found)

    def _codes(self, strings: frozenset[str]) -> frozenset[int]:
        """Return the numbers of strings; the same object for the same strings, to stay in the processor's cache."""
        codes = frozenset(map(self._code, strings))
        return self._sets.setdefault(codes, codes)

    def _code(self, string: str) -> int:
        """Return the number of a string; of a character that has to be counted, a number no text holds by itself."""
        if TIMES in string:
            code, times = ord(string[0]), int(string[2:])
            counted = -(code << 16 | times)
            self._counted.add((code, times, counted))
            return counted
        return code_of(string)


def _places(texts: Iterable[str]) -> dict[int, int]:
    """Return, for every code, a number with a bit set for each text that holds it."""
    places: dict[int, int] = {}
    for index, text in enumerate(texts):
        for code in codes_of(text):
            places[code] = places.get(code, 0) | 1 << index
    return places


def _texts(codes: Iterable[int], places: dict[int, int]) -> int:
    """Return how many texts hold one of these codes."""
    union = 0
    for code in codes:
        union |= places.get(code, 0)
    return union.bit_count()


def code_of(string: str) -> int:
    """Return the number of a character or of a pair of neighbours."""
    return int.from_bytes(string.encode(UNITS, "surrogatepass")[-4:], sys.byteorder)


def codes_of(text: str) -> set[int]:
    """Return the numbers of all characters and pairs of neighbours."""
    units = memoryview(text.encode(UNITS, "surrogatepass"))
    held = set(units.cast("H"))
    for start in (0, 2):
        end = start + max(0, len(units) - start) // 4 * 4
        held.update(units[start:end].cast("I"))
    return held
