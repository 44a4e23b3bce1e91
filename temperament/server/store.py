"""Feedback and cases in one SQLite file; personal data is masked on the way in.

All statements run in one thread of their own, so that nobody waits for a disk while requests come in. The file is in
WAL mode, and a statement that has returned is on the disk: a crash or a restart loses none.
"""

import asyncio
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from temperament.casebook.file import hashed, now, open_file, salt_of
from temperament.errors import InputError
from temperament.masking import Masker
from temperament.server.cases import Case

_KEEP_CASE = """
INSERT INTO cases (id, began, time, channel, agent, text, state, temperament, rank, escalate, signals, cause, findings)
VALUES (:id, :time, :time, :channel, :agent, :text, :state, :temperament, :rank, :escalate, :signals, :cause, :findings)
ON CONFLICT (id) DO UPDATE SET time = excluded.time, channel = excluded.channel, agent = excluded.agent,
    text = excluded.text, state = excluded.state, temperament = excluded.temperament, rank = excluded.rank,
    escalate = excluded.escalate, signals = excluded.signals, cause = excluded.cause, findings = excluded.findings,
    handled = CASE WHEN excluded.escalate AND NOT cases.escalate THEN '' ELSE cases.handled END
"""
_KEEP_FEEDBACK = """
INSERT INTO feedback (time, text, reading, verdict, labels, reason, agent)
VALUES (:time, :text, :reading, :verdict, :labels, :reason, :agent)
"""
_OWN_ID = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
"""The ids this service makes, version 4 UUIDs: random digits in them are nobody's number."""
Result = TypeVar("Result")


class Store:
    """One open file."""

    def __init__(self, path: Path | None, masker: Masker) -> None:
        """Open the file, or a store in memory; raises ``InputError`` where it cannot be opened or is newer."""
        self.masker = masker
        self._thread = ThreadPoolExecutor(1, "store")
        self._file = self._thread.submit(open_file, path).result()
        self._salt = self._thread.submit(salt_of, self._file).result()

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run something on the connection, in the store's thread and in one transaction."""

        def within() -> Result:
            with self._file:
                return work(self._file)

        return await asyncio.get_running_loop().run_in_executor(self._thread, within)

    async def keep_case(self, case: Case) -> str:
        """Keep a case, or what is new about it, with its words masked; returns its id."""
        identifier, at = self._known_as(case.id) if case.id else uuid.uuid4().hex, now()
        await self.run(lambda file: file.execute(_KEEP_CASE, self._case(case) | {"id": identifier, "time": at}))
        return identifier

    async def keep_feedback(self, row: dict[str, Any]) -> int:
        """Keep what somebody said about a reading, with its words masked; returns its number."""
        at = now()
        return await self.run(
            lambda file: int(file.execute(_KEEP_FEEDBACK, self._feedback(row) | {"time": at}).lastrowid or 0)
        )

    def _known_as(self, identifier: str) -> str:
        """Return the id to store: a client's own that holds personal data only as its salted hash."""
        if _OWN_ID.fullmatch(identifier) or not self.masker.mask(identifier).hidden:
            return identifier
        return hashed(identifier, self._salt)

    def _case(self, case: Case) -> dict[str, Any]:
        findings = [asdict(one) | {"text": self.masker.mask(one.text).text} for one in case.findings]
        packed = {"signals": case.signals, "findings": findings}
        masked = {name: self.masker.mask(getattr(case, name)).text for name in ("text", "agent")}
        return asdict(case) | masked | {name: msgspec.json.encode(value).decode() for name, value in packed.items()}

    def _feedback(self, row: dict[str, Any]) -> dict[str, Any]:
        masked = {name: self.masker.mask(row[name]).text for name in ("text", "reason", "agent")}
        return row | masked | {name: msgspec.json.encode(row[name]).decode() for name in ("reading", "labels")}

    async def handle(self, identifier: str) -> bool:
        """Mark a case as handled, by the id on the board or the client's own; says whether there is one."""
        text, values = (
            "UPDATE cases SET handled = ? WHERE id IN (?, ?)",
            (now(), identifier, self._known_as(identifier)),
        )
        done = await self.run(lambda file: file.execute(text, values))
        return done.rowcount > 0

    async def cases(self, since: str, until: str = "9999") -> list[dict[str, Any]]:
        """Return the cases with a turn between two times, the latest first."""
        text = "SELECT * FROM cases WHERE time >= ? AND time < ? ORDER BY time DESC"
        return await self.run(lambda file: _cases_in(file, text, (since, until)))

    async def waiting(self) -> list[dict[str, Any]]:
        """Return the cases that somebody higher must take and nobody has yet, however old, the oldest first."""
        text = "SELECT * FROM cases WHERE escalate AND handled = '' ORDER BY began"
        return await self.run(lambda file: _cases_in(file, text))

    async def feedback(self) -> list[dict[str, Any]]:
        """Return all feedback in the order it came, in the shape that ``temperament train --feedback`` takes."""
        return await self.run(lambda file: list(feedback_in(file)))

    def close(self) -> None:
        """Close the file after what is under way."""
        self._thread.submit(self._file.close).result()
        self._thread.shutdown()


def read_feedback(path: Path) -> list[dict[str, Any]]:
    """Return the feedback of a file that a running service may hold open; raises ``InputError``."""
    if not path.is_file():
        raise InputError(f"没有 {path} 这个文件。", f"There is no file {path}.")
    file = open_file(path)
    try:
        return list(feedback_in(file))
    finally:
        file.close()


def feedback_in(file: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield the feedback of an open file, one dictionary a line."""
    for row in file.execute("SELECT * FROM feedback ORDER BY number"):
        values = _unpacked(row, ("reading", "labels"))
        order = ("text", "reading", "verdict", "labels", "reason", "agent", "time")
        yield {name: values[name] for name in order}


def _cases_in(file: sqlite3.Connection, text: str, values: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return the cases a statement finds; called in the store's thread, unpacking and all."""
    return [_unpacked(row, ("signals", "findings")) for row in file.execute(text, values)]


def _unpacked(row: sqlite3.Row, names: tuple[str, ...]) -> dict[str, Any]:
    values = dict(row)
    return values | {name: msgspec.json.decode(values[name]) for name in names}
