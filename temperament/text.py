"""The only room that touches raw characters: folding and segmentation.

Folding makes the many ways of writing one thing alike (width, script, case, repetition, broken or glossed
characters) and remembers where every folded character came from, so that spans found in folded text can be
shown in the original. ``TEXT_VERSION`` is part of every saved model: raise it whenever folding or
segmentation changes what comes out.
"""

import importlib.util
import logging
import os
import re
import sys
import tempfile
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from pathlib import Path

from temperament import dictionary

TEXT_VERSION = 1

HAN_RANGES = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
HAN = "".join(f"{first}-{last}" for first, last in HAN_RANGES)
LATIN_RANGES = (("a", "z"), ("ß", "ö"), ("ø", "ɏ"))
DROP = "\ufffd"
MAX_RUN = 3
LONGEST_MENTION = 30
TRADITIONAL = frozenset(Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8")) - {"\n"} | {"著"}
"""The characters that conversion to Simplified script may change (``data/make_traditional.py`` lists them)."""
_TONED = "(?:[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]|[aeiouünm][\u0300\u0301\u0304\u030c])"
_IRREGULAR = re.compile(
    r"(?P<edge>\A\s+|\s+\Z)"
    rf"|(?P<mention>@[^\s@,。!?:;()\[\]]{{1,{LONGEST_MENTION}}})"
    rf"|(?<=[{HAN}])(?P<gloss>(?:\([a-zü]{{0,5}}{_TONED}[a-zü]{{0,5}}\))+)"
    r"|(?P<line>[^\S\n]*\n\s*)"
    r"|(?P<blank>[^\S\n]{2,})"
    rf"|(?P<run>(?P<one>[^\s\d])(?P=one){{{MAX_RUN},}})"
)
_HINT = re.compile(r"[\s@(]")
_RUN = re.compile("(.)" + r"\1" * MAX_RUN)
"""What stands in every text in which ``_IRREGULAR`` finds something; these two are looked for much faster."""
_FEW, _SHORT = 3, 500
"""So many texts, of up to so many characters, are cut before a segmenter is loaded, which takes as long as ten of them."""
_texts_cut = count()
_UNUSUAL = re.compile(r"[^\n -@\[-~一-龥。、“”]")
"""What may fold to something else, scripts aside: anything but these, each of which folds to itself."""
_MANY = 16
"""So many different characters are translated in one go rather than replaced one after the other."""
_WORD_RUN = re.compile(rf"[{HAN}a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and the way back.

    ``starts[i]`` and ``ends[i]`` bound, in code points of ``original``, what became ``text[i]``; both are
    ``None`` when every character kept its place.
    """

    text: str
    original: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` (not empty) lies in the original, as (start, end)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


class _CharacterTable(dict[int, str]):
    """Translation table filled on sight: NFKC and lower case; what cannot be read becomes ``DROP``."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character in "\n\t\r\u2028\u2029\x0b\x0c\x85":
            folded = "\n" if character != "\t" else " "
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn"} or 0xFE00 <= code <= 0xFE0F:
            folded = DROP
        else:
            folded = unicodedata.normalize("NFKC", character).lower()
        self[code] = folded
        return folded


_CHARACTERS = _CharacterTable({ord("…"): "…"})


def fold_character(code: int) -> str:
    """Return what one code point becomes before scripts are unified: ``DROP`` where it goes, sometimes several characters."""
    return _CHARACTERS[code]


def _mapped(text: str) -> str:
    """Return ``text.translate(_CHARACTERS)``, in a third of the time where few characters fold to others."""
    unusual = set(_UNUSUAL.findall(text))
    if len(unusual) > _MANY:
        return text.translate(_CHARACTERS)
    for character in unusual:
        folded = _CHARACTERS[ord(character)]
        if folded == character:
            continue
        if len(folded) != 1 or _UNUSUAL.match(folded):  # it might be replaced once more
            return text.translate(_CHARACTERS)
        text = text.replace(character, folded)
    return text


@cache
def _may_be_traditional() -> Callable[[str], object]:
    """Return a search for what ``TRADITIONAL`` holds, and rare characters that it may hold; much faster than a set."""
    common = "".join(sorted(one for one in TRADITIONAL if one <= "\uffff"))
    return re.compile(f"[{common}\U00020000-\U0003ffff]").search


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def _simplify(text: str) -> str:
    """Convert Traditional to Simplified characters, one for one; OpenCC is loaded when the first of them is met.

    OpenCC leaves 著 alone because it is a Simplified character, too. It becomes 着 where it is a word of its own for
    the segmenter (看著, 著急) or ends one that its dictionary holds with 着 (意味著); it stays in 著名 and 显著.
    """
    if not _may_be_traditional()(text) or TRADITIONAL.isdisjoint(text):
        return text
    simple = _converter()(text)
    if len(simple) != len(text):
        simple = "".join(_one_for_one(character) for character in text)
    if "著" not in simple:
        return simple
    for start, word in words(simple):
        modern = f"{word[:-1]}着"
        if word.endswith("著") and len(words(modern)) == 1:
            simple = simple[:start] + modern + simple[start + len(word) :]
    return simple


def _one_for_one(character: str) -> str:
    simple = _converter()(character)
    return simple if len(simple) == 1 else character


def fold(text: str) -> Folded:
    """Fold one text; the empty text folds to itself.

    Full-width forms, letter case and Traditional script are unified; control, zero-width and broken
    characters (lone surrogates, U+FFFD) disappear, so do pinyin glosses as in 務(wù) and blanks at both ends;
    of a mention such as @某某客服 only the @ stays; a character repeated more than three times in a row (digits
    excepted) keeps three; blanks shrink to one.
    """
    mapped = _mapped(text)
    origins: list[int] | None = None
    if len(mapped) != len(text) or DROP in mapped:
        parts = [_CHARACTERS[ord(character)].replace(DROP, "") for character in text]
        mapped = "".join(parts)
        origins = [index for index, part in enumerate(parts) for _ in part]
    simple = _simplify(mapped)
    if origins is None and not (_is_hinted(simple) and _IRREGULAR.search(simple)):
        return Folded(simple, text)
    return _smooth(simple, text, origins)


def fold_only(text: str) -> str:
    """Return ``fold(text).text`` without the way back, which takes a third of the time where anything changes."""
    simple = _simplify(_mapped(text).replace(DROP, ""))
    return _IRREGULAR.sub(_replacement, simple) if _is_hinted(simple) else simple


def _is_hinted(simple: str) -> bool:
    return bool(_HINT.search(simple) or _RUN.search(simple))


def _smooth(simple: str, original: str, origins: list[int] | None) -> Folded:
    """Remove and shorten what ``_IRREGULAR`` finds, keeping the bounds of every character that stays."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def keep(piece: str, at: range, last: int) -> None:
        pieces.append(piece)
        starts.extend(at)
        ends.extend(index + 1 for index in at)
        if piece:
            ends[-1] = last

    position = 0
    for match in _IRREGULAR.finditer(simple):
        start, end = match.span()
        keep(simple[position:start], range(position, start), start)
        piece = _replacement(match)
        keep(piece, range(start, start + len(piece)), end)
        position = end
    keep(simple[position:], range(position, len(simple)), len(simple))
    if origins is not None:
        starts = [origins[index] for index in starts]
        ends = [origins[index - 1] + 1 for index in ends]
    return Folded("".join(pieces), original, tuple(starts), tuple(ends))


def _replacement(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "line":
        return "\n"
    if kind == "blank":
        return " "
    if kind == "mention":
        return "@"
    if kind == "run":
        return str(match.group("run"))[:MAX_RUN]
    return ""


def words(text: str) -> list[tuple[int, str]]:
    """Cut folded text into words with their positions; punctuation, blanks and symbols are left out.

    Hidden-Markov guessing is off: ``jieba`` and its Rust twin ``rjieba`` then give the same words. Only
    unbroken runs of Chinese characters, letters and digits are handed over, because the two differ in how
    they treat symbols.
    """
    cut = _cut_for(text)
    found: list[tuple[int, str]] = []
    for run in _WORD_RUN.finditer(text):
        position = run.start()
        for word in cut(run.group()):
            found.append((position, word))
            position += len(word)
    return found


def _cut_for(text: str) -> Callable[[str], list[str]]:
    """Return what cuts the runs of a text: a look into the dictionary for the first few, the segmenter from then on."""
    few = next(_texts_cut) < _FEW and len(text) <= _SHORT
    lines = dictionary.entries() if few else None
    if lines is None:
        segmenter = _segmenter()
        dictionary.entries.cache_clear()
        return segmenter
    return partial(dictionary.cut, known=dictionary.look_up(text, lines))


def load_segmenter() -> None:
    """Load at once what is else loaded with the fourth text that is cut: for services, whose requests should not wait."""
    for _ in range(_FEW):
        next(_texts_cut)
    _segmenter()


@cache
def _segmenter() -> Callable[[str], list[str]]:
    if importlib.util.find_spec("rjieba") is not None:
        return _rust_segmenter()
    return _python_segmenter()


def _rust_segmenter() -> Callable[[str], list[str]]:
    import rjieba

    def cut(run: str) -> list[str]:
        found: list[str] = rjieba.cut(run, False)  # noqa: FBT003 (rjieba names no keyword)
        return found

    return cut


def _python_segmenter() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_private_cache())

    def cut(run: str) -> list[str]:
        found: list[str] = tokenizer.lcut(run, HMM=False)
        return found

    return cut


def _private_cache() -> Path:
    """Return a folder for jieba's cache that only this user can write to."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 (no error without HOME)
    folder = Path(base or tempfile.gettempdir()) / "temperament"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shared = folder.stat().st_mode & 0o022 and sys.platform != "win32"
        if os.access(folder, os.W_OK) and not shared:
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="temperament-"))
