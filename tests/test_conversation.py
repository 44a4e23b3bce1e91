"""Whole conversations: what every turn shows, what it adds up to, and odd conversations."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from msgspec import structs

import temperament as tm
from temperament import playbook
from temperament.advice.cues import words_of
from temperament.analysis import analyze, analyze_many
from temperament.conversation import REPETITION, AgentTurn, CustomerTurn, OtherTurn
from temperament.conversation.manner import leading_state, nothing_read, running_manner, weight
from temperament.conversation.promised import follow, promises_in
from temperament.conversation.repetition import likeness, pairs, repeated
from temperament.conversation.timing import times_of, waits
from temperament.conversation.turning import turning_points
from temperament.errors import InputError, UsageError
from temperament.forecast import Forecaster, Policy
from temperament.labels import STATES, TEMPERAMENTS, Reading
from temperament.promises import span_in
from temperament.render.jsonl import conversation_json, json_line
from temperament.text import fold
from temperament.turns import Transcript, Turn

BOOK = playbook.shipped()
TALK = (
    Turn("customer", "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！", "2024-05-01 10:00"),
    Turn("agent", "您先冷静一下，这不归我们管。", "2024-05-01 10:04"),
    Turn("customer", "又推给别人！再不处理我打12315！", "2024-05-01 10:05"),
    Turn("agent", "非常抱歉。请问您的订单号是多少？我半小时内给您回复。", "2024-05-01 10:06"),
    Turn("agent", "查到了，包裹在杭州，可以退款，您看行吗？", "2024-05-01 10:50"),
    Turn("customer", "好的，谢谢。", "2024-05-01 10:51"),
)


@pytest.fixture(scope="module")
def talk(default):
    """The analysis of TALK."""
    return analyze(TALK, language="en", reader=default)


def given(state, chance=0.9, text="说了这么多话，应该够长了吧", temperament="unclear", band="high"):
    """Return a reading of a state with a probability; the rest goes to calm, or is spread where calm leads."""
    rest = {label: (1 - chance) / 4 for label in STATES if label != state}
    if state != "calm":
        rest = {label: 1 - chance if label == "calm" else 0.0 for label in rest}
    one = Reading.of(temperament, state, text)
    return replace(one, state_probabilities={**rest, state: chance}, confidence={"temperament": band, "state": band})


def test_every_turn_is_there_in_its_place(talk):
    """Customer's turns carry readings, the agent's what was found, numbered from 1."""
    assert [one.number for one in talk.turns] == [1, 2, 3, 4, 5, 6]
    assert [type(one) for one in talk.turns] == [
        CustomerTurn,
        AgentTurn,
        CustomerTurn,
        AgentTurn,
        AgentTurn,
        CustomerTurn,
    ]
    assert tuple(one.turn for one in talk.turns) == TALK


def test_findings_are_those_of_the_checker_given_the_reading_before(talk, default):
    """The customer is angry, so the reply is checked for an angry customer; missing parts are left to the steps."""
    reading = default.classify(TALK[0].text)
    expected = [one for one in tm.check_reply(TALK[1].text, reading, language="en") if one.kind != "missing"]
    assert list(talk.agent_turns[0].findings) == expected != []
    assert talk.agent_turns[0].findings[0].level == "error"


def test_in_a_letter_parts_are_missed(default):
    """A letter carries all parts at once."""
    found = analyze([TALK[0], Turn("agent", "已收到。")], channel="letter", reader=default).agent_turns[0].findings
    assert {one.kind for one in found} >= {"missing"}


def test_signals_say_where_and_why(talk):
    """The regulator is found in its turn, in the original's offsets, and raises the rank."""
    signal = next(one for one in talk.signals if one.kind == "signal.regulator")
    assert (signal.turn, signal.text, signal.rank, signal.escalate) == (3, "12315", "high", True)
    assert TALK[2].text[signal.start : signal.end] == "12315"
    assert talk.rank == "high"
    assert talk.reasons[0] == "Will go to a regulator (turn 3)"


