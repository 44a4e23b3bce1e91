"""Advice for every cell: whole, sourced, state first, and never a forbidden phrase."""

import json
from dataclasses import asdict, fields, replace
from itertools import product

import pytest
from msgspec import structs

from temperament import playbook
from temperament.advice import (
    CHANNELS,
    FROM_THE_OTHER,
    MOST_AVOIDED,
    MOST_SAYINGS,
    Clocks,
    Escalation,
    Guidance,
    recommend,
    signals,
)
from temperament.errors import UsageError
from temperament.labels import STATES, TEMPERAMENTS, Reading
from temperament.language import LANGUAGES
from temperament.playbook.shapes import Phrase, Text

BOOK = playbook.shipped()
CELLS = list(product(TEMPERAMENTS, STATES))
FORBIDDEN = [
    piece for rule in BOOK.wording.values() for phrase in rule.avoid for piece in phrase.split("……") if piece.strip()
]


def advice_of(temperament, state, channel=None, language="zh", text="", book=None):
    """Return the advice for given labels."""
    return recommend(Reading.of(temperament, state, text), channel, language=language, book=book)


def sayings(advice):
    """Return every sentence that the advice offers."""
    return [*advice.say, *(one for avoided in advice.avoid for one in avoided.instead)]


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_advice_is_whole(temperament, state):
    """For every channel and language: something in every field, every source listed, numbers in range."""
    for channel, language in product([None, *CHANNELS], LANGUAGES):
        advice = advice_of(temperament, state, channel, language)
        assert (advice.temperament, advice.state, advice.language) == (temperament, state, language)
        assert all((advice.principle, advice.steps, advice.say, advice.avoid, advice.sources))
        assert len(advice.avoid) <= MOST_AVOIDED
        assert len(advice.say) <= max(MOST_SAYINGS, len(advice.steps) + FROM_THE_OTHER)
        assert all(0 <= one.step <= len(advice.steps) for one in advice.say)
        pieces = [advice.principle, *advice.steps, *advice.tuning, *advice.notes]
        assert all(one.text and one.entry for one in pieces)
        assert all(one.text and one.meaning for one in sayings(advice))
        assert all(one.phrase and one.why for one in advice.avoid)
        used = [*pieces, *advice.avoid, *sayings(advice), *advice.now, *advice.ask, advice.clocks]
        assert {one.source for one in used} == set(advice.sources)
        assert len(set(advice.sources)) == len(advice.sources)
        assert advice.pace in {"quick", "even", "slow"}
        assert advice.priority in {"low", "normal", "high"}
        assert advice.pace_note
        assert advice.escalate.reason
        assert not advice.escalate.needed


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_language_changes_explanations_only(temperament, state):
    """What is explained is in the asked language; sentences to say and phrases to avoid stay Chinese."""
    zh, en = (advice_of(temperament, state, language=language) for language in LANGUAGES)
    assert zh.say == en.say
    assert [one.phrase for one in zh.avoid] == [one.phrase for one in en.avoid]
    assert all(ascii_free(one.text) for one in [zh.principle, *zh.steps, *zh.tuning])
    assert all(not ascii_free(one.text) for one in [en.principle, *en.steps, *en.tuning])


