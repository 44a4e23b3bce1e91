"""Read messages and labelled messages from text, JSONL, CSV, TSV and XLSX files in any Chinese encoding."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from temperament import grades
from temperament.decoding import decode
from temperament.errors import InputError, TemperamentError
from temperament.labels import (
    FEELINGS,
    STATES,
    TEMPERAMENTS,
    StateLabel,
    TemperamentLabel,
    state_label,
    temperament_label,
)

Row = dict[str, Any]
TEXT_COLUMNS = ("text", "message", "content", "文本", "内容", "消息", "留言", "评论", "review", "utterance")
TEMPERAMENT_COLUMNS = ("temperament", "气质")
STATE_COLUMNS = ("state", "情绪", "情绪状态", "状态")
ALSO_COLUMNS = ("also", "state2", "次要状态")
SUFFIXES = (".txt", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xlsx")
_LAST_LINE = "\x02end"
_LONGEST_CELL = 32_767
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SEPARATORS = re.compile("[,，;；、|/ ]")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message: the gold labels of a text and where it came from.

    ``torn`` names labels that the reader would have given second; ``grades`` are those of ``temperament.grades``, as
    shares of the greatest, or empty.
    """

    text: str
    temperament: TemperamentLabel
    state: StateLabel
    also: tuple[StateLabel, ...] = ()
    id: str = ""
    source: str = ""
    torn: tuple[str, ...] = ()
    grades: tuple[float, ...] = ()

    def shows(self, feeling: str) -> bool:
        """Tell whether a feeling is the leading or a further state."""
        return feeling == self.state or feeling in self.also


@dataclass(frozen=True, slots=True)
class SoftExample:
    """A text with a model's probabilities in place of labels; ``present`` runs over the states but calm."""

    text: str
    temperament: dict[str, float]
    state: dict[str, float]
    present: dict[str, float]


OneText = TypeVar("OneText", Example, SoftExample)


def read_soft(path: Path) -> list[SoftExample]:
    """Read what ``classify --format json`` wrote; messages that could not be read are left out."""
    found = []
    for number, row in enumerate(read_rows(path), 1):
        if row.get("reason"):
            continue
        try:
            shares = [_shares(row[f"{name}_probabilities"], labels) for name, labels in _TABLES.items()]
            found.append(SoftExample(str(row["text"]), *shares))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{path} 第 {number} 条不是 temperament classify --format json 的输出（{error!r}）。",
                f"Item {number} of {path} is not output of temperament classify --format json ({error!r}).",
            ) from error
    return found


_TABLES: dict[str, tuple[str, ...]] = {"temperament": TEMPERAMENTS, "state": STATES, "present": FEELINGS}


def _shares(table: dict[str, float], labels: tuple[str, ...]) -> dict[str, float]:
    """Return the probabilities of the given labels; raises ``KeyError``, ``TypeError`` or ``ValueError``."""
    shares = {label: float(table[label]) for label in labels}
    if not all(0 <= share <= 1 for share in shares.values()):
        raise ValueError("not between 0 and 1")
    return shares


def read_bytes(path: Path) -> bytes:
    """Read a file whole; raises ``InputError`` that says why it cannot be read."""
    try:
        return path.read_bytes()
    except IsADirectoryError:
        zh, en = (
            f"{path} 是文件夹，不是文件。请给出其中的一个文件。",
            f"{path} is a folder, not a file. Name one of the files in it.",
        )
    except FileNotFoundError:
        zh, en = f"找不到文件 {path}。请检查路径和文件名。", f"No file {path}. Check the path and the name."
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        zh, en = f"读不了 {path}：{why}。", f"{path} cannot be read: {why}."
    raise InputError(zh, en)


def read_rows(path: Path) -> list[Row]:
    """Read a table or list of messages as dictionaries; plain text gives one row a line that is not blank.

    Raises ``InputError`` naming the file, and the line where there is one.
    """
    return rows_in(read_bytes(path), path.suffix.lower(), path)


def rows_in(data: bytes, suffix: str, path: Path) -> list[Row]:
    """Return the rows of a file's bytes by its kind, the ``suffix``; ``path`` names the file in errors."""
    if suffix == ".xlsx":
        return _read_xlsx(data, path)
    text = decode(data)
    if suffix == ".json":
        return _read_json(text, path)
    if suffix in {".jsonl", ".ndjson"}:
        return _read_json_lines(text, path)
    if suffix in {".csv", ".tsv"}:
        return _read_csv(text, "\t" if suffix == ".tsv" else ",", path)
    if suffix in {".txt", ""}:
        return [{"text": line} for line in text.splitlines() if line.strip()]
    raise InputError(
        f"不认识 {path.name} 这种文件。可以读：{'、'.join(SUFFIXES)}。",
        f"{path.name} is not a kind of file that can be read. Use one of: {', '.join(SUFFIXES)}.",
    )


