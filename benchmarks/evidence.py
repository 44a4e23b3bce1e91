"""Deletion test of the evidence: delete the strongest piece of every label, read again, compare with a random piece.

python benchmarks/evidence.py [FILE...] [--models default semantic] [-o benchmarks/EVIDENCE.md]
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from quality import MODELS, chosen, publish

from temperament.datasets import read_texts
from temperament.errors import ModelError
from temperament.labels import HEADS, NEUTRAL, Evidence, Reading
from temperament.reader import Classifier

COLUMNS = (
    "model",
    "file",
    "labels read",
    "with evidence",
    "top piece lowers it",
    "mean fall",
    "mean fall, random piece",
)


def without(text: str, start: int, length: int) -> str:
    """Return the text with ``length`` characters from ``start`` deleted."""
    return text[:start] + text[start + length :]


def fall(before: Reading, after: Reading, label: str) -> float:
    """Return how far the probability of a label fell."""
    old = before.temperament_probabilities | before.state_probabilities
    new = after.temperament_probabilities | after.state_probabilities
    return old[label] - new[label]


def strongest(reading: Reading) -> list[Evidence]:
    """Return the first piece of evidence of every label that has one."""
    first = {piece.label: piece for piece in reversed(reading.evidence)}
    return list(first.values())


def measure(path: Path, name: str, classifier: Classifier) -> str:
    """Return the deletion test of one file as a line of a Markdown table."""
    readings = classifier.classify_many(read_texts(path))
    claims = sum(getattr(reading, head) != NEUTRAL[head] for reading in readings for head in HEADS)
    pairs = [(reading, piece) for reading in readings for piece in strongest(reading)]
    dice = random.Random(0)
    sizes = [piece.end - piece.start for _, piece in pairs]
    places = [dice.randint(0, len(reading.text) - size) for (reading, _), size in zip(pairs, sizes, strict=True)]
    cut = [without(one.text, piece.start, size) for (one, piece), size in zip(pairs, sizes, strict=True)]
    blind = [without(one.text, place, size) for (one, _), place, size in zip(pairs, places, sizes, strict=True)]
    after, chance = (classifier.classify_many(texts, explain=False) for texts in (cut, blind))
    falls = [fall(one, again, piece.label) for (one, piece), again in zip(pairs, after, strict=True)]
    by_chance = [fall(one, again, piece.label) for (one, piece), again in zip(pairs, chance, strict=True)]
    lowered = sum(value > 0 for value in falls)
    means = f"{sum(falls) / len(falls):.3f} | {sum(by_chance) / len(by_chance):.3f}"
    return f"| {name} | {path.name} | {claims} | {len(pairs)} | {lowered} | {means} |"


def measured(name: str, paths: Sequence[Path]) -> list[str]:
    """Return the lines of one model, or one that says why there are none."""
    try:
        classifier = Classifier.load(name)
    except ModelError as error:
        return [f"| {name} | left out: {error.en} |" + " |" * (len(COLUMNS) - 2)]
    return [measure(path, name, classifier) for path in paths]


def main() -> int:
    """Print the deletion test of every model on every file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    lines = ["# Deletion test of the evidence\n", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines.extend(line for name in options.models for line in measured(name, chosen(options.files)))
    publish("\n".join(lines) + "\n", options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
