"""The contract of a reading, for every text there is."""

from dataclasses import FrozenInstanceError, replace

import pytest
from conftest import TOY
from hypothesis import given
from hypothesis import strategies as st

from temperament import encoder, model, reader
from temperament.card import model_card
from temperament.classifier import train
from temperament.errors import ModelError, UsageError
from temperament.labels import FEELINGS, HEADS, LABELS, NEUTRAL
from temperament.reader import Classifier, choose, unreadable
from temperament.text import fold

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
    assert reading.reason in {None, "empty", "symbols_only", "not_chinese", "too_short", "bot_text", "no_cue"}
    assert list(reading.present_probabilities) == list(FEELINGS)
    assert all(0 <= chance <= 1 for chance in reading.present_probabilities.values())
    assert not {reading.state, "calm"} & set(reading.also)
    assert reading.reason is None or reading.also == ()
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
        ("快递 where is my new parcel", "not_chinese"),
        ("快递アプリ", "not_chinese"),
        ("好", "too_short"),
        ("A座", "too_short"),
        ("哦！", "too_short"),
        ("【自动回复】您好，我现在不在", "bot_text"),
        ("囍囍", "no_cue"),
        ("喆喆喆喆喆喆喆喆喆喆喆喆", "no_cue"),
    ],
)
def test_what_cannot_be_read_says_why(toy, text, reason):
    """Such texts give unclear and calm, a reason, low confidence, base rates and no evidence."""
    reading = toy.classify(text)
    hold_contract(reading, text)
    assert reading.reason == reason
    assert (reading.temperament, reading.state) == ("unclear", "calm")
    assert reading.also == ()
    assert reading.evidence == ()
    assert all(probabilities(reading, head) == toy.model.base_rates(head) for head in HEADS)
    assert reading.present_probabilities == {one: toy.model.base_rates("state")[one] for one in FEELINGS}


@pytest.mark.parametrize(
    "text", ["快递 where is my parcel", "我在用アプリ", "好的", "𠮷野", "订单ABC还没到", "退款\ud800退款\x00"]
)
def test_what_can_be_read(text):
    """A few Chinese characters among others are enough."""
    assert unreadable(fold(text).text) is None


@pytest.mark.parametrize(
    ("text", "reason"), [("囍" * 3, "no_cue"), ("囍喆" * 6, "no_cue"), ("囍喆" * 6 + "囍", None), ("囍喆你们", None)]
)
def test_no_cue_is_for_short_texts_alone(toy, text, reason):
    """Up to twelve characters of which the model knows no pair; longer texts and known pairs are read."""
    assert toy.classify(text).reason == reason


BOT_TEXTS = [
    "【自动回复】您好，我现在有事不在，一会儿再和您联系。",
    "[自动回复]亲，客服小姐姐正在吃饭，请稍等哦~",
    "（系统消息）您的订单已发货，请注意查收",
    "自动回复：您好，欢迎光临本店，请问有什么可以帮您？",
    "【智能客服】您好，请问您要咨询哪方面的问题？",
    "您好，很高兴为您服务，请问有什么可以帮您？",
    "感谢您的来电，请按1查询话费，请按2办理业务，人工服务请按0。",
    "欢迎致电客户服务热线，普通话服务请按1，英语服务请按2。",
    "请回复数字1查询订单，回复数字2转人工客服。",
    "此短信由系统自动发出，请勿回复。",
    "此邮件为系统自动发送，请不要直接回复。",
    "尊敬的客户，您好！您本月账单为58.60元，请于25日前缴清。",
    "尊敬的用户：您的套餐流量已使用80%。",
    "您的验证码是483920，五分钟内有效，请勿告诉他人。",
    "年中大促全场五折起，点击链接领券，退订回T",
    "会员日福利来啦，满199减100，退订请回复TD",
]
CUSTOMERS = [
    "机器人客服答非所问，能不能转人工？",
    "找你们半天全是自动回复，没有一个活人",
    "打进去就让我按1按2，按了十分钟也没人接",
    "我收到一条验证码，可是我没有操作过，是不是被盗号了",
    "你们天天发广告，我退订了还发！",
    "我是你们的老客户了，就这么对待尊敬的客户？",
    "系统通知我退款成功，可是钱没到账",
]
QUOTING_CUSTOMERS = [
    "你们的自动回复：亲请稍等。我稍等了三个小时了！！",
    "你们的自动回复说马上有人联系，到底什么时候联系我？",
    "打过去（机器人接的）根本说不清楚，烦死了！",
    "每次都是“您好，很高兴为您服务”，服务个鬼，问题一个没解决！",
    "电话里就一句感谢您的来电，然后等了四十分钟没人接，太过分了！！",
    "一直让我请按1，我按了，请按2，我也按了，最后给我挂了！",
    "短信说您的验证码是123456，可我根本没登录，我怕是有人要盗我的号",
    "收到一条“尊敬的用户您好，您已开通视频包”，我什么时候开通过？给我退钱！",
    "尊敬的客户服务中心：本人于三月五日购买的冰箱至今未送，请尽快处理。",
    "尊敬的客户经理您好，我想咨询一下贷款的事情",
    "上面写着退订回T，我回了八遍T还在发，你们讲不讲理！",
]


