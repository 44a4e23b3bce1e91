"""The compact encoder: a tiny real network in a real folder, and the shipped one where it is there."""

import hashlib
import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from conftest import CONTEXT, MARKS, TOY

from temperament import encoder, model
from temperament.errors import ModelError
from temperament.labels import FEELINGS, HEADS, LABELS
from temperament.reader import Classifier
from temperament.text import fold

MESSAGES = [
    *(example.text for example in TOY[::3]),
    "",
    "好",
    "囍囍囍",
    "立刻给我退款！\n今天必须到账\n少废话",
    "立刻退款，马上处理。" * 60,
    "hello",
]
FOLDED = [fold(text).text for text in MESSAGES]


class Network:
    """A network that notes the tokens it is asked to read."""

    def __init__(self, network):
        """Take the real one."""
        self.network, self.shapes = network, []

    def run(self, names, inputs):
        """Answer as the real one does."""
        self.shapes.append(inputs["ids"].shape)
        return self.network.run(names, inputs)


def by_hand(tiny_model, table, text):
    """Return the network's scores of one text without onnxruntime, windows or batches."""
    start, end = MARKS.index("<s>"), MARKS.index("</s>")
    ids = tiny_model.tokenizer.encode(text.replace("\n", " ")).ids
    windows = [ids[at : at + 254] for at in range(0, max(len(ids), 1), 254)]
    if len(windows) > 8:
        windows = windows[:4] + windows[-4:]
    rows = []
    for window in windows:
        own = table[[start, *window, end]].astype(float)
        rows.extend(own + CONTEXT * own.mean(axis=0))
    return np.mean(rows, axis=0)


@pytest.mark.parametrize("text", FOLDED + ["一" * 254, "你们" * 600, "退款,快点!" * 4000])
def test_scores_by_hand(tiny_model, tiny_table, text):
    """The score of a text is the mean over its tokens, marks included, of all the windows that count."""
    np.testing.assert_allclose(tiny_model.meanings([text])[0], by_hand(tiny_model, tiny_table, text), rtol=0, atol=1e-4)


def test_scores_are_blended(tiny_model):
    """The network's share is ``blend``, the linear model's is the rest; at 0 and 1 one of them speaks alone."""
    network, linear = tiny_model.meanings(FOLDED), tiny_model.linear.outputs(FOLDED)
    for blend in (0.0, 0.25, 1.0):
        found = replace(tiny_model, blend=blend).outputs(FOLDED)
        np.testing.assert_allclose(found, blend * network + (1 - blend) * linear, rtol=0, atol=1e-9)


def test_probabilities_are_those_of_the_scores(tiny_model):
    """Scores become tables as in every kind of model."""
    tables = tiny_model.probabilities(FOLDED)
    expected = model.tables(tiny_model.outputs(FOLDED), tiny_model.heads, tiny_model.presence)
    assert list(tables) == [*HEADS, "present"]
    for name, table in tables.items():
        np.testing.assert_array_equal(table, expected[name])
    for head in HEADS:
        np.testing.assert_allclose(tables[head].sum(axis=1), 1, atol=1e-9)


def test_one_by_one_equals_batched(tiny):
    """Padding and order change nothing: the same labels, bands and reasons, probabilities to 1e-5."""
    together = tiny.classify_many(MESSAGES, explain=False)
    for alone, one in zip(map(one_alone(tiny), MESSAGES), together, strict=True):
        same(alone, one)
    for turned, one in zip(tiny.classify_many(MESSAGES[::-1], explain=False)[::-1], together, strict=True):
        same(turned, one)


def one_alone(classifier):
    """Return a function that reads one text by itself."""
    return lambda text: classifier.classify_many([text], explain=False)[0]


