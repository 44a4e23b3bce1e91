"""The run of a batch: plan, read, answer, write, move."""

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from typing import Any, BinaryIO

from temperament.batch import checkpoint, columns
from temperament.batch.answers import Ask, Shape, answered
from temperament.batch.checkpoint import Progress
from temperament.batch.columns import Field
from temperament.batch.job import WHOLE, Done, Job, Kind, kind_of
from temperament.batch.outputs import BOM, Output, move, refuse_overwriting, rejects_path
from temperament.batch.rows import FEW, MANY, Cells, Row, Source, chunks
from temperament.batch.sinks import Delimited, Form, JsonLines, Spool, aside
from temperament.batch.sources import open_source
from temperament.errors import InputError, UsageError

Report = Callable[[int, float, float | None], None]
"""Is told after every chunk: rows done, how much of the source was taken, of how much."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A job with everything decided: ``names`` are our columns (or keys) and how they are called in this target."""

    job: Job
    source: Source
    kinds: tuple[Kind, Kind]
    fields: tuple[Field, ...]
    names: dict[str, str]

    @property
    def as_json(self) -> bool:
        """Tell whether lines of JSON are written."""
        return self.kinds[1] == "jsonl"

    def form(self) -> Form:
        """Return how rows become text."""
        names = list(self.names.values())
        if self.as_json:
            return JsonLines(self.source.columns, names)
        if self.kinds[1] in WHOLE:
            return Spool()
        delimiter = "\t" if self.kinds[1] == "tsv" else ","
        as_is = self.kinds[0] in {"csv", "tsv", "txt"}
        form = Delimited(self.source.columns, names, delimiter, safe=self.job.safe_cells, as_is=as_is)
        if self.job.encoding == "utf-8-sig" or (self.job.encoding is None and self.job.appends):
            form.head = BOM + form.head
        return form

    def ask(self) -> Ask:
        """Return what answers texts."""
        model = "default" if self.job.model == "auto" else self.job.model
        shape: Shape = "json" if self.as_json else "values" if self.kinds[1] in WHOLE else "text"
        return Ask(model, {field: self.names.get(field, field) for field in self.fields}, shape)


def run(job: Job, stdin: BinaryIO, stdout: BinaryIO, report: Report = lambda rows, done, total: None) -> Done:
    """Read a batch and write its results.

    Raises ``InputError`` when the source cannot be read or the target cannot be written (a full disk, for one), then
    what is done stays beside the target for ``resume``; ``UsageError`` for options that do not fit; ``BrokenPipeError``
    when nobody reads standard output any more.
    """
    start = monotonic()
    refuse_overwriting(job)
    try:
        with ExitStack() as stack:
            plan = _plan(job, stdin, stack)
            progress = _progress(plan)
            resumed = progress.rows
            first = [] if progress.finished else _read(plan, progress, stdout, stack, report)
            _assemble(plan, stdin, stack)
        move(job, progress)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _cannot_write(job, error) from error
    return Done(
        rows=progress.rows,
        rejected=progress.rejected,
        resumed=resumed,
        unread=progress.unread,
        states=progress.states,
        seconds=monotonic() - start,
        renamed={name: free for name, free in plan.names.items() if name != free},
        rejects=rejects_path(job) if progress.rejected else None,
        first=tuple(first),
    )


def _plan(job: Job, stdin: BinaryIO, stack: ExitStack) -> Plan:
    source, reading = open_source(job, stdin, stack)
    writing = job.writing or (kind_of(job.target) if job.target and job.appends else reading)
    if writing == "txt":
        if job.target or job.writing:
            raise UsageError(
                "txt 里放不下读数。输出请用 csv、tsv、jsonl、xlsx 或 parquet。",
                "A txt file has no place for readings. Write csv, tsv, jsonl, xlsx or parquet.",
            )
        writing = "jsonl"
    if writing in WHOLE and (job.source is None or not job.appends):
        raise UsageError(
            f"{writing} 的输入和输出都要是文件，不能是 -。请先存成文件，或改用 csv、jsonl。",
            f"{writing} needs files on both sides, not -. Save the input in a file, or use csv or jsonl.",
        )
    usual = columns.OF_JSON if writing == "jsonl" else columns.OF_TABLE
    fields = job.fields or tuple(one for one in usual if one != "text" or "text" not in source.columns)
    if job.evidence and "evidence" not in fields:
        fields += ("evidence",)
    flat = list(fields) if writing == "jsonl" else columns.flat_names(fields)
    return Plan(job, source, (reading, writing), fields, columns.renamed(flat, source.columns))


