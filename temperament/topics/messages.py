"""Files → what customers wrote, who and when: tables of messages, or whole conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from temperament.datasets import SUFFIXES, Row, as_text, find_column, present_columns, rows_in, text_column
from temperament.errors import InputError
from temperament.moments import NO_DAY, moment
from temperament.turns import SPEAKER_KEYS, TIME_KEYS
from temperament.turns.reading import read_transcripts, suffix_of, turns_key, unpacked

CUSTOMER_KEYS = (
    "customer", "customer_id", "user", "user_id", "member_id", "phone", "客户", "客户编号", "客户id", "用户", "用户id",
    "用户编号", "会员号", "手机号", "电话",
)  # fmt: skip
ID_KEYS = ("id", "编号", "message_id", "case", "case_id", "工单号", "conversation_id")


@dataclass(frozen=True, slots=True)
class Message:
    """One customer's words. ``id`` and ``customer`` are as in the file (else the row's number); ``time`` may be unknown."""

    text: str
    id: str
    customer: str
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns that are given; ``None`` for those to be guessed."""

    text: str | None = None
    time: str | None = None
    customer: str | None = None


def read_messages(path: Path, columns: Columns | None = None) -> list[Message]:
    """Read a file: a conversation is one message, what its customer says; a row of a table is one, too.

    Any kind of file that transcripts or tables of messages come in, packed with gzip or not. No row is lost. Raises
    ``InputError`` for what cannot be read or has no text, ``UsageError`` for a column that is not there.
    """
    suffix = suffix_of(path)
    if suffix not in {*SUFFIXES, ""}:
        raise InputError(
            f"不认识 {path.name} 这种文件。可以读：{'、'.join(SUFFIXES)}，也可以是 .gz。",
            f"{path.name} is not a kind of file that can be read. Use one of: {', '.join(SUFFIXES)}, also with .gz.",
        )
    rows = rows_in(unpacked(path), suffix, path)
    heads = present_columns(rows)
    if rows and (all(map(turns_key, rows)) or find_column(heads, SPEAKER_KEYS)):
        return _conversations(path)
    return _messages(rows, heads, columns or Columns(), path) if rows else []


def _conversations(path: Path) -> list[Message]:
    found = []
    for one in read_transcripts(path):
        said = [turn for turn in one.turns if turn.speaker == "customer"]
        times = (_point(turn.time) for turn in (*said, *one.turns))
        at = next((time for time in times if time is not None), None)
        found.append(Message("\n".join(turn.text for turn in said), one.id, one.id, at))
    return found


def _messages(rows: Sequence[Row], heads: Sequence[str], asked: Columns, path: Path) -> list[Message]:
    text = text_column(heads, path, asked.text)
    time = _column(asked.time, heads, TIME_KEYS, path)
    customer = _column(asked.customer, [one for one in heads if one != text], CUSTOMER_KEYS, path)
    name = find_column([one for one in heads if one not in {text, time}], ID_KEYS)
    return [
        Message(
            as_text(row.get(text)),
            as_text(row.get(name)) or str(number) if name else str(number),
            as_text(row.get(customer)) or str(number) if customer else str(number),
            _point(as_text(row.get(time))) if time else None,
        )
        for number, row in enumerate(rows, 1)
    ]


def _column(asked: str | None, heads: Sequence[str], usual: Sequence[str], path: Path) -> str | None:
    """Return the column that was asked for, or the first with a usual name; raises ``InputError`` for one that is not there."""
    if asked is None or asked in heads:
        return asked or find_column(heads, usual)
    raise InputError(
        f"{path} 里没有“{asked}”这一列；现有的列：{'、'.join(heads)}。",
        f"{path} has no column {asked!r}; it has: {', '.join(heads)}.",
    )


def _point(text: str) -> datetime | None:
    """Return a point in time with its day; a time of day alone says nothing here."""
    found = moment(text) if text else None
    return found if found is not None and found.year > NO_DAY.year else None