def same(one, other, tolerance=1e-5):
    """Check that two readings say the same."""
    for name in ("text", "temperament", "state", "also", "reason", "confidence", "model"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("temperament_probabilities", "state_probabilities", "present_probabilities"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=tolerance)


def test_texts_of_like_length_share_a_run(tiny_model):
    """A batch has at most 2,048 tokens with its padding, and many short texts go together."""
    network = Network(tiny_model.network)
    texts = [fold(example.text).text for example in TOY] * 5 + ["你们" * 300] * 3
    replace(tiny_model, network=network).meanings(texts)
    assert all(rows * tokens <= 2048 for rows, tokens in network.shapes)
    assert sum(rows for rows, _ in network.shapes) >= len(texts)
    assert len(network.shapes) < len(texts) / 5


def test_no_texts(tiny, tiny_model):
    """An empty list is answered with no rows, and the network is not asked."""
    network = Network(tiny_model.network)
    tables = replace(tiny_model, network=network).probabilities([])
    assert {name: table.shape for name, table in tables.items()} == {
        "temperament": (0, 5),
        "state": (0, 5),
        "present": (0, 4),
    }
    assert network.shapes == []
    assert tiny.classify_many([]) == []


@pytest.mark.parametrize(
    ("count", "windows"),
    [
        (0, [(0, 0)]),
        (1, [(0, 1)]),
        (254, [(0, 254)]),
        (255, [(0, 254), (254, 1)]),
        (600, [(0, 254), (254, 254), (508, 92)]),
        (2032, [(at * 254, 254) for at in range(8)]),
        (2033, [(at * 254, 254) for at in (0, 1, 2, 3, 5, 6, 7)] + [(2032, 1)]),
        (100_000, [(at * 254, 254) for at in (0, 1, 2, 3, 390, 391, 392)] + [(393 * 254, 100_000 - 393 * 254)]),
    ],
)
def test_windows(count, windows):
    """Windows of 254 tokens cover a text; of more than eight the first and the last four count."""
    ids = list(range(count))
    found = encoder._windows(ids)
    assert [(start, len(part)) for start, part in found] == windows
    assert all(part == ids[start : start + len(part)] for start, part in found)


@pytest.mark.parametrize(
    "text",
    [
        "好坏" * 50_000,
        "立刻给我退款！今天必须到账，少废话！" * 5_600,
        "囍喆" * 50_000,
        "退款。\n" * 25_000,
        "a的" * 50_000,
    ],
    ids=["two characters", "one sentence", "unknown", "lines", "mixed"],
)
def test_long_texts_take_bounded_time(tiny, tiny_model, text):
    """100,000 characters cost the network no more than eight windows, and seconds at most."""
    network = Network(tiny_model.network)
    begun = time.perf_counter()
    (reading,) = Classifier(replace(tiny_model, network=network)).classify_many([text])
    assert time.perf_counter() - begun < 20
    assert sum(rows * tokens for rows, tokens in network.shapes) <= 8 * 256
    assert reading.text == text
    assert reading.evidence == ()


def test_saved_and_loaded(tiny_model, tiny_folder):
    """The folder holds its parts and nothing else; what is loaded knows itself."""
    names = ["MODEL_CARD.md", "encoder.onnx", "model.json", "tokenizer.json", "weights.npz"]
    assert sorted(path.name for path in tiny_folder.iterdir()) == names
    facts = json.loads((tiny_folder / "model.json").read_text(encoding="utf-8"))
    assert (facts["kind"], facts["format"]) == ("temperament-encoder", encoder.FORMAT)
    assert sorted(facts["files"]) == sorted(encoder.PARTS)
    assert (tiny_model.name, tiny_model.blend) == ("tiny", 0.5)
    assert all(tiny_model.heads[head].labels == LABELS[head] for head in HEADS)
    assert tiny_model.training["messages"] == len(TOY)
    assert set(tiny_model.scores) == set(HEADS)


def test_a_classifier_loads_either_kind(tiny_folder, toy_folder):
    """A folder says what it is; the reading names the model."""
    assert isinstance(Classifier.load(str(tiny_folder)).model, encoder.EncoderModel)
    assert isinstance(Classifier.load(str(toy_folder)).model, model.Model)
    assert Classifier.load(tiny_folder).classify("你们凭什么！！").model == "tiny"


def test_base_rates(tiny_model, toy_model):
    """Those of the training data, as in the linear model."""
    for head in HEADS:
        assert tiny_model.base_rates(head) == toy_model.base_rates(head)


def test_the_tiny_model_reads_what_it_was_shown(tiny):
    """It reads most of TOY, so that the tests above test something."""
    found = tiny.classify_many([example.text for example in TOY], explain=False)
    for head in HEADS:
        right = [getattr(one, head) == getattr(gold, head) for one, gold in zip(found, TOY, strict=True)]
        assert sum(right) > 45


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("text", FOLDED[:4] + ["一,二!" * 300])
def test_pushes_add_up(tiny_model, head, text):
    """With the network alone, pushes and marks are the label's score against the mean of its head."""
    alone = replace(tiny_model, blend=1.0)
    scores = alone.outputs([text])[0]
    places = [model.column(tiny_model.heads, head, label) for label in LABELS[head]]
    encoding = tiny_model.tokenizer.encode(text)
    windows = encoder._windows(encoding.ids)
    for label, place in zip(LABELS[head], places, strict=True):
        marks = 0.0
        for _, ids in windows:
            _, tokens, _ = tiny_model._ask([(0, ids)])
            gains = tokens[0, :, place] - tokens[0][:, places].mean(axis=1)
            marks += gains[0] + gains[-1]
        expected = scores[place] - scores[places].mean() - marks / sum(len(ids) + 2 for _, ids in windows)
        found = alone.pushes([(text, head, label)])[0]
        assert found.shape == (len(text),)
        assert found.sum() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("head", HEADS)
def test_pushes_explain_no_label_over_all(tiny_model, head):
    """What pushes every label alike explains none: over the labels of a head the pushes sum to nothing."""
    total = sum(tiny_model.pushes([(FOLDED[0], head, label)])[0] for label in LABELS[head])
    assert np.allclose(total, 0, atol=1e-5)


def test_pushes_are_blended(tiny_model):
    """At blend 0 they are the linear model's."""
    found = replace(tiny_model, blend=0.0).pushes([(FOLDED[0], "state", "angry")])[0]
    np.testing.assert_allclose(found, tiny_model.linear.pushes([(FOLDED[0], "state", "angry")])[0], atol=1e-9)


@pytest.mark.parametrize("text", ["", "囍囍", "\n", "a b\nc"])
def test_pushes_of_odd_texts(tiny_model, text):
    """Every character has its push, also where there is none or none is known."""
    found = tiny_model.pushes([(text, "state", "angry")])[0]
    assert found.shape == (len(text),)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("message", MESSAGES[:20])
def test_deleting_evidence_lowers_the_label_by_its_weight(tiny, message):
    """The weight of a piece is the fall of the label's probability without it."""
    reading = tiny.classify(message)
    for piece in reading.evidence:
        name = "temperament" if piece.label in LABELS["temperament"] else "state"
        assert piece.text == message[piece.start : piece.end]
        (again,) = tiny.classify_many([message[: piece.start] + message[piece.end :]], explain=False)
        before, after = (getattr(one, f"{name}_probabilities")[piece.label] for one in (reading, again))
        assert piece.weight > 0
        assert before - after == pytest.approx(piece.weight, abs=1e-3)


def test_there_is_evidence(tiny):
    """Most labels of clear messages rest on something."""
    found = tiny.classify_many([example.text for example in TOY])
    labelled = [one for one in found if (one.temperament, one.state) != ("unclear", "calm")]
    assert len(labelled) > 40
    assert sum(bool(one.evidence) for one in labelled) > 0.9 * len(labelled)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("你们", True),
        ("囍你囍", True),
        ("囍囍", False),
        ("", False),
        ("\u2581", False),
        ("<unk>", False),
        ("囍 囍", False),
    ],
)
def test_knows_a_piece(tiny_model, text, known):
    """One known piece beside the sign of a blank is enough."""
    assert tiny_model.knows(text) is known


