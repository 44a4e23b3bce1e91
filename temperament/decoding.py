"""Which encoding Chinese bytes are in, for a whole file or for one that streams by.

``decode`` takes a whole file; ``Stream`` takes its blocks one after the other, decides by the same rules on the first
block that is not plain ASCII (plain ASCII reads alike in all of them), and marks broken bytes instead of hiding them.
"""

import codecs
import re

from temperament.text import HAN

_BROKEN_ONE_IN = 10
_GOOD_CHINESE = 0.9
_HAN = re.compile(f"[{HAN}]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEVEL_ONE = {"gb18030": ("gb2312", range(0xB0, 0xD8)), "big5hkscs": ("big5", range(0xA4, 0xC7))}
CUT = "\udfff"
"""The mark that a reader of lines puts where it cut one that is too long."""
_MARKS = re.compile(f"[\udc00-\udcff{CUT}]+")
_MARKING = "temperament-mark"


def decode(data: bytes) -> str:
    """Decode Chinese text in the encoding that ``encoding_of`` finds; what is broken becomes U+FFFD."""
    return data.decode(encoding_of(data), "replace")


def encoding_of(data: bytes) -> str:
    """Return the encoding of Chinese text: a byte-order mark decides, then UTF-8, then GB18030 or Big5.

    UTF-8 may be cut at the end and have a few broken bytes (one character in ten); it must hold a Chinese character,
    or else not be good Chinese in another encoding (short GBK text can be valid UTF-8 by chance). Most Big5 bytes are
    valid GB18030 too, so between the two the one that gives more everyday characters wins (level 1 of GB 2312, level 1
    of Big5); both may have a few broken bytes as well. What fits nothing is UTF-8.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    text = data.decode("utf-8", "replace")
    foreign = sum(not character.isascii() for character in text)
    whole = text[:-1].count("\ufffd") * _BROKEN_ONE_IN <= foreign
    if not foreign or (whole and _HAN.search(text)):
        return "utf-8"
    ranked = sorted(((_everyday(data, one), one) for one in _LEVEL_ONE), key=lambda pair: -pair[0])
    share, encoding = ranked[0]
    return encoding if share > (_GOOD_CHINESE if whole else 0) else "utf-8"


def _everyday(data: bytes, encoding: str) -> float:
    """Return the share of everyday characters among the non-ASCII ones; -1 when too many bytes do not decode."""
    characters = [character for character in data.decode(encoding, "replace") if not character.isascii()]
    if "".join(characters[:-1]).count("\ufffd") * _BROKEN_ONE_IN > len(characters):
        return -1.0
    narrow, leads = _LEVEL_ONE[encoding]
    common = sum(
        character.encode(narrow, "ignore")[:1] in {bytes([lead]) for lead in leads} for character in characters
    )
    return common / len(characters) if characters else 0.0


class Stream:
    """Decodes blocks of bytes. Broken bytes become marks (U+DC00 + byte), which no sound text of a file can hold."""

    def __init__(self) -> None:
        """Start before the first block; the encoding is not known yet."""
        self.encoding: str | None = None
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, block: bytes, *, last: bool = False) -> str:
        """Return the text of the next block; a character cut by its end comes with the block after it."""
        if self._decoder is None:
            if block.isascii():
                return block.decode("ascii")
            self.encoding = encoding_of(block)
            self._decoder = codecs.getincrementaldecoder(self.encoding)(_MARKING)
        return self._decoder.decode(block, last)


def is_broken(text: str) -> bool:
    """Tell whether text of a ``Stream`` has marks of broken bytes."""
    return not text.isascii() and _MARKS.search(text) is not None


def mend(text: str) -> str:
    """Return text with one U+FFFD for every run of marks."""
    return _MARKS.sub("\ufffd", text)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_MARKING, _mark)
