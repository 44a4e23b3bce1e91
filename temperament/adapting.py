"""Training that starts from a finished model: what it knows stays unless the own messages say otherwise.

The scores of the model it starts from are added to those that are learned, so that the learned weights are the difference
and are drawn towards zero: a Gaussian prior around the old weights (Chelba & Acero 2004, "Adaptation of Maximum Entropy
Capitalizer: Little Data Can Help a Lot"). N-grams the model does not know join its vocabulary with weight zero. The
result is a plain linear model like any other; ``benchmarks/ADAPTATION.md`` measures what it gains.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import logsumexp
from sklearn.model_selection import StratifiedGroupKFold

from temperament import classifier
from temperament.classifier import FOLDS, SEED, Labels, Trained
from temperament.datasets import Example
from temperament.errors import TrainingError
from temperament.features import Floats, Vocabulary, ngrams
from temperament.labels import FEELINGS, HEADS, Head
from temperament.language import Report
from temperament.model import HeadModel, Model, Presence
from temperament.text import fold

VARIANCE = 12.0
"""How far a weight may move: the variance of the prior. 12 to 50 read alike on 100 to 1,000 messages, 6 and less worse."""
_BIAS_VARIANCE = 100.0
_LEAST_DOCUMENTS = 2
_LEAST_PER_LABEL = FOLDS
_STOP = {"maxiter": 200, "ftol": 1e-7, "gtol": 1e-3}
_WORTH_WORKERS = 1000


@dataclass(frozen=True, slots=True)
class _Step:
    """What one group of outputs learned: weights to add (columns × outputs), biases, and scores out of fold."""

    weights: Floats
    biases: Floats
    scores: Floats


def adapt(
    examples: Sequence[Example],
    start: Model,
    name: str,
    report: Report = lambda zh, en: None,
    *,
    typical: Sequence[bool] | None = None,
) -> Trained:
    """Adapt a model to labelled messages; calibration is learned anew on messages held out of each fold.

    A label with fewer than 5 messages of different opening stays as the model knew it and is told to ``report``.
    Raises ``TrainingError`` when a head has fewer than two labels with 5 messages each.
    """
    texts = [fold(example.text).text for example in examples]
    groups = np.array(classifier.families(texts))
    gold: dict[Head, Labels] = {head: np.array([getattr(one, head) for one in examples], np.str_) for head in HEADS}
    for head in HEADS:
        _refuse(gold[head], groups, head, report)
    like = np.ones(len(texts), bool) if typical is None else np.array(typical, bool)
    grown = grow(start, texts)
    matrix = matrix_of(grown, texts)
    known = np.asarray(matrix @ grown.weights + grown.intercepts)
    steps: list[_Step] = []
    heads: dict[Head, HeadModel] = {}
    first = 0
    for head in HEADS:
        report(
            f"在 {start.name} 上接着训练：{head}（{len(texts)} 条）",
            f"adapting {start.name}: {head} ({len(texts)} messages)",
        )
        learned = start.heads[head]
        offsets = known[:, first : first + len(learned.labels)] * learned.scale
        first += len(learned.labels)
        steps.append(_learn(matrix, offsets, gold[head], learned.labels, groups))
        heads[head] = classifier.learn_head(steps[-1].scores, gold[head], learned.labels, like)
    read = {
        head: classifier.predicted_labels(step.scores, heads[head]) for head, step in zip(HEADS, steps, strict=True)
    }
    report("在它上面接着训练：各种情绪是否在场", "adapting it: presence of each feeling")
    logits = known[:, first:] * np.array(start.presence.scales) + np.array(start.presence.shifts)
    present, trusted = _learn_presence(matrix, logits, examples, groups)
    presence = classifier.learn_presence([one.scores[:, 0] for one in present], examples, read["state"], like, trusted)
    made = _assemble(grown, start, [*steps, *present])
    scores: dict[str, Any] = {
        head: classifier.cross_validated(step.scores, gold[head], heads[head])
        for head, step in zip(HEADS, steps, strict=True)
    }
    facts = classifier.facts_of(examples, 0)
    named = _thresholds(presence, start.presence, examples)
    return Trained(replace(made, name=name, heads=heads, presence=named, training=facts, scores=scores), read)


def _refuse(gold: Labels, groups: NDArray[np.str_], head: Head, report: Report) -> None:
    counts = Counter(label for label, _ in set(zip(gold.tolist(), groups.tolist(), strict=True)))
    rare = {label: count for label, count in counts.items() if count < _LEAST_PER_LABEL}
    if len(counts) - len(rare) < 2:
        have = ", ".join(f"{label} {count}" for label, count in counts.most_common()) or "0"
        raise TrainingError(
            f"{head} 的标注不够训练：现有 {have}（开头相同的只算一条）。至少要有两种标签各满 {_LEAST_PER_LABEL} 条，请补标注。",
            f"Too few labels to train {head}: there are {have} (messages with the same opening count once). At least two "
            f"labels with {_LEAST_PER_LABEL} messages each are needed; label more.",
        )
    if rare:
        have = ", ".join(f"{label} {count}" for label, count in sorted(rare.items()))
        report(
            f"{head} 太少而学不到什么的标签：{have}；基本沿用原来的模型。",
            f"{head}: too few to learn from: {have}; the model keeps what it knew of them.",
        )


def grow(start: Model, texts: Sequence[str]) -> Model:
    """Return the same model with the unknown n-grams of folded texts in its vocabulary, at weight zero.

    Those in two texts or more join. Their idf is scikit-learn's, ln((1 + n) / (1 + df)) + 1, over the messages the model
    was trained on and the texts together. Unknown n-grams take their share of a text's length from then on.
    """
    counts = Counter(term for text in texts for term in set(ngrams(text)))
    old = start.vocabulary.terms()
    known = set(old)
    new = [term for term, count in counts.items() if count >= _LEAST_DOCUMENTS and term not in known]
    vocabulary, order = Vocabulary.of([*old, *new])
    total = start.training.get("messages", 0) + start.training.get("soft", 0) + len(texts)
    rare = np.log((1 + total) / (1 + np.array([counts[term] for term in new], float))) + 1
    weights = np.vstack([start.weights, np.zeros((len(new), start.weights.shape[1]), np.float32)])
    idf = np.concatenate([start.idf, rare.astype(np.float32)])
    return replace(start, vocabulary=vocabulary, idf=idf[order], weights=weights[order])


def matrix_of(model: Model, texts: list[str]) -> Any:
    """Return the features of folded texts as a sparse matrix (texts × columns)."""
    found = model.vocabulary.matrix(model.vocabulary.find(texts), model.idf, len(texts))
    return csr_array((found.values, (found.rows, found.columns)), shape=(len(texts), len(model.idf)))


def _learn(matrix: Any, offsets: Floats, gold: Labels, labels: Sequence[str], groups: NDArray[np.str_]) -> _Step:
    """Learn what to add to ``offsets`` (texts × labels), on everything and once a fold."""
    strange = sorted(set(gold.tolist()) - set(labels))
    if strange:
        raise TrainingError(
            f"起点模型不认识标签 {'、'.join(strange)}。请用 --start none 从头训练。",
            f"The model to start from does not know {', '.join(strange)}. Train without it: --start none.",
        )
    targets = np.array([list(labels).index(label) for label in gold])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label rarer than the folds is no fault here
        folds = list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(targets, targets, groups))
    kept = [np.arange(len(targets)), *(inside for inside, _ in folds)]
    jobs = -1 if len(targets) >= _WORTH_WORKERS else 1
    done = joblib.Parallel(jobs)(
        joblib.delayed(fit_difference)(matrix[rows], offsets[rows], targets[rows]) for rows in kept
    )
    scores = np.zeros_like(offsets)
    for (_, held), (weights, biases) in zip(folds, done[1:], strict=True):
        scores[held] = offsets[held] + matrix[held] @ weights + biases
    weights, biases = done[0]
    return _Step(weights, biases, scores)


def fit_difference(matrix: Any, offsets: Floats, targets: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return weights (columns × labels) and biases that make ``softmax(offsets + matrix · weights + biases)`` likely.

    Least sum of log loss + |weights|² / (2 · ``VARIANCE``), by L-BFGS over the columns that occur.
    """
    columns = np.unique(matrix.indices)
    own, outputs, rows = matrix[:, columns], offsets.shape[1], np.arange(len(targets))
    right = np.zeros_like(offsets)
    right[rows, targets] = 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, biases = flat[:-outputs].reshape(-1, outputs), flat[-outputs:]
        scores = offsets + own @ weights + biases
        norms = logsumexp(scores, axis=1)
        slopes = np.exp(scores - norms[:, None]) - right
        penalty = (weights**2).sum() / (2 * VARIANCE) + (biases**2).sum() / (2 * _BIAS_VARIANCE)
        slope = [own.T @ slopes + weights / VARIANCE, (slopes.sum(axis=0) + biases / _BIAS_VARIANCE)[None]]
        return float((norms - scores[rows, targets]).sum() + penalty), np.concatenate(slope).ravel()

    found = minimize(loss, np.zeros((len(columns) + 1) * outputs), jac=True, method="L-BFGS-B", options=_STOP).x
    weights = np.zeros((matrix.shape[1], outputs))
    weights[columns] = found[:-outputs].reshape(-1, outputs)
    return weights, found[-outputs:]


