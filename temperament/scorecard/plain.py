"""Counters that need nothing but cues, moves and findings: by turn, by talk, by reply, in the first turn, once told."""

from collections.abc import Iterator
from dataclasses import replace

from temperament.conversation import AgentTurn
from temperament.playbook.shapes import Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, exchanges, is_upset, whole


def by_turns(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every turn of the agent: not met where the reply check or a cue finds something that counts against it.

    Findings that are mere suggestions do not count.
    """
    for turn in talk.agents:
        yield _fault(talk, turn, measure) or whole(turn)


def _fault(talk: Talk, turn: AgentTurn, measure: Measure) -> Occasion | None:
    for one in turn.findings:
        if one.kind in measure.kinds and one.level != "suggestion":
            return Occasion(met=False, turn=turn.number, start=one.start, end=one.end, text=one.text, note=one.message)
    found = talk.seen(turn, measure.cues, measure.but) if measure.cues else None
    return replace(found, met=False) if found else None


def by_talk(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield once for a talk: met at the first turn of the agent that does it."""
    if talk.agents and (talk.upset or not measure.upset):
        found = (talk.done(turn, measure) for turn in talk.agents)
        yield next((one for one in found if one is not None), Occasion(met=False))


def by_replies(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every answer to an upset customer: met where the answer does it."""
    for waiting, answer in exchanges(talk):
        if any(map(is_upset, waiting)):
            yield talk.done(answer, measure) or whole(answer, met=False)


def in_first(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield once for a talk: met where the agent's first turn does it."""
    for turn in talk.agents[:1]:
        yield talk.done(turn, measure) or whole(turn, met=False)


def once_told(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield once where the customer says what ``when`` looks for: met where a later turn of the agent does it."""
    told = next(((turn, seen) for turn in talk.customers if (seen := talk.seen(turn, measure.when))), None)
    if told is not None:
        turn, seen = told
        later = (talk.done(one, measure) for one in talk.agents if one.number > turn.number)
        missed = replace(seen, met=False)
        yield next((one for one in later if one is not None), missed)
