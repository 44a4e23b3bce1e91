"""Message → Reading: guards, probabilities, confidence bands, secondary states, evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from temperament import evidence, model
from temperament.errors import UsageError
from temperament.features import Floats
from temperament.labels import HEADS, LABELS, NEUTRAL, Band, Head, Reading, StateLabel, TemperamentLabel
from temperament.text import HAN, Folded, fold

_HAN_CHARACTERS = re.compile(f"[{HAN}]")
_LATIN_WORDS = re.compile(r"[a-zß-öø-ɏ]+")
_SHORTEST = 2


def unreadable(text: str) -> str | None:
    """Say why folded text cannot be read, or return ``None`` when it can.

    ``empty``: nothing is left after folding; ``symbols_only``: no letter of any script; ``not_chinese``: other
    scripts or languages lead; ``too_short``: a single Chinese character.
    """
    if not text.strip():
        return "empty"
    han = len(_HAN_CHARACTERS.findall(text))
    latin = _LATIN_WORDS.findall(text)
    others = sum(map(str.isalpha, text)) - han - sum(map(len, latin))
    if not (han or latin or others):
        return "symbols_only"
    if others > han or len(latin) > 2 * han:
        return "not_chinese"
    return "too_short" if han < _SHORTEST else None


@dataclass(frozen=True)
class Classifier:
    """Reads messages with one model. Make one with ``Classifier.load``; it is safe to share between threads."""

    model: model.Model

    @classmethod
    def load(cls, name: str = "default") -> "Classifier":
        """Load a shipped model by name (``"default"``) or an own model folder by path.

        Raises ``ModelError`` when the folder is missing, damaged, foreign or of a newer format.
        """
        folder = model.find(str(name))
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
        folded = [fold(text) for text in texts]
        reasons = [unreadable(one.text) for one in folded]
        tables = self.model.probabilities([one.text for one in folded])
        readings = [
            self._reading(one, reason, {head: tables[head][row] for head in HEADS})
            for row, (one, reason) in enumerate(zip(folded, reasons, strict=True))
        ]
        return evidence.explain(self.model, folded, readings, self._ask) if explain else readings

    def _ask(self, texts: list[str]) -> list[Reading]:
        return self.classify_many(texts, explain=False)

    def _reading(self, folded: Folded, reason: str | None, rows: dict[Head, Floats]) -> Reading:
        chances = {
            head: self.model.base_rates(head) if reason else dict(zip(LABELS[head], rows[head].tolist(), strict=True))
            for head in HEADS
        }
        top = {head: NEUTRAL[head] if reason else max(chances[head], key=chances[head].__getitem__) for head in HEADS}
        return Reading(
            text=folded.original,
            temperament=cast(TemperamentLabel, top["temperament"]),
            state=cast(StateLabel, top["state"]),
            temperament_probabilities=chances["temperament"],
            state_probabilities=chances["state"],
            confidence={head: "low" if reason else self._band(head, chances[head][top[head]]) for head in HEADS},
            also=() if reason else self._also(chances["state"], top["state"]),
            reason=reason,
            model=self.model.name,
        )

    def _band(self, head: Head, chance: float) -> Band:
        least = self.model.heads[head].bands
        if chance >= least["high"]:
            return "high"
        return "medium" if chance >= least["medium"] else "low"

    def _also(self, chances: dict[str, float], leading: str) -> tuple[StateLabel, ...]:
        further = [
            label
            for label, chance in chances.items()
            if label not in (leading, NEUTRAL["state"]) and chance >= self.model.also_threshold
        ]
        further.sort(key=chances.__getitem__, reverse=True)
        return cast(tuple[StateLabel, ...], tuple(further))


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
    return Classifier(model.load(str(folder)))
