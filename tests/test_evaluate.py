"""Scores computed by hand, and the same as scikit-learn's."""

import importlib
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from temperament.datasets import Example
from temperament.errors import InputError
from temperament.evaluate import calibration_error, coverage, evaluate, macro_f1
from temperament.labels import LABELS, STATES, TEMPERAMENTS, Reading


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the benchmarks."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parent.parent / "benchmarks")
    return importlib.import_module


def gold(*states):
    """Return labelled messages with these states, the first one choleric, the others unclear."""
    return [Example("好", "unclear" if index else "choleric", state) for index, state in enumerate(states)]


def read(*states):
    """Return readings with these states, all unclear."""
    return [Reading.of(state=state) for state in states]


@pytest.fixture(scope="module")
def report():
    """6 messages: 3 angry (2 found, 1 read as calm), 2 calm (1 found, 1 read as difficult), 1 anxious (read as angry)."""
    return evaluate(
        gold("angry", "angry", "angry", "calm", "calm", "anxious"),
        read("angry", "angry", "calm", "calm", "difficult", "angry"),
    )


def test_scores_of_classes_by_hand(report):
    """Precision, recall, F1 and support of every label that occurs."""
    found = {one.label: (one.precision, one.recall, one.f1, one.support) for one in report.state.classes}
    assert list(found) == ["angry", "anxious", "calm"]
    assert found["angry"] == pytest.approx((2 / 3, 2 / 3, 2 / 3, 3))
    assert found["anxious"] == (0, 0, 0, 1)
    assert found["calm"] == (0.5, 0.5, 0.5, 2)


def test_totals_by_hand(report):
    """Accuracy 3/6, balanced accuracy and macro-F1 over the three labels of the gold."""
    state = report.state
    assert state.messages == report.messages == 6
    assert state.accuracy == pytest.approx(0.5)
    assert state.balanced_accuracy == pytest.approx((2 / 3 + 0 + 1 / 2) / 3)
    assert state.macro_f1 == pytest.approx((2 / 3 + 0 + 1 / 2) / 3)


def test_majority_baseline_by_hand(report):
    """Always saying angry has F1 2·3/(6+3) for angry, 0 for the two others."""
    assert report.state.majority_macro_f1 == pytest.approx((2 / 3) / 3)
    assert report.temperament.majority_macro_f1 == pytest.approx((10 / 11) / 2)


def test_confusion_by_hand(report):
    """Rows are gold, columns read, in codebook order; labels that are only read have a column, too."""
    assert report.state.labels == ("angry", "anxious", "difficult", "calm")
    assert report.state.confusion == ((2, 0, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0), (0, 0, 1, 1))


def test_labels_that_are_never_read():
    """A gold label that is never read has no precision, and costs nothing but its own scores."""
    found = {
        one.label: (one.precision, one.recall, one.f1)
        for one in evaluate(gold("angry", "calm"), read("calm", "calm")).state.classes
    }
    assert found["angry"] == (0, 0, 0)
    assert found["calm"] == pytest.approx((1 / 2, 1, 2 / 3))


def test_a_head_with_one_label():
    """Where all gold is one label and all is found, everything is 1, without a warning."""
    head = evaluate([Example("好", "unclear", "calm")] * 6, read(*["calm"] * 6)).temperament
    assert (head.accuracy, head.macro_f1, head.balanced_accuracy, head.confusion) == (1, 1, 1, ((6,),))
    assert head.labels == ("unclear",)


def test_labels_absent_from_the_gold_do_not_count():
    """Reading a label that never occurs costs recall of others, but has no score of its own."""
    report = evaluate(gold("calm", "calm"), read("calm", "confused"))
    assert [one.label for one in report.state.classes] == ["calm"]
    assert report.state.macro_f1 == pytest.approx(2 / 3)


def test_nothing_right():
    """No warning and no division by zero where nothing is found."""
    report = evaluate(gold("angry"), read("calm"))
    assert (report.state.accuracy, report.state.macro_f1, report.state.calibration_error) == (0, 0, 1)


def test_unread_messages_are_counted():
    """Readings with a reason are counted; the report names the model."""
    reading = Reading(
        "",
        "unclear",
        "calm",
        *[dict.fromkeys(LABELS[head], 0.2) for head in LABELS],
        {"temperament": "low", "state": "low"},
        reason="empty",
    )
    report = evaluate(gold("calm", "angry"), [reading, *read("angry")])
    assert (report.unread, report.model) == (1, "")
    assert evaluate(gold("calm", "angry"), read("calm", "angry")).model == "given"


