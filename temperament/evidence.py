"""Why a reading says what it says: pieces of the original text that carry a label.

Candidates come from the model's own contributions; each is then deleted and the message read again. The fall
in the label's probability is the weight, so evidence is faithful by construction (deletion test, see DeYoung et
al. 2020, "ERASER", comprehensiveness).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from temperament.features import Floats
from temperament.labels import HEADS, NEUTRAL, Evidence, Head, Reading
from temperament.text import Folded, words

CANDIDATES = 6
KEPT = 3
LONGEST = 12
_LEAST_FALL = 0.01
"""The strongest piece is always shown; further ones only when they matter this much."""
_LEAST_SHARE = 0.1
_SEPARATORS = frozenset(",。、;:()[]\"'“”‘’《》【】-/")
_MARKS = frozenset("!?~…")
_MOST_CHARACTERS = 20_000
"""Longer texts get no evidence: no single piece of theirs carries a label, and reading them again costs seconds."""


class Pusher(Protocol):
    """What evidence needs of a model."""

    def pushes(self, text: str, head: Head, label: str) -> Floats:
        """Return how much every character of a folded text pushes towards a label."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: int
    head: Head
    start: int
    end: int


def explain(
    model: Pusher, folded: list[Folded], readings: list[Reading], ask: Callable[[list[str]], list[Reading]]
) -> list[Reading]:
    """Return the readings with evidence for every label that is not ``unclear`` or ``calm``.

    ``ask`` reads texts again without explaining them.
    """
    candidates = [
        candidate
        for document, reading in enumerate(readings)
        for head in HEADS
        for candidate in _candidates(model, document, folded[document], reading, head)
    ]
    shortened = []
    for one in candidates:
        text = readings[one.document].text
        shortened.append(text[: one.start] + text[one.end :])
    found: dict[tuple[int, Head], list[Evidence]] = {}
    for one, again in zip(candidates, ask(shortened), strict=True):
        piece = _weigh(one, readings[one.document], again)
        if piece.weight > 0:
            found.setdefault((one.document, one.head), []).append(piece)
    return [replace(reading, evidence=_strongest(found, document)) for document, reading in enumerate(readings)]


def _weigh(one: _Candidate, reading: Reading, again: Reading) -> Evidence:
    label = reading.temperament if one.head == "temperament" else reading.state
    fall = _chance(reading, one.head, label) - _chance(again, one.head, label)
    return Evidence(one.start, one.end, reading.text[one.start : one.end], label, round(fall, 4))


def _chance(reading: Reading, head: Head, label: str) -> float:
    table = reading.temperament_probabilities if head == "temperament" else reading.state_probabilities
    return table[label]


def _strongest(found: dict[tuple[int, Head], list[Evidence]], document: int) -> tuple[Evidence, ...]:
    pieces: list[Evidence] = []
    for head in HEADS:
        ranked = sorted(found.get((document, head), []), key=lambda piece: (not _has_words(piece.text), -piece.weight))
        pieces.extend(ranked[:1])
        pieces.extend(piece for piece in ranked[1:KEPT] if piece.weight >= _LEAST_FALL)
    return tuple(pieces)


def _has_words(text: str) -> bool:
    """Tell words from bare punctuation, which explains less to a reader even where it weighs more."""
    return any(map(str.isalnum, text))


def _candidates(model: Pusher, document: int, folded: Folded, reading: Reading, head: Head) -> list[_Candidate]:
    label = reading.temperament if head == "temperament" else reading.state
    text = folded.text
    if reading.reason or label == NEUTRAL[head] or len(text) > _MOST_CHARACTERS:
        return []
    pushes = model.pushes(text, head, label).tolist()
    spans = _merge(_tokens(text), pushes, text)
    spans.sort(key=lambda span: -sum(pushes[slice(*span)]))
    return [_Candidate(document, head, *folded.span(*span)) for span in spans[:CANDIDATES]]


@lru_cache(maxsize=2)
def _tokens(text: str) -> tuple[tuple[int, int], ...]:
    """Cut folded text into words and single other characters, blanks left out; both heads ask for the same text."""
    tokens: list[tuple[int, int]] = []
    position = 0
    for start, word in words(text):
        tokens.extend((at, at + 1) for at in range(position, start) if not text[at].isspace())
        tokens.append((start, start + len(word)))
        position = start + len(word)
    tokens.extend((at, at + 1) for at in range(position, len(text)) if not text[at].isspace())
    return tuple(tokens)


def _merge(tokens: Sequence[tuple[int, int]], scores: Sequence[float], text: str) -> list[tuple[int, int]]:
    """Join neighbouring tokens that push clearly towards the label into spans within one clause, its end marks included."""
    pushes = [sum(scores[start:end]) for start, end in tokens]
    least = _LEAST_SHARE * max(pushes, default=0.0)
    spans: list[tuple[int, int]] = []
    for (start, end), push in zip(tokens, pushes, strict=True):
        if push <= least or text[start:end] in _SEPARATORS:
            continue
        continues = text[start] in _MARKS or text[start - 1] not in _MARKS
        if spans and spans[-1][1] == start and end - spans[-1][0] <= LONGEST and continues:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
