"""What is trained is what scikit-learn trains; what is saved says the same with numpy alone."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import TOY
from scipy.sparse import vstack
from scipy.special import expit, log_softmax, softmax
from scipy.stats import binomtest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from temperament import classifier, lexicon, model
from temperament.classifier import make_pipeline_for_head, make_regression, make_vectorizer, train
from temperament.datasets import Example, SoftExample, read_examples
from temperament.errors import TrainingError
from temperament.labels import FEELINGS, HEADS, LABELS
from temperament.text import fold

OTHER_TEXTS = ["请问什么时候发货", "气死我了！！垃圾！", "", "hello 𠮷", "哈哈哈哈亲快点呀", "第一，破损；第二，少件"]


FOLDED = [fold(example.text).text for example in TOY]
EVERY = np.ones(len(TOY), bool)


def full(scores, classes, learned, head):
    """Return the softmax of scaled and shifted scores over all labels of a head, in the order of the codebook."""
    shifts = dict(zip(learned.labels, learned.shifts, strict=True))
    table = softmax(scores * learned.scale + [shifts[label] for label in classes], axis=1)
    return np.column_stack([table[:, list(classes).index(label)] for label in LABELS[head]])


def reference(examples, head, texts, learned):
    """Return the probabilities of the reference pipeline with a head's scale and shifts."""
    pipeline = make_pipeline_for_head()
    pipeline.fit([fold(one.text).text for one in examples], [getattr(one, head) for one in examples])
    scores = pipeline.decision_function([fold(text).text for text in texts])
    return full(scores, pipeline.classes_, learned, head)


def gold_of(head):
    """Return TOY's labels of one head."""
    return np.array([getattr(example, head) for example in TOY])


def folds_of(head):
    """Return the five parts of TOY that the classifier holds out in turn."""
    gold = gold_of(head)
    groups = [classifier.group(text) for text in FOLDED]
    splitter = StratifiedGroupKFold(classifier.FOLDS, shuffle=True, random_state=classifier.SEED)
    return list(splitter.split(gold, gold, groups))


@pytest.mark.parametrize("head", HEADS)
def test_numpy_model_equals_the_reference_pipeline(toy_model, head):
    """Probabilities of the plain arrays are those of scikit-learn, to 1e-6."""
    texts = [example.text for example in TOY] + OTHER_TEXTS
    found = toy_model.probabilities([fold(text).text for text in texts])[head]
    expected = reference(TOY, head, texts, toy_model.heads[head])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("feeling", FEELINGS)
def test_presence_equals_the_reference_pipeline(toy_model, feeling):
    """The presence of a feeling is a logistic regression of its own, with a logistic scale and shift behind it."""
    place = FEELINGS.index(feeling)
    texts = FOLDED + [fold(text).text for text in OTHER_TEXTS]
    pipeline = make_pipeline_for_head().fit(FOLDED, [feeling == one.state or feeling in one.also for one in TOY])
    scale, shift = toy_model.presence.scales[place], toy_model.presence.shifts[place]
    expected = expit(pipeline.decision_function(texts) * scale + shift)
    np.testing.assert_allclose(toy_model.probabilities(texts)["present"][:, place], expected, rtol=0, atol=1e-6)


def test_calibration_is_scikit_learns(toy_model):
    """Where labels are equally common, the scale is the temperature that CalibratedClassifierCV finds (since 1.8)."""
    pytest.importorskip("sklearn", minversion="1.8")
    matrix = make_vectorizer().fit_transform(FOLDED)
    calibrated = CalibratedClassifierCV(
        make_regression(), method="temperature", cv=folds_of("temperament"), ensemble=False
    ).fit(matrix, gold_of("temperament"))
    order = [list(calibrated.classes_).index(label) for label in LABELS["temperament"]]
    expected = calibrated.predict_proba(matrix)[:, order]
    np.testing.assert_allclose(toy_model.probabilities(FOLDED)["temperament"], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("head", HEADS)
def test_no_other_scale_fits_better(toy_model, head):
    """Of all inverse temperatures, the one found makes the adjusted out-of-fold scores likeliest."""
    gold, learned = gold_of(head), toy_model.heads[head]
    matrix = make_vectorizer().fit_transform(FOLDED)
    scores = cross_val_predict(make_regression(), matrix, gold, cv=folds_of(head), method="decision_function")
    adjusted = scores + np.array(learned.shifts) / learned.scale
    columns = [learned.labels.index(label) for label in gold]

    def loss(scale):
        return -log_softmax(adjusted * scale, axis=1)[np.arange(len(gold)), columns].mean()

    assert all(loss(learned.scale) <= loss(learned.scale * factor) for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2))


