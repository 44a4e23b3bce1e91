"""Conversations: turns of a customer and an agent, from values and files; see ``reading`` for the kinds of files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from temperament.errors import InputError
from temperament.turns.speakers import Speaker, own_name, speaker_named

__all__ = ["SPEAKER_KEYS", "TEXT_KEYS", "TIME_KEYS", "Speaker", "Transcript", "Turn", "as_turn", "as_turns", "moves_in"]

SPEAKER_KEYS = ("speaker", "role", "sender", "from", "author", "说话人", "角色", "发送人", "发送者", "发言人")
TEXT_KEYS = ("text", "content", "utterances", "utterance", "message", "msg", "body", "内容", "消息", "文本")
TIME_KEYS = ("time", "timestamp", "created_at", "datetime", "date", "时间", "发送时间")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. ``done`` names moves (listen, ask …) that the agent is known to have made in it, beside the words.

    ``time`` is as it was written; ``name`` is the speaker's where it says more than the side.
    """

    speaker: Speaker
    text: str
    time: str = ""
    done: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as it was read: its id, its turns, the agent's name where one is known.

    ``notes`` say, as (zh, en), what had to be guessed or could not be used.
    """

    id: str
    turns: tuple[Turn, ...]
    agent: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def as_turns(history: Iterable[Turn | Mapping[str, Any]], *, strict: bool = True) -> tuple[Turn, ...]:
    """Return turns for turns or mappings with ``speaker`` and ``text``; raises ``InputError`` naming the item.

    A speaker who is not known is refused, or, without ``strict``, kept as ``other``.
    """
    turns = []
    for number, one in enumerate(history, 1):
        turn = one if isinstance(one, Turn) else as_turn(one, number)
        if strict and turn.speaker == "other" and not isinstance(one, Turn):
            raise unknown_speaker(f"第 {number} 条", f"item {number}")
        turns.append(turn)
    return tuple(turns)


def as_turn(row: Mapping[str, Any], number: int) -> Turn:
    """Return the turn of a mapping; a speaker who is not known gives ``other``. Raises ``InputError``."""
    if not isinstance(row, Mapping):
        raise InputError(
            f"第 {number} 条不是一句对话，而是 {type(row).__name__}。要有 speaker 和 text。",
            f"Item {number} is {type(row).__name__}, not a turn. It needs speaker and text.",
        )
    values = {str(key).strip().lower(): value for key, value in row.items()}
    done = values.get("done") or ()
    moves = moves_in(done) if isinstance(done, str) else tuple(str(one) for one in done)
    asked = _first(values, SPEAKER_KEYS).strip()
    side = speaker_named(asked) or "other"
    return Turn(
        speaker="agent" if moves and not asked else side,
        text=_first(values, TEXT_KEYS),
        time=_first(values, TIME_KEYS),
        done=moves,
        name=asked if side == "other" else own_name(asked),
    )


def moves_in(text: str) -> tuple[str, ...]:
    """Return the names of moves in a list such as ``listen，ask``."""
    return tuple(one for one in re.split(r"[\s,，、;；]+", text.strip()) if one)


def unknown_speaker(zh: str, en: str) -> InputError:
    """Return the error for a turn of nobody; ``zh`` and ``en`` say where it stands."""
    return InputError(
        f"{zh}看不出是谁说的。每句开头写“客户：”或“客服：”，或给 JSON 的 speaker 字段（customer、agent）。",
        f'{en} does not say who speaks. Begin every turn with "客户：" or "客服：", or give speaker (customer, agent).',
    )


def _first(values: Mapping[str, Any], keys: Iterable[str]) -> str:
    """Return the first value that is there, as text; several utterances of one turn become lines."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, list | tuple):
            return "\n".join(str(one) for one in value if one is not None)
        if value is not None and value == value and value != "":  # NaN, an empty cell, differs from itself
            return str(value)
    return ""
