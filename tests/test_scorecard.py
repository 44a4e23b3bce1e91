"""The agent's scorecard: every counter on dialogues of its own, ratings, what customers said, and what it shows."""

import json
from collections import Counter

import pytest
from test_cli_transcript import run  # noqa: F401 (the fixture that runs the command)

import temperament as tm
from temperament import playbook
from temperament.advice.cues import words_of
from temperament.analysis import analyze_many
from temperament.errors import UsageError
from temperament.moments import ends_at, moment
from temperament.render.blocks import Grid
from temperament.render.report import report_page
from temperament.render.scorecards import card_blocks, team_blocks
from temperament.scorecard import heard, scorecard, team_card
from temperament.scorecard.results import LEAST
from temperament.scorecard.team import wilson
from temperament.text import fold

BOOK = playbook.shipped()
ANGRY = "你们说好三天到，现在第九天了！打电话没人接，到底管不管？！气死我了！"


def read(*lines):
    """Return the analysis of turns given as (speaker, text) or (speaker, text, time)."""
    return read_many(lines)[0]


def read_many(*talks):
    """Return the analyses of several dialogues, numbered from 1."""
    turns = [[dict(zip(("speaker", "text", "time"), line, strict=False)) for line in lines] for lines in talks]
    return list(analyze_many(turns, language="zh"))


def item(measure, *lines, channel=None, language="zh"):
    """Return one measure of a dialogue, by the last part of its id."""
    card = scorecard(read(*lines), channel=channel, language=language)
    return next(one for one in card.items if one.measure == f"measure.{measure}")


def marks(measure, *lines, **options):
    """Return the occasions of a measure as (turn, met)."""
    return [(one.turn, one.met) for one in item(measure, *lines, **options).occasions]


FIRING = [(one, text) for shelf in (BOOK.measures, BOOK.matters) for one in shelf.values() for text in one.fires]
SILENT = [(one, text) for shelf in (BOOK.measures, BOOK.matters) for one in shelf.values() for text in one.silent]


@pytest.mark.parametrize(("entry", "text"), FIRING, ids=lambda value: value if isinstance(value, str) else value.id)
def test_measures_and_matters_fire(entry, text):
    """Every cue list finds its own examples."""
    assert words_of(fold(text).text, entry.cues, entry.but)


@pytest.mark.parametrize(("entry", "text"), SILENT, ids=lambda value: value if isinstance(value, str) else value.id)
def test_measures_and_matters_keep_silent(entry, text):
    """And passes over its near misses."""
    assert not words_of(fold(text).text, entry.cues, entry.but)


def test_all_entries_are_whole():
    """Cues come with examples; every measure that is rated counts for some side, and every side that shows has measures."""
    assert [one.id for one in BOOK.measures.values() if one.cues and not (one.fires and one.silent)] == []
    sides = [side for rubric in BOOK.rubrics.values() for side in rubric.dimensions]
    assert [side.name.en for side in sides if bool(side.measures) == bool(side.unseen)] == []
    assert {key for side in sides for key in side.measures} <= set(BOOK.measures)
    assert not {key for side in sides for key in side.measures if BOOK.measures[key].neutral}
    counts = Counter(rubric.id for rubric in BOOK.rubrics.values() for _ in rubric.dimensions)
    assert counts["rubric.eight-skills"] == 8
    assert counts["rubric.six-principles"] == counts["rubric.six-obstacles"] == counts["rubric.six-handling"] == 6
    assert counts["rubric.five-attitudes"] == 5


# --- Names.


def test_the_title_counts_from_the_name_on():
    """Every later turn of the agent is an occasion, and none before the name is known."""
    lines = [
        ("客户", "我的包裹没到。"),
        ("客服", "您好，请问怎么称呼？"),
        ("客户", "我姓陈，电话你们有。"),
        ("客服", "好的，陈女士，我记下了。"),
        ("客户", "什么时候到？"),
        ("客服", "明天到。"),
    ]
    assert marks("title-used", *lines) == [(4, True), (6, False)]
    assert marks("title-used", *lines[:2]) == []
    assert marks("title-used", ("客户张先生", "没到"), ("客服", "请稍等"), ("客户张先生", "好")) == [(2, False)]
    assert marks("title-used", ("客户", "我叫我朋友去拿，没到"), ("客服", "请稍等")) == []


