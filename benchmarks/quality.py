"""Quality side by side: simple rules, other packages, a plain classifier, the models and the annotators, on the same files.

    python benchmarks/quality.py [FILE...] [--models default semantic] [--train FILE...] [-o benchmarks/QUALITY.md]

Files default to the public development set (``../shared``, where it is there) and the corpus test part. ``--train`` names
what the plain classifier learns from and, where real messages are among it, what the other packages' thresholds are
chosen on. The other packages come with ``pip install 'temperament[bench]'``; what is not installed is named and left
out. Intervals are 95 % bootstrap percentiles over messages (1,000 resamples, fixed seed), those of ``temperament evaluate``.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from baselines import ANGER, PEERS, Anger, Answers, keywords, labels, majority, plain_classifier, tuned

from temperament.datasets import Example, Row, read_examples, read_rows, without_leaks
from temperament.errors import ModelError
from temperament.evaluate import HeadReport, Report, between, estimate, evaluate, macro_f1s
from temperament.labels import HEADS, Head, Reading
from temperament.reader import Classifier
from temperament.text import fold

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "labels"
FILES = (SHARED / "real_dev.jsonl", ROOT / "data" / "corpus" / "test.jsonl")
REAL_TRAIN = SHARED / "real_train.jsonl"
JOINED = tuple(
    ROOT / "build" / f"{name}.jsonl" for name in ("more_complaints", "more", "later", "reviews", "second", "votes")
)
"""What ``make joined`` makes: further labels of this project, with the public texts they belong to."""
TRAIN = (ROOT / "data" / "corpus" / "train.jsonl", REAL_TRAIN, *JOINED)
MODELS = ("default", "semantic")
VOTES: dict[Head, str] = {"temperament": "votes_t", "state": "votes_s"}
READERS = ROOT / "data" / "public" / "real_dev_readings.jsonl"
"""Blind readings of real_dev by language models that knew the codebook and nothing else."""
STEPS = (1.0, 0.8, 0.6, 0.4, 0.2)


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled file: gold, the readings of every model, each annotator's labels where the file has votes, any readers'."""

    path: Path
    gold: list[Example]
    readings: dict[str, list[Reading]]
    annotators: list[Answers]
    readers: list[Answers]

    def true(self, head: Head) -> list[str]:
        """Return the gold labels of one head."""
        return labels(self.gold, head)

    def anger(self) -> list[str]:
        """Return ``angry`` or ``rest`` for every message."""
        return narrowed(self.true("state"))


def narrowed(states: Sequence[str]) -> list[str]:
    """Return the states with all but anger made one."""
    return [ANGER if state == ANGER else "rest" for state in states]


def head_interval(true: Sequence[str], read: Sequence[str]) -> str:
    """Return macro-F1 over all labels of a head with its interval."""
    return str(estimate(len(true), lambda weights: macro_f1s(true, read, weights)))


def anger_interval(true: Sequence[str], read: Sequence[str]) -> str:
    """Return the F1 of anger against the rest with its interval."""
    return str(estimate(len(true), lambda weights: macro_f1s(true, read, weights, only=ANGER)))


def judged(path: Path, models: dict[str, Classifier]) -> Judged:
    """Read a labelled file and let every model read its messages."""
    gold = read_examples(path)
    texts = [example.text for example in gold]
    readings = {name: classifier.classify_many(texts, explain=False) for name, classifier in models.items()}
    read = [_by_readers().get(example.id, {}) for example in gold]
    return Judged(path, gold, readings, _voters(read_rows(path)), _voters(read))


@cache
def _by_readers() -> dict[str, Row]:
    return {row["id"]: row for row in read_rows(READERS)}


def _voters(rows: Sequence[Row]) -> list[Answers]:
    """Return the labels of every voter; nothing when a row has no votes."""
    if any(key not in row for row in rows for key in VOTES.values()):
        return []
    votes = {head: list(zip(*(row[key] for row in rows), strict=True)) for head, key in VOTES.items()}
    voters = min(len(sides) for sides in votes.values())
    return [{head: [str(vote) for vote in votes[head][voter]] for head in HEADS} for voter in range(voters)]


