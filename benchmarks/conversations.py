"""Does the reading tell how customers end up? Spearman correlations with 19 annotators' satisfaction scores, and the forecast.

    python benchmarks/conversations.py [--dialogues FILE] [--models default semantic] [-o benchmarks/CONVERSATIONS.md]

Needs your own copy of the customer–helpdesk dialogues (``../shared``). Intervals are 95 % bootstrap percentiles over
dialogues (1,000 resamples, fixed seed). ``--cache`` keeps the readings' probabilities for the next run.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from baselines import PEERS
from fit_forecast import FOLDS, SEED, Rows, held_out_logits, held_out_risks, rows_of, stages
from forecast_card import stage_table
from helpdesk import ENDS_BADLY, FILE, Dialogue, read_dialogues, remembered_readings
from numpy.typing import NDArray
from quality import MODELS, ROOT, loaded, publish
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from temperament.features import Floats, ngrams
from temperament.forecast import Forecaster, Policy
from temperament.labels import Reading
from temperament.text import fold

sys.path.append(str(ROOT / "data"))
import join_public

PUBLIC = ROOT / "data" / "public"
GOLD = ("real_train", "more", "real_dev")
"""Label files with the project's own state labels of whole dialogues."""
TAUGHT = tuple(PUBLIC / f"{name}_labels.jsonl" for name in ("real_train", "more", "later", "second", "votes"))
SOFT = PUBLIC / "soft_labels.jsonl.gz"
RESAMPLES = 1000
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """What the project's label files hold of each dialogue (parallel to the dialogues).

    ``state`` is the label of the whole dialogue ('' where there is none), ``taught`` whether a classifier was trained on
    a label of any part of the customer's text, ``soft`` whether on another model's probabilities for it.
    """

    state: list[str]
    taught: Flags
    soft: Flags


def known(dialogues: Sequence[Dialogue]) -> Known:
    """Look up every customer turn and every whole customer text in the label files, by id."""
    taught = {row["id"] for path in TAUGHT for row in join_public.read_json_lines(path)}
    soft = {row["id"] for row in join_public.read_json_lines(SOFT)}
    rows = [row for name in GOLD for row in join_public.read_json_lines(PUBLIC / f"{name}_labels.jsonl")]
    states = {row["id"]: str(row["state"]) for row in rows}
    ids = [[_id(text) for text in (*one.customer, "\n".join(one.customer))] for one in dialogues]
    return Known(
        state=[states.get(one[-1], "") for one in ids],
        taught=np.array([bool(taught & set(one)) for one in ids]),
        soft=np.array([bool(soft & set(one)) for one in ids]),
    )


def _id(text: str) -> str:
    return join_public.identifier("stc3", join_public.mask(text))


def correlation(one: Floats, other: Floats) -> str:
    """Return Spearman's correlation with its interval, as text."""
    if len(one) < 3:
        return "–"
    rng = np.random.default_rng(0)
    drawn = (rng.integers(len(one), size=len(one)) for _ in range(RESAMPLES))
    low, high = np.nanpercentile([_spearman(one[rows], other[rows]) for rows in drawn], [2.5, 97.5])
    return f"{_spearman(one, other):.3f} [{low:.3f}, {high:.3f}]"


def _spearman(one: Floats, other: Floats) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def ridge(texts: Sequence[str], target: Floats) -> Floats:
    """Return held-out predictions of ridge regression on TF-IDF of character n-grams (1–3)."""
    predicted = np.empty(len(texts))
    folded = np.array([fold(text).text for text in texts], object)
    for train, test in KFold(FOLDS, shuffle=True, random_state=SEED).split(folded):
        words = TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, min_df=2)
        learner = Ridge(1.0).fit(words.fit_transform(folded[train]), target[train])
        predicted[test] = learner.predict(words.transform(folded[test]))
    return predicted


def unrest(readings: Sequence[Sequence[Reading]]) -> Floats:
    """Return the mean probability, over the customer's turns, of any state but calm."""
    return np.array([np.mean([1 - one.state_probabilities["calm"] for one in read]) for read in readings])


