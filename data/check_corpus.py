"""Measure the corpus and its labels: size, cells, genres, cue words, agreement of the readers, near-duplicates.

``data/README.md`` quotes what it prints.

    python data/check_corpus.py
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import opencc
from rapidfuzz import fuzz, process
from sklearn.metrics import cohen_kappa_score, f1_score

from temperament.labels import HEADS, STATES, TEMPERAMENTS, Head
from temperament.text import fold

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))
from baselines import KEYWORDS  # noqa: E402

NEAR = 80
CHANNELS = ("phone", "chat", "letter", "review", "social", "sms", "form")
GENRES = (
    *CHANNELS,
    "multi_turn",
    "traditional",
    "dialect",
    "b2b",
    "elderly",
    "student",
    "no_cue",
    "hard_negative",
)
WAVES = {
    "first (a-g)": "abcdefg",
    "second (h-o, q-t)": "hijklmnoqrst",
    "third, turned cue words (p)": "p",
    "fourth, hard pairs (u-w)": "uvw",
    "fifth, help desk posts (A-F)": "ABCDEF",
    "sixth, plain enquiries (G, H)": "GH",
    "seventh, play in complaints (I-P)": "IJKLMNOP",
}
_LEAST_TRADITIONAL = 2
Row = dict[str, Any]
Pair = tuple[Row, Row]


def read(path: Path) -> list[Row]:
    """Read a JSONL file of this folder."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def _converter() -> Callable[[str], str]:
    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def is_traditional(text: str) -> bool:
    """Tell whether a text is in Traditional script: two different characters change on the way to Simplified.

    One alone may be a dialect character in a Simplified text (嗰, 孃).
    """
    changed = {a for a, b in zip(text, _converter()(text), strict=False) if a != b}
    return len(changed) >= _LEAST_TRADITIONAL


@cache
def has_cue(text: str) -> bool:
    """Tell whether the folded text holds a cue word or cue mark of the codebook, in any sense."""
    folded = fold(text).text
    return any(cue in folded for head in HEADS for cues in KEYWORDS[head].values() for cue in cues)


def corpus() -> list[Row]:
    """Return all messages, training part first."""
    return [row for part in ("train", "test") for row in read(HERE / "corpus" / f"{part}.jsonl")]


def near_duplicates(texts: list[str]) -> list[tuple[int, int, int]]:
    """Return pairs of texts whose indel similarity (``rapidfuzz.fuzz.ratio`` of folded text) is at least 80 %."""
    folded = [fold(text).text for text in texts]
    found: list[tuple[int, int, int]] = []
    for start in range(0, len(folded), 1000):
        part = folded[start : start + 1000]
        scores = process.cdist(part, folded, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8, workers=-1)
        pairs = zip(*np.nonzero(scores), strict=True)
        found.extend((start + int(i), int(j), int(scores[i, j])) for i, j in pairs if start + i < j)
    return found


def compare(pairs: Sequence[Pair], head: Head) -> tuple[float, float, float]:
    """Return how far pairs of labellings agree on one head: share of the same labels, Cohen's kappa, macro-F1."""
    first, second = [one[head] for one, _ in pairs], [other[head] for _, other in pairs]
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(pairs)
    return same, float(cohen_kappa_score(first, second)), float(f1_score(first, second, average="macro"))


def agreement(pairs: Sequence[Pair], head: Head) -> str:
    """Return the agreement of pairs of labellings on one head as text."""
    same, kappa, f1 = compare(pairs, head)
    return f"{same:.3f} same, kappa {kappa:.3f}, macro-F1 {f1:.3f} (n={len(pairs)})"


def both(readings: Sequence[Row]) -> list[Pair]:
    """Return the labels of the writer and of the blind second reader."""
    return [(reading["first"], reading["second"]) for reading in readings]