def test_shifts_by_hand():
    """A label's shift is minus ADJUSTMENT times the logarithm of its share, in the units of the scaled score."""
    gold = np.array(["calm"] * 8 + ["angry"] * 2)
    scores = np.column_stack([gold == "angry", gold == "calm"]) * 1.0
    scores[0] = scores[9] = 0.5, 0.5
    learned = classifier.learn_head(scores, gold, ("angry", "calm"), np.ones(10, bool))
    expected = [-classifier.ADJUSTMENT * np.log(share) * learned.scale for share in (0.2, 0.8)]
    np.testing.assert_allclose(learned.shifts, expected, rtol=1e-12)
    assert learned.base_rates == pytest.approx({"angry": 0.2, "calm": 0.8})
    assert classifier.predicted_labels(scores, learned)[0] == "angry"  # of two like scores the rare label wins


def test_shares_are_those_of_the_typical_messages():
    """Shares come from the typical messages; the temperature is everybody's, so others who are surely wrong lower it."""
    generator = np.random.default_rng(0)
    gold = np.array(["calm", "angry", "calm", "calm"] * 20)
    labels = ("angry", "calm")
    scores = np.column_stack([gold == "angry", gold == "calm"]) + generator.normal(0, 0.8, (80, 2))
    alone = classifier.learn_head(scores, gold, labels, np.ones(80, bool))
    odd_gold = np.concatenate([gold, np.array(["angry"] * 40)])
    odd_scores = np.concatenate([scores, np.tile([-9.0, 9.0], (40, 1))])
    beside = classifier.learn_head(odd_scores, odd_gold, labels, np.arange(120) < 80)
    assert beside.base_rates == alone.base_rates
    assert beside.scale < alone.scale
    assert np.divide(beside.shifts, beside.scale) == pytest.approx(np.divide(alone.shifts, alone.scale))


def test_a_label_that_no_typical_message_has():
    """It keeps a column, a small share and a finite shift."""
    gold = np.array(["calm", "angry"] * 10 + ["anxious"] * 5)
    labels = ("angry", "anxious", "calm")
    scores = np.column_stack([gold == label for label in labels]) * 2.0
    learned = classifier.learn_head(scores, gold, labels, np.arange(25) < 20)
    assert learned.base_rates == pytest.approx({"angry": 10 / 21, "anxious": 1 / 21, "calm": 10 / 21})
    assert np.isfinite(learned.shifts).all()


def test_training_calibrates_on_the_typical_messages():
    """Of two halves with other shares, the typical one gives the base rates; both are learned from."""
    hot = [Example(f"{n}天了！气死我了！！", "choleric", "angry") for n in range(24)]
    cold = [Example(f"请问{n}号有货吗", "unclear", "calm") for n in range(24)]
    typical = [n < 6 for n in range(24)] + [n < 18 for n in range(24)]
    trained = train([*hot, *cold], "half", typical=typical)
    assert trained.base_rates("state")["angry"] == pytest.approx(6 / 24)
    assert trained.base_rates("temperament")["unclear"] == pytest.approx(18 / 24)
    assert trained.training["messages"] == 48


NOISE = ["囍嘻囍嘻囍", "嘻囍囍嘻嘻", "囍囍嘻嘻囍", "嘻嘻囍嘻囍", "嘻囍嘻囍嘻"]