@pytest.mark.parametrize("text", BOT_TEXTS)
def test_bot_texts_are_refused(default, text):
    """Greetings of bots, menus, codes and mass messages are no customer's words."""
    reading = default.classify(text)
    hold_contract(reading, text)
    assert reading.reason == "bot_text"


@pytest.mark.parametrize("text", CUSTOMERS)
def test_customers_who_speak_of_bots_are_read(text):
    """A customer's complaint about machines is a customer's words."""
    assert unreadable(fold(text).text) is None


@pytest.mark.parametrize("text", QUOTING_CUSTOMERS)
def test_customers_who_quote_bots_are_read(text):
    """So is one that quotes what the machine said."""
    assert unreadable(fold(text).text) is None


def test_no_labelled_message_is_taken_for_a_bot(real_messages):
    """All real training messages were written by customers, and people gave labels to all."""
    refused = [text for text in real_messages if unreadable(fold(text).text) == "bot_text"]
    assert refused == []


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
    """``also`` names every state but the leading one from the threshold on, the likeliest first, never calm."""
    eager = Classifier(replace(toy_model, presence=replace(toy_model.presence, threshold=0.1)))
    named = 0
    readings = eager.classify_many([example.text for example in TOY], explain=False)
    for reading in [one for one in readings if one.reason is None]:
        table = reading.present_probabilities
        expected = [label for label in table if table[label] >= 0.1 and label != reading.state]
        assert list(reading.also) == sorted(expected, key=table.get, reverse=True)
        named += len(expected)
    assert named


def test_presence_is_the_models(toy):
    """The reading hands on the model's probability of every feeling."""
    text = "你们凭什么！！气死我了，明天就要用，会不会来不及"
    (row,) = toy.model.probabilities([fold(text).text])["present"]
    assert toy.classify(text).present_probabilities == dict(zip(FEELINGS, row.tolist(), strict=True))


@pytest.fixture
def both(monkeypatch, toy_folder):
    """Pretend that the extra and the shipped encoder are there."""
    monkeypatch.setattr(encoder, "installed", lambda: True)
    monkeypatch.setattr(model, "find", lambda name: toy_folder)


@pytest.mark.parametrize(("messages", "name"), [(1, "semantic"), (0, "default"), (2, "default"), (100_000, "default")])
def test_auto_takes_the_encoder_for_one_message(both, messages, name):
    """With the extra, one message goes to the encoder and a batch to the fast model."""
    assert choose("auto", messages) == name


def test_auto_without_the_extra(both, monkeypatch):
    """Without it the fast model answers, also for one message."""
    monkeypatch.setattr(encoder, "installed", lambda: False)
    assert choose("auto", 1) == "default"


def test_auto_without_the_folder(both, monkeypatch):
    """An installation that has no encoder folder reads with the fast model."""

    def fail(name):
        raise ModelError(f"没有 {name}", f"no {name}")

    monkeypatch.setattr(model, "find", fail)
    assert choose("auto", 1) == "default"


@pytest.mark.parametrize("name", ["default", "semantic", "我的模型", ""])
@pytest.mark.parametrize("messages", [0, 1, 2])
def test_other_names_are_not_chosen_for(name, messages):
    """Who names a model gets it."""
    assert choose(name, messages) == name


def test_installed_looks_for_both_packages(monkeypatch):
    """The extra is there when onnxruntime and tokenizers are."""
    for there in ({"onnxruntime", "tokenizers"}, {"onnxruntime"}, {"tokenizers"}, set()):
        monkeypatch.setattr(encoder, "find_spec", lambda name, there=there: name in there or None)
        assert encoder.installed() is (len(there) == 2)


def test_load_auto(monkeypatch, default):
    """``Classifier.load("auto")`` is what single messages are best read with."""
    monkeypatch.setattr(encoder, "installed", lambda: False)
    assert Classifier.load("auto") is Classifier.load("default")
    asked = []
    monkeypatch.setattr(reader, "choose", lambda name, messages: asked.append((name, messages)) or "default")
    Classifier.load("auto")
    assert asked == [("auto", 1)]


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
