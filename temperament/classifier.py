"""Training: scikit-learn fits and calibrates, the result becomes plain arrays (``temperament.model``).

Character n-grams of 1 to 3, TF-IDF, multinomial logistic regression for each head and one logistic regression for the
presence of each feeling. Soft labels (a larger model's probabilities for unlabelled texts) count as shares of a message
(Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"). Words whose manner is known help
(``temperament.lexicon``), and so do grades where messages have any (``temperament.grading``). Rare labels are helped
after training by moving every score against the logarithm of its label's share (Menon et al. 2021, "Long-tail learning
via logit adjustment"), and one temperature found on out-of-fold scores calibrates the result (Guo et al. 2017, "On
Calibration of Modern Neural Networks").
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline

from temperament import grading, lexicon
from temperament.datasets import Example, SoftExample
from temperament.errors import TrainingError
from temperament.features import Floats, Vocabulary, ngrams
from temperament.labels import FEELINGS, HEADS, LABELS, Head
from temperament.language import Report
from temperament.model import HeadModel, Model, Presence
from temperament.stacking import Stacked
from temperament.text import fold

SEED = 20261122
FOLDS = 5
INVERSE_REGULARISATION = 6.0
TOLERANCE = 5e-5
COARSE_TOLERANCE, MANY = 1e-3, 10_000
"""From ``MANY`` messages on the heads stop earlier: ten times finer takes three times as long and reads no better. The
presence of a feeling never does: most messages lack it, so its gradients are small from the start."""
LEAST_DOCUMENTS = 3
ADJUSTMENT = 0.5
"""How far rare labels are helped: 0 leaves the shares of the training data, 1 treats all labels as equally common.

The middle of the plateau (0.3 to 0.6) of macro-F1 on messages held out of training."""
LEAST_SHARE = 0.05
UNLIKE_WEIGHT = 0.5
"""What a message counts that is not typical, where some are: on real messages held out, macro-F1 of both heads was 0.01 to
0.02 higher so than when written messages and single later turns counted in full."""
TELLING_LINE = 12
"""Two dialogues share shorter lines by chance."""
BAND_PRECISION = {"high": 0.90, "medium": 0.70}
_SURELY = 1.645
_LEAST_PER_LABEL = FOLDS
_NEVER = 1.01
_ABSENT = -30.0
_WORTH_WORKERS = 2000
Labels = NDArray[np.str_]
Analyzer = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Training rows: row ``texts[i]`` of the matrix has ``targets[i]`` with weight ``weights[i]``."""

    texts: NDArray[np.int64]
    targets: Labels
    weights: Floats

    def at(self, wanted: NDArray[np.bool_]) -> "Rows":
        """Keep the rows of the wanted texts."""
        kept = wanted[self.texts]
        return Rows(self.texts[kept], self.targets[kept], self.weights[kept])


@dataclass(frozen=True, slots=True)
class _Fit:
    regression: LogisticRegression
    scores: Floats
    """Out-of-fold scores of the labelled messages, one column a class."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and the labels it gave its own training messages while they were held out."""

    model: Model
    read: dict[Head, Labels]


def make_vectorizer(analyzer: Analyzer = ngrams) -> TfidfVectorizer:
    """Return the untrained features of folded texts."""
    return TfidfVectorizer(analyzer=analyzer, lowercase=False, min_df=LEAST_DOCUMENTS, sublinear_tf=True)


def make_regression(tolerance: float = TOLERANCE) -> LogisticRegression:
    """Return the untrained regression of one head."""
    return LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000, tol=tolerance)


def make_pipeline_for_head() -> Pipeline:
    """Return the untrained reference pipeline of one head: folded texts in, scores a label out; no list of words, no grades."""
    return make_pipeline(make_vectorizer(), make_regression())


def train(
    examples: Sequence[Example],
    name: str,
    report: Report = lambda zh, en: None,
    *,
    soft: Sequence[SoftExample] = (),
    typical: Sequence[bool] | None = None,
) -> Model:
    """Train both heads as ``fit`` does and return the model alone."""
    return fit(examples, name, report, soft=soft, typical=typical).model


