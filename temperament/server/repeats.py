"""Requests that are sent again because their answer was lost: the same key, the same answer, nothing done twice.

The header is that of draft-ietf-httpapi-idempotency-key-header; its value is taken as it is, quotes or none.
"""

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field

from temperament.server.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
MOST_KEYS = 16
MOST_BYTES = 65_536
"""What one conversation remembers: so many answers of so many bytes in all, the latest always."""
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


def key_of(header: str | None) -> str:
    """Return the key a request names, empty where it names none; raises ``Problem`` for one that cannot be used."""
    if header is None:
        return ""
    if not _KEY.fullmatch(header):
        raise Problem(
            "bad_request",
            f"{HEADER} 要 1 到 {LONGEST_KEY} 个可见的 ASCII 字符，不含空格",
            f"{HEADER} takes 1 to {LONGEST_KEY} visible ASCII characters without spaces",
        )
    return header


@dataclass(slots=True)
class Repeats:
    """The latest answers of one conversation by their keys, each with what was asked for."""

    _answers: OrderedDict[str, tuple[bytes, bytes]] = field(default_factory=OrderedDict)
    _size: int = 0

    def answer(self, key: str, asked: bytes) -> bytes | None:
        """Return the answer this key had, ``None`` for a new one; raises ``Problem`` where another body had the key."""
        if key not in self._answers:
            return None
        before, body = self._answers[key]
        if before != _digest(asked):
            raise Problem("other_body")
        return body

    def keep(self, key: str, asked: bytes, body: bytes) -> None:
        """Keep an answer, and forget the oldest where they grow too many or too big."""
        self._answers[key] = (_digest(asked), body)
        self._size += len(body)
        while len(self._answers) > 1 and (len(self._answers) > MOST_KEYS or self._size > MOST_BYTES):
            _, (_, oldest) = self._answers.popitem(last=False)
            self._size -= len(oldest)


def _digest(asked: bytes) -> bytes:
    return hashlib.sha256(asked).digest()
