"""What is to be done: where from, where to, with what; and what was done."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from temperament.batch.columns import Field
from temperament.batch.rows import Reject
from temperament.errors import InputError, UsageError

Kind = Literal["csv", "tsv", "jsonl", "txt", "xlsx", "parquet"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Encoding = Literal["utf-8-sig", "utf-8", "gb18030"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
_SUFFIXES: dict[str, Kind] = {f".{kind}": kind for kind in KINDS} | {".ndjson": "jsonl", ".json": "jsonl"}
WHOLE: frozenset[str] = frozenset({"xlsx", "parquet"})
"""Kinds that cannot be appended to, nor come through a pipe."""


@dataclass(frozen=True, slots=True)
class Job:
    """A batch to be read.

    ``source`` and ``target`` are files; ``None`` is standard input or output. ``reading`` and ``writing`` are their
    kinds (``None``: by the name; standard input by its first line; the target like the source). ``fields`` are the parts
    of a reading to write (``None``: the usual ones of the target's kind), and
    ``evidence`` adds what they rest on. ``encoding`` is that of CSV and TSV (``None``:
    UTF-8, in files with the mark that Excel needs). ``rejects`` is the file for records that are no rows (``None``: the
    target's name with ``.rejects.csv``). ``safe_cells`` keeps a spreadsheet from running cells as formulas. ``jobs``
    counts processes. ``pause`` is the time between two checkpoints, in seconds.
    """

    source: Path | None
    target: Path | None
    reading: Kind | None = None
    writing: Kind | None = None
    text_column: str | None = None
    model: str = "default"
    fields: tuple[Field, ...] | None = None
    evidence: bool = False
    encoding: Encoding | None = None
    rejects: Path | None = None
    safe_cells: bool = False
    jobs: int = 1
    resume: bool = False
    pause: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work; raises ``UsageError``."""
        if self.resume and (self.source is None or not self.appends):
            raise UsageError(
                "--resume 要求输入和输出都是普通文件，不能是 - 或设备。",
                "--resume needs ordinary files on both sides, not - or a device.",
            )
        if self.jobs < 1:
            raise UsageError("--jobs 至少为 1。", "--jobs must be at least 1.")

    @property
    def appends(self) -> bool:
        """Tell whether the target is a file that is written aside and moved; standard output and devices are not."""
        return self.target is not None and (self.target.is_file() or not self.target.exists())

    @property
    def name(self) -> str:
        """Return how the source is called in messages."""
        return str(self.source or "<stdin>")


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch came to.

    ``rows`` were written and ``rejected`` were not, of which ``resumed`` by earlier runs; ``unread`` of the rows could
    not be read (empty and the like), ``states`` counts the others. ``seconds`` is the time of this run. ``renamed`` are
    our columns whose name was taken. ``rejects`` is the file of the rejected, ``first`` are some of them.
    """

    rows: int
    rejected: int
    resumed: int
    unread: int
    states: dict[str, int]
    seconds: float
    renamed: dict[str, str]
    rejects: Path | None
    first: tuple[Reject, ...]


def kind_of(path: Path) -> Kind:
    """Return the kind of a file by its name, ``.gz`` aside; raises ``InputError`` with the kinds there are."""
    bare = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    kind = _SUFFIXES.get(bare.suffix.lower())
    if kind is None or (kind in WHOLE and bare != path):
        names = ", ".join(f".{one}" for one in KINDS)
        raise InputError(
            f"不认识 {path.name} 这种文件。可以用：{names}（文本类可再加 .gz），或用 --from、--to 指明。",
            f"{path.name} is not a kind of file that is known. Use {names} (.gz too for text), or name it with --from, --to.",
        )
    return kind
