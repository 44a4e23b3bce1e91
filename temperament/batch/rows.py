"""What comes out of a source: rows to be read, and records that cannot be."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

Cells = list[Any] | dict[str, Any]
"""A row as its source has it: the cells of a table, or the object of a line of JSON."""


class Row(NamedTuple):
    """One row and its message, empty where it has none; a tuple, as there are millions of them."""

    cells: Cells
    text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that is no row of its table: its line (or row) from 1, a short reason, the same in words, and what it holds."""

    line: int
    reason: str
    zh: str
    en: str
    content: str


class Source(Protocol):
    """A table or a list of messages that streams by."""

    columns: tuple[str, ...]
    """The columns of a table; of lines of JSON, the keys of the first ones."""

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over all records from the first, in the same order every time."""

    def progress(self) -> tuple[float, float | None]:
        """Return how much has been read, of how much (in whatever unit; ``None``: nobody knows)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records that follow each other. ``size`` counts them all, rejects included."""

    rows: list[Row]
    rejects: list[Reject]

    @property
    def size(self) -> int:
        """Return how many records of the source it holds."""
        return len(self.rows) + len(self.rejects)


MANY, FEW = 4000, 200
"""Records in a chunk for the fast model, and for what takes milliseconds a message."""
_CHARACTERS = 100_000


def chunks(source: Source, skipped: int = 0, most: int = MANY) -> Iterator[Chunk]:
    """Cut a source into chunks of ``most`` records or about 100,000 characters, after some that were done before."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    characters = 0
    for record in islice(source, skipped, None):
        if isinstance(record, Reject):
            rejects.append(record)
        else:
            rows.append(record)
            characters += len(record.text)
        if len(rows) + len(rejects) >= most or characters >= _CHARACTERS:
            yield Chunk(rows, rejects)
            rows, rejects, characters = [], [], 0
    if rows or rejects:
        yield Chunk(rows, rejects)
