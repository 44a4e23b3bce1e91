"""What messages are about, and bursts of one matter; every rule on its own examples, and on texts written for this test."""

import gzip
import json
import random
import re
from datetime import datetime, timedelta

import pytest

from temperament import playbook
from temperament.advice.cues import words_of
from temperament.errors import InputError
from temperament.text import fold
from temperament.topics import Message, Tagger, bursts, read_messages, report
from temperament.topics.bursts import poisson_tail
from temperament.topics.messages import Columns

BOOK = playbook.shipped()
TAGGER = Tagger(BOOK, "zh")
TOPICS = list(BOOK.topics.values())


def ids(text):
    """Return the topics of a text, without their kind's name."""
    return {one.entry.partition(".")[2] for one in TAGGER.topics(text)}


@pytest.mark.parametrize(("topic", "text"), [(one, text) for one in TOPICS for text in one.fires])
def test_topics_fire(topic, text):
    """Every example of a topic shows it."""
    assert words_of(fold(text).text, topic.cues, topic.but)


@pytest.mark.parametrize(("topic", "text"), [(one, text) for one in TOPICS for text in one.silent])
def test_topics_keep_silent(topic, text):
    """No counter-example does."""
    assert not words_of(fold(text).text, topic.cues, topic.but)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_exceptions_of_topics_are_exercised(topic):
    """Every exception is met by a counter-example."""
    for exception in topic.but:
        assert any(re.search(exception, fold(text).text) for text in topic.silent), exception


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("订单拖了八天还没发货，客服一直打不通", {"delivery", "service.no-help"}),
        ("营业员爱搭不理，问两句就翻白眼", {"service.attitude"}),
        ("这个月账单怎么多扣了四十块？", {"charge"}),
        ("新买的电饭锅一插电就跳闸，开不了机，我要退货", {"product.function", "refund"}),
        ("汤里喝出一只蟑螂，孩子拉肚子了", {"hygiene-safety"}),
        ("小区信号只有一格，打电话断断续续", {"network"}),
        ("说好送的小风扇没给，还少了两包纸", {"wrong-or-missing"}),
        ("前天刚买，今天就降价六十", {"price"}),
        ("验证码收不到，登录不上", {"account"}),
        ("我的号码是谁泄露出去的，天天有推销电话", {"privacy"}),
        ("想把套餐降一档，怎么办理", {"contract"}),
        ("師傅約好週三上門安裝，到現在沒來", {"repair"}),
        ("", set()),
        ("谢谢，送得很快，味道也好，服务员特别热情", set()),
        ("质量不错，信号很好，价格不贵，没发错", set()),
        ("今天天气真好", set()),
    ],
)
def test_topics_of_texts_that_no_rule_was_written_for(text, expected):
    """What is said is found, in Traditional script too; praise and small talk have no topic."""
    assert expected <= ids(text)
    assert expected or not ids(text)


def test_a_topic_names_its_words_in_the_original():
    """The piece is that of the text as it was written."""
    text = "　快遞三天沒更新！！！"
    (found,) = TAGGER.topics(text)
    assert text[found.start : found.end] == found.text
    assert found.source == "ours"
    assert Tagger(BOOK, "en").topics(text)[0].name == "Delivery"


@pytest.mark.parametrize("text", ["\n" * 5, "\ud800坏了", "坏了" * 5000, "a" * 10000])
def test_odd_texts(text):
    """Nothing makes the tagger stumble."""
    TAGGER.topics(text)


def steady(days=30, topic="网速太慢", seed=3):
    """Return one message every twelve hours or so about one matter, from different customers."""
    chance = random.Random(seed)
    start = datetime(2026, 5, 1)
    return [
        Message(topic, f"s{number}", f"c{number}", start + timedelta(hours=12 * number + chance.randrange(9)))
        for number in range(days * 2)
    ]


def outage(customers=12, messages=12):
    """Return messages within three hours on one day."""
    start = datetime(2026, 5, 20, 19)
    return [
        Message("小区断网了", f"o{number}", f"k{number % customers}", start + timedelta(minutes=14 * number))
        for number in range(messages)
    ]


def found_in(messages):
    """Return the bursts of messages."""
    return bursts([(one, TAGGER.topics(one.text)) for one in messages], BOOK)


