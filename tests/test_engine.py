"""The fast engine gives what scikit-learn and the slow rules give: for every text, in every company."""

import json
import pickle
import subprocess
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax
from sklearn.feature_extraction.text import TfidfVectorizer

from temperament import guards, scoring
from temperament.features import KEY_BITS, Vocabulary, ngrams
from temperament.folding import Codes, fold_many
from temperament.guards import REASONS, unreadable
from temperament.labels import FEELINGS, HEADS, LABELS, Reading, quick_reading
from temperament.reader import Classifier
from temperament.scoring import Scorer
from temperament.tables import BANDS
from temperament.text import TRADITIONAL, fold, fold_only, words
from temperament.trie import Trie

CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"
TOLERANCE = 1e-6
ODD = (
    "立刻退款不急没关系哈亲第一二，。！？!? \n\t\r\u3000\ud800\x00\x02\x03\u200b\ufffd@@@(（)wùāḿ務着著看答覆打坏"
    "㎏ﷺİ𠮷👍👨\u200d\ufe0fa1٣の\u1680退订T自动回复您好请按"
)
PIECES = [
    "哈" * 4,
    "!" * 6,
    "@" * 4,
    "@某某客服",
    "@" + "名" * 30,
    "@" + "名" * 31 + "哈" * 5,
    "務(wù)",
    "好(xl)",
    " \n ",
    "回复td",
]
odd_texts = st.text(st.characters()) | st.lists(st.sampled_from([*ODD, *PIECES]), max_size=30).map("".join)


@pytest.fixture(scope="module")
def corpus():
    """The messages of the project's own corpus."""
    names = ("train.jsonl", "test.jsonl")
    lines = [line for name in names for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


@pytest.fixture(scope="module")
def reference(default):
    """scikit-learn's pipeline of the shipped model: its vocabulary and idf, then its weights, densely calibrated."""
    linear = default.model
    alphabet = linear.vocabulary.alphabet
    keys = linear.vocabulary.keys.tolist()
    mask = (1 << KEY_BITS) - 1
    terms = ["".join(chr(alphabet[(key >> shift & mask) - 1]) for shift in (40, 20, 0) if key >> shift) for key in keys]
    vectorizer = TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, vocabulary=terms)
    vectorizer.idf_ = linear.idf.astype(np.float64)

    def probabilities(texts):
        scores = vectorizer.transform([fold(text).text for text in texts]) @ linear.weights.astype(np.float64)
        scores += linear.intercepts
        tables, first = {}, 0
        for head in HEADS:
            learned = linear.heads[head]
            part = softmax(scores[:, first : first + len(learned.labels)] * learned.scale + learned.shifts, axis=1)
            tables[head] = part[:, [learned.labels.index(label) for label in LABELS[head]]]
            first += len(learned.labels)
        tables["present"] = expit(scores[:, first:] * linear.presence.scales + linear.presence.shifts)
        return tables

    return probabilities


def compare(default, reference, texts):
    """Hold that all probabilities of readable texts are the reference's; return how many were compared."""
    found = default.tables(texts)
    expected = reference(texts)
    readable = found.reasons == 0
    for name, table in expected.items():
        given_ = getattr(found, f"{name}_probabilities")
        assert given_.shape == table.shape
        np.testing.assert_allclose(given_[readable], table[readable], rtol=0, atol=TOLERANCE)
    return int(readable.sum())


def test_the_engine_equals_scikit_learn_on_the_corpus(default, reference, corpus):
    """All probabilities of thousands of the project's own messages."""
    assert compare(default, reference, corpus) > 2000


def test_the_engine_equals_scikit_learn_on_real_messages(default, reference, real_messages):
    """All probabilities of thousands of real messages."""
    assert compare(default, reference, real_messages) > 8000


@given(st.lists(odd_texts, min_size=20, max_size=30))
def test_the_engine_equals_scikit_learn_on_any_texts(default, reference, texts):
    """The same for odd Unicode."""
    compare(default, reference, texts)


@pytest.mark.parametrize(
    "text",
    ["好" * 100_000, "说好三天到，第九天了！到底管不管？！" * 5_600, "立刻退款。\n" * 20_000, "@客服 " * 20_000],
    ids=["one character", "one sentence", "lines", "mentions"],
)
def test_the_engine_equals_scikit_learn_on_very_long_texts(default, reference, text):
    """100,000 characters among short texts."""
    compare(default, reference, [*["太慢了", ""] * 10, text, "没关系的，不急"])


