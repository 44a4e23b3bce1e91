"""Bytes in, lines of text out: files or standard input, gzip or plain, any Chinese encoding, in flat memory."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from temperament.decoding import CUT, Stream, is_broken
from temperament.errors import InputError

BLOCK = 1 << 20
LONGEST = 8 << 20
"""The longest line that is kept, in characters; what is longer is cut there and marked as broken."""
_GZIP = b"\x1f\x8b"


class Counted(io.RawIOBase):
    """A file that counts the bytes that were read from it; given a head that was read from it already."""

    def __init__(self, file: BinaryIO, head: bytes = b"") -> None:
        """Serve ``head`` first, then the rest of the file."""
        self._file, self._head = file, head
        self.taken = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override]
        """Read the next bytes."""
        data = self._head[: len(buffer)] if self._head else self._file.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        self.taken += len(data)
        return len(data)


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; raises ``InputError`` that says why it cannot be."""
    try:
        if path.is_dir():
            raise InputError(
                f"{path} 是文件夹，不是文件。请给出其中的一个文件。",
                f"{path} is a folder, not a file. Name one of the files in it.",
            )
        return path.open("rb")
    except FileNotFoundError:
        zh, en = f"找不到文件 {path}。请检查路径和文件名。", f"No file {path}. Check the path and the name."
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        zh, en = f"读不了 {path}：{why}。", f"{path} cannot be read: {why}."
    raise InputError(zh, en)


class Lines:
    r"""The lines of a file with their line ends, and how much of it has been read.

    ``newline`` is that of ``io.StringIO``: ``""`` ends lines at \n, \r and \r\n, ``"\n"`` at \n alone.
    """

    def __init__(self, file: BinaryIO, name: str, newline: str = "") -> None:
        """Look at the first bytes (gzip?) and stand before the first line."""
        head = file.read(len(_GZIP))
        self.counted = Counted(file, head)
        raw = io.BufferedReader(self.counted, BLOCK)
        self._bytes: BinaryIO = gzip.GzipFile(fileobj=raw) if head == _GZIP else raw  # type: ignore[assignment]
        self._name, self._newline = name, newline
        self.suspect = False
        """Whether any line so far has marks of broken bytes; while none has, nobody needs to look for them."""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the lines; raises ``InputError`` when the bytes behind them stop before their end."""
        pending, dropping = "", False
        for block in self._texts():
            lines = list(io.StringIO(pending + block, newline=self._newline))
            pending = "" if not lines or lines[-1].endswith("\n") else lines.pop()
            for line in lines:
                if not dropping:
                    yield line
                dropping = False
            if len(pending) > LONGEST:
                if not dropping:
                    self.suspect = True
                    yield pending[:LONGEST] + CUT + "\n"
                pending, dropping = "", True
        if pending and not dropping:
            yield pending

    def _texts(self) -> Iterator[str]:
        stream = Stream()
        while block := self._read():
            if stream.encoding is None and not block.isascii():
                block += self._read()
            yield self._looked_at(stream.feed(block))
        yield self._looked_at(stream.feed(b"", last=True))

    def _looked_at(self, text: str) -> str:
        self.suspect = self.suspect or is_broken(text)
        return text

    def _read(self) -> bytes:
        try:
            return self._bytes.read(BLOCK)
        except (EOFError, OSError, zlib.error) as error:
            raise InputError(
                f"{self._name} 读到一半读不下去了（{error}）：文件不完整或已损坏。",
                f"{self._name} cannot be read to its end ({error}): it is cut off or damaged.",
            ) from error
