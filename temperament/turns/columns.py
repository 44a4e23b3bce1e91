"""Tables of turns: one row a turn, with columns of speaker and text, and of time, conversation and agent where there are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from temperament.datasets import Row
from temperament.errors import InputError
from temperament.turns import SPEAKER_KEYS, TEXT_KEYS, TIME_KEYS, Transcript, Turn, as_turn
from temperament.turns.speakers import speaker_named

_SPEAKER = (
    *SPEAKER_KEYS,
    "who",
    "speaker_type",
    "sender_type",
    "发送方",
    "发话人",
    "发言者",
    "讲话人",
    "身份",
    "说话者",
)
_TEXT = (*TEXT_KEYS, "聊天内容", "消息内容", "发送内容", "对话内容", "聊天记录", "正文", "原文", "话", "text_content")
_TIME = (*TIME_KEYS, "消息时间", "聊天时间", "对话时间", "日期时间", "日期", "sent_at", "send_time")
_CONVERSATION = (
    "conversation_id", "conversation", "session_id", "session", "dialogue_id", "dialog_id", "dialogue", "chat_id",
    "thread_id", "ticket", "ticket_id", "case_id", "case", "会话id", "会话编号", "会话", "对话id", "对话编号", "对话", "工单号", "工单",
    "单号", "案件编号", "受理编号",
)  # fmt: skip
_AGENT = ("agent_name", "agent_id", "坐席姓名", "客服姓名", "坐席", "客服", "工号", "坐席工号")
_IDENTITY = re.compile(r"(?:id|号|编号|标识)\s*$", re.IGNORECASE)
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns that are given; ``None`` for those to be guessed."""

    speaker: str | None = None
    text: str | None = None
    time: str | None = None
    conversation: str | None = None


def by_columns(rows: Sequence[Row], columns: Columns, name: str, path: Path) -> list[Transcript]:
    """Return the conversations of a table in the order of their first turns; without a column for them it is one.

    Raises ``InputError`` with the columns there are where speaker or text cannot be found.
    """
    heads = list(dict.fromkeys(str(key) for row in rows for key in row if key is not None))
    text = _named(columns.text, heads, path) or _guessed(heads, _TEXT)
    speaker = _named(columns.speaker, heads, path) or _guessed(heads, _SPEAKER) or _by_values(rows, heads, text)
    if speaker is None or text is None:
        raise _missing(speaker, heads, path)
    time = _named(columns.time, heads, path) or _guessed([one for one in heads if one not in {speaker, text}], _TIME)
    group = _named(columns.conversation, heads, path) or _guessed(
        [one for one in heads if one not in {speaker, text, time} and _is_identity(one)], _CONVERSATION
    )
    agent = _guessed([head for head in heads if head not in {speaker, text, time, group}], _AGENT)
    kept: dict[str, list[Turn]] = {}
    agents: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        key = _cell(row, group) or name
        kept.setdefault(key, []).append(_turn(row, (speaker, text, time), number))
        agents[key] = agents.get(key) or _cell(row, agent)
    return [Transcript(key, tuple(turns), agents[key]) for key, turns in kept.items()]


def _turn(row: Row, heads: tuple[str, str, str | None], number: int) -> Turn:
    speaker, text, time = heads
    cells = {"speaker": _cell(row, speaker), "text": row.get(text), "time": _cell(row, time), "done": row.get("done")}
    return as_turn(cells, number)


def _cell(row: Row, head: str | None) -> str:
    value = row.get(head) if head else None
    return "" if value is None or value != value else str(value).strip()


def _named(asked: str | None, heads: Sequence[str], path: Path) -> str | None:
    """Return the column that was asked for; raises ``InputError`` where it is not there."""
    if asked is None or asked in heads:
        return asked
    raise InputError(
        f"{path} 里没有“{asked}”这一列；现有的列：{'、'.join(heads)}。",
        f"{path} has no column {asked!r}; it has: {', '.join(heads)}.",
    )


def _guessed(heads: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first column with a usual name; a Chinese name may stand inside a longer one."""
    cleaned = {head.strip().lower().replace(" ", "_"): head for head in heads}
    for name in names:
        if name in cleaned:
            return cleaned[name]
    return next((cleaned[one] for name in names if not name.isascii() for one in cleaned if name in one), None)


def _is_identity(head: str) -> bool:
    """Tell a column that names the conversation (会话编号) from one about it (对话时间, 对话内容)."""
    return head.strip().lower().replace(" ", "_") in _CONVERSATION or bool(_IDENTITY.search(head))


def _by_values(rows: Sequence[Row], heads: Sequence[str], text: str | None) -> str | None:
    """Return the column most of whose values name a side."""
    shares = {
        head: sum(speaker_named(_cell(row, head)) is not None for row in rows[:200]) / len(rows[:200])
        for head in heads
        if head != text and len({_cell(row, head) for row in rows[:200]}) > 1
    }
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= _ENOUGH else None


def _missing(speaker: str | None, heads: Sequence[str], path: Path) -> InputError:
    zh, en = ("说话人", "who speaks") if speaker is None else ("内容", "what is said")
    option = "--speaker-column" if speaker is None else "--text-column"
    listed = "、".join(heads) or "（无）"
    return InputError(
        f"{path} 里找不到写{zh}的列；现有的列：{listed}。请用 {option} 指明。",
        f"{path} has no column that says {en}; it has: {', '.join(heads) or '(none)'}. Name it with {option}.",
    )