def test_who_is_addressed_counts():
    """Folding passes over mentions, signals do not."""
    assert "signal.regulator" in kinds("宽带修了三周 @工信部 @某某客服")


def kinds(*texts):
    """Return the kinds of signals of a customer who says these texts one after the other."""
    found = analyze([Turn("customer", text) for text in texts], language="zh")
    return {one.kind for one in found.signals}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("不解决我就发抖音曝光你们", "signal.publicity"),
        ("叫你们经理来跟我说", "signal.superior"),
        ("我的律师会联系你们", "signal.law"),
        ("插座冒烟了，烫伤了手", "signal.injury"),
        ("孩子拿手机充了三千块", "signal.minor"),
        ("这是我第三次打电话了", "signal.again"),
        ("下次再也不来你们家买了", "signal.leaving"),
    ],
)
def test_every_kind_of_signal(text, kind):
    """What the issue names is recognised."""
    assert kind in kinds(text)


def test_danger_comes_before_everything():
    """Injury makes a conversation urgent, whatever the tone."""
    assert analyze([Turn("customer", "你好，插座冒烟了，怎么办")]).rank == "urgent"


def test_promises_are_followed_up(talk):
    """Half an hour was given, the answer came after 44 minutes: not kept, and trust below zero."""
    promise = talk.promises[0]
    assert (promise.turn, promise.text, promise.within, promise.kept, promise.shown_in, promise.taken) == (
        4, "我半小时内给您回复", 30, False, 5, 44,
    )  # fmt: skip
    late = talk.agent_turns[2]
    assert late.trust is not None and late.by == "promise"
    assert late.trust.score == pytest.approx((1 - 44 / 30) * 100, abs=0.01)


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (Turn("customer", "两天了，没有人联系我"), False),
        (Turn("customer", "已经接到电话了，谢谢"), True),
        (Turn("customer", "我自己重启，已经接到电话了"), None),
        (Turn("agent", "查到了，是仓库漏扫"), True),
        (Turn("agent", "核实后会尽快与您联系"), None),
        (Turn("customer", "嗯嗯"), None),
    ],
)
def test_whether_a_promise_was_kept(later, kept):
    """The customer's words decide, then the agent's deliveries; another promise delivers nothing."""
    turns = [Turn("agent", "我们会尽快联系您"), later]
    found = list(promises_in(turns[0], 1, None, BOOK))
    assert [one.promise.kept for one in follow(found, turns, [None, None], BOOK)] == [kept]


def test_the_time_a_promise_names():
    """Spans, the later end of a range, and days where the time of the turn is known."""
    noon = datetime(2024, 5, 1, 12)
    for text, within in (
        ("48小时之内给您回复", 2880),
        ("3-5个工作日内给您回复", 7200),
        ("明天下午4点前给您回电话", 28 * 60),
        ("今天给您回电话", 12 * 60),
        ("今天下午五点半前给您回电话", 5.5 * 60),
        ("今天18:30前给您回电话", 6.5 * 60),
        ("今晚12点前给您回电话", 12 * 60),
        ("有一点延误，明天给您回电话", 36 * 60),
        ("今天系统维护，明天给您回电话", 36 * 60),
        ("尽快给您回复", None),
    ):
        assert [one.within for one in promises_in(Turn("agent", text), 1, noon, BOOK)] == [within], text
    assert span_in("没有时间") is None


@pytest.mark.parametrize(("kind", "text"), [(one.id, text) for one in BOOK.pledges.values() for text in one.fires])
def test_pledges_fire(kind, text):
    """Every pledge is found in its own examples."""
    assert kind in {one.kind for one in promises_in(Turn("agent", text), 1, None, BOOK)}


SILENT = [(one, text) for shelf in (BOOK.pledges, BOOK.causes) for one in shelf.values() for text in one.silent]