def ascii_free(text):
    """Tell whether a text is Chinese."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize(("temperament", "state"), [cell for cell in CELLS if cell[1] != "calm"])
def test_the_state_leads(temperament, state):
    """While a state leads, steps, pace and principle are its own; the temperament tunes, and adds a few phrases."""
    advice, strategy = advice_of(temperament, state), BOOK.states[state]
    assert [one.text for one in advice.steps] == [step.do.zh for step in strategy.steps]
    assert {one.entry for one in advice.steps} == {strategy.id}
    assert advice.principle.entry == strategy.id
    assert advice.pace == strategy.pace
    assert {one.entry for one in advice.tuning} == {BOOK.temperaments[temperament].id}
    own = [one.rule for one in advice.avoid if one.rule in strategy.avoid]
    assert own == list(strategy.avoid[: len(own)])
    assert len(advice.avoid) - len(own) <= FROM_THE_OTHER
    assert {one.rule for one in advice.avoid} <= {*strategy.avoid, *BOOK.temperaments[temperament].avoid}


@pytest.mark.parametrize("state", STATES)
def test_the_temperament_changes_what_is_said(state):
    """No two temperaments get the same advice for the same state."""
    said = {label: advice_of(label, state) for label in TEMPERAMENTS}
    for field in ("say", "avoid"):
        kinds = {tuple(getattr(one, "rule", one) for one in getattr(advice, field)) for advice in said.values()}
        assert len(kinds) >= 3, (state, field)


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_phrases_for_other_states_are_left_out(temperament, state):
    """A temperament's rule about certain states is shown in those only: no "calm down" on the card of the calm."""
    for one in advice_of(temperament, state).avoid:
        if one.rule in BOOK.states[state].avoid:
            continue
        assert not BOOK.wording[one.rule].states or state in BOOK.wording[one.rule].states


def test_channels_differ_where_speaking_and_writing_do():
    """A sentence for the ear is not offered in a letter."""
    spoken, written = (advice_of("unclear", "angry", channel) for channel in ("phone", "letter"))
    assert "您说，我在听。" in {one.text for one in spoken.say}
    assert "您说，我在听。" not in {one.text for one in written.say}
    assert advice_of("unclear", "angry", "电话") == spoken


@pytest.mark.parametrize("temperament", [label for label in TEMPERAMENTS if label != "unclear"])
def test_calm_leaves_the_lead_to_the_temperament(temperament):
    """A calm customer gets the temperament's own steps, and no tuning of them."""
    advice, strategy = advice_of(temperament, "calm"), BOOK.temperaments[temperament]
    assert [one.text for one in advice.steps] == [step.do.zh for step in strategy.steps]
    assert advice.principle.entry == strategy.id
    assert advice.tuning == ()
    assert advice.pace == strategy.pace


def test_calm_and_unclear_gets_the_steps_of_calm():
    """Where nothing shows, the plain way is followed."""
    advice = advice_of("unclear", "calm")
    assert {one.entry for one in advice.steps} == {"state.calm"}


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_nothing_is_offered_in_a_state_that_forbids_it(temperament, state):
    """No phrase and no tuning whose ``unless`` names the state: no humour for the angry, no rules for the upset."""
    strategies = [BOOK.temperaments[temperament], BOOK.states[state]]
    withheld = {
        phrase.zh for one in [*strategies, *BOOK.wording.values()] for phrase in phrases(one) if state in phrase.unless
    }
    withheld |= {one.do.zh for one in BOOK.temperaments[temperament].tuning if state in one.unless}
    for channel in [None, *CHANNELS]:
        advice = advice_of(temperament, state, channel)
        assert not withheld & {one.text for one in [*sayings(advice), *advice.tuning]}


def test_a_withheld_sentence_makes_room_for_the_next():
    """``unless`` is looked at for steps, free sentences and better wording alike; the next sentence steps in."""
    joke = Phrase(zh="笑话。", en="A joke.", source="ours", unless=("angry",))
    plain = Phrase(zh="直说。", en="Plain words.", source="ours")
    angry, rule = BOOK.states["angry"], structs.replace(BOOK.wording["calm-down"], better=(joke, plain))
    step = structs.replace(angry.steps[0], say=(joke, plain))
    own = replace(
        BOOK,
        states=BOOK.states | {"angry": structs.replace(angry, steps=(step,), say=(joke,), avoid=(rule.id,))},
        wording={rule.id: rule},
        temperaments={key: structs.replace(one, say=(joke,), avoid=()) for key, one in BOOK.temperaments.items()},
    )
    advice = advice_of("sanguine", "angry", book=own)
    assert [(one.step, one.text) for one in advice.say] == [(1, "直说。")]
    assert [one.text for one in advice.avoid[0].instead] == ["直说。"]