@given(st.lists(odd_texts, max_size=12))
def test_folding_together_equals_folding_alone(texts):
    """``fold_many`` gives the characters that ``fold`` gives, for any texts."""
    batch = fold_many(texts)
    assert sorted(batch.order.tolist()) == list(range(len(texts)))
    assert len(batch.kinds) == len(batch.codes.codes) == batch.codes.sizes.sum()
    found = {index: batch.codes.text(place) for place, index in enumerate(batch.order.tolist())}
    assert [found[index] for index in range(len(texts))] == [fold(text).text for text in texts]


def test_folding_together_equals_folding_alone_on_real_messages(real_messages):
    """The same for all real messages."""
    batch = fold_many(real_messages)
    for place, index in enumerate(batch.order.tolist()[:2000] + batch.order.tolist()[-500:]):
        at = place if place < 2000 else len(real_messages) - 2500 + place
        assert batch.codes.text(at) == fold(real_messages[index]).text


@given(odd_texts)
def test_folding_without_the_way_back(text):
    """``fold_only`` is the text of ``fold``."""
    assert fold_only(text) == fold(text).text


@given(st.lists(odd_texts, min_size=1, max_size=12))
def test_reasons_of_a_batch(texts):
    """The reasons of a batch are those of its texts."""
    batch = fold_many(texts)
    found = [REASONS[place] for place in guards.reasons(batch).tolist()]
    assert found == [unreadable(fold(texts[index]).text) for index in batch.order.tolist()]


@pytest.mark.parametrize("opening", ["", "【客服】", "。。", "您好，", "亲~", "【某某某某】!!您好!!"])
@pytest.mark.parametrize(
    "text",
    [
        "很高兴为您服务，请稍等",
        "尊敬的客户您好，账单已出",
        "请按1查询话费余额",
        "您的验证码是1234",
        "自动回复:我不在",
        "好消息来啦退订回td",
        "好消息来啦拒收请回复N!!",
        "此短信由系统自动发出",
        "我收到很高兴为您服务",
    ],
)
def test_reasons_of_machines_in_a_batch(opening, text):
    """No automatic message slips past the quick look at its ends."""
    one = opening + text
    (found,) = guards.reasons(fold_many([one])).tolist()
    assert REASONS[found] == unreadable(fold(one).text)


def test_traditional_characters_are_all_listed():
    """OpenCC changes no character outside the list."""
    convert = opencc.OpenCC("t2s").convert
    every = "".join(
        chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and chr(code) not in TRADITIONAL
    )
    rest = "\n".join(every)
    assert convert(rest) == rest


