"""Message → Reading: guards, probabilities, confidence bands, secondary states, evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from temperament import encoder, evidence, guards, model
from temperament.encoder import EncoderModel
from temperament.errors import ModelError, UsageError
from temperament.features import Floats, batches
from temperament.folding import fold_many
from temperament.guards import REASONS, unreadable
from temperament.labels import Head, Reading
from temperament.model import Model
from temperament.tables import Tables, joined, tabulate
from temperament.text import fold_only

AnyModel = Model | EncoderModel
_SEVERAL = 8
"""From so many texts on they are folded together."""
_TOGETHER = 100_000
"""Characters read together; their arrays take about 30 MB."""


def choose(name: str, messages: int) -> str:
    """Return which model answers under the name ``auto``: ``semantic`` for one message where its extra is installed.

    Batches go to ``default``, which is many times faster; every other name is returned as it is.
    """
    if name != "auto":
        return name
    if messages != 1 or not encoder.installed():
        return "default"
    try:
        model.find("semantic")
    except ModelError:
        return "default"
    return "semantic"


@dataclass(frozen=True)
class Classifier:
    """Reads messages with one model. Make one with ``Classifier.load``; it is safe to share between threads."""

    model: AnyModel

    @classmethod
    def load(cls, name: str = "default") -> "Classifier":
        """Load a shipped model by name (``"default"``, ``"semantic"``) or an own model folder by path.

        ``"auto"`` is what suits single messages best: ``semantic`` where its extra is installed, else ``default``.
        Raises ``ModelError`` when the folder is missing, damaged, foreign or of another format, or when the model
        needs an extra that is not installed.
        """
        folder = model.find(choose(str(name), 1))
        return _load(folder, (folder / model.MANIFEST).stat().st_mtime_ns)

    def classify(self, text: str) -> Reading:
        """Read one message; several turns of one customer are joined by line breaks.

        Text that cannot be read (empty, symbols only, other languages) gives ``unclear`` and ``calm`` with a
        ``reason``. Raises ``UsageError`` when ``text`` is not a string.
        """
        return self.classify_many([text])[0]

    def classify_many(self, texts: Iterable[str], *, explain: bool = True) -> list[Reading]:
        """Read many messages at once, in their order; the same answers as ``classify``.

        ``explain=False`` leaves ``evidence`` empty, which is many times faster. An empty list gives an empty list.
        """
        texts = _checked(texts)
        readings = self._tables(texts).readings(texts)
        return evidence.explain(self.model, readings, self._ask) if explain else readings

    def tables(self, texts: Iterable[str]) -> Tables:
        """Read many messages into arrays, one row a message: the same answers as ``classify_many``, made faster.

        Evidence is not looked for. Millions of messages are best given some ten thousand at a time.
        """
        return self._tables(_checked(texts))

    def _ask(self, texts: list[str]) -> dict[Head, Floats]:
        found = self._tables(texts)
        return {"temperament": found.temperament_probabilities, "state": found.state_probabilities}

    def _tables(self, texts: list[str]) -> Tables:
        if isinstance(self.model, EncoderModel) or len(texts) < _SEVERAL:
            return self._one_by_one(texts)
        runs = batches([len(text) for text in texts], _TOGETHER)
        return joined([self._together(self.model, texts[start:end]) for start, end in runs])

    def _one_by_one(self, texts: list[str]) -> Tables:
        folded = list(map(fold_only, texts))
        reasons = [unreadable(text) or self._unknown(text) for text in folded]
        places = np.array([REASONS.index(reason) for reason in reasons], np.int8)
        return tabulate(
            self.model.probabilities(folded), places, self.model.heads, self.model.presence, self.model.name
        )

    @staticmethod
    def _together(linear: Model, texts: list[str]) -> Tables:
        batch = fold_many(texts)
        scores = linear.scorer.score(batch.codes)
        places = guards.reasons(batch)
        places[(places == 0) & ~scores.known & (batch.codes.sizes - 2 <= guards.SHORT)] = REASONS.index("no_cue")
        back = np.argsort(batch.order)
        chances = model.tables(scores.values[back] + linear.intercepts, linear.heads, linear.presence)
        return tabulate(chances, places[back], linear.heads, linear.presence, linear.name)

    def _unknown(self, text: str) -> str | None:
        """Return ``no_cue`` for a short text of which the model knows nothing."""
        return "no_cue" if len(text) <= guards.SHORT and not self.model.knows(text) else None


def _checked(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list, or refuse what is not a list of strings."""
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise UsageError(
            f"classify_many 要的是字符串列表，给的是 {type(texts).__name__}；一条消息请用 classify。",
            f"classify_many takes a list of strings, not {type(texts).__name__}; use classify for one message.",
        )
    listed = list(texts)
    for number, text in enumerate(listed, 1):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise UsageError(
                f"第 {number} 条不是字符串，而是 {kind}。请先转成 str（缺失值用空串）。",
                f"Item {number} is {kind}, not a string. Convert it to str first (use '' for missing values).",
            )
    return listed


@lru_cache(maxsize=4)
def _load(folder: Path, changed: int) -> Classifier:
    """Load a folder once; ``changed``, the time its manifest was written, makes a retrained model load anew."""
    facts = model.read_manifest(folder, {model.KIND: model.FORMAT, encoder.KIND: encoder.FORMAT})
    return Classifier(encoder.load(folder) if facts["kind"] == encoder.KIND else model.load(str(folder)))
