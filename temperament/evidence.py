"""Why a reading says what it says: pieces of the original text that carry a label.

Candidates come from the model's own contributions; each is then deleted and the message read again. The fall
in the label's probability is the weight, so evidence is faithful by construction (deletion test, see DeYoung et
al. 2020, "ERASER", comprehensiveness).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from temperament.features import Floats
from temperament.labels import HEADS, LABELS, NEUTRAL, Evidence, Head, Reading
from temperament.text import fold, words

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

    def pushes(self, asked: Sequence[tuple[str, Head, str]]) -> list[Floats]:
        """Return, for each folded text, head and label, how much every character pushes towards the label."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: int
    head: Head
    label: str
    start: int
    end: int


def explain(model: Pusher, readings: list[Reading], ask: Callable[[list[str]], Mapping[Head, Floats]]) -> list[Reading]:
    """Return the readings with evidence for every label that is not ``unclear`` or ``calm``.

    ``ask`` reads texts again: a table a head, one row a text, one column a label.
    """
    candidates = _candidates(model, readings)
    if not candidates:
        return readings
    shortened = []
    for one in candidates:
        text = readings[one.document].text
        shortened.append(text[: one.start] + text[one.end :])
    tables = ask(shortened)
    found: dict[tuple[int, Head], list[Evidence]] = {}
    for row, one in enumerate(candidates):
        piece = _weigh(one, readings[one.document], float(tables[one.head][row, LABELS[one.head].index(one.label)]))
        if piece.weight > 0:
            found.setdefault((one.document, one.head), []).append(piece)
    explained = dict.fromkeys(one.document for one in candidates)
    return [
        replace(reading, evidence=_strongest(found, document)) if document in explained else reading
        for document, reading in enumerate(readings)
    ]


def _weigh(one: _Candidate, reading: Reading, again: float) -> Evidence:
    table = reading.temperament_probabilities if one.head == "temperament" else reading.state_probabilities
    fall = table[one.label] - again
    return Evidence(one.start, one.end, reading.text[one.start : one.end], one.label, round(fall, 4))


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


def _candidates(model: Pusher, readings: list[Reading]) -> list[_Candidate]:
    """Return the spans that push most, document by document, head by head."""
    folded = {document: fold(one.text) for document, one in enumerate(readings) if _labels(one)}
    asked = [
        (document, head, label)
        for document, one in folded.items()
        if len(one.text) <= _MOST_CHARACTERS
        for head, label in _labels(readings[document])
    ]
    if not asked:
        return []
    tokens = {document: _tokens(folded[document].text) for document in dict.fromkeys(place for place, _, _ in asked)}
    pushes = model.pushes([(folded[document].text, head, label) for document, head, label in asked])
    found: list[_Candidate] = []
    for (document, head, label), scores in zip(asked, pushes, strict=True):
        spans = _strongest_spans(tokens[document], scores.tolist(), folded[document].text)
        found.extend(_Candidate(document, head, label, *folded[document].span(*span)) for span in spans)
    return found


def _strongest_spans(tokens: Sequence[tuple[int, int]], scores: Sequence[float], text: str) -> list[tuple[int, int]]:
    spans = _merge(tokens, scores, text)
    spans.sort(key=lambda span: -sum(scores[slice(*span)]))
    return spans[:CANDIDATES]


def _labels(reading: Reading) -> list[tuple[Head, str]]:
    """Return the labels of a reading that need evidence, by head."""
    if reading.reason:
        return []
    labels: tuple[tuple[Head, str], ...] = (("temperament", reading.temperament), ("state", reading.state))
    return [(head, label) for head, label in labels if label != NEUTRAL[head]]


def _tokens(text: str) -> list[tuple[int, int]]:
    """Cut folded text into words and single other characters, blanks left out."""
    tokens: list[tuple[int, int]] = []
    position = 0
    for start, word in words(text):
        if position < start:
            tokens.extend((at, at + 1) for at in range(position, start) if not text[at].isspace())
        position = start + len(word)
        tokens.append((start, position))
    tokens.extend((at, at + 1) for at in range(position, len(text)) if not text[at].isspace())
    return tokens


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
