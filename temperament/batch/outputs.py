"""The files of a batch: results, rejects and the checkpoint that counts both."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from temperament.batch import checkpoint
from temperament.batch.checkpoint import Progress
from temperament.batch.job import Job
from temperament.batch.rows import Chunk, Reject
from temperament.batch.sinks import Form, Writer, aside, open_part, safe_cell
from temperament.errors import InputError, UsageError
from temperament.language import default_language

BOM = "\ufeff"
_REJECT_COLUMNS = ("line", "reason", "detail", "content")
_SHOWN = 20


class Rejects:
    """A CSV of the records that are no rows, opened when there is a first one."""

    def __init__(self, path: Path, length: int, *, always: bool, safe: bool) -> None:
        """Go on after ``length`` bytes; ``always`` makes the file even when it stays empty, ``safe`` escapes formulas."""
        self.path, self._length, self._safe = path, length, safe
        self._writer: Writer | None = None
        if always or length:
            self._open()
        else:
            aside(path).unlink(missing_ok=True)

    def _open(self) -> Writer:
        file = open_part(self.path)
        file.truncate(self._length)
        file.seek(self._length)
        self._writer = writer = Writer(file, "utf-8")
        if not self._length:
            writer.write(BOM + _csv([_REJECT_COLUMNS]))
        return writer

    def write(self, rejects: Iterable[Reject]) -> None:
        """Write some rejects, each with its line, why, and what it holds."""
        english = default_language() == "en"
        rows = [(one.line, one.reason, one.en if english else one.zh, one.content) for one in rejects]
        if self._safe:
            rows = [tuple(map(safe_cell, row)) for row in rows]
        if rows:
            (self._writer or self._open()).write(_csv(rows))

    def sync(self) -> int:
        """Bring everything to the disk and return how long the file is."""
        return self._writer.sync() if self._writer else 0

    def close(self) -> None:
        """Close the file."""
        if self._writer:
            self._writer.close()


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


class Output:
    """Results and rejects of one batch. A file is written aside with a checkpoint; a pipe or a device as it comes."""

    def __init__(self, job: Job, form: Form, progress: Progress, pipe: BinaryIO | None) -> None:
        """Go on where ``progress`` stands; everything behind it is cut off."""
        self.job, self.progress, self._form = job, progress, form
        self.first: list[Reject] = []
        encoding = "gb18030" if job.encoding == "gb18030" else "utf-8"
        self._target = None if pipe else job.target
        gz = job.target is not None and job.target.suffix.lower() == ".gz"
        if pipe:
            self._writer = Writer(pipe, encoding, gz=gz, durable=False)
        else:
            self._writer = Writer(self._reopen(), encoding, gz=gz)
        rejects = rejects_path(job)
        self._rejects: Rejects | None = None
        if rejects:
            wanted = job.rejects is not None
            self._rejects = Rejects(rejects, progress.rejects_length, always=wanted, safe=job.safe_cells)

    def begin(self) -> None:
        """Write the header, unless an earlier run did."""
        if not self.progress.taken:
            self._writer.write(self._form.head)

    def _reopen(self) -> BinaryIO:
        assert self._target is not None
        file, length = open_part(self._target), self.progress.output_length
        if file.seek(0, io.SEEK_END) < length:
            file.close()
            raise InputError(
                f"{aside(self._target)} 比断点记的短，接不上。请去掉 --resume，从头再来。",
                f"{aside(self._target)} is shorter than its checkpoint says. Start over without --resume.",
            )
        if not length:
            checkpoint.remove(self._target)
        file.truncate(length)
        file.seek(length)
        return file

    def write(self, chunk: Chunk, answers: Sequence[Any], states: Counter[str]) -> None:
        """Write a chunk with its answers, and count it."""
        self._writer.write(self._form.lines(chunk.rows, answers))
        if self._rejects:
            self._rejects.write(chunk.rejects)
        self.first += chunk.rejects[: _SHOWN - len(self.first)]
        now = self.progress
        now.taken += chunk.size
        now.rows += len(chunk.rows)
        now.rejected += len(chunk.rejects)
        now.unread += len(chunk.rows) - states.total()
        now.states = dict(states + Counter(now.states))

    def save(self, *, finished: bool = False) -> None:
        """Bring everything to the disk, then count it in the checkpoint."""
        self.progress.output_length = self._writer.sync()
        self.progress.rejects_length = self._rejects.sync() if self._rejects else 0
        self.progress.finished = finished
        if self._target:
            checkpoint.write(self._target, self.progress)

    def close(self) -> None:
        """Close both files."""
        self._writer.close()
        if self._rejects:
            self._rejects.close()


def rejects_path(job: Job) -> Path | None:
    """Return where rejects go: the file named, or one beside the target; ``None`` with neither."""
    if job.rejects or job.target is None or not job.appends:
        return job.rejects
    return job.target.with_name(job.target.name + ".rejects.csv")


def refuse_overwriting(job: Job) -> None:
    """Refuse to write over the input: with the results, the rejects, or what is written aside; raises ``UsageError``."""
    targets = [path for path in (job.target, rejects_path(job)) if path is not None]
    written = [*targets, *(aside(path) for path in targets), *(checkpoint.path_of(path) for path in targets)]
    if job.source and job.source.exists() and any(path.exists() and path.samefile(job.source) for path in written):
        raise UsageError(
            f"输出或 --rejects 与输入 {job.source} 是同一个文件，会盖掉它。请换一个输出文件名。",
            f"The output or --rejects is the same file as the input {job.source}. Choose another name.",
        )


def move(job: Job, progress: Progress) -> None:
    """Move what was written aside to its place, in an order that bears being done again, and drop the checkpoint."""
    rejects = rejects_path(job)
    for path in filter(None, (rejects, job.target if job.appends else None)):
        if aside(path).exists():
            aside(path).replace(path)
            checkpoint.sync_folder(path)
        elif path == rejects and not progress.rejected and not job.rejects:
            path.unlink(missing_ok=True)
    if job.target and job.appends:
        checkpoint.remove(job.target)
