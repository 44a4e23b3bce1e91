"""What a whole conversation shows: the cause of the trouble, the steps made, and who closed it."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from temperament.advice.cues import words_of
from temperament.advice.progress import done_steps, moves_made
from temperament.conversation.results import CustomerTurn, FoundCause, StepMade
from temperament.labels import NEUTRAL, StateLabel, TemperamentLabel
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.shapes import Channel
from temperament.text import fold
from temperament.turns import Turn

_THANKS = re.compile(
    r"^[^?]{0,40}(谢谢|多谢|感谢|3q|thx|再见|拜拜|辛苦了"
    r"|(好的|好吧|好|行|嗯|哦|知道了|明白了|了解了?|收到)(吧|啦|了|呢)?[,。.!~… ]*$)[^?]{0,20}$"
)
_LONGEST_GOODBYE = 40
_LAST_EXCHANGE = 3


def cause_of(
    turns: Sequence[CustomerTurn], leading: StateLabel, book: Playbook, language: Language
) -> FoundCause | None:
    """Return the first cause of the playbook whose words stand in a turn that reads as the state it belongs to.

    A cause of the leading state goes before others. ``None`` where no words show one: possible causes without words are
    ``recommend``'s, and are not claimed here.
    """
    found = list(_causes(turns, book, language))
    return min(found, key=lambda pair: pair[0] != leading, default=("", None))[1]


def _causes(turns: Sequence[CustomerTurn], book: Playbook, language: Language) -> Iterator[tuple[str, FoundCause]]:
    for one in turns:
        states = {one.reading.state, *one.reading.also} - {NEUTRAL["state"]}
        text = fold(one.turn.text).text if states else ""
        for cause in book.causes.values():
            words = words_of(text, cause.cues, cause.but) if cause.state in states else ""
            if words:
                yield (cause.state, FoundCause(cause.id, cause.side, cause.cause.show(language), one.number, words))


def steps_of(
    turns: Sequence[Turn],
    state: StateLabel,
    temperament: TemperamentLabel,
    channel: Channel | None,
    book: Playbook,
    language: Language,
) -> tuple[StepMade, ...]:
    """Return the steps of the strategy that leads (the state's; of a calm customer the temperament's), made or not."""
    strategy = book.states[state] if state != NEUTRAL["state"] else book.temperaments[temperament]
    steps = [step for step in strategy.steps if not step.channels or channel is None or channel in step.channels]
    done = {one.step: one for one in done_steps(steps, turns, book)}
    return tuple(
        StepMade(
            text=step.do.show(language),
            move=step.move,
            turn=done[number].turn if number in done else None,
            words=done[number].words if number in done else "",
        )
        for number, step in enumerate(steps, 1)
    )


def moves_of(turn: Turn, book: Playbook) -> tuple[str, ...]:
    """Return the moves made in one turn of the agent, in the playbook's order; those that were named, too."""
    made = moves_made([turn], book)
    return tuple(rule.move for rule in book.moves.values() if rule.move in made)


def closed_by(turns: Sequence[Turn], book: Playbook) -> Literal["customer", "agent"] | None:
    """Return who brought the conversation to its end; ``None`` where it just stops.

    The customer closes it with short words of thanks or farewell after which he asks nothing more, the agent by the move
    ``close``; the first of the two in the last exchange did.
    """
    spoken = [turn for turn in turns if turn.speaker != "other" and turn.text.strip()]
    ending: list[Turn] = []
    for turn in reversed(spoken[-_LAST_EXCHANGE:]):
        if turn.speaker == "customer" and not _goodbye(turn.text):
            break
        ending.append(turn)
    for turn in reversed(ending):
        if turn.speaker == "customer":
            return "customer"
        if "close" in moves_of(turn, book):
            return "agent"
    return None


def _goodbye(text: str) -> bool:
    folded = fold(text).text
    last = folded.rsplit("\n", 1)[-1]
    return len(last) <= _LONGEST_GOODBYE and bool(_THANKS.match(last))
