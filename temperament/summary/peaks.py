"""When customers complain, and of what more than usual: days, and days on which one complaint piles up."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from temperament.conversation.results import Conversation
from temperament.labels import NEUTRAL
from temperament.moments import NO_DAY, moment
from temperament.text import fold, words

LEAST = 3
"""The fewest complaints with the same word on a day that can make a peak."""
CHANCE = 0.05
"""How likely at most a single false peak among all words and days may be (Bonferroni)."""
_SAME = 0.75
_MOST_WORDS = 4
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Day:
    """One day: conversations begun on it, and how many of them were led by a state other than calm."""

    day: date
    conversations: int
    upset: int


@dataclass(frozen=True, slots=True)
class Peak:
    """A day on which upset customers used the same words, or showed the same cause, more than chance explains.

    ``count`` of the ``upset`` conversations of that day hold it, ``elsewhere`` of the ``others`` on all other days.
    ``chance`` is how likely so many or more are if the day were like the others (one-sided Fisher test, times the
    number of tests). ``terms`` that come up in nearly the same conversations stand together; ``conversations`` lists them.
    """

    kind: Literal["words", "cause"]
    terms: tuple[str, ...]
    day: date
    count: int
    upset: int
    elsewhere: int
    others: int
    chance: float
    conversations: tuple[str, ...]


def day_of(conversation: Conversation) -> date | None:
    """Return the day on which a conversation began, ``None`` where its times do not say.

    >>> _day("2026年5月3日 09:30")
    datetime.date(2026, 5, 3)
    """
    times = (conversation.started, *(one.turn.time for one in conversation.turns))
    return next((day for one in times if (day := _day(one)) is not None), None)


def days(conversations: Iterable[Conversation]) -> tuple[Day, ...]:
    """Return the days on which conversations began, in their order; conversations without a day are left out."""
    total: Counter[date] = Counter()
    upset: Counter[date] = Counter()
    for one in conversations:
        day = day_of(one)
        if day is not None:
            total[day] += 1
            upset[day] += _upset(one)
    return tuple(Day(day, total[day], upset[day]) for day in sorted(total))


def peaks(conversations: Iterable[Conversation]) -> tuple[Peak, ...]:
    """Return the days on which a complaint piles up, the surest first; none with fewer than two days."""
    dated = [(day, one) for one in conversations if _upset(one) and (day := day_of(one)) is not None]
    per_day: Counter[date] = Counter(day for day, _ in dated)
    if len(per_day) < 2:
        return ()
    kinds: dict[Literal["words", "cause"], Mapping[str, list[tuple[date, str]]]] = {
        "words": _collect((day, one.id, _terms(one)) for day, one in dated),
        "cause": _collect((day, one.id, {one.cause.text}) for day, one in dated if one.cause is not None),
    }
    found = [peak for kind, held in kinds.items() for peak in _significant(kind, held, per_day)]
    return tuple(_together(sorted(found, key=lambda one: (one.chance, -one.count, one.terms))))


def _collect(documents: Iterable[tuple[date, str, set[str]]]) -> Mapping[str, list[tuple[date, str]]]:
    held: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for day, identifier, terms in documents:
        for term in terms:
            held[term].append((day, identifier))
    return held


def _significant(
    kind: Literal["words", "cause"], held: Mapping[str, list[tuple[date, str]]], per_day: Mapping[date, int]
) -> list[Peak]:
    """Return the (term, day) pairs whose count is more than chance explains, after Bonferroni over all that are tested."""
    from scipy.stats import hypergeom

    total = sum(per_day.values())
    often = {term: places for term, places in held.items() if len(places) >= LEAST}
    counted = [
        (term, day, count)
        for term, places in often.items()
        for day, count in Counter(day for day, _ in places).items()
        if count >= LEAST
    ]
    if not counted:
        return []
    whole = [len(often[term]) for term, _, _ in counted]
    tails = hypergeom.sf([count - 1 for *_, count in counted], total, whole, [per_day[day] for _, day, _ in counted])
    tests = len(often) * len(per_day)
    return [
        _peak(kind, term, day, often[term], per_day[day], total, float(tail) * tests)
        for (term, day, _), tail in zip(counted, tails, strict=True)
        if tail * tests < CHANCE
    ]


def _peak(
    kind: Literal["words", "cause"],
    term: str,
    day: date,
    places: Sequence[tuple[date, str]],
    upset: int,
    total: int,
    chance: float,
) -> Peak:
    where = tuple(identifier for other, identifier in places if other == day)
    return Peak(kind, (term,), day, len(where), upset, len(places) - len(where), total - upset, chance, where)


def _together(found: Sequence[Peak]) -> list[Peak]:
    """Put words that come up in nearly the same conversations of a day into one peak: the surest one gives the numbers."""
    kept: list[Peak] = []
    for one in found:
        place = next((number for number, other in enumerate(kept) if _alike(one, other)), None)
        if place is None:
            kept.append(one)
        elif len(kept[place].terms) < _MOST_WORDS:
            kept[place] = replace(kept[place], terms=(*kept[place].terms, one.terms[0]))
    return kept


def _alike(one: Peak, other: Peak) -> bool:
    here, there = set(one.conversations), set(other.conversations)
    return one.kind == other.kind and one.day == other.day and len(here & there) >= _SAME * len(here | there)


def _terms(conversation: Conversation) -> set[str]:
    """Return the Chinese words of two characters and more that a customer uses."""
    said = " ".join(one.turn.text for one in conversation.customer_turns)
    return {word for _, word in words(fold(said).text) if _CHINESE.fullmatch(word)}


def _upset(conversation: Conversation) -> bool:
    return conversation.state != NEUTRAL["state"]


def _day(text: str) -> date | None:
    """Return the day as it is written: turned to another zone, a morning's complaint would move to the day before."""
    match = _DAY.search(text)
    if match is None:
        point = moment(text)
        return point.date() if point and point.year > NO_DAY.year else None
    year, month, day = (int(one) for one in match.groups() if one)
    try:
        return date(year, month, day)
    except ValueError:
        return None
