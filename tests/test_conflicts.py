"""The twelve conflicts and gaps of the manuals (requirements, section 4), each settled and held by a test."""

import re
from itertools import product

import pytest

from temperament import playbook
from temperament.advice import CHANNELS, recommend
from temperament.labels import STATES, TEMPERAMENTS, Reading
from temperament.playbook.checks import parts
from temperament.playbook.shapes import Phrase, Text
from temperament.reply import check_reply

BOOK = playbook.shipped()
UPSET = [state for state in STATES if state != "calm"]
FACTS = {
    "company": "晨光商场",
    "agent": "小林",
    "customer": "王先生",
    "date": "昨天",
    "matter": "快递晚到",
    "remedy": "今天补发",
    "other_remedy": "退款",
    "reason": "仓库漏扫",
    "next_step": "重启一次",
    "phone": "400-800-1234",
    "owner": "主管",
    "harm": "白等三天",
}
CASES = list(product(TEMPERAMENTS, STATES, [None, *CHANNELS]))


def now(temperament, state, channel=None, **options):
    """Return what to say now as one reply, every gap filled."""
    advice = recommend(Reading.of(temperament, state), channel, facts=FACTS, language="zh", **options)
    return "".join(one.text for one in advice.now)


def said():
    """Yield every sentence of the playbook that an agent may say."""
    for kind, shelf in BOOK.shelves().items():
        for entry in shelf.values():
            yield from ((kind, entry.id, one) for one in parts(entry) if isinstance(one, Phrase))


def level(reply, rule, **labels):
    """Return the level at which a rule flags a reply, or None."""
    found = check_reply(reply, Reading.of(**labels) if labels else None)
    return next((one.level for one in found if one.rule == rule), None)


def test_1_an_apology_is_followed_by_something():
    """The manual's own apology is flagged when bare, mildly, and not when fact or action follows; ours are never bare."""
    assert BOOK.wording["bare-apology"].level == "suggestion"
    assert level("我们很抱歉给您带来不便。", "bare-apology") is not None
    assert (
        level("非常抱歉给您带来不便，您的快递晚到是仓库漏扫，我现在补发，今晚六点前给您单号。", "bare-apology") is None
    )
    for temperament, state, channel in CASES:
        text = now(temperament, state, channel)
        assert not re.search("(抱歉|对不起)[。！]$", text)


def test_2_rules_are_for_the_calm():
    """Reciting rules is an error toward the angry and nothing toward the calm phlegmatic; the taboo names the upset."""
    reply = "按照公司规定，这个不能退。"
    graver = level(reply, "check.policy-recital", state="angry")
    assert graver == "error"
    assert level(reply, "check.policy-recital", temperament="phlegmatic", state="calm") != "error"
    assert set(BOOK.guidelines["guide.taboo.policy"].states) == set(UPSET)
    assert all("规定" not in now("phlegmatic", state) for state in UPSET)
    assert "规定" in now("phlegmatic", "calm")


@pytest.mark.parametrize("state", ["angry", "anxious", "difficult"])
def test_3_the_state_outranks_the_temperament(state):
    """Nothing playful is said while these lead."""
    text = now("sanguine", state)
    assert not re.search("啦|好嘞|哈|嘿|呀|喜欢哪个|好消息", text)
    assert re.search("啦", now("sanguine", "calm"))


@pytest.mark.parametrize(("temperament", "state", "channel"), CASES)
def test_4_promises_have_a_time_and_no_absolute_words(temperament, state, channel):
    """A commitment says when; nothing is promised absolutely."""
    text = now(temperament, state, channel)
    assert re.search(r"\d+(分钟|小时|天)内", text)
    assert not re.search("一定|绝对|保证|百分之百|肯定", text)


def test_5_the_feeling_is_right_not_every_claim():
    """The feeling is accepted as right; the house's stance is kept; the hotel's rule 8 no longer points at the guest."""
    maxim = BOOK.guidelines["guide.maxim.right"]
    assert "感受" in maxim.do.zh
    assert "核对" in maxim.do.zh
    assert "不私下多给" in BOOK.guidelines["guide.trust.own-stance"].do.zh
    rule = BOOK.guidelines["guide.hotel.options"]
    assert rule.source == "003 L166"
    assert "明确指出" not in rule.do.zh
    assert "可能是我们没说清" in rule.do.zh


def test_6_three_rewrites_of_you_must_in_order():
    """Our duty, a request, an option."""
    assert [one.source for one in BOOK.wording["you-must"].better] == ["000 L259", "000 L297", "000 L735"]
    shown = next(one for one in recommend(Reading.of("choleric")).avoid if one.rule == "you-must")
    assert len(shown.instead) == 3