def answered(file: Judged, plain: Callable[[Sequence[str]], Answers] | None) -> dict[str, Answers]:
    """Return what every system that knows all labels answers, readers and annotators last."""
    texts = [example.text for example in file.gold]
    found = {"majority label": majority(file.gold), "codebook keywords": keywords(texts)}
    if plain:
        found["TF-IDF + logistic regression"] = plain(texts)
    for name, readings in file.readings.items():
        found[name] = {head: [str(getattr(reading, head)) for reading in readings] for head in HEADS}
    for kind, voters in (("reader", file.readers), ("annotator", file.annotators)):
        found |= {f"{kind} {number}": answers for number, answers in enumerate(voters, 1)}
    return found


def quality_table(file: Judged, systems: dict[str, Answers]) -> str:
    """Return macro-F1 of both heads, system by system."""
    lines = [f"### {file.path.name} ({len(file.gold)} messages)\n", "| | temperament | state |", "|---|---|---|"]
    for name, given in systems.items():
        cells = (head_interval(file.true(head), given[head]) for head in HEADS)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if file.annotators:
        pairs = (str(between([one[head] for one in file.annotators])) for head in HEADS)
        lines.append(f"| annotators against each other | {' | '.join(pairs)} |")
    return "\n".join(lines) + "\n"


def anger_table(file: Judged, systems: dict[str, Answers], peers: Sequence[Anger]) -> str:
    """Return the F1 of anger against the rest, the other packages among the systems."""
    true = file.anger()
    texts = [example.text for example in file.gold]
    rows = [(name, narrowed(given["state"])) for name, given in systems.items() if name != "majority label"]
    others = [(one.peer.name, [ANGER if angry else "rest" for angry in one.angry(texts)]) for one in peers]
    lines = [
        f"### {file.path.name}: {true.count(ANGER)} of {len(true)} angry\n",
        "| | angry against the rest |",
        "|---|---|",
    ]
    named = [("all angry", [ANGER] * len(true)), *rows[:1], *others, *rows[1:]]
    lines.extend(f"| {name} | {anger_interval(true, given)} |" for name, given in named)
    if file.annotators:
        sides = [narrowed(one["state"]) for one in file.annotators]
        lines.append(f"| annotators against each other | {between(sides, only=ANGER)} |")
    return "\n".join(lines) + "\n"


def calibration_table(reports: dict[tuple[str, str], Report]) -> str:
    """Return how far the probabilities of every model can be trusted, file by file and head by head."""
    shares = [f"{share:.0%}" for share in STEPS[1:]]
    names = ["file", "model", "head", "ECE", "by chance", "high: right", "medium", "low", "accuracy at 100%", *shares]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for (file, model), report in reports.items():
        for scores in report.heads:
            lines.append(f"| {' | '.join((file, model, scores.head, *_calibration(scores)))} |")
    return "\n".join(lines) + "\n"


def _calibration(scores: HeadReport) -> list[str]:
    bands = {one.band: f"{one.accuracy:.2f} (n={one.messages})" for one in scores.bands}
    reached = dict(scores.coverage)
    return [
        f"{scores.calibration_error:.3f}",
        f"{scores.calibration_noise:.3f}",
        *(bands.get(band, "–") for band in ("high", "medium", "low")),
        *(f"{reached[share]:.2f}" for share in STEPS),
    ]