def soft(text, state, share, temperament="unclear"):
    """Return a soft example that gives a state and its presence a share and leaves the rest to calm."""
    return SoftExample(
        text,
        {label: float(label == temperament) for label in LABELS["temperament"]},
        {label: share * (label == state) + (1 - share) * (label == "calm") for label in LABELS["state"]},
        {feeling: share * (feeling == state) for feeling in FEELINGS},
    )


def chance(trained, text, state):
    """Return how likely a state leads, and how likely it is present."""
    tables = trained.probabilities([fold(text).text])
    return tables["state"][0, LABELS["state"].index(state)], tables["present"][0, FEELINGS.index(state)]


def test_soft_labels_move_the_probabilities(toy_model):
    """Words that only soft examples have lean to the label these were given, the more the larger its share."""
    found = [chance(toy_model, NOISE[0], "anxious")]
    for share in (0.3, 0.6, 0.9):
        trained = train(TOY, "soft", soft=[soft(text, "anxious", share) for text in NOISE])
        found.append(chance(trained, NOISE[0], "anxious"))
    leads, present = zip(*found, strict=True)
    assert list(leads[1:]) == sorted(leads[1:])
    assert list(present[1:]) == sorted(present[1:])
    assert leads[3] > leads[0] + 0.2
    assert present[3] > present[0] + 0.2


def test_soft_labels_are_counted():
    """The facts say how many soft texts there were; the labelled messages are counted as before."""
    facts = train(TOY, "soft", soft=[soft(text, "angry", 0.9) for text in NOISE]).training
    assert (facts["soft"], facts["messages"]) == (5, 60)


@pytest.mark.parametrize("head", HEADS)
def test_soft_labels_count_as_shares(head):
    """A soft text is as many rows as it has labels, each with its share as weight: scikit-learn fits the same."""
    taught = [soft(text, "anxious", 0.75, "sanguine") for text in NOISE]
    trained = train(TOY, "soft", soft=taught)
    matrix = make_vectorizer().fit(FOLDED + NOISE)
    rows = [(text, label, 1.0) for text, label in zip(FOLDED, gold_of(head), strict=True)]
    rows += [(one.text, label, share) for one in taught for label, share in getattr(one, head).items() if share]
    texts, labels, weights = zip(*rows, strict=True)
    fitted = make_regression().fit(vstack([matrix.transform([text]) for text in texts]), labels, sample_weight=weights)
    asked = FOLDED + NOISE
    expected = full(fitted.decision_function(matrix.transform(asked)), fitted.classes_, trained.heads[head], head)
    np.testing.assert_allclose(trained.probabilities(asked)[head], expected, rtol=0, atol=1e-5)


def test_small_shares_and_unknown_labels_are_left_out():
    """Shares under 5 % are noise; a label without labelled messages has no column."""
    counts = np.array([1, 0.5, 1, 0.5])
    rows = classifier.rows_of(
        ["calm", "angry"], counts, [{"calm": 0.97, "angry": 0.049, "anxious": 0.5}, {"angry": 0.06}]
    )
    assert rows.texts.tolist() == [0, 1, 2, 3]
    assert rows.targets.tolist() == ["calm", "angry", "calm", "angry"]
    assert rows.weights.tolist() == [1, 0.5, 0.97, 0.03]


def test_soft_texts_do_not_calibrate(toy_model):
    """Base rates are those of the labelled messages, whatever soft texts say."""
    trained = train(TOY, "soft", soft=[soft(text, "angry", 1.0) for text in NOISE * 20])
    assert trained.base_rates("state") == toy_model.base_rates("state")


def test_scale_by_hand():
    """Two of three right at a score of ±1: the likeliest probability is 2/3, so exp(2·scale) is 2."""
    scores = np.array([[1.0, -1.0], [1.0, -1.0], [1.0, -1.0]])
    scale = classifier._scale(scores, np.array(["angry", "angry", "calm"]), ("angry", "calm"))
    assert scale == pytest.approx(np.log(2) / 2, abs=1e-4)


