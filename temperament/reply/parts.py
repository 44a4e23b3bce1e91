"""Which parts of a good reply a text holds, and which it lacks."""

import re
from collections.abc import Iterator
from functools import cached_property

from temperament.playbook import Playbook
from temperament.playbook.expressions import expand
from temperament.playbook.shapes import ReplyPart
from temperament.reply.filler import Filler

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
        self.filler = Filler(written.get(_FILLER, "(?!)"))

    def seen(self, text: str) -> "PartsSeen":
        """Return what one text holds; nothing is looked for before it is asked."""
        return PartsSeen(self, text)


class PartsSeen:
    """The parts that one text holds; each is looked for once."""

    def __init__(self, parts: Parts, text: str) -> None:
        """Look at one text."""
        self._parts = parts
        self._text = text
        self._places: dict[str, tuple[list[int], Iterator[re.Match[str]]]] = {}

    def holds(self, name: str, start: int, end: int) -> bool:
        """Tell whether a part stands in the text, beginning outside a finding."""
        return any(not start <= place < end for place in self._beginnings(name))

    def _beginnings(self, name: str) -> Iterator[int]:
        """Yield where a part begins; the first place often tells enough, so no more are looked for than are asked for."""
        known, matches = self._places.setdefault(name, ([], self._parts.cues[name].finditer(self._text)))
        yield from known
        for match in matches:
            known.append(match.start())
            yield match.start()

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
        return self._parts.filler.left(self._text, max(_MOST_LEFT, _NEAR_SHARE * len(self._text)))

    def missing(self, state: str, channel: str | None) -> Iterator[ReplyPart]:
        """Yield the parts that a customer in this state needs and the text lacks."""
        for name, part in self._parts.entries.items():
            wanted = (
                part.message is not None and state in part.wanted and (not part.channels or channel in part.channels)
            )
            if wanted and not self._parts.cues[name].search(self._text):
                yield part
