"""The contract of a reading, for every text there is."""

from dataclasses import FrozenInstanceError, replace

import pytest
from conftest import TOY
from hypothesis import given
from hypothesis import strategies as st

from temperament import model
from temperament.card import model_card
from temperament.classifier import train
from temperament.errors import UsageError
from temperament.labels import HEADS, LABELS, NEUTRAL
from temperament.reader import Classifier, unreadable

MESSAGES = [example.text for example in TOY[::4]] + [
    "",
    "好",
    "😀😀",
    "hello world",
    "服務(wù)態度太差了！！！！！！",
    "@某某客服 \u200b 说好三天到\ud800，第九天了\x00！",
]
anything = st.text(st.characters()) | st.text(
    st.sampled_from("立刻退款不急没关系哈亲第一二，。！？! \n\ud800\x00\u200b@(wù)務㎏𠮷👍a1の")
)


def probabilities(reading, head):
    """Return the probabilities of one head."""
    return getattr(reading, f"{head}_probabilities")


def hold_contract(reading, text):
    """Check all that is promised of any reading."""
    assert reading.text == text
    for head in HEADS:
        table, label = probabilities(reading, head), getattr(reading, head)
        assert list(table) == list(LABELS[head])
        assert all(0 <= chance <= 1 for chance in table.values())
        assert sum(table.values()) == pytest.approx(1, abs=1e-9)
        assert reading.confidence[head] in {"high", "medium", "low"}
        if reading.reason is None:
            assert table[label] == max(table.values())
        else:
            assert label == NEUTRAL[head]
            assert reading.confidence[head] == "low"
    assert list(reading.confidence) == list(HEADS)
    assert reading.reason in {None, "empty", "symbols_only", "not_chinese", "too_short"}
    assert not {reading.state, "calm"} & set(reading.also)
    for piece in reading.evidence:
        assert 0 <= piece.start < piece.end <= len(text)
        assert piece.text == text[piece.start : piece.end]
        assert piece.label in {reading.temperament, reading.state} - {"unclear", "calm"}
        assert piece.weight > 0


@given(anything)
def test_any_text_gets_a_reading(toy, text):
    """No text raises, none is lost, and every reading holds the contract."""
    hold_contract(toy.classify(text), text)


@given(st.lists(anything, max_size=5))
def test_any_list_gets_its_readings(toy, texts):
    """As many readings as texts, in their order."""
    assert [reading.text for reading in toy.classify_many(texts, explain=False)] == texts


@pytest.mark.parametrize("message", MESSAGES)
def test_the_shipped_model_holds_the_contract(default, message):
    """The shipped model keeps the same promises."""
    hold_contract(default.classify(message), message)


def test_the_shipped_model_on_real_messages(default, real_messages):
    """On 1,000 real messages nothing is lost, and all hold the contract."""
    readings = default.classify_many(real_messages[:1000])
    assert len(readings) == 1000
    for reading, message in zip(readings, real_messages, strict=False):
        hold_contract(reading, message)


@pytest.mark.parametrize("explain", [True, False])
def test_one_by_one_equals_batched(default, explain):
    """Reading one, many, or many in another order gives the very same readings."""
    many = default.classify_many(MESSAGES, explain=explain)
    assert [default.classify_many([message], explain=explain)[0] for message in MESSAGES] == many
    assert default.classify_many(MESSAGES[::-1], explain=explain)[::-1] == many
    if explain:
        assert [default.classify(message) for message in MESSAGES] == many


def test_without_explanation_only_the_evidence_is_missing(default):
    """``explain=False`` changes nothing else."""
    explained = default.classify_many(MESSAGES)
    assert any(reading.evidence for reading in explained)
    bare = [replace(reading, evidence=()) for reading in explained]
    assert default.classify_many(MESSAGES, explain=False) == bare


@pytest.mark.parametrize("texts", [[], ()])
def test_no_texts_give_no_readings(toy, texts):
    """An empty sequence gives an empty list."""
    assert toy.classify_many(texts) == []


def test_a_tuple_is_as_good_as_a_list(toy):
    """Any sequence of strings will do."""
    assert toy.classify_many(tuple(MESSAGES)) == toy.classify_many(MESSAGES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \t\n\u3000\xa0", "empty"),
        ("\x00\x00", "empty"),
        ("\ud800", "empty"),
        ("\u200b\ufeff", "empty"),
        ("😀😀👍🏽👨‍👩‍👧", "symbols_only"),
        ("！！！？？？……", "symbols_only"),
        ("13800138000", "symbols_only"),
        ("１２３ 45.6%", "symbols_only"),
        ("Where is my parcel?", "not_chinese"),
        ("ＯＫ", "not_chinese"),
        ("荷物はまだ届いていません", "not_chinese"),
        ("언제 도착하나요", "not_chinese"),
        ("Где моя посылка", "not_chinese"),
        ("please 快 help me with this order", "not_chinese"),
        ("快递 where is my parcel", None),
        ("快递 where is my new parcel", "not_chinese"),
        ("快递アプリ", "not_chinese"),
        ("我在用アプリ", None),
        ("好", "too_short"),
        ("A座", "too_short"),
        ("哦！", "too_short"),
        ("好的", None),
        ("𠮷野", None),
        ("订单ABC还没到", None),
        ("退款\ud800退款\x00", None),
    ],
)
def test_what_cannot_be_read_says_why(toy, text, reason):
    """Such texts give unclear and calm, a reason, low confidence, base rates and no evidence."""
    reading = toy.classify(text)
    hold_contract(reading, text)
    assert reading.reason == reason
    if reason:
        assert (reading.temperament, reading.state) == ("unclear", "calm")
        assert reading.also == ()
        assert reading.evidence == ()
        assert all(probabilities(reading, head) == toy.model.base_rates(head) for head in HEADS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("नमस्ते", "not_chinese"), ("שלום", "not_chinese"), ("καλημέρα", "not_chinese"), ("÷×÷", "symbols_only")],
)
def test_other_scripts_are_letters(text, reason):
    """symbols_only means: no letter of any script."""
    assert unreadable(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "好" * 100_000,
        "说好三天到，第九天了！到底管不管？！" * 5_600,
        "立刻退款。\n" * 20_000,
        "👍" * 100_000,
        "hello " * 20_000,
        "\ud800" * 100_000,
    ],
    ids=["one character", "one sentence", "lines", "emoji", "English", "surrogates"],
)
def test_very_long_texts(default, text):
    """100,000 characters are read like any other text."""
    hold_contract(default.classify(text), text)