def phrases(entry):
    """Return all sentences of a strategy or a wording rule."""
    steps = [phrase for step in getattr(entry, "steps", ()) for phrase in step.say]
    return [*steps, *getattr(entry, "say", ()), *getattr(entry, "better", ())]


def test_an_angry_sanguine_customer_gets_no_jokes():
    """The playful sentences are there for calm and gone for anger, and the tuning says to put jokes away."""
    playful = "您这么一形容，我都看见那个场面了。来，咱们把它弄好。"
    assert playful in [one.text for one in advice_of("sanguine", "calm").say]
    angry = advice_of("sanguine", "angry")
    assert playful not in [one.text for one in angry.say]
    assert "玩笑和俏皮话全部收起" in angry.tuning[0].text
    assert not any("轻松话" in one.text for one in angry.tuning)


def test_a_calm_phlegmatic_customer_hears_the_rules_an_angry_one_does_not():
    """Policy is fine where nobody is upset (requirements, conflict 2)."""
    rules = "这种情况按规定可以……，一共……步，大约……办好。"
    assert rules in [one.text for one in advice_of("phlegmatic", "calm").say]
    for state in ("angry", "confused", "anxious", "difficult"):
        assert not any("按规定" in one.text for one in advice_of("phlegmatic", state).say)


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_no_sentence_holds_a_forbidden_phrase(temperament, state):
    """What we offer never contains what we forbid, gap by gap."""
    offered = [one.text for one in sayings(advice_of(temperament, state))]
    assert [(text, piece) for text in offered for piece in FORBIDDEN if piece in text] == []


def test_no_sentence_of_the_playbook_holds_a_forbidden_phrase():
    """The same for sentences that no cell happens to offer."""
    every = [phrase.zh for entry in BOOK.entries() for phrase in phrases(entry)]
    assert len(every) > 100
    assert [(text, piece) for text in every for piece in FORBIDDEN if piece in text] == []


def test_first_sentences_follow_the_steps():
    """Every step that has a sentence is served before any other sentence, in order."""
    advice = advice_of("choleric", "angry")
    served = [one.step for one in advice.say if one.step]
    assert served == sorted(served)
    assert set(served) == set(range(1, len(advice.steps) + 1))


@pytest.mark.parametrize(
    ("text", "identifier", "needed"),
    [
        ("再不處理我打12315！", "signal.regulator", True),
        ("叫你们经理来", "signal.superior", True),
        ("插座冒烟了", "signal.injury", True),
        ("我真的不想活了", "signal.self-harm", True),
        ("已经报修了3次", "signal.again", False),
    ],
)
def test_signals_raise_priority_and_escalate(text, identifier, needed):
    """The customer's own words decide, whatever the reading; the reason is the signal's, in both languages."""
    for language in LANGUAGES:
        advice = advice_of("unclear", "calm", language=language, text=text)
        assert advice.priority == "high"
        assert advice.escalate.needed is needed
        assert advice.escalate.signals == (identifier,)
        assert getattr(BOOK.signals[identifier].reason, language) in advice.escalate.reason


def test_without_signals_the_reason_says_when():
    """Where nothing is urgent, the leading strategy's own limit is told."""
    advice = advice_of("unclear", "angry", text="太慢了！！气死我了")
    assert advice.escalate.signals == ()
    assert advice.escalate.reason == BOOK.states["angry"].escalate_when.zh


def test_priority_is_the_highest_of_all():
    """Anger is high, calm normal, and a signal lifts calm to high."""
    assert advice_of("unclear", "angry").priority == "high"
    assert advice_of("unclear", "calm").priority == "normal"
    assert advice_of("unclear", "calm", text="我已经报警了").priority == "high"


@pytest.mark.parametrize("text", ["", "请问这个有货吗", "麻烦把结果告诉我一下", "\ud800\x00"])
def test_ordinary_words_hold_no_signal(text):
    """Nothing is found in plain words, nor in nothing."""
    assert signals(text) == []