def test_numpy_model_equals_the_reference_pipeline_on_real_messages(shared, monkeypatch):
    """The same for a model of 2,000 real messages, asked about 500 others; two trainings stop within a thousandth.

    The pipeline knows no list of words; that its columns fold into the weights is held in ``test_lexicon``.
    """
    monkeypatch.setattr(lexicon, "LEAST_TEXTS", 3000)
    examples = read_examples(shared / "labels" / "real_train.jsonl")
    learned, asked = examples[:2000], [one.text for one in examples[2000:2500]]
    trained = train(learned, "small")
    found = trained.probabilities([fold(text).text for text in asked])
    for head in HEADS:
        expected = reference(learned, head, asked, trained.heads[head])
        np.testing.assert_allclose(found[head], expected, rtol=0, atol=1e-3)


def test_two_labels_are_enough():
    """With two labels seen, both columns are right and the other labels have probability 0."""
    cold = [Example(f"请问{n}号有货吗", "unclear", "calm") for n in range(6)]
    hot = [Example(f"{n}天了！气死我了！！", "choleric", "angry") for n in range(6)]
    trained = train([*cold, *hot], "two")
    texts = [fold(one.text).text for one in [*cold, *hot]]
    angry = trained.probabilities(texts)["state"][:, LABELS["state"].index("angry")]
    assert (angry[:6] < 0.5).all()
    assert (angry[6:] > 0.5).all()
    table = trained.probabilities(texts)["state"]
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-9)
    unseen = [LABELS["state"].index(label) for label in ("confused", "anxious", "difficult")]
    assert (table[:, unseen] == 0).all()
    scores = make_pipeline_for_head().fit(texts, ["calm"] * 6 + ["angry"] * 6).decision_function(texts)
    halves = np.column_stack([-scores, scores]) / 2  # the classes in alphabetical order: angry, calm
    expected = full_of_two(halves, trained.heads["state"])
    np.testing.assert_allclose(angry, expected[:, 0], atol=1e-6)


def full_of_two(scores, learned):
    """Return the softmax of two labels' scaled and shifted scores."""
    return softmax(scores * learned.scale + np.array(learned.shifts), axis=1)


def test_a_feeling_that_never_occurs_is_never_present():
    """With no message to learn it from its presence stays near 0, and no text is given it."""
    cold = [Example(f"请问{n}号有货吗", "unclear", "calm") for n in range(6)]
    hot = [Example(f"{n}天了！气死我了！！", "choleric", "angry") for n in range(6)]
    trained = train([*cold, *hot], "two")
    present = trained.probabilities([fold(one.text).text for one in [*cold, *hot]] + OTHER_TEXTS)["present"]
    assert (present[:, [FEELINGS.index(one) for one in ("confused", "anxious", "difficult")]] < 1e-6).all()
    angry = present[:, FEELINGS.index("angry")]
    assert angry[6:12].min() > angry[:6].max()


def test_further_states_of_copies_are_refused_or_left_out():
    """A feeling that only copies of one message have cannot be spread over folds; training must not break on it."""
    rest = [one for one in TOY if one.state != "anxious"]
    copies = [replace(rest[0], also=("anxious",))] * 6
    trained = train([*(replace(one, also=()) for one in rest), *copies], "copies")
    assert trained.probabilities(FOLDED)["present"][:, FEELINGS.index("anxious")].max() < 1e-6


def test_training_twice_gives_the_same_bytes(toy_model, toy_folder, tmp_path):
    """The same messages give the same weights file, byte for byte."""
    model.save(train(TOY, "again"), tmp_path, "card")
    assert (tmp_path / "weights.npz").read_bytes() == (toy_folder / "weights.npz").read_bytes()


