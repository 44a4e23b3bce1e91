"""What an expression cannot do without: the ways in which it can match, the strings that each needs, and its core."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, product
from typing import Any

Needs = list[frozenset[str]]
"""Sets of strings: a match holds at least one of every set.

The strings are characters, pairs of neighbours, and characters with a number (three of them anywhere).
"""
TIMES = "\ue000"
"""Stands between a character and its number; no folded text holds it."""
_EVERYWHERE = frozenset("你您我的是不了有这就在到要说会能可好们给为个,。!?")
_MOST_PAIRS = 24
_MOST_WAYS = 64
_COMMON = 0.1
"""A way that needs nothing rarer (see ``cost``) is split where it branches; a third as much saves no time."""
_ZERO_WIDTH = {"ASSERT", "ASSERT_NOT", "AT"}
REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


class Core:
    """What is left of a way to match without what may be missing, or may be anything, at its front.

    A text without the core has no match. As the core begins with characters that are written out, it is looked for much
    faster than a match. It is compiled when that first happens.
    """

    __slots__ = ("search",)

    def __init__(self, pieces: Any) -> None:
        """Keep the pieces, as the parser gave them, until they are needed."""

        def first(text: str) -> object:
            self.search = import_module("re._compiler").compile(pieces).search
            return self.search(text)

        self.search = first


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which an expression can match; where nothing is known to be needed, there are no sets."""

    needs: Needs
    core: Core


def ways_of(expression: str) -> Iterator[Way]:
    """Yield the ways in which an expression can match: each match of it is one of them."""
    # The standard library's own parser: writing another for its dialect would be the worse evil.
    parsed = import_module("re._parser").parse(expression)
    caseless, grouped = parsed.state.flags & re.IGNORECASE, parsed.state.groups > 1
    for pieces in chain.from_iterable(_ways(branch, _MOST_WAYS) for branch in branches_of(parsed)):
        # A group may be referred to later on, so it must not be lost with the front.
        core = pieces if grouped else _without_front(pieces)
        yield Way([] if caseless else _telling(_needs(pieces)), Core(type(parsed)(parsed.state, core)))


def branches_of(pieces: Any) -> Iterator[list[Any]]:
    """Yield each branch, and each of a branch that is nothing but branches; a sequence of anything else as it is."""
    if len(pieces) == 1 and str(pieces[0][0]) == "BRANCH":
        for branch in pieces[0][1][1]:
            yield from branches_of(branch)
    else:
        yield list(pieces)


def _ways(pieces: list[Any], most: int) -> Iterator[list[Any]]:
    """Yield a sequence, or one for each of its branches where all else that it needs is common."""
    place = _fork(pieces, most)
    if place is None:
        yield pieces
        return
    branches = list(branches_of(pieces[place : place + 1]))
    for branch in branches:
        yield from _ways([*pieces[:place], *branch, *pieces[place + 1 :]], most // len(branches))


def _fork(pieces: list[Any], most: int) -> int | None:
    """Return where to split: at the branches that need the rarest strings; ``None`` where the sequence stays whole."""
    if min(map(cost, _needs(pieces)), default=1.0) <= _COMMON:
        return None
    forks = [(place, value) for place, (kind, value) in enumerate(pieces) if str(kind) == "BRANCH"]
    costs = {place: cost(needs[0]) for place, value in forks if (needs := _inside("BRANCH", value))}
    few = [place for place in costs if len(pieces[place][1][1]) <= most]
    return min(few, key=costs.__getitem__, default=None)


def _without_front(pieces: list[Any]) -> list[Any]:
    """Leave out pieces until one begins with characters that are written out; of a repeated one the last remains."""
    for place, (kind, value) in enumerate(pieces):
        name = str(kind)
        if name in {"BRANCH", "SUBPATTERN"} or letters_of(name, value):
            return pieces[place:]
        if name in REPEATS and value[0]:
            return _without_front([*value[2], *pieces[place + 1 :]])
    return pieces


def _needs(items: Iterable[Any]) -> Needs:
    """Return everything that a sequence must contain; characters next to each other make pairs."""
    found: Needs = []
    last: frozenset[str] = frozenset()
    for kind, value in items:
        name = str(kind)
        letters = letters_of(name, value)
        if letters:
            found.append(letters)
            if len(last) * len(letters) <= _MOST_PAIRS:
                found.extend([frozenset(map("".join, product(last, letters)))] if last else [])
            last = letters
        elif name not in _ZERO_WIDTH:
            found.extend(_inside(name, value))
            last = frozenset()
    return found


def letters_of(name: str, value: Any) -> frozenset[str]:
    """Return the characters of which one stands here; none where that is unknown."""
    if name == "LITERAL":
        return frozenset({chr(value)})
    if name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        return frozenset(chr(code) for _, code in value)
    return frozenset()


def _inside(name: str, value: Any) -> Needs:
    if name == "SUBPATTERN" and not value[1]:  # flags may make a written character stand for others
        return _needs(value[3])
    if name in REPEATS and value[0]:
        return _repeated(_needs(value[2]), value[0])
    if name == "BRANCH":
        branches = [_needs(branch) for branch in value[1]]
        return [frozenset().union(*(min(one, key=cost) for one in branches))] if all(branches) else []
    return []


def _repeated(needs: Needs, times: int) -> Needs:
    """Add to what is needed each of several times that its single characters stand as often."""
    lone = [string for one in needs if len(one) == 1 for string in one if len(string) == 1]
    return needs + [frozenset({f"{one}{TIMES}{times}"}) for one in lone if times > 1]


def _telling(needs: Needs) -> Needs:
    """Leave out sets that another one implies (each of its strings holds one of theirs), the rarest set first."""
    distinct = sorted(set(needs), key=lambda one: (cost(one), sorted(one)))
    kept: Needs = []
    for one in distinct:
        if not any(all(any(short in long for short in one) for long in other) for other in kept):
            kept.append(one)
    return kept


def cost(strings: frozenset[str]) -> float:
    """Guess how often a text holds one of these: some characters stand everywhere, pairs are rarer than their parts."""
    return sum(_share(one) for one in strings)


def _share(string: str) -> float:
    share = 1.0
    for character in string:
        share *= 0.3 if character in _EVERYWHERE else 0.06
    return share
