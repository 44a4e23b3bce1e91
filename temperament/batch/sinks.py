"""Where results go: lines of text that can be appended to, written aside, made durable and continued."""

import csv
import io
import json
import os
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from temperament.batch.rows import Cells, Row
from temperament.errors import UsageError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*%?\Z")
_GZIP_MEMBER = 31
_GZIP_LEVEL = 6


class Form(Protocol):
    """How rows become text."""

    head: str

    def lines(self, rows: Sequence[Row], answers: Sequence[Any]) -> str:
        """Return the text of some rows and their answers."""


class Delimited:
    """CSV or TSV: the columns of the source, then ours."""

    def __init__(
        self, columns: Sequence[str], names: Sequence[str], delimiter: str, *, safe: bool, as_is: bool
    ) -> None:
        """Form the header; ``as_is`` says that the cells of the source are all text."""
        self._columns, self._delimiter, self._safe, self._as_is = columns, delimiter, safe, as_is
        self.head = self._text([[*columns, *names]])

    def lines(self, rows: Sequence[Row], answers: Sequence[Any]) -> str:
        """Return the text of some rows and their answers, whose cells are lists."""
        pairs = zip(rows, answers, strict=True)
        if self._as_is:
            return self._text([[*row.cells, *own] for row, own in pairs])
        return self._text([flat(row.cells, self._columns) + own for row, own in pairs])

    def _text(self, rows: list[list[Any]]) -> str:
        if self._safe:
            rows = [[safe_cell(cell) for cell in row] for row in rows]
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue()


class JsonLines:
    """Lines of JSON: the keys of the source, then ours. A key that is already ours stands as ``input.KEY``."""

    head = ""

    def __init__(self, columns: Sequence[str], names: Sequence[str]) -> None:
        """Note how the cells of tables are called, each name once, and which names are ours."""
        from temperament.batch.columns import renamed

        unique: list[str] = []
        for name in columns:
            unique.append(renamed([name], unique)[name])
        self._columns, self._names = unique, set(names)

    def lines(self, rows: Sequence[Row], answers: Sequence[Any]) -> str:
        """Return the text of some rows and their answers, which are the insides of JSON objects."""
        return "".join(self._line(row.cells, own) for row, own in zip(rows, answers, strict=True))

    def _line(self, cells: Cells, own: str) -> str:
        from temperament.render.jsonl import json_line

        keyed = cells if isinstance(cells, dict) else dict(zip(self._columns, cells, strict=True))
        if not self._names.isdisjoint(keyed):
            keyed = {f"input.{key}" if key in self._names else key: value for key, value in keyed.items()}
        inside = json_line(keyed, default=str)[1:-1]
        return f"{{{inside}, {own}}}\n" if inside else f"{{{own}}}\n"


class Spool:
    """Answers alone, a JSON list a line: what a workbook or a Parquet file is put together from at the end."""

    head = ""

    def lines(self, rows: Sequence[Row], answers: Sequence[Any]) -> str:
        """Return the text of some answers."""
        return "".join(json.dumps(own) + "\n" for own in answers)


def flat(cells: Cells, columns: Sequence[str]) -> list[Any]:
    """Return a row as cells that CSV can hold: nested values as JSON, missing ones empty."""
    values = cells if isinstance(cells, list) else [cells.get(name) for name in columns]
    return [value if isinstance(value, str) else plain(value) for value in values]


def plain(value: Any) -> Any:
    """Return a value of JSON, a workbook or Parquet as CSV has it."""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return None if value is None or value != value else value  # NaN, the missing value of tables, differs from itself


def safe_cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: with an apostrophe before it, as OWASP advises.

    https://owasp.org/www-community/attacks/CSV_Injection; plain numbers stay numbers.
    """
    if isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.match(cell):
        return "'" + cell
    return cell


class Writer:
    """Bytes out, optionally gzip: every ``sync`` ends a member, so that the file can be cut and continued there."""

    def __init__(self, file: BinaryIO, encoding: str, *, gz: bool = False, durable: bool = True) -> None:
        """Write to a raw (unbuffered) file from where it stands; ``durable`` ones have a disk behind them."""
        self._file, self._encoding, self._gz, self._durable = file, encoding, gz, durable
        self._packer: Any = None

    def write(self, text: str) -> None:
        """Write text; what the encoding cannot hold (lone surrogates) is escaped with a backslash."""
        data = text.encode(self._encoding, "backslashreplace")
        if self._gz:
            self._packer = self._packer or zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_MEMBER)
            data = self._packer.compress(data)
        self._put(data)

    def sync(self) -> int:
        """Bring everything to the disk and return how long the file is now; 0 for a pipe or a device."""
        if self._packer:
            self._put(self._packer.flush())
            self._packer = None
        self._file.flush()
        if not self._durable:
            return 0
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Close a file; a pipe or a device belongs to whoever opened it."""
        if self._durable:
            self._file.close()

    def _put(self, data: bytes) -> None:
        """Write all of it: a raw file may take less at once, and then says at the next call what was wrong."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]


def aside(path: Path) -> Path:
    """Return the name under which a file is written until it is whole."""
    return path.with_name(path.name + ".part")


def open_part(path: Path) -> BinaryIO:
    """Open the file beside a target for writing; raises ``UsageError`` when another run has it."""
    aside(path).touch()
    file = open(aside(path), "r+b", buffering=0)  # noqa: PTH123, SIM115 (Path.open hides that it is raw)
    _lock(file, path)
    return file


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise UsageError(
            f"另一个 temperament batch 正在写 {path}。请等它结束，或换一个输出文件名。",
            f"Another temperament batch is writing {path}. Wait for it, or choose another name for the output.",
        ) from error