def test_phrases_of_listed_characters_only(tmp_path):
    """Nor does it change a phrase of its dictionary without such a character."""
    home = Path(opencc.__file__).parent / "clib"
    tool, source = home / "bin" / "opencc_dict", home / "share" / "opencc" / "TSPhrases.ocd2"
    if not (tool.is_file() and source.is_file()):
        pytest.skip("this OpenCC comes without its dictionary tool")
    target = tmp_path / "phrases.txt"
    command = [tool, "-i", source, "-o", target, "-f", "ocd2", "-t", "text"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    phrases = [line.split("\t")[0] for line in target.read_text(encoding="utf-8").splitlines()]
    convert = opencc.OpenCC("t2s").convert
    assert len(phrases) > 300
    assert [one for one in phrases if TRADITIONAL.isdisjoint(one) and convert(one) != one] == []


def test_real_messages_are_simplified_as_opencc_does(real_messages):
    """Whether OpenCC is asked or not, real messages come out the same."""
    convert = opencc.OpenCC("t2s").convert
    rest = [text for text in real_messages if TRADITIONAL.isdisjoint(text)]
    assert len(rest) > 5000
    assert [text for text in rest if convert(text) != text] == []
    assert words("打坏了")  # the segmenter is there for 著


@pytest.mark.parametrize("several", [2, 10_000])
def test_few_and_many_are_read_alike(default, corpus, monkeypatch, several):
    """With the trie or without, together or one by one: the very same numbers."""
    texts = corpus[:300] + ["", "囍囍", "自动回复：您好", "務(wù)", "hello"]
    slow = Classifier(replace(default.model))
    monkeypatch.setattr(scoring, "_WORTH_A_TRIE", 1 << 60)
    monkeypatch.setattr("temperament.reader._SEVERAL", several)
    expected = slow.tables(texts)
    assert "sums" not in vars(slow.model.scorer)
    monkeypatch.undo()
    fast = Classifier(replace(default.model))
    monkeypatch.setattr(scoring, "_WORTH_A_TRIE", 0)
    found = fast.tables(texts)
    assert "sums" in vars(fast.model.scorer)
    for name in found.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def test_order_and_company_change_nothing(default, corpus):
    """A message has the same row wherever it stands."""
    texts = corpus[:400]
    forwards, backwards = default.tables(texts), default.tables(texts[::-1])
    np.testing.assert_array_equal(forwards.state_probabilities, backwards.state_probabilities[::-1])
    np.testing.assert_array_equal(forwards.present_probabilities, backwards.present_probabilities[::-1])


def test_tables_are_the_readings(default, corpus):
    """The columns say what the readings say."""
    texts = corpus[:200] + ["", "好", "😀", "自动回复：您好"]
    tables, readings = default.tables(texts), default.classify_many(texts, explain=False)
    assert len(tables) == len(texts)
    for head in HEADS:
        assert tables.labels(head).tolist() == [getattr(one, head) for one in readings]
        rows = getattr(tables, f"{head}_probabilities").tolist()
        assert rows == [list(getattr(one, f"{head}_probabilities").values()) for one in readings]
        bands = [BANDS[place] for place in getattr(tables, f"{head}_confidence").tolist()]
        assert bands == [one.confidence[head] for one in readings]
    also = [{feeling for feeling, there in zip(FEELINGS, row, strict=True) if there} for row in tables.also.tolist()]
    assert also == [set(one.also) for one in readings]
    assert [REASONS[place] for place in tables.reasons.tolist()] == [one.reason for one in readings]


def test_tables_of_nothing(default):
    """No texts give tables without rows."""
    tables = default.tables([])
    assert len(tables) == 0
    assert tables.state_probabilities.shape == (0, 5)
    assert tables.readings([]) == []


def test_an_encoder_has_tables_too(tiny):
    """Every kind of model has the same columns."""
    texts = ["立刻退款！", "", "没关系，不急"] * 8
    assert tiny.tables(texts).readings(texts) == tiny.classify_many(texts, explain=False)


TERMS = ["退", "款", "退款", "\x02退", "\x03\x02", "款退", "好退款", "吗好退", "😀款"]


@pytest.mark.parametrize("rarity", [np.arange(len(TERMS)), np.zeros(len(TERMS))])
@pytest.mark.parametrize("shift", [None, 64])
def test_a_trie_of_ngrams_without_their_beginnings(rarity, shift, monkeypatch):
    """N-grams whose beginnings are not known themselves are found, also when all want the same slot."""
    if shift:
        monkeypatch.setattr("temperament.trie._places", lambda keys, _: np.zeros(len(keys), np.int64))
    vocabulary, order = Vocabulary.of(TERMS)
    weights = np.random.default_rng(3).normal(size=(len(TERMS), 3)).astype(np.float32)
    idf = np.asarray(rarity, np.float32) + 1
    scorer = Scorer(vocabulary, idf, weights)
    codes = Codes.of(["退款", "好退款退款退款吗好退", "😀款", "", "退\x03\x02退"])
    located = vocabulary.locate(codes)
    _, followed = scorer.follow(vocabulary.numbers.take(codes.codes))
    for one, other in zip(located, followed, strict=True):
        np.testing.assert_array_equal(one, other)
    plain = scorer.score(codes)
    monkeypatch.setattr(scoring, "_WORTH_A_TRIE", 0)
    np.testing.assert_array_equal(Scorer(vocabulary, idf, weights).score(codes).values, plain.values)
    assert len(scorer.trie.parents) - 1 > scorer.trie.terms
    assert order.size == len(TERMS)


def test_a_trie_too_large_is_refused():
    """Keys that would not fit into 64 bits are no silent mistake."""
    with pytest.raises(ValueError, match="too many"):
        Trie.of(np.array([1, 2, 3], np.uint64), 1 << 61, 62, np.zeros(3))


def test_quick_readings_are_readings():
    """Made the quick way, a reading is the same, frozen thing."""
    fields = (
        "退款",
        "choleric",
        "angry",
        {"choleric": 1.0},
        {"angry": 1.0},
        {"state": "low"},
        {},
        ("anxious",),
        (),
        None,
        "m",
    )
    quick = quick_reading(*fields)
    assert type(quick) is Reading
    assert quick == Reading(*fields)
    assert replace(quick, text="换货").text == "换货"
    assert repr(quick) == repr(Reading(*fields))
    assert pickle.loads(pickle.dumps(quick)) == quick
    with pytest.raises(FrozenInstanceError):
        quick.state = "calm"


def test_no_two_readings_share_a_dict(default):
    """Whoever changes the probabilities of one reading changes no other."""
    first, second = default.classify_many(["", ""], explain=False)
    first.state_probabilities["calm"] = 9.0
    first.confidence["state"] = "high"
    assert second.state_probabilities["calm"] <= 1
    assert second.confidence["state"] == "low"
