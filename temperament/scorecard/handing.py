"""Counters for handing on: to whom, why, announced, and whether the customer had to tell it all again."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from temperament.conversation import AgentTurn, OtherTurn
from temperament.playbook.shapes import Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, whole


class Handing:
    """The turns in which something is handed on, by the cues of one measure of the playbook."""

    def __init__(self, rule: Measure | None) -> None:
        """Take the measure whose cues show a handing on; ``None`` (disabled by a firm) finds none."""
        self.rule = rule

    def turns(self, talk: Talk) -> list[tuple[AgentTurn, Occasion]]:
        """Return the agents' turns that hand on, with the words that do."""
        if self.rule is None:
            return []
        return [(one, seen) for one in talk.agents if (seen := talk.seen(one, self.rule.cues, self.rule.but))]

    def whom(self, talk: Talk, measure: Measure) -> Iterator[Occasion]:
        """Yield every handing on: met where the turn names a department or a person."""
        for turn, seen in self.turns(talk):
            who = talk.seen(turn, measure.when)
            note = who.text if who else talk.say("没说清是谁", "nobody named")
            yield replace(seen, met=who is not None, note=note)

    def why(self, talk: Talk, measure: Measure) -> Iterator[Occasion]:
        """Yield every handing on: met where the turn says why."""
        for turn, seen in self.turns(talk):
            reason = talk.seen(turn, measure.cues, measure.but)
            yield reason or replace(seen, met=False)

    def announced(self, talk: Talk, measure: Measure) -> Iterator[Occasion]:
        """Yield every change of the agent who speaks, by name: met where it was said by the old one or the new one."""
        handing = {turn.number for turn, _ in self.turns(talk)}
        for old, new in pairwise(one for one in talk.agents if one.turn.name):
            if old.turn.name == new.turn.name:
                continue
            said = any(old.number <= number < new.number for number in handing) or _notice(talk, old, new, self.rule)
            note = f"{old.turn.name} → {new.turn.name}"
            taken = talk.seen(new, measure.cues, measure.but)
            yield whole(new, met=bool(said or taken), note=note)

    def once(self, talk: Talk, measure: Measure) -> Iterator[Occasion]:
        """Yield the customer's first turn after each handing on or change: not met where the same is told again."""
        changes = {turn.number for turn, _ in self.turns(talk)}
        named = [one for one in talk.agents if one.turn.name]
        changes |= {new.number for old, new in pairwise(named) if old.turn.name != new.turn.name}
        nexts = {next((one.number for one in talk.customers if one.number > at), None) for at in changes}
        for turn in talk.customers:
            if turn.number in nexts:
                said = talk.seen(turn, measure.when)
                repeats = turn.repeats is not None and any(turn.repeats < at for at in changes)
                if said is not None:
                    yield replace(said, met=False)
                else:
                    yield whole(turn, met=not repeats)


def _notice(talk: Talk, old: AgentTurn, new: AgentTurn, rule: Measure | None) -> bool:
    """Tell whether a notice of the system between two turns says that the talk is handed on."""
    between = [one for one in talk.turns if isinstance(one, OtherTurn) and old.number < one.number < new.number]
    return rule is not None and any(talk.seen(one, rule.cues) for one in between)
