"""The knowledge as data: one YAML file and one shape a kind, the shipped ones and a firm's own overlay."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from temperament.errors import PlaybookError, UsageError
from temperament.playbook import checks
from temperament.playbook.loading import KINDS, read, read_over
from temperament.playbook.shapes import (
    Authority,
    Burst,
    Cause,
    ChannelPack,
    Check,
    Drill,
    Entry,
    Form,
    Grade,
    Group,
    Guideline,
    Letter,
    Mask,
    Matter,
    Measure,
    MoveRule,
    Pledge,
    Reply,
    ReplyPart,
    Rubric,
    Script,
    Signal,
    Slot,
    Spelling,
    StageRule,
    StateStrategy,
    Tag,
    Task,
    TemperamentStrategy,
    Text,
    Topic,
    Trade,
    WordingRule,
)

__all__ = ["MANUALS", "SHIPPED", "Entry", "Playbook", "load", "overlay", "shipped"]

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
_KEYS = ("label", "group", "channel", "industry", "stage", "move")
"""Fields by which an entry can be asked for beside its id."""
_KEYED = {"temperaments": "label", "states": "label", "groups": "group", "channels": "channel", "trades": "industry"}
"""Shelves whose entries stand under this field instead of their id."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """All entries by kind; a field a file. Strategies, groups, channels and trades by label, the others by id.

    Nobody changes a playbook, so what follows from it can be kept under it.
    """

    temperaments: dict[str, TemperamentStrategy]
    states: dict[str, StateStrategy]
    groups: dict[str, Group]
    wording: dict[str, WordingRule]
    causes: dict[str, Cause]
    topics: dict[str, Topic]
    bursts: dict[str, Burst]
    tags: dict[str, Tag]
    signals: dict[str, Signal]
    moves: dict[str, MoveRule]
    pledges: dict[str, Pledge]
    channels: dict[str, ChannelPack]
    scripts: dict[str, Script]
    guidelines: dict[str, Guideline]
    procedure: dict[str, StageRule]
    forms: dict[str, Form]
    tasks: dict[str, Task]
    grading: dict[str, Grade]
    authority: dict[str, Authority]
    letters: dict[str, Letter]
    trades: dict[str, Trade]
    replies: dict[str, Reply]
    drills: dict[str, Drill]
    slots: dict[str, Slot]
    checks: dict[str, Check]
    parts: dict[str, ReplyPart]
    spellings: dict[str, Spelling]
    masks: dict[str, Mask]
    measures: dict[str, Measure]
    rubrics: dict[str, Rubric]
    matters: dict[str, Matter]

    def __getattr__(self, kind: str) -> dict[str, Any]:
        """Read a shelf of the shipped playbook when it is first asked for; one message needs a third of them."""
        if kind not in KINDS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {kind!r}")
        shelf = _keyed(kind, read(SHIPPED / f"{kind}.yaml", KINDS[kind]))
        object.__setattr__(self, kind, shelf)
        return shelf

    def __hash__(self) -> int:
        """Hash all playbooks alike: equal ones have to be, and a process knows one or two."""
        return hash(Playbook)

    def shelves(self) -> dict[str, dict[str, Entry]]:
        """Return the entries of every kind under the kind's name."""
        return {one.name: dict(getattr(self, one.name)) for one in fields(self)}

    def entries(self) -> Iterator[Entry]:
        """Iterate over all entries, kind by kind."""
        for shelf in self.shelves().values():
            yield from shelf.values()

    def find(self, identifier: str) -> Entry:
        """Return the entry with this id, or the one of this label (angry, phone, hotel …); raises ``UsageError``."""
        for entry in self.entries():
            if identifier == entry.id:
                return entry
        for entry in self.entries():
            if identifier in {getattr(entry, key, None) for key in _KEYS}:
                return entry
        raise UsageError(
            f"话术库里没有“{identifier}”。用 temperament playbook list 看全部编号。",
            f"The playbook has no entry {identifier!r}. See all ids with: temperament playbook list.",
        )


@cache
def shipped() -> Playbook:
    """Return the playbook that comes with the package; read once, and not checked again: the tests hold it sound."""
    return object.__new__(Playbook)  # its shelves are filled by __getattr__


def load(folder: Path) -> Playbook:
    """Read and check a whole playbook folder; raises ``PlaybookError`` naming file, line and field."""
    return _build({kind: read(folder / f"{kind}.yaml", shape) for kind, shape in KINDS.items()}, folder)


def overlay(folder: Path) -> Playbook:
    """Return the shipped playbook with a folder of own entries laid over it.

    An entry with a new id is added, one with a known id changes the fields it names, ``disabled: true`` takes it out.
    Raises ``PlaybookError`` naming file, line and field, also for a folder without any playbook file.
    """
    base = {kind: {entry.id: entry for entry in shelf.values()} for kind, shelf in shipped().shelves().items()}
    own = {path.stem: path for path in sorted(folder.glob("*.y*ml"))}
    strange = [path.name for kind, path in own.items() if kind not in KINDS or path.suffix != ".yaml"]
    if strange or not own:
        names = ", ".join(f"{kind}.yaml" for kind in KINDS)
        raise PlaybookError(
            f"{folder}：{'不认识 ' + '、'.join(strange) if strange else '里面没有话术文件'}。可用的文件名：{names}。",
            f"{folder}: {'unknown file ' + ', '.join(strange) if strange else 'holds no playbook file'}. "
            f"Files can be: {names}.",
        )
    merged: dict[str, dict[str, Any]] = {
        kind: read_over(own[kind], KINDS[kind], shelf) if kind in own else shelf for kind, shelf in base.items()
    }
    gone = {identifier for kind, shelf in base.items() for identifier in shelf if identifier not in merged[kind]}
    return _build({kind: checks.without(shelf, gone) for kind, shelf in merged.items()}, folder)


def _build(shelves: dict[str, dict[str, Any]], folder: Path) -> Playbook:
    """Check the entries together and put each under its key."""
    checks.check_all(shelves, folder)
    return Playbook(**{kind: _keyed(kind, shelf) for kind, shelf in shelves.items()})


def _keyed(kind: str, shelf: dict[str, Any]) -> dict[str, Any]:
    return {getattr(entry, _KEYED.get(kind, "id")): entry for entry in shelf.values()}