def test_no_cue(tiny):
    """A short text without a known piece is not read; a longer one is."""
    assert tiny.classify("囍囍").reason == "no_cue"
    assert tiny.classify("囍喆" * 6).reason == "no_cue"
    assert tiny.classify("囍喆" * 7).reason is None


def test_threads_share_a_model(tiny):
    """Four threads at once get the answers that one gets."""
    expected = [tiny.classify(message) for message in MESSAGES]
    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda _: [tiny.classify(message) for message in MESSAGES], range(8)))
    for found in rounds:
        for one, other in zip(found, expected, strict=True):
            same(one, other)
            assert [piece.text for piece in one.evidence] == [piece.text for piece in other.evidence]


@pytest.fixture
def folder(tiny_folder, tmp_path):
    """A copy of the tiny folder that a test may damage."""
    return shutil.copytree(tiny_folder, tmp_path / "encoder")


def change(folder, edit):
    """Edit the manifest of a folder."""
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    edit(facts)
    (folder / "model.json").write_text(json.dumps(facts), encoding="utf-8")


def put(folder, name, data):
    """Replace a part and make its checksum fit."""
    (folder / name).write_bytes(data)
    change(folder, lambda facts: facts["files"].update({name: hashlib.sha256(data).hexdigest()}))


def refuse(folder, zh, en):
    """Load and expect a ModelError in both languages."""
    with pytest.raises(ModelError, match=r".") as caught:
        encoder.load(folder)
    assert zh in caught.value.zh
    assert en in caught.value.en
    assert str(folder) in caught.value.en
    with pytest.raises(ModelError, match=r"."):
        Classifier.load(str(folder))