def _progress(plan: Plan) -> Progress:
    """Return where to begin: at the checkpoint, or at the first record."""
    job = plan.job
    if job.target is None or not job.appends or job.source is None:
        return Progress({})
    now = checkpoint.identity(job, plan.kinds, list(plan.names.values()))
    found = checkpoint.read(job.target) if job.resume else None
    if found is None:
        return Progress(now)
    checkpoint.refuse_change(found.identity, now)
    return found


def _read(plan: Plan, progress: Progress, stdout: BinaryIO, stack: ExitStack, report: Report) -> list[Any]:
    """Read from where ``progress`` stands to the end of the source; return the first rejects."""
    job, ask = plan.job, plan.ask()
    most = FEW if "evidence" in plan.fields or job.model == "semantic" else MANY
    output = Output(job, plan.form(), progress, _pipe(job, stdout, stack))
    saved = monotonic()
    try:
        output.begin()
        for chunk, answers, states in answered(chunks(plan.source, progress.taken, most), ask, job.jobs):
            output.write(chunk, answers, states)
            if monotonic() - saved >= job.pause:
                output.save()
                saved = monotonic()
            report(progress.rows, *plan.source.progress())
        output.save(finished=True)
    finally:
        output.close()
    return output.first


def _pipe(job: Job, stdout: BinaryIO, stack: ExitStack) -> BinaryIO | None:
    """Return what to write to as it comes: standard output or a device; ``None`` for a file."""
    if job.target is None:
        return stdout
    return None if job.appends else stack.enter_context(job.target.open("wb", buffering=0))


def _assemble(plan: Plan, stdin: BinaryIO, stack: ExitStack) -> None:
    """Put a workbook or a Parquet file together from a second look at the source and the answers beside the target."""
    job, target = plan.job, plan.job.target
    if plan.kinds[1] not in WHOLE or target is None or not aside(target).exists():
        return
    source, _ = open_source(job, stdin, stack)
    names, whole = list(plan.names.values()), target.with_name(target.name + ".whole.part")
    rows = _with_answers(source, plan)
    if plan.kinds[1] == "xlsx":
        from temperament.batch.workbooks import write_workbook

        write_workbook(whole, source.columns, names, rows)
    else:
        from temperament.batch.parquet import write_parquet

        schema = getattr(source, "schema", None)
        write_parquet(whole, source.columns, names, columns.number_types(plan.fields), rows, schema)
    with whole.open("rb+") as file:
        checkpoint.sync(file)
    whole.replace(target)
    aside(target).unlink()


def _with_answers(source: Source, plan: Plan) -> Iterator[tuple[Cells, list[Any]]]:
    assert plan.job.target is not None
    rows = (one for one in source if isinstance(one, Row))
    with aside(plan.job.target).open(encoding="utf-8") as lines:
        for row, line in zip(rows, lines, strict=True):
            yield row.cells, json.loads(line)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _cannot_write(job: Job, error: OSError) -> InputError:
    place = job.target or "<stdout>"
    if error.errno not in _FULL:
        why = error.strerror or error
        return InputError(f"写不了 {place}：{why}。", f"{place} cannot be written: {why}.")
    if not job.appends:
        return InputError(f"{place} 写满了（{error.strerror}）。", f"{place} is full ({error.strerror}).")
    return InputError(
        f"磁盘满了，{place} 没有写完（{error.strerror}）。已做完的还在 {place}.part；腾出空间后加 --resume 再运行一次。",
        f"The disk is full before {place} was done ({error.strerror}). What is done is in {place}.part; "
        "make room and run again with --resume.",
    )
