"""The first few texts of a process are cut without loading a segmenter: their words are looked up in jieba's dictionary file.

A segmenter builds its whole dictionary in memory first, which takes longer than everything else that reading one message
needs. One pass of a regular expression over the file finds the few words that the characters of a text can make.
"""

import importlib.util
import math
import re
from functools import cache
from pathlib import Path

_FILE_SIZE = 5_071_852
_TOTAL = math.log(60_101_967)
"""Size of the file in jieba 0.42.1, and the logarithm of all its frequencies together; another file is not used."""
_LETTER = re.compile(r"[a-z0-9]")


@cache
def entries() -> str | None:
    """Return the dictionary as text, a line an entry, or ``None`` where it is not the one we know."""
    found = importlib.util.find_spec("jieba")
    if found is None or found.origin is None:
        return None
    try:
        data = Path(found.origin).with_name("dict.txt").read_bytes()
    except OSError:
        return None
    return f"\n{data.decode()}" if len(data) == _FILE_SIZE else None


def look_up(text: str, lines: str) -> dict[str, float]:
    """Return the words that can be made of the characters of a text, with the logarithm of their probability."""
    characters = "".join(sorted(set(filter(str.isalnum, text))))
    pairs = re.findall(f"\n([{characters}]+) ([0-9]+)", lines) if characters else []
    return {word: math.log(int(count) or 1) - _TOTAL for word, count in pairs}


def cut(run: str, known: dict[str, float]) -> list[str]:
    """Cut a run of characters into the likeliest words, as jieba does without its hidden Markov model.

    Of equally likely ways the one with the longest first word is taken; single letters and digits stay together.
    """
    longest = max(map(len, known), default=1)
    best = [0.0] * (len(run) + 1)
    ends = [0] * len(run)
    for start in reversed(range(len(run))):
        ways = [
            (known[word] + best[end], end)
            for end in range(start + 1, min(start + longest, len(run)) + 1)
            if (word := run[start:end]) in known
        ]
        if not ways or ways[0][1] > start + 1:
            ways.append((best[start + 1] - _TOTAL, start + 1))
        best[start], ends[start] = max(ways)
    return _joined(run, ends)


def _joined(run: str, ends: list[int]) -> list[str]:
    """Return the words that end there, neighbouring single letters and digits as one."""
    words: list[str] = []
    start, open_letters = 0, False
    while start < len(run):
        word = run[start : ends[start]]
        letter = len(word) == 1 and bool(_LETTER.match(word))
        if letter and open_letters:
            words[-1] += word
        else:
            words.append(word)
        start, open_letters = ends[start], letter
    return words
