"""Personal data out of texts before they are stored: what is masked is data, in the playbook's ``masks.yaml``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from temperament.playbook import Playbook
from temperament.playbook.shapes import Mask

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width signs to half-width ones: one for one, so that places stay."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A piece of the original text that was replaced: where it stood, by what, and the mask's id."""

    start: int
    end: int
    token: str
    mask: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what was hidden in it."""

    text: str
    hidden: tuple[Hidden, ...]

    def place(self, offset: int) -> int:
        """Return where an offset of the original text is now; one inside a hidden piece moves to the token's start."""
        moved = 0
        for one in self.hidden:
            if one.end <= offset:
                moved += len(one.token) - (one.end - one.start)
            elif one.start < offset:
                return one.start + moved
        return offset + moved


class Masker:
    """The masks of one playbook, compiled once; safe to share between threads."""

    def __init__(self, book: Playbook) -> None:
        """Compile every mask."""
        self._rules = [(one, re.compile(expression)) for one in book.masks.values() for expression in one.patterns]

    def mask(self, text: str) -> Masked:
        """Return a text with its personal data replaced by tokens such as [电话].

        Masks that come first win: of what a later one finds, that which no earlier one has hidden goes too.
        """
        seen = text.translate(_HALF)
        hidden: list[Hidden] = []
        for rule, expression in self._rules:
            for match in expression.finditer(seen):
                start, end = match.span("hide" if "hide" in expression.groupindex else 0)
                if start < end and _holds(rule, seen[start:end]):
                    hidden += [Hidden(*gap, rule.token, rule.id) for gap in _gaps(seen, start, end, hidden)]
        joined = _joined(hidden)
        return Masked(_without(text, joined), joined)


def _gaps(text: str, start: int, end: int, hidden: Iterable[Hidden]) -> list[tuple[int, int]]:
    """Return the pieces between two places that nothing hides yet, but for those of marks and blanks alone."""
    gaps, at = [], start
    overlapping = [one for one in hidden if one.start < end and start < one.end]
    for one in sorted(overlapping, key=lambda one: one.start):
        gaps.append((at, one.start))
        at = max(at, one.end)
    if not overlapping:
        return [(start, end)]
    return [(left, right) for left, right in [*gaps, (at, end)] if any(map(str.isalnum, text[left:right]))]


def _joined(hidden: Iterable[Hidden]) -> tuple[Hidden, ...]:
    """Return what is hidden in its order; pieces of one mask that touch become one."""
    joined: list[Hidden] = []
    for one in sorted(hidden, key=lambda one: one.start):
        if joined and joined[-1].end == one.start and joined[-1].mask == one.mask:
            one = replace(one, start=joined.pop().start)
        joined.append(one)
    return tuple(joined)


def _without(text: str, hidden: Iterable[Hidden]) -> str:
    pieces, at = [], 0
    for one in hidden:
        pieces += [text[at : one.start], one.token]
        at = one.end
    return "".join([*pieces, text[at:]])


def _holds(rule: Mask, found: str) -> bool:
    """Tell whether what a pattern found passes the mask's check digit."""
    if rule.check == "id-card":
        return id_card(found)
    return luhn(found) if rule.check == "luhn" else True


def id_card(text: str) -> bool:
    """Tell whether 18 characters end in the check digit of a Chinese identity card (GB 11643-1999, ISO 7064 MOD 11-2).

    >>> id_card("11010519491231002X")
    True
    """
    digits = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"\d{17}[\dX]", digits):
        return False
    return (
        _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits[:17], strict=True)) % 11]
        == digits[17]
    )


def luhn(text: str) -> bool:
    """Tell whether the digits of a text end in the check digit of a bank card (ISO/IEC 7812-1, Luhn).

    >>> luhn("4539 1488 0343 6467")
    True
    """
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