def test_7_pace_and_silence_are_set_for_each():
    """Quick for the anxious whoever they are, slow for the stubborn; silence has a limit and is never neglect."""
    assert recommend(Reading.of(state="anxious"), group="stubborn").pace == "quick"
    assert recommend(Reading.of(state="difficult"), group="stubborn").pace == "slow"
    forceful = recommend(Reading.of(state="angry"), group="forceful", language="zh")
    assert forceful.longest_silence == 20
    assert "不能不理" in BOOK.groups["forceful"].principle.zh
    assert all(0 < group.longest_silence <= 30 for group in BOOK.groups.values())
    assert recommend(Reading.of(state="angry")).longest_silence is None


def test_8_sorry_is_wrong_for_a_wait_and_right_for_a_wrong():
    """The waiting rule speaks of waiting only; an apology for the matter is offered to the angry."""
    assert BOOK.wording["waiting-apology"].avoid == ("很抱歉让您久等了",)
    assert any("对不起" in one.zh for one in BOOK.wording["also-unhappy"].better)
    assert "对不起" in now("unclear", "angry")
    assert "久等" not in now("unclear", "anxious")


def test_9_gaps_are_filled_or_seen_and_no_foreign_name_is_left():
    """No ** and no brand in any sentence; unfilled slots show as 【…】; what was printed is kept beside what was mended."""
    sentences = list(said())
    assert not [one.zh for _, _, one in sentences if "**" in one.zh or "海尔" in one.zh or "精枝" in one.zh]
    assert "海尔" in BOOK.scripts["script.silent-call"].lines[0].say.printed
    empty = recommend(Reading.of(state="angry"), "phone", language="zh")
    assert "【单位】" in empty.now[0].text
    assert "【" not in now("unclear", "angry", "phone")
    assert "{" not in "".join(one.text + one.meaning for one in (*empty.now, *empty.say))


def test_10_the_two_schemes_meet_in_a_crosswalk_of_ours():
    """Every group says which labels it is near to; no group is a label, so nothing can be trained on it."""
    labels = {*TEMPERAMENTS, *STATES}
    assert all(group.near and set(group.near) <= labels for group in BOOK.groups.values())
    assert not labels & set(BOOK.groups)


def test_11_grading_is_a_matrix_to_be_set():
    """Nine cells whose clocks run faster with impact and urgency; an acknowledgement always comes before the reply."""
    cells = {(one.impact, one.urgency): one for one in BOOK.grading.values()}
    levels = ("low", "normal", "high")
    assert set(cells) == set(product(levels, levels))
    for impact, (less, more) in product(levels, [("low", "normal"), ("normal", "high")]):
        assert cells[impact, more].reply <= cells[impact, less].reply
        assert cells[more, impact].reply <= cells[less, impact].reply
    assert all(one.acknowledge < one.reply <= 1440 for one in cells.values())
    assert recommend(Reading.of(), impact="high").clocks.reply < recommend(Reading.of(), impact="low").clocks.reply


def test_12_lists_that_break_off_are_not_filled_in():
    """Taboo 2 ends where the manual ends, what follows is ours; the manual's last list has its three sentences."""
    assert BOOK.guidelines["guide.taboo.policy"].source == "000 L763–767"
    assert BOOK.guidelines["guide.taboo.policy-instead"].source == "ours"
    forbidden = [phrase for rule in BOOK.wording.values() if rule.source == "003 L218" for phrase in rule.avoid]
    assert len(forbidden) == 3
    assert BOOK.guidelines["guide.own.cases"].role == "firm"


@pytest.mark.parametrize(("temperament", "state", "channel"), CASES)
def test_nothing_said_trips_the_checker(temperament, state, channel):
    """Every cell and channel, at the start, in the middle and at the end: no error and no warning."""
    moves = ["listen", "empathise", "ask", "lead", "restate", "answer", "options", "refuse", "act", "commit", "track"]
    for done in ([], moves[:2], moves[:6], [*moves, "close"]):
        text = now(temperament, state, channel, history=[{"done": done}] if done else ())
        found = check_reply(text, Reading.of(temperament, state), channel)
        assert [(one.level, one.rule, one.text) for one in found if one.level != "suggestion"] == []


def test_explanations_name_no_person_for_good():
    """Manner in this text, never a verdict on somebody's character."""
    texts = [one for entry in BOOK.entries() for one in parts(entry) if isinstance(one, Text)]
    assert [one.zh for one in texts if re.search("这种人|天生|本性", one.zh)] == []