@pytest.mark.parametrize("seed", range(5))
def test_scores_equal_scikit_learn(seed):
    """On random labels every number is scikit-learn's."""
    chance = random.Random(seed)
    count = chance.randint(1, 80)
    true = [(chance.choice(TEMPERAMENTS), chance.choice(STATES[: 2 + seed % 4])) for _ in range(count)]
    found = [(chance.choice(TEMPERAMENTS), chance.choice(STATES)) for _ in range(count)]
    report = evaluate([Example("好", *one) for one in true], [Reading.of(*one) for one in found])
    for column, head in enumerate((report.temperament, report.state)):
        expected, given = [one[column] for one in true], [one[column] for one in found]
        present = sorted(set(expected))
        scores = metrics.classification_report(expected, given, labels=present, output_dict=True, zero_division=0)
        assert head.accuracy == pytest.approx(metrics.accuracy_score(expected, given))
        assert head.macro_f1 == pytest.approx(scores["macro avg"]["f1-score"])
        assert head.balanced_accuracy == pytest.approx(scores["macro avg"]["recall"])
        for one in head.classes:
            assert (one.precision, one.recall) == pytest.approx(
                (scores[one.label]["precision"], scores[one.label]["recall"])
            )
            assert (one.f1, one.support) == pytest.approx((scores[one.label]["f1-score"], scores[one.label]["support"]))
        assert head.confusion == tuple(
            map(tuple, metrics.confusion_matrix(expected, given, labels=head.labels).tolist())
        )


@pytest.mark.parametrize("readings", [0, 1, 3])
def test_different_numbers_are_refused(readings):
    """Gold and readings must be as many; the message has both numbers."""
    with pytest.raises(InputError, match=r".") as caught:
        evaluate(gold("calm", "angry"), read(*["calm"] * readings))
    assert f"标注 2 条，读数 {readings} 条" in caught.value.zh
    assert f"2 labelled messages, {readings} readings" in caught.value.en


def test_nothing_to_evaluate_is_refused():
    """No messages have no scores."""
    with pytest.raises(InputError, match="0"):
        evaluate([], [])


def test_macro_f1_by_hand():
    """The mean over the labels of the gold: 0.8 for a (2 of 2 found, 1 too many), 0 for b."""
    assert macro_f1(["a", "a", "b"], ["a", "a", "a"]) == pytest.approx((0.8 + 0) / 2)


def test_calibration_error_by_hand():
    """20 readings, 10 bins of 2: gaps 0.1 in half of the bins, 0.3 in the others."""
    chances = np.array([0.6] * 10 + [0.7] * 10)
    right = np.array([True, False] * 5 + [True, True, True, True, True, True, True, True, True, True])
    assert calibration_error(chances, right) == pytest.approx((0.1 + 0.3) / 2)


def test_calibration_error_with_fewer_readings_than_bins():
    """Three readings are three bins: |0.9 − 1|, |0.5 − 0| and |1 − 1|."""
    assert calibration_error(np.array([0.9, 0.5, 1.0]), np.array([True, False, True])) == pytest.approx(0.6 / 3)


def test_perfect_calibration_has_no_error():
    """Right every time and sure every time."""
    assert calibration_error(np.ones(7), np.ones(7, bool)) == 0


def test_calibration_bins_hold_like_chances():
    """Messages are put into bins by their chance, whatever order they come in."""
    chances, right = np.array([0.9] * 10 + [0.1] * 10), np.array([True] * 9 + [False] + [False] * 9 + [True])
    mixed = np.arange(20).reshape(2, 10).T.ravel()
    assert calibration_error(chances[mixed], right[mixed]) == pytest.approx(calibration_error(chances, right))
    assert calibration_error(np.array([1.0, 0.0] * 10), np.array([True, False] * 10)) == 0


def test_bands_are_scored_apart():
    """Every band that occurs tells how often it was right, the surest first."""
    readings = [
        replace(reading, confidence={"temperament": "low", "state": band})
        for reading, band in zip(read("angry", "calm", "calm"), ("low", "high", "high"), strict=True)
    ]
    bands = evaluate(gold("angry", "calm", "angry"), readings).state.bands
    assert [(one.band, one.accuracy, one.messages) for one in bands] == [("high", 0.5, 2), ("low", 1.0, 1)]


def test_coverage_by_hand():
    """Ten readings, the surest first right four times, then wrong, right, wrong four times; order of coming is no matter."""
    sureness = np.array([0.5, 0.9, 0.6, 0.8, 0.4, 0.95, 0.3, 0.2, 0.7, 0.1])
    right = np.array([True, True, False, True, False, True, False, False, True, False])
    expected = [5 / 10, 5 / 9, 5 / 8, 5 / 7, 5 / 6, 4 / 5, 1, 1, 1, 1]
    assert coverage(sureness, right) == tuple(
        (step / 10, pytest.approx(expected[10 - step])) for step in range(10, 0, -1)
    )


def test_coverage_of_few_readings():
    """Shares are rounded up: of three readings, one tenth is one reading, four tenths are two."""
    found = dict(coverage(np.array([0.2, 0.9, 0.5]), np.array([True, True, False])))
    assert (found[0.1], found[0.3], found[0.4], found[0.6]) == (1, 1, 0.5, 0.5)
    assert (found[0.7], found[1.0]) == pytest.approx((2 / 3, 2 / 3))