def _read_json(text: str, path: Path) -> list[Row]:
    """Read a JSON list of messages; anything else is read as JSON lines."""
    if not text.lstrip().startswith("["):
        return _read_json_lines(text, path)
    return [_json_row(value, number, path) for number, value in enumerate(_json_value(text, 1, path), 1)]


def _read_json_lines(text: str, path: Path) -> list[Row]:
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [_json_row(_json_value(line, number, path), number, path) for number, line in numbered]


def _json_value(text: str, number: int, path: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(path, number, error) from error


def _json_row(value: object, number: int, path: Path) -> Row:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"text": value}
    raise _not_json(path, number, "an object or a string is expected")


def _not_json(path: Path, number: int, error: object) -> InputError:
    return InputError(
        f"{path} 第 {number} 行不是 JSON 消息（{error}）。每行应是一个完整的 JSON 对象或字符串。",
        f"{path} line {number} is not JSON with a message ({error}). Every line must be one whole JSON object or string.",
    )


def _read_csv(text: str, delimiter: str, path: Path) -> list[Row]:
    """Read a table.

    A blank line is a row only where there is a single column: there it is how an empty cell is written.
    """
    csv.field_size_limit(2**31 - 1)
    lines = _csv_lines(text, delimiter, path)
    header = lines[0] if lines else []
    rows = [line for line in lines[1:] if line or len(header) == 1]
    return [dict(zip_longest(header, line[: len(header)], fillvalue="")) for line in rows]


def _csv_lines(text: str, delimiter: str, path: Path) -> list[list[str]]:
    """Parse CSV leniently; a line put behind the last one shows whether an open quote swallowed the end."""
    whole = text if text.endswith("\n") else text + "\n"
    reader = csv.reader(io.StringIO(whole + _LAST_LINE, newline=""), delimiter=delimiter)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise InputError(
            f"{path} 第 {reader.line_num} 行不合 CSV 格式（{error}）。",
            f"{path} line {reader.line_num} is not valid CSV ({error}).",
        ) from error
    if lines[-1] != [_LAST_LINE]:
        raise InputError(
            f'{path} 里有一个引号没有关上，后面的行都会被吞进去。请补上引号，或把它写成两个（""）。',
            f'{path} has a quote that is never closed and would swallow the rows below. Close it, or double it ("").',
        )
    return lines[:-1]


def _read_xlsx(data: bytes, path: Path) -> list[Row]:
    import pandas

    try:
        table = pandas.read_excel(io.BytesIO(data), dtype=str, engine="openpyxl", keep_default_na=False)
    except Exception as error:  # openpyxl and zipfile raise many types for a broken workbook
        raise InputError(
            f"{path} 不是能打开的 Excel 工作簿（{error}）。请另存为 .xlsx 或 UTF-8 的 .csv。",
            f"{path} is not a workbook that opens ({error}). Save it as .xlsx or as UTF-8 .csv.",
        ) from error
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def table_bytes(rows: Sequence[Row], path: Path) -> bytes:
    """Return rows as the bytes of a table of the kind ``path`` names: jsonl, csv, tsv or xlsx.

    Lists become text with ``|`` between their items where the kind has no lists; CSV gets the mark by which Excel
    knows UTF-8. Raises ``InputError`` for another kind.
    """
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "backslashreplace")
    header = list(dict.fromkeys(key for row in rows for key in row))
    lines = [header, *([_cell(row.get(key)) for key in header] for row in rows)]
    if suffix == ".xlsx":
        return _xlsx_bytes(lines)
    if suffix not in {".csv", ".tsv"}:
        raise InputError(
            f"写不成 {path.name} 这种文件。可以写：.jsonl、.csv、.tsv、.xlsx。",
            f"{path.name} is not a kind of file that can be written. Use one of: .jsonl, .csv, .tsv, .xlsx.",
        )
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="\t" if suffix == ".tsv" else ",").writerows(lines)
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _cell(value: object) -> str:
    return "|".join(map(as_text, value)) if isinstance(value, list | tuple) else as_text(value)


def _xlsx_bytes(lines: Sequence[Sequence[str]]) -> bytes:
    import openpyxl

    workbook, data = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = workbook.create_sheet()
    for line in lines:
        sheet.append([cell_text(text) for text in line])
    workbook.save(data)
    return data.getvalue()


def read_texts(path: Path, column: str | None = None) -> list[str]:
    """Read the messages of a file: the named text column, or the first one with a usual name.

    A row without text gives an empty message, so that no row is lost.
    """
    rows = read_rows(path)
    name = text_column(present_columns(rows), path, column) if rows else ""
    return [as_text(row.get(name)) for row in rows]