def peer(dialogues: Sequence[Dialogue], score: Callable[[str], float]) -> Floats:
    """Return the mean score of another package over the customer's turns (empty turns count for nothing)."""
    found = [[score(text) for text in one.customer if text.strip()] for one in dialogues]
    return np.array([np.mean(one) if one else 0.5 for one in found])


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cross-validated forecast on one model's readings: rows and a held-out risk for each."""

    rows: Rows
    risks: Floats

    @property
    def final(self) -> Floats:
        """The risk after the last turn of each dialogue."""
        return self.risks[self.rows.last]


def forecast(dialogues: Sequence[Dialogue], readings: Sequence[Sequence[Reading]]) -> Forecast:
    """Return the forecast trained and calibrated without the dialogue it is asked about."""
    rows = rows_of(dialogues, readings)
    logits, number = held_out_logits(rows)
    return Forecast(rows, held_out_risks(logits, number, rows.bad))


def correlations(systems: dict[str, Floats], displeasure: Floats, parts: dict[str, Flags]) -> str:
    """Return the correlation of every system with displeasure on every part of the dialogues."""
    heads = [f"{name} ({int(mask.sum()):,})" for name, mask in parts.items()]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, scores in systems.items():
        cells = (correlation(scores[mask], displeasure[mask]) for mask in parts.values())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def policies(one: Forecast) -> str:
    """Return how often each policy would have stepped in, rightly or not, and how early."""
    lines = [
        "| threshold | turns in a row | steps in | of these end badly | of the bad ends, found | found before the last turn |"
        " turn of stepping in (median) | turns still to come (mean) |",
        "|---" * 8 + "|",
    ]
    for threshold in THRESHOLDS:
        lines.extend(_policy(one, Policy(threshold, patience)) for patience in (1, 2))
    return "\n".join(lines) + "\n"


def _policy(one: Forecast, policy: Policy) -> str:
    runs = np.split(one.risks, np.flatnonzero(one.rows.last)[:-1] + 1)
    bad = one.rows.bad[one.rows.last]
    places = [policy.step_in(risks.tolist()) for risks in runs]
    called = np.array([place is not None for place in places])
    left = np.array(
        [len(risks) - 1 - place if place is not None else 0 for risks, place in zip(runs, places, strict=True)]
    )
    turns = np.array([place + 1 if place is not None else 0 for place in places])
    hit = called & bad
    cells = (
        f"{called.mean():.1%}",
        f"{hit.sum() / max(called.sum(), 1):.2f}",
        f"{hit.sum() / max(bad.sum(), 1):.2f}",
        f"{(hit & (left > 0)).sum() / max(bad.sum(), 1):.2f}",
        f"{np.median(turns[hit]) if hit.any() else 0:.0f}",
        f"{left[hit].mean() if hit.any() else 0:.1f}",
    )
    return f"| {policy.threshold:.1f} | {policy.patience} | {' | '.join(cells)} |"


def throughput(dialogues: Sequence[Dialogue], readings: Sequence[Sequence[Reading]]) -> str:
    """Return how many dialogues and turns the shipped forecast does in a second, one dialogue at a time."""
    forecaster = Forecaster.load()
    start = process_time()
    for one, read in zip(dialogues, readings, strict=True):
        forecaster.after_each_turn(one.turns, read)
    spent = process_time() - start
    turns = sum(len(one.turns) for one in dialogues)
    return (
        "The shipped forecast, given the readings, one dialogue after the other, in a second of processor time: "
        f"{len(dialogues) / spent:,.0f} "
        f"dialogues, {turns / spent:,.0f} turns.\n"
    )