@pytest.mark.parametrize("name", encoder.PARTS)
def test_a_missing_part(folder, name):
    """The file that is not there is named."""
    (folder / name).unlink()
    refuse(folder, f"读不了 {name}", f"{name} cannot be read")


@pytest.mark.parametrize("name", encoder.PARTS)
def test_a_changed_part(folder, name):
    """One flipped byte is noticed before the file is opened."""
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    refuse(folder, f"{name} 与 model.json 里的校验和不符", f"{name} does not match its checksum")


@pytest.mark.parametrize("name", encoder.PARTS)
@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"[]", b'{"model": {}}'])
def test_a_part_that_is_something_else(folder, name, data):
    """Although the checksum is right, what is no network, tokenizer or array file is damage."""
    put(folder, name, data)
    refuse(folder, "内容不对", "its content is wrong")


def test_half_a_part(folder):
    """So is the first half of the real one."""
    for name in encoder.PARTS:
        data = (folder / name).read_bytes()
        put(folder, name, data[: len(data) // 2])
        refuse(folder, "已损坏", "is damaged")
        put(folder, name, data)
    assert encoder.load(folder).name == "tiny"


@pytest.mark.parametrize("key", ["name", "heads", "presence", "blend", "training", "scores"])
def test_a_manifest_without_a_key(folder, key):
    """Every key that is used is needed, and the message names the one that is missing."""
    change(folder, lambda facts: facts.pop(key))
    refuse(folder, key, key)


@pytest.mark.parametrize("files", [None, {}, {"encoder.onnx": "0" * 64}])
def test_a_manifest_without_checksums(folder, files):
    """Without its checksum no part is opened."""
    change(folder, lambda facts: facts.update(files=files))
    refuse(folder, "校验和不符", "does not match its checksum")


@pytest.mark.parametrize("blend", ["half", None, float("nan"), -0.5, 1.5])
def test_a_blend_that_makes_no_sense(folder, blend):
    """The network's share lies between 0 and 1."""
    change(folder, lambda facts: facts.update(blend=blend))
    refuse(folder, "已损坏", "is damaged")


@pytest.mark.parametrize("found", [0, 2, True, "1", None])
def test_another_format(folder, found):
    """A format of another version is refused with the way out."""
    change(folder, lambda facts: facts.update(format=found))
    refuse(folder, f"模型格式是 {found}，本版本只认 1", f"has model format {found}; this version reads 1")


def test_other_text_rules(folder):
    """An encoder trained with other folding would misread, too."""
    change(folder, lambda facts: facts.update(text_version=0))
    refuse(folder, "文本规则第 0 版", "trained with text rules 0")


def test_labels_in_another_order(folder):
    """The outputs of a network are those of the codebook, in its order."""

    def turn(facts):
        state = facts["heads"]["state"]
        state["labels"].reverse()
        state["shifts"].reverse()

    change(folder, turn)
    refuse(folder, "已损坏", "is damaged")


def test_a_network_with_other_outputs(folder, tiny_network):
    """A network that gives fewer scores than there are labels does not fit."""
    onnx = pytest.importorskip("onnx")
    made = onnx.load_from_string(tiny_network)
    table = made.graph.initializer[0]
    values = onnx.numpy_helper.to_array(table)[:, :-1]
    table.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(values), table.name))
    made.graph.output[0].type.tensor_type.shape.dim[2].dim_value = values.shape[1]
    put(folder, encoder.NETWORK, made.SerializeToString())
    refuse(folder, "内容不对", "13 outputs for 14 labels")


def test_the_fast_models_loader_refuses_an_encoder(tiny_folder):
    """``model.load`` reads linear models alone and says so."""
    with pytest.raises(ModelError, match="temperament-linear"):
        model.load(str(tiny_folder))


def test_without_the_extra(tiny_folder, monkeypatch):
    """Both packages, the command that installs them and the other way out are named."""
    monkeypatch.setattr(encoder, "installed", lambda: False)
    with pytest.raises(ModelError, match=r"pip install 'temperament\[semantic\]'") as caught:
        encoder.load(tiny_folder)
    for message in (caught.value.zh, caught.value.en):
        for words in ("tiny", "onnxruntime", "tokenizers", "pip install 'temperament[semantic]'", "--model default"):
            assert words in message
    assert caught.value.exit_code == 3


