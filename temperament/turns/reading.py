"""Files → transcripts: JSON lines, JSON, tables, plain text and chat logs, packed with gzip or not, and folders of them."""

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from temperament.datasets import SUFFIXES, Row, read_bytes, rows_in
from temperament.decoding import decode
from temperament.errors import InputError
from temperament.turns import Transcript, Turn, as_turn, unknown_speaker
from temperament.turns.chatlog import from_lines, transcripts_of
from temperament.turns.columns import Columns, by_columns

TURNS_KEYS = ("turns", "messages", "dialogue", "dialog", "conversation", "utterances", "history", "对话", "聊天记录")
_ID = ("id", "conversation_id", "session_id", "dialogue_id", "dialog_id", "编号", "会话编号", "会话id")
_AGENT = ("agent", "agent_name", "客服", "坐席", "客服姓名")
_PLAIN = {".txt", ".log", ".md", ""}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a folder that can be read, and the names of those that were left out."""

    read: tuple[Path, ...]
    left_out: tuple[str, ...]


def files_in(path: Path) -> Files:
    """Return the files of a folder, those of its folders too, in the order of their names; a file is itself.

    Hidden files are passed over; others that are no kind of transcript are named in ``left_out``. Raises
    ``InputError`` for a folder without any.
    """
    if not path.is_dir():
        return Files((path,), ())
    found = [one for one in sorted(path.rglob("*")) if one.is_file() and not one.name.startswith((".", "~$"))]
    good = tuple(one for one in found if suffix_of(one) in {*SUFFIXES, *_PLAIN})
    if not good:
        raise InputError(
            f"文件夹 {path} 里没有对话文件。可以读：{'、'.join(SUFFIXES)}，也可以是 .gz。",
            f"The folder {path} holds no transcripts. Files can be: {', '.join(SUFFIXES)}, also with .gz.",
        )
    return Files(good, tuple(one.name for one in found if one not in good))


def read_transcripts(path: Path, columns: Columns | None = None) -> list[Transcript]:
    """Read every conversation of a file.

    JSON lines hold a conversation a line (``{"id": …, "turns": […]}``) or a turn a line with ``conversation_id``;
    tables have columns of speaker and text, of time and conversation where there are any: ``columns`` names those
    that cannot be guessed. For plain text see ``chatlog``. No turn is lost: one whose speaker is not known is ``other``,
    and a note says so. Raises ``InputError`` for what cannot be read, or where no turn says who speaks.
    """
    suffix, data = suffix_of(path), unpacked(path)
    name = path.name.removesuffix(".gz").removesuffix(suffix) or path.name
    if suffix in _PLAIN:
        found = transcripts_of(decode(data).splitlines(), name)
    else:
        rows = rows_in(data, suffix, path)
        whole = bool(rows) and all(turns_key(row) for row in rows)
        found = [_whole(row, number, name, path) for number, row in enumerate(rows, 1)] if whole else []
        if rows and not whole:
            found = by_columns(rows, columns or Columns(), name, path)
    if any(one.turns for one in found) and all(turn.speaker == "other" for one in found for turn in one.turns):
        raise unknown_speaker(f"{path}", f"{path}")
    return [finished(one) for one in found]


def read_turns(path: Path) -> tuple[Turn, ...]:
    """Read one conversation from any file; those of a file that holds several follow each other."""
    return tuple(turn for one in read_transcripts(path) for turn in one.turns)


def with_own_ids(found: Iterable[tuple[Path, Transcript]]) -> Iterator[Transcript]:
    """Make the ids of transcripts from several files differ: the file's name goes before one that was there already."""
    seen: Counter[str] = Counter()
    for path, one in found:
        name = one.id if not seen[one.id] else f"{path.name.split('.')[0]}/{one.id}"
        name = name if not seen[name] else f"{name}-{seen[name] + 1}"
        seen.update({one.id, name})
        yield replace(one, id=name) if name != one.id else one


def suffix_of(path: Path) -> str:
    """Return a file's kind, whether it is packed or not."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file, those of a gzip file unpacked; raises ``InputError``."""
    data = read_bytes(path)
    if path.suffix.lower() != ".gz":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return packed.read()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path} 不是完好的 gzip 文件（{error}）。请重新压缩，或先解开。",
            f"{path} is no sound gzip file ({error}). Pack it again, or unpack it first.",
        ) from error


def turns_key(row: Row) -> str | None:
    """Return the key under which an object holds its turns, if it does."""
    return next((key for key in row if str(key).strip().lower() in TURNS_KEYS and isinstance(row[key], list)), None)


def _whole(row: Row, number: int, name: str, path: Path) -> Transcript:
    """Return the transcript of one JSON object; raises ``InputError`` naming the line."""
    values = {str(key).strip().lower(): value for key, value in row.items()}
    key = str(turns_key(row)).strip().lower()
    identifier = next((str(values[one]) for one in _ID if values.get(one) not in (None, "")), f"{name}-{number}")
    agent = next((str(values[one]) for one in _AGENT if isinstance(values.get(one), str)), "")
    try:
        turns = tuple(turn for at, one in enumerate(values[key], 1) for turn in _turn(one, at))
    except InputError as error:
        raise InputError(f"{path} 第 {number} 条：{error.zh}", f"{path} item {number}: {error.en}") from error
    return Transcript(identifier, turns, agent)


def _turn(value: Any, number: int) -> tuple[Turn, ...]:
    """Return the turn of a mapping, of a pair [speaker, text], or of a line of text."""
    if isinstance(value, str):
        return from_lines([value], f"turn {number}")
    if isinstance(value, list) and len(value) == len(("speaker", "text")):
        return (as_turn({"speaker": value[0], "text": value[1]}, number),)
    return (as_turn(value, number),)


def finished(one: Transcript) -> Transcript:
    """Return a transcript with the agent's name, where turns give one, and the note about speakers who are not known."""
    names = Counter(turn.name for turn in one.turns if turn.speaker == "agent" and turn.name)
    agent = one.agent or (names.most_common(1)[0][0] if names else "")
    strange = sum(turn.speaker == "other" for turn in one.turns)
    notes = (_strange(strange),) if strange else ()
    return replace(one, agent=agent, notes=(*one.notes, *notes))


def _strange(count: int) -> tuple[str, str]:
    return (
        f"有 {count} 句看不出是客户还是客服，照样列出，但不读。",
        f"Turns of neither side, shown but not read: {count}.",
    )