def test_asking_the_name_and_saying_ones_own_belong_to_phone_and_face():
    """Without a channel, or in a chat, they are not counted, and the card says so."""
    lines = [("客户", "包裹没到"), ("客服", "您好，我是售后的小陈，请问怎么称呼您？")]
    assert marks("name-asked", *lines, channel="phone") == marks("introduced", *lines, channel="face") == [(2, True)]
    one = item("introduced", *lines, channel="chat")
    assert one.occasions == ()
    assert "phone" in one.unseen
    assert marks("introduced", ("客户", "在吗"), ("客服", "请讲"), channel="phone") == [(2, False)]


# --- Listening.


def test_feeling_is_met_by_understanding_not_by_formula():
    """An apology in two words is no answer to a feeling; a calm turn is no occasion."""
    assert marks("feeling", ("客户", ANGRY), ("客服", "非常抱歉给您带来不便，请提供单号。")) == [(2, False)]
    assert marks("feeling", ("客户", ANGRY), ("客服", "换了我也会着急，我先帮您查。")) == [(2, True)]
    assert marks("feeling", ("客户", "请问周末送货吗？"), ("客服", "送的。")) == []


def test_interruptions_need_the_end_of_a_turn():
    """The agent began before the customer had ended; with beginnings alone nothing shows."""
    times = ("2026-05-01 10:00:00–10:00:09", "2026-05-01 10:00:07–10:00:12", "2026-05-01 10:00:13–10:00:15")
    cut = [
        ("客户", ANGRY, times[0]),
        ("客服", "您先别说", times[1]),
        ("客户", "喂？", times[2]),
        ("客服", "请讲", "10:00:16"),
    ]
    found = item("no-cut-in", *cut)
    assert [(one.turn, one.met, one.note) for one in found.occasions][:1] == [(2, False, "早了 2 秒")]
    bare = item("no-cut-in", ("客户", ANGRY, "10:00:00"), ("客服", "请讲", "10:00:09"))
    assert (bare.occasions, "起止时间" in bare.unseen) == ((), True)
    said = item("no-cut-in", ("客户", ANGRY), ("客服", "这个是"), ("客户", "你让我把话说完！"))
    assert [(one.turn, one.text) for one in said.occasions] == [(3, "让我把话说完")]


def test_spans_of_time():
    """A span's beginning is the turn's time; days and zones are no spans."""
    assert moment("10:02:03–10:02:09") == moment("10:02:03")
    assert ends_at("10:02:03-10:02:09") == moment("10:02:09")
    assert ends_at("00:01:02,500 --> 00:01:04,000") == moment("00:01:04")
    for point in ("2026-05-01 10:02:03", "2026-05-01T10:02:03-08:00", "10:02", "", "1714557723"):
        assert ends_at(point) is None
    assert moment("2026-05-01T10:02:03-08:00") == moment("2026-05-01 18:02:03")


def test_points_are_traced_one_by_one():
    """A point is met where its own words come up later; a number within a text is no point."""
    told = ("客户", "三个问题：1、退款什么时候到账；2、发票为什么没开；3、客服电话打不通。")
    found = item("points", told, ("客服", "退款三天内到账，发票今天补开。"))
    assert [one.met for one in found.occasions] == [True, True, False]
    assert found.occasions[2].text.startswith("3、客服电话打不通")
    assert [one.met for one in item("points", told, ("客服", "1、三天。2、今天。3、已修。")).occasions] == [True] * 3
    assert marks("points", told) == []
    assert marks("points", ("客户", "我买的是2.0版，花了1.5万"), ("客服", "好的")) == []
    second = item("points", ("客户", "第一，屏幕有划痕；第二，充电器没给"), ("客服", "充电器补寄给您"))
    assert [one.met for one in second.occasions] == [False, True]


