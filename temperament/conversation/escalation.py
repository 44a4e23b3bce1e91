"""What asks for a higher priority: the playbook's signals in the customer's words, demands made again, the way it went."""

import re
from collections.abc import Iterable, Iterator, Sequence

from temperament.advice.cues import place_of
from temperament.conversation.results import RANKS, REPETITION, CustomerTurn, Promise, Rank, Signal, TurningPoint
from temperament.language import Language
from temperament.playbook import Playbook, shapes
from temperament.text import fold
from temperament.turns import Turn

OFTEN = 2
"""How often a demand has been made again when the case moves up."""
_MENTION = re.compile("[@＠]")
_REPEATED = {
    "zh": ("同一要求再提", "同一件事又说了一遍，上次的答复没有答到点上。先复述他要什么，再给一个明确的结果或时间。"),
    "en": ("The same demand again", "It had to be said again, so the last answer missed it. Restate it, then give a result or a time."),
}  # fmt: skip


def signals_in(turn: Turn, number: int, book: Playbook, language: Language) -> Iterator[Signal]:
    """Yield the playbook's signals in one turn of the customer, each at its first place, in the playbook's order.

    Who is addressed counts, too: @工信部 names a regulator, though folding passes over mentions.
    """
    folded = fold(_MENTION.sub(" ", turn.text))
    for one in book.signals.values():
        place = place_of(folded.text, one.cues, one.but)
        if place is not None:
            start, end = folded.span(*place)
            yield Signal(
                kind=one.id,
                name=one.name.show(language),
                turn=number,
                start=start,
                end=end,
                text=turn.text[start:end],
                why=one.reason.show(language),
                rank=rank_of(one),
                escalate=one.escalate,
            )


def rank_of(signal: shapes.Signal) -> Rank:
    """Return how urgent a signal of the playbook is."""
    return "urgent" if signal.at_once else signal.priority


def repetition(turn: Turn, number: int, times: int, language: Language) -> Signal:
    """Return the signal of a demand that is made again, for the ``times``-th time."""
    name, why = _REPEATED[language]
    rank: Rank = "high" if times >= OFTEN else "normal"
    return Signal(REPETITION, name, number, 0, len(turn.text), turn.text, why, rank, escalate=False)


def once_each(turns: Iterable[CustomerTurn]) -> tuple[Signal, ...]:
    """Return every kind of signal at the turn where it first has its highest rank, the gravest first."""
    best: dict[str, Signal] = {}
    for one in (signal for turn in turns for signal in turn.signals):
        known = best.get(one.kind)
        if known is None or RANKS.index(one.rank) < RANKS.index(known.rank):
            best[one.kind] = one
    return tuple(sorted(best.values(), key=lambda one: (RANKS.index(one.rank), one.turn)))


def priority(
    base: Rank, signals: Sequence[Signal], promises: Sequence[Promise], points: Sequence[TurningPoint]
) -> Rank:
    """Return the rank of a conversation: that of the grading matrix, raised by what happened in it.

    Danger to life or limb makes it ``urgent``. A demand made a third time, a promise that was not kept, or a last
    turning point for the worse moves it up by one, to ``high`` at most.
    """
    if any(one.rank == "urgent" for one in signals):
        return "urgent"
    repeated = any(one.kind == REPETITION and one.rank == "high" for one in signals)
    broken = any(one.kept is False for one in promises)
    worse = bool(points) and points[-1].direction == "worse"
    raised = RANKS.index(base) - (repeated or broken or worse)
    return RANKS[max(raised, RANKS.index("high"))]
