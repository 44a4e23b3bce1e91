"""Scores computed by hand, and the same as scikit-learn's."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from temperament.datasets import Example
from temperament.errors import InputError, UsageError
from temperament.evaluate import (
    Gold,
    bootstrap,
    calibration_error,
    calibration_noise,
    cohen_kappa,
    compare,
    coverage,
    evaluate,
    heads,
    macro_f1,
    macro_f1s,
    mcnemar,
    read_gold,
    reliability,
)
from temperament.evaluate.votes import majority
from temperament.labels import LABELS, STATES, TEMPERAMENTS, Reading


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


def test_calibration_noise_is_what_chance_alone_shows():
    """Readings right exactly as often as they say show, on average over many draws, that calibration error."""
    draw = np.random.default_rng(4)
    chances = draw.uniform(0.3, 1, 400)
    seen = [calibration_error(chances, draw.random(400) < chances) for _ in range(300)]
    assert calibration_noise(chances) == pytest.approx(np.mean(seen), rel=0.05)
    assert calibration_noise(np.ones(50)) == 0


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
def test_resamples_are_scored_as_the_report_is(seed):
    """Weights that count how often each message was drawn give the macro-F1 of the drawn messages."""
    chance = np.random.default_rng(seed)
    true, found = chance.choice(STATES[: 2 + seed % 4], 40).tolist(), chance.choice(STATES, 40).tolist()
    weights = chance.multinomial(40, np.full(40, 1 / 40), 20)
    scores = macro_f1s(true, found, weights)
    alone = macro_f1s(true, found, weights, only="angry")
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


def test_kappa_by_hand(report):
    """Gold 3 angry, 2 calm, 1 anxious; read 3, 2, 0 and one difficult: (3/6 − 13/36) / (1 − 13/36)."""
    assert report.state.kappa == pytest.approx((3 / 6 - 13 / 36) / (1 - 13 / 36))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_equals_scikit_learn(seed):
    """On random labels kappa is scikit-learn's, whichever side knows more labels."""
    chance = random.Random(seed)
    true, found = ([chance.choice(STATES[:many]) for _ in range(50)] for many in (5, 2 + seed % 4))
    assert cohen_kappa(true, found) == pytest.approx(metrics.cohen_kappa_score(true, found))


def test_kappa_of_one_label_is_undefined():
    """Where both sides say the same thing always, chance agrees for sure; where only one side does, kappa is 0."""
    assert cohen_kappa(["calm"] * 3, ["calm"] * 3) is None
    assert cohen_kappa(["calm"] * 3, ["calm", "angry", "calm"]) == 0
    assert evaluate(gold("calm"), read("calm"), resamples=20).state.kappa is None


def test_reliability_by_hand():
    """Twenty readings are ten bins of two, the least sure first; Wilson's interval of 2 of 2 starts at 2 / (2 + 1.96²)."""
    chances = np.linspace(0.05, 1.0, 20)
    right = np.array([False] * 10 + [True] * 10)
    bins = reliability(chances[::-1], right[::-1])
    assert [one.accuracy for one in bins] == [0] * 5 + [1] * 5
    assert [one.chance for one in bins] == pytest.approx([0.075 + 0.1 * number for number in range(10)])
    assert (bins[-1].low, bins[-1].high) == pytest.approx((2 / (2 + 1.959964**2), 1), abs=1e-6)
    assert sum(one.messages for one in bins) == 20


def test_one_message():
    """A file of one message has all its scores, intervals and a single bin."""
    report = evaluate(gold("angry"), read("angry"), resamples=50, by=["source"], worst=3)
    assert (report.state.macro_f1, report.state.intervals["macro_f1"]) == (1, (1, 1))
    assert len(report.state.reliability) == 1
    assert [one.head for one in report.misses] == ["temperament"]


def marked(state, temperament=None, **more):
    """Return gold with a state, and no temperament unless one is given."""
    return Gold("好", temperament, state, **more)


def test_a_head_without_labels_is_left_out():
    """Only states are scored where only they are labelled; every message is counted as without a temperament."""
    report = evaluate([marked("angry"), marked("calm"), marked(None)], read("angry", "angry", "calm"))
    assert (report.temperament, report.also, report.messages) == (None, None, 3)
    assert (report.state.messages, report.state.accuracy) == (2, 0.5)
    assert [(one.head, one.unlabelled, one.ties) for one in report.left_out] == [
        ("temperament", 3, 0),
        ("state", 1, 0),
    ]
    assert [head.head for head in report.heads] == ["state"]