@pytest.mark.parametrize(("entry", "text"), SILENT, ids=lambda value: value if isinstance(value, str) else value.id)
def test_pledges_and_causes_keep_silent(entry, text):
    """Every pledge and cause is silent in its own near misses."""
    assert not words_of(fold(text).text, entry.cues, entry.but)


EXCEPTED = [one for shelf in (BOOK.pledges, BOOK.causes) for one in shelf.values() if one.but]


@pytest.mark.parametrize("entry", EXCEPTED, ids=lambda entry: entry.id)
def test_exceptions_are_exercised(entry):
    """Without its exceptions one of the near misses would be found."""
    assert [text for text in entry.silent if words_of(fold(text).text, entry.cues)]


@pytest.mark.parametrize("entry", [one for one in BOOK.causes.values() if one.cues], ids=lambda entry: entry.id)
def test_causes_fire(entry):
    """Every cause with cues is found in its own examples."""
    assert entry.fires
    assert [text for text in entry.fires if not words_of(fold(text).text, entry.cues, entry.but)] == []


def test_a_cause_is_only_claimed_where_words_show_it(talk):
    """The broken promise is quoted; a calm question has no cause."""
    assert talk.cause is not None
    assert (talk.cause.entry, talk.cause.side, talk.cause.turn) == ("cause.angry.broken-promise", "organisation", 1)
    assert fold(TALK[0].text).text.startswith("你们" + talk.cause.words)
    assert analyze([Turn("customer", "请问几点开门？")]).cause is None


def test_steps_made_and_missing(talk):
    """The angry customer's steps: an apology and a question were made, listening was not."""
    made = {one.move: one.turn for one in talk.steps}
    assert made["empathise"] == 4
    assert "listen" in {one.move for one in talk.missing}
    assert [one.move for one in talk.steps] == [step.move for step in BOOK.states["angry"].steps]


@pytest.mark.parametrize(
    ("turns", "who"),
    [
        ([Turn("customer", "在吗"), Turn("agent", "在的"), Turn("customer", "好的，谢谢")], "customer"),
        ([Turn("customer", "在吗"), Turn("agent", "祝您生活愉快"), Turn("customer", "谢谢")], "agent"),
        ([Turn("customer", "谢谢"), Turn("agent", "不客气")], "customer"),
        ([Turn("customer", "在吗"), Turn("agent", "在的")], None),
        ([Turn("customer", "谢谢，可是什么时候到？")], None),
        ([], None),
    ],
)
def test_who_closed_it(turns, who):
    """The first to say goodbye in the last exchange."""
    assert analyze(turns).closed_by == who


def test_turning_points_need_sure_readings_and_a_real_change():
    """From angry to calm is one; low bands, unreadable turns and states of one gravity make none."""
    read = [
        given("angry"),
        given("difficult"),
        given("calm", 0.8),
        replace(given("angry"), reason="empty"),
        given("anxious"),
    ]
    points = list(turning_points(list(zip([1, 3, 5, 7, 9], read, strict=True)), [2, 4, 8]))
    assert [(one.turn, one.before, one.after, one.direction, one.after_agent_turn) for one in points] == [
        (5, "difficult", "calm", "better", 4),
        (9, "calm", "anxious", "worse", 8),
    ]
    unsure = [given("calm"), given("angry", band="low")]
    assert list(turning_points(list(enumerate(unsure, 1)), [])) == []
    assert list(turning_points([(1, given("calm", 0.55)), (2, given("anxious", 0.5))], [])) == []