def fit(
    examples: Sequence[Example],
    name: str,
    report: Report = lambda zh, en: None,
    *,
    soft: Sequence[SoftExample] = (),
    typical: Sequence[bool] | None = None,
) -> Trained:
    """Train both heads on labelled messages; the model runs with numpy alone.

    ``soft`` are texts with probabilities instead of labels. ``typical`` marks the examples that are like what the
    model will read (default: all): shares, bands and thresholds are theirs, and they count twice as much as others; the
    temperature is that of all. ``report`` is told, in Chinese and English, what is being done. Raises ``TrainingError``
    when the messages cannot be trained on: too few, a single label, or a label with fewer than 5 different messages.
    """
    texts = [fold(example.text).text for example in examples]
    every = [*texts, *(fold(one.text).text for one in soft)]
    groups = families(every)
    gold: dict[Head, Labels] = {head: np.array([getattr(one, head) for one in examples]) for head in HEADS}
    for head in HEADS:
        _refuse(gold[head], groups[: len(texts)], head)
    like = np.ones(len(texts), bool) if typical is None else np.array(typical, bool)
    counts = np.where([*like, *[typical is None] * len(soft)], 1.0, UNLIKE_WEIGHT)
    vectorizer = fitted_vectorizer(list(dict.fromkeys(every)))  # several votes on a text are one document
    grades = [*(one.grades for one in examples), *[()] * len(soft)]
    matrix, stacks = _stacked(vectorizer.transform(every), vectorizer.vocabulary_, grades, groups)
    heads: dict[Head, HeadModel] = {}
    fits: dict[Head, _Fit] = {}
    for head in HEADS:
        report(f"训练并校准：{head}（{len(texts)} 条）", f"training and calibrating: {head} ({len(texts)} messages)")
        rows = rows_of(gold[head].tolist(), counts, [getattr(one, head) for one in soft])
        fits[head] = _fit(matrix, rows, gold[head], groups, COARSE_TOLERANCE if len(texts) >= MANY else TOLERANCE)
        labels = tuple(str(label) for label in fits[head].regression.classes_)
        heads[head] = learn_head(fits[head].scores, gold[head], labels, like)
    report("训练并校准：各种情绪是否在场", "training and calibrating: presence of each feeling")
    present = [_fit_presence(matrix, feeling, examples, counts, soft, groups) for feeling in FEELINGS]
    scores = [None if one is None else one.scores[:, 1] - one.scores[:, 0] for one in present]
    read = {head: predicted_labels(fits[head].scores, heads[head]) for head in HEADS}
    rest = {
        "name": name,
        "heads": heads,
        "presence": learn_presence(scores, examples, read["state"], like),
        "training": facts_of(examples, len(soft)),
        "scores": {head: cross_validated(fits[head].scores, gold[head], heads[head]) for head in HEADS},
    }
    return Trained(_assemble(vectorizer, stacks, list(fits.values()), present, rest), read)


def fitted_vectorizer(texts: list[str], analyzer: Analyzer = ngrams) -> TfidfVectorizer:
    """Return the features of different texts: n-grams that are not too rare, and those of words whose manner is known."""
    vectorizer = make_vectorizer(analyzer).fit(texts)
    unseen = lexicon.vocabulary(len(texts)) - set(vectorizer.vocabulary_)
    if not unseen:
        return vectorizer
    return make_vectorizer(analyzer).set_params(vocabulary=sorted(unseen.union(vectorizer.vocabulary_))).fit(texts)


def _stacked(
    matrix: Any, columns: dict[str, int], grades: Sequence[tuple[float, ...]], groups: Sequence[str]
) -> tuple[Any, list[Stacked]]:
    """Put manners of words, then grades beside the features; return the matrix and what it takes to fold them back."""
    stacks = []
    if manners := lexicon.learn(matrix, columns):
        stacks.append(manners)
        matrix = manners.beside(matrix)
    if graded := grading.learn(matrix, grades, groups):
        stacks.append(graded)
        matrix = graded.beside(matrix)
    return matrix, stacks


def group(text: str) -> str:
    """Name the group a text belongs to, so that a message and the dialogue it opens share a fold."""
    return hashlib.sha256(text.split("\n")[0][:40].encode()).hexdigest()


def families(texts: Sequence[str]) -> list[str]:
    """Return the name of every text's family: texts that open alike or share a whole line belong to one.

    So a message, the dialogue it opens and the rest of that dialogue share a fold. A family is named by the ``group``
    of its text with the most lines.
    """
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    groups = [group(text) for text in texts]
    for text, own in zip(texts, groups, strict=True):
        for line in text.split("\n"):
            if len(line) >= TELLING_LINE:
                parents[root(f"line {line}")] = root(own)
    eldest: dict[str, tuple[int, str]] = {}
    for text, own in zip(texts, groups, strict=True):
        key = root(own)
        eldest[key] = max(eldest.get(key, (0, "")), (text.count("\n") + 1, own))
    return [eldest[root(own)][1] for own in groups]


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


def rows_of(gold: list[str], counts: Floats, soft: Sequence[dict[str, float]]) -> Rows:
    """One row a labelled message, then one row a label of each soft one; small shares are left out.

    ``counts`` says for all of them what each counts.
    """
    known = set(gold)
    places, targets, weights = list(range(len(gold))), list(gold), counts[: len(gold)].tolist()
    for place, shares in enumerate(soft, len(gold)):
        for label, share in shares.items():
            if share >= LEAST_SHARE and label in known:
                places.append(place)
                targets.append(label)
                weights.append(share * float(counts[place]))
    return Rows(np.array(places), np.array(targets), np.array(weights))