def test_extra_labels_are_reported_and_not_scored():
    """A label the codebook does not know costs nothing, and it is told what its messages were read as."""
    report = evaluate(
        [marked("angry"), marked("happy"), marked("happy"), marked("sad")], read("angry", "calm", "angry", "calm")
    )
    assert (report.state.accuracy, report.state.messages) == (1, 1)
    extra = report.left_out[1].extra
    assert [(one.label, one.messages, one.read_as) for one in extra] == [
        ("happy", 2, {"calm": 1, "angry": 1}),
        ("sad", 1, {"calm": 1}),
    ]


def test_only_foreign_labels_are_refused():
    """Where no label is known the error names those seen and those allowed, and how to name another column."""
    with pytest.raises(InputError) as caught:
        evaluate([marked("happy"), marked("happy"), marked("sad")], read("angry", "calm", "calm"))
    for message in (caught.value.zh, caught.value.en):
        assert "happy (2)" in message
        assert "anxious" in message
        assert "--state-column" in message


def test_groups_by_any_column():
    """Every value of a column is scored apart, the commonest first; lists count in each of their values, blanks too."""
    golds = [
        marked("angry", columns={"genre": ["chat", "short"]}),
        marked("angry", columns={"genre": ["chat"]}),
        marked("calm", columns={"genre": ""}),
    ]
    report = evaluate(golds, read("angry", "calm", "calm"), by=["genre"], resamples=100)
    assert [(one.value, one.messages, one.accuracy) for one in report.groups] == [
        ("chat", 2, 0.5),
        ("short", 1, 1),
        ("–", 1, 1),
    ]
    assert report.groups[0].macro_f1 == pytest.approx(2 / 3)
    assert report.groups[0].interval == (0, 1)
    with pytest.raises(UsageError, match="genre"):
        evaluate(golds, read("angry", "calm", "calm"), by=["channel"])


def test_the_surest_misses_come_first():
    """Wrong readings by falling sureness, with both chances; right ones never."""
    golds = [marked("angry", id="a"), marked("calm", id="b"), marked("calm", id="c")]
    readings = [
        replace(one, state_probabilities=dict.fromkeys(STATES, 0.0) | {"angry": angry, "calm": 1 - angry})
        for one, angry in zip(read("angry", "angry", "angry"), (0.99, 0.6, 0.8), strict=True)
    ]
    found = evaluate(golds, readings, worst=5).misses
    assert [(one.id, one.index, one.gold, one.read) for one in found] == [
        ("c", 2, "calm", "angry"),
        ("b", 1, "calm", "angry"),
    ]
    assert (found[0].chance, found[0].gold_chance) == pytest.approx((0.8, 0.2))
    assert len(evaluate(golds, readings, worst=1).misses) == 1


def test_intervals_are_seeded():
    """The same seed gives the same intervals, another one others; they hold the score."""
    chance = random.Random(1)
    true, found = ([chance.choice(STATES) for _ in range(60)] for _ in range(2))
    reports = [evaluate(gold(*true), read(*found), resamples=200, seed=seed).state for seed in (0, 0, 1)]
    assert reports[0] == reports[1] != reports[2]
    for name, (low, high) in reports[0].intervals.items():
        assert low < getattr(reports[0], name) < high
    for one in reports[0].classes:
        assert one.interval[0] <= one.f1 <= one.interval[1]
    assert evaluate(gold(*true), read(*found)).state.intervals == {}


def test_intervals_do_not_depend_on_how_many_draws_are_held_at_once(monkeypatch):
    """Draws in small batches are the same draws."""
    whole = np.concatenate(list(bootstrap.draws(30, 50, 3)))
    monkeypatch.setattr(bootstrap, "_AT_ONCE", 100)
    parts = list(bootstrap.draws(30, 50, 3))
    assert len(parts) > 10
    assert np.array_equal(np.concatenate(parts), whole)
    assert set(whole.sum(axis=1)) == {30}


def test_cells_are_drawn_as_messages_are(monkeypatch):
    """Of many messages the cells are drawn: the same distribution, so nearly the same intervals."""
    chance = random.Random(4)
    true, found = ([chance.choice(STATES[:3]) for _ in range(500)] for _ in range(2))
    ways = []
    for many in (1000, 100):
        monkeypatch.setattr(heads, "_MANY", many)
        ways.append(evaluate(gold(*true), read(*found), resamples=4000).state.intervals)
    assert ways[0] != ways[1]
    for name, interval in ways[0].items():
        assert ways[1][name] == pytest.approx(interval, abs=0.006)