@pytest.mark.parametrize("message", MESSAGES[:15])
def test_deleting_evidence_lowers_the_label_by_its_weight(toy, message):
    """The weight of a piece is the fall of the label's probability without it."""
    reading = toy.classify(message)
    for piece in reading.evidence:
        head = "temperament" if piece.label in LABELS["temperament"] else "state"
        again = toy.classify_many([message[: piece.start] + message[piece.end :]], explain=False)[0]
        fall = probabilities(reading, head)[piece.label] - probabilities(again, head)[piece.label]
        assert fall == pytest.approx(piece.weight, abs=1e-3)


def test_deletion_on_real_messages(default, real_messages):
    """The same for every piece of evidence in 300 real messages."""
    readings = default.classify_many(real_messages[:300])
    pieces = [(reading, piece) for reading in readings for piece in reading.evidence]
    shortened = [reading.text[: piece.start] + reading.text[piece.end :] for reading, piece in pieces]
    assert len(pieces) > 100
    for (reading, piece), again in zip(pieces, default.classify_many(shortened, explain=False), strict=True):
        head = "temperament" if piece.label in LABELS["temperament"] else "state"
        fall = probabilities(reading, head)[piece.label] - probabilities(again, head)[piece.label]
        assert fall == pytest.approx(piece.weight, abs=1e-3)


def test_readings_of_clear_messages(toy):
    """The toy model reads the cells it was shown, so that the tests above test something."""
    found = toy.classify_many([example.text for example in TOY], explain=False)
    right = [
        (one.temperament, one.state) == (gold.temperament, gold.state) for one, gold in zip(found, TOY, strict=True)
    ]
    assert sum(right) > 50


@pytest.mark.parametrize("wrong", [None, 5, 1.5, b"\xe5\xa5\xbd", ["你好"], {"text": "你好"}])
def test_what_is_no_string_is_refused(toy, wrong):
    """Missing values and bytes are told apart from texts, with their place."""
    with pytest.raises(UsageError, match=r".") as caught:
        toy.classify(wrong)
    assert type(wrong).__name__ in caught.value.en
    with pytest.raises(UsageError, match=r".") as caught:
        toy.classify_many(["你好", wrong])
    assert "第 2 条" in caught.value.zh
    assert "Item 2" in caught.value.en


def test_one_string_is_no_list(toy):
    """A string given to classify_many is not read letter by letter."""
    with pytest.raises(UsageError, match="classify_many"):
        toy.classify_many("你好")


@pytest.mark.parametrize("wrong", [None, 5])
def test_what_is_no_list_is_refused(toy, wrong):
    """Everything else in place of a list is a UsageError as well."""
    with pytest.raises(UsageError, match="classify_many"):
        toy.classify_many(wrong)


def test_a_reading_is_frozen(toy):
    """Nobody changes a result by accident."""
    with pytest.raises(FrozenInstanceError, match="state"):
        toy.classify("你好吗").state = "angry"


def test_bands_follow_the_thresholds(toy):
    """A band is high at or above its threshold, medium at or above its own, else low."""
    bands = toy.model.heads["state"].bands
    for reading in toy.classify_many([example.text for example in TOY], explain=False):
        chance = reading.state_probabilities[reading.state]
        expected = "high" if chance >= bands["high"] else "medium" if chance >= bands["medium"] else "low"
        assert reading.confidence["state"] == expected


def test_further_states_are_those_over_the_threshold(toy_model):
    """``also`` names every other state from the threshold on, the likeliest first, never calm."""
    eager = Classifier(replace(toy_model, also_threshold=0.05))
    named = 0
    for reading in eager.classify_many([example.text for example in TOY], explain=False):
        table = reading.state_probabilities
        expected = [label for label in table if table[label] >= 0.05 and label not in {"calm", reading.state}]
        assert list(reading.also) == sorted(expected, key=table.get, reverse=True)
        named += len(expected)
    assert named


def test_load_reads_own_folders_by_path(toy, toy_folder):
    """A path, as text or as Path, loads that folder; the reading names the model."""
    for name in (str(toy_folder), toy_folder):
        loaded = Classifier.load(name)
        assert loaded.classify(MESSAGES[0]) == toy.classify(MESSAGES[0])
        assert loaded.classify(MESSAGES[0]).model == "toy"


def test_a_retrained_model_changes_the_answers(toy_model, tmp_path):
    """After training into the same folder, loading it gives the new model (requirements 1.3)."""
    model.save(toy_model, tmp_path, model_card(toy_model))
    before = Classifier.load(str(tmp_path)).classify("立刻退款！")
    other = train([replace(example, state="calm" if n % 2 else "angry") for n, example in enumerate(TOY)], "other")
    model.save(other, tmp_path, model_card(other))
    after = Classifier.load(str(tmp_path)).classify("立刻退款！")
    assert (before.model, after.model) == ("toy", "other")