def _learn_presence(
    matrix: Any, logits: Floats, examples: Sequence[Example], groups: NDArray[np.str_]
) -> tuple[list[_Step], frozenset[str]]:
    """Learn the presence of each feeling; one that too few messages have or lack stays as it was and is trusted."""
    steps, trusted = [], set()
    for place, feeling in enumerate(FEELINGS):
        there = np.where([one.shows(feeling) for one in examples], "yes", "no")
        counts = Counter(answer for answer, _ in set(zip(there.tolist(), groups.tolist(), strict=True)))
        column = logits[:, place, None]
        if min(counts["yes"], counts["no"]) < _LEAST_PER_LABEL:
            trusted.add(feeling)
            steps.append(_Step(np.zeros((matrix.shape[1], 1)), np.zeros(1), column))
            continue
        both = _learn(matrix, np.hstack([-column, column]) / 2, there, ("no", "yes"), groups)
        steps.append(_Step(_margin(both.weights), _margin(both.biases), _margin(both.scores)))
    return steps, frozenset(trusted)


def _margin(both: Floats) -> Floats:
    """Return how much the second of two outputs exceeds the first, as one column."""
    return both[..., 1:] - both[..., :1]


def _assemble(grown: Model, start: Model, steps: Sequence[_Step]) -> Model:
    """Return the grown model with what was learned added to its weights; old scores are counted calibrated."""
    scales = np.concatenate([np.full(len(start.heads[head].labels), start.heads[head].scale) for head in HEADS])
    scales = np.concatenate([scales, start.presence.scales])
    shifts = np.concatenate([np.zeros(len(scales) - len(FEELINGS)), start.presence.shifts])
    weights = grown.weights * scales + np.hstack([step.weights for step in steps])
    intercepts = grown.intercepts * scales + shifts + np.concatenate([step.biases for step in steps])
    return replace(grown, weights=weights.astype(np.float32), intercepts=intercepts)


def _thresholds(learned: Presence, old: Presence, examples: Sequence[Example]) -> Presence:
    """Keep the old threshold for naming a further state where there are too few to learn one."""
    few = sum(len(one.also) for one in examples) < _LEAST_PER_LABEL
    return replace(learned, threshold=old.threshold) if few else learned