def test_an_interval_of_a_share_is_near_the_normal_one():
    """The bootstrap of 200 of 400 right is about 0.5 ± 1.96 · 0.025."""
    true, found = ["a"] * 200 + ["b"] * 200, ["a"] * 400
    one = bootstrap.estimate(400, lambda weights: weights[:, :200].sum(axis=1) / 400, 2000)
    assert (one.value, one.low, one.high) == (0.5, pytest.approx(0.451, abs=0.005), pytest.approx(0.549, abs=0.005))
    assert macro_f1(true, found) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"), [(0, 0, 1), (5, 5, 1), (0, 5, 2 / 32), (1, 7, 2 * 9 / 256), (6, 0, 2 / 64)]
)
def test_mcnemar_by_hand(only_first, only_second, p):
    """The exact test is the two-sided binomial of the messages that one model alone read rightly."""
    assert mcnemar(only_first, only_second) == pytest.approx(p)


def test_two_models_are_compared():
    """Of eight messages both read two rightly, the second one four more, neither the others."""
    golds = [marked(state) for state in ["angry", "calm"] * 4]
    first = read("angry", "calm", *["difficult"] * 6)
    second = read("angry", "calm", "angry", "calm", "angry", "calm", "difficult", "difficult")
    (one,) = compare(golds, first, second, 500)
    assert (one.head, one.messages, one.both_right, one.only_first, one.only_second, one.both_wrong) == (
        "state", 8, 2, 0, 4, 2,
    )  # fmt: skip
    assert one.mcnemar_p == pytest.approx(2 / 16)
    assert (one.accuracy.first, one.accuracy.second, one.accuracy.value) == (0.25, 0.75, 0.5)
    assert 0 < one.accuracy.interval[0] < 0.5 < one.accuracy.interval[1]
    assert one.macro_f1.value == pytest.approx(6 / 7 - 2 / 5)
    assert one.macro_f1.p < 0.05
    (bare,) = compare(golds, first, second, 0)
    assert (bare.macro_f1.interval, bare.macro_f1.p, bare.mcnemar_p) == (None, None, one.mcnemar_p)


def test_a_model_does_not_differ_from_itself():
    """No difference, no interval around it, and p-values of 1."""
    chance = random.Random(2)
    true, found = ([chance.choice(STATES) for _ in range(40)] for _ in range(2))
    for one in compare(gold(*true), read(*found), read(*found), 100):
        assert one.mcnemar_p == one.accuracy.p == one.macro_f1.p == 1
        assert (one.macro_f1.value, one.macro_f1.interval) == (0, (0, 0))


def test_swapping_the_models_turns_the_comparison_round():
    """Difference and interval change their sign, the p-values stay."""
    chance = random.Random(3)
    true, one, two = ([chance.choice(STATES[:3]) for _ in range(80)] for _ in range(3))
    there, back = (compare(gold(*true), read(*pair[0]), read(*pair[1]), 300)[1] for pair in ((one, two), (two, one)))
    assert (back.macro_f1.value, back.macro_f1.interval[0]) == pytest.approx(
        (-there.macro_f1.value, -there.macro_f1.interval[1])
    )
    assert (back.mcnemar_p, back.macro_f1.p) == pytest.approx((there.mcnemar_p, there.macro_f1.p))


def test_annotators_are_scored_against_each_other():
    """Two annotators who agree on two of three messages: the mean of both directions; tied messages have no gold."""
    golds = [
        marked("angry", votes={"state": ("angry", "angry")}),
        marked("calm", votes={"state": ("calm", "calm")}),
        marked(None, votes={"state": ("angry", "calm")}, ties={"state": ("angry", "calm")}),
    ]
    report = evaluate(golds, read("angry", "calm", "calm"), resamples=50)
    (humans,) = report.humans
    assert (humans.head, humans.annotators, humans.messages) == ("state", 2, 3)
    assert humans.macro_f1 == pytest.approx(2 / 3)
    assert report.left_out[1].ties == 1
    assert report.state.messages == 2


