"""Where am I in the steps, and what comes next: the steps and the procedure over a conversation so far."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from temperament import playbook
from temperament.advice import Advice, Guidance, recommend
from temperament.advice.progress import moves_made
from temperament.labels import Reading
from temperament.language import Language, default_language
from temperament.playbook import Playbook
from temperament.playbook.shapes import StageRule
from temperament.turns import Turn, as_turns

MOST_DUTIES = 6
LONG_TALK = 6
"""Turns of the customer after which a talk without open questions is long."""


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of the complaint procedure: whether it is behind, present or ahead, and when it counts as done."""

    stage: str
    name: str
    place: str
    done_when: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """Where a conversation stands.

    ``advice`` holds the steps with the done and the present one, what to say now and what to ask; ``next_step`` is the
    step after the present one (empty at the end); ``stages`` the procedure; ``duties`` what the present stage asks for;
    ``reason`` says in words how the place was found; ``scripts`` are the fixed lines that fit now (``template NAME``).
    """

    advice: Advice
    next_step: str
    stages: tuple[StageView, ...]
    duties: tuple[Guidance, ...]
    reason: str
    scripts: tuple[str, ...]


def guide(
    history: Iterable[Turn | Mapping[str, Any]],
    reading: Reading,
    *,
    language: Language | None = None,
    book: Playbook | None = None,
    **options: Any,
) -> GuideView:
    """Return where a conversation stands.

    ``reading`` is that of the customer's last words, ``history`` the turns so far; ``options`` are those of
    ``recommend`` (channel, industry, group, impact, facts). Raises what ``recommend`` raises.
    """
    book = book or playbook.shipped()
    turns = as_turns(history)
    spoken = language or default_language()
    advice = recommend(reading, history=turns, language=spoken, book=book, **options)
    rules = list(book.procedure.values())
    present = _stage(advice, turns, book)
    following = advice.steps[advice.present :]
    return GuideView(
        advice=advice,
        next_step=following[0].text if following else "",
        stages=tuple(_view(rule, rules.index(rule), present, spoken) for rule in rules),
        duties=_duties(rules[present], book, spoken),
        reason=_reason(advice, spoken),
        scripts=tuple(_scripts(advice, turns, book)),
    )


def _stage(advice: Advice, turns: tuple[Turn, ...], book: Playbook) -> int:
    """Return the place of the present stage: that of the latest move made, or of nothing done yet."""
    made = moves_made(turns, book)
    names = [rule.stage for rule in book.procedure.values()]
    places = [names.index(rule.stage) for rule in book.moves.values() if rule.move in made]
    finished = len(advice.done) == len(advice.steps)
    return max(places, default=0) if not finished else max((*places, names.index("follow-up")))


def _view(rule: StageRule, place: int, present: int, language: Language) -> StageView:
    where = "done" if place < present else "present" if place == present else "ahead"
    return StageView(rule.stage, rule.name.show(language), where, rule.done_when.show(language))


def _duties(rule: StageRule, book: Playbook, language: Language) -> tuple[Guidance, ...]:
    """Return what the stage asks for, then the guidelines that name it."""
    own = [Guidance(one.show(language), rule.id, rule.source) for one in rule.do]
    more = [
        Guidance(one.do.show(language), one.id, one.source)
        for one in book.guidelines.values()
        if rule.stage in one.stages and one.role == "agent" and not one.industries
    ]
    return (*own, *more)[:MOST_DUTIES]


def _scripts(advice: Advice, turns: tuple[Turn, ...], book: Playbook) -> Iterator[str]:
    """Yield scripts that exist and fit: handing over, winding up a long talk in which nothing is left to ask."""
    told = sum(turn.speaker == "customer" for turn in turns)
    wanted = {
        "script.escalate": advice.escalate.needed,
        "script.closing": told >= LONG_TALK and not advice.ask,
        "script.hang-up": advice.channel == "phone" and "close" in moves_made(turns, book),
    }
    yield from (name for name, fits in wanted.items() if fits and name in book.scripts)


def _reason(advice: Advice, language: Language) -> str:
    zh, en = language == "zh", f"step {advice.present} of {len(advice.steps)}"
    if not advice.done:
        return (
            "还没有做过哪一步，从第 1 步开始。"
            if zh
            else f"Nothing done yet; begin with step 1 of {len(advice.steps)}."
        )
    found = "、".join(f"第 {one.step} 步（{one.words or one.move}）" for one in advice.done)
    marked = ", ".join(f"step {one.step} ({one.words or one.move})" for one in advice.done)
    if zh:
        return f"已做：{found}。现在是第 {advice.present} 步，共 {len(advice.steps)} 步。"
    return f"Done: {marked}. Now {en}."
