"""What each kind of feature, and each part of the training data, is worth to the fast model.

    make joined && python benchmarks/ablation.py -o benchmarks/ABLATION.md    # needs ../shared

Every row trains the same regression on four fifths of all families of texts, and reads the real messages of the fifth
that was held out (``finetune.blend.is_held_out``, the fifth the encoder is calibrated on). One thing differs from the first row.
Intervals are of the difference to the first row, by a paired bootstrap over messages. real_dev has no part in it.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax
from sklearn.preprocessing import StandardScaler

from temperament import classifier, grading, lexicon, text
from temperament.classifier import Analyzer, fitted_vectorizer, make_vectorizer
from temperament.datasets import Example, SoftExample, read_examples, read_soft
from temperament.evaluate.bootstrap import limits, macro_f1s, resampled
from temperament.evaluate.metrics import macro_f1
from temperament.features import LONGEST, ngrams
from temperament.finetune.blend import is_held_out
from temperament.labels import HEADS, LABELS, Head
from temperament.stacking import Stacked

ROOT = Path(__file__).resolve().parents[1]
REAL = ("build/real_complaints.jsonl", "build/real.jsonl", "build/more_complaints.jsonl", "build/more.jsonl")
PARTS = {
    "second": "build/second.jsonl",
    "votes": "build/votes.jsonl",
    "later": "build/later.jsonl",
    "reviews": "build/reviews.jsonl",
    "corpus": "data/corpus/train.jsonl",
}
SOFT = "build/soft.jsonl"
RESAMPLES = 1000
_CLAUSE = re.compile(r"[^，。！？；,.!?;\n…~～]+")
_NEGATION = re.compile(r"[不没别未勿]|无法|并非")
_SCOPE = 6
_STYLE = (
    r"[!！]", r"[?？]", r"…|\.{3}", r"[~～]", r"[，,]", r"[。.]", r"\n", r"\d", r"[A-Za-z]", r"@", r"\[[^\]]+\]",
    r"[\U0001F300-\U0001FAFF]", r"(.)\1\1", r"您", r"你", r"我", r"请|麻烦|谢", r"吗|呢|么", r"吧|啊|呀|哦|啦|嘛",
    r"必须|立刻|马上|赶紧|限", r"应该|应当|按理|凭什么", r"能否|可否|可以|是否",
)  # fmt: skip


def words(folded: str) -> list[str]:
    """Return words and pairs of words."""
    found = [word for _, word in text.words(folded)]
    return found + [f"{one} {two}" for one, two in zip(found, found[1:], strict=False)]


def places(folded: str) -> list[str]:
    """Return pairs of characters marked with the place of their clause: first, last or between."""
    clauses = _CLAUSE.findall(folded)
    last = len(clauses) - 1
    marks = ["first" if number == 0 else "last" if number == last else "mid" for number in range(len(clauses))]
    return [f"{mark}{one[at : at + 2]}" for mark, one in zip(marks, clauses, strict=True) for at in range(len(one) - 1)]


def negated(folded: str) -> list[str]:
    """Return single characters and pairs that stand within six characters behind a negation."""
    scopes = [folded[found.end() : found.end() + _SCOPE] for found in _NEGATION.finditer(folded)]
    return [scope[at : at + size] for scope in scopes for size in (1, 2) for at in range(len(scope) - size + 1)]


def skips(folded: str) -> list[str]:
    """Return pairs of characters with one or two between them."""
    return [f"{folded[at]}_{folded[at + gap]}" for gap in (2, 3) for at in range(len(folded) - gap)]


def style(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return counts of marks and manners a character, and the length (texts × measures), as logarithms."""
    patterns = [re.compile(one) for one in _STYLE]
    rows = [[*(len(one.findall(text)) for one in patterns), len(text), text.count("\n") + 1] for text in texts]
    return np.asarray(np.log1p(np.array(rows, float)))


@dataclass(frozen=True)
class Variant:
    """One row: which n-grams, what is added to them, whether the list of words and the grades help, what data is left out."""

    name: str
    longest: int = LONGEST
    added: tuple[Analyzer, ...] = ()
    styled: bool = False
    listed: bool = True
    graded: bool = True
    without: frozenset[str] = field(default_factory=frozenset)


VARIANTS = (
    Variant("characters 1–3, words whose manner is known, grades (the model's own)"),
    Variant("without words whose manner is known", listed=False),
    Variant("without grades", graded=False),
    Variant("without both", listed=False, graded=False),
    Variant("characters 1–2", longest=2),
    Variant("characters 1–4", longest=4),
    Variant("+ words and pairs of words", added=(words,)),
    Variant("+ pairs with a gap", added=(skips,)),
    Variant("+ place of the clause", added=(places,)),
    Variant("+ scope of negation", added=(negated,)),
    Variant("+ style: marks, modality, pronouns, length, repetition", styled=True),
    Variant("+ all of these", added=(words, skips, places, negated), styled=True),
    Variant("without distillation", without=frozenset({"soft"})),
    Variant("without labels on later turns and more reviews", without=frozenset({"later"})),
    Variant("without 12,000 labels on reviews", without=frozenset({"reviews"})),
    Variant("without second votes", without=frozenset({"second", "votes"})),
    Variant("without the written corpus", without=frozenset({"corpus"})),
)


@dataclass(frozen=True)
class Material:
    """Training messages with the part each comes from, those held out, and soft labels."""

    taught: list[Example]
    parts: list[str]
    asked: list[Example]
    soft: list[SoftExample]


