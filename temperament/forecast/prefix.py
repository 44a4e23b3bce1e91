"""What a forecast looks at: the conversation up to a turn, as a few numbers and two texts.

Turns of one side that follow each other are one block. Only the last ``WINDOW`` blocks count: the conversations the
forecast is learned from are that short, and so every turn of a long one costs the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from temperament.errors import UsageError
from temperament.features import Floats
from temperament.labels import STATES, TEMPERAMENTS, Reading
from temperament.text import fold
from temperament.turns import Turn

WINDOW = 8
CUSTOMER, AGENT = "customer", "agent"
_PARTS = (*STATES, *TEMPERAMENTS)
NUMBERS: tuple[str, ...] = (
    *(f"{view}_{label}" for view in ("last", "mean", "most") for label in _PARTS),
    *(f"open_{state}" for state in STATES),
    *(
        "unanswered",
        "customer_blocks",
        "agent_blocks",
        "customer_length",
        "last_length",
        "agent_length",
        "reply_length",
    ),
    *("exclamations", "questions", "repeats", "reply_repeats"),
)
"""The numbers in their order.

Probabilities of the customer's blocks: the last one, their mean, their largest; ``open`` are those of a last block that
is still unanswered, 0 once the agent spoke. Lengths and marks are ln(1 + count); repeats are shares (0 to 1).
"""
FIELDS: tuple[str, ...] = ("last", "agent")
"""The texts in their order: the customer's last block, all blocks of the agent."""


@dataclass(frozen=True, slots=True)
class Block:
    """Turns of one side in a row: folded text, and the mean probabilities of states and temperaments (customer)."""

    speaker: str
    text: str
    chances: Floats
    size: int


def prefixes(turns: Sequence[Turn], readings: Sequence[Reading]) -> list[list[Block]]:
    """Return, for each turn, the blocks up to it; ``readings`` are those of the customer's turns in their order.

    A turn of neither side changes nothing. Raises ``UsageError`` when there is not one reading for each turn of the
    customer.
    """
    asked = sum(turn.speaker == CUSTOMER for turn in turns)
    if asked != len(readings):
        raise UsageError(
            f"客户有 {asked} 轮，读数却有 {len(readings)} 个。请按顺序给客户的每一轮各一个读数。",
            f"The customer has {asked} turns, but there are {len(readings)} readings. Give one for each, in order.",
        )
    left = iter(readings)
    found: list[list[Block]] = []
    blocks: list[Block] = []
    for turn in turns:
        if turn.speaker in {CUSTOMER, AGENT}:
            new = _block(turn, next(left) if turn.speaker == CUSTOMER else None)
            if blocks and blocks[-1].speaker == new.speaker:
                blocks, new = blocks[:-1], _merged(blocks[-1], new)
            blocks = [*blocks, new][-WINDOW:]
        found.append(blocks)
    return found


def _block(turn: Turn, reading: Reading | None) -> Block:
    chances = np.zeros(len(_PARTS))
    if reading is not None:
        states, manners = reading.state_probabilities, reading.temperament_probabilities
        chances = np.array([*(states[label] for label in STATES), *(manners[label] for label in TEMPERAMENTS)])
    text = fold(turn.text).text
    return Block(turn.speaker, text, chances, max(len(text), 1))


def _merged(before: Block, new: Block) -> Block:
    """Return one block of two; chances are weighted by how much text they rest on."""
    size = before.size + new.size
    chances = (before.chances * before.size + new.chances * new.size) / size
    return Block(new.speaker, f"{before.text}\n{new.text}".strip("\n"), chances, size)


def numbers(blocks: Sequence[Block]) -> list[float]:
    """Return the numbers of a prefix in the order of ``NUMBERS``; with no turn of the customer his are all 0."""
    customer, agent = _sides(blocks)
    chances = np.array([one.chances for one in customer]) if customer else np.zeros((1, len(_PARTS)))
    waiting = float(bool(blocks) and blocks[-1].speaker == CUSTOMER)
    views = (chances[-1], chances.mean(axis=0), chances.max(axis=0), waiting * chances[-1, : len(STATES)])
    asked, replied = _text(customer), _text(agent)
    lengths = [len(text) for text in (asked, _text(customer[-1:]), replied, _text(agent[-1:]))]
    counts = [*lengths, asked.count("!"), asked.count("?")]
    return [
        *np.concatenate(views).tolist(),
        waiting,
        float(len(customer)),
        float(len(agent)),
        *np.log1p(counts).tolist(),
        _repeats(customer),
        _repeats(agent),
    ]


def texts(blocks: Sequence[Block]) -> tuple[str, str]:
    """Return the texts of a prefix in the order of ``FIELDS``."""
    customer, agent = _sides(blocks)
    return _text(customer[-1:]), _text(agent)


def _sides(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    customer = [one for one in blocks if one.speaker == CUSTOMER]
    return customer, [one for one in blocks if one.speaker == AGENT]


def _text(blocks: Sequence[Block]) -> str:
    return "\n".join(one.text for one in blocks)


def _repeats(blocks: Sequence[Block]) -> float:
    """Return the largest share of the last block's pairs of characters that one earlier block of its side has too."""
    if len(blocks) < 2:
        return 0.0
    *earlier, last = (set(pairwise(one.text)) for one in blocks)
    return max(len(last & one) / len(last) for one in earlier) if last else 0.0
