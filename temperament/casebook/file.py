"""The SQLite file of the service and of the casebook: its tables, its salt, and what older versions are brought to.

It is in WAL mode, so that a service and the command line can hold it open at once, and a statement that has returned is
on the disk.
"""

import hashlib
import hmac
import re
import secrets
import sqlite3
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from temperament.errors import InputError

VERSION = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS feedback (
    number INTEGER PRIMARY KEY, time TEXT NOT NULL, text TEXT NOT NULL, reading TEXT NOT NULL, verdict TEXT NOT NULL,
    labels TEXT NOT NULL, reason TEXT NOT NULL, agent TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS cases (
    id TEXT PRIMARY KEY, began TEXT NOT NULL, time TEXT NOT NULL, channel TEXT NOT NULL, agent TEXT NOT NULL,
    text TEXT NOT NULL, state TEXT NOT NULL, temperament TEXT NOT NULL, rank TEXT NOT NULL, escalate INTEGER NOT NULL,
    signals TEXT NOT NULL, cause TEXT NOT NULL, findings TEXT NOT NULL, handled TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS cases_time ON cases (time);
CREATE INDEX IF NOT EXISTS cases_waiting ON cases (began) WHERE escalate AND handled = '';
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY, opened TEXT NOT NULL, customer TEXT NOT NULL, channel TEXT NOT NULL, industry TEXT NOT NULL,
    text TEXT NOT NULL, state TEXT NOT NULL, temperament TEXT NOT NULL, grade TEXT NOT NULL, priority TEXT NOT NULL,
    escalate TEXT NOT NULL, topics TEXT NOT NULL, signals TEXT NOT NULL, causes TEXT NOT NULL, stage TEXT NOT NULL,
    fields TEXT NOT NULL, closed TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS records_customer ON records (customer) WHERE customer != '';
CREATE TABLE IF NOT EXISTS steps (
    number INTEGER PRIMARY KEY, record TEXT NOT NULL REFERENCES records (id), time TEXT NOT NULL, stage TEXT NOT NULL,
    agent TEXT NOT NULL, note TEXT NOT NULL, skipped TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS steps_record ON steps (record);
CREATE TABLE IF NOT EXISTS tasks (
    number INTEGER PRIMARY KEY, record TEXT NOT NULL REFERENCES records (id), task TEXT NOT NULL, begun TEXT NOT NULL,
    due TEXT NOT NULL, done TEXT NOT NULL DEFAULT '', ended TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS tasks_record ON tasks (record);
CREATE INDEX IF NOT EXISTS tasks_open ON tasks (due) WHERE done = '' AND ended = '';
"""
_SALT_BYTES = 32
_UNSALTED = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def open_file(path: Path | None) -> sqlite3.Connection:
    """Open a file, or a store in memory; raises ``InputError`` where it cannot be opened or is newer."""
    try:
        file = sqlite3.connect(str(path or ":memory:"), timeout=10, check_same_thread=False)
        file.row_factory = sqlite3.Row
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        version = int(file.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise InputError(
                f"{path} 是更新的版本写的（{version}）。请升级 temperament。",
                f"{path} was written by a newer version ({version}). Upgrade temperament.",
            )
        file.executescript(_TABLES)
        with file:
            _bring_up(file)
    except sqlite3.Error as error:
        raise InputError(
            f"{path} 打不开（{error}）。请换一个位置，或检查权限。",
            f"{path} cannot be opened ({error}). Choose another place, or check its permissions.",
        ) from error
    return file


def _bring_up(file: sqlite3.Connection) -> None:
    """Make the salt where there is none, and salt the ids that version 1 hashed without one; in one transaction."""
    file.execute("BEGIN IMMEDIATE")
    file.execute("INSERT OR IGNORE INTO keys VALUES ('salt', ?)", (secrets.token_bytes(_SALT_BYTES),))
    if int(file.execute("PRAGMA user_version").fetchone()[0]) == _UNSALTED:
        salt = salt_of(file)
        old = [row["id"] for row in file.execute("SELECT id FROM cases") if _DIGEST.fullmatch(row["id"])]
        salted = [(_salted(bytes.fromhex(one), salt), one) for one in old]
        file.executemany("UPDATE cases SET id = ? WHERE id = ?", salted)
    file.execute(f"PRAGMA user_version = {VERSION}")


def salt_of(file: sqlite3.Connection) -> bytes:
    """Return the random salt of a file."""
    return bytes(file.execute("SELECT value FROM keys WHERE name = 'salt'").fetchone()[0])


def hashed(identifier: str, salt: bytes) -> str:
    """Return the name under which an id is stored: HMAC-SHA256 of its SHA-256 under the file's own salt.

    The same id has another name in every file, and no table made beforehand turns one back. Whoever holds the file
    holds the salt and can still try all phone numbers: the file has to be kept like the data it stands for.
    """
    return _salted(hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest(), salt)


def customer_key(identifier: str, salt: bytes) -> str:
    """Return the name of a customer, however the id is spaced or written (138 0013 8000, １３８…); empty for none."""
    bare = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", identifier)).lower()
    return hashed(f"customer:{bare}", salt) if bare else ""


def _salted(digest: bytes, salt: bytes) -> str:
    return hmac.new(salt, digest, hashlib.sha256).hexdigest()