def test_a_demand_made_again_is_found_after_the_first_answer():
    """The customer's repetition is a missed occasion; his first words are none."""
    first = "我要求退还多扣的五十元话费，麻烦尽快处理"
    assert marks("heard", ("客户", first), ("客服", "请看公告"), ("客户", "我说了，我要求退还多扣的五十元话费")) == [
        (3, False)
    ]
    assert marks("heard", ("客户", first), ("客服", "已退"), ("客户", "好的谢谢")) == [(3, True)]


# --- Obstacles.


def test_what_was_given_is_not_to_be_asked_again():
    """A number that stands above is asked for again; another detail is not."""
    lines = [("客户", "我的电话是13800138000，空调坏了"), ("客服", "请提供您的联系电话和地址")]
    found = item("not-asked-again", *lines)
    assert {one.note: one.met for one in found.occasions} == {"第 1 句给过电话号码": False, "地址": True}


def test_conclusions_and_guesses_need_a_question_first():
    """A cause named at once is a conclusion; after a question or a check it is none."""
    assert marks("asked-before-verdict", ("客户", "坏了"), ("客服", "原因是您没有更新。")) == [(2, False)]
    asked = [("客户", "坏了"), ("客服", "请问是哪个型号？"), ("客户", "X5"), ("客服", "原因是版本太低。")]
    assert marks("asked-before-verdict", *asked) == [(4, True)]
    assert marks("no-guess", ("客户", "慢"), ("客服", "估计是您网络不好。")) == [(2, False)]
    assert marks("no-guess", ("客户", "慢"), ("客服", "经查询，可能是线路老化造成的。")) == [(2, True)]


def test_the_same_reply_twice():
    """Longer replies said again nearly word for word; a short one may come twice."""
    canned = "您反映的问题我们已经记录并转给有关同事核实，请您留意。"
    assert marks("own-words", ("客户", "坏了"), ("客服", canned), ("客户", "然后呢"), ("客服", canned)) == [(4, False)]
    assert marks("own-words", ("客户", "坏了"), ("客服", "请稍等"), ("客户", "嗯"), ("客服", "请稍等")) == []


def test_preconceptions_are_quoted():
    """The words that judge the customer are the evidence."""
    one = item("no-prejudice", ("客户", "又坏了"), ("客服", "别的客户都没反映，您再看看。"))
    assert [(each.met, each.text) for each in one.occasions] == [(False, "别的客户都没反映")]


# --- Answers, promises, time.


def test_deeds_that_hang_on_a_condition_are_none():
    """Asking for a number so as to check it is no deed yet; having recorded it is one."""
    assert marks("acted", ("客户", ANGRY), ("客服", "请私信号码，以便为您核实。")) == [(None, False)]
    assert marks("acted", ("客户", ANGRY), ("客服", "已经给您登记了。")) == [(2, True)]
    assert marks("explained", ("客户", ANGRY), ("客服", "经核实，包裹在杭州。")) == [(2, True)]
    assert marks("explained", ("客户", ANGRY), ("客服", "因为此事给您带来不便，抱歉。")) == [(None, False)]


def test_promises_with_a_time():
    """Two promises, one with a time."""
    lines = [("客户", ANGRY), ("客服", "我两小时内回复您。"), ("客户", "好"), ("客服", "我们会尽快回复您。")]
    assert marks("dated", *lines) == [(2, True), (4, False)]
    assert item("dated", *lines).occasions[0].text in lines[1][1]


def test_long_gaps_by_channel():
    """Four minutes are long on the phone and not in a chat; a letter has no gaps."""
    lines = [("客户", ANGRY, "10:00:00"), ("客服", "您好", "10:04:00")]
    assert marks("in-time", *lines, channel="phone") == [(2, False)]
    assert marks("in-time", *lines, channel="chat") == marks("in-time", *lines) == [(2, True)]
    assert marks("in-time", *lines, channel="letter") == []
    assert item("in-time", *lines, channel="phone").occasions[0].note == "等了 4 分钟"


# --- Handing on.


