"""List labels that look wrong: out-of-fold probabilities of the project's classifier, judged by cleanlab.

    python data/find_label_errors.py FILE... [-o suspicious.jsonl]

A FILE holds labelled messages as ``temperament train`` reads them. What comes out are hints, one JSON object a line,
the least likely label first: id, head, label, suggested, quality (0 to 1, the probability of the given label). A reader
decides, not this list (Northcutt et al. 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels").
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from temperament.classifier import FOLDS, SEED, families, make_regression, make_vectorizer
from temperament.datasets import read_examples
from temperament.errors import ExitCode, TemperamentError, TrainingError, UsageError
from temperament.features import Floats
from temperament.labels import HEADS, Head
from temperament.language import default_language
from temperament.text import fold


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A label that may be wrong; ``quality`` is the probability of the given label, out of fold."""

    id: str
    head: Head
    label: str
    suggested: str
    quality: float


def out_of_fold(texts: Sequence[str], gold: Sequence[Sequence[str]]) -> list[Floats]:
    """Return for every head the probabilities of messages the classifier did not see, one column a label in order.

    ``texts`` are folded; a message and the dialogue it opens share a fold. Raises ``TrainingError`` when a label is too
    rare to be in every fold.
    """
    for labels in gold:
        _refuse(labels)
    matrix = make_vectorizer().fit_transform(texts)
    groups = families(texts)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    return [
        cross_val_predict(make_regression(), matrix, labels, groups=groups, cv=folds, n_jobs=-1, method="predict_proba")
        for labels in gold
    ]


def _refuse(labels: Sequence[str]) -> None:
    counts = Counter(labels)
    if len(counts) < 2 or min(counts.values()) < FOLDS:
        have = ", ".join(f"{label} {count}" for label, count in sorted(counts.items()))
        raise TrainingError(
            f"标注太少，查不出错：现有 {have}。至少要两种标签，每种不少于 {FOLDS} 条。",
            f"Too few labels to search: there are {have}. At least two labels with {FOLDS} messages each are needed.",
        )


def suspicions(
    ids: Sequence[str], head: Head, gold: Sequence[str], probabilities: Floats, cleanlab: Any
) -> list[Suspicion]:
    """Return the labels of one head that both of cleanlab's filters doubt, by class and by noise rate."""
    labels = sorted(set(gold))
    given = np.array([labels.index(label) for label in gold])
    doubted = cleanlab.filter.find_label_issues(given, probabilities, filter_by="both", n_jobs=1)
    return [
        Suspicion(ids[i], head, gold[i], labels[probabilities[i].argmax()], round(float(probabilities[i, given[i]]), 4))
        for i in np.flatnonzero(doubted).tolist()
    ]


def load_cleanlab() -> Any:
    """Import cleanlab; ``UsageError`` says how to get it."""
    try:
        import cleanlab.filter
    except ImportError as error:
        raise UsageError(
            "找标注错误要用 cleanlab，这里没有装。请运行：pip install cleanlab",
            "The search for label errors needs cleanlab, which is not installed. Run: pip install cleanlab",
        ) from error
    return cleanlab


def search(files: Sequence[Path]) -> list[Suspicion]:
    """Search labelled files together; a message without id is named by file and number."""
    cleanlab = load_cleanlab()
    named = [(f"{path.name}:{number}", one) for path in files for number, one in enumerate(read_examples(path), 1)]
    ids = [one.id or name for name, one in named]
    gold = [[str(getattr(one, head)) for _, one in named] for head in HEADS]
    chances = out_of_fold([fold(one.text).text for _, one in named], gold)
    found = [
        suspicion
        for head, labels, chance in zip(HEADS, gold, chances, strict=True)
        for suspicion in suspicions(ids, head, labels, chance, cleanlab)
    ]
    return sorted(found, key=lambda suspicion: suspicion.quality)


def main() -> int:
    """Print or write the suspicious labels, and how many there are of each head."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    try:
        found = search(options.files)
    except TemperamentError as error:
        sys.stderr.write(error.message(default_language()) + "\n")
        return error.exit_code
    lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in found)
    if options.output:
        options.output.write_text(lines, encoding="utf-8")
    else:
        sys.stdout.write(lines)
    sys.stderr.write(f"{dict(Counter(one.head for one in found))}\n")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
