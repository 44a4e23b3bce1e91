"""Finding cues of the playbook (signals, moves, facts) in what somebody has written."""

import re
from collections.abc import Iterable
from functools import lru_cache

from temperament.playbook import Playbook
from temperament.playbook.shapes import Signal
from temperament.text import fold_only

_NUMBERED = re.compile(r"\\[1-9]|\(\?P|\(\?\(|\(\?[aiLmsux]+[):]")


def words_of(text: str, cues: Iterable[str], but: Iterable[str] = ()) -> str:
    """Return the first piece of folded ``text`` that a cue matches outside every exception; empty when there is none."""
    place = place_of(text, cues, but)
    return text[slice(*place)] if place else ""


def place_of(text: str, cues: Iterable[str], but: Iterable[str] = ()) -> tuple[int, int] | None:
    """Return where the first such piece begins and ends; ``None`` when there is none."""
    cues = tuple(cues)
    if not _any_of(cues).search(text):
        return None
    found = [match for cue in cues for match in re.finditer(cue, text) if match.group()]
    quiet = [match.span() for one in but for match in re.finditer(one, text)]
    for match in found:
        if not any(first <= match.start() and match.end() <= last for first, last in quiet):
            return match.span()
    return None


@lru_cache(maxsize=2048)
def _any_of(cues: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for all cues, to pass quickly over the many texts in which none of them stands.

    Cues that refer back to a group, or set flags, mean something else inside a longer expression; then nothing is
    passed over.
    """
    alone = any(_NUMBERED.search(cue) for cue in cues)
    return re.compile("" if alone else "|".join(f"(?:{cue})" for cue in cues))


def find_signals(text: str, book: Playbook) -> list[Signal]:
    """Return the playbook's signals found in a customer's words, in the playbook's order."""
    return signals_in(fold_only(text), book)


def signals_in(folded: str, book: Playbook) -> list[Signal]:
    """Return the signals found in folded text."""
    return [signal for signal in book.signals.values() if words_of(folded, signal.cues, signal.but)]
