"""Conversations: turns of a customer and an agent, from plain values, JSON lines, tables or plain text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from temperament.datasets import read_rows
from temperament.errors import InputError

Speaker = Literal["customer", "agent"]
_NAMES: dict[Speaker, tuple[str, ...]] = {
    "customer": ("customer", "客户", "顾客", "用户", "user", "客人", "业主", "买家", "c", "buyer"),
    "agent": (
        "agent", "客服", "坐席", "座席", "helpdesk", "seller", "system", "assistant", "卖家", "商家", "接待", "a",
    ),
}  # fmt: skip
_SPEAKERS: dict[str, Speaker] = {name: speaker for speaker, names in _NAMES.items() for name in names}
_PREFIX = re.compile(r"^\s*([^\s：:]{1,10})\s*[：:]\s*(.*)$")
_DONE_NAMES = ("done", "已做")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. ``done`` names moves (listen, ask …) that the agent is known to have made in it, beside the words."""

    speaker: Speaker
    text: str
    time: str = ""
    done: tuple[str, ...] = ()


def as_turns(history: Iterable[Turn | Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Return turns for turns or mappings with ``speaker`` and ``text``; raises ``InputError`` naming the item."""
    return tuple(
        one if isinstance(one, Turn) else _from_mapping(one, f"第 {number} 条", f"item {number}")
        for number, one in enumerate(history, 1)
    )


def read_turns(path: Path) -> tuple[Turn, ...]:
    """Read a conversation: JSON lines, JSON, a table, or plain text with ``客户：…`` and ``客服：…``.

    A line of plain text without a speaker goes on with the turn before it; ``已做：listen`` (or ``done:``) names moves
    done. Raises ``InputError`` for a file that cannot be read or a turn whose speaker is unknown.
    """
    if path.suffix.lower() in {".txt", ""}:
        return from_lines([str(row["text"]) for row in read_rows(path)], str(path))
    return tuple(
        _from_mapping(row, f"{path} 第 {number} 条", f"{path} item {number}")
        for number, row in enumerate(read_rows(path), 1)
    )


def from_lines(lines: Iterable[str], name: str) -> tuple[Turn, ...]:
    """Return the turns of plain text; ``name`` says in errors where it came from."""
    turns: list[Turn] = []
    for number, line in enumerate(lines, 1):
        match = _PREFIX.match(line)
        who = match.group(1).lower() if match else ""
        if match and who in _DONE_NAMES:
            turns.append(Turn("agent", "", done=_moves(match.group(2))))
        elif match and who in _SPEAKERS:
            turns.append(Turn(_SPEAKERS[who], match.group(2)))
        elif turns:
            last = turns.pop()
            turns.append(Turn(last.speaker, f"{last.text}\n{line}", last.time, last.done))
        else:
            raise _unknown(f"{name} 第 {number} 行", f"{name} line {number}")
    return tuple(turns)


def _from_mapping(row: Mapping[str, Any], zh: str, en: str) -> Turn:
    values = {str(key).strip().lower(): value for key, value in row.items()}
    done = values.get("done") or ()
    moves = _moves(done) if isinstance(done, str) else tuple(str(one) for one in done)
    asked = str(values.get("speaker") or values.get("role") or values.get("说话人") or "").strip().lower()
    if asked not in _SPEAKERS and not (moves and not asked):
        raise _unknown(zh, en)
    text = str(values.get("text") or values.get("内容") or "")
    return Turn(_SPEAKERS.get(asked, "agent"), text, str(values.get("time") or ""), moves)


def _moves(text: str) -> tuple[str, ...]:
    return tuple(one for one in re.split(r"[\s,，、;；]+", text.strip()) if one)


def _unknown(zh: str, en: str) -> InputError:
    return InputError(
        f"{zh}看不出是谁说的。每句开头写“客户：”或“客服：”，或给 JSON 的 speaker 字段（customer、agent）。",
        f'{en} does not say who speaks. Begin every turn with "客户：" or "客服：", or give speaker (customer, agent).',
    )
