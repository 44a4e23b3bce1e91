"""The command for millions of messages: batch."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from temperament.cli.common import Lang, ModelName, TextColumn, ask_language
from temperament.errors import ExitCode
from temperament.help_texts import tell

if TYPE_CHECKING:
    from temperament.batch import Done, Job
    from temperament.language import Language

KindName = Literal["csv", "tsv", "jsonl", "txt", "xlsx", "parquet"]
EncodingName = Literal["utf-8-sig", "utf-8", "gb18030"]


def batch(
    source: Annotated[Path, typer.Argument(metavar="IN", help=tell("batch.source"))],
    target: Annotated[Path, typer.Argument(metavar="OUT", help=tell("batch.target"))] = Path("-"),
    text_column: TextColumn = None,
    model: ModelName = "default",
    columns: Annotated[str | None, typer.Option("--columns", help=tell("batch.columns"))] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help=tell("batch.jobs"))] = 1,
    rejects: Annotated[Path | None, typer.Option("--rejects", help=tell("batch.rejects"))] = None,
    encoding: Annotated[
        EncodingName | None, typer.Option("--encoding", metavar="ENCODING", help=tell("batch.encoding"))
    ] = None,
    reading: Annotated[KindName | None, typer.Option("--from", metavar="FORMAT", help=tell("batch.from"))] = None,
    writing: Annotated[KindName | None, typer.Option("--to", metavar="FORMAT", help=tell("batch.to"))] = None,
    lang: Lang = None,
    *,
    resume: Annotated[bool, typer.Option("--resume", help=tell("batch.resume"))] = False,
    safe_cells: Annotated[bool, typer.Option("--safe-cells", help=tell("batch.safe_cells"))] = False,
    evidence: Annotated[bool, typer.Option("--evidence", help=tell("batch.evidence"))] = False,
    progress: Annotated[bool | None, typer.Option("--progress/--quiet", help=tell("batch.progress"))] = None,
) -> None:
    """Read a file of messages and write it again with readings."""
    from temperament.batch import Job
    from temperament.batch.columns import parse

    language = ask_language(lang)
    job = Job(
        source=None if str(source) == "-" else source,
        target=None if str(target) == "-" else target,
        reading=reading,
        writing=writing,
        text_column=text_column,
        model=model,
        fields=parse(columns) if columns is not None else None,
        evidence=evidence,
        encoding=encoding,
        rejects=rejects,
        safe_cells=safe_cells,
        jobs=jobs or os.cpu_count() or 1,
        resume=resume,
    )
    done = _run(job, language, progress)
    if done and progress is not False:
        sys.stderr.write("".join(line + "\n" for line in _summary(done, language)))


def _run(job: "Job", language: "Language", progress: bool | None) -> "Done | None":  # noqa: FBT001
    """Run a batch; say so when it is interrupted, or when nobody reads the output any more."""
    from temperament.batch import run

    _stop_politely()
    try:
        with _bar(language, shown=progress) as report:
            return run(job, sys.stdin.buffer, _raw_output(), report)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if progress is not False:
            sys.stderr.write(
                ("输出没人接着读了，停下。\n", "Nobody reads the output any more; stopped.\n")[language == "en"]
            )
        return None
    except KeyboardInterrupt:
        zh = "已停下。" + ("加 --resume 再运行一次就接着做。" if job.appends and job.source else "")
        en = "Stopped." + (" Run again with --resume to go on." if job.appends and job.source else "")
        sys.stderr.write((zh, en)[language == "en"] + "\n")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _raw_output() -> BinaryIO:
    return sys.stdout.buffer


def _stop_politely() -> None:
    """Let SIGTERM end a batch as Ctrl-C does."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


@contextmanager
def _bar(language: "Language", *, shown: bool | None) -> "Iterator[Callable[[int, float, float | None], None]]":
    """Show a progress bar on standard error, and hand out what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, force_terminal=True if shown else None)
    rows, left = (("行", "行/秒"), ("rows", "rows/s"))[language == "en"]
    parts: tuple[Any, ...] = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(f"{{task.fields[rows]:,}} {rows}  {{task.fields[rate]:,.0f}} {left} "),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    hidden = shown is False or not console.is_terminal
    with Progress(*parts, console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task("", total=None, rows=0, rate=0.0)
        begun: list[int] = []

        def move(done: int, taken: float, total: float | None) -> None:
            begun[:] = begun or [done]
            elapsed = progress.tasks[0].elapsed or 0
            rate = (done - begun[0]) / elapsed if elapsed else 0
            progress.update(task, completed=taken, total=total, rows=done, rate=rate)

        yield move


def _summary(done: "Done", language: "Language") -> list[str]:
    """Return the lines that say what a batch came to."""
    from temperament.labels import NAMES, STATES

    english = language == "en"
    rate = (done.rows - done.resumed) / done.seconds if done.seconds else 0
    share = ("、", ", ")[english].join(
        f"{NAMES[state].show(language)} {done.states[state] / (done.rows - done.unread):.1%}"
        for state in STATES
        if state in done.states
    )
    lines = [
        f"Rows read: {done.rows:,} in {done.seconds:,.1f} s ({rate:,.0f} a second)."
        if english
        else f"读完 {done.rows:,} 行，用 {done.seconds:,.1f} 秒（每秒 {rate:,.0f} 行）。"
    ]
    if done.resumed:
        lines.append(
            f"Done by earlier runs: {done.resumed:,}." if english else f"其中 {done.resumed:,} 行是上次做完的。"
        )
    if share:
        lines.append(f"Of those that can be read: {share}." if english else f"读得出的当中：{share}。")
    if done.unread:
        lines.append(
            f"Cannot be read (empty, not Chinese …): {done.unread:,}; they are unclear, see reason."
            if english
            else f"{done.unread:,} 行读不出（空的、不是中文等），记为 unclear，见 reason 列。"
        )
    return lines + _told(done, english=english)


def _told(done: "Done", *, english: bool) -> list[str]:
    """Return the lines about renamed columns and rejects."""
    lines = []
    if done.renamed:
        pairs = ", ".join(f"{name} → {free}" for name, free in done.renamed.items())
        lines.append(f"Columns whose name was taken: {pairs}." if english else f"列名已被占用，改写为：{pairs}。")
    if done.rejected:
        where = f"{done.rejects}" if done.rejects else ("the lines below" if english else "下面几行（没有保存）")
        lines.append(
            f"Left out, as they are no rows of the table: {done.rejected:,}, see {where}."
            if english
            else f"{done.rejected:,} 条记录不成行，没有写进结果，见 {where}。"
        )
        lines += [f"  {one.line}: {one.en if english else one.zh}" for one in done.first[:5]]
    return lines
