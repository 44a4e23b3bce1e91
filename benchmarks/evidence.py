"""Two tests of the evidence: does the model rest on it, and would a reader point at it?

    python benchmarks/evidence.py [FILE...] [--models default semantic] [-o benchmarks/EVIDENCE.md]

Deletion: the strongest piece of every label is deleted and the text read again, beside a random piece of that length.
Pointing, on real_dev where it is there: two readers, shown the gold labels, marked the words that show them
(``data/public/real_dev_marks.jsonl``). Where a label is read rightly, the strongest piece should lie there. The two are
faithfulness and plausibility of DeYoung et al. 2020, "ERASER".
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from statistics import fmean

from quality import MODELS, ROOT, SHARED, chosen, loaded, publish

from temperament.datasets import Example, Row, read_examples, read_rows, read_texts
from temperament.labels import HEADS, NEUTRAL, Evidence, Reading
from temperament.reader import Classifier

MARKS = ROOT / "data" / "public" / "real_dev_marks.jsonl"
MARKED = SHARED / "real_dev.jsonl"
Span = tuple[int, int]
Spans = list[Span]
Marks = dict[str, list[dict[str, Spans]]]
"""For every id, what each reader marked: label → places, in the order of naming."""
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


def measure(path: Path, name: str, classifier: Classifier, readings: Sequence[Reading]) -> str:
    """Return the deletion test of one file, read by the classifier, as a line of a Markdown table."""
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


def marks_of(rows: Sequence[Row], gold: dict[str, set[str]]) -> Marks:
    """Return the marked places of the gold labels; readers also marked other manners."""
    found: Marks = {}
    for row in rows:
        own: dict[str, Spans] = {}
        for start, end, label in row["marks"]:
            if label in gold.get(row["id"], ()):
                own.setdefault(label, []).append((start, end))
        found.setdefault(row["id"], []).append(own)
    return found


@dataclass(frozen=True, slots=True)
class Shot:
    """A piece of a text of ``length`` characters, and the characters that a reader marked for the same label."""

    piece: Span
    marked: frozenset[int]
    length: int

    def inside(self, start: int) -> float:
        """Return the share of the piece's characters that are marked when it stands at ``start``."""
        size = self.piece[1] - self.piece[0]
        return sum(place in self.marked for place in range(start, start + size)) / size


def characters(spans: Spans) -> frozenset[int]:
    """Return the places of all characters in the spans."""
    return frozenset(place for start, end in spans for place in range(start, end))


def shots_of(examples: Sequence[Example], readings: Sequence[Reading], marks: Marks) -> Iterator[Shot]:
    """Yield the strongest piece of every label read rightly, once for each reader who marked the label."""
    for example, reading in zip(examples, readings, strict=True):
        for piece in strongest(reading):
            if piece.label in (example.temperament, example.state):
                for own in marks.get(example.id, []):
                    if piece.label in own:
                        yield Shot((piece.start, piece.end), characters(own[piece.label]), len(reading.text))


def shots_of_readers(examples: Sequence[Example], marks: Marks) -> Iterator[Shot]:
    """Yield the piece that each reader named first for a label, against what the other marked for it."""
    for example in examples:
        for one, other in permutations(marks.get(example.id, []), 2):
            for label in sorted(one.keys() & other.keys()):
                yield Shot(one[label][0], characters(other[label]), len(example.text))


def lines_of(name: str, shots: Sequence[Shot]) -> list[str]:
    """Return two lines of the table: the pieces where they stand, and the mean over every place they could stand at."""
    if not shots:
        return [f"| {name} | 0 | – | – |"]
    own = [[shot.inside(shot.piece[0])] for shot in shots]
    anywhere = [
        [shot.inside(start) for start in range(shot.length - (shot.piece[1] - shot.piece[0]) + 1)] for shot in shots
    ]
    lines = []
    for title, tried in ((name, own), (f"{name}, pieces anywhere", anywhere)):
        touched = fmean(fmean(share > 0 for share in shares) for shares in tried)
        within = fmean(fmean(shares) for shares in tried)
        lines.append(f"| {title} | {len(shots)} | {touched:.2f} | {within:.2f} |")
    return lines


def pointing(readings: dict[str, list[Reading]]) -> str:
    """Return the table of where the models point on real_dev; ``readings`` are theirs of all its messages."""
    examples = read_examples(MARKED)
    marks = marks_of(read_rows(MARKS), {one.id: {one.temperament, one.state} for one in examples})
    lines = [
        "\n### Pointing: strongest pieces of labels read rightly, against what readers marked (real_dev.jsonl)\n",
        "| who points | pieces × readers | touches marked words | characters within |",
        "|---|---|---|---|",
    ]
    for name, own in readings.items():
        lines += lines_of(name, list(shots_of(examples, own, marks)))
    return "\n".join([*lines, *lines_of("a reader, against the other", list(shots_of_readers(examples, marks)))])


def main() -> int:
    """Print the deletion test of every model on every file, and where the models point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    files, (models, missing) = chosen(options.files), loaded(options.models)
    readings = {path: {name: one.classify_many(read_texts(path)) for name, one in models.items()} for path in files}
    lines = ["# Tests of the evidence\n\n### Deletion\n", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [measure(path, name, one, readings[path][name]) for name, one in models.items() for path in files]
    lines += ["", *missing] if missing else []
    if MARKED in files:
        lines.append(pointing(readings[MARKED]))
    publish("\n".join(lines) + "\n", options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