def test_the_manner_adds_up():
    """Two long turns that lean the same way count for more than one; what reads like the average changes nothing."""
    base = {label: 0.2 for label in TEMPERAMENTS}
    lean = {label: 0.5 if label == "choleric" else 0.125 for label in TEMPERAMENTS}
    turn = replace(given("angry", text="说话" * 30), temperament_probabilities=lean)
    average = replace(turn, temperament_probabilities=base)
    once, twice, thrice = running_manner([turn, turn, average], base)
    assert once.temperament == "choleric" and 0.3 < once.probabilities["choleric"] < 0.5
    assert twice.probabilities["choleric"] > 0.5
    assert thrice.probabilities == pytest.approx(twice.probabilities)
    assert (thrice.turns, thrice.characters) == (3, 180)
    assert sum(twice.probabilities.values()) == pytest.approx(1)
    short = replace(turn, text="话话")
    assert running_manner([short], base)[0].probabilities["choleric"] < once.probabilities["choleric"]
    assert nothing_read(base).temperament == "unclear"


def test_unreadable_turns_weigh_nothing():
    """Neither the manner nor the state rests on them."""
    blank = replace(given("angry"), reason="symbols_only")
    assert weight(blank) == 0
    assert leading_state([blank]) == "calm"
    assert leading_state([given("angry", text="很长" * 50), given("calm", text="好")]) == "angry"


def test_the_same_demand_again():
    """It is traced to its first time; thanks, other matters and settled ones repeat nothing."""
    demand = "我的退款什么时候到账，已经等了十几天了"
    texts = [demand, "你好", "我问的是退款什么时候到账，等了十几天了", "谢谢", "退款到账了，谢谢", f"{demand}！"]
    assert repeated(texts) == [None, None, 0, None, None, 0]
    assert repeated(["我要退款退货", "我要退款退货！"]) == [None, 0]
    assert repeated(["退款", "退款"]) == [None, None]
    assert likeness(pairs("abc 12"), pairs("abc 12")) == 0


def test_a_demand_made_a_third_time_raises_the_rank():
    """The second time is noted, the third moves the case up."""
    demand = "麻烦把发票开出来寄到我们公司的地址"
    once = analyze([Turn("customer", demand)] * 2)
    often = analyze([Turn("customer", demand)] * 3)
    assert [one.rank for one in once.signals if one.kind == REPETITION] == ["normal"]
    assert [one.rank for one in often.signals if one.kind == REPETITION] == ["high"]
    assert (once.rank, often.rank) == ("normal", "high")
    assert [one.repeats for one in often.customer_turns] == [None, 1, 1]


def test_waiting_times():
    """From the first unanswered turn of the customer; past midnight, backwards and missing times."""
    turns = [
        Turn("customer", "在吗", "23:58"), Turn("customer", "人呢", "23:59"), Turn("agent", "在", "00:03"),
        Turn("customer", "喂", "坏的"), Turn("agent", "嗯", "00:10"), Turn("agent", "嗯", "00:11"),
        Turn("customer", "喂", "00:20"), Turn("agent", "嗯", "00:19"),
    ]  # fmt: skip
    assert waits(turns, times_of(turns)) == [None, None, 5, None, None, None, None, None]


def test_the_first_reply_is_held_against_the_clock(talk):
    """The grade sets the time for a first reply; 4 minutes leave most of the trust."""
    first = talk.agent_turns[0]
    assert first.answered == 4 and first.by == "clock"
    assert first.trust is not None and first.trust.score > 90


def test_the_forecast_is_asked_for(default):
    """A forecaster gives a probability a turn, a policy the turn at which to step in; without them there is none."""
    seen = []

    def forecaster(turns, readings):
        seen.append((len(turns), len(readings)))
        return [number / 10 for number in range(len(turns))]

    turns = [Turn("other", "系统：已接入"), *TALK]
    found = analyze(turns, reader=default, forecaster=forecaster, policy=lambda risks: len(risks) - 2)
    assert seen == [(6, 3)]
    assert [one.risk for one in found.customer_turns] == [0.0, 0.2, 0.5]
    assert (found.risk, found.step_in) == (0.5, 6)
    plain = analyze(TALK, reader=default, forecaster=None)
    assert (plain.risk, plain.step_in) == (None, None)


