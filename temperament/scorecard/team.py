"""Many scorecards together: each agent's and everybody's counts, ratings by the manuals' lists, and how hard it came."""

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt

from temperament import playbook
from temperament.conversation import Conversation
from temperament.conversation.timing import times_of
from temperament.labels import NEUTRAL
from temperament.language import Language, default_language
from temperament.moments import NO_DAY
from temperament.playbook import Playbook
from temperament.playbook.shapes import Dimension, Measure
from temperament.scorecard.counting import scorecard
from temperament.scorecard.heard import heard
from temperament.scorecard.results import (
    LEAST,
    AgentCard,
    Item,
    Rating,
    Scorecard,
    Strain,
    Tally,
    TeamCard,
    Whereabouts,
)

MOST_MISSED = 20
"""How many places of one measure are kept where it was not done."""
_Z = 1.959964
"""The 97.5 % point of the normal distribution."""
_TEMPER = "measure.calm-words"


def team_card(
    conversations: Sequence[Conversation],
    *,
    channel: str | None = None,
    language: Language | None = None,
    book: Playbook | None = None,
) -> TeamCard:
    """Return the scorecard of many conversations; the options are those of ``scorecard``. Raises ``UsageError``."""
    known, shown = book or playbook.shipped(), language or default_language()
    cards = [(one, scorecard(one, channel=channel, language=shown, book=known)) for one in conversations]
    groups: dict[str, list[tuple[Conversation, Scorecard]]] = defaultdict(list)
    for one, card in cards:
        groups[one.agent].append((one, card))
    agents = [_agent(name, group, known, shown) for name, group in groups.items()]
    return TeamCard(
        total=_agent("", cards, known, shown),
        agents=tuple(sorted(agents, key=lambda one: (-one.conversations, one.agent))),
        heard=heard(conversations, language=shown, book=known),
    )


def _agent(name: str, cards: Sequence[tuple[Conversation, Scorecard]], book: Playbook, language: Language) -> AgentCard:
    items: dict[str, list[tuple[str, Item]]] = defaultdict(list)
    for _, card in cards:
        for item in card.items:
            items[item.measure].append((card.conversation, item))
    tallies = {key: _tally(book.measures[key], found, book, language) for key, found in items.items()}
    return AgentCard(
        agent=name,
        conversations=len(cards),
        tallies=tuple(tallies.values()),
        ratings=tuple(
            _rating(rubric.id, one, tallies, language) for rubric in book.rubrics.values() for one in rubric.dimensions
        ),
        strain=_strain(cards) if name else None,
    )


def _tally(measure: Measure, found: Sequence[tuple[str, Item]], book: Playbook, language: Language) -> Tally:
    met, chances = sum(item.met for _, item in found), sum(item.chances for _, item in found)
    low, high = wilson(met, chances) if chances else (None, None)
    practise = book.guidelines[measure.practise].name.show(language) if measure.practise else ""
    return Tally(
        measure=measure.id,
        name=measure.name.show(language),
        area=measure.area,
        met=met,
        chances=chances,
        conversations=sum(bool(item.chances) for _, item in found),
        low=low,
        high=high,
        missed=tuple(Whereabouts(where, one) for where, item in found for one in item.missed)[:MOST_MISSED],
        unseen="" if chances else measure.unseen.show(language),
        neutral=measure.neutral,
        practise=practise,
    )


def wilson(met: int, chances: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, "Probable inference"); ``chances`` above 0.

    >>> [round(one, 2) for one in wilson(8, 10)]
    [0.49, 0.94]
    """
    share, square = met / chances, _Z**2 / chances
    middle, width = share + square / 2, sqrt(square * (share * (1 - share) + square / 4))
    return max((middle - width) / (1 + square), 0.0), min((middle + width) / (1 + square), 1.0)


def _rating(rubric: str, side: Dimension, tallies: dict[str, Tally], language: Language) -> Rating:
    """Return a side's rating: the plain mean of the shares of its measures with ``LEAST`` occasions and more (ours)."""
    listed = [tallies[key] for key in side.measures if key in tallies]
    enough = [one for one in listed if one.chances >= LEAST]
    shares = [one.met / one.chances for one in enough]
    unseen = "" if shares else side.unseen.show(language) if side.unseen else _reasons(listed, language)
    return Rating(
        rubric=rubric,
        name=side.name.show(language),
        share=sum(shares) / len(shares) if shares else None,
        measures=tuple(one.measure for one in enough),
        few=tuple(one.measure for one in listed if 0 < one.chances < LEAST),
        unseen=unseen,
    )


def _reasons(listed: Sequence[Tally], language: Language) -> str:
    few = f"（不到 {LEAST} 次）" if language == "zh" else f" (fewer than {LEAST} occasions)"
    said = (f"{one.name} {one.met}/{one.chances}{few}" if one.chances else one.unseen for one in listed)
    return ("；" if language == "zh" else "; ").join(dict.fromkeys(said))


def _strain(cards: Sequence[tuple[Conversation, Scorecard]]) -> Strain | None:
    """Return how an agent's conversations came; ``None`` for fewer than two, or where the day and time of one is not known."""
    starts = [next((time for time in times_of([turn.turn for turn in one.turns]) if time), None) for one, _ in cards]
    known = [start for start in starts if start is not None and start.year > NO_DAY.year]
    if len(known) != len(cards) or len(cards) < 2:
        return None
    ordered = [pair for _, _, pair in sorted((at, number, cards[number]) for number, at in enumerate(known))]
    run: list[str] = []
    longest: list[str] = []
    for one, _ in ordered:
        run = [*run, one.id] if one.state != NEUTRAL["state"] else []
        longest = max(longest, run, key=len)
    half = len(ordered) // 2
    return Strain(
        longest=len(longest),
        first=longest[0] if longest else "",
        last=longest[-1] if longest else "",
        earlier=_temper([card for _, card in ordered[:half]]),
        later=_temper([card for _, card in ordered[half:]]),
    )


def _temper(cards: Sequence[Scorecard]) -> float | None:
    """Return the share of turns that show temper; ``None`` without turns."""
    turns = [one for card in cards for item in card.items if item.measure == _TEMPER for one in item.occasions]
    return sum(not one.met for one in turns) / len(turns) if turns else None
