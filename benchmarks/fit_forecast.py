r"""Train the forecast of bad ends (``models/forecast``) on your own copy of the customer–helpdesk dialogues.

    python benchmarks/fit_forecast.py ../shared/conversations/helpdesk.jsonl.gz -o models/forecast

Only dialogues marked ``train`` are learned from; ``dev`` is scored once, for the card. What is kept are weights of numbers
and of character n-grams that stand in at least 20 dialogues: no text.
"""

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sklearn
from forecast_card import forecast_card
from helpdesk import ENDS_BADLY, FILE, Dialogue, read_dialogues, read_turns
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

import temperament
from temperament.evaluate import calibration_error
from temperament.features import Floats, Vocabulary, ngrams
from temperament.forecast.forecaster import SHIPPED, Forecaster, save
from temperament.forecast.prefix import FIELDS, numbers, prefixes, texts
from temperament.labels import Reading
from temperament.reader import Classifier

COMMON = 20
"""An n-gram is kept when it stands in at least so many dialogues, so that no weight points to one of them."""
SEED, FOLDS = 20261122, 10
TURNS = 6
"""How many turns are shown one by one: nearly every dialogue is that short."""
STRENGTH = 0.1
"""Inverse strength of the L2 penalty, and below the share of the numbers beside unit-length texts; both by cross-validation."""
SHARE = 0.2
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """One row a prefix (parallel): its numbers and texts, the number of its dialogue, its turn (from 0), how it ends."""

    known: Floats
    said: list[tuple[str, str]]
    dialogue: Integers
    turn: Integers
    last: Flags
    customer: Flags
    displeased: Floats
    bad: Flags

    def of(self, dialogues: NDArray[np.integer]) -> "Rows":
        """Return the rows of some dialogues."""
        keep = np.flatnonzero(np.isin(self.dialogue, dialogues))
        return Rows(
            known=self.known[keep],
            said=[self.said[row] for row in keep],
            dialogue=self.dialogue[keep],
            turn=self.turn[keep],
            last=self.last[keep],
            customer=self.customer[keep],
            displeased=self.displeased[keep],
            bad=self.bad[keep],
        )


def rows_of(dialogues: Sequence[Dialogue], readings: Sequence[Sequence[Reading]]) -> Rows:
    """Return a row for each turn of each dialogue."""
    found = [prefixes(one.turns, read) for one, read in zip(dialogues, readings, strict=True)]
    counts = [len(one.turns) for one in dialogues]
    return Rows(
        known=np.array([numbers(blocks) for one in found for blocks in one]),
        said=[texts(blocks) for one in found for blocks in one],
        dialogue=np.repeat(np.arange(len(dialogues)), counts),
        turn=np.concatenate([np.arange(count) for count in counts]),
        last=np.concatenate([np.arange(count) == count - 1 for count in counts]),
        customer=np.array([turn.speaker == "customer" for one in dialogues for turn in one.turns]),
        displeased=np.repeat([one.displeased for one in dialogues], counts),
        bad=np.repeat([one.bad for one in dialogues], counts),
    )


def vocabulary_of(rows: Rows) -> Vocabulary:
    """Return the n-grams that stand, in one of the fields, in at least ``COMMON`` dialogues."""
    counts: list[Counter[str]] = [Counter() for _ in FIELDS]
    said: dict[tuple[int, int], set[str]] = {}
    for dialogue, fields in zip(rows.dialogue.tolist(), rows.said, strict=True):
        for number, text in enumerate(fields):
            said.setdefault((dialogue, number), set()).add(text)
    for (_, number), different in said.items():
        counts[number].update({gram for text in different for gram in ngrams(text)})
    return Vocabulary.of(sorted({gram for one in counts for gram, count in one.items() if count >= COMMON}))[0]


def idf_of(vocabulary: Vocabulary, rows: Rows) -> NDArray[np.float32]:
    """Return ln((1 + n) / (1 + df)) + 1 of each n-gram in each field (columns × fields), over the rows."""
    columns = []
    for said in zip(*rows.said, strict=True):
        found = vocabulary.find(list(said))
        cells = np.unique(found.documents * len(vocabulary.keys) + found.columns)
        seen = np.bincount(cells % len(vocabulary.keys), minlength=len(vocabulary.keys))
        columns.append(np.log((1 + len(said)) / (1 + seen)) + 1)
    return np.stack(columns, axis=1).astype(np.float32)


def matrix_of(rows: Rows, vocabulary: Vocabulary, idf: NDArray[np.float32]) -> list[sparse.csr_matrix]:
    """Return the TF-IDF rows of each field."""
    parts = []
    for number, said in enumerate(zip(*rows.said, strict=True)):
        one = vocabulary.matrix(vocabulary.find(list(said)), idf[:, number], len(said))
        parts.append(sparse.csr_matrix((one.values, (one.rows, one.columns)), (len(said), len(vocabulary.keys))))
    return parts


