"""Excel workbooks as a stream, in and out, by openpyxl's read-only and write-only modes."""

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from temperament.batch.rows import Cells, Reject, Row
from temperament.batch.sinks import flat
from temperament.datasets import as_text, cell_text, text_column
from temperament.errors import InputError

_MOST_ROWS = 1_048_576


class Workbook:
    """The first sheet of a workbook; its first row names the columns, and its empty rows at the end are none."""

    def __init__(self, path: Path, asked: str | None) -> None:
        """Read the header; raises ``InputError`` when this is no workbook or names no column of messages."""
        self._path = path
        self._rows = self._read()
        header = next(self._rows, ())
        while header and header[-1] is None:
            header = header[:-1]
        self.columns = tuple(as_text(one) for one in header)
        self._text = self.columns.index(text_column(self.columns, path, asked)) if header else 0
        self._at = 1

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over the rows below the header, once."""
        empty = 0
        for cells in self._rows:
            self._at += 1
            if not any(cell is not None for cell in cells):
                empty += 1
                continue
            for _ in range(empty):
                yield Row([None] * len(self.columns), "")
            empty = 0
            yield self._row(list(cells))

    def _row(self, cells: list[Any]) -> Row | Reject:
        width = len(self.columns)
        beyond = [cell for cell in cells[width:] if cell is not None]
        if beyond:
            content = "\t".join(map(as_text, cells))
            return Reject(
                self._at,
                "cells",
                f"有内容的格子超出表头的 {width} 列",
                f"it has cells beyond the {width} columns of the header",
                content,
            )
        cells = (cells + [None] * width)[:width]
        return Row(cells, as_text(cells[self._text]))

    def progress(self) -> tuple[float, float | None]:
        """Return the rows read, and those there are where the workbook says so."""
        return self._at, self._total

    def close(self) -> None:
        """Close the file."""
        self._rows.close()

    def _read(self) -> Generator[tuple[Any, ...], None, None]:
        import openpyxl

        try:
            with self._path.open("rb") as file:
                sheet = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets[0]
                self._total = sheet.max_row
                sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
                yield from sheet.iter_rows(values_only=True)
        except (BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError, TypeError, AttributeError) as error:
            raise InputError(  # openpyxl, zipfile and its XML parser raise all of these for a broken workbook
                f"{self._path} 不是能打开的 Excel 工作簿（{error}）。请另存为 .xlsx 或 UTF-8 的 .csv。",
                f"{self._path} is not a workbook that opens ({error}). Save it as .xlsx or as UTF-8 .csv.",
            ) from error


def write_workbook(
    path: Path, columns: Sequence[str], names: Sequence[str], rows: Iterable[tuple[Cells, list[Any]]]
) -> None:
    """Write rows and their answers to a workbook. Text is always written as text, never as a formula.

    Raises ``InputError`` when there are more rows than a sheet can have.
    """
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()

    def formed(value: Any) -> Any:
        if getattr(value, "tzinfo", None) is not None or (isinstance(value, float) and math.isinf(value)):
            value = str(value)
        if not isinstance(value, str):
            return value if value is None or isinstance(value, int | float) or hasattr(value, "year") else str(value)
        cell = WriteOnlyCell(sheet, cell_text(value))
        cell.data_type = "s"
        return cell

    try:
        sheet.append([formed(name) for name in (*columns, *names)])
        for number, (cells, own) in enumerate(rows, 2):
            if number > _MOST_ROWS:
                raise _too_many()
            sheet.append([formed(value) for value in (*flat(cells, columns), *own)])
    finally:
        sheet.close()
    book.save(path)


def _too_many() -> InputError:
    return InputError(
        f"Excel 一张表最多 {_MOST_ROWS:,} 行，这里放不下。请把输出改成 .csv 或 .parquet 再运行。",
        f"A sheet holds {_MOST_ROWS:,} rows at most, and there are more. Write .csv or .parquet instead.",
    )