@pytest.mark.parametrize("channel", ["email", "", "Phone", 5])
def test_an_unknown_channel_is_refused(channel):
    """The message lists the channels, in both languages."""
    with pytest.raises(UsageError, match=r".") as caught:
        recommend(Reading.of(), channel)
    assert "可用的有：phone、face、chat、letter" in caught.value.zh
    assert "Choose one of: phone, face, chat, letter" in caught.value.en


@pytest.mark.parametrize(("variable", "language"), [("zh", "zh"), ("en", "en"), ("", "zh")])
def test_the_language_is_the_locales_by_default(monkeypatch, variable, language):
    """Without a language the one of the environment is taken."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPERAMENT_LANG", variable)
    assert recommend(Reading.of()).language == language


def test_steps_and_sentences_keep_to_their_channels():
    """What is limited to a channel is offered there, and where no channel is named."""
    only = Phrase(zh="您请坐。", en="Please sit down.", source="ours", channels=("face",))
    calm = BOOK.states["calm"]
    step = structs.replace(calm.steps[0], do=Text(zh="请他坐下。", en="Offer a seat."), say=(only,), channels=("face",))
    own = replace(BOOK, states=BOOK.states | {"calm": structs.replace(calm, steps=(step, *calm.steps), say=(only,))})
    for channel, offered in ((None, True), ("face", True), ("phone", False)):
        advice = advice_of("unclear", "calm", channel, book=own)
        assert ("请他坐下。" in [one.text for one in advice.steps]) is offered
        assert ("您请坐。" in [one.text for one in advice.say]) is offered


def test_an_own_playbook_is_used():
    """Principle, rules and signals come from the playbook that is handed in."""
    angry = structs.replace(
        BOOK.states["angry"], principle=Text(zh="自家的原则。", en="A principle of our own."), avoid=()
    )
    signal = structs.replace(BOOK.signals["signal.law"], cues=("发函",), but=())
    own = replace(BOOK, states=BOOK.states | {"angry": angry}, wording={}, signals={signal.id: signal})
    own = replace(own, temperaments={key: structs.replace(one, avoid=()) for key, one in BOOK.temperaments.items()})
    advice = advice_of("choleric", "angry", text="等我发函吧，我找律师", book=own)
    assert advice.principle.text == "自家的原则。"
    assert advice.avoid == ()
    assert advice.escalate.signals == ("signal.law",)
    assert advice_of("choleric", "angry").principle.text != "自家的原则。"


def test_rules_that_name_a_label_are_added():
    """A rule aimed at a state or a temperament joins the advice though no strategy names it."""
    rule = structs.replace(BOOK.wording["you-must"], id="own-rule", temperaments=("unclear",))
    calm = structs.replace(BOOK.states["calm"], avoid=())
    unclear = structs.replace(BOOK.temperaments["unclear"], avoid=())
    own = replace(
        BOOK,
        wording=BOOK.wording | {rule.id: rule},
        states=BOOK.states | {"calm": calm},
        temperaments=BOOK.temperaments | {"unclear": unclear},
    )
    assert [one.rule for one in advice_of("unclear", "calm", book=own).avoid] == ["own-rule"]
    assert "own-rule" not in [one.rule for one in advice_of("choleric", "calm", book=own).avoid]


def test_advice_holds_no_playbook_objects():
    """Advice is plain values, so that it can be written as JSON."""
    advice = advice_of("melancholic", "difficult")
    plain = (str, bool, int, tuple, type(None), Guidance, Escalation, Clocks)
    assert all(isinstance(getattr(advice, one.name), plain) for one in fields(advice))
    assert json.loads(json.dumps(asdict(advice), ensure_ascii=False))["state"] == "difficult"


@pytest.mark.parametrize(("temperament", "state"), CELLS)
def test_what_to_say_now_is_a_reply_in_order(temperament, state):
    """Three to five sentences for every channel: opening, empathy, question, options, commitment, in this order."""
    order = ["opening", "empathy", "question", "options", "commitment", "closing"]
    for channel in [None, *CHANNELS]:
        parts = [one.part for one in advice_of(temperament, state, channel).now]
        assert 3 <= len(parts) <= 5
        assert parts == sorted(parts, key=order.index)
        assert {"empathy", "commitment"} <= set(parts)


def test_the_channel_changes_what_is_said_and_minded():
    """Four channels, four openings, and their own notes; a letter carries the whole reply at once."""
    advice = {channel: advice_of("unclear", "angry", channel) for channel in CHANNELS}
    assert len({one.now[0].text for one in advice.values()}) == 4
    assert len({tuple(note.entry for note in one.notes) for one in advice.values()}) == 4
    assert [one.part for one in advice["letter"].now][3] == "options"
    assert "【办法】" in advice["letter"].now[3].text
    assert "【办法】" not in advice["phone"].now[3].text
    assert advice["face"].notes[0].entry == "guide.face.second-colleague"


def test_a_furious_visitor_calls_for_a_second_colleague():
    """Safety is for the angry, face to face, and for nobody else."""
    for state, channel in product(STATES, CHANNELS):
        noted = "guide.face.second-colleague" in [one.entry for one in advice_of("unclear", state, channel).notes]
        assert noted is ((state, channel) == ("angry", "face"))


def test_preparations_are_over_once_the_talk_has_begun():
    """The room and the seats matter before the first word only."""
    begun = [{"speaker": "agent", "text": "您好"}]
    before, during = (
        [one.entry for one in recommend(Reading.of(), "face", history=history).notes] for history in ((), begun)
    )
    assert "guide.face.room" in before
    assert "guide.face.room" not in during
    assert "guide.face.stay" in during


@pytest.mark.parametrize(("industry", "words"), [("hotel", "房间"), ("物业", "哪一栋"), ("food", "身体")])
def test_a_line_of_business_asks_its_own_questions(industry, words):
    """Room, home or health come before the order number; the house apologises to the angry; its notes and causes show."""
    advice = recommend(Reading.of(state="angry", text="太过分了！"), industry=industry, language="zh")
    assert words in advice.ask[0].text
    assert any("我代表" in one.text for one in advice.now)
    assert any(one.entry.split(".")[1] == advice.industry for one in advice.notes)
    assert any(one.entry == f"trade.{advice.industry}" for one in advice.causes)


def test_what_the_customer_has_said_is_not_asked_again():
    """Facts in the words, in earlier turns or given are known; the rest is asked for, most needed first."""
    bare = recommend(Reading.of(state="angry"), language="en")
    assert [one.field for one in bare.ask] == ["content", "order", "time", "wish"]
    told = recommend(
        Reading.of(state="angry", text="昨天说好退款的，单号 8820123456，我是李明，到现在没有人理我"),
        history=[{"speaker": "customer", "text": "我的电话是13800000000"}],
    )
    assert told.ask == ()
    assert "contact" not in [one.field for one in recommend(Reading.of(), facts={"phone": "1"}).ask]


def test_a_group_bends_pace_tuning_and_sentences():
    """The group's lines come first; its sentences and phrases to avoid join; the state still leads."""
    plain, vain = (
        recommend(Reading.of("unclear", "difficult"), group=group, language="zh") for group in (None, "虚荣型")
    )
    assert vain.group == "vain"
    assert vain.steps == plain.steps
    assert vain.tuning[0].entry == "group.vain"
    assert vain.pace_note != plain.pace_note
    assert any("您对这方面很熟" in one.text for one in vain.say)


