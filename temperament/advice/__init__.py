"""Reading → Advice: what to do, what to say, what never to say, each with its source.

The state leads and the temperament tunes: while a state other than calm leads, its steps are followed and the
temperament only adds how to go about them; for a calm customer the temperament's own steps apply. Channel, line of
business, customer group and the conversation so far bend what is said now. No model is ever asked here; every
decision rests on the labels and the playbook.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from temperament import playbook
from temperament.advice.asking import missing
from temperament.advice.case import FROM_THE_OTHER, MOST_AVOIDED, MOST_SAYINGS, Case
from temperament.advice.cues import find_signals, signals_in
from temperament.advice.results import (
    Advice,
    Avoided,
    Clocks,
    Done,
    Escalation,
    Guidance,
    PossibleCause,
    Question,
    Saying,
)
from temperament.errors import UsageError
from temperament.labels import Reading
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.naming import CHANNELS, GROUPS, IMPACTS, INDUSTRIES, channel_named, known
from temperament.playbook.shapes import Priority, Signal, Tag
from temperament.text import fold_only
from temperament.turns import Turn, as_turns

__all__ = [
    "CHANNELS",
    "FROM_THE_OTHER",
    "GROUPS",
    "INDUSTRIES",
    "MOST_AVOIDED",
    "MOST_SAYINGS",
    "Advice",
    "Avoided",
    "Clocks",
    "Done",
    "Escalation",
    "Guidance",
    "PossibleCause",
    "Question",
    "Saying",
    "recommend",
    "signals",
]
_KEPT = 512
"""Cases whose advice is kept: a few kilobytes each."""


def recommend(
    reading: Reading,
    channel: str | None = None,
    *,
    industry: str | None = None,
    group: str | None = None,
    history: Iterable[Turn | Mapping[str, Any]] = (),
    impact: str | None = None,
    tags: Iterable[str] = (),
    facts: Mapping[str, str] | None = None,
    language: Language | None = None,
    book: Playbook | None = None,
) -> Advice:
    """Return the advice for one reading.

    ``channel`` is phone, face, chat or letter, ``industry`` hotel, property or food, ``group`` one of the five customer
    groups (easygoing, stubborn, forceful, vain, irritable), ``impact`` how much hangs on the matter (low, normal, high);
    Chinese names will do, and ``None`` means unknown. ``tags`` names behaviour seen beside (hides-facts …).
    ``history`` holds the turns so far, the message that was read last or left out; ``facts`` fills slots of sentences
    ({"agent": "小林"}, see ``slots.yaml``). ``language`` is zh, en or ``None`` for the locale's, ``book`` an own
    playbook or ``None`` for the shipped one. Sentences to say stay Chinese in both languages. Raises ``UsageError``
    for an unknown name, ``InputError`` for a turn without speaker.
    """
    book = book or playbook.shipped()
    turns = as_turns(history)
    earlier = "\n".join(turn.text for turn in turns if turn.speaker == "customer" and turn.text != reading.text)
    lasting = [one for one in signals(earlier, book) if one.priority == "high"] if earlier else []
    folded = fold_only(reading.text)
    fresh = signals_in(folded, book)
    said = fold_only(f"{earlier}\n{reading.text}") if earlier else folded
    trade = known(industry, INDUSTRIES, ("行业", "industry"))
    facts, language = facts or {}, language or default_language()
    case = Case(
        manner=book.temperaments[reading.temperament],
        feeling=book.states[reading.state],
        signals=tuple(one for one in book.signals.values() if one in fresh or one in lasting)
        if lasting
        else tuple(fresh),
        channel=channel_named(channel),
        industry=trade,
        group=book.groups[named] if (named := known(group, GROUPS, ("客户群体", "group"))) else None,
        impact=cast("Priority | None", known(impact, IMPACTS, ("影响", "impact"))),
        tags=tuple(_tag(name, book) for name in tags),
        history=turns,
        asks=missing(said, facts.keys(), trade, book, language),
        facts=tuple(facts.items()),
        language=language,
        book=book,
    )
    return case.advise() if turns or facts else _advised(case)


@lru_cache(maxsize=_KEPT)
def _advised(case: Case) -> Advice:
    """Compose the advice of a case without history; nine of ten messages make one that was there before."""
    return case.advise()


def signals(text: str, book: Playbook | None = None) -> list[Signal]:
    """Return the playbook's signals found in a customer's words, in the playbook's order."""
    return find_signals(text, book or playbook.shipped())


def _tag(name: str, book: Playbook) -> Tag:
    for tag in book.tags.values():
        if name in {tag.id, tag.id.partition(".")[2], tag.name.zh, tag.name.en}:
            return tag
    allowed = [tag.id.partition(".")[2] for tag in book.tags.values()]
    raise UsageError(
        f"没有“{name}”这种表现。可用的有：{'、'.join(allowed)}。",
        f"There is no tag {name!r}. Choose from: {', '.join(allowed)}.",
    )