CLEAR = [
    ("你们说好三天到，现在第九天了！打电话没人接，到底管不管？！气死我了！！", "state", "angry"),
    ("垃圾商家！！气死我了！！再也不来了！！！", "state", "angry"),
    ("我被你们的规则绕晕了，完全搞不懂到底该怎么操作，不知道该问谁", "state", "confused"),
    ("麻烦快一点好吗，孩子明天就要用，我好着急，怕来不及了", "state", "anxious"),
    ("呵呵，就这水平还敢开店，真是长见识了，佩服佩服", "state", "difficult"),
    ("请问这个有蓝色的吗", "state", "calm"),
    ("质量不错，物流也很快，谢谢", "state", "calm"),
    ("立刻给我退款！今天之内必须到账，叫你们经理给我打电话！", "temperament", "choleric"),
    ("哈哈哈这外卖小哥怕不是骑着蜗牛来的吧，我的面都变成面饼啦嘿嘿", "temperament", "sanguine"),
    ("没关系的，不着急，您什么时候方便什么时候处理都行，辛苦了", "temperament", "phlegmatic"),
    (
        "第一，包装没有封口；第二，说明书缺页；第三，颜色与图片不符。做企业应该讲诚信，太让人失望了",
        "temperament",
        "melancholic",
    ),
    ("请问几点关门", "temperament", "unclear"),
]


def test_the_shipped_encoder_reads_clear_messages(semantic):
    """Messages that nobody would read otherwise."""
    readings = semantic.classify_many([text for text, _, _ in CLEAR], explain=False)
    wrong = [
        (text, label, getattr(reading, head))
        for (text, head, label), reading in zip(CLEAR, readings, strict=True)
        if getattr(reading, head) != label
    ]
    assert wrong == []


def test_the_shipped_encoder_one_by_one_equals_batched(semantic):
    """Probabilities to 1e-3, however messages are put together."""
    together = semantic.classify_many(MESSAGES)
    for message, one in zip(MESSAGES, together, strict=True):
        alone = semantic.classify(message)
        for name in ("temperament_probabilities", "state_probabilities", "present_probabilities"):
            assert getattr(alone, name) == pytest.approx(getattr(one, name), abs=1e-3)
        assert (alone.temperament, alone.state, alone.reason) == (one.temperament, one.state, one.reason)


def test_the_shipped_encoder_explains_itself(semantic):
    """Every piece of evidence lowers its label when it is deleted, by its weight to 1e-3."""
    pieces = 0
    for text, _, _ in CLEAR:
        reading = semantic.classify(text)
        for piece in reading.evidence:
            name = "temperament" if piece.label in LABELS["temperament"] else "state"
            (again,) = semantic.classify_many([text[: piece.start] + text[piece.end :]], explain=False)
            before, after = (getattr(one, f"{name}_probabilities")[piece.label] for one in (reading, again))
            assert before - after == pytest.approx(piece.weight, abs=2e-3)
            pieces += 1
    assert pieces >= 9


@pytest.mark.parametrize("name", ["default", "semantic"])
def test_shipped_models_bear_the_name_of_their_folder(name):
    """The name in the answer is the one to ask for."""
    facts = json.loads((model.find(name) / model.MANIFEST).read_text(encoding="utf-8"))
    assert facts["name"] == name
    assert (model.find(name) / model.CARD).read_text(encoding="utf-8").startswith(f"# Model card: {name}\n")


def test_the_shipped_encoder_is_small(semantic):
    """All of its folder takes at most 35 MB."""
    assert sum(path.stat().st_size for path in model.find("semantic").iterdir()) <= 35e6


def test_the_shipped_encoder_meets_its_marks(semantic):
    """Its card states scores no worse than it was shipped with, on messages it was never trained on.

    Asked for were 0.63 / 0.67 on the real messages; 0.57 / 0.69 were reached.
    """
    tests = semantic.model.scores["tests"]
    for name, temperament, state in (("real_dev.jsonl", 0.55, 0.67), ("test.jsonl", 0.80, 0.85)):
        assert tests[name]["temperament"]["macro_f1"] >= temperament
        assert tests[name]["state"]["macro_f1"] >= state


def test_the_shipped_encoder_says_who_is_present(semantic):
    """A second feeling has its own probability."""
    reading = semantic.classify(
        "你们说好三天到，现在第九天了！！气死我了！！孩子明天就要用，我怕来不及了，能不能快点啊"
    )
    assert set(reading.present_probabilities) == set(FEELINGS)
    assert reading.present_probabilities["anxious"] > 0.1
    assert reading.present_probabilities["confused"] < 0.3
