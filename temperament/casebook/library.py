"""Closed cases as a library: which were like this one, and what was done.

Likeness is the cosine of the sets of character pairs of the folded words, with a bonus for every topic in common: enough
to find the same matter among some thousand cases without another index.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from temperament.casebook.results import Record
from temperament.text import fold

_PER_TOPIC = 0.15
_LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Like:
    """A case like the one asked about: how like, what was wrong, what was done, and how the customer liked it."""

    id: str
    likeness: float
    text: str
    topics: tuple[str, ...]
    stage: str
    remedy: str
    result: str
    satisfaction: str


def like(text: str, topics: Iterable[str], records: Iterable[Record], most: int = 5) -> list[Like]:
    """Return the cases most like a text with these topics (ids of the playbook), the likest first."""
    pairs, wanted = _pairs(text), set(topics)
    found = [(_cosine(pairs, _pairs(one.text)) + _PER_TOPIC * len(wanted & set(one.topics)), one) for one in records]
    best = sorted((pair for pair in found if pair[0] >= _LEAST), key=lambda pair: (-pair[0], pair[1].opened))
    return [_like(one, likeness) for likeness, one in best[:most]]


def _like(one: Record, likeness: float) -> Like:
    told = (one.fields.get(name, "") for name in ("remedy", "result", "satisfaction"))
    return Like(one.id, round(likeness, 3), one.text, one.topics, one.stage, *told)


def _pairs(text: str) -> set[str]:
    bare = "".join(filter(str.isalnum, fold(text).text))
    return {bare[place : place + 2] for place in range(len(bare) - 1)}


def _cosine(one: set[str], other: set[str]) -> float:
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0
