"""The knowledge as data: strategies, wording rules, causes and tags, one YAML file and one shape a kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from temperament.errors import UsageError
from temperament.labels import STATES, TEMPERAMENTS
from temperament.playbook.expressions import expand
from temperament.playbook.loading import broken, read
from temperament.playbook.shapes import (
    Cause,
    Check,
    Part,
    Signal,
    Spelling,
    StateStrategy,
    Strategy,
    Tag,
    TemperamentStrategy,
    Text,
    WordingRule,
)

__all__ = ["MANUALS", "SHIPPED", "Playbook", "load", "shipped"]

Entry = Strategy | WordingRule | Cause | Tag | Signal | Check | Part | Spelling
Labelled = TypeVar("Labelled", TemperamentStrategy, StateStrategy)
SHIPPED = Path(__file__).resolve().parent
MANUALS: dict[str, Text] = {
    "000": Text(
        zh="《四种气质与情绪异常客户的投诉应对》讲义", en="Lecture notes on four temperaments and upset customers"
    ),
    "001": Text(
        zh="赵孟季《投诉处理中的客户信任》，2009", en="Zhao Mengji on customer trust in complaint handling, 2009"
    ),
    "002": Text(zh="王欣《客户服务中的群体分类及服务要点》，2017", en="Wang Xin on customer groups in service, 2017"),
    "003": Text(zh="《客户投诉处理流程与技巧》合集", en="Collected texts on complaint procedure and skills"),
}
"""The source manuals by the number that stands in every ``source`` field."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """All entries by kind; strategies by label, the other kinds by id."""

    temperaments: dict[str, TemperamentStrategy]
    states: dict[str, StateStrategy]
    wording: dict[str, WordingRule]
    causes: dict[str, Cause]
    tags: dict[str, Tag]
    signals: dict[str, Signal]
    checks: dict[str, Check]
    parts: dict[str, Part]
    spellings: dict[str, Spelling]

    def shelves(self) -> dict[str, dict[str, Entry]]:
        """Return the entries of every kind under the kind's name."""
        return {
            "temperaments": dict(self.temperaments),
            "states": dict(self.states),
            "wording": dict(self.wording),
            "causes": dict(self.causes),
            "tags": dict(self.tags),
            "signals": dict(self.signals),
            "checks": dict(self.checks),
            "parts": dict(self.parts),
            "spellings": dict(self.spellings),
        }

    def entries(self) -> Iterator[Entry]:
        """Iterate over all entries, kind by kind."""
        for shelf in self.shelves().values():
            yield from shelf.values()

    def find(self, identifier: str) -> Entry:
        """Return the entry with this id, or the strategy of this label; raises ``UsageError``."""
        for entry in self.entries():
            if identifier in {entry.id, getattr(entry, "label", None)}:
                return entry
        raise UsageError(
            f"话术库里没有“{identifier}”。用 temperament playbook list 看全部编号。",
            f"The playbook has no entry {identifier!r}. See all ids with: temperament playbook list.",
        )


@cache
def shipped() -> Playbook:
    """Return the playbook that comes with the package; read once."""
    return load(SHIPPED)


def load(folder: Path) -> Playbook:
    """Read and check a playbook folder; raises ``PlaybookError`` naming file, line and field."""
    manners, feelings = folder / "temperaments.yaml", folder / "states.yaml"
    playbook = Playbook(
        temperaments=_by_label(read(manners, TemperamentStrategy), manners),
        states=_by_label(read(feelings, StateStrategy), feelings),
        wording=read(folder / "wording.yaml", WordingRule),
        causes=read(folder / "causes.yaml", Cause),
        tags=read(folder / "tags.yaml", Tag),
        signals=read(folder / "signals.yaml", Signal),
        checks=read(folder / "checks.yaml", Check),
        parts=read(folder / "parts.yaml", Part),
        spellings=read(folder / "spellings.yaml", Spelling),
    )
    _check_labels(playbook, folder)
    _check_references(playbook, folder)
    _check_expressions(playbook, folder)
    return playbook


def _by_label(entries: dict[str, Labelled], path: Path) -> dict[str, Labelled]:
    by_label: dict[str, Labelled] = {}
    for entry in entries.values():
        if entry.label in by_label:
            first = by_label[entry.label].id
            raise broken(
                path,
                1,
                f"{first} 和 {entry.id} 都是 {entry.label} 的策略，只能有一个",
                f"{first} and {entry.id} are both strategies for {entry.label}; there can be one only",
            )
        by_label[entry.label] = entry
    return by_label


def _check_labels(playbook: Playbook, folder: Path) -> None:
    """Every label has exactly one strategy, and no id stands in two files."""
    for name, found, labels in (
        ("temperaments.yaml", playbook.temperaments, TEMPERAMENTS),
        ("states.yaml", playbook.states, STATES),
    ):
        missing = ", ".join(label for label in labels if label not in found)
        if missing:
            raise broken(folder / name, 1, f"缺少这些标签的策略：{missing}", f"has no strategy for: {missing}")
    seen: set[str] = set()
    for entry in playbook.entries():
        if entry.id in seen:
            raise broken(folder, 1, f"编号 {entry.id} 在两个文件里都有", f"the id {entry.id} stands in two files")
        seen.add(entry.id)


def _check_references(playbook: Playbook, folder: Path) -> None:
    """Every wording rule that a strategy or a check names exists, and so does every part that eases a check."""
    for strategy in (*playbook.temperaments.values(), *playbook.states.values()):
        for identifier in strategy.avoid:
            _exists(identifier, playbook.wording, folder / "wording.yaml", f"{strategy.id}", "avoid")
    for check in playbook.checks.values():
        if check.wording is not None:
            _exists(check.wording, playbook.wording, folder / "wording.yaml", check.id, "wording")
        elif not (check.message and check.better and check.level and check.source):
            raise broken(
                folder / "checks.yaml",
                1,
                f"{check.id} 没有 wording，就要有 message、better、level 和 source",
                f"{check.id} names no wording rule, so it needs message, better, level and source",
            )
        for name in check.eased.by if check.eased else ():
            _exists(f"part.{name}", playbook.parts, folder / "parts.yaml", check.id, "eased")


def _exists(identifier: str, shelf: dict[str, Any], path: Path, user: str, field: str) -> None:
    if identifier not in shelf:
        raise broken(
            path,
            1,
            f"{user} 的 {field} 里提到的 {identifier} 不存在",
            f"{identifier}, named under {field} of {user}, does not exist",
        )


def _check_expressions(playbook: Playbook, folder: Path) -> None:
    """Every regular expression of a signal, a check or a part compiles."""
    entries = [("signals", one.id, (*one.cues, *one.but)) for one in playbook.signals.values()]
    entries += [("checks", one.id, (*one.patterns, *one.but)) for one in playbook.checks.values()]
    entries += [("parts", one.id, one.cues) for one in playbook.parts.values()]
    for name, identifier, expressions in entries:
        for expression in expressions:
            try:
                re.compile(expression if name == "signals" else expand(expression))
            except re.error as error:
                raise broken(
                    folder / f"{name}.yaml",
                    1,
                    f"{identifier} 里的正则 {expression} 写错了（{error}）",
                    f"the expression {expression} of {identifier} is wrong ({error})",
                ) from error