def test_the_shipped_forecast_is_the_usual_one(default):
    """Unless another is given, risks are the shipped forecast's, after every turn of the customer."""
    found = analyze(TALK, reader=default)
    readings = [one.reading for one in found.customer_turns]
    risks = Forecaster.load().after_each_turn(TALK, readings)
    assert [one.risk for one in found.customer_turns] == [
        risk for risk, turn in zip(risks, TALK, strict=True) if turn.speaker == "customer"
    ]
    assert found.risk == risks[-1]
    assert analyze(TALK, reader=default, policy=Policy(0.0).step_in).step_in == 1
    assert analyze(TALK, reader=default, policy=Policy(1.0).step_in).step_in is None
    assert analyze(TALK, reader=default, policy=None).step_in is None


@pytest.mark.parametrize(
    "turns",
    [
        [],
        [Turn("customer", "气死我了！！到底管不管？！")],
        [Turn("agent", "您好")],
        [Turn("other", "系统消息")],
        [Turn("customer", ""), Turn("agent", ""), Turn("customer", " \n")],
        [Turn("customer", "😀"), Turn("agent", "😀")],
        [Turn("agent", "", done=("listen",))],
        [Turn("customer", "急" * 100_000), Turn("agent", "好" * 100_000)],
    ],
    ids=["none", "one", "agents", "others", "empty", "emoji", "named", "long"],
)
def test_odd_conversations(turns):
    """Nothing fails, nothing is lost, and everything can be written as JSON."""
    found = analyze(turns, language="zh")
    assert [one.turn for one in found.turns] == turns
    assert json.loads(json_line(conversation_json(found)))["turns"] == json.loads(
        json.dumps(conversation_json(found)["turns"])
    )


def test_thousands_of_turns():
    """They are read in one go."""
    turns = [Turn("customer" if number % 2 else "agent", f"第{number}句，什么时候发货") for number in range(3000)]
    assert len(analyze(turns, explain=False).turns) == 3000


def test_unknown_speakers_are_kept():
    """They are neither side; nothing is read in them, and the conversation goes on."""
    found = analyze([{"speaker": "路人", "text": "围观"}, {"speaker": "客户", "text": "到底管不管？！"}])
    assert isinstance(found.turns[0], OtherTurn)
    assert found.turns[0].turn.name == "路人"
    assert len(found.customer_turns) == 1


def test_what_is_no_turn_is_refused():
    """The item is named; an unknown channel, too."""
    with pytest.raises(InputError, match=r"第 1 条|[Ii]tem 1"):
        analyze(["没有格式"])
    with pytest.raises(UsageError):
        analyze(TALK, channel="鸽子")


def test_many_are_read_as_one(default):
    """Batches give the same answers as single conversations, in their order, with their ids and agents."""
    many = [Transcript(str(number), TALK[: number % 7], "小林") for number in range(130)]
    found = list(analyze_many(many, reader=default, language="en"))
    assert [one.id for one in found] == [one.id for one in many]
    assert found[6] == analyze(many[6], reader=default, language="en")
    assert found[6].agent == "小林" and found[6].model == "default"


def test_an_own_playbook_is_used():
    """Its signals and its checks count."""
    own = {"signal.own": structs.replace(BOOK.signals["signal.law"], id="signal.own", cues=("发函",), but=())}
    found = analyze([Turn("customer", "我们公司会发函")], book=replace(BOOK, signals=own))
    assert [one.kind for one in found.signals] == ["signal.own"]


def test_public_dialogues(shared):
    """The first 60 public dialogues are analysed; every turn is there."""
    from temperament.turns.reading import read_transcripts

    talks = read_transcripts(shared / "conversations" / "helpdesk.jsonl.gz")[:60]
    found = list(analyze_many(talks, explain=False))
    assert [len(one.turns) for one in found] == [len(one.turns) for one in talks]
    assert all(turn.speaker != "other" for one in talks for turn in one.turns)
