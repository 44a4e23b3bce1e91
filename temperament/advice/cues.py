"""Finding cues of the playbook (signals, moves, facts) in what somebody has written."""

import re
from collections.abc import Iterable

from temperament.playbook import Playbook
from temperament.playbook.shapes import Signal
from temperament.text import fold


def words_of(text: str, cues: Iterable[str], but: Iterable[str] = ()) -> str:
    """Return the first piece of folded ``text`` that a cue matches outside every exception; empty when there is none."""
    quiet = [match.span() for one in but for match in re.finditer(one, text)]
    for cue in cues:
        for match in re.finditer(cue, text):
            if match.group() and not any(first <= match.start() and match.end() <= last for first, last in quiet):
                return match.group()
    return ""


def find_signals(text: str, book: Playbook) -> list[Signal]:
    """Return the playbook's signals found in a customer's words, in the playbook's order."""
    folded = fold(text).text
    return [signal for signal in book.signals.values() if words_of(folded, signal.cues, signal.but)]
