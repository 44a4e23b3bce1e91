"""The model folder: save, check, load and run with numpy alone; no pickle, nothing that can run code.

What every kind of model shares stands here too (heads, presence, the manifest); ``encoder`` builds on it.
A folder holds ``model.json`` (what the model is), ``weights.npz`` (plain arrays) and ``MODEL_CARD.md``.
The JSON is checked before the arrays are opened, the arrays before they are used.
"""

import hashlib
import io
import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from temperament.errors import ModelError
from temperament.features import Floats, Vocabulary
from temperament.folding import Codes
from temperament.labels import FEELINGS, HEADS, LABELS, Head
from temperament.scoring import Scorer
from temperament.text import TEXT_VERSION

Made = TypeVar("Made")
Push = tuple[str, Head, str]
"""A folded text, and the head and the label whose pushes are asked for."""
FORMAT = 2
KIND = "temperament-linear"
MANIFEST, WEIGHTS, CARD = "model.json", "weights.npz", "MODEL_CARD.md"
_SURE = 50.0
"""Beyond this a logistic is 0 or 1 and its exponential only overflows."""


@dataclass(frozen=True, slots=True)
class HeadModel:
    """What one head learned, beside its weights.

    ``labels`` are those seen in training, in the order of the weight columns. Before the softmax a score is multiplied by
    ``scale`` (the inverse temperature of calibration) and its label's one of ``shifts`` is added (they help rare labels).
    ``base_rates`` are the label shares of the typical training data. ``bands`` are the least top probabilities called high and medium.
    """

    labels: tuple[str, ...]
    scale: float
    shifts: tuple[float, ...]
    base_rates: dict[str, float]
    bands: dict[str, float]


@dataclass(frozen=True, slots=True)
class Presence:
    """How the scores of the four feelings become the probability that each is clearly present in a text.

    A score becomes the logistic of score * scale + shift, one scale and shift a feeling, in the order of ``FEELINGS``
    (Platt 1999, "Probabilistic Outputs for Support Vector Machines"). A state that is not the leading one is named
    from ``threshold`` on.
    """

    scales: tuple[float, ...]
    shifts: tuple[float, ...]
    threshold: float


def outputs(heads: dict[Head, HeadModel]) -> int:
    """Return how many scores a model gives: those of both heads, then one a feeling."""
    return sum(len(learned.labels) for learned in heads.values()) + len(FEELINGS)


def column(heads: dict[Head, HeadModel], head: Head, label: str) -> int:
    """Return the output of a label that training saw."""
    offset = 0 if head == "temperament" else len(heads["temperament"].labels)
    return offset + heads[head].labels.index(label)


def base_rates(heads: dict[Head, HeadModel], head: Head) -> dict[str, float]:
    """Return the label shares of the training data over all labels of a head."""
    return {label: heads[head].base_rates.get(label, 0.0) for label in LABELS[head]}


def tables(scores: Floats, heads: dict[Head, HeadModel], presence: Presence) -> dict[str, Floats]:
    """Turn scores (texts × outputs) into calibrated probabilities: a table a head, and ``present`` for the feelings."""
    result: dict[str, Floats] = {}
    first = 0
    for head in HEADS:
        learned = heads[head]
        last = first + len(learned.labels)
        result[head] = _spread(
            _softmax(scores[:, first:last] * learned.scale + np.array(learned.shifts)), learned.labels, head
        )
        first = last
    logits = scores[:, first:] * np.array(presence.scales) + np.array(presence.shifts)
    result["present"] = logistic(logits)
    return result


