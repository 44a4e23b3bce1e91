"""The forecast: a linear model over numbers and character n-grams of the conversation so far, run by numpy alone."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from temperament import model
from temperament.errors import ModelError
from temperament.features import Floats, Vocabulary
from temperament.forecast.prefix import CUSTOMER, FIELDS, NUMBERS, WINDOW, numbers, prefixes, texts
from temperament.labels import Reading
from temperament.text import TEXT_VERSION
from temperament.turns import Turn

FORMAT = 1
KIND = "temperament-forecast"
SHIPPED = "forecast"


@dataclass(frozen=True, slots=True)
class Forecaster:
    """How likely a conversation ends badly, after each of its turns. Make one with ``Forecaster.load``.

    ``idf`` and ``text_weights`` are columns × ``FIELDS``; ``low``, ``high`` and ``weights`` have one entry for each of
    ``NUMBERS``, which are clipped to what training saw. The probability is the logistic of score · scale + shift.
    ``ends_badly`` says, as (zh, en), what a bad end is. ``training`` and ``scores`` are facts for the card.
    """

    name: str
    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    text_weights: NDArray[np.float32]
    low: Floats
    high: Floats
    weights: Floats
    intercept: float
    scale: float = 1.0
    shift: float = 0.0
    ends_badly: tuple[str, str] = ("", "")
    training: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str = SHIPPED) -> "Forecaster":
        """Load the shipped forecast or a folder by path; raises ``ModelError`` when it cannot be trusted."""
        folder = model.find(str(name))
        return _load(folder, (folder / model.MANIFEST).stat().st_mtime_ns)

    def after_each_turn(self, turns: Sequence[Turn], readings: Sequence[Reading]) -> list[float]:
        """Return the probability of a bad end (0 to 1) after each turn of either side.

        ``readings`` are those of the customer's turns in their order. A probability rests on what was said up to its
        turn, never on what follows. Raises ``UsageError`` when there is not one reading for each turn of the customer.
        """
        found = prefixes(turns, readings)
        known = np.array([numbers(blocks) for blocks in found]).reshape(-1, len(NUMBERS))
        chances: list[float] = self.chances(self.logits(known, [texts(blocks) for blocks in found])).tolist()
        return chances

    def risks(self, turns: Sequence[Turn], readings: Sequence[Reading]) -> list[float]:
        """Return the probability of a bad end (0 to 1) after each turn of the customer; see ``after_each_turn``."""
        chances = zip(turns, self.after_each_turn(turns, readings), strict=True)
        return [chance for turn, chance in chances if turn.speaker == CUSTOMER]

    def chances(self, logits: Floats) -> Floats:
        """Return the calibrated probabilities of bare scores."""
        return model.logistic(logits * self.scale + self.shift)

    def logits(self, known: Floats, said: Sequence[Sequence[str]]) -> Floats:
        """Return the bare score of each prefix: ``known`` is prefixes × ``NUMBERS``, ``said`` its texts (``FIELDS``)."""
        scores = known.clip(self.low, self.high) @ self.weights + self.intercept
        for number, one in enumerate(zip(*said, strict=True)):
            scores = scores + self._text_scores(one, number)
        return np.asarray(scores, np.float64)

    def _text_scores(self, said: Sequence[str], number: int) -> Floats:
        different = {text: row for row, text in enumerate(dict.fromkeys(said))}
        occurring = self.vocabulary.find(list(different))
        matrix = self.vocabulary.matrix(occurring, self.idf[:, number], len(different))
        return matrix.times(self.text_weights[:, [number]])[[different[text] for text in said], 0]


def shipped() -> Forecaster | None:
    """Return the forecast that comes with the package, ``None`` where its folder was left out; raises ``ModelError``."""
    try:
        model.find(SHIPPED)
    except ModelError:
        return None
    return Forecaster.load()


def save(forecaster: Forecaster, folder: Path, card: str) -> None:
    """Write the folder of a forecast: manifest, arrays, card."""
    data = _pack(forecaster)
    facts = {
        "kind": KIND,
        "format": FORMAT,
        "name": forecaster.name,
        "text_version": TEXT_VERSION,
        "numbers": list(NUMBERS),
        "fields": list(FIELDS),
        "window": WINDOW,
        "scale": forecaster.scale,
        "shift": forecaster.shift,
        "ends_badly": list(forecaster.ends_badly),
        "files": {model.WEIGHTS: hashlib.sha256(data).hexdigest()},
        "training": forecaster.training,
        "scores": forecaster.scores,
    }
    model.write(folder, facts, {model.WEIGHTS: data, model.CARD: card.encode()})


def _pack(forecaster: Forecaster) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        alphabet=forecaster.vocabulary.alphabet,
        keys=forecaster.vocabulary.keys,
        idf=forecaster.idf,
        text_weights=forecaster.text_weights,
        low=forecaster.low,
        high=forecaster.high,
        weights=forecaster.weights,
        intercept=np.array(forecaster.intercept),
    )
    return buffer.getvalue()


@lru_cache(maxsize=2)
def _load(folder: Path, changed: int) -> Forecaster:
    """Load a folder once; ``changed``, the time its manifest was written, makes a new forecast load anew."""
    facts = model.read_manifest(folder, {KIND: FORMAT})
    data = model.checked_file(folder, model.WEIGHTS, facts)

    def build(arrays: dict[str, NDArray[Any]]) -> Forecaster:
        forecaster = _build(facts, arrays)
        if not _fits(facts, forecaster):
            raise model.damaged(folder, "数组和数字对不上", "arrays and numbers do not fit together")
        return forecaster

    return model.built(folder, data, build)


def _build(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Forecaster:
    zh, en = facts["ends_badly"]
    return Forecaster(
        name=str(facts["name"]),
        vocabulary=Vocabulary(arrays["alphabet"].astype(np.uint32), arrays["keys"].astype(np.uint64)),
        idf=arrays["idf"].astype(np.float32),
        text_weights=arrays["text_weights"].astype(np.float32),
        low=arrays["low"].astype(np.float64),
        high=arrays["high"].astype(np.float64),
        weights=arrays["weights"].astype(np.float64),
        intercept=float(arrays["intercept"]),
        scale=float(facts["scale"]),
        shift=float(facts["shift"]),
        ends_badly=(str(zh), str(en)),
        training=dict(facts["training"]),
        scores=dict(facts["scores"]),
    )


def _fits(facts: dict[str, Any], made: Forecaster) -> bool:
    """Tell whether the arrays fit together and to what this version computes of a prefix."""
    same = (facts["numbers"], facts["fields"], facts["window"]) == (list(NUMBERS), list(FIELDS), WINDOW)
    columns = len(made.vocabulary.keys)
    tables = all(table.shape == (columns, len(FIELDS)) for table in (made.idf, made.text_weights))
    rows = all(row.shape == (len(NUMBERS),) for row in (made.low, made.high, made.weights))
    arrays = (made.idf, made.text_weights, made.low, made.high, made.weights)
    finite = all(bool(np.isfinite(array).all()) for array in arrays)
    finite = finite and bool(np.isfinite([made.intercept, made.scale, made.shift]).all())
    return same and columns > 0 and tables and rows and finite and made.vocabulary.is_sound() and made.scale > 0
