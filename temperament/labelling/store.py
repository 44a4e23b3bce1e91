"""The file of labels: one JSON object a line, appended and flushed to the disk decision by decision.

A line is whole or it is not there: what a killed program left half-written at the end is left out when the file is read
and cut off before the next label is written. Taking a label back writes the other lines aside and moves them into place.
Several annotators may share a file one after the other; at the same time each needs a file of their own.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from temperament.errors import InputError
from temperament.labels import StateLabel, TemperamentLabel, state_label, temperament_label


@dataclass(frozen=True, slots=True)
class Label:
    """One annotator's decision about one message.

    ``time`` is local, in ISO 8601. ``suggestion`` is what the model read (``temperament``, ``state``, ``also``,
    ``model``), where it was asked; ``seen`` tells whether the annotator had it before their eyes while deciding.
    """

    id: str
    text: str
    temperament: TemperamentLabel
    state: StateLabel
    also: tuple[StateLabel, ...] = ()
    note: str = ""
    annotator: str = ""
    time: str = ""
    suggestion: dict[str, Any] | None = None
    seen: bool = False

    def line(self) -> bytes:
        """Return the label as a line of the file."""
        values = {key: value for key, value in asdict(self).items() if key != "suggestion" or value is not None}
        text = json.dumps(values, ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace") + b"\n"


@dataclass(frozen=True, slots=True)
class Store:
    """A file of labels; it need not exist before the first one."""

    path: Path

    def read(self) -> list[Label]:
        """Return all labels in their order; raises ``InputError`` naming a line that is none."""
        return [self._label(line, number) for number, line in enumerate(self._whole().splitlines(), 1) if line.strip()]

    def append(self, label: Label) -> None:
        """Write a label behind the others; when this returns it is on the disk."""
        try:
            self._heal()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(label.line())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error

    def remove(self, label: Label) -> None:
        """Take the last line that is this label out of the file."""
        lines, place = self._find(label)
        if place is not None:
            self._replace([*lines[:place], *lines[place + 1 :]])

    def change(self, old: Label, new: Label) -> None:
        """Put a new label into the place of an old one; where that is gone, behind the others."""
        lines, place = self._find(old)
        if place is None:
            self.append(new)
        else:
            self._replace([*lines[:place], new.line(), *lines[place + 1 :]])

    def _find(self, label: Label) -> tuple[list[bytes], int | None]:
        lines = self._whole().splitlines(keepends=True)
        same = (n for n in reversed(range(len(lines))) if lines[n].strip() and self._label(lines[n], n + 1) == label)
        return lines, next(same, None)

    def _whole(self) -> bytes:
        """Return the whole lines of the file: all but what stands behind the last line break, unless it is whole too."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise self._unwritable(error) from error
        head, _, tail = data.rpartition(b"\n")
        return data if not tail or _is_json(tail) else head + b"\n" * bool(head)

    def _heal(self) -> None:
        if not self.path.is_file():
            return
        whole = self._whole()
        if len(whole) != self.path.stat().st_size or (whole and not whole.endswith(b"\n")):
            self._replace([whole, b"" if whole.endswith(b"\n") or not whole else b"\n"])

    def _replace(self, lines: Iterable[bytes]) -> None:
        aside = self.path.with_name(self.path.name + ".part")
        try:
            with aside.open("wb") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error

    def _label(self, line: bytes, number: int) -> Label:
        try:
            row = json.loads(line)
            return Label(
                id=str(row["id"]),
                text=str(row["text"]),
                temperament=temperament_label(str(row["temperament"])),
                state=state_label(str(row["state"])),
                also=tuple(state_label(str(one)) for one in row.get("also") or ()),
                note=str(row.get("note") or ""),
                annotator=str(row.get("annotator") or ""),
                time=str(row.get("time") or ""),
                suggestion=row.get("suggestion"),
                seen=bool(row.get("seen")),
            )
        except Exception as error:  # a line of another program can be wrong in a dozen ways
            raise InputError(
                f"{self.path} 第 {number} 行不是 temperament label 写的标注（{error!r}）。请用 -o 换一个文件。",
                f"Line {number} of {self.path} is no label of temperament label ({error!r}). Name another file with -o.",
            ) from error

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path} 读写不了（{error.strerror}）。请用 -o 换一个位置。",
            f"{self.path} cannot be read or written ({error.strerror}). Name another place with -o.",
        )


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
