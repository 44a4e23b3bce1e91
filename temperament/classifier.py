"""Training: scikit-learn fits and calibrates, the result becomes plain arrays (``temperament.model``).

Character n-grams of 1 to 3, TF-IDF, one-against-the-rest logistic regression with balanced classes, softmax
over the scores calibrated by one temperature found on out-of-fold scores (Guo et al. 2017, "On Calibration of
Modern Neural Networks"). Balanced classes keep the rare labels readable; one temperature does not move the
ranking, so calibration costs no macro-F1.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from temperament.datasets import Example
from temperament.errors import TrainingError
from temperament.features import Floats, Vocabulary, ngrams
from temperament.labels import HEADS, LABELS, NEUTRAL, Head
from temperament.model import HeadModel, Model
from temperament.text import fold

SEED = 20261122
FOLDS = 5
INVERSE_REGULARISATION = 10.0
LEAST_DOCUMENTS = 3
BAND_PRECISION = {"high": 0.90, "medium": 0.70}
_LEAST_PER_LABEL = FOLDS
_NEVER = 1.01
_WORTH_WORKERS = 2000
Labels = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class _Fit:
    pipeline: Pipeline
    learned: HeadModel
    probabilities: Floats
    """Out-of-fold, calibrated; columns follow ``learned.labels``."""


def make_pipeline_for_head() -> Pipeline:
    """Return the untrained reference pipeline of one head: folded texts in, scores a label out."""
    vectorizer = TfidfVectorizer(analyzer=ngrams, min_df=LEAST_DOCUMENTS, sublinear_tf=True)
    regression = LogisticRegression(
        C=INVERSE_REGULARISATION,
        class_weight="balanced",
        solver="liblinear",
        dual=True,
        max_iter=1000,
        random_state=SEED,
    )
    return make_pipeline(vectorizer, OneVsRestClassifier(regression))


def train(examples: Sequence[Example], name: str, report: Callable[[str, str], None] = lambda zh, en: None) -> Model:
    """Train both heads on labelled messages and return a model that runs with numpy alone.

    ``report`` is told, in Chinese and English, what is being done. Raises ``TrainingError`` when the messages
    cannot be trained on: too few, a single label, or a label with fewer than 5 different messages.
    """
    texts = [fold(example.text).text for example in examples]
    groups = [_group(text) for text in texts]
    gold: dict[Head, Labels] = {
        "temperament": np.array([example.temperament for example in examples]),
        "state": np.array([example.state for example in examples]),
    }
    for head in HEADS:
        _refuse(gold[head], groups, head)
    fits: dict[Head, _Fit] = {}
    for head in HEADS:
        report(f"训练并校准：{head}（{len(texts)} 条）", f"training and calibrating: {head} ({len(texts)} messages)")
        fits[head] = _fit(texts, gold[head], groups)
    return _assemble(fits, name, examples)


def _group(text: str) -> str:
    """Name the group a text belongs to, so that a message and the dialogue it opens share a fold."""
    return hashlib.sha256(text.split("\n")[0][:40].encode()).hexdigest()


def _refuse(gold: Labels, groups: list[str], head: Head) -> None:
    """Refuse what five folds cannot be made of; messages with the same opening count once."""
    counts = Counter(label for label, _ in set(zip(gold.tolist(), groups, strict=True)))
    rare = {label: count for label, count in counts.items() if count < _LEAST_PER_LABEL}
    if len(counts) < 2 or rare:
        have = ", ".join(f"{label} {counts[label]}" for label in LABELS[head] if label in counts) or "0"
        raise TrainingError(
            f"{head} 的标注不够训练：现有 {have}（开头相同的只算一条）。至少要两种标签，每种不少于 {_LEAST_PER_LABEL} 条；"
            "请补标注，或去掉太少的那种。",
            f"Too few labels to train {head}: there are {have} (messages with the same opening count once). At least two "
            f"labels with {_LEAST_PER_LABEL} messages each are needed; label more, or leave the rare one out.",
        )


def _fit(texts: list[str], gold: Labels, groups: list[str]) -> _Fit:
    folds = list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, gold, groups))
    documents = np.array(texts, dtype=object)
    pipeline = make_pipeline_for_head()
    jobs = -1 if len(texts) >= _WORTH_WORKERS else None
    scores = cross_val_predict(pipeline, documents, gold, cv=folds, method="decision_function", n_jobs=jobs)
    table = np.column_stack([-scores, scores]) if scores.ndim == 1 else scores
    pipeline.fit(documents, gold)
    labels = tuple(str(label) for label in pipeline.classes_)
    scale = _scale(table, gold, labels)
    probabilities = softmax(table * scale, axis=1)
    shares = Counter(gold.tolist())
    learned = HeadModel(
        labels=labels,
        scale=scale,
        base_rates={label: shares[label] / len(gold) for label in labels},
        bands=_bands(probabilities, gold, labels),
    )
    return _Fit(pipeline, learned, probabilities)


def _scale(scores: Floats, gold: Labels, labels: tuple[str, ...]) -> float:
    """Find the inverse temperature that makes out-of-fold probabilities most likely (least log loss)."""
    columns = np.searchsorted(labels, gold)
    rows = np.arange(len(gold))

    def loss(scale: float) -> float:
        return -float(log_softmax(scores * scale, axis=1)[rows, columns].mean())

    return float(minimize_scalar(loss, bounds=(0.01, 100.0), method="bounded").x)


def _bands(probabilities: Floats, gold: Labels, labels: tuple[str, ...]) -> dict[str, float]:
    """Find the least top probability of each band within which readings were right often enough, out of fold."""
    chances = probabilities.max(axis=1)
    order = np.argsort(-chances, kind="stable")
    right = (np.array(labels)[probabilities.argmax(axis=1)] == gold)[order]
    bands, first = {}, 0
    for band, wanted in BAND_PRECISION.items():
        precision = np.cumsum(right[first:]) / np.arange(1, len(right) - first + 1)
        enough = np.flatnonzero(precision >= wanted)
        if len(enough):
            first += int(enough[-1]) + 1
            bands[band] = float(chances[order[first - 1]])
        else:
            bands[band] = min(bands.values(), default=_NEVER)
    return bands


def _also_threshold(probabilities: Floats, labels: tuple[str, ...], examples: Sequence[Example]) -> float:
    """Choose the probability from which a further state is named, by the best F1 over out-of-fold readings."""
    leading = probabilities.argmax(axis=1)
    pairs = [
        (probabilities[row, column], label in example.also)
        for row, example in enumerate(examples)
        for column, label in enumerate(labels)
        if label != NEUTRAL["state"] and column != leading[row]
    ]
    chances = np.array([chance for chance, _ in pairs])
    truth = np.array([true for _, true in pairs])
    grid = np.linspace(0.05, 0.5, 46)
    return float(max(grid, key=lambda least: _f1(chances >= least, truth)))


def _f1(named: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    both = named.sum() + truth.sum()
    return float(2 * (named & truth).sum() / both) if both else 0.0


def _assemble(fits: dict[Head, _Fit], name: str, examples: Sequence[Example]) -> Model:
    terms: list[str] = list(fits["temperament"].pipeline[0].get_feature_names_out())
    vocabulary, order = Vocabulary.of(terms)
    columns, intercepts = [], []
    for head in HEADS:
        regressions = fits[head].pipeline[1].estimators_
        if len(regressions) == 1:
            weights = np.vstack([-regressions[0].coef_, regressions[0].coef_])
            biases = np.concatenate([-regressions[0].intercept_, regressions[0].intercept_])
        else:
            weights = np.vstack([one.coef_ for one in regressions])
            biases = np.concatenate([one.intercept_ for one in regressions])
        columns.append(weights.T[order])
        intercepts.append(biases)
    state = fits["state"]
    return Model(
        name=name,
        vocabulary=vocabulary,
        idf=fits["temperament"].pipeline[0].idf_[order].astype(np.float32),
        weights=np.hstack(columns).astype(np.float32),
        intercepts=np.concatenate(intercepts),
        heads={head: fits[head].learned for head in HEADS},
        also_threshold=_also_threshold(state.probabilities, state.learned.labels, examples),
        training=_facts(examples),
        scores={head: _scores(fits[head], [getattr(example, head) for example in examples]) for head in HEADS},
    )


def _facts(examples: Sequence[Example]) -> dict[str, Any]:
    import sklearn

    return {
        "messages": len(examples),
        "labels": {head: dict(Counter(getattr(example, head) for example in examples)) for head in HEADS},
        "seed": SEED,
        "scikit_learn": sklearn.__version__,
    }


def _scores(fit: _Fit, gold: list[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    predicted = np.array(fit.learned.labels)[fit.probabilities.argmax(axis=1)]
    return {
        "cross_validated_accuracy": round(float(accuracy_score(gold, predicted)), 4),
        "cross_validated_macro_f1": round(float(f1_score(gold, predicted, average="macro")), 4),
    }