def report(dialogues: Sequence[Dialogue], names: Sequence[str], cache: Path | None) -> str:
    """Return all tables as Markdown."""
    displeasure = -np.array([one.satisfaction for one in dialogues])
    facts = known(dialogues)
    models, notes = loaded(names)
    readings = {name: remembered_readings(dialogues, one, cache) for name, one in models.items()}
    forecasts = {name: forecast(dialogues, one) for name, one in readings.items()}
    systems = untrained(dialogues, readings, notes)
    calm = {
        "this project's own label of the whole text: not calm": np.array(
            [state != "calm" for state in facts.state], float
        )
    }
    taught = {f"forecast on readings of {name}, cross-validated": one.final for name, one in forecasts.items()}
    texts = {
        "the customer's words": ["\n".join(one.customer) for one in dialogues],
        "all words": ["\n".join(turn.text for turn in one.turns) for one in dialogues],
    }
    taught |= {f"ridge regression on {name}, cross-validated": ridge(said, displeasure) for name, said in texts.items()}
    labelled = np.array([bool(state) for state in facts.state])
    dev = np.array([one.part == "dev" for one in dialogues])
    everyone = np.ones(len(dialogues), bool)
    parts = {
        "all": everyone,
        "never labelled": ~facts.taught,
        "labelled_in: dev": dev,
        "never seen": ~facts.taught & ~facts.soft,
    }
    first = next(iter(forecasts))
    body = [
        "# Conversations: what the readings and the forecast say of satisfaction\n",
        _about(dialogues, facts, dev),
        "## Spearman correlation with the customer's dissatisfaction\n",
        correlations(systems | taught, displeasure, parts),
        "The same where this project's own label of the whole dialogue is known:\n",
        correlations(
            calm | systems | taught, displeasure, {"labelled dialogues": labelled, "of these dev": labelled & dev}
        ),
        f"## The forecast (readings of {first}), cross-validated over all dialogues\n",
        stage_table(stages(forecasts[first].rows, forecasts[first].risks)),
        "## When a policy would have stepped in\n",
        policies(forecasts[first]),
        "## Speed\n",
        throughput(dialogues, readings[first]),
        _notes(notes),
    ]
    return "\n".join(body)


def untrained(
    dialogues: Sequence[Dialogue], readings: dict[str, list[list[Reading]]], notes: list[str]
) -> dict[str, Floats]:
    """Return what knows nothing of the scores: SnowNLP where it is installed, and the readings of every model."""
    systems = {}
    snow = PEERS[0]
    try:
        systems[f"{snow.name}: {snow.mapping}"] = peer(dialogues, snow.make())
    except ImportError as error:
        notes.append(f"- {snow.name} is left out: {error.name} is not installed (pip install 'temperament[bench]').")
    for name, one in readings.items():
        systems[f"{name}: probability of not being calm"] = unrest(one)
    return systems


def _about(dialogues: Sequence[Dialogue], facts: Known, dev: Flags) -> str:
    bad = np.array([one.bad for one in dialogues])
    turns = sum(len(one.customer) for one in dialogues)
    labelled = sum(map(bool, facts.state))
    return "\n".join(
        (
            f"{len(dialogues):,} dialogues, {turns:,} turns of customers. Satisfaction: the mean of 19 annotators' scores (-2 to 2).",
            f"A dialogue ends badly when {ENDS_BADLY[1]}: {bad.mean():.1%} of all, {bad[~dev].mean():.1%} of those marked "
            f"train, {bad[dev].mean():.1%} of those marked dev.\n",
            f"- The classifiers were trained on this project's labels (manner and state, never satisfaction) of some of the "
            f"customer's words in {facts.taught.mean():.0%} of the dialogues, and `default` on the probabilities of `semantic` "
            f"for words of {facts.soft.mean():.0%}. `never labelled` are the {(~facts.taught).sum()} dialogues without the "
            f"former ({(~facts.taught & dev).sum()} of them marked dev), `never seen` those with neither.",
            "- The dev dialogues were not drawn at random (their bad ends are too many), so their correlations and those of "
            "`never seen` are of another mix of customers, not only of unseen ones: compare systems within a column.",
            f"- This project's own label of the whole customer text is known for {labelled:,} dialogues.\n",
        )
    )


def _notes(notes: Sequence[str]) -> str:
    lines = (
        "## How to read this\n",
        "- Dissatisfaction is minus the mean score; every system is turned so that more should go with more dissatisfaction.",
        "- SnowNLP and the probability of not being calm are means over the customer's turns and learned nothing from the scores. "
        "The forecast learned from the scores, in ten parts, a dialogue never on both sides; shown is its risk after the last "
        "turn, the agent's words included. It is trained for bad ends, not for satisfaction, and tells nothing apart on the "
        "happy side on purpose. Ridge regression is trained on the mean score itself.",
        "- Stages: of all prefixes, those after that turn; the end of a dialogue is not known to the forecast. ECE: expected "
        "calibration error, 10 bins of equal size.",
        "- Policies: turns of both sides count. Nobody stepped in here, so nothing is known of what stepping in would have done.",
        *notes,
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the tables, and write them where ``-o`` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialogues", type=Path, default=FILE)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    publish(report(read_dialogues(options.dialogues), options.models, options.cache), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