def test_base_rates_are_the_shares_of_the_training_data(toy_model):
    """12 of 60 messages are angry."""
    assert toy_model.base_rates("temperament")["choleric"] == pytest.approx(12 / 60)
    assert sum(toy_model.base_rates("state").values()) == pytest.approx(1)
    assert toy_model.training["messages"] == 60
    assert toy_model.training["labels"]["temperament"] == dict.fromkeys(LABELS["temperament"], 12)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "Too few labels to train temperament: there are 0"),
        ([Example(f"你好{n}", "unclear", "calm") for n in range(9)], "there are unclear 9"),
        (TOY[:12], "Too few labels to train temperament: there are choleric 12"),
        (TOY[:24] + TOY[48:52], "unclear 4"),
        ([one for one in TOY if one.state != "angry"] + TOY[:1], "Too few labels to train state: there are angry 1"),
    ],
)
def test_training_refuses_too_little(examples, message, monkeypatch):
    """A single label, or one with fewer than 5 messages, is refused with the counts."""
    monkeypatch.setenv("TEMPERAMENT_LANG", "en")
    with pytest.raises(TrainingError, match=message) as caught:
        train(examples, "small")
    assert "不够训练" in caught.value.zh


@pytest.mark.parametrize("distinct", [1, 9])
def test_training_refuses_one_text_many_times(distinct):
    """A label whose messages are all one text cannot be spread over folds: a TrainingError should say so."""
    others = [Example(f"你好{n % distinct}号", "unclear", "calm") for n in range(9)]
    with pytest.raises(TrainingError, match=r"choleric|angry"):
        train([Example("气死我了", "choleric", "angry")] * 9 + others, "same")


def test_report_tells_every_part_in_both_languages():
    """Whoever trains is told what is going on, once a head and once for the presence of the feelings."""
    told = []
    train(TOY, "told", lambda zh, en: told.append((zh, en)))
    assert all("训练" in zh for zh, _ in told)
    assert [[word in en for word in ("temperament", "state", "presence")] for _, en in told] == np.eye(3).tolist()


def test_bands_reach_down_to_where_enough_readings_are_surely_right():
    """The lower end of Wilson's interval is what counts, from the surest reading down, then from the next one on."""
    right = [True] * 80 + [False] * 20 + [True] * 120 + [False] * 60
    tops = np.linspace(0.99, 0.6, len(right))
    table = np.column_stack([tops, 1 - tops])
    gold = np.array(["angry" if one else "calm" for one in right])

    def lowest(first, wanted):
        ends = range(first + 1, len(right) + 1)
        enough = [
            end
            for end in ends
            if binomtest(sum(right[first:end]), end - first).proportion_ci(0.90, method="wilson").low >= wanted
        ]
        return enough[-1]

    high = lowest(0, 0.90)
    medium = lowest(high, 0.70)
    assert 80 <= high < medium < len(right)
    bands = classifier._bands(table, gold, ("angry", "calm"))
    assert bands == {"high": tops[high - 1], "medium": tops[medium - 1]}


def test_few_readings_promise_nothing():
    """Eight readings that were all right are no proof of 90 %, and of three not even of 70 %."""
    table = np.array([[0.9, 0.1]] * 8)
    bands = classifier._bands(table, np.array(["angry"] * 8), ("angry", "calm"))
    assert (bands["high"] > 1, bands["medium"]) == (True, 0.9)
    assert classifier._bands(table[:3], np.array(["angry"] * 3), ("angry", "calm"))["medium"] > 1


def test_a_band_that_is_never_reached():
    """Where readings are never right often enough no probability is called high, nor medium."""
    table = np.array([[0.9, 0.1], [0.8, 0.2]])
    bands = classifier._bands(table, np.array(["calm", "calm"]), ("angry", "calm"))
    assert bands["high"] > 1
    assert bands["medium"] > 1


def columns_of(scores):
    """Return presence scores of which only the column of ``anxious`` says anything."""
    return [np.array(scores) if feeling == "anxious" else None for feeling in FEELINGS]