def read_examples(path: Path) -> list[Example]:
    """Read labelled messages; ``InputError`` names the row whose label is missing or unknown."""
    rows = read_rows(path)
    if not rows:
        raise InputError(f"{path} 里没有消息。", f"{path} holds no messages.")
    present = present_columns(rows)
    columns = [
        text_column(present, path),
        _column(present, TEMPERAMENT_COLUMNS, path),
        _column(present, STATE_COLUMNS, path),
    ]
    return [_example(row, columns, path, number) for number, row in enumerate(rows, 1)]


def _example(row: Row, columns: Sequence[str], path: Path, number: int) -> Example:
    text, temperament, state = (as_text(row.get(column)) for column in columns)
    also: object = next((row[name] for name in ALSO_COLUMNS if row.get(name)), "")
    further = also if isinstance(also, list) else _SEPARATORS.split(as_text(also))
    try:
        return Example(
            text=text,
            temperament=temperament_label(temperament),
            state=state_label(state),
            also=tuple(state_label(str(one)) for one in further if str(one).strip()),
            id=as_text(row.get("id")),
            source=as_text(row.get("source") or row.get("channel")),
            torn=tuple(map(str, row["torn"])) if isinstance(row.get("torn"), list) else (),
            grades=_grades(as_text(row.get("grades"))),
        )
    except TemperamentError as error:
        raise InputError(f"{path} 第 {number} 条：{error.zh}", f"{path} item {number}: {error.en}") from error


def _grades(digits: str) -> tuple[float, ...]:
    try:
        return grades.shares(digits)
    except ValueError as error:
        raise InputError(
            f"grades 列应是 {len(grades.GREATEST)} 位数字（{error}）。改正它，或让它空着。",
            f"The column grades holds {len(grades.GREATEST)} digits ({error}). Correct it, or leave it empty.",
        ) from error


def text_column(present: Sequence[str], path: Path | str, asked: str | None = None) -> str:
    """Find the column of messages: the asked one, one with a usual name, or the only one that holds such a name.

    Raises ``InputError`` that names the columns there are.
    """
    usual = [name for name in TEXT_COLUMNS if not name.isascii()]
    close = [key for key in present if any(name in key for name in usual)]
    if asked is None and len(close) == 1:
        return close[0]
    try:
        return _column(present, (asked,) if asked else TEXT_COLUMNS, path)
    except InputError as error:
        raise InputError(
            f"{error.zh}也可以用 --text-column 指明。",
            f"{error.en} Or name it with --text-column.",
        ) from error


def present_columns(rows: Sequence[Row], first: int = 100) -> list[str]:
    """Return the columns that occur in the first rows, in their order."""
    return list(dict.fromkeys(str(key) for row in rows[:first] for key in row if key is not None))


def find_column(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column that has the first of some usual names, whatever its case; ``None`` where there is none."""
    cleaned = {column.strip().lower(): column for column in columns}
    return next((cleaned[name.lower()] for name in names if name.lower() in cleaned), None)


def _column(present: Sequence[str], names: Sequence[str], path: Path | str) -> str:
    found = find_column(present, names)
    if found is not None:
        return found
    raise InputError(
        f"{path} 里没有名为 {'/'.join(names)} 的列；现有的列：{'、'.join(present) or '（无）'}。请改列名。",
        f"{path} has no column named {'/'.join(names)}; it has: {', '.join(present) or '(none)'}. Rename the column.",
    )


def as_text(value: object) -> str:
    """Return the value of a cell as text; a missing one (``None``, NaN) is empty."""
    if value is None or value != value:  # NaN, the missing value of tables, differs from itself
        return ""
    return value if isinstance(value, str) else str(value)


def cell_text(text: str) -> str:
    """Return a text as a cell of an Excel workbook can hold it.

    Signs that XML 1.0 (section 2.2) forbids become U+FFFD, since a workbook with one does not open; what is longer than
    32,767 signs, the most a cell takes, is cut.
    """
    return _FORBIDDEN.sub("\ufffd", text)[:_LONGEST_CELL]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def is_test_id(identifier: str) -> bool:
    """Tell whether a corpus message belongs to the test part: one in five, fixed for ever by its id."""
    return int(hashlib.sha256(identifier.encode()).hexdigest()[:8], 16) % 5 == 0


def without_leaks(train: Sequence[OneText], held_out: Sequence[Example], key: Callable[[str], str]) -> list[OneText]:
    """Return the training examples whose text, under ``key``, stands in no held-out example."""
    kept_apart = {key(example.text) for example in held_out}
    return [example for example in train if key(example.text) not in kept_apart]