def test_tags_add_their_handling():
    """What is seen beside the state comes first among the tuning; an unknown tag is refused with the known ones."""
    advice = recommend(Reading.of(state="angry"), tags=["hides-facts", "没有耐性"])
    assert [one.entry for one in advice.tuning[:2]] == ["tag.hides-facts", "tag.no-patience"]
    with pytest.raises(UsageError, match="one-for-all"):
        recommend(Reading.of(), tags=["nonsense"])


def test_facts_fill_the_gaps():
    """By English or Chinese name; the deadline follows the clock unless it is given; unknown names are refused."""
    given = recommend(Reading.of(state="angry"), "phone", facts={"客服姓名": "小林", "company": "晨光"}, language="zh")
    assert given.now[0].text.startswith("您好，我是晨光的小林")
    assert "4小时内" in given.now[-1].text
    assert "今晚八点前" in recommend(Reading.of(), facts={"deadline": "今晚八点前"}).now[-1].text
    with pytest.raises(UsageError, match="agent"):
        recommend(Reading.of(), facts={"name": "x"})


def test_an_urgent_case_goes_to_the_highest_named():
    """Who takes over, what to hand over and what to tell the customer; the promise in the reply is the handover."""
    advice = advice_of("unclear", "angry", text="插座冒烟了，叫你们经理来")
    assert advice.escalate.to == "authority.manager"
    assert advice.escalate.tell
    assert advice.escalate.say[0].text == advice.now[-1].text
    assert (advice.clocks.impact, advice.clocks.urgency, advice.clocks.reply) == ("high", "high", 60)
    assert "先说人" in advice.now[1].text
    calm = advice_of("unclear", "calm")
    assert (calm.escalate.to, calm.escalate.say) == ("", ())


