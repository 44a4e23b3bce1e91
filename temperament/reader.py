"""Message → Reading: guards, probabilities, confidence bands, secondary states, evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from temperament import encoder, evidence, guards, model
from temperament.encoder import EncoderModel
from temperament.errors import ModelError, UsageError
from temperament.features import Floats, batches
from temperament.folding import Codes, fold_many
from temperament.guards import REASONS, unreadable
from temperament.labels import HEADS, Head, Reading
from temperament.model import Model
from temperament.tables import Places, Tables, joined, settled, tabulate
from temperament.text import fold_only

AnyModel = Model | EncoderModel
_SEVERAL = 8
"""From so many texts on they are folded together."""
_TOGETHER = 100_000
"""Characters read together; their arrays take about 30 MB."""
_NO_CUE = REASONS.index("no_cue")


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
        """Return the probabilities of both heads alone, as evidence needs them."""
        parts = [settled(chances, reasons, self.model.heads) for chances, reasons in self._read(texts)]
        return {head: np.concatenate([part[head] for part in parts]) for head in HEADS}

    def _tables(self, texts: list[str]) -> Tables:
        found = self.model
        return joined([tabulate(*part, found.heads, found.presence, found.name) for part in self._read(texts)])

    def _read(self, texts: list[str]) -> Iterator[tuple[dict[str, Floats], Places]]:
        """Yield the probabilities of runs of texts and why some could not be read, as places in ``REASONS``."""
        if isinstance(self.model, EncoderModel):
            yield self._by_encoder(self.model, list(map(fold_only, texts)))
        elif len(texts) < _SEVERAL:
            folded = list(map(fold_only, texts))
            reasons = np.array([REASONS.index(unreadable(text)) for text in folded], np.int8)
            yield _by_words(self.model, Codes.of(folded), reasons)
        else:
            for start, end in batches([len(text) for text in texts], _TOGETHER):
                batch = fold_many(texts[start:end])
                chances, reasons = _by_words(self.model, batch.codes, guards.reasons(batch))
                back = np.argsort(batch.order)
                yield {name: table[back] for name, table in chances.items()}, reasons[back]

    @staticmethod
    def _by_encoder(encoder: EncoderModel, folded: list[str]) -> tuple[dict[str, Floats], Places]:
        unknown = ("no_cue" if len(text) <= guards.SHORT and not encoder.knows(text) else None for text in folded)
        reasons = [REASONS.index(unreadable(text) or why) for text, why in zip(folded, unknown, strict=True)]
        return encoder.probabilities(folded), np.array(reasons, np.int8)


def _by_words(linear: Model, codes: Codes, reasons: Places) -> tuple[dict[str, Floats], Places]:
    """Return probabilities and reasons, ``no_cue`` added for short texts of which the model knows nothing."""
    scores = linear.scorer.score(codes)
    reasons[(reasons == 0) & ~scores.known & (codes.sizes - 2 <= guards.SHORT)] = _NO_CUE
    return model.tables(scores.values + linear.intercepts, linear.heads, linear.presence), reasons


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
