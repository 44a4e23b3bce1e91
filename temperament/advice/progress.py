"""Where a conversation stands: which steps the agent's words have done, and which is the present one.

A step is done when its move was made: named in the history, or found by the cues of ``moves.yaml`` in a turn of the
agent. Every answer names the turn and the words, so that it can be disputed.
"""

from collections.abc import Sequence
from typing import get_args

from temperament.advice.cues import words_of
from temperament.advice.results import Done
from temperament.errors import InputError
from temperament.playbook import Playbook
from temperament.playbook.shapes import Move, Step
from temperament.text import fold_only
from temperament.turns import Turn

MOVES: tuple[Move, ...] = get_args(Move)


def moves_made(history: Sequence[Turn], book: Playbook) -> dict[str, tuple[int, str]]:
    """Return each move made so far with the first turn (from 1) and the words; turn 0 for moves that were named.

    Raises ``InputError`` for a named move that does not exist.
    """
    made: dict[str, tuple[int, str]] = {}
    for number, turn in enumerate(history, 1):
        for name in turn.done:
            made.setdefault(_move(name, book), (0, ""))
        if turn.speaker == "agent" and turn.text.strip():
            folded = fold_only(turn.text)
            for rule in book.moves.values():
                words = words_of(folded, rule.cues, rule.but)
                if words:
                    made.setdefault(rule.move, (number, words))
    return made


def done_steps(steps: Sequence[Step], history: Sequence[Turn], book: Playbook) -> tuple[Done, ...]:
    """Return the steps that the history has done, in their order."""
    made = moves_made(history, book)
    return tuple(Done(number, step.move, *made[step.move]) for number, step in enumerate(steps, 1) if step.move in made)


def present_step(steps: Sequence[Step], done: Sequence[Done]) -> int:
    """Return the number of the first step not done yet; the last one when all are done."""
    finished = {one.step for one in done}
    return next((number for number in range(1, len(steps) + 1) if number not in finished), len(steps))


def _move(name: str, book: Playbook) -> str:
    for rule in book.moves.values():
        if name.strip().lower() in {rule.move, rule.name.zh, rule.name.en}:
            return rule.move
    allowed = "、".join(f"{rule.move}（{rule.name.zh}）" for rule in book.moves.values())
    raise InputError(
        f"没有“{name}”这种动作。可用的有：{allowed}。",
        f"There is no move called {name!r}. Choose from: {', '.join(MOVES)}.",
    )
