"""Sources of rows: delimited text, lines of JSON, plain lines; workbooks and Parquet have files of their own."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from temperament.batch.delimited import Records, Table, broken
from temperament.batch.job import Job, Kind, kind_of
from temperament.batch.rows import Reject, Row, Source
from temperament.batch.streams import Lines, open_file
from temperament.datasets import as_text, text_column
from temperament.decoding import is_broken, mend
from temperament.errors import InputError, UsageError

_FIRST = 1000
"""How many lines of JSON tell which keys there are."""


class _Text:
    """What sources of text share: progress in bytes of the file."""

    columns: tuple[str, ...]

    def __init__(self, lines: Lines, total: float | None) -> None:
        self.columns = ()
        self._counted, self._total = lines.counted, total

    def progress(self) -> tuple[float, float | None]:
        """Return the bytes read, and those there are."""
        return self._counted.taken, self._total


class Delimited(_Text):
    """CSV or TSV; its first line names the columns."""

    def __init__(self, lines: Lines, text: Iterable[str], job: Job, delimiter: str, total: float | None) -> None:
        """Read the header; raises ``InputError`` when it is broken or names no column of messages."""
        super().__init__(lines, total)
        self._delimiter, self._lines = delimiter, lines
        self._records = iter(Records(text, delimiter))
        _, header, _ = next(self._records, (0, [], False))
        if isinstance(header, Reject):
            raise InputError(
                f"{job.name} 的表头（第 1 行）读不懂：{header.zh}。",
                f"The header of {job.name} (line 1) cannot be read: {header.en}.",
            )
        self.columns = tuple(map(mend, header))
        self._text = self.columns.index(text_column(self.columns, job.name, job.text_column)) if header else 0

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over the rows below the header, once."""
        return Table(len(self.columns), self._text, self._delimiter, self._lines).read(self._records)


class JsonLines(_Text):
    """One JSON object or string a line; blank lines are none.

    ``closed`` says that the target is a table: then a key that the first 1,000 lines did not have has no column there,
    and its line is rejected.
    """

    def __init__(self, lines: Lines, text: Iterable[str], job: Job, total: float | None, *, closed: bool) -> None:
        """Look at the first lines; raises ``InputError`` when they have no messages."""
        super().__init__(lines, total)
        records = self._parse(text)
        first = list(islice(records, _FIRST))
        self._records = chain(first, records)
        objects = [one for _, one, _ in first if isinstance(one, dict)]
        self.columns = tuple(dict.fromkeys(str(key) for one in objects for key in one))
        self._text = text_column(self.columns, job.name, job.text_column) if objects else ""
        self._known = set(self.columns) if closed else None

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over the lines, once."""
        for number, value, line in self._records:
            if isinstance(value, Reject):
                yield value
            elif self._known is not None and not self._known.issuperset(value):
                new = ", ".join(sorted(set(value) - self._known))
                yield Reject(
                    number, "new_key", f"前面没有过的键：{new}", f"keys the lines above did not have: {new}", line
                )
            else:
                yield Row(value, as_text(value.get(self._text)))

    def _parse(self, text: Iterable[str]) -> Iterator[tuple[int, dict[str, object] | Reject, str]]:
        for number, raw in enumerate(text, 1):
            line = raw.strip()
            if line:
                yield number, _object(number, line), line


def _object(number: int, line: str) -> dict[str, object] | Reject:
    if is_broken(line):
        return Reject(number, *broken(line), mend(line))
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Reject(number, "not_json", f"不是 JSON（{error}）", f"not JSON ({error})", line)
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, dict):
        return value
    return Reject(number, "not_object", "不是 JSON 对象或字符串", "neither a JSON object nor a string", line)


class PlainLines(_Text):
    """One message a line; blank lines are none."""

    def __init__(self, lines: Lines, text: Iterable[str], total: float | None) -> None:
        """Stand before the first line."""
        super().__init__(lines, total)
        self.columns, self._lines = ("text",), text

    def __iter__(self) -> Iterator[Row | Reject]:
        """Iterate over the lines, once."""
        for number, raw in enumerate(self._lines, 1):
            line = raw.rstrip("\r\n")
            if is_broken(line):
                yield Reject(number, *broken(line), mend(line))
            elif line.strip():
                yield Row([line], line)


def open_source(job: Job, stdin: BinaryIO, stack: ExitStack) -> tuple[Source, Kind]:
    """Open the source of a job, before its first row; raises ``InputError`` where it cannot be read.

    ``stack`` closes what was opened.
    """
    kind = job.reading or (kind_of(job.source) if job.source else None)
    if kind == "xlsx" or kind == "parquet":
        if job.source is None:
            raise UsageError(
                f"标准输入不能是 {kind}：请给出文件名。", f"Standard input cannot be {kind}: name the file."
            )
        return _open_whole(job, job.source, kind, stack), kind
    file = stack.enter_context(open_file(job.source)) if job.source else stdin
    lines = Lines(file, job.name, "\n" if kind in {"jsonl", "txt"} else "")
    text: Iterable[str] = iter(lines)
    if kind is None:
        kind, text = _guess(text)
    total = _size(job.source) if job.source else None
    if kind == "jsonl":
        _refuse_list(job, head := list(islice(text, 1)))
        closed = (job.writing or (kind_of(job.target) if job.target else kind)) not in {"jsonl", "txt"}
        return JsonLines(lines, chain(head, text), job, total, closed=closed), kind
    if kind == "txt":
        return PlainLines(lines, text, total), kind
    return Delimited(lines, text, job, "\t" if kind == "tsv" else ",", total), kind


def _size(path: Path) -> float | None:
    """Return the bytes of a file; ``None`` for a pipe or a device."""
    return path.stat().st_size if path.is_file() else None


def _open_whole(job: Job, path: Path, kind: Kind, stack: ExitStack) -> Source:
    open_file(path).close()
    if kind == "xlsx":
        from temperament.batch.workbooks import Workbook

        return stack.enter_context(closing(Workbook(path, job.text_column)))
    from temperament.batch.parquet import Parquet

    return stack.enter_context(closing(Parquet(path, job.text_column)))


def _guess(text: Iterable[str]) -> tuple[Kind, Iterable[str]]:
    """Tell lines of JSON from CSV by the first line that is not blank."""
    lines = iter(text)
    head: list[str] = []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    first = head[-1].lstrip("\ufeff \t") if head else ""
    return "jsonl" if first.startswith("{") else "csv", chain(head, lines)


def _refuse_list(job: Job, head: list[str]) -> None:
    """Refuse a JSON list: it would have to be read whole."""
    if head and head[0].lstrip("\ufeff \t").startswith("["):
        raise InputError(
            f"{job.name} 是一整个 JSON 列表，不能流式读取。请先转成一行一条：jq -c '.[]' 文件 > 文件.jsonl。",
            f"{job.name} is one JSON list, which cannot be streamed. Make it one item a line: jq -c '.[]' FILE > FILE.jsonl.",
        )