def test_presence_is_calibrated_by_platt():
    """Scale and shift are those of a logistic regression on the held-out score alone."""
    generator = np.random.default_rng(1)
    truth = generator.random(400) < 0.3
    scores = truth * 2 + generator.normal(0, 1, 400)
    examples = [Example("x", "unclear", "angry", ("anxious",) if one else ()) for one in truth]
    found = classifier.learn_presence(columns_of(scores), examples, np.array(["angry"] * 400), np.ones(400, bool))
    place = FEELINGS.index("anxious")
    fitted = LogisticRegression(C=1e6).fit(scores[:, None], truth)
    assert found.scales[place] == pytest.approx(fitted.coef_[0, 0], rel=1e-3)
    assert found.shifts[place] == pytest.approx(fitted.intercept_[0], rel=1e-3)
    chances = expit(scores * found.scales[place] + found.shifts[place])
    assert chances.mean() == pytest.approx(truth.mean(), abs=1e-3)


def test_the_threshold_of_further_states_is_the_best_one():
    """The probability from which a further state is named separates named from unnamed ones where that is possible."""
    truth = np.array([True] * 6 + [False] * 6)
    scores = np.array([2.0, 2, 2, 2, 2, 0.5, 1, -2, -2, -2, -2, -2])
    examples = [Example("", "unclear", "angry", ("anxious",) if one else ()) for one in truth]
    found = classifier.learn_presence(columns_of(scores), examples, np.array(["angry"] * 12), np.ones(12, bool))
    place = FEELINGS.index("anxious")
    chances = expit(scores * found.scales[place] + found.shifts[place])

    def f1(least):
        named = chances >= least
        return 2 * (named & truth).sum() / (named.sum() + truth.sum())

    assert f1(found.threshold) == max(map(f1, np.linspace(0.05, 0.6, 56)))
    assert f1(found.threshold) > 0.8


def test_who_sets_the_threshold():
    """Neither messages whose leading state it is nor those that are not typical say from when a state is named."""
    further = [Example("", "unclear", "angry", ("anxious",))] * 8 + [Example("", "unclear", "angry")] * 24
    examples = [*further, *[Example("", "unclear", "anxious")] * 8]
    scores = [1.0] * 8 + [-0.5] * 12 + [-1.0] * 12 + [-0.5] * 8
    every, first = np.ones(40, bool), np.arange(40) < 32

    def threshold(last, typical):
        leading = np.array(["angry"] * 32 + [last] * 8)
        return classifier.learn_presence(columns_of(scores), examples, leading, typical).threshold

    assert threshold("anxious", every) == threshold("angry", first) == threshold("anxious", first)
    assert threshold("angry", every) < threshold("anxious", every)


def test_without_further_states_none_is_named_lightly():
    """Where no message has a further state, the threshold is not the lowest that there is."""
    examples = [Example("", "unclear", "angry")] * 6 + [Example("", "unclear", "anxious")] * 6
    scores = [-1.0] * 6 + [1.0] * 6
    leading = np.array([one.state for one in examples])
    found = classifier.learn_presence(columns_of(scores), examples, leading, np.ones(12, bool))
    assert found.threshold >= 0.5


def test_a_message_and_its_dialogue_share_a_fold():
    """Texts that open alike are one group, so that none is tested on its own beginning."""
    assert classifier.group("你好\n还在吗") == classifier.group("你好")
    assert classifier.group("你好") != classifier.group("你好吗")


def test_the_rest_of_a_dialogue_shares_its_fold():
    """Whoever shares a whole line is of one family, named by the whole dialogue; short lines are shared by chance."""
    later = "那你们什么时候能给我一个准确的答复"
    texts = ["网又断了", f"网又断了\n好的\n{later}", f"嗯\n{later}", later, "好的", "别家的事\n好的"]
    families = classifier.families(texts)
    assert families[:4] == [classifier.group(texts[1])] * 4
    assert len({*families[3:]}) == 3


def test_scores_are_cross_validated(toy_model):
    """Each head carries its out-of-fold scores."""
    for head in HEADS:
        scores = toy_model.scores[head]
        assert set(scores) == {"cross_validated_accuracy", "cross_validated_macro_f1"}
        assert all(0 <= value <= 1 for value in scores.values())