def fitted(rows: Rows) -> Forecaster:
    """Train on all rows: logistic regression on the share of annotators who are displeased; not calibrated yet."""
    vocabulary = vocabulary_of(rows)
    idf = idf_of(vocabulary, rows)
    known = rows.known
    mean, spread = known.mean(axis=0), known.std(axis=0)
    unit = SHARE / np.where(spread > 0, spread, 1)
    matrix = sparse.hstack([sparse.csr_matrix((known - mean) * unit), *matrix_of(rows, vocabulary, idf)]).tocsr()
    size = matrix.shape[0]
    learner = LogisticRegression(C=STRENGTH, max_iter=1000).fit(
        sparse.vstack([matrix, matrix]),
        np.repeat([1, 0], size),
        sample_weight=np.concatenate([rows.displeased, 1 - rows.displeased]),
    )
    weights, rest = np.split(learner.coef_[0], [len(unit)])
    return Forecaster(
        name=SHIPPED,
        vocabulary=vocabulary,
        idf=idf,
        text_weights=rest.reshape(len(FIELDS), -1).T.astype(np.float32),
        low=known.min(axis=0),
        high=known.max(axis=0),
        weights=weights * unit,
        intercept=float(learner.intercept_[0] - (weights * unit) @ mean),
        ends_badly=ENDS_BADLY,
    )


def scored(made: Forecaster, rows: Rows) -> Floats:
    """Return the bare score of every row."""
    return made.logits(rows.known, rows.said)


def calibration(logits: Floats, bad: Flags) -> tuple[float, float]:
    """Return scale and shift of the logistic that turns scores into probabilities (Platt 1999)."""
    platt = LogisticRegression(C=np.inf).fit(logits[:, None], bad)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def folds_of(rows: Rows) -> list[Integers]:
    """Split the dialogues of the rows into ``FOLDS`` parts with equal shares of bad ends."""
    dialogues, first = np.unique(rows.dialogue, return_index=True)
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(dialogues, rows.bad[first])
    return [dialogues[held_out] for _, held_out in parts]


def held_out_logits(rows: Rows) -> tuple[Floats, Integers]:
    """Return, for every row, the score of a model that never saw its dialogue, and the number of its fold."""
    logits, fold = np.empty(len(rows.said)), np.empty(len(rows.said), np.int64)
    everyone = np.unique(rows.dialogue)
    for number, part in enumerate(folds_of(rows)):
        mask = np.isin(rows.dialogue, part)
        logits[mask] = scored(fitted(rows.of(np.setdiff1d(everyone, part))), rows.of(part))
        fold[mask] = number
    return logits, fold


def held_out_risks(logits: Floats, fold: Integers, bad: Flags) -> Floats:
    """Return probabilities for held-out scores; each fold is calibrated on the others."""
    risks = np.empty(len(logits))
    for number in np.unique(fold):
        own = fold == number
        scale, shift = calibration(logits[~own], bad[~own])
        risks[own] = 1 / (1 + np.exp(-(logits[own] * scale + shift)))
    return risks


def measures(risks: Floats, bad: Flags) -> dict[str, float]:
    """Return how many, the share that ended badly, AUC, Brier score (and that of the base rate) and calibration error."""
    base = float(bad.mean())
    return {
        "prefixes": len(bad),
        "base_rate": base,
        "mean_risk": float(risks.mean()),
        "auc": float(roc_auc_score(bad, risks)),
        "brier": float(brier_score_loss(bad, risks)),
        "brier_of_base_rate": base * (1 - base),
        "calibration_error": calibration_error(risks, bad),
    }


def stages(rows: Rows, risks: Floats) -> dict[str, dict[str, float]]:
    """Return the measures turn by turn (of the dialogues that have it), by who spoke last, at the end, and in all.

    A stage without both good and bad ends is left out.
    """
    masks = {f"after turn {turn + 1}": rows.turn == turn for turn in range(TURNS)}
    masks |= {"after the customer": rows.customer, "after the agent": ~rows.customer}
    masks |= {"after the last turn": rows.last, "after any turn": rows.turn >= 0}
    both = {stage: mask for stage, mask in masks.items() if len(np.unique(rows.bad[mask])) == 2}
    return {stage: measures(risks[mask], rows.bad[mask]) for stage, mask in both.items()}


def trained(dialogues: Sequence[Dialogue], readings: Sequence[Sequence[Reading]]) -> Forecaster:
    """Return the forecast trained on ``train``, calibrated on held-out scores, with its measures; ``dev`` is only scored."""
    rows = rows_of(dialogues, readings)
    learned = np.flatnonzero([one.part == "train" for one in dialogues])
    own = rows.of(learned)
    logits, fold = held_out_logits(own)
    scale, shift = calibration(logits, own.bad)
    made = replace(fitted(own), scale=scale, shift=shift)
    scores = {"cross_validated": stages(own, held_out_risks(logits, fold, own.bad))}
    other = rows.of(np.setdiff1d(np.arange(len(dialogues)), learned))
    if len(other.said):
        scores["dev"] = stages(other, made.chances(scored(made, other)))
    training = {
        "dialogues": len(learned),
        "prefixes": len(own.said),
        "common": COMMON,
        "folds": FOLDS,
        "seed": SEED,
        "temperament": temperament.__version__,
        "scikit_learn": sklearn.__version__,
    }
    return replace(made, training=training, scores=scores)


def main() -> int:
    """Train and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dialogues", type=Path, nargs="?", default=FILE)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", default="default", help="which model reads the customer's turns")
    options = parser.parse_args()
    dialogues = read_dialogues(options.dialogues)
    classifier = Classifier.load(options.model)
    made = trained(dialogues, read_turns(dialogues, classifier))
    file = {"name": options.dialogues.name, "sha256": hashlib.sha256(options.dialogues.read_bytes()).hexdigest()}
    made = replace(made, training=made.training | {"file": file, "reader": classifier.model.name})
    save(made, options.output, forecast_card(made))
    sys.stdout.write(forecast_card(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