def further_table(reports: dict[tuple[str, str], Report]) -> str:
    """Return how well further states were named, and how far the probabilities of presence can be trusted."""
    lines = ["| file | model | in gold | named | precision | recall | F1 | ECE of presence |", "|---" * 8 + "|"]
    for (file, model), report in reports.items():
        also = report.also
        if also is None:
            continue
        numbers = (f"{value:.3f}" for value in (also.precision, also.recall, also.f1, also.calibration_error))
        lines.append(f"| {file} | {model} | {also.support} | {also.named} | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


def loaded(names: Sequence[str]) -> tuple[dict[str, Classifier], list[str]]:
    """Return the models that can be loaded, and a line for each that cannot."""
    models, missing = {}, []
    for name in names:
        try:
            models[name] = Classifier.load(name)
        except ModelError as error:
            missing.append(f"- {name} is left out: {error.en}")
    return models, missing


def fitted_peers(train: Sequence[Example]) -> tuple[list[Anger], list[str]]:
    """Return the other packages with their thresholds, and a line for each: its mapping, or that it is not installed."""
    peers, lines = [], []
    for peer in PEERS:
        try:
            found = tuned(peer, train)
        except ImportError as error:
            lines.append(
                f"- {peer.name} is left out: {error.name} is not installed (pip install 'temperament[bench]')."
            )
            continue
        peers.append(found)
        lines.append(f"- {peer.name}: {peer.mapping}; angry above {found.above:.3g}.")
    return peers, lines


def material(paths: Sequence[Path], files: Sequence[Path]) -> dict[Path, list[Example]]:
    """Read the training files, without messages that stand in a file they are scored on."""
    held_out = [example for path in files for example in read_examples(path)]
    return {path: without_leaks(read_examples(path), held_out, lambda text: fold(text).text) for path in paths}


def report_text(files: Sequence[Path], names: Sequence[str], train: Sequence[Path]) -> str:
    """Return all tables as Markdown; the macro-F1 of both heads stands first."""
    taught = material(train, files)
    examples = [example for part in taught.values() for example in part]
    peers, notes = fitted_peers(taught.get(REAL_TRAIN) or examples) if examples else ([], [])
    models, missing = loaded(names)
    plain = plain_classifier(examples) if examples else None
    read = [judged(path, models) for path in files]
    systems = [answered(file, plain) for file in read]
    reports = {
        (file.path.name, name): evaluate(file.gold, readings)
        for file in read
        for name, readings in file.readings.items()
    }
    learned = ", ".join(f"{path.name} ({len(part):,})" for path, part in taught.items()) or "nothing"
    parts = ["# Quality: macro-F1 with 95 % intervals\n"]
    parts.extend(quality_table(file, given) for file, given in zip(read, systems, strict=True))
    parts.append("## Angry against the rest: F1\n")
    parts.extend(anger_table(file, given, peers) for file, given in zip(read, systems, strict=True))
    parts.extend(("## Calibration\n", calibration_table(reports), "## Further states\n", further_table(reports)))
    parts.append(_notes(learned, [*notes, *missing]))
    return "\n".join(parts)


def _notes(learned: str, lines: Sequence[str]) -> str:
    return "\n".join(
        (
            "## How to read this\n",
            f"- The plain classifier (TF-IDF of characters 1–3, logistic regression, balanced classes) learned from {learned}.",
            "- An annotator is scored against the majority of three that holds the annotator's own vote, so those rows flatter; "
            "`annotators against each other` is the mean over all pairs. A reader is a language model that read the messages "
            "blind with the codebook alone, one of three runs of one kind of model.",
            "- The other packages know no such labels. Each gives one number for anger; it is called angry above the threshold "
            "with the best F1 on 2,000 real training messages, also on the corpus.",
            *lines,
            "- ECE: expected calibration error, 10 bins of equal size; by chance: what so many messages "
            "show when every probability is right. Accuracy at 20%: how often the surest fifth is right. "
            "Further states: named against gold `also`, over all messages; presence: all four feelings, leading or further.",
            "",
        )
    )


def chosen(files: Sequence[Path]) -> list[Path]:
    """Return the files asked for, or those of the usual ones that are there."""
    return list(files) or there(FILES)


def there(files: Sequence[Path]) -> list[Path]:
    """Return the files that exist."""
    return [path for path in files if path.exists()]


def publish(text: str, output: Path | None) -> None:
    """Print a result, and write it to a file where one is asked for."""
    sys.stdout.write(text)
    if output:
        output.write_text(text, encoding="utf-8")


def main() -> int:
    """Print the tables, and write them where ``-o`` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--train", nargs="*", type=Path, default=there(TRAIN))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    publish(report_text(chosen(options.files), options.models, options.train), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