def test_transfers_need_a_name_and_a_reason():
    """The staff concerned is nobody; a menu and a wish are no transfer."""
    vague = [("客户", ANGRY), ("客服", "已转交相关工作人员处理。")]
    assert marks("handed-whom", *vague) == marks("handed-why", *vague) == [(2, False)]
    clear = [("客户", ANGRY), ("客服", "这属于财务负责，我为您转接到财务部主管。")]
    assert marks("handed-whom", *clear) == marks("handed-why", *clear) == [(2, True)]
    assert item("handed-whom", *clear).occasions[0].note.startswith("财务")
    for other in ("请私信号码，以便我们转交工作人员。", "您可以按0转人工。", "在设置里取消呼叫转移。"):
        assert marks("handed-whom", ("客户", ANGRY), ("客服", other)) == []


def test_a_new_agent_is_announced_or_not():
    """The change shows by the names; a notice of the system or the agent's own words announce it."""
    silent = [("客户", ANGRY), ("客服小李", "请稍等"), ("客户", "嗯"), ("客服小王", "请讲")]
    assert [(one.turn, one.met, one.note) for one in item("handed-announced", *silent).occasions] == [
        (4, False, "客服小李 → 客服小王")
    ]
    own = [*silent[:3], ("客服小王", "您好，接下来由我负责")]
    told = [*silent[:3], ("系统消息", "已为您转接人工客服"), ("客服小王", "请讲")]
    assert [met for _, met in marks("handed-announced", *own)] == [True]
    assert [met for _, met in marks("handed-announced", *told)] == [True]


def test_telling_it_again_after_a_transfer():
    """The customer says that he has to, or does."""
    lines = [("客户", ANGRY), ("客服", "我为您转接到仓库主管。"), ("客户", "每次都要重新说，我已经说了三遍")]
    assert marks("handed-once", *lines) == [(3, False)]
    assert marks("handed-once", *lines[:2], ("客户", "好的")) == [(3, True)]


# --- Temper, calls, counts.


def test_temper_in_the_agents_words():
    """Impatience counts; thanks with two exclamation marks do not."""
    lines = [("客户", ANGRY), ("客服", "都跟您说了多少遍了！"), ("客户", "?"), ("客服", "谢谢您！！")]
    assert marks("calm-words", *lines) == [(2, False), (4, True)]


def test_who_hung_up_needs_an_event():
    """A notice that names the side tells; none, or one without a side, does not."""
    lines = [("客户", "谢谢"), ("客服", "再见")]
    assert marks("customer-hung-up-first", *lines, ("系统消息", "坐席挂机")) == [(3, False)]
    assert marks("customer-hung-up-first", *lines, ("系统消息", "客户已挂断")) == [(3, True)]
    assert marks("customer-hung-up-first", *lines, ("系统消息", "通话结束")) == []
    assert "挂断" in item("customer-hung-up-first", *lines).unseen


def test_dialect_shows_only_where_it_is_said():
    """The customer says that Mandarin is hard; what the agent does about it counts."""
    said = ("客户", "我普通话不好，说不清楚")
    assert marks("dialect", said, ("客服", "您慢慢说，我听着")) == [(2, True)]
    assert marks("dialect", said, ("客服", "请讲普通话")) == [(1, False)]
    assert marks("dialect", ("客户", "包裹没到"), ("客服", "好的")) == []


def test_pronouns_leave_greetings_out():
    """我 and 我们 against 你 and 您; 您好 and 谢谢您 do not count."""
    one = item("i-for-you", ("客户", "在吗"), ("客服", "您好，我来办，请您稍等。谢谢您！"))
    assert [(each.text, each.met) for each in one.occasions] == [("我", True), ("您", False)]
    assert one.neutral


def test_praise_against_criticism():
    """Praise in an upset turn is not counted: it may be mockery."""
    one = item("praise", ("客户", "这次处理得真快，态度很好"), ("客服", "谢谢"), ("客户", "就是之前太慢了"))
    assert [(each.turn, each.met) for each in one.occasions] == [(1, True), (3, False)]
    mocked = read(("客户", "气死我了！态度很好？你们就会敷衍骗人，到底管不管！！"), ("客服", "您好"))
    assert mocked.customer_turns[0].reading.state != "calm"
    found = next(one for one in scorecard(mocked, language="zh").items if one.measure == "measure.praise")
    assert [each.met for each in found.occasions] == [False]


