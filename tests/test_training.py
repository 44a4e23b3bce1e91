"""Training from files: the shipped model can be rebuilt, and test messages never reach training."""

import hashlib
import json

import numpy as np
import pytest
from conftest import TOY

from temperament import model
from temperament.datasets import Example, without_leaks
from temperament.errors import InputError, TrainingError
from temperament.training import train_model

ROOT = model.find("default").parent.parent


def quiet(zh: str, en: str) -> None:
    """Swallow the report."""


def test_messages_of_the_test_part_are_left_out_of_training():
    """A training message that stands in a test file, however folded, is left out."""
    train = [Example("請退款！", "unclear", "calm"), Example("好的", "unclear", "calm")]
    test = [Example("请退款!", "unclear", "angry")]
    from temperament.training import _key

    assert without_leaks(train, test, _key) == train[1:]


def test_the_shipped_model_is_rebuilt_to_the_same_numbers(shared, tmp_path):
    """Training on data/ and the joined public labels gives the shipped weights and scores."""
    labels = shared / "labels"
    tests = [labels / "real_dev.jsonl", ROOT / "data" / "corpus" / "test.jsonl"]
    train_model(
        [ROOT / "data" / "corpus" / "train.jsonl", labels / "real_train.jsonl"], tests, tmp_path / "default", quiet
    )
    shipped, rebuilt = model.load("default"), model.load(str(tmp_path / "default"))
    assert (shipped.vocabulary.keys == rebuilt.vocabulary.keys).all()
    assert np.allclose(shipped.weights, rebuilt.weights, atol=1e-4)
    for name in ("real_dev.jsonl", "test.jsonl"):
        for head in ("temperament", "state"):
            for measure in ("macro_f1", "accuracy", "calibration_error"):
                old, new = (one.scores["tests"][name][head][measure] for one in (shipped, rebuilt))
                assert new == pytest.approx(old, abs=1e-6), (name, head, measure)


def test_the_shipped_model_meets_its_marks():
    """The shipped card reports at least macro-F1 0.45 (temperament) and 0.50 (state) on real messages never trained on."""
    scores = model.load("default").scores["tests"]["real_dev.jsonl"]
    assert scores["messages"] == 397
    assert scores["temperament"]["macro_f1"] >= 0.45
    assert scores["state"]["macro_f1"] >= 0.50


def test_the_shipped_scores_are_true(shared):
    """Reading real_dev again gives the scores that the shipped model states."""
    from temperament.datasets import read_examples
    from temperament.evaluate import evaluate
    from temperament.reader import Classifier

    classifier = Classifier.load("default")
    gold = read_examples(shared / "labels" / "real_dev.jsonl")
    report = evaluate(gold, classifier.classify_many([one.text for one in gold], explain=False))
    stated = classifier.model.scores["tests"]["real_dev.jsonl"]
    for head in ("temperament", "state"):
        assert getattr(report, head).macro_f1 == pytest.approx(stated[head]["macro_f1"], abs=1e-9)


def test_no_development_message_was_trained_on():
    """The files the shipped model names as its training data do not include real_dev."""
    names = [one["name"] for one in model.load("default").training["files"]]
    assert names == ["train.jsonl", "real_train.jsonl"]
    assert json.loads((model.find("default") / "model.json").read_text("utf-8"))["name"] == "default"


def write(path, examples):
    """Write labelled messages as JSON lines."""
    rows = [
        {"text": one.text, "temperament": one.temperament, "state": one.state, "also": one.also} for one in examples
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model trained from two files, scored on a third that shares two messages with them."""
    folder = tmp_path_factory.mktemp("training")
    extra = [
        Example("什么时候能到货", "unclear", "calm"),
        Example("立刻给我退款！！！！！今天必须到账，少废话!", "choleric", "angry"),
    ]
    files = [write(folder / "一.jsonl", TOY), write(folder / "二.jsonl", extra)]
    held_out = [extra[0], Example("气死我了!!什么破玩意!!", "choleric", "angry")]
    told = []
    card = train_model(
        files, [write(folder / "测试.jsonl", held_out)], folder / "我的模型", lambda zh, en: told.append((zh, en))
    )
    return folder, files, card, told


def test_the_folder_holds_the_model_and_its_card(trained):
    """The card that is returned is the card that is written; the model is named after its folder."""
    folder, _, card, _ = trained
    assert (folder / "我的模型" / "MODEL_CARD.md").read_text(encoding="utf-8") == card
    assert model.load(str(folder / "我的模型")).name == "我的模型"


def test_facts_about_the_training_data(trained):
    """File names, hashes, counts and versions can be checked."""
    folder, files, _, _ = trained
    facts = model.load(str(folder / "我的模型")).training
    assert [one["name"] for one in facts["files"]] == ["一.jsonl", "二.jsonl"]
    assert [one["sha256"] for one in facts["files"]] == [hashlib.sha256(one.read_bytes()).hexdigest() for one in files]
    assert [one["messages"] for one in facts["files"]] == [60, 2]
    assert set(facts) >= {"temperament", "scikit_learn", "seed"}


def test_messages_of_test_files_are_left_out(trained):
    """Two training messages fold to test messages: they are left out, and that is told and recorded."""
    folder, _, _, told = trained
    facts = model.load(str(folder / "我的模型")).training
    assert (facts["left_out_as_test"], facts["messages"]) == (2, 60)
    assert told[0][0].startswith("有 2 条训练消息也在测试文件里")
    assert told[0][1].startswith("2 training messages also stand in a test file")


def test_scores_on_the_test_file(trained):
    """The report of the test file is saved with the model and shown in the card."""
    folder, _, card, _ = trained
    scores = model.load(str(folder / "我的模型")).scores
    assert scores["tests"]["测试.jsonl"]["messages"] == 2
    assert "### 测试.jsonl (2 messages, never trained on)" in card


def test_the_last_word_is_where_the_model_is(trained):
    """The report ends with the folder."""
    folder, _, _, told = trained
    assert told[-1] == (f"模型已写到 {folder / '我的模型'}", f"model written to {folder / '我的模型'}")


def test_without_test_files(tmp_path):
    """No test files, no test scores."""
    card = train_model([write(tmp_path / "a.jsonl", TOY)], [], tmp_path / "m", quiet)
    assert "never trained on" not in card
    assert model.load(str(tmp_path / "m")).scores["tests"] == {}


def test_too_little_data_leaves_no_folder(tmp_path):
    """A refused training writes nothing."""
    with pytest.raises(TrainingError, match="temperament"):
        train_model([write(tmp_path / "a.jsonl", TOY[:3])], [], tmp_path / "m", quiet)
    assert not (tmp_path / "m").exists()


def test_a_missing_file_is_named(tmp_path):
    """A file that is not there stops the training before it starts."""
    with pytest.raises(InputError, match=r"没有\.jsonl"):
        train_model([tmp_path / "没有.jsonl"], [], tmp_path / "m", quiet)


def test_a_file_in_place_of_the_output_folder(tmp_path):
    """An output that cannot be a folder is said before the minutes of training."""
    data = write(tmp_path / "a.jsonl", TOY)
    with pytest.raises(InputError, match=r"a\.jsonl"):
        train_model([data], [], data, quiet)
