"""The compact encoder: a fine-tuned multilingual-e5-small, run by onnxruntime (extra ``[semantic]``).

A folder holds ``model.json``, ``encoder.onnx`` (int8), ``tokenizer.json``, ``weights.npz`` and ``MODEL_CARD.md``. The
network knows what people mean, a linear model (``weights.npz``) knows their words and marks; the scores of both are
blended. The network gives every token its own scores and those of a text are their mean, so each token's share is exact.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from temperament import model
from temperament.errors import ModelError
from temperament.features import Floats
from temperament.labels import HEADS, LABELS, Head
from temperament.model import HeadModel, Model, Presence, Push

FORMAT = 1
KIND = "temperament-encoder"
NETWORK, TOKENIZER = "encoder.onnx", "tokenizer.json"
PARTS = (NETWORK, TOKENIZER, model.WEIGHTS)
_NEEDED = ("onnxruntime", "tokenizers")
_WINDOW = 256
"""Tokens read at once, the two marks included; longer texts are read in windows of this size."""
_MOST_WINDOWS = 8
_BATCH_TOKENS = 512
"""Two threads share a batch. So many tokens keep their states in the cores' caches: on one thread, batches of 256 tokens
took 0.63 times as long as batches of 2,048, measured in one run."""


@dataclass(frozen=True, slots=True)
class EncoderModel:
    """A network and a linear model with the same outputs; ``blend`` is the network's share of the scores."""

    name: str
    heads: dict[Head, HeadModel]
    presence: Presence
    network: Any
    tokenizer: Any
    linear: Model
    blend: float
    training: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)

    def probabilities(self, texts: list[str]) -> dict[str, Floats]:
        """Return, for folded texts, one row a text: columns as in ``model.Model.probabilities``."""
        return model.tables(self.outputs(texts), self.heads, self.presence)

    def outputs(self, texts: list[str]) -> Floats:
        """Return the blended scores of folded texts (texts × outputs)."""
        return self.blend * self.meanings(texts) + (1 - self.blend) * self.linear.outputs(texts)

    def meanings(self, texts: list[str]) -> Floats:
        """Return the network's own scores of folded texts (texts × outputs)."""
        totals = np.zeros((len(texts), model.outputs(self.heads)))
        counts = np.zeros((len(texts), 1))
        encodings = self.tokenizer.encode_batch([_plain(text) for text in texts])
        for owners, scores, mask in self._run([one.ids for one in encodings]):
            np.add.at(totals, owners, (scores * mask[..., None]).sum(axis=1))
            np.add.at(counts, owners, mask.sum(axis=1, keepdims=True))
        return totals / np.maximum(counts, 1)

    def pushes(self, asked: Sequence[Push]) -> list[Floats]:
        """Return, for each folded text, head and label asked for, how much every character pushes towards the label.

        The push is against the mean of the head.
        """
        scored = {text: self._scored(text) for text in dict.fromkeys(text for text, _, _ in asked)}
        return [
            self.blend * self._spread(scored[text], head, label, len(text)) + (1 - self.blend) * linear
            for (text, head, label), linear in zip(asked, self.linear.pushes(asked), strict=True)
        ]

    def _scored(self, text: str) -> list[tuple[list[tuple[int, int]], Floats]]:
        """Return of every window of a text where its tokens stand, and the scores of these and of the two marks."""
        encoding = self.tokenizer.encode(_plain(text))
        windows = _windows(encoding.ids)
        return [(encoding.offsets[start : start + len(ids)], self._ask([(0, ids)])[1][0]) for start, ids in windows]

    def _spread(
        self, windows: list[tuple[list[tuple[int, int]], Floats]], head: Head, label: str, length: int
    ) -> Floats:
        """Share each token's push towards a label among its characters."""
        place = model.column(self.heads, head, label)
        first = model.column(self.heads, head, self.heads[head].labels[0])
        group = slice(first, first + len(self.heads[head].labels))
        pushes = np.zeros(length)
        for offsets, scores in windows:
            gains = scores[:, place] - scores[:, group].mean(axis=1)
            for (left, right), gain in zip(offsets, gains[1:-1], strict=True):
                pushes[left:right] += gain / max(right - left, 1)
        return pushes / sum(len(scores) for _, scores in windows)

    def knows(self, text: str) -> bool:
        """Tell whether the tokenizer knows at least one piece of a folded text beside the mark of its start."""
        known = set(self.tokenizer.encode(_plain(text)).tokens)
        unknown = {"<unk>", "\u2581"}
        return any(token not in unknown and self.tokenizer.token_to_id(token) is not None for token in known)

    def base_rates(self, head: Head) -> dict[str, float]:
        """Return the label shares of the training data over all labels of a head."""
        return model.base_rates(self.heads, head)

    def _run(self, rows: list[list[int]]) -> Iterator[tuple[NDArray[np.int64], Floats, Floats]]:
        """Run all windows of all texts in batches of like length; yield their texts, token scores and masks."""
        pieces = [(owner, ids) for owner, row in enumerate(rows) for _, ids in _windows(row)]
        pieces.sort(key=lambda piece: len(piece[1]))
        batch: list[tuple[int, list[int]]] = []
        for piece in pieces:
            if batch and (len(batch) + 1) * (len(piece[1]) + 2) > _BATCH_TOKENS:
                yield self._ask(batch)
                batch = []
            batch.append(piece)
        if batch:
            yield self._ask(batch)

    def _ask(self, batch: list[tuple[int, list[int]]]) -> tuple[NDArray[np.int64], Floats, Floats]:
        start, pad, end = (self.tokenizer.token_to_id(mark) for mark in ("<s>", "<pad>", "</s>"))
        longest = max(len(ids) for _, ids in batch) + 2
        tokens = np.full((len(batch), longest), pad, np.int64)
        mask = np.zeros((len(batch), longest), np.int64)
        for row, (_, ids) in enumerate(batch):
            tokens[row, : len(ids) + 2] = [start, *ids, end]
            mask[row, : len(ids) + 2] = 1
        (scores,) = self.network.run(["scores"], {"ids": tokens, "mask": mask})
        return np.array([owner for owner, _ in batch]), scores.astype(np.float64), mask.astype(np.float64)


