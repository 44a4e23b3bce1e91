"""The short hand of the reply checks' regular expressions, and which characters a match cannot do without."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

_NAMES = {
    "<我>": "(?:我们?|咱们?|我(?:司|方|行|店|家|公司|部门)|本(?:店|司|公司|行|酒店|人|部门)|公司|酒店|平台|客服|这边|银行)"
    "(?:这边|这里|这儿)?",
    "<你>": "(?:[你您](?:们|自己|本人|个人|这边|那边)?|客户|阁下)",
    "~": r"[^,。!?;:\n]{0,8}",
    "…": r"[^。!?;\n]{0,16}",
    "你": "[你您]",
}
_EVERYWHERE = frozenset("你您我的是不了有这就在到要说会能可好,。!?")
_SHORT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|" + "|".join(_NAMES))


@cache
def expand(expression: str) -> str:
    """Write out the short hand outside [...]: ``<我>``, ``<你>``, ``~``, ``…`` and 你 (for 你 and 您)."""
    return _SHORT.sub(lambda match: _NAMES.get(match.group(), match.group()), expression)


def needed(expression: str) -> frozenset[str] | None:
    """Return characters or pairs one of which every match contains; ``None`` where nothing is known."""
    # The standard library's own parser: writing another for its dialect would be the worse evil.
    return _best(import_module("re._parser").parse(expression))


def _best(items: Iterable[Any]) -> frozenset[str] | None:
    """Pick, from what a sequence must contain one after another, the most telling."""
    found: list[frozenset[str]] = []
    last = ""
    for kind, value in items:
        name = str(kind)
        if name == "LITERAL":
            found.append(frozenset({last + chr(value)}))
            last = chr(value)
            continue
        if name not in {"ASSERT", "ASSERT_NOT", "AT"}:
            last = ""
        inner = _inside(name, value)
        if inner is not None:
            found.append(inner)
    return min(found, key=_cost, default=None)


def _inside(name: str, value: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _best(value[3])
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _best(value[2]) if value[0] else None
    if name == "BRANCH":
        return _union(_best(branch) for branch in value[1])
    if name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        return frozenset(chr(code) for _, code in value)
    return None


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    whole: set[str] = set()
    for one in sets:
        if one is None:
            return None
        whole |= one
    return frozenset(whole)


def _cost(strings: frozenset[str]) -> float:
    """Guess how often a text holds one of these: pairs are rare, single characters are not, some stand everywhere."""
    return sum(0.02 if len(one) > 1 else 1.0 if one in _EVERYWHERE else 0.1 for one in strings)