# --- The card as a whole.


def test_spans_point_into_the_original():
    """Also in Traditional text and with glosses, every place quotes the original."""
    one = read(("客户", ANGRY), ("客服", "陳女士，我能理解您的著急，非常抱歉！我們已經給您登記了，２小時內回覆您。"))
    places = [each for found in scorecard(one, language="zh").items for each in found.occasions if each.text]
    assert len(places) > 3
    assert [each for each in places if one.turns[each.turn - 1].turn.text[each.start : each.end] != each.text] == []


def test_nothing_said_is_nothing_shown():
    """An empty talk, or a customer alone, gives no counts and a reason for every measure."""
    for lines in ((), (("客户", ANGRY),), (("客服", ""),)):
        card = scorecard(read(*lines), language="en")
        agent_side = [one for one in card.items if one.measure != "measure.praise"]
        assert [one.measure for one in agent_side if one.occasions] == []
        assert all(one.unseen for one in agent_side)


def test_languages_and_channels():
    """Names, reasons and notes follow the language; an unknown channel is refused."""
    one = read(("客户", ANGRY, "10:00"), ("客服", "您好", "10:30"))
    zh, en = (scorecard(one, language=language) for language in ("zh", "en"))
    assert [each.met for each in zh.items] == [each.met for each in en.items]
    assert not any(fold(each.name).text != each.name.lower() and each.name[0] > "\u4e00" for each in en.items)
    assert next(each for each in en.items if each.measure == "measure.in-time").occasions[0].note == "waited 30 min"
    with pytest.raises(UsageError):
        scorecard(one, channel="pigeon")


def test_own_measures_and_disabled_ones(tmp_path):
    """A firm adds a measure and takes one out; rubrics lose it, too."""
    (tmp_path / "measures.yaml").write_text(
        "- id: measure.slogan\n  area: answering\n  by: talk\n  name: {zh: 说了店训, en: Said the motto}\n"
        "  how: {zh: 有没有说, en: whether it was said}\n  unseen: {zh: 没有客服的话, en: no agent}\n"
        "  cues: [一诺千金]\n  fires: [我们一诺千金]\n  silent: [好的]\n  source: ours\n"
        "- id: measure.feeling\n  disabled: true\n",
        encoding="utf-8",
    )
    own = playbook.overlay(tmp_path)
    one = read(("客户", "在吗"), ("客服", "本店一诺千金"))
    found = {each.measure: each.met for each in scorecard(one, language="zh", book=own).items}
    assert found["measure.slogan"] == 1
    assert "measure.feeling" not in found
    assert "measure.feeling" not in {
        key for each in own.rubrics.values() for side in each.dimensions for key in side.measures
    }
    assert team_card([one], language="zh", book=own).total.ratings


# --- Many conversations.


@pytest.fixture(scope="module")
def team():
    """Twelve talks: the first agent apologises in nine of ten, the second is never named."""
    good = [("客户", ANGRY, ""), ("客服小林", "非常抱歉，已经给您登记，两小时内回复您。")]
    poor = [("客户", ANGRY, ""), ("客服小林", "都跟您说了多少遍了！")]
    calm = [("客户", "请问周末送货吗？", ""), ("客服", "送的。")]
    talks = [*([good] * 9), poor, calm, calm]
    named = [
        tm.analyze(
            tm.turns.Transcript(
                str(number),
                tuple(
                    tm.turns.Turn(
                        "customer" if who == "客户" else "agent", text, f"2026-05-{number + 1:02d} 10:0{at}:00"
                    )
                    for at, (who, text, *_) in enumerate(talk)
                ),
                agent="小林" if number < 10 else "",
            ),
            language="zh",
        )
        for number, talk in enumerate(talks)
    ]
    return team_card(named, language="zh", channel="chat"), named


