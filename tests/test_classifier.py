"""What is trained is what scikit-learn trains; what is saved says the same with numpy alone."""

import numpy as np
import pytest
from conftest import TOY
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold

from temperament import classifier, model
from temperament.classifier import make_pipeline_for_head, train
from temperament.datasets import Example, read_examples
from temperament.errors import TrainingError
from temperament.labels import HEADS, LABELS
from temperament.text import fold

OTHER_TEXTS = ["请问什么时候发货", "气死我了！！垃圾！", "", "hello 𠮷", "哈哈哈哈亲快点呀", "第一，破损；第二，少件"]


def reference(examples, head, texts, scale):
    """Return the reference pipeline's scaled softmax over all labels of a head."""
    pipeline = make_pipeline_for_head()
    pipeline.fit([fold(one.text).text for one in examples], [getattr(one, head) for one in examples])
    table = softmax(pipeline.decision_function([fold(text).text for text in texts]) * scale, axis=1)
    labels = list(pipeline.classes_)
    return np.column_stack([table[:, labels.index(label)] for label in LABELS[head]])


@pytest.mark.parametrize("head", HEADS)
def test_numpy_model_equals_the_reference_pipeline(toy_model, head):
    """Probabilities of the plain arrays are those of scikit-learn, to 1e-6."""
    texts = [example.text for example in TOY] + OTHER_TEXTS
    found = toy_model.probabilities([fold(text).text for text in texts])[head]
    expected = reference(TOY, head, texts, toy_model.heads[head].scale)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("head", HEADS)
def test_calibration_is_scikit_learns(toy_model, head):
    """The scale is the temperature that scikit-learn's CalibratedClassifierCV finds out of fold (since 1.8)."""
    pytest.importorskip("sklearn", minversion="1.8")
    texts = np.array([fold(example.text).text for example in TOY], dtype=object)
    gold = np.array([getattr(example, head) for example in TOY])
    groups = [classifier._group(text) for text in texts]
    folds = StratifiedGroupKFold(classifier.FOLDS, shuffle=True, random_state=classifier.SEED)
    calibrated = CalibratedClassifierCV(
        make_pipeline_for_head(), method="temperature", cv=list(folds.split(texts, gold, groups)), ensemble=False
    ).fit(texts, gold)
    order = [list(calibrated.classes_).index(label) for label in LABELS[head]]
    expected = calibrated.predict_proba(texts)[:, order]
    np.testing.assert_allclose(toy_model.probabilities(list(texts))[head], expected, rtol=0, atol=1e-4)


def test_scale_by_hand():
    """Two of three right at a score of ±1: the likeliest probability is 2/3, so exp(2·scale) is 2."""
    scores = np.array([[1.0, -1.0], [1.0, -1.0], [1.0, -1.0]])
    scale = classifier._scale(scores, np.array(["angry", "angry", "calm"]), ("angry", "calm"))
    assert scale == pytest.approx(np.log(2) / 2, abs=1e-4)


def test_numpy_model_equals_the_reference_pipeline_on_real_messages(shared):
    """The same for a model of 2,000 real messages, asked about 500 others."""
    examples = read_examples(shared / "labels" / "real_train.jsonl")
    learned, asked = examples[:2000], [one.text for one in examples[2000:2500]]
    trained = train(learned, "small")
    found = trained.probabilities([fold(text).text for text in asked])
    for head in HEADS:
        expected = reference(learned, head, asked, trained.heads[head].scale)
        np.testing.assert_allclose(found[head], expected, rtol=0, atol=1e-6)


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
    scale = trained.heads["state"].scale
    expected = softmax(np.column_stack([scores, -scores]) * scale, axis=1)  # classes in alphabetical order: angry, calm
    np.testing.assert_allclose(angry, expected[:, 1], atol=1e-6)


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


def test_report_tells_both_heads_in_both_languages():
    """Whoever trains is told what is going on, once a head."""
    told = []
    train(TOY, "told", lambda zh, en: told.append((zh, en)))
    assert [("temperament" in en, "训练" in zh) for zh, en in told] == [(True, True), (False, True)]


def test_bands_by_hand():
    """A band begins at the lowest top probability down to which enough readings were right."""
    tops = [0.99, 0.95, 0.90, 0.85, 0.80, 0.75, 0.70, 0.65]
    right = [True, True, False, True, True, True, False, False]
    table = np.array([[top, 1 - top] for top in tops])
    gold = np.array(["angry" if one else "calm" for one in right])
    # high: 2 of 2 right at 0.95, never again 90 %; medium, counted after those: 0 of 1, 1/2, 2/3, 3/4, 3/5, 3/6
    assert classifier._bands(table, gold, ("angry", "calm")) == {"high": 0.95, "medium": 0.75}


def test_a_band_that_is_never_reached():
    """Where readings are never right often enough no probability is called high, nor medium."""
    table = np.array([[0.9, 0.1], [0.8, 0.2]])
    bands = classifier._bands(table, np.array(["calm", "calm"]), ("angry", "calm"))
    assert bands["high"] > 1
    assert bands["medium"] > 1


def test_also_threshold_finds_second_states():
    """The threshold separates second states that stand from those that do not."""
    labels = ("angry", "anxious", "calm")
    table = np.array([[0.6, 0.3, 0.1], [0.8, 0.1, 0.1], [0.65, 0.28, 0.07], [0.85, 0.12, 0.03]])
    also = [("anxious",), (), ("anxious",), ()]
    examples = [Example("x", "unclear", "angry", one) for one in also]
    assert 0.12 < classifier._also_threshold(table, labels, examples) <= 0.28


def test_a_message_and_its_dialogue_share_a_fold():
    """Texts that open alike are one group, so that none is tested on its own beginning."""
    assert classifier._group("你好\n还在吗") == classifier._group("你好")
    assert classifier._group("你好") != classifier._group("你好吗")


def test_scores_are_cross_validated(toy_model):
    """Each head carries its out-of-fold scores."""
    for head in HEADS:
        scores = toy_model.scores[head]
        assert set(scores) == {"cross_validated_accuracy", "cross_validated_macro_f1"}
        assert all(0 <= value <= 1 for value in scores.values())


def test_the_threshold_of_further_states_is_the_best_one():
    """The probability from which a further state is named separates named from unnamed ones where that is possible."""
    labels = ("angry", "anxious", "calm")
    examples = [Example("", "unclear", "angry", ("anxious",))] * 5 + [Example("", "unclear", "angry")] * 5
    probabilities = np.array([[0.6, 0.35, 0.05]] * 5 + [[0.7, 0.2, 0.1]] * 5)
    assert 0.2 < classifier._also_threshold(probabilities, labels, examples) <= 0.35
