"""What to say now: three to five sentences in the order of a reply, chosen by state, temperament, channel and progress."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from temperament.advice.results import Question, Saying
from temperament.advice.slots import Filler
from temperament.labels import NEUTRAL, StateLabel, TemperamentLabel
from temperament.playbook import Playbook
from temperament.playbook.shapes import Channel, Part, Phrase, Reply

_DEFAULT_CHANNEL: Channel = "chat"
_LATE: tuple[Part, ...] = ("options", "commitment", "closing")


@dataclass(frozen=True, slots=True)
class Moment:
    """What the sentences depend on.

    ``part`` is the part of the present step, ``begun`` whether the agent has spoken already, ``handover`` what to say
    where the case goes to somebody else (``None``: it stays).
    """

    temperament: TemperamentLabel
    state: StateLabel
    channel: Channel | None
    industry: str | None
    signals: tuple[str, ...]
    part: Part
    begun: bool
    asks: tuple[Question, ...]
    handover: Phrase | None


def say_now(moment: Moment, step: int, filler: Filler, book: Playbook) -> tuple[Saying, ...]:
    """Return what to say now, slots filled; ``step`` is the number of the present step."""

    def saying(part: Part, phrase: Phrase) -> Saying:
        zh, en = filler.fill(phrase.zh, phrase.en)
        return Saying(zh, en, step, phrase.source, part)

    return tuple(saying(part, phrase) for part, phrase in _chosen(moment, book))


def _chosen(moment: Moment, book: Playbook) -> Iterator[tuple[Part, Phrase]]:
    pack = book.channels[moment.channel or _DEFAULT_CHANNEL]
    late = moment.begun and moment.part in _LATE
    if moment.begun:
        yield from _pick("opening", moment, book)
    else:
        yield "opening", pack.opening[0]
    yield from _empathy(moment, book)
    if not late:
        yield from _question(moment, book)
    ready = pack.whole or moment.part == "options" and (moment.begun or not moment.asks)
    if ready or not late:
        yield from _pick("options", moment, book, early=not ready)
    if moment.handover is not None:
        yield "commitment", moment.handover
    else:
        yield from _pick("commitment", moment, book)
    if late and moment.part == "closing":
        yield from _pick("closing", moment, book)


def _empathy(moment: Moment, book: Playbook) -> Iterator[tuple[Part, Phrase]]:
    """Yield the words for the feeling; on behalf of the house where there is one and somebody is upset."""
    trade = book.trades.get(moment.industry or "")
    if trade is not None and moment.state == "angry" and not moment.begun and not _urgent(moment, book):
        yield "empathy", trade.behalf
    else:
        yield from _pick("empathy", moment, book)


def _question(moment: Moment, book: Playbook) -> Iterator[tuple[Part, Phrase]]:
    """Yield the first fact to ask for; the calm and the confused are asked what they want instead."""
    own = moment.state in {NEUTRAL["state"], "confused"} or not moment.asks
    if own:
        yield from _pick("question", moment, book)
    else:
        first = moment.asks[0]
        yield "question", Phrase(zh=first.text, en=first.meaning, source=first.source)


def _urgent(moment: Moment, book: Playbook) -> bool:
    return any(set(one.signals) & set(moment.signals) for one in book.replies.values())


def _pick(part: Part, moment: Moment, book: Playbook, *, early: bool = False) -> Iterator[tuple[Part, Phrase]]:
    """Yield the sentence of the entry that fits most closely, if any fits."""
    fits = (one for one in book.replies.values() if (one.part, one.early) == (part, early) and _fits(one, moment))
    fitting = sorted(fits, key=_closeness, reverse=True)
    for phrase in _allowed(fitting, moment):
        yield part, phrase
        return


def _allowed(replies: Sequence[Reply], moment: Moment) -> Iterator[Phrase]:
    for reply in replies:
        for phrase in reply.say:
            if phrase.fits(moment.state, moment.channel):
                yield phrase


def _fits(reply: Reply, moment: Moment) -> bool:
    return (
        (not reply.states or moment.state in reply.states)
        and (not reply.temperaments or moment.temperament in reply.temperaments)
        and (not reply.signals or bool(set(reply.signals) & set(moment.signals)))
    )


def _closeness(reply: Reply) -> tuple[int, int, int]:
    """Rank: a signal before all, then state and temperament, then the fewer states named."""
    return bool(reply.signals), bool(reply.states) + bool(reply.temperaments), -len(reply.states)