def _fit(matrix: Any, rows: Rows, gold: Labels, groups: list[str], tolerance: float) -> _Fit:
    """Fit on everything, and once a fold for out-of-fold scores of the labelled messages.

    A soft text that opens like a labelled message is held out with it.
    """
    named = np.array(groups)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(gold, gold, named[: len(gold)])
    tasks = [(np.arange(matrix.shape[0]), None)]
    tasks += [(np.flatnonzero(~np.isin(named, named[held])), held) for _, held in folds]
    jobs = -1 if len(gold) >= _WORTH_WORKERS else 1
    done = joblib.Parallel(jobs)(joblib.delayed(_fit_once)(matrix, rows, kept, held, tolerance) for kept, held in tasks)
    regression = done[0][0]
    first = done[1][1]
    scores = np.zeros((len(gold), first.shape[1]))
    for (_, held), (_, part) in zip(tasks[1:], done[1:], strict=True):
        scores[held] = part
    return _Fit(regression, scores)


def _fit_once(
    matrix: Any, rows: Rows, kept: NDArray[np.int64], held: NDArray[np.int64] | None, tolerance: float
) -> tuple[LogisticRegression, Floats | None]:
    wanted = np.zeros(matrix.shape[0], bool)
    wanted[kept] = True
    own = rows.at(wanted)
    regression = make_regression(tolerance).fit(matrix[own.texts], own.targets, sample_weight=own.weights)
    return regression, None if held is None else _columns(regression, matrix[held])


def _columns(regression: LogisticRegression, matrix: Any) -> Floats:
    """Return one column of scores a class; two classes have opposite scores."""
    scores = np.asarray(regression.decision_function(matrix))
    return np.column_stack([-scores, scores]) / 2 if scores.ndim == 1 else scores


def _fit_presence(
    matrix: Any,
    feeling: str,
    examples: Sequence[Example],
    counts: Floats,
    soft: Sequence[SoftExample],
    groups: list[str],
) -> _Fit | None:
    """Fit whether a feeling is there, leading or not; ``None`` when too few messages have it or lack it."""
    gold = np.where([one.shows(feeling) for one in examples], "yes", "no")
    answers = Counter(answer for answer, _ in set(zip(gold.tolist(), groups[: len(gold)], strict=True)))
    if min(answers[answer] for answer in ("yes", "no")) < _LEAST_PER_LABEL:
        return None
    shares = [{"yes": one.present[feeling], "no": 1 - one.present[feeling]} for one in soft]
    return _fit(matrix, rows_of(gold.tolist(), counts, shares), gold, groups, TOLERANCE)


def learn_head(scores: Floats, gold: Labels, labels: tuple[str, ...], typical: NDArray[np.bool_]) -> HeadModel:
    """Adjust and calibrate the scores of messages that training did not see; columns follow ``labels``."""
    shares = Counter(gold[typical].tolist())
    rates = {label: max(shares[label], 1) / max(sum(shares.values()), 1) for label in labels}
    shifts = np.array([-ADJUSTMENT * np.log(rates[label]) for label in labels])
    scale = _scale(scores + shifts, gold, labels)
    probabilities = softmax((scores + shifts) * scale, axis=1)
    total = sum(rates.values())
    return HeadModel(
        labels=labels,
        scale=scale,
        shifts=tuple((shifts * scale).tolist()),
        base_rates={label: rate / total for label, rate in rates.items()},
        bands=_bands(probabilities[typical], gold[typical], labels),
    )


def _scale(scores: Floats, gold: Labels, labels: tuple[str, ...]) -> float:
    """Find the inverse temperature that makes out-of-fold probabilities most likely (least log loss)."""
    columns = np.array([labels.index(label) for label in gold])
    rows = np.arange(len(gold))

    def loss(scale: float) -> float:
        return -float(log_softmax(scores * scale, axis=1)[rows, columns].mean())

    return float(minimize_scalar(loss, bounds=(0.01, 100.0), method="bounded").x)


def _bands(probabilities: Floats, gold: Labels, labels: tuple[str, ...]) -> dict[str, float]:
    """Find the least top probability of each band within which readings were right often enough, out of fold.

    Often enough is told by the lower end of a 90 % interval (Wilson 1927), so that few messages promise little.
    """
    chances = probabilities.max(axis=1)
    order = np.argsort(-chances, kind="stable")
    right = (np.array(labels)[probabilities.argmax(axis=1)] == gold)[order]
    bands, first = {}, 0
    for band, wanted in BAND_PRECISION.items():
        enough = np.flatnonzero(_surely(np.cumsum(right[first:]), np.arange(1, len(right) - first + 1)) >= wanted)
        if len(enough):
            first += int(enough[-1]) + 1
            bands[band] = float(chances[order[first - 1]])
        else:
            bands[band] = min(bands.values(), default=_NEVER)
    return bands