def test_readings_with_a_reason_are_left_out_first():
    """A message that could not be read is the least sure one, however large its base rate is."""
    unread = replace(Reading.of(), reason="empty")
    sure = replace(Reading.of(state="angry"), state_probabilities=dict.fromkeys(STATES, 0.1) | {"angry": 0.6})
    found = dict(evaluate(gold("angry", "angry"), [unread, sure]).state.coverage)
    assert (found[1.0], found[0.5]) == (0.5, 1)


def test_coverage_starts_with_the_accuracy(report):
    """Reading everything is the whole file's accuracy; there are ten steps, in falling order."""
    for head in (report.temperament, report.state):
        assert head.coverage[0] == (1.0, pytest.approx(head.accuracy))
        assert [share for share, _ in head.coverage] == [step / 10 for step in range(10, 0, -1)]


@pytest.fixture(scope="module")
def further():
    """Four messages: one further state found, one missed, one named for nothing, one named wrongly (and missed)."""
    golds = [
        Example("好", "unclear", "angry", ("anxious",)),
        Example("好", "unclear", "angry", ("difficult",)),
        Example("好", "unclear", "calm"),
        Example("好", "unclear", "anxious", ("confused",)),
    ]
    states, named = ("angry", "angry", "calm", "anxious"), (("anxious",), (), ("angry",), ("difficult",))
    return evaluate(
        golds, [replace(Reading.of(state=one), also=also) for one, also in zip(states, named, strict=True)]
    ).also


def test_further_states_by_hand(further):
    """One of three named is right, one of three in the gold is found."""
    assert (further.named, further.support) == (3, 3)
    assert (further.precision, further.recall, further.f1) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_presence_by_hand(further):
    """Sixteen chances, 13 of them 0 (3 present: the gold's further states) and 3 of them 1 (all present).

    Ten bins: six of two and four of one, so 0 0 | 0 0 | 0 0 | 0 0 | 0 0 | 0 0 | 0 | 1 | 1 | 1; the gaps add up to the 3 that are
    present at a chance of 0, wherever they lie.
    """
    assert further.calibration_error == pytest.approx(3 / 16)


def test_presence_counts_the_leading_state():
    """A leading state that is present for sure, and nothing else, is perfectly calibrated."""
    also = evaluate(gold("angry", "calm"), read("angry", "calm")).also
    assert (also.calibration_error, also.named, also.support, also.precision, also.recall, also.f1) == (0,) * 6
    unknown = [replace(one, present_probabilities={}) for one in read("angry", "calm")]
    assert evaluate(gold("angry", "calm"), unknown).also.calibration_error == pytest.approx(1 / 8)


def test_presence_of_half_chances():
    """Two of eight feelings are present, all have the chance 0.25 in bins of one: (2 · 0.75 + 6 · 0.25) / 8."""
    quarter = dict.fromkeys(STATES[:-1], 0.25)
    readings = [replace(one, present_probabilities=quarter) for one in read("angry", "angry")]
    assert evaluate(gold("angry", "confused"), readings).also.calibration_error == pytest.approx(3 / 8)


@pytest.mark.parametrize("seed", range(5))
def test_the_benchmark_scores_resamples_as_the_report_does(bench, seed):
    """Weights that count how often each message was drawn give the macro-F1 of the drawn messages."""
    chance = np.random.default_rng(seed)
    true, found = chance.choice(STATES[: 2 + seed % 4], 40).tolist(), chance.choice(STATES, 40).tolist()
    weights = chance.multinomial(40, np.full(40, 1 / 40), 20)
    scores = bench("quality").macro_f1s(true, found, weights)
    alone = bench("quality").macro_f1s(true, found, weights, only="angry")
    for row, score, angry in zip(weights, scores, alone, strict=True):
        drawn = [np.repeat(side, row).tolist() for side in (true, found)]
        assert score == pytest.approx(macro_f1(*drawn))
        assert angry == pytest.approx(metrics.f1_score(*drawn, labels=["angry"], average="macro", zero_division=0))


@pytest.mark.parametrize(
    ("scores", "angry", "above"),
    [
        ([0.1, 0.2, 0.8, 0.9], [False, False, True, True], 0.5),
        ([0.1, 0.3, 0.8, 0.9], [True, True, True, True], 0.2),
        ([0.0, 0.0, 0.0, 1.0, 3.0], [True, False, False, False, True], 2.0),
        ([0.5, 0.5], [True, False], -np.inf),
    ],
)
def test_the_benchmark_chooses_thresholds_by_f1(bench, scores, angry, above):
    """The threshold lies in the middle of the gap with the best F1 for anger, the lowest of equally good ones."""
    assert bench("baselines").best_threshold(scores, angry) == pytest.approx(above)