def _plain(text: str) -> str:
    """Return the text as the encoder was trained on it; every character keeps its place."""
    return text.replace("\n", " ")


def _windows(ids: list[int]) -> list[tuple[int, list[int]]]:
    """Cut tokens into (start, tokens) windows; of very long texts the first and last ones count."""
    size = _WINDOW - 2
    starts = list(range(0, max(len(ids), 1), size))
    if len(starts) > _MOST_WINDOWS:
        starts = starts[: _MOST_WINDOWS // 2] + starts[-_MOST_WINDOWS // 2 :]
    return [(start, ids[start : start + size]) for start in starts]


def installed() -> bool:
    """Tell whether the extra ``[semantic]`` is there, without importing it."""
    return all(find_spec(name) is not None for name in _NEEDED)


def load(folder: Path) -> EncoderModel:
    """Load an encoder folder; raises ``ModelError`` when the extra is missing or the folder cannot be trusted."""
    if not installed():
        raise ModelError(
            f"模型 {folder.name} 要用 onnxruntime 和 tokenizers，这里没有装。请运行：pip install 'temperament[semantic]'，"
            "或改用 --model default。",
            f"The model {folder.name} needs onnxruntime and tokenizers, which are not installed. Run: "
            "pip install 'temperament[semantic]', or use --model default.",
        )
    facts = model.read_manifest(folder, {KIND: FORMAT})
    files = {name: model.checked_file(folder, name, facts) for name in PARTS}
    try:
        return _build(folder, facts, files)
    except ModelError:
        raise
    except Exception as error:  # onnxruntime and tokenizers raise their own types for broken files
        raise model.damaged(folder, f"内容不对（{error!r}）", f"its content is wrong ({error!r})") from error


def _build(folder: Path, facts: dict[str, Any], files: dict[str, bytes]) -> EncoderModel:
    heads, presence = model.read_heads(facts)
    linear = model.unpack(folder, facts, files[model.WEIGHTS])
    built = assemble(str(facts["name"]), heads, presence, files, linear, float(facts["blend"]), dict(facts["training"]))
    width = built.network.get_outputs()[0].shape[-1]
    if width != model.outputs(heads) or any(heads[head].labels != LABELS[head] for head in HEADS):
        raise ValueError(f"{width} outputs for {model.outputs(heads)} labels")
    if not 0 <= built.blend <= 1:
        raise ValueError(f"blend {built.blend}")
    return replace(built, scores=dict(facts["scores"]))


def assemble(
    name: str,
    heads: dict[Head, HeadModel],
    presence: Presence,
    files: dict[str, bytes],
    linear: Model,
    blend: float,
    training: dict[str, Any],
) -> EncoderModel:
    """Make a model of its parts; ``files`` holds the network and the tokenizer."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    network = onnxruntime.InferenceSession(files[NETWORK], options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_buffer(files[TOKENIZER])
    return EncoderModel(name, heads, presence, network, tokenizer, linear, blend, training)


def save(
    folder: Path,
    name: str,
    heads: dict[Head, HeadModel],
    presence: Presence,
    files: dict[str, bytes],
    facts: dict[str, Any],
) -> None:
    """Write an encoder folder: ``files`` are its parts and the card, ``facts`` the blend, training and scores."""
    sums = {path: hashlib.sha256(files[path]).hexdigest() for path in PARTS}
    model.write(folder, model.manifest(KIND, FORMAT, name, heads, presence) | {"files": sums, **facts}, files)
