"""Measure the corpus: size, cells, agreement of the two readers, near-duplicates. ``data/README.md`` quotes what it prints.

python data/check_corpus.py
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.metrics import cohen_kappa_score, f1_score

from temperament.labels import HEADS, STATES, TEMPERAMENTS, Head
from temperament.text import fold

HERE = Path(__file__).resolve().parent
NEAR = 80
Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """Read a JSONL file of this folder."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


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


def agreement(readings: list[Row], head: Head) -> str:
    """Return how far the two readers agree on one head: share, Cohen's kappa, macro-F1."""
    first = [reading["first"][head] for reading in readings]
    second = [reading["second"][head] for reading in readings]
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    kappa = cohen_kappa_score(first, second)
    return (
        f"{same:.3f} same, kappa {kappa:.3f}, macro-F1 {f1_score(first, second, average='macro'):.3f} (n={len(first)})"
    )


def groups(readings: list[Row], name: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Group readings by a name, largest group first."""
    found: dict[str, list[Row]] = {}
    for reading in readings:
        found.setdefault(name(reading), []).append(reading)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def main() -> int:
    """Print the measures; 1 when near-duplicates stand in the corpus."""
    out = sys.stdout.write
    rows, readings = corpus(), read(HERE / "readings.jsonl")
    out(f"messages: {len(rows)}; read: {len(readings)}; outcomes: {dict(Counter(r['outcome'] for r in readings))}\n")
    lengths = sorted(len(row["text"]) for row in rows)
    out(f"characters: median {lengths[len(lengths) // 2]}, longest {lengths[-1]}; several turns: ")
    out(f"{sum(row['turns'] > 1 for row in rows)}; with a further state: {sum(bool(row['also']) for row in rows)}\n\n")
    cells = Counter((row["temperament"], row["state"]) for row in rows)
    out("| | " + " | ".join(STATES) + " |\n|---|" + "---|" * len(STATES) + "\n")
    for manner in TEMPERAMENTS:
        out(f"| {manner} | " + " | ".join(str(cells[manner, state]) for state in STATES) + " |\n")
    out("\n")
    for head in HEADS:
        out(f"agreement, {head}: {agreement(readings, head)}\n")
    channel = {row["id"]: row["channel"] for row in rows}
    kept = [reading for reading in readings if reading["id"] in channel]
    for name, part in groups(kept, lambda reading: channel[reading["id"]]).items():
        out(f"  kept, {name}: " + "; ".join(f"{head} {agreement(part, head)}" for head in HEADS) + "\n")
    near = near_duplicates([row["text"] for row in rows])
    out(f"near-duplicates (similarity >= {NEAR} %): {len(near)}\n")
    for i, j, score in near:
        out(f"  {score} {rows[i]['id']} {rows[j]['id']}\n")
    return 1 if near else 0


if __name__ == "__main__":
    sys.exit(main())