def size(rows: list[Row], readings: list[Row]) -> list[str]:
    """Return lines on how many messages there are, how long, and in which cells."""
    lengths = sorted(len(row["text"]) for row in rows)
    cells = Counter((row["temperament"], row["state"]) for row in rows)
    return [
        f"messages: {len(rows)}; read: {len(readings)}; outcomes: {dict(Counter(r['outcome'] for r in readings))}",
        f"characters: median {lengths[len(lengths) // 2]}, longest {lengths[-1]}; several turns: "
        f"{sum(row['turns'] > 1 for row in rows)}; with a further state: {sum(bool(row['also']) for row in rows)}",
        "",
        "| | " + " | ".join(STATES) + " |",
        "|---|" + "---|" * len(STATES),
        *(f"| {one} | " + " | ".join(str(cells[one, state]) for state in STATES) + " |" for one in TEMPERAMENTS),
        "",
    ]


def cues(rows: list[Row]) -> list[str]:
    """Return a line on how many messages hold no cue word, and how many of those cast to have none."""
    free = [row for row in rows if not has_cue(row["text"])]
    asked = sum("no_cue" in row["genre"] for row in rows)
    kept = sum("no_cue" in row["genre"] for row in free)
    return [
        f"without a cue word of the codebook: {len(free)} ({len(free) / len(rows):.1%}); "
        f"of the {asked} that were cast to have none: {kept} ({kept / len(rows):.1%} of all)"
    ]


def genres(rows: list[Row], readings: list[Row]) -> list[str]:
    """Return a table of the genres: messages kept, how many without cue word, agreement of their two readers."""
    by_id = {reading["id"]: reading for reading in readings}
    names = [f"{head}: {what}" for head in HEADS for what in ("same", "kappa", "macro-F1")]
    lines = ["", "| genre | messages | no cue word | " + " | ".join(names) + " |", "|---|" + "---|" * (2 + len(names))]
    for genre in GENRES:
        part = [row for row in rows if genre in row["genre"]]
        pairs = both([by_id[row["id"]] for row in part])
        free = sum(not has_cue(row["text"]) for row in part)
        found = [number for head in HEADS for number in compare(pairs, head)]
        lines.append(f"| {genre} | {len(part)} | {free} | " + " | ".join(f"{number:.3f}" for number in found) + " |")
    return [*lines, ""]


def waves(readings: list[Row]) -> list[str]:
    """Return lines on the agreement of the two readers: all that was read, kept or not, and each wave of writers."""
    lines = [f"agreement, {head}: {agreement(both(readings), head)}" for head in HEADS]
    for name, letters in WAVES.items():
        part = both([reading for reading in readings if reading["id"][0] in letters])
        lines.append(f"  wave {name}: " + "; ".join(f"{head} {agreement(part, head)}" for head in HEADS))
    return lines


def second_looks(rows: list[Row]) -> list[str]:
    """Return lines on the blind second reading of messages that the label-error search had flagged."""
    labels = {row["id"]: row for row in rows}
    pairs = {"corpus": [(labels[row["id"]], row) for row in read(HERE / "corpus_second.jsonl")]}
    again = {row["id"]: row for row in read(HERE / "public" / "second_labels.jsonl")}
    for name in ("real_train", "more"):
        first = read(HERE / "public" / f"{name}_labels.jsonl")
        pairs[name] = [(row, again[row["id"]]) for row in first if row["id"] in again]
    lines = []
    for name, part in pairs.items():
        changed = {head: sum(one[head] != two[head] for one, two in part) for head in HEADS}
        whole = sum(all(one[head] == two[head] for head in HEADS) for one, two in part)
        other = ", ".join(f"{count} another {head}" for head, count in changed.items())
        lines.append(f"flagged and read again, {name}: {len(part)}; {whole} the same in both, {other}")
    return lines


def main() -> int:
    """Print the measures; 1 when near-duplicates stand in the corpus."""
    rows, readings = corpus(), read(HERE / "readings.jsonl")
    lines = size(rows, readings) + cues(rows) + waves(readings) + second_looks(rows) + genres(rows, readings)
    near = near_duplicates([row["text"] for row in rows])
    lines.append(f"near-duplicates (similarity >= {NEAR} %): {len(near)}")
    lines += [f"  {score} {rows[i]['id']} {rows[j]['id']}" for i, j, score in near]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if near else 0


if __name__ == "__main__":
    sys.exit(main())