@dataclass(frozen=True)
class Model:
    """A linear model over character n-grams with one group of outputs a head.

    ``weights`` is columns × outputs and ``intercepts`` one a output; outputs are the temperament labels, the state
    labels, then the presence of each feeling. ``training`` and ``scores`` are free-form facts for the card: files with
    hashes, versions, measures.
    """

    name: str
    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    heads: dict[Head, HeadModel]
    presence: Presence
    training: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)

    def probabilities(self, texts: list[str]) -> dict[str, Floats]:
        """Return, for folded texts, one row of calibrated probabilities a text.

        Tables ``temperament`` and ``state`` have the columns of ``LABELS`` (a label that training never saw has
        probability 0) and rows that sum to 1; ``present`` has one column a feeling, each by itself.
        """
        return tables(self.outputs(texts), self.heads, self.presence)

    def outputs(self, texts: list[str]) -> Floats:
        """Return the bare scores of folded texts (texts × outputs)."""
        return self.scorer.score(Codes.of(texts)).values + self.intercepts

    @cached_property
    def scorer(self) -> Scorer:
        """What turns n-grams into scores."""
        return Scorer(self.vocabulary, self.idf, self.weights)

    def base_rates(self, head: Head) -> dict[str, float]:
        """Return the label shares of the training data over all labels of a head."""
        return base_rates(self.heads, head)

    def pushes(self, asked: Sequence[Push]) -> list[Floats]:
        """Return, for each folded text, head and label asked for, how much every character pushes towards the label.

        The push is against the mean of the head; that of an n-gram is shared among its characters.
        """
        rows = {text: row for row, text in enumerate(dict.fromkeys(text for text, _, _ in asked))}
        codes = Codes.of(list(rows))
        shares = self.scorer.shares(codes)
        weights = self.weights[shares.columns]
        found = {}
        for head, label in dict.fromkeys((head, label) for _, head, label in asked):
            first = column(self.heads, head, self.heads[head].labels[0])
            group = weights[:, first : first + len(self.heads[head].labels)]
            found[head, label] = shares.spread(weights[:, column(self.heads, head, label)] - group.mean(axis=1))
        starts, ends = codes.starts.tolist(), codes.ends.tolist()
        return [found[head, label][starts[rows[text]] + 1 : ends[rows[text]] - 1] for text, head, label in asked]


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _spread(learned: Floats, labels: tuple[str, ...], head: Head) -> Floats:
    """Put the columns of learned labels into the order of ``LABELS``; those of others are 0."""
    if len(labels) == len(LABELS[head]):
        return learned.take([labels.index(label) for label in LABELS[head]], axis=1)
    full = np.zeros((len(learned), len(LABELS[head])))
    full[:, [LABELS[head].index(label) for label in labels]] = learned
    return full


def save(model: Model, folder: Path, card: str) -> None:
    """Write the model folder; every file is written aside and moved, and a crash in between is noticed at load."""
    data = pack(model)
    facts = manifest(KIND, FORMAT, model.name, model.heads, model.presence) | {
        "files": {WEIGHTS: hashlib.sha256(data).hexdigest()},
        "training": model.training,
        "scores": model.scores,
    }
    write(folder, facts, {WEIGHTS: data, CARD: card.encode()})


def pack(model: Model, *, small: bool = False) -> bytes:
    """Return the arrays of a model as one file.

    Weights hardly compress, and unpacking them would take longest of all; ``small`` compresses them all the same, which is
    worth it for rounded ones.
    """
    buffer = io.BytesIO()
    save = np.savez_compressed if small else np.savez
    save(
        buffer,
        allow_pickle=False,
        alphabet=model.vocabulary.alphabet,
        keys=model.vocabulary.keys,
        idf=model.idf,
        weights=model.weights,
        intercepts=model.intercepts,
    )
    return buffer.getvalue()


def manifest(kind: str, version: int, name: str, heads: dict[Head, HeadModel], presence: Presence) -> dict[str, Any]:
    """Return what the manifest of every kind of model begins with."""
    return {
        "kind": kind,
        "format": version,
        "name": name,
        "text_version": TEXT_VERSION,
        "labels": {head: list(LABELS[head]) for head in HEADS},
        "heads": {head: asdict(learned) for head, learned in heads.items()},
        "presence": asdict(presence),
    }


