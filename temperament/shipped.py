"""What the shipped model is to somebody's own training: where it may start from, and what it is measured against."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from temperament import model, seen
from temperament.classifier import Labels
from temperament.datasets import Example, file_hash
from temperament.errors import ModelError, UsageError
from temperament.gain import Columns, HeadGain, gain
from temperament.labels import HEADS, LABELS, Head
from temperament.language import Report
from temperament.model import Model
from temperament.text import fold

NAME = "default"
_LEAST = 50
"""A comparison on fewer messages says nothing."""


def start(name: str | None, files: Sequence[Path], soft: Sequence[Path], report: Report) -> Model | None:
    """Return the model to adapt, or ``None`` to begin with nothing.

    A model's own training files cannot teach it, and its scores on them flatter: then nothing is the start. Raises
    ``UsageError`` for soft labels, which adapting does not learn, and ``ModelError`` for a model that cannot be adapted.
    """
    if name is None:
        return None
    if soft:
        raise UsageError(
            "--soft 只能从头训练时用：请加 --start none。",
            "--soft goes with training from nothing only: add --start none.",
        )
    begin = model.load(name)
    known = [path for path in files if _knows(begin, path)]
    if known:
        report(
            f"{known[0].name} 是 {begin.name} 自己的训练文件，在它上面接着训练会虚高；改为从头训练。",
            f"{begin.name} was itself trained on {known[0].name}, and adapting it would flatter; training from nothing.",
        )
        return None
    return begin


def gained(
    examples: Sequence[Example], read: Mapping[Head, Labels], files: Sequence[Path], report: Report
) -> dict[str, Any]:
    """Return under ``gain`` how labels ``read`` out of fold compare with the shipped model's, and tell them to ``report``.

    Messages that the shipped model was trained on are left out. Empty where there is no shipped model, or where fewer than
    50 messages are left.
    """
    try:
        known = model.load(NAME)
    except ModelError:
        return {}
    fresh = ~seen.known(known.training, [one.text for one in examples])
    if not fresh.all():
        _tell_seen(int((~fresh).sum()), len(examples), known.name, report)
    if fresh.sum() < _LEAST or any(_knows(known, path) for path in files):
        return {}
    asked = [one for one, new in zip(examples, fresh, strict=True) if new]
    gold: Columns = {head: [str(getattr(one, head)) for one in asked] for head in HEADS}
    own: Columns = {head: read[head][fresh].tolist() for head in HEADS}
    found = gain(known.name, gold, _read(known, asked), own)
    for head in HEADS:
        _tell(head, getattr(found, head), known.name, report)
    return {"gain": asdict(found)}


def _knows(trained: Model, path: Path) -> bool:
    return file_hash(path) in {one.get("sha256") for one in trained.training.get("files", [])}


def _read(trained: Model, examples: Sequence[Example]) -> Columns:
    """Return the likeliest labels, without the reader's refusals, which an own model has too."""
    tables = trained.probabilities([fold(one.text).text for one in examples])
    return {head: [LABELS[head][column] for column in np.argmax(tables[head], axis=1)] for head in HEADS}


def _tell_seen(count: int, messages: int, name: str, report: Report) -> None:
    report(
        f"{messages} 条里有 {count} 条是 {name} 训练时用过的：不计入比较；在它上面接着训练时，交叉验证的分数也会偏高。",
        f"{count} of {messages} messages are among those {name} was trained on: they are left out of the comparison, and "
        "cross-validated scores of a model adapted from it flatter.",
    )


def _tell(head: Head, found: HeadGain, name: str, report: Report) -> None:
    scores = f"{found.shipped:.3f} → {found.own:.3f} ({found.difference:+.3f} [{found.low:+.3f}, {found.high:+.3f}])"
    zh, en = ("变好了", "better") if found.low > 0 else ("分不出", "no clear difference")
    if found.high < 0:
        zh, en = "变差了", "worse"
    report(
        f"与自带的 {name} 比，{head} macro-F1 {scores}：{zh}",
        f"against the shipped {name}, {head} macro-F1 {scores}: {en}",
    )