def test_totals_are_sums(team):
    """The team's counts are the sums of the agents'."""
    card, talks = team
    assert [(one.agent, one.conversations) for one in card.agents] == [("小林", 10), ("", 2)]
    for number, tally in enumerate(card.total.tallies):
        parts = [one.tallies[number] for one in card.agents]
        assert (tally.met, tally.chances) == (sum(one.met for one in parts), sum(one.chances for one in parts))
    apologised = next(one for one in card.agents[0].tallies if one.measure == "measure.apologised")
    assert (apologised.met, apologised.chances, apologised.share) == (9, 10, 0.9)
    assert (apologised.low, apologised.high) == pytest.approx(wilson(9, 10))
    assert [place.conversation for place in apologised.missed] == ["9"]
    assert len(talks) == card.total.conversations


def test_ratings_are_means_of_what_has_occasions_enough(team):
    """The mean of the shares, measures with few occasions left out, and a reason where nothing counts."""
    card, _ = team
    lin, nobody = card.agents
    shares = {one.measure: one.share for one in lin.tallies}
    side = next(one for one in lin.ratings if (one.rubric, one.name) == ("rubric.eight-skills", "道歉担责"))
    assert set(side.measures) == {"measure.apologised", "measure.no-dispute"}
    assert side.share == pytest.approx((shares["measure.apologised"] + shares["measure.no-dispute"]) / 2)
    assert {one.share for one in nobody.ratings} == {None}
    assert all(one.unseen for one in nobody.ratings)
    assert not any("；有；" in one.unseen for one in (*lin.ratings, *nobody.ratings)), "letters joined one by one"
    learning = next(one for one in lin.ratings if one.name == "不断学习")
    assert (learning.share, learning.measures) == (None, ())
    chances = {one.measure: one.chances for one in lin.tallies}
    assert all(chances[key] >= LEAST for one in lin.ratings for key in one.measures)


def test_practise_first_is_the_lowest(team):
    """Three measures at most, the lowest first, neutral ones never."""
    lin = team[0].agents[0]
    shares = [one.share for one in lin.practise]
    assert shares == sorted(shares)
    assert 0 < len(shares) <= 3
    assert not any(one.neutral for one in lin.practise)
    assert all(one.practise for one in lin.practise)


def test_strain_follows_the_order_of_time(team):
    """Ten upset customers in a row; temper shows in the second half only."""
    card, talks = team
    strain = card.agents[0].strain
    assert (strain.longest, strain.first, strain.last) == (10, "0", "9")
    assert (strain.earlier, strain.later) == (0.0, 0.2)
    again = team_card(talks[::-1], language="zh").agents
    assert next(one for one in again if one.agent).strain == strain
    assert card.agents[1].strain is None
    untimed = [read(("客户", ANGRY), ("客服小林", "好"))] * 2
    assert team_card(untimed, language="zh").agents[0].strain is None


