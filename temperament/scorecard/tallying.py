"""Counters of plain numbers (pronouns, praise), and of who hung up."""

import re
from collections.abc import Iterator
from dataclasses import replace

from temperament.conversation import CustomerTurn, OtherTurn
from temperament.playbook.shapes import Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, is_upset


def pronouns(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every 我, 我们, 你 and 您 in the agent's words, met where it is the agent's side."""
    cue = re.compile("|".join(f"(?:{one})" for one in measure.cues))
    for turn in talk.agents:
        text = talk.text(turn)
        quiet = [match.span() for one in measure.but for match in re.finditer(one, text)]
        for match in cue.finditer(text):
            if not any(first <= match.start() and match.end() <= last for first, last in quiet):
                yield talk.piece(turn, *match.span(), met=match.group()[0] in "我咱")


def praise(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield the customer's turns with words of praise (met) and of criticism (not); one with both counts for both."""
    for turn in talk.customers:
        yield from voices(talk, turn, measure)


def voices(talk: Talk, turn: CustomerTurn, measure: Measure) -> Iterator[Occasion]:
    """Yield what one turn holds of praise and criticism; praise in an upset turn is passed over."""
    good = None if is_upset(turn) else talk.seen(turn, measure.cues, measure.but)
    bad = talk.seen(turn, measure.when)
    if good is not None:
        yield good
    if bad is not None:
        yield replace(bad, met=False)


def hung_up(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield once where a notice says who hung up: met where it was the customer."""
    for turn in talk.turns:
        if not isinstance(turn, OtherTurn):
            continue
        customer, agent = talk.seen(turn, measure.when), talk.seen(turn, measure.cues, measure.but)
        if customer is not None:
            yield customer
            return
        if agent is not None:
            yield replace(agent, met=False)
            return