def write(path, *rows):
    """Write rows as JSON lines and return the path."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_gold_with_any_labels(tmp_path):
    """Names in Chinese, blanks, foreign labels; the file has no column of temperaments and tells no further states."""
    path = tmp_path / "a.csv"
    path.write_text("内容,情绪,渠道\n退钱,愤怒,电话\n在吗,,微信\n好的,高兴,微信\n", encoding="utf-8")
    found = read_gold(path)
    assert [(one.text, one.temperament, one.state, one.also) for one in found] == [
        ("退钱", None, "angry", None),
        ("在吗", None, None, None),
        ("好的", None, "高兴", None),
    ]
    assert found[1].columns["渠道"] == "微信"
    assert [one.known("state") for one in found] == [True, False, False]


@pytest.mark.parametrize(
    "row",
    [
        {"text": "好", "votes_s": ["angry", "calm", "angry"]},
        {"text": "好", "votes_s": "angry|calm|愤怒"},
        {"text": "好", "state_1": "angry", "state_2": "calm", "state_3": "生气"},
        {"text": "好", "情绪1": "愤怒", "情绪2": "平稳", "情绪3": "愤怒"},
        {"text": "好", "anna_state": "angry", "ben_state": "calm", "chris_state": "angry"},
        {"text": "好", "state": "", "votes_s": ["angry", "calm", "angry"]},
    ],
)
def test_gold_of_several_annotators(tmp_path, row):
    """The majority is the gold, however the votes are written; all of them are kept."""
    (one,) = read_gold(write(tmp_path / "a.jsonl", row))
    assert (one.state, one.votes["state"], one.ties) == ("angry", ("angry", "calm", "angry"), {})
    assert one.also is None


def test_ties_have_no_gold(tmp_path):
    """Annotators who tie decide nothing, unless the file itself says what holds."""
    rows = [{"text": "好", "state_a": "angry", "state_b": "calm", "state": state} for state in ("", "angry")]
    tied, settled = read_gold(write(tmp_path / "a.jsonl", *rows))
    assert (tied.state, tied.ties) == (None, {"state": ("angry", "calm")})
    assert (settled.state, settled.ties) == ("angry", {})


def test_columns_that_are_no_annotators(tmp_path):
    """What ``classify`` writes beside its labels is no vote."""
    row = {"text": "好", "state": "calm", "state_probabilities": {"calm": 1}, "temperament": "unclear"}
    (one,) = read_gold(write(tmp_path / "a.jsonl", row))
    assert (one.state, one.votes) == ("calm", {"temperament": (), "state": ()})


def test_gold_of_named_columns(tmp_path):
    """Columns with unusual names can be named; a name that is not there is refused with those that are."""
    path = write(tmp_path / "a.jsonl", {"says": "退钱", "mood": "angry"})
    (one,) = read_gold(path, text="says", state="mood")
    assert (one.text, one.state) == ("退钱", "angry")
    with pytest.raises(UsageError, match="says, mood|says、mood"):
        read_gold(path, text="says", state="feeling")


def test_files_without_labels_are_refused(tmp_path):
    """The error says which columns would do, and which there are."""
    with pytest.raises(InputError) as caught:
        read_gold(write(tmp_path / "a.jsonl", {"text": "好", "label": "calm"}))
    for message in (caught.value.zh, caught.value.en):
        for words in ("temperament", "state_1", "votes_t", "label", "--state-column"):
            assert words in message
    with pytest.raises(InputError, match=r"holds no messages|没有消息"):
        read_gold(write(tmp_path / "b.jsonl"))


def test_transcripts_give_the_customers_labelled_turns(tmp_path):
    """One conversation a line: the customer's turns with their labels and the conversation's columns; the agent's are not read."""
    turns = [
        {"speaker": "客户", "text": "怎么还没到", "state": "anxious"},
        {"speaker": "客服", "text": "您好", "state": "calm"},
        {"sender": "customer", "utterances": ["第九天了！", "退钱！"], "state": "angry"},
    ]
    found = read_gold(write(tmp_path / "a.jsonl", {"id": "x", "channel": "chat", "turns": turns}))
    assert [(one.text, one.state, one.id, one.columns["channel"], one.columns["turn"]) for one in found] == [
        ("怎么还没到", "anxious", "x", "chat", 1),
        ("第九天了！\n退钱！", "angry", "x", "chat", 3),
    ]


def test_tables_of_turns_give_the_customers_rows(tmp_path):
    """One turn a row: rows of the agent are left out, those of unknown speakers kept."""
    path = tmp_path / "a.csv"
    path.write_text("说话人,文本,情绪\n客户,快点,焦急\n客服,好的,\n张先生,行吧,平稳\n", encoding="utf-8")
    assert [(one.text, one.state) for one in read_gold(path)] == [("快点", "anxious"), ("行吧", "calm")]


def test_gold_of_the_real_messages(shared):
    """The labels of the public messages are the majority of their votes, and no message ties."""
    found = read_gold(shared / "labels" / "real_dev.jsonl")
    for one in found:
        assert majority(one.votes["temperament"]) == (one.temperament,)
        assert majority(one.votes["state"]) == (one.state,)
