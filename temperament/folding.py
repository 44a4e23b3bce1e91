"""Folding many texts at once on code-point arrays: the same characters as ``text.fold``, without the way back.

Every character is looked up in tables that are filled on sight by ``text``'s own rules. Runs, blanks and mentions are
cut by comparing arrays. What that cannot do (Traditional script, glosses, characters that become several) is left to
``text.fold_only``; a test holds that both give the same for any text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from temperament.text import (
    DROP,
    HAN_RANGES,
    LATIN_RANGES,
    LONGEST_MENTION,
    MAX_RUN,
    TRADITIONAL,
    fold_character,
    fold_only,
)

Integers = NDArray[np.int64]
CodePoints = NDArray[np.uint32]
Flags = NDArray[np.bool_]

START, END = "\x02", "\x03"
"""Marks around every document; folding removes control characters, so they cannot occur inside."""
_CODE_POINTS = 0x110000
SEEN, HAN, LATIN, OTHER, BLANK, STOP, DIGIT, _DROPPED, _HARD = (1 << bit for bit in range(9))
"""What a folded character is: Chinese, a Latin letter, another letter, a blank or line break, the end of a mention …"""
_STOPS = frozenset("@,。!?:;()[] \n")
_AT, _BRACKET, _LINE = map(ord, "@(\n")


@dataclass(frozen=True)
class Codes:
    """Folded texts as one array of code points, each text between its marks; ``sizes`` include the marks.

    No n-gram goes on behind an end mark, so none that is known reaches from one text into the next.
    """

    codes: CodePoints
    sizes: Integers

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Codes":
        """Join folded texts."""
        return cls(_joined(texts), np.fromiter(map(len, texts), np.int64, len(texts)) + 2)

    @cached_property
    def ends(self) -> Integers:
        """One past the end mark of every text."""
        return np.cumsum(self.sizes)

    @cached_property
    def starts(self) -> Integers:
        """Where the start mark of every text stands."""
        return self.ends - self.sizes

    def text(self, index: int) -> str:
        """Return one of the texts."""
        end = int(self.sizes[: index + 1].sum())
        piece = self.codes[end - int(self.sizes[index]) + 1 : end - 1]
        return piece.tobytes().decode("utf-32-le", "surrogatepass")

    def part(self, first: int, last: int) -> "Codes":
        """Return the texts from ``first`` to before ``last``."""
        if first == 0 and last == len(self.sizes):
            return self
        start = int(self.sizes[:first].sum())
        sizes = self.sizes[first:last]
        return Codes(self.codes[start : start + int(sizes.sum())], sizes)


def _joined(texts: Sequence[str]) -> CodePoints:
    if not texts:
        return np.empty(0, np.uint32)
    joined = f"{START}{f'{END}{START}'.join(texts)}{END}"
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


class _Characters:
    """What every code point folds to and what it then is, learned from ``text`` when it is first seen."""

    def __init__(self) -> None:
        self.folded = np.zeros(_CODE_POINTS, np.uint32)
        self.kinds = np.zeros(_CODE_POINTS, np.uint16)

    def look_up(self, raw: CodePoints) -> tuple[CodePoints, NDArray[np.uint16]]:
        """Return folded code points and their kinds."""
        kinds = self.kinds.take(raw)
        if len(raw) and not kinds.min():
            for code in np.unique(raw[kinds == 0]).tolist():
                folded = fold_character(code)
                self.folded[code] = ord(folded) if len(folded) == 1 else 0
                self.kinds[code] = _kind(folded)
            kinds = self.kinds.take(raw)
        return self.folded.take(raw), kinds


_CHARACTERS = _Characters()


def _kind(folded: str) -> int:
    """Return what a character is that one code point folds to; several characters are hard."""
    if folded == DROP:
        return SEEN | _DROPPED
    if len(folded) != 1:
        return SEEN | _HARD
    kind = SEEN | _HARD * (folded in TRADITIONAL or (folded.isspace() and folded not in " \n"))
    if folded.isalpha():
        kind |= HAN if _within(folded, HAN_RANGES) else LATIN if _within(folded, LATIN_RANGES) else OTHER
    for flag, is_so in ((BLANK, folded.isspace()), (STOP, folded in _STOPS), (DIGIT, folded.isdecimal())):
        kind |= flag * is_so
    return kind


def _within(character: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    return any(first <= character <= last for first, last in ranges)


@dataclass(frozen=True, slots=True)
class Batch:
    """Folded texts of which those that needed ``text.fold_only`` stand last.

    Text ``i`` of ``codes`` is text ``order[i]`` of those that were given; ``kinds`` says what every folded character is.
    """

    codes: Codes
    kinds: NDArray[np.uint16]
    order: Integers


def fold_many(texts: Sequence[str]) -> Batch:
    """Fold texts; the same characters as ``text.fold`` gives for each."""
    joined = Codes.of(texts)
    folded, kinds = _CHARACTERS.look_up(joined.codes)
    starts, ends = joined.starts, joined.ends
    for marks, mark in ((starts, START), (ends - 1, END)):
        folded[marks], kinds[marks] = ord(mark), SEEN | STOP
    folded, kinds, sizes = _without(folded, kinds, joined.sizes, kinds & _DROPPED > 0)
    gone, hard = _cuts(Codes(folded, sizes), kinds)
    gone |= np.repeat(hard, sizes)
    folded, kinds, sizes = _without(folded, kinds, sizes, gone)
    rest = np.flatnonzero(hard)
    order = np.concatenate([np.flatnonzero(~hard), rest])
    if not len(rest):
        return Batch(Codes(folded, sizes), kinds, order)
    others = Codes.of([fold_only(texts[index]) for index in rest.tolist()])
    _, more = _CHARACTERS.look_up(others.codes)
    codes = Codes(np.concatenate([folded, others.codes]), np.concatenate([sizes[~hard], others.sizes]))
    return Batch(codes, np.concatenate([kinds, more]), order)


def _without(
    folded: CodePoints, kinds: NDArray[np.uint16], sizes: Integers, gone: Flags
) -> tuple[CodePoints, NDArray[np.uint16], Integers]:
    """Take out characters."""
    places = np.flatnonzero(gone)
    if not len(places):
        return folded, kinds, sizes
    lost = np.bincount(np.cumsum(sizes).searchsorted(places, "right"), minlength=len(sizes))
    return folded[~gone], kinds[~gone], sizes - lost


def _cuts(codes: Codes, kinds: NDArray[np.uint16]) -> tuple[Flags, Flags]:
    """Return which characters go because of runs, blanks and mentions, and which texts are too hard for that.

    Of a run of blanks that stays, the character is set here.
    """
    gone = _runs(codes.codes, kinds)
    hard = [kinds & _HARD > 0, _glosses(codes.codes, kinds)]
    _cut_blanks(codes.codes, kinds, gone)
    hard.append(_cut_mentions(codes.codes, kinds, gone))
    places = np.flatnonzero(hard[0] | hard[1] | hard[2])
    texts = np.zeros(len(codes.sizes), bool)
    texts[codes.ends.searchsorted(places, "right")] = True
    return gone, texts


def _runs(folded: CodePoints, kinds: NDArray[np.uint16]) -> Flags:
    """Return which characters repeat the ``MAX_RUN`` before them; blanks and digits do not count."""
    gone = np.zeros(len(folded), bool)
    same = folded[1:] == folded[:-1]
    width = len(same) - MAX_RUN + 1
    if width > 0:
        places = (
            np.flatnonzero(np.logical_and.reduce([same[shift : shift + width] for shift in range(MAX_RUN)])) + MAX_RUN
        )
        gone[places[kinds[places] & (BLANK | DIGIT) == 0]] = True
    return gone


def _glosses(folded: CodePoints, kinds: NDArray[np.uint16]) -> Flags:
    """Return where a bracket opens that may hold a gloss: a Chinese character before it, another letter after it."""
    found = np.zeros(len(folded), bool)
    places = np.flatnonzero(folded == _BRACKET)
    found[places] = (kinds[places - 1] & HAN > 0) & (kinds[places + 1] & (LATIN | OTHER) > 0)
    return found


def _cut_blanks(folded: CodePoints, kinds: NDArray[np.uint16], gone: Flags) -> None:
    """Shrink blanks to one, or to a line break if they hold one; those at the ends of a text go."""
    places = np.flatnonzero(kinds & BLANK)
    if not len(places):
        return
    firsts = np.flatnonzero(np.append(True, places[1:] != places[:-1] + 1))
    before, after = places[firsts] - 1, np.append(places[firsts[1:] - 1], places[-1]) + 1
    lines = np.logical_or.reduceat(folded[places] == _LINE, firsts)
    gone[places] = True
    inside = (folded[before] != ord(START)) & (folded[after] != ord(END))
    kept = before[inside] + 1
    gone[kept] = False
    folded[kept] = np.where(lines[inside], _LINE, ord(" "))


def _cut_mentions(folded: CodePoints, kinds: NDArray[np.uint16], gone: Flags) -> Flags:
    """Cut the names after @; return where one is too long or several @ stand together, which ``text.fold_only`` has to see to."""
    hard = np.zeros(len(folded), bool)
    at = np.flatnonzero(folded == _AT)
    if not len(at):
        return hard
    stops = np.flatnonzero(kinds & STOP)
    lengths = stops[stops.searchsorted(at, "right")] - at - 1
    hard[at] = gone[at] | (lengths > LONGEST_MENTION)
    lengths = np.minimum(lengths, LONGEST_MENTION)
    inside = np.repeat(at - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum()) + 1
    gone[inside] = True
    return hard
