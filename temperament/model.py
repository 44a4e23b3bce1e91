"""The model folder: save, check, load and run with numpy alone; no pickle, nothing that can run code.

A folder holds ``model.json`` (what the model is), ``weights.npz`` (plain arrays) and ``MODEL_CARD.md``.
The JSON is checked before the arrays are opened, the arrays before they are used.
"""

import hashlib
import io
import json
import math
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from temperament.errors import ModelError
from temperament.features import Floats, Vocabulary, batches
from temperament.labels import HEADS, LABELS, Head
from temperament.text import TEXT_VERSION

FORMAT = 1
KIND = "temperament-linear"
MANIFEST, WEIGHTS, CARD = "model.json", "weights.npz", "MODEL_CARD.md"
_BATCH_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class HeadModel:
    """What one head learned, beside its weights.

    ``labels`` are those seen in training, in the order of the weight columns. ``scale`` multiplies scores
    before the softmax (the inverse temperature of calibration). ``base_rates`` are the label shares of the
    training data. ``bands`` are the least top probabilities called high and medium.
    """

    labels: tuple[str, ...]
    scale: float
    base_rates: dict[str, float]
    bands: dict[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over character n-grams with one group of outputs a head.

    ``weights`` is columns × outputs and ``intercepts`` one a output; outputs are the temperament labels, then
    the state labels. ``also_threshold`` is the least probability at which a further state is named.
    ``training`` and ``scores`` are free-form facts for the card: files with hashes, versions, measures.
    """

    name: str
    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    heads: dict[Head, HeadModel]
    also_threshold: float
    training: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)

    def probabilities(self, texts: list[str]) -> dict[Head, Floats]:
        """Return, for folded texts, one row of calibrated probabilities a text and head.

        Columns follow ``LABELS[head]``; a label that training never saw has probability 0.
        """
        runs = batches([len(text) for text in texts], _BATCH_CHARACTERS)
        scores = [self._scores(texts[start:end]) for start, end in runs]
        table = np.concatenate(scores) if scores else np.empty((0, len(self.intercepts)))
        result: dict[Head, Floats] = {}
        first = 0
        for head in HEADS:
            learned = self.heads[head]
            last = first + len(learned.labels)
            result[head] = _spread(_softmax(table[:, first:last] * learned.scale), learned.labels, head)
            first = last
        return result

    def _scores(self, texts: list[str]) -> Floats:
        found = self.vocabulary.find(texts)
        return self.vocabulary.matrix(found, self.idf, len(texts)).times(self.weights) + self.intercepts

    def column(self, head: Head, label: str) -> int:
        """Return the output column of a label that training saw."""
        offset = 0 if head == "temperament" else len(self.heads["temperament"].labels)
        return offset + self.heads[head].labels.index(label)

    def base_rates(self, head: Head) -> dict[str, float]:
        """Return the label shares of the training data over all labels of a head."""
        rates = self.heads[head].base_rates
        return {label: rates.get(label, 0.0) for label in LABELS[head]}


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _spread(learned: Floats, labels: tuple[str, ...], head: Head) -> Floats:
    full = np.zeros((len(learned), len(LABELS[head])))
    full[:, [LABELS[head].index(label) for label in labels]] = learned
    return full


def save(model: Model, folder: Path, card: str) -> None:
    """Write the model folder; every file is written aside and moved, and a crash in between is noticed at load."""
    arrays: dict[str, Any] = {
        "alphabet": model.vocabulary.alphabet,
        "keys": model.vocabulary.keys,
        "idf": model.idf,
        "weights": model.weights,
        "intercepts": model.intercepts,
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    data = buffer.getvalue()
    manifest = {
        "kind": KIND,
        "format": FORMAT,
        "name": model.name,
        "text_version": TEXT_VERSION,
        "labels": {head: list(LABELS[head]) for head in HEADS},
        "heads": {
            head: {
                "labels": list(learned.labels),
                "scale": learned.scale,
                "base_rates": learned.base_rates,
                "bands": learned.bands,
            }
            for head, learned in model.heads.items()
        },
        "also_threshold": model.also_threshold,
        "weights_sha256": hashlib.sha256(data).hexdigest(),
        "training": model.training,
        "scores": model.scores,
    }
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / WEIGHTS, data)
    _replace(folder / CARD, card.encode())
    _replace(folder / MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())


def _replace(path: Path, data: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(data)
    aside.replace(path)


def find(name: str) -> Path:
    """Return the folder of a shipped model (``"default"``) or the folder of that path."""
    package = Path(__file__).resolve().parent
    shipped = [base / "models" / name for base in (package, package.parent)]
    for folder in (*shipped, Path(name)):
        with suppress(OSError):  # a name too long for a path, for one
            if (folder / MANIFEST).is_file():
                return folder
    raise ModelError(
        f"找不到模型“{name}”：既不是自带的模型（default），也不是含有 {MANIFEST} 的文件夹。"
        "请检查路径，或用 temperament train 训练一个。",
        f"No model {name!r}: neither a shipped one (default) nor a folder with {MANIFEST}. "
        "Check the path, or train one with: temperament train.",
    )


def load(name: str = "default") -> Model:
    """Load a shipped model by name or any model folder by path; raises ``ModelError`` if it cannot be trusted."""
    folder = find(name)
    manifest = _read_manifest(folder)
    data = _read(folder / WEIGHTS)
    if hashlib.sha256(data).hexdigest() != manifest.get("weights_sha256"):
        raise _damaged(folder, "weights.npz 与 model.json 里的校验和不符", "weights.npz does not match its checksum")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            model = _build(manifest, {key: arrays[key] for key in arrays.files})
            _check(model, folder)
    except ModelError:
        raise
    except Exception as error:  # numpy, zipfile and zlib raise a dozen types for broken files
        raise _damaged(folder, f"内容不对（{error!r}）", f"its content is wrong ({error!r})") from error
    return model


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"读不了 {path.name}", f"{path.name} cannot be read") from error


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(_read(folder / MANIFEST))
    except (ValueError, RecursionError) as error:
        raise _damaged(folder, f"{MANIFEST} 不是 JSON", f"{MANIFEST} is not JSON") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise ModelError(
            f"{folder} 不是 temperament 的模型（{MANIFEST} 里没有 kind = {KIND}）。",
            f"{folder} is not a temperament model ({MANIFEST} lacks kind = {KIND}).",
        )
    found = manifest.get("format")
    if found not in range(1, FORMAT + 1):
        raise ModelError(
            f"{folder} 的模型格式是 {found}，本版本只认 1 到 {FORMAT}。请升级 temperament，或用本版本重新训练。",
            f"{folder} has model format {found}; this version reads 1 to {FORMAT}. "
            "Upgrade temperament, or train the model again with this version.",
        )
    if manifest.get("text_version") != TEXT_VERSION:
        raise ModelError(
            f"{folder} 是按文本规则第 {manifest.get('text_version')} 版训练的，现在是第 {TEXT_VERSION} 版，读数会错。请重新训练。",
            f"{folder} was trained with text rules {manifest.get('text_version')}, this version has {TEXT_VERSION}; "
            "its readings would be wrong. Train it again.",
        )
    return manifest


def _build(manifest: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    heads: dict[Head, HeadModel] = {}
    for head in HEADS:
        facts = manifest["heads"][head]
        heads[head] = HeadModel(
            labels=tuple(facts["labels"]),
            scale=float(facts["scale"]),
            base_rates={str(label): float(rate) for label, rate in facts["base_rates"].items()},
            bands={str(band): float(least) for band, least in facts["bands"].items()},
        )
    return Model(
        name=str(manifest["name"]),
        vocabulary=Vocabulary(arrays["alphabet"].astype(np.uint32), arrays["keys"].astype(np.uint64)),
        idf=arrays["idf"].astype(np.float32),
        weights=arrays["weights"].astype(np.float32),
        intercepts=arrays["intercepts"].astype(np.float64),
        heads=heads,
        also_threshold=float(manifest["also_threshold"]),
        training=dict(manifest["training"]),
        scores=dict(manifest["scores"]),
    )


def _check(model: Model, folder: Path) -> None:
    """Refuse a model whose arrays do not fit together or whose labels are not the codebook's."""
    outputs = sum(len(learned.labels) for learned in model.heads.values())
    columns = len(model.vocabulary.keys)
    numbers = (model.idf, model.weights, model.intercepts)
    labels = all(_is_sound(model.heads[head], head) for head in HEADS) and 0 <= model.also_threshold <= 1
    shapes = [array.shape for array in numbers] == [(columns,), (columns, outputs), (outputs,)]
    if not (labels and shapes and columns and model.vocabulary.is_sound()):
        raise _damaged(folder, "数组、标签和数字对不上", "arrays, labels and numbers do not fit together")
    if not all(bool(np.isfinite(array).all()) for array in numbers):
        raise _damaged(folder, "权重里有无效数字", "the weights hold invalid numbers")


def _is_sound(learned: HeadModel, head: Head) -> bool:
    """Tell whether a head's labels are the codebook's, each once, and its numbers make sense."""
    return (
        set(learned.labels) <= set(LABELS[head])
        and len(set(learned.labels)) == len(learned.labels)
        and 0 < learned.scale < math.inf
        and set(learned.base_rates) == set(learned.labels)
        and math.isclose(sum(learned.base_rates.values()), 1, abs_tol=1e-6)
        and 0 <= learned.bands["medium"] <= learned.bands["high"] < math.inf
    )


def _damaged(folder: Path, zh: str, en: str) -> ModelError:
    return ModelError(
        f"模型 {folder} 已损坏：{zh}。请重新安装，或用 temperament train 重新训练。",
        f"The model in {folder} is damaged: {en}. Install it again, or train it anew with: temperament train.",
    )