def test_a_burst_is_found():
    """Twelve customers in three hours where two a day are usual: who, when, which words, what to do."""
    (one,) = found_in([*steady(), *outage()])
    assert one.entry == "topic.network"
    assert one.begins.date() in {datetime(2026, 5, 19).date(), datetime(2026, 5, 20).date()}
    assert 12 <= one.customers <= 15 and one.usual == pytest.approx(2, abs=0.5)
    assert "断网" in one.words and {f"o{number}" for number in range(12)} <= set(one.ids)
    assert one.chance < BOOK.bursts[one.rule].chance
    assert BOOK.bursts[one.rule].source == "003 L138"


def test_no_burst_where_there_is_none():
    """A steady stream, one customer writing twelve times, and messages without a time."""
    assert found_in(steady()) == ()
    assert found_in([*steady(), *outage(customers=1)]) == ()
    assert found_in([Message(one.text, one.id, one.customer) for one in [*steady(), *outage()]]) == ()
    assert found_in([]) == ()


def test_two_bursts_do_not_overlap():
    """The same matter twice makes two."""
    again = [Message(one.text, f"{one.id}b", f"{one.customer}b", one.time - timedelta(days=9)) for one in outage()]
    found = found_in([*steady(), *outage(), *again])
    assert len(found) == 2
    assert not set(found[0].ids) & set(found[1].ids)


def test_steady_streams_seldom_burst():
    """Of 200 steady random streams hardly any has a burst: the correction for many windows holds."""
    false = 0
    for seed in range(200):
        chance = random.Random(seed)
        start = datetime(2026, 5, 1)
        times = [start + timedelta(minutes=chance.randrange(30 * 1440)) for _ in range(60)]
        false += bool(found_in([Message("断网", str(place), str(place), time) for place, time in enumerate(times)]))
    assert false <= 4


def test_poisson_tail():
    """Against values from tables (mean 2: P(X ≥ 5) = 0.05265)."""
    assert poisson_tail(5, 2) == pytest.approx(0.05265, abs=1e-5)
    assert poisson_tail(0, 2) == pytest.approx(1)
    assert 0 < poisson_tail(80, 2) < 1e-80


def test_the_report_counts():
    """Messages, customers, upset ones, words, causes."""
    messages = [Message("说好三天到，快递还没到", "1", "a"), Message("快递没更新", "2", "a"), Message("好用", "3", "b")]
    found = report(messages, TAGGER, ["angry", "calm", "calm"])
    (delivery,) = found.topics
    assert (delivery.messages, delivery.customers, delivery.upset) == (2, 1, 1)
    assert (found.messages, found.tagged, found.timed, found.upset) == (3, 2, 0, 1)
    assert "cause.angry.broken-promise" in {one.entry for one in found.causes}
    assert report(messages, TAGGER).upset is None


def test_files_of_messages_and_of_conversations(tmp_path):
    """A table with its columns, plain text, and conversations, packed too; no row is lost."""
    table = tmp_path / "m.csv"
    table.write_text("编号,时间,用户,内容\n7,2026-05-01 09:30,u1,断网了\n8,09:40,u1,\n,,,好\n", encoding="gb18030")
    found = read_messages(table)
    assert [(one.id, one.customer, one.text) for one in found] == [
        ("7", "u1", "断网了"),
        ("8", "u1", ""),
        ("3", "3", "好"),
    ]
    assert [one.time for one in found] == [datetime(2026, 5, 1, 9, 30), None, None]
    talk = {"id": "t1", "turns": [["客户", "断网"], ["客服", "您好"], ["客户", "急"]]}
    packed = tmp_path / "t.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(talk).encode()))
    assert [(one.id, one.text) for one in read_messages(packed)] == [("t1", "断网\n急")]
    plain = tmp_path / "p.txt"
    plain.write_text("断网\n\n没信号\n", encoding="utf-8")
    assert [one.text for one in read_messages(plain)] == ["断网", "没信号"]


def test_columns_can_be_named(tmp_path):
    """And a wrong name is refused with those there are."""
    table = tmp_path / "m.csv"
    table.write_text("a,b,c\n断网,2026-05-01 10:00,u\n", encoding="utf-8")
    (one,) = read_messages(table, Columns("a", "b", "c"))
    assert (one.text, one.customer, one.time) == ("断网", "u", datetime(2026, 5, 1, 10))
    with pytest.raises(InputError, match="a, b, c|a、b、c"):
        read_messages(table, Columns("a", "zz"))
    with pytest.raises(InputError):
        read_messages(tmp_path / "none.csv")
    with pytest.raises(InputError):
        read_messages(tmp_path / "x.pdf")
