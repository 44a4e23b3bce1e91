"""Two tests of the evidence: does the model rest on it, and would a reader point at it?

    python benchmarks/evidence.py [FILE...] [--models default semantic] [-o benchmarks/EVIDENCE.md]

Deletion: the strongest piece of every label is deleted and the text read again, beside a random piece of that length.
Pointing: two readers marked in real_dev the words that show its gold labels (``data/public/real_dev_marks.jsonl``; where a
label is read rightly, the strongest piece should lie there: faithfulness and plausibility of DeYoung et al. 2020, "ERASER").
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from quality import MODELS, ROOT, SHARED, chosen, publish

from temperament.datasets import read_examples, read_texts
from temperament.errors import ModelError
from temperament.labels import HEADS, NEUTRAL, Evidence, Reading
from temperament.reader import Classifier

MARKS = ROOT / "data" / "public" / "real_dev_marks.jsonl"
MARKED = SHARED / "real_dev.jsonl"
Spans = list[tuple[int, int]]
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


def marks_of(path: Path) -> Marks:
    """Read the marked pieces."""
    found: Marks = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        own: dict[str, Spans] = {}
        for start, end, label in row["marks"]:
            own.setdefault(label, []).append((start, end))
        found.setdefault(row["id"], []).append(own)
    return found


def touches(piece: tuple[int, int], spans: Spans) -> bool:
    """Tell whether a piece shares a character with any of the places."""
    return any(piece[0] < end and start < piece[1] for start, end in spans)


def inside(piece: tuple[int, int], spans: Spans) -> float:
    """Return the share of a piece's characters that lie in the places."""
    held = {place for start, end in spans for place in range(start, end)}
    return sum(place in held for place in range(*piece)) / (piece[1] - piece[0])


def everywhere(piece: tuple[int, int], length: int) -> Spans:
    """Return a piece moved to every place of a text: what pointing blindly would give."""
    size = piece[1] - piece[0]
    return [(start, start + size) for start in range(length - size + 1)]


def line_of(name: str, shots: Sequence[tuple[Spans, Spans]]) -> str:
    """Return a line of the table: for every shot the pieces tried, of which the mean counts, and the marked places."""
    touched = [sum(touches(piece, spans) for piece in pieces) / len(pieces) for pieces, spans in shots]
    share = [sum(inside(piece, spans) for piece in pieces) / len(pieces) for pieces, spans in shots]
    return f"| {name} | {len(shots)} | {sum(touched) / len(shots):.2f} | {sum(share) / len(shots):.2f} |"


def shots_of(classifier: Classifier, marks: Marks) -> Iterator[tuple[tuple[int, int], Spans, int]]:
    """Yield the strongest piece of every label read rightly, what a reader marked for it, and the text's length."""
    examples = read_examples(MARKED)
    readings = classifier.classify_many([example.text for example in examples])
    for example, reading in zip(examples, readings, strict=True):
        for piece in strongest(reading):
            if piece.label in (example.temperament, example.state):
                for own in marks.get(example.id, []):
                    if piece.label in own:
                        yield (piece.start, piece.end), own[piece.label], len(reading.text)


def pointed(name: str, marks: Marks) -> list[str]:
    """Return the lines of one model: its pieces, and pieces of their length anywhere."""
    try:
        shots = list(shots_of(Classifier.load(name), marks))
    except ModelError as error:
        return [f"| {name} | left out: {error.en} | | |"]
    blind = [(everywhere(piece, length), spans) for piece, spans, length in shots]
    return [line_of(name, [([piece], spans) for piece, spans, _ in shots]), line_of(f"{name}, any piece", blind)]


def pointing(names: Sequence[str], marks: Marks) -> str:
    """Return the table of what readers marked; the last line is the piece one reader named first against the other's."""
    pairs = [(one, other) for readers in marks.values() for one in readers for other in readers if one is not other]
    human = [([one[label][0]], other[label]) for one, other in pairs for label in one if label in other]
    return "\n".join(
        [
            "\n### Pointing: strongest pieces of labels read rightly, against what readers marked (real_dev.jsonl)\n",
            "| who points | pieces × readers | touches marked words | characters within |",
            "|---|---|---|---|",
            *(line for name in names for line in pointed(name, marks)),
            line_of("a reader, against the other", human),
        ]
    )


def measured(name: str, paths: Sequence[Path]) -> list[str]:
    """Return the lines of one model, or one that says why there are none."""
    try:
        classifier = Classifier.load(name)
    except ModelError as error:
        return [f"| {name} | left out: {error.en} |" + " |" * (len(COLUMNS) - 2)]
    return [measure(path, name, classifier) for path in paths]


def main() -> int:
    """Print the deletion test of every model on every file, and where the models point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    lines = ["# Tests of the evidence\n\n### Deletion\n", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines.extend(line for name in options.models for line in measured(name, chosen(options.files)))
    if MARKED.exists():
        lines.append(pointing(options.models, marks_of(MARKS)))
    publish("\n".join(lines) + "\n", options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
