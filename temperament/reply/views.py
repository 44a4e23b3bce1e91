"""How a reply is seen: folded, with ways of dodging a check undone, and the way back to the original."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from temperament.playbook.shapes import Spelling
from temperament.text import HAN, Folded, fold

_STUTTER = 3
_MARKS = r"*·•_~^|/\\+#`=\-"
_STOPS = ",、。.!?…;:"
_HAN_RUN = re.compile(f"[{HAN}]+")
_SPACED = re.compile(
    rf"[\s{_MARKS}](?<=[{HAN}].)[\s{_MARKS}]{{0,2}}[{HAN}]|[{_STOPS}](?<=[{HAN}].)[{HAN}][{_STOPS}][{HAN}][{_STOPS}]",
    re.DOTALL,
)
"""A first look for what ``_gaps`` takes out; it begins with what is rare, so that a plain reply is passed over fast."""
_BLANK = re.compile(rf"[^\S\n{_MARKS}]{{1,3}}|[ {_MARKS}]{{1,3}}")
_STOP = re.compile(f"[{_STOPS}]")


@dataclass(frozen=True, slots=True)
class View:
    """Folded text with evasions undone; ``starts`` and ``ends`` lead back to the folded text (``None``: same places)."""

    text: str
    folded: Folded
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int, *, raw: bool = False) -> tuple[int, int]:
        """Return where a piece of the text (of the folded text if ``raw``) lies in the original."""
        if self.starts is not None and self.ends is not None and not raw:
            start, end = self.starts[start], self.ends[end - 1]
        return self.folded.span(start, end)


class Spellings:
    """Finds ways of writing that dodge the checks."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        """Make one expression of all spellings, the longest first."""
        self._means = {fold(seen).text: one.means for one in spellings for seen in one.seen}
        letters = sorted(self._means, key=len, reverse=True)
        self._search = re.compile("|".join(map(_word, letters)) or "(?!)")

    def view(self, reply: str) -> View:
        """Return a reply as the checks see it."""
        folded = fold(reply)
        edits = [(*match.span(), self._means[match.group()]) for match in self._search.finditer(folded.text)]
        if _SPACED.search(folded.text):
            edits = sorted([*edits, *_gaps(folded.text)])
        return _edited(folded, edits) if edits else View(folded.text, folded)


def _word(seen: str) -> str:
    """Return the expression of one spelling; letters count as a word of their own only."""
    word = re.escape(seen)
    return f"{word}(?<![a-z]{word})(?![a-z])" if seen.isascii() else word


def _gaps(text: str) -> Iterator[tuple[int, int, str]]:
    """Find what was put between characters to dodge a check: 你 必 须, 没*办*法, 冷。静。一。下."""
    runs = [match.span() for match in _HAN_RUN.finditer(text)]
    chain: list[tuple[int, int]] = []
    singles = 0
    for (start, end), (after, last) in pairwise([*runs, (len(text), len(text))]):
        if min(end - start, last - after) <= 2 and _BLANK.fullmatch(text, end, after):
            yield end, after, ""
        if end - start > 1:  # a longer run ends a chain of stops and may begin another
            yield from _chain(chain, singles)
            chain, singles = [], 0
        singles += end - start == 1
        if not _STOP.fullmatch(text, end, after):
            yield from _chain(chain, singles)
            chain, singles = [], 0
        else:
            chain.append((end, after))
    yield from _chain(chain, singles)


def _chain(stops: list[tuple[int, int]], singles: int) -> Iterator[tuple[int, int, str]]:
    """Take out stops around three or more single characters; fewer are ordinary punctuation."""
    if singles >= _STUTTER:
        yield from ((start, end, "") for start, end in stops)


def _edited(folded: Folded, edits: list[tuple[int, int, str]]) -> View:
    """Apply edits (start, end, replacement; those that overlap an earlier one are left out) and keep the way back."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, piece in [*edits, (len(folded.text), len(folded.text), "")]:
        if start < position:
            continue
        pieces.append(folded.text[position:start] + piece)
        starts.extend((*range(position, start), *[start] * len(piece)))
        ends.extend((*range(position + 1, start + 1), *[end] * len(piece)))
        position = end
    return View("".join(pieces), folded, starts, ends)
