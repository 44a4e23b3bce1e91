"""What the reply checker finds, and which findings are kept."""

import re
from dataclasses import dataclass
from typing import get_args

from temperament.playbook.shapes import CheckKind, Level

LEVELS: tuple[Level, ...] = get_args(Level)
"""From the worst to the mildest."""
KINDS: tuple[CheckKind, ...] = get_args(CheckKind)
MISSING = "missing"
"""The kind of a finding about a part that the reply lacks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change in a reply.

    ``rule`` is the id of a wording rule, a check or a part of the playbook; ``level`` error, warning or suggestion.
    ``start`` and ``end`` count code points of the original reply; a part that is missing stands at its end, with no
    ``text``. ``suggestions`` are offered, never applied; ``source`` is the manual's line, or ``ours``. ``kind`` says
    what is wrong: one of ``KINDS`` or ``missing``.
    """

    rule: str
    level: Level
    start: int
    end: int
    text: str
    message: str
    suggestions: tuple[str, ...]
    source: str
    kind: str


def at_least(level: Level, threshold: Level) -> bool:
    """Tell whether a level is as grave as another, or graver."""
    return LEVELS.index(level) <= LEVELS.index(threshold)


def without_allowed(found: list[Finding], reply: str, allow: tuple[str, ...]) -> list[Finding]:
    """Leave out findings inside a phrase that may be said."""
    spans = [match.span() for phrase in allow if phrase for match in re.finditer(re.escape(phrase), reply)]
    return [one for one in found if not any(first <= one.start and one.end <= last for first, last in spans)]


def without_doubles(found: list[Finding]) -> list[Finding]:
    """Leave out a finding inside one that is no milder; of two equally grave ones the manual's sentence stays."""
    ranked = sorted(found, key=lambda one: (LEVELS.index(one.level), one.kind != "forbidden", one.start - one.end))
    kept: list[Finding] = []
    for one in ranked:
        if not any(_covers(other, one) or (other.level == one.level and _covers(one, other)) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _covers(outer: Finding, inner: Finding) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