def write(folder: Path, facts: dict[str, Any], files: dict[str, bytes]) -> None:
    """Write the files of a model folder, then its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        _replace(folder / name, data)
    _replace(folder / MANIFEST, (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())


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
        f"找不到模型“{name}”：既不是自带的模型（default、semantic），也不是含有 {MANIFEST} 的文件夹。"
        "请检查路径，或用 temperament train 训练一个。",
        f"No model {name!r}: neither a shipped one (default, semantic) nor a folder with {MANIFEST}. "
        "Check the path, or train one with: temperament train.",
    )


def load(name: str = "default") -> Model:
    """Load a shipped model by name or any model folder by path; raises ``ModelError`` if it cannot be trusted."""
    folder = find(name)
    facts = read_manifest(folder, {KIND: FORMAT})
    data = checked_file(folder, WEIGHTS, facts)
    return unpack(folder, facts, data)


def unpack(folder: Path, facts: dict[str, Any], data: bytes) -> Model:
    """Make a model of a manifest and packed arrays, and check that they fit."""

    def build(arrays: dict[str, NDArray[Any]]) -> Model:
        model = _build(facts, arrays)
        _check(model, folder)
        return model

    return built(folder, data, build)


def built(folder: Path, data: bytes, build: Callable[[dict[str, NDArray[Any]]], Made]) -> Made:
    """Return what ``build`` makes of packed arrays; whatever fails in it says that the folder is damaged."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return build({key: arrays[key] for key in arrays.files})
    except ModelError:
        raise
    except Exception as error:  # numpy, zipfile and zlib raise a dozen types for broken files
        raise damaged(folder, f"内容不对（{error!r}）", f"its content is wrong ({error!r})") from error


def logistic(scores: Floats) -> Floats:
    """Return 1 / (1 + e^−score); scores beyond ±50 count as 50, where it is 0 or 1 and e^score only overflows."""
    return np.asarray(1 / (1 + np.exp(np.minimum(np.maximum(-scores, -_SURE), _SURE))))


def checked_file(folder: Path, name: str, facts: dict[str, Any]) -> bytes:
    """Read a file of the folder and compare it with the checksum its manifest gives."""
    data = _read(folder / name)
    sums = facts.get("files")
    if not isinstance(sums, dict) or hashlib.sha256(data).hexdigest() != sums.get(name):
        raise damaged(folder, f"{name} 与 model.json 里的校验和不符", f"{name} does not match its checksum")
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise damaged(path.parent, f"读不了 {path.name}", f"{path.name} cannot be read") from error


def read_manifest(folder: Path, kinds: dict[str, int]) -> dict[str, Any]:
    """Read the manifest of a folder; it must be of one of the kinds, in that kind's format, for today's text rules."""
    try:
        facts: Any = json.loads(_read(folder / MANIFEST))
    except (ValueError, RecursionError) as error:
        raise damaged(folder, f"{MANIFEST} 不是 JSON", f"{MANIFEST} is not JSON") from error
    kind = facts.get("kind") if isinstance(facts, dict) else None
    if not isinstance(facts, dict) or not isinstance(kind, str) or kind not in kinds:
        names = " / ".join(kinds)
        raise ModelError(
            f"{folder} 不是 temperament 的模型（{MANIFEST} 里没有 kind = {names}）。",
            f"{folder} is not a temperament model ({MANIFEST} lacks kind = {names}).",
        )
    found = facts.get("format")
    if found != kinds[kind] or isinstance(found, bool):
        raise ModelError(
            f"{folder} 的模型格式是 {found}，本版本只认 {kinds[kind]}。请换用对应版本的 temperament，或用本版本重新训练。",
            f"{folder} has model format {found}; this version reads {kinds[kind]}. "
            "Use the temperament that made it, or train the model again with this version.",
        )
    if facts.get("text_version") != TEXT_VERSION:
        raise ModelError(
            f"{folder} 是按文本规则第 {facts.get('text_version')} 版训练的，现在是第 {TEXT_VERSION} 版，读数会错。请重新训练。",
            f"{folder} was trained with text rules {facts.get('text_version')}, this version has {TEXT_VERSION}; "
            "its readings would be wrong. Train it again.",
        )
    return facts


