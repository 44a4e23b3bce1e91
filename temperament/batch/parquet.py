"""Parquet as a stream, in and out, by pyarrow (extra ``[parquet]``): a few thousand rows at a time, types kept."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from temperament.batch.columns import renamed
from temperament.batch.rows import Cells, Reject, Row
from temperament.batch.sinks import flat
from temperament.datasets import as_text, text_column
from temperament.errors import InputError

_ROWS = 8_192
_GROUP = 65_536


def _arrow() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module, or say what to install."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(
            "读写 Parquet 缺少 pyarrow。请运行：pip install 'temperament[parquet]'，或改用 .csv、.jsonl。",
            "Parquet needs pyarrow. Run: pip install 'temperament[parquet]', or use .csv or .jsonl.",
        ) from error
    return pyarrow, pyarrow.parquet


class Parquet:
    """The rows of a Parquet file."""

    def __init__(self, path: Path, asked: str | None) -> None:
        """Read the schema; raises ``InputError`` when this is no Parquet file or names no column of messages."""
        arrow, parquet = _arrow()
        self._path, self._wrong = path, (arrow.ArrowException, OSError)
        try:
            self._file = parquet.ParquetFile(path, memory_map=True)
        except self._wrong as error:
            raise self._damaged(error) from error
        self.schema = self._file.schema_arrow
        self.columns = tuple(self.schema.names)
        self._text = self.columns.index(text_column(self.columns, path, asked)) if self.columns else 0
        self._at = 0

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over all rows."""
        try:
            for batch in self._file.iter_batches(_ROWS):
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    self._at += 1
                    yield Row(list(cells), as_text(cells[self._text]))
        except self._wrong as error:
            raise self._damaged(error) from error

    def progress(self) -> tuple[float, float | None]:
        """Return the rows read, and those there are."""
        return self._at, self._file.metadata.num_rows

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _damaged(self, error: Exception) -> InputError:
        return InputError(
            f"{self._path} 不是能读的 Parquet 文件（{error}）。",
            f"{self._path} is not a Parquet file that can be read ({error}).",
        )


def write_parquet(
    path: Path,
    columns: Sequence[str],
    names: Sequence[str],
    numbers: Sequence[bool],
    rows: Iterable[tuple[Cells, list[Any]]],
    schema: Any = None,
) -> None:
    """Write rows and their answers in groups of 65,536; ``schema`` is the source's where it was Parquet, else all is text."""
    arrow, parquet = _arrow()
    unique: list[str] = []
    for name in columns:
        unique.append(renamed([name], unique)[name])
    theirs = list(schema) if schema is not None else [arrow.field(name, arrow.string()) for name in unique]
    kinds = (arrow.float64() if number else arrow.string() for number in numbers)
    ours = [arrow.field(name, kind) for name, kind in zip(names, kinds, strict=True)]
    full = arrow.schema(theirs + ours)
    formed = ((cells if schema is not None else _as_strings(cells, columns), own) for cells, own in rows)
    with parquet.ParquetWriter(path, full, compression="zstd") as writer:
        while group := [[*cells, *own] for cells, own in islice(formed, _GROUP)]:
            arrays = [arrow.array(column, one.type) for column, one in zip(zip(*group, strict=True), full, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=full))


def _as_strings(cells: Cells, columns: Sequence[str]) -> list[str | None]:
    return [None if value is None else _sound(str(value)) for value in flat(cells, columns)]


def _sound(text: str) -> str:
    """Return text that UTF-8 can hold: lone surrogates escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
