"""Single keys from the terminal, and whole screens onto it.

The terminal is switched once for the whole sitting. typer's ``getchar`` and readchar switch it for every single key and
throw away what was typed in between: somebody who labels quickly would lose keys.
"""

import codecs
import os
import sys
from collections import deque
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

_ESCAPE = "\x1b"
_NAMES = {
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x03": "ctrl-c",
    "\x04": "eof",
    "\x1b[5~": "pgup",
    "\x1b[6~": "pgdn",
    "\x1b[A": "pgup",
    "\x1b[B": "pgdn",
}
_WINDOWS = {"I": "pgup", "H": "pgup", "Q": "pgdn", "P": "pgdn"}
_WAIT = 0.05
"""Seconds within which the rest of an arrow key follows its first byte; a lone Esc is followed by nothing."""


def keys_of(text: str) -> list[str]:
    """Split what a terminal sent into keys: characters, or names of special keys; unknown sequences are dropped."""
    found, at = [], 0
    while at < len(text):
        end = at + 1
        if text[at] == _ESCAPE and text[at + 1 : at + 2] in {"[", "O"}:
            end = at + 2
            while end < len(text) and not "@" <= text[end] <= "~":
                end += 1
            end += 1
        key = text[at:end].replace(f"{_ESCAPE}O", f"{_ESCAPE}[")
        at = end
        if key == _ESCAPE:
            found.append("esc")
        elif key in _NAMES:
            found.append(_NAMES[key])
        elif len(key) == 1 and key.isprintable():
            found.append(key)
    return found


class Keyboard:
    """A context in which ``read`` waits for one key; typed-ahead keys are kept."""

    def __init__(self) -> None:
        """Read from standard input."""
        self._waiting: deque[str] = deque()
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")

    def __enter__(self) -> Self:
        """Switch the terminal to single keys without echo."""
        if sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)
            # Ctrl-C comes as a key, so that it never strikes in the middle of a draw or a save
            mode = termios.tcgetattr(sys.stdin.fileno())
            mode[3] &= ~termios.ISIG
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, mode)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Switch it back, whatever happened."""
        if sys.platform != "win32":
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    def read(self) -> str:
        """Return the next key; ``eof`` when the terminal is gone."""
        while not self._waiting:
            self._waiting.extend(keys_of(_typed_on_windows() if sys.platform == "win32" else self._typed()))
        return self._waiting.popleft()

    def _typed(self) -> str:
        import select

        try:
            data = os.read(sys.stdin.fileno(), 1024)
            if data == _ESCAPE.encode() and select.select([sys.stdin], [], [], _WAIT)[0]:
                data += os.read(sys.stdin.fileno(), 1024)
        except OSError:
            return "\x04"
        return self._decoder.decode(data) if data else "\x04"


def _typed_on_windows() -> str:
    if sys.platform != "win32":
        return ""
    import msvcrt

    first = msvcrt.getwch()
    if first not in {"\x00", "\xe0"}:
        return first
    name = _WINDOWS.get(msvcrt.getwch(), "")
    return next((text for text, known in _NAMES.items() if known == name), "")


class Canvas:
    """The terminal's second screen, drawn whole; what was there before comes back at the end."""

    def __init__(self) -> None:
        """Draw on standard output."""
        self._console = Console(highlight=False, soft_wrap=True)

    def __enter__(self) -> Self:
        """Change to the second screen and hide the cursor."""
        self._console.set_alt_screen(enable=True)
        self._console.show_cursor(show=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go back to the first screen."""
        self._console.show_cursor(show=True)
        self._console.set_alt_screen(enable=False)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal, as they are now."""
        return self._console.size.width, self._console.size.height

    def draw(self, lines: list[Text]) -> None:
        """Put lines on the screen in one write, each over what stood there."""
        with self._console.capture() as captured:
            for number, line in enumerate(lines):
                self._console.print(line, end="" if number == len(lines) - 1 else "\n")
        drawn = captured.get().replace("\n", "\x1b[K\r\n")
        sys.stdout.write(f"\x1b[H{drawn}\x1b[K\x1b[J")
        sys.stdout.flush()
