"""How far a batch has come, on disk, so that it can go on after a kill without losing or doubling a row.

The order makes it safe: results are on the disk before the checkpoint that counts them, and the checkpoint is replaced
in one step. Whatever was written after it is cut off when the batch goes on.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from temperament import __version__
from temperament.batch.job import Job
from temperament.errors import InputError, UsageError

_EDGE = 1 << 20


@dataclass(slots=True)
class Progress:
    """What is on the disk: records taken from the source, rows and rejects written, lengths of both files.

    ``identity`` says of which input, model and options. ``finished`` means that only the moving is left.
    """

    identity: dict[str, str]
    taken: int = 0
    rows: int = 0
    rejected: int = 0
    unread: int = 0
    states: dict[str, int] = field(default_factory=dict)
    output_length: int = 0
    rejects_length: int = 0
    finished: bool = False


def path_of(target: Path) -> Path:
    """Return where the checkpoint of a target is."""
    return target.with_name(target.name + ".part.json")


def write(target: Path, progress: Progress) -> None:
    """Replace the checkpoint in one step."""
    path = path_of(target)
    aside = path.with_name(path.name + ".new")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(progress), file, ensure_ascii=False)
        sync(file)
    aside.replace(path)


def read(target: Path) -> Progress | None:
    """Return the checkpoint of a target, or ``None``; raises ``InputError`` when it is damaged."""
    try:
        return Progress(**json.loads(path_of(target).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"断点文件 {path_of(target)} 读不了（{error}）。请去掉 --resume，从头再来。",
            f"The checkpoint {path_of(target)} cannot be read ({error}). Start over without --resume.",
        ) from error


def remove(target: Path) -> None:
    """Remove the checkpoint."""
    with suppress(FileNotFoundError):
        path_of(target).unlink()


def sync(file: IO[Any]) -> None:
    """Bring an open file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make a move in a folder last through a power failure, where the system can."""
    with suppress(OSError):  # Windows cannot open folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def identity(job: Job, kinds: tuple[str, str], names: list[str]) -> dict[str, str]:
    """Return what must be the same for a batch to go on: input, model and options."""
    from temperament import model

    folder = model.find(job.model)
    options = (__version__, job.text_column, kinds, names, job.encoding, job.safe_cells, str(job.rejects))
    return {
        "input": _file(job.source) if job.source else "",
        "model": hashlib.sha256((folder / model.MANIFEST).read_bytes()).hexdigest(),
        "options": json.dumps(options, ensure_ascii=False),
    }


def _file(path: Path) -> str:
    """Return size, time and a hash of the first and last MiB of a file: a cheap sign that it is still the same."""
    stat = path.stat()
    with path.open("rb") as file:
        edges = hashlib.sha256(file.read(_EDGE))
        file.seek(max(0, stat.st_size - _EDGE))
        edges.update(file.read(_EDGE))
    return f"{stat.st_size} {stat.st_mtime_ns} {edges.hexdigest()}"


_CHANGED = {
    "input": ("输入文件", "the input file"),
    "model": ("模型", "the model"),
    "options": ("选项或程序版本", "options or the program's version"),
}


def refuse_change(found: dict[str, str], now: dict[str, str]) -> None:
    """Refuse to go on with something else; raises ``UsageError`` that says what changed."""
    changed = [names for key, names in _CHANGED.items() if found.get(key) != now[key]]
    if changed:
        zh, en = "、".join(zh for zh, _ in changed), ", ".join(en for _, en in changed)
        raise UsageError(
            f"不能接着做：{zh}和上次不同。请改回去，或去掉 --resume 从头再来。",
            f"Cannot resume: {en} changed since. Change it back, or start over without --resume.",
        )
