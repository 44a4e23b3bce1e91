"""CSV and TSV as a stream: quoted line breaks stay in their cell, and a bad quote costs its own line only.

Parsing is strict. A record that breaks the rules is put back: its first line is tried by itself, leniently, and
rejected when that does not give a whole row; the lines after it are then read as if it had not been there. So a quote
that is never closed swallows nothing.
"""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from temperament.batch.rows import Reject, Row
from temperament.batch.streams import Lines
from temperament.decoding import CUT, is_broken, mend

_LAST = "\x02end"
_LINES, _CHARACTERS = 20_000, 4_000_000
"""The most lines, and characters beyond its first line, of one record; more means that a quote is open."""


class Records:
    """The records of delimited text with the line each starts on (from 1)."""

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        """Stand before the first line."""
        csv.field_size_limit(2**31 - 1)
        self._lines, self._delimiter = iter(lines), delimiter
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._beyond = 0
        self._number = 0
        self._reader = self._new_reader()

    def __iter__(self) -> Iterator[tuple[int, list[str] | Reject, bool]]:
        """Iterate over (line, cells or reject, whether the line was put back before)."""
        while True:
            self._taken.clear()
            self._beyond = 0
            start, again = self._number + 1, bool(self._back)
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield start, self._alone(start), True
                continue
            yield start, cells, again

    def _next(self) -> str:
        """Hand the next line to the parser."""
        line = self._back.popleft() if self._back else next(self._lines)
        self._number += 1
        if self._taken:
            self._beyond += len(line)
        self._taken.append(line)
        if self._beyond > _CHARACTERS or len(self._taken) > _LINES:
            raise csv.Error("too long")
        return line

    def _new_reader(self) -> Any:
        return csv.reader(iter(self._next, None), delimiter=self._delimiter, strict=True)

    def _alone(self, start: int) -> list[str] | Reject:
        """Put all lines but the first back and read that one by itself."""
        first, *rest = self._taken
        self._back.extendleft(reversed(rest))
        self._number = start
        self._reader = self._new_reader()
        whole = first if first.endswith(("\n", "\r")) else first + "\n"
        parsed = list(csv.reader([whole, _LAST], delimiter=self._delimiter))
        return parsed[0] if parsed[-1] == [_LAST] else _open_quote(start, first)


def _open_quote(line: int, content: str) -> Reject:
    return Reject(
        line,
        "open_quote",
        '引号没有关上，或没有写成两个（""）',
        'a quote is not closed, or not doubled ("")',
        mend(content).rstrip("\r\n"),
    )


class Table:
    """Turns records into rows of one width.

    A row with cells missing at its end gets empty ones; a row with more cells than columns is rejected unless they are
    empty; after a bad quote every row must have its exact width. A blank line is a row only where there is a single
    column: there it is how an empty cell is written.
    """

    def __init__(self, width: int, text: int, delimiter: str, lines: Lines) -> None:
        """Note how many columns there are and which holds the message; ``lines`` knows whether bytes were broken."""
        self._width, self._text, self._delimiter, self._lines = width, text, delimiter, lines

    def read(self, records: Iterable[tuple[int, list[str] | Reject, bool]]) -> Iterator[Row | Reject]:
        """Iterate over rows and rejects."""
        width, text, lines = self._width, self._text, self._lines
        for line, cells, again in records:
            if isinstance(cells, Reject):
                yield cells
            elif len(cells) == width and not lines.suspect:
                yield Row(cells, cells[text])
            elif cells or width == 1:
                yield self._row(line, cells, again)

    def _row(self, line: int, cells: list[str], again: bool) -> Row | Reject:  # noqa: FBT001
        found = len(cells)
        if found < self._width and not again:
            cells = cells + [""] * (self._width - found)
        elif found > self._width and not any(cells[self._width :]):
            cells = cells[: self._width]
        if len(cells) != self._width:
            return self._reject(
                line,
                cells,
                "cells",
                f"有 {found} 格，表头有 {self._width} 列（内容里的逗号要放在引号里）",
                f"{found} cells where the header has {self._width} (commas inside a cell need quotes)",
            )
        for cell in cells:
            if is_broken(cell):
                return self._reject(line, cells, *broken(cell))
        return Row(cells, cells[self._text])

    def _reject(self, line: int, cells: list[str], reason: str, zh: str, en: str) -> Reject:
        return Reject(line, reason, zh, en, mend(joined(cells, self._delimiter)))


def joined(cells: list[str], delimiter: str) -> str:
    """Return cells as one line of delimited text."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(cells)
    return line.getvalue()


def broken(text: str) -> tuple[str, str, str]:
    """Return why text with marks cannot be read: reason, Chinese, English."""
    if CUT in text:
        return "too_long", "这一行太长，超过 800 万字", "the line is too long, over 8 million characters"
    return "broken_bytes", "有不合编码的字节", "it has bytes that do not fit the encoding"