def read_heads(facts: dict[str, Any]) -> tuple[dict[Head, HeadModel], Presence]:
    """Return the heads and the presence that a manifest describes; raises ``ValueError`` when they make no sense."""
    heads: dict[Head, HeadModel] = {}
    for head in HEADS:
        one = facts["heads"][head]
        heads[head] = HeadModel(
            labels=tuple(one["labels"]),
            scale=float(one["scale"]),
            shifts=tuple(map(float, one["shifts"])),
            base_rates={str(label): float(rate) for label, rate in one["base_rates"].items()},
            bands={str(band): float(least) for band, least in one["bands"].items()},
        )
    found = facts["presence"]
    presence = Presence(
        scales=tuple(map(float, found["scales"])),
        shifts=tuple(map(float, found["shifts"])),
        threshold=float(found["threshold"]),
    )
    if not (all(_is_sound(heads[head], head) for head in HEADS) and _is_possible(presence)):
        raise ValueError("heads")
    return heads, presence


def _build(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    heads, presence = read_heads(facts)
    return Model(
        name=str(facts["name"]),
        vocabulary=Vocabulary(
            arrays["alphabet"].astype(np.uint32, copy=False), arrays["keys"].astype(np.uint64, copy=False)
        ),
        idf=arrays["idf"].astype(np.float32, copy=False),
        weights=np.ascontiguousarray(arrays["weights"], np.float32),
        intercepts=arrays["intercepts"].astype(np.float64, copy=False),
        heads=heads,
        presence=presence,
        training=dict(facts["training"]),
        scores=dict(facts["scores"]),
    )


def _check(model: Model, folder: Path) -> None:
    """Refuse a model whose arrays do not fit together."""
    columns, width = len(model.vocabulary.keys), outputs(model.heads)
    numbers = (model.idf, model.weights, model.intercepts)
    shapes = [array.shape for array in numbers] == [(columns,), (columns, width), (width,)]
    if not (shapes and columns and model.vocabulary.is_sound()):
        raise damaged(folder, "数组、标签和数字对不上", "arrays, labels and numbers do not fit together")
    if not all(bool(np.isfinite(array).all()) for array in numbers):
        raise damaged(folder, "权重里有无效数字", "the weights hold invalid numbers")


def _is_sound(learned: HeadModel, head: Head) -> bool:
    """Tell whether a head's labels are the codebook's, each once, and its numbers make sense."""
    return (
        set(learned.labels) <= set(LABELS[head])
        and len(set(learned.labels)) == len(learned.labels)
        and 0 < learned.scale < math.inf
        and len(learned.shifts) == len(learned.labels)
        and all(map(math.isfinite, learned.shifts))
        and set(learned.base_rates) == set(learned.labels)
        and math.isclose(sum(learned.base_rates.values()), 1, abs_tol=1e-6)
        and 0 <= learned.bands["medium"] <= learned.bands["high"] < math.inf
    )


def _is_possible(presence: Presence) -> bool:
    numbers = (*presence.scales, *presence.shifts)
    sizes = {len(presence.scales), len(presence.shifts)} == {len(FEELINGS)}
    return sizes and all(map(math.isfinite, numbers)) and 0 <= presence.threshold <= 1


def damaged(folder: Path, zh: str, en: str) -> ModelError:
    """Return the error that says what is wrong with a model folder."""
    return ModelError(
        f"模型 {folder} 已损坏：{zh}。请重新安装，或用 temperament train 重新训练。",
        f"The model in {folder} is damaged: {en}. Install it again, or train it anew with: temperament train.",
    )
