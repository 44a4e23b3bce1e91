"""What has to hold between the entries of a playbook: every label served once, every reference there."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, get_args

import msgspec

from temperament.labels import STATES, TEMPERAMENTS
from temperament.playbook.expressions import expand
from temperament.playbook.loading import broken
from temperament.playbook.shapes import Channel, GroupLabel, Move, Phrase, Priority, Shape, Stage

Shelves = Mapping[str, Mapping[str, Any]]
_SLOT = re.compile(r"\{(\w+)\}")
_SERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "temperaments": ("label", TEMPERAMENTS),
    "states": ("label", STATES),
    "groups": ("group", get_args(GroupLabel)),
    "channels": ("channel", get_args(Channel)),
    "moves": ("move", get_args(Move)),
    "procedure": ("stage", get_args(Stage)),
}
"""Kinds that need exactly one entry for each of these labels."""
_EXPRESSIONS = ("cues", "patterns", "but", "kept", "confirmed", "denied", "when", "given")
"""Fields that hold regular expressions."""


def check_all(shelves: Shelves, folder: Path) -> None:
    """Raise ``PlaybookError`` for the first fault found between entries."""
    for kind, (field, labels) in _SERVED.items():
        _check_served(shelves[kind], field, labels, folder / f"{kind}.yaml")
    _check_matrix(shelves["grading"], folder / "grading.yaml")
    _check_ids(shelves, folder)
    _check_references(shelves, folder)
    _check_complete(shelves["checks"], folder / "checks.yaml")
    _check_slots(shelves, folder)
    _check_expressions(shelves, folder)


def without(shelf: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    """Return the entries without references to disabled ones; checks of a disabled wording rule go with it."""

    def cleaned(entry: Any) -> Any:
        kept: dict[str, Any] = {
            name: tuple(one for one in getattr(entry, name) if one not in gone)
            for name in ("avoid", "forms", "signals", "measures")
            if gone.intersection(getattr(entry, name, ()))
        }
        if getattr(entry, "practise", None) in gone:
            kept["practise"] = None
        if hasattr(entry, "dimensions"):
            kept["dimensions"] = tuple(cleaned(one) for one in entry.dimensions)
        return msgspec.structs.replace(entry, **kept) if kept else entry

    return {
        identifier: cleaned(entry) for identifier, entry in shelf.items() if getattr(entry, "wording", None) not in gone
    }


def parts(entry: object) -> Iterator[Shape]:
    """Yield every piece inside an entry, and the entry itself."""
    if isinstance(entry, Shape):
        yield entry
        for name in entry.__struct_fields__:
            yield from parts(getattr(entry, name))
    elif isinstance(entry, tuple):
        for one in entry:
            yield from parts(one)


def _check_served(shelf: Mapping[str, Any], field: str, labels: tuple[str, ...], path: Path) -> None:
    first: dict[str, str] = {}
    for entry in shelf.values():
        label = getattr(entry, field)
        if label in first:
            raise broken(
                path,
                1,
                f"{first[label]} 和 {entry.id} 都是 {label} 的策略，只能有一个",
                f"{first[label]} and {entry.id} are both strategies for {label}; there can be one only",
            )
        first[label] = entry.id
    missing = ", ".join(label for label in labels if label not in first)
    if missing:
        raise broken(path, 1, f"缺少这些标签的策略：{missing}", f"has no strategy for: {missing}")


def _check_matrix(grades: Mapping[str, Any], path: Path) -> None:
    cells = [(one.impact, one.urgency) for one in grades.values()]
    levels = get_args(Priority)
    for cell in product(levels, levels):
        if cells.count(cell) != 1:
            name, times = " × ".join(cell), cells.count(cell)
            raise broken(
                path,
                1,
                f"影响 × 紧急 {name} 出现了 {times} 次，要正好一次",
                f"impact × urgency {name} stands {times} times; it has to be there once",
            )


def _check_ids(shelves: Shelves, folder: Path) -> None:
    seen: set[str] = set()
    for identifier in (identifier for shelf in shelves.values() for identifier in shelf):
        if identifier in seen:
            raise broken(folder, 1, f"编号 {identifier} 在两个文件里都有", f"the id {identifier} stands in two files")
        seen.add(identifier)


def _check_references(shelves: Shelves, folder: Path) -> None:
    """Every entry that another one names exists."""
    named = [
        *(
            (one.id, "avoid", name, "wording")
            for kind in ("temperaments", "states", "groups")
            for one in shelves[kind].values()
            for name in one.avoid
        ),
        *((one.id, "to", one.to, "authority") for one in shelves["signals"].values()),
        *((one.id, "signals", name, "signals") for one in shelves["replies"].values() for name in one.signals),
        *((one.id, "forms", name, "forms") for one in shelves["procedure"].values() for name in one.forms),
        *(
            (one.id, "measures", name, "measures")
            for one in shelves["rubrics"].values()
            for dimension in one.dimensions
            for name in dimension.measures
        ),
        *((one.id, "practise", one.practise, "guidelines") for one in shelves["measures"].values() if one.practise),
        *((one.id, "wording", one.wording, "wording") for one in shelves["checks"].values() if one.wording),
        *(
            (one.id, "eased", f"part.{name}", "parts")
            for one in shelves["checks"].values()
            for name in (one.eased.by if one.eased else ())
        ),
    ]
    for holder, field, name, kind in named:
        if name not in shelves[kind]:
            raise broken(
                folder / f"{kind}.yaml",
                1,
                f"{holder} 的 {field} 里提到的 {name} 不存在",
                f"{name}, named under {field} of {holder}, does not exist",
            )


def _check_complete(checks: Mapping[str, Any], path: Path) -> None:
    """A check that paraphrases no wording rule says itself why, what is better, and how grave it is."""
    for check in checks.values():
        if not check.wording and not (check.message and check.better and check.level):
            raise broken(
                path,
                1,
                f"{check.id} 没有 wording，就要有 message、better 和 level",
                f"{check.id} names no wording rule, so it needs message, better and level",
            )


def _check_slots(shelves: Shelves, folder: Path) -> None:
    """Every {slot} of a sentence is one of slots.yaml, in both languages."""
    known = {one.slot for one in shelves["slots"].values()}
    for kind, shelf in shelves.items():
        for entry in shelf.values():
            for phrase in (one for one in parts(entry) if isinstance(one, Phrase)):
                for slot in _SLOT.findall(phrase.zh + phrase.en):
                    if slot not in known:
                        allowed = ", ".join(sorted(known))
                        raise broken(
                            folder / f"{kind}.yaml",
                            1,
                            f"{entry.id} 里的 {{{slot}}} 不认识；可用：{allowed}",
                            f"{{{slot}}} in {entry.id} is unknown; allowed: {allowed}",
                        )


def _check_expressions(shelves: Shelves, folder: Path) -> None:
    """Every regular expression compiles; those of checks and parts of a reply have their short hand written out."""
    found = [
        (kind, entry.id, expression)
        for kind in (
            "signals",
            "causes",
            "topics",
            "moves",
            "pledges",
            "forms",
            "checks",
            "parts",
            "masks",
            "measures",
            "matters",
        )
        for entry in shelves[kind].values()
        for piece in parts(entry)
        for field in _EXPRESSIONS
        for expression in getattr(piece, field, ())
    ]
    for kind, identifier, expression in found:
        try:
            re.compile(expand(expression) if kind in {"checks", "parts"} else expression)
        except re.error as error:
            raise broken(
                folder / f"{kind}.yaml",
                1,
                f"{identifier} 里的正则 {expression} 写错了（{error}）",
                f"the expression {expression} of {identifier} is wrong ({error})",
            ) from error
