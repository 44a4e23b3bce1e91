"""What to tell an agent after a conversation: each point from a finding, a step left out or a word not kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from temperament import playbook
from temperament.conversation.results import AgentTurn, Conversation, StepMade
from temperament.labels import NEUTRAL
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Level
from temperament.reply import LEVELS

CoachingKind = Literal["finding", "promise", "late", "repeat", "step"]
_TRUST = "001 L13"
_MOST_BETTER = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point shows: a conversation, and a turn of it (``None``: the conversation as a whole)."""

    conversation: str
    turn: int | None


@dataclass(frozen=True, slots=True)
class Coaching:
    """One point: what was wrong or left out, what to do or say instead, the source, and every place it shows.

    ``key`` tells points of the same kind apart: a rule, a step. ``level`` is that of the worst finding, and ``worst`` says
    at how many of the places it is that grave; what is no finding counts as a warning where a word was not kept, and
    as a suggestion otherwise.
    """

    kind: CoachingKind
    key: str
    what: str
    better: tuple[str, ...]
    source: str
    level: Level
    places: tuple[Place, ...]
    worst: int = 1


def coaching(conversation: Conversation, language: Language, book: Playbook | None = None) -> tuple[Coaching, ...]:
    """Return the points for one conversation, the gravest first.

    Steps left out count only where the customer was upset: who is calm needs no strategy for anger. Findings and steps
    are in the language of the analysis; ``book`` is the playbook it was made with.
    """
    if not conversation.agent_turns:
        return ()
    found = [*_findings(conversation), *_broken(conversation, language)]
    for turn in conversation.agent_turns:
        found += _late(conversation, turn, language)
    found += [*_repeated(conversation, language)]
    if conversation.state != NEUTRAL["state"]:
        found += [_left_out(conversation, step, book or playbook.shipped()) for step in conversation.missing]
    return merge(found)


def merge(points: Iterable[Coaching]) -> tuple[Coaching, ...]:
    """Return points with those about the same thing put together: the gravest first, then the most frequent."""
    merged: dict[tuple[str, str], Coaching] = {}
    for one in points:
        known = merged.get((one.kind, one.key))
        if known is None:
            merged[one.kind, one.key] = one
        else:
            graver = min(known, one, key=lambda point: LEVELS.index(point.level))
            worst = sum(point.worst for point in (known, one) if point.level == graver.level)
            merged[one.kind, one.key] = replace(graver, places=known.places + one.places, worst=worst)
    return tuple(sorted(merged.values(), key=lambda one: (LEVELS.index(one.level), -len(one.places))))


def _findings(conversation: Conversation) -> Iterator[Coaching]:
    for turn in conversation.agent_turns:
        for one in turn.findings:
            what = f"“{one.text}” — {one.message}" if one.text else one.message
            place = Place(conversation.id, turn.number)
            better = one.suggestions[:_MOST_BETTER]
            yield Coaching("finding", one.rule, what, better, one.source, one.level, (place,))


def _broken(conversation: Conversation, language: Language) -> Iterator[Coaching]:
    what = ("答应过，没有做到", "Promised and not kept")[language == "en"]
    better = (
        "到了时间先联系客户，办不完也要说明原因和新的时间。",
        "Be in touch when the time is up, even if it is not done: say why, and give a new time.",
    )[language == "en"]
    for one in conversation.promises:
        if one.kept is False:
            place = Place(conversation.id, one.turn)
            yield Coaching("promise", "broken", f"{what}：“{one.text}”", (better,), _TRUST, "warning", (place,))


def _late(conversation: Conversation, turn: AgentTurn, language: Language) -> Iterator[Coaching]:
    if turn.trust is None or not turn.trust.late:
        return
    what = ("答复晚于该答复的时间", "Answered after it was due")[language == "en"]
    better = (
        "先应一声，告诉客户几时有结果，再去办。",
        "Acknowledge first and say by when there will be a result; then see to it.",
    )[language == "en"]
    yield Coaching("late", "late", what, (better,), _TRUST, "warning", (Place(conversation.id, turn.number),))


def _repeated(conversation: Conversation, language: Language) -> Iterator[Coaching]:
    what = ("客户同一个要求说了不止一遍", "The customer had to make the same demand again")[language == "en"]
    better = (
        "先正面回应这个要求（能办、几时办、不能办还有什么办法），再说别的。",
        "Answer that demand first: yes and by when, or no and what else can be done.",
    )[language == "en"]
    for one in conversation.repeated:
        yield Coaching("repeat", "repeat", what, (better,), "ours", "suggestion", (Place(conversation.id, one.number),))


def _left_out(conversation: Conversation, step: StepMade, book: Playbook) -> Coaching:
    source, said = _in_playbook(step, book)
    place = Place(conversation.id, None)
    return Coaching("step", step.text, step.text, said, source, "suggestion", (place,))


def _in_playbook(step: StepMade, book: Playbook) -> tuple[str, tuple[str, ...]]:
    """Return a step's source and its first sentences; a step that the playbook does not hold is our own."""
    for strategy in (*book.states.values(), *book.temperaments.values()):
        for one in strategy.steps:
            if step.text in (one.do.zh, one.do.en):
                return one.source, tuple(phrase.zh for phrase in one.say[:_MOST_BETTER])
    return "ours", ()