def material() -> Material:
    """Read everything; what opens like a held-out message is not trained on."""
    rows = [(one, "real") for name in REAL for one in _read(name)]
    fresh = len(rows)
    rows += [(one, part) for part, name in PARTS.items() for one in _read(name)]
    soft = read_soft(ROOT / SOFT)
    families = classifier.families(_folded([*(one for one, _ in rows), *soft]))
    asked = [one for (one, _), family in zip(rows[:fresh], families, strict=False) if is_held_out(family)]
    kept = [row for row, family in zip(rows, families, strict=False) if not is_held_out(family)]
    softly = [one for one, family in zip(soft, families[len(rows) :], strict=True) if not is_held_out(family)]
    return Material([one for one, _ in kept], [part for _, part in kept], asked, softly)


def _read(name: str) -> list[Example]:
    path = ROOT / name
    return read_examples(path) if path.exists() else []


def matrix(
    variant: Variant, fit: Sequence[str], ask: Sequence[str], grades: Sequence[tuple[float, ...]]
) -> tuple[Any, Any]:
    """Return the features of training texts and of asked texts."""
    columns: list[tuple[Any, Any]] = []
    own_ngrams: Analyzer = partial(ngrams, longest=variant.longest)
    for analyzer in (own_ngrams, *variant.added):
        texts, listed = list(dict.fromkeys(fit)), variant.listed and not columns
        vectorizer = fitted_vectorizer(texts, analyzer) if listed else make_vectorizer(analyzer).fit(texts)
        own, others = vectorizer.transform(fit), vectorizer.transform(ask)
        columns.append((own, others))
        if listed:
            columns += _stacked(lexicon.learn(own, vectorizer.vocabulary_), others)
    if variant.styled:
        scaler = StandardScaler().fit(style(fit))
        columns.append(tuple(csr_matrix(scaler.transform(style(part)) / 10) for part in (fit, ask)))
    if variant.graded:
        own, others = (hstack([pair[side] for pair in columns]).tocsr() for side in (0, 1))
        columns += _stacked(grading.learn(own, grades, classifier.families(fit)), others)
    return tuple(hstack([pair[side] for pair in columns]).tocsr() for side in (0, 1))


def _stacked(learned: Stacked | None, ask: Any) -> list[tuple[Any, Any]]:
    """Return further columns of training texts and of asked texts, if any were learned."""
    if learned is None:
        return []
    return [(csr_matrix(learned.columns), csr_matrix(learned.of(ask)))]


def outputs(variant: Variant, data: Material) -> dict[Head, NDArray[np.float64]]:
    """Train a variant and return the scores of the held-out messages (messages × labels), as log-probabilities."""
    kept = [place for place, part in enumerate(data.parts) if part not in variant.without]
    soft = [] if "soft" in variant.without else data.soft
    examples = [data.taught[place] for place in kept]
    grades = [*(one.grades for one in examples), *[()] * len(soft)]
    fit, ask = matrix(variant, _folded([*examples, *soft]), _folded(data.asked), grades)
    found: dict[Head, NDArray[np.float64]] = {}
    for head in HEADS:
        gold = [getattr(one, head) for one in examples]
        rows = classifier.rows_of(gold, np.ones(len(gold) + len(soft)), [getattr(one, head) for one in soft])
        regression = classifier.make_regression(classifier.COARSE_TOLERANCE)
        regression.fit(fit[rows.texts], rows.targets, sample_weight=rows.weights)
        order = [list(regression.classes_).index(label) for label in LABELS[head]]
        found[head] = log_softmax(regression.decision_function(ask)[:, order], axis=1)
    return found


def _folded(examples: Sequence[Any]) -> list[str]:
    return [text.fold(one.text).text for one in examples]


def read(scores: NDArray[np.float64], gold: NDArray[np.str_], head: Head) -> list[str]:
    """Return the labels read, rare labels helped as in ``classifier.learn_head``."""
    learned = classifier.learn_head(scores, gold, LABELS[head], np.ones(len(gold), bool))
    return [str(label) for label in classifier.predicted_labels(scores, learned)]


def table(data: Material) -> str:
    """Return the table; the progress goes to standard error."""
    lines = [
        "| | temperament: macro-F1 | difference | log loss | state: macro-F1 | difference | log loss |",
        "|---|---|---|---|---|---|---|",
    ]
    base: dict[Head, NDArray[np.float64]] = {}
    for variant in VARIANTS:
        cells = [variant.name]
        for head, scores in outputs(variant, data).items():
            gold = np.array([getattr(one, head) for one in data.asked])
            labels = read(scores, gold, head)
            drawn = resampled(len(gold), partial(macro_f1s, gold.tolist(), labels), RESAMPLES)
            truth = np.array([LABELS[head].index(label) for label in gold])
            loss = -scores[np.arange(len(gold)), truth].mean()
            span = limits(drawn - base.setdefault(head, drawn))
            between = f"{span[0]:+.3f} … {span[1]:+.3f}" if span and variant is not VARIANTS[0] else "–"
            cells += [f"{macro_f1(gold.tolist(), labels):.3f}", between, f"{loss:.3f}"]
        sys.stderr.write(" | ".join(cells) + "\n")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    data = material()
    said = (
        f"# Ablation: what the fast model's features and data are worth\n\n"
        f"`python benchmarks/ablation.py`: trained on {len(data.taught):,} labels and {len(data.soft):,} soft ones, read "
        f"{len(data.asked):,} held-out real messages. Differences to the first row: 95 % paired bootstrap intervals.\n\n"
        f"{table(data)}\n"
    )
    if options.output:
        options.output.write_text(said, encoding="utf-8")
    else:
        sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