def _surely(right: NDArray[np.int64], read: NDArray[np.int64]) -> Floats:
    """Return the shares that right readings surely reach: the lower ends of Wilson's intervals."""
    share, spread = right / read, _SURELY**2 / read
    return np.asarray((share + spread / 2 - np.sqrt(share * (1 - share) * spread + spread**2 / 4)) / (1 + spread))


def learn_presence(
    scores: Sequence[Floats | None],
    examples: Sequence[Example],
    leading: Labels,
    typical: NDArray[np.bool_],
    trusted: frozenset[str] = frozenset(),
) -> Presence:
    """Calibrate the presence scores of messages that training did not see, and choose from when a state is named.

    ``leading`` are the states read for the messages; the threshold is the one with the best F1 for further states.
    Scores of ``trusted`` feelings are log-odds as they stand.
    """
    scales, shifts, chances, truth = [], [], [], []
    for feeling, column in zip(FEELINGS, scores, strict=True):
        there = np.array([one.shows(feeling) for one in examples], bool)
        scale, shift = (0.0, _ABSENT) if column is None else (1.0, 0.0) if feeling in trusted else _platt(column, there)
        scales.append(scale)
        shifts.append(shift)
        asked = typical & (leading != feeling)
        chances.append(expit((0.0 if column is None else column[asked]) * scale + shift + np.zeros(asked.sum())))
        truth.append(there[asked])
    chance, true = np.concatenate(chances), np.concatenate(truth)
    threshold = max(np.linspace(0.6, 0.05, 56), key=lambda least: _f1(chance >= least, true))
    return Presence(tuple(scales), tuple(shifts), float(threshold))


def _platt(scores: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    fitted = LogisticRegression(C=1e6).fit(scores[:, None], truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _f1(named: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    both = named.sum() + truth.sum()
    return float(2 * (named & truth).sum() / both) if both else 0.0


def _outputs(regression: LogisticRegression | None, columns: int) -> tuple[Floats, Floats]:
    """Return weights (outputs × columns) and intercepts: a row a class, one row for presence."""
    if regression is None:
        return np.zeros((1, columns)), np.zeros(1)
    if regression.coef_.shape[0] > 1:
        return regression.coef_, regression.intercept_
    both = np.array([[-0.5], [0.5]])
    return both * regression.coef_, both[:, 0] * regression.intercept_


def _assemble(
    vectorizer: TfidfVectorizer,
    stacks: Sequence[Stacked],
    fits: list[_Fit],
    present: list[_Fit | None],
    rest: dict[str, Any],
) -> Model:
    vocabulary, order = Vocabulary.of(list(vectorizer.get_feature_names_out()))
    columns = len(order) + sum(one.columns.shape[1] for one in stacks)
    parts = [_outputs(one.regression, columns) for one in fits]
    parts += [(one.regression.coef_, one.regression.intercept_) if one else _outputs(None, columns) for one in present]
    for one in reversed(stacks):
        parts = [one.folded(*part) for part in parts]
    return Model(
        vocabulary=vocabulary,
        idf=vectorizer.idf_[order].astype(np.float32),
        weights=np.vstack([weights for weights, _ in parts]).T[order].astype(np.float32),
        intercepts=np.concatenate([biases for _, biases in parts]),
        **rest,
    )


def facts_of(examples: Sequence[Example], soft: int) -> dict[str, Any]:
    """Return what the card says about the training messages."""
    import sklearn

    return {
        "messages": len(examples),
        "soft": soft,
        "graded": sum(bool(example.grades) for example in examples),
        "lexicon": len(lexicon.words()) if lexicon.serves(len(examples) + soft) else 0,
        "labels": {head: dict(Counter(getattr(example, head) for example in examples)) for head in HEADS},
        "seed": SEED,
        "scikit_learn": sklearn.__version__,
    }


def cross_validated(scores: Floats, gold: Labels, learned: HeadModel) -> dict[str, float]:
    """Return accuracy and macro-F1 of scores of messages that training did not see."""
    from sklearn.metrics import accuracy_score, f1_score

    predicted = predicted_labels(scores, learned)
    return {
        "cross_validated_accuracy": round(float(accuracy_score(gold, predicted)), 4),
        "cross_validated_macro_f1": round(float(f1_score(gold, predicted, average="macro")), 4),
    }


def predicted_labels(scores: Floats, learned: HeadModel) -> Labels:
    """Return the label of the highest adjusted score of each row."""
    best = (scores * learned.scale + np.array(learned.shifts)).argmax(axis=1)
    return np.array([learned.labels[column] for column in best], np.str_)