def test_grave_words_of_earlier_turns_still_count():
    """A threat is not forgotten when the next message is mild; mild signals of earlier turns are."""
    history = [{"speaker": "customer", "text": "再不处理我打12315！"}, {"speaker": "customer", "text": "那就这样吧"}]
    advice = recommend(Reading.of(text="好的"), history=history)
    assert advice.escalate.signals == ("signal.regulator",)


def test_priority_is_impact_by_urgency():
    """What hangs on it can be said, and moves the cell."""
    assert recommend(Reading.of(), impact="高").priority == "high"
    assert recommend(Reading.of(), impact="low").priority == "normal"
    assert recommend(Reading.of(state="angry"), impact="low").priority == "normal"


@pytest.mark.parametrize(
    ("option", "words"), [("industry", "hotel"), ("group", "stubborn"), ("impact", "normal"), ("channel", "phone")]
)
def test_unknown_names_are_refused_with_the_known_ones(option, words):
    """Every option says what it takes."""
    with pytest.raises(UsageError, match=words):
        recommend(Reading.of(), **{option: "nonsense"})


@pytest.mark.parametrize(
    ("temperament", "state", "groups"),
    [
        ("choleric", "difficult", ("stubborn",)),
        ("choleric", "angry", ("forceful", "irritable")),
        ("phlegmatic", "calm", ("easygoing",)),
        ("unclear", "calm", ()),
        ("sanguine", "anxious", ()),
    ],
)
def test_near_groups_follow_our_crosswalk(temperament, state, groups):
    """Every label that says something has to be near; nothing is guessed where none does."""
    assert advice_of(temperament, state).near_groups == groups


def test_the_same_case_has_the_same_advice_and_another_book_its_own(tmp_path):
    """Advice that is kept belongs to labels, signals, open questions, language and playbook, all of them."""
    angry = recommend(Reading.of(state="angry", text="订单没到"), language="zh")
    assert recommend(Reading.of(state="angry", text="订单还没到"), language="zh") is angry
    assert recommend(Reading.of(state="angry", text="订单没到，我要找律师"), language="zh").escalate.needed
    assert recommend(Reading.of(state="angry", text="订单没到"), language="en") != angry
    entry = "- id: manner.own\n  kind: attitude\n  name: {zh: 甲, en: A}\n  do: {zh: 乙, en: B}\n  states: [angry]\n  source: ours\n"
    (tmp_path / "guidelines.yaml").write_text(entry, encoding="utf-8")
    own = recommend(Reading.of(state="angry", text="订单没到"), language="zh", book=playbook.overlay(tmp_path))
    assert "manner.own" in {one.entry for one in own.notes} - {one.entry for one in angry.notes}