def test_the_interval():
    """Wilson's interval against the values of the usual tables."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(5, 5)[1] == 1.0


def test_what_customers_say_to_the_makers_of_rules():
    """Rules in the words of upset customers, advice from all, with the sentence."""
    talks = read_many(
        [("客户", "气死我了！这就是霸王条款，凭什么坏了不给退！你们到底管不管！！"), ("客服", "您好")],
        [("客户", "快递很快。建议你们增加夜间客服。"), ("客服", "谢谢")],
        [("客户", "请问有什么规定吗？"), ("客服", "没有")],
    )
    found = {one.matter: one for one in heard(talks, language="zh").matters}
    assert found["matter.unfair-terms"].conversations == 1
    assert [one.text for one in found["matter.advice"].voices] == ["建议你们增加夜间客服"]
    assert found["matter.advice"].kind == "advice"
    for one in found.values():
        for voice in one.voices:
            holder = talks[[talk.id for talk in talks].index(voice.conversation)]
            assert holder.turns[voice.turn - 1].turn.text[voice.start : voice.end] == voice.text
    assert heard([], language="zh").matters == ()


def test_a_customers_praise_over_several_talks():
    """A customer known by name in two talks is counted; one seen once is not."""
    talks = [
        read_many([(name, text), ("客服", "谢谢")])[0]
        for name, text in (("客户陈女士", "质量太差了"), ("客户陈女士", "敷衍"), ("客户王先生", "态度很好"))
    ]
    (one,) = heard(talks, language="zh").customers
    assert (one.name, one.conversations, one.praise, one.criticism) == ("客户陈女士", 2, 0, 2)


# --- What it shows.


def test_blocks_hold_every_count(team):
    """The grid has a row for every measure that shows; what does not show stands below with its reason."""
    card, talks = team
    one = scorecard(talks[0], language="zh")
    grid = next(block for block in card_blocks(one, "zh") if isinstance(block, Grid))
    assert [row[1] for row in grid.rows] == [each.name for each in one.shown]
    grids = [block for block in team_blocks(card, BOOK, "en") if isinstance(block, Grid)]
    assert len(grids[0].rows) == sum(1 for each in card.total.tallies if each.chances)
    assert len(grids[1].rows) == len(card.total.ratings)
    page = report_page(talks, "zh", card=team_blocks(card, BOOK, "zh"))
    assert 'class="card"' in page
    assert "道了歉" in page
    assert "道了歉" not in report_page(talks, "zh")


TALK = f"客户：{ANGRY}\n客服小林：都跟您说了多少遍了！\n客户：再不处理我打12315！\n"


def test_the_command_shows_one_talk_with_its_card(run, tmp_path):  # noqa: F811
    """The timeline, then every item with its evidence, in both languages."""
    path = tmp_path / "a.txt"
    path.write_text(TALK, encoding="utf-8")
    code, out, _ = run(path, "--scorecard")
    assert code == 0
    assert "评分卡" in out
    assert "✗ 第2句“说了多少遍”" in out.replace("\n", "")
    code, out, _ = run(path, "--scorecard", "--lang", "en")
    assert code == 0
    assert "Scorecard" in out
    assert "Kept one's own temper" in " ".join(out.split())


def test_the_command_writes_json_and_a_page(run, tmp_path):  # noqa: F811
    """A line a talk with its card, the team's last; the page holds the card."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TALK, encoding="utf-8")
    code, out, _ = run(tmp_path, "--scorecard", "--format", "json")
    assert code == 0
    *talks, last = map(json.loads, out.splitlines())
    assert [one["id"] for one in talks] == ["a", "b"]
    items = {one["measure"]: one for one in talks[0]["scorecard"]["items"]}
    assert items["measure.calm-words"]["occasions"][0]["text"] == "说了多少遍"
    assert set(last) == {"team"}
    assert last["team"]["total"]["conversations"] == 2
    page = tmp_path / "page.html"
    code, _, _ = run(tmp_path / "a.txt", tmp_path / "b.txt", "--scorecard", "--html", page)
    assert code == 0
    assert "自己没有动气" in page.read_text(encoding="utf-8")
    code, out, _ = run(tmp_path / "a.txt", "--scorecard", "--format", "json")
    assert len(out.splitlines()) == 1


def test_real_conversations_hold_together(shared):
    """On real helpdesk talks every occasion points into its turn, and a measure without occasions says why."""
    import gzip

    path = shared / "conversations" / "helpdesk.jsonl.gz"
    if not path.exists():
        pytest.skip("no helpdesk conversations")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        talks = [json.loads(next(lines)) for _ in range(40)]
    sides = {"customer": "customer", "helpdesk": "agent"}
    for one in talks:
        turns = [{"speaker": sides[turn["sender"]], "text": "\n".join(turn["utterances"])} for turn in one["turns"]]
        read_one = tm.analyze(turns, language="zh", explain=False, forecaster=None)
        for found in scorecard(read_one, language="zh").items:
            assert bool(found.occasions) != bool(found.unseen)
            for each in found.occasions:
                text = read_one.turns[each.turn - 1].turn.text if each.turn else ""
                assert text[each.start : each.end] == each.text
