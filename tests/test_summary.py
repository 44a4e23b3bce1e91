"""Agents and team, coaching points, days and peaks: plain counts of the conversations that were given."""

import random
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from talks import CALM, UPSET, rich, talk

from temperament.playbook import shipped
from temperament.promises import Trust
from temperament.summary import Place, by_attention, coaching, day_of, days, merge, needs_attention, peaks, summarise


@pytest.fixture(scope="module")
def three():
    """Two conversations of one agent and one of another."""
    return [rich("a"), talk("b", CALM), talk("c", CALM, agent="阿梅")]


def test_totals_are_the_sums_of_the_agents(three):
    """Nothing is counted twice and nothing is lost."""
    team = summarise(three, "zh")
    for field in ("conversations", "turns", "timed", "late", "promises", "broken", "attention"):
        assert getattr(team.total, field) == sum(getattr(one, field) for one in team.agents)
    assert sum(team.total.findings.values()) == sum(team.total.levels.values())
    assert sum(team.total.findings.values()) == sum(len(turn.findings) for one in three for turn in one.agent_turns) > 0
    assert team.total.findings["missing"] == sum(team.total.missing.values())
    assert [(one.agent, one.conversations) for one in team.agents] == [("小林", 2), ("阿梅", 1)]


def test_means_and_shares(three):
    """Response, trust, steps and calm endings are taken over what has them."""
    lin, mei = summarise(three, "zh").agents
    times = [turn.answered for one in three[:2] for turn in one.agent_turns]
    assert lin.response == pytest.approx(sum(times) / len(times))
    assert (lin.trust, lin.late) == (pytest.approx((50.0 - 58.33) / 2, abs=0.01), 1)
    assert (mei.trust, mei.late) == (None, 0)
    assert lin.ended_calm == mei.ended_calm == 1.0
    assert lin.steps == pytest.approx(1 / len(three[0].steps))
    assert mei.steps is None


def test_states_signals_and_causes(three):
    """Every state is named, also with none; a conversation counts once for a signal."""
    twice = replace(three[0], signals=three[0].signals * 2)
    team = summarise([twice, *three[1:]], "zh")
    assert team.led == {"angry": 1, "confused": 0, "anxious": 0, "difficult": 0, "calm": 2}
    assert team.ended["calm"] == 3
    assert team.signals == {"找监管部门": 1}
    assert [(one.side, one.conversations) for one in team.causes] == [("organisation", 1)]
    assert team.unexplained == 2


def test_nothing_to_sum_up():
    """No conversation at all gives a summary of nothing."""
    team = summarise([], "en")
    assert (team.total.conversations, team.total.response, team.total.ended_calm) == (0, None, None)
    assert (team.agents, team.causes, team.days, team.peaks) == ((), (), (), ())


def test_a_conversation_without_the_customer_is_in_no_share():
    """A share of calm endings needs a customer who said something."""
    assert summarise([talk("a", (("agent", "您好"),))], "zh").total.ended_calm is None


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, False),
        ({"rank": "high"}, True),
        ({"rank": "urgent"}, True),
        ({"step_in": 1}, True),
        ({"rank": "low"}, False),
    ],
)
def test_what_needs_attention(changes, needed):
    """A rank, or the policy, asks for an eye on it."""
    assert needs_attention(talk("a", CALM, **changes)) is needed


def test_grave_findings_and_broken_promises_need_attention():
    """Whatever the rank is."""
    assert needs_attention(talk("a", UPSET[:2], rank="low"))
    assert not needs_attention(talk("a", UPSET[:1], rank="low"))
    assert needs_attention(replace(talk("a", CALM), promises=rich().promises))


def test_the_order_of_attention():
    """Rank first, then the forecast, then grave findings; equals stay as they came."""
    talks = [
        talk("calm", CALM),
        talk("low risk", UPSET, risk=0.1),
        talk("high risk", UPSET, risk=0.9),
        talk("urgent", CALM, rank="urgent"),
        talk("calm too", CALM),
    ]
    assert [one.id for one in by_attention(talks)] == ["urgent", "high risk", "low risk", "calm", "calm too"]


def test_coaching_names_rule_place_and_source():
    """A finding becomes a point with its better wording and the manual's line."""
    one = rich("a")
    points = coaching(one, "zh")
    found = next(point for point in points if point.kind == "finding" and point.level == "error")
    finding = next(each for turn in one.agent_turns for each in turn.findings if each.level == "error")
    assert found.key == finding.rule
    assert found.source == finding.source
    assert finding.text in found.what
    assert set(found.better) <= set(finding.suggestions)
    assert found.places == (Place("a", 2),)


def test_coaching_from_words_not_kept():
    """A broken promise, a late answer and a demand made again are points of their own, in both languages."""
    for language in ("zh", "en"):
        kinds = {point.kind: point for point in coaching(rich("a", language=language), language)}
        assert kinds["promise"].places == (Place("a", 2),)
        assert kinds["late"].places == (Place("a", 2),)
        assert kinds["repeat"].places == (Place("a", 3),)
        assert all(point.what and point.better and point.source for point in kinds.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_steps_left_out_carry_the_playbooks_source(language):
    """Each missing step of the strategy is a point with the strategy's own source and sentences."""
    one = talk("a", language=language)
    steps = {getattr(step.do, language): step for step in shipped().states["angry"].steps}
    points = {point.what: point for point in coaching(one, language) if point.kind == "step"}
    assert set(points) == {step.text for step in one.missing}
    for what, point in points.items():
        assert point.source == steps[what].source
        assert set(point.better) <= {phrase.zh for phrase in steps[what].say}


def test_a_step_of_no_playbook_is_ours():
    """A step that cannot be looked up is not given a source it does not have."""
    one = talk("a")
    one = replace(one, steps=(replace(one.missing[0], text="跳一支舞"),))
    assert [point.source for point in coaching(one, "zh") if point.kind == "step"] == ["ours"]


def test_calm_customers_and_absent_agents_need_no_steps():
    """Who is calm needs no strategy; where no agent spoke there is nobody to coach."""
    assert not [point for point in coaching(talk("a", CALM), "zh") if point.kind == "step"]
    assert coaching(talk("a", UPSET[:1]), "zh") == ()


def test_points_about_the_same_thing_are_merged():
    """Places add up; the worst level is kept and counted; grave points stand first, then frequent ones."""
    points = coaching(rich("a"), "zh")
    mild = [replace(point, level="suggestion") for point in points]
    merged = merge([*points, *mild])
    assert len(merged) == len(points)
    assert all(len(one.places) == 2 * len(known.places) for one, known in zip(merged, merge(points), strict=True))
    error = next(one for one in merged if one.level == "error")
    assert (error.worst, len(error.places)) == (1, 2)
    order = [("error", "warning", "suggestion").index(one.level) for one in merged]
    assert order == sorted(order)
    assert all(len(one.places) >= len(other.places) for one, other in pairwise(merged) if one.level == other.level)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-05-03 10:00", date(2026, 5, 3)),
        ("2026/5/3", date(2026, 5, 3)),
        ("2026年5月3日 上午", date(2026, 5, 3)),
        ("20260503", date(2026, 5, 3)),
        ("2026-05-03T01:00:00+08:00", date(2026, 5, 3)),
        ("1777800000", date(2026, 5, 3)),
        ("2026-13-45", None),
        ("10:30", None),
        ("", None),
        ("昨天", None),
    ],
)
def test_the_day_is_the_one_that_is_written(written, day):
    """A time of day alone is no day, and no zone moves a morning to the day before."""
    assert day_of(replace(talk("a", (), started=""), started=written)) == day


def test_days_count_and_skip_what_has_no_day():
    """Only conversations with a day are counted; upset ones apart."""
    talks = [
        talk("a", UPSET),
        talk("b", CALM),
        talk("c", CALM, started="2026-05-04 10:00"),
        talk("d", CALM, started=""),
    ]
    assert [(one.day.day, one.conversations, one.upset) for one in days(talks)] == [(3, 2, 1), (4, 1, 0)]
    assert summarise(talks, "zh").undated == 1


def month(plan, seed=0):
    """Return upset conversations: for each (day, word, how many) so many that begin with the word."""
    upset = talk("x", UPSET)
    made = []
    for day, word, count in plan:
        for number in range(count):
            first = upset.turns[0]
            turn = replace(first, turn=replace(first.turn, text=f"{word}的事到底管不管", time=""))
            started = f"2026-05-{day:02d} 09:00"
            made.append(replace(upset, id=f"{word}-{day}-{number}", turns=(turn,), started=started))
    random.Random(seed).shuffle(made)
    return made


def test_a_peak_is_found_with_its_numbers():
    """Complaints about the same thing on one day stand out, and only they."""
    plan = [(day, word, 2) for day in range(1, 11) for word in ("快递", "发票")] + [(5, "停电", 8), (6, "停电", 1)]
    (peak,) = peaks(month(plan))
    assert peak.terms == ("停电",)
    assert peak.day == date(2026, 5, 5)
    assert (peak.count, peak.upset, peak.elsewhere, peak.others) == (8, 12, 1, 37)
    assert peak.chance < 0.001
    assert set(peak.conversations) == {f"停电-5-{number}" for number in range(8)}


def test_busy_days_and_even_words_are_no_peaks():
    """More of everything on one day is not a peak of one complaint."""
    plan = [(day, word, 6 if day == 5 else 2) for day in range(1, 11) for word in ("快递", "发票", "停电")]
    assert peaks(month(plan)) == ()


def test_chance_alone_rarely_makes_a_peak():
    """Over many random months the share with any peak stays near the bound of 5 %."""
    words = ("快递", "发票", "停电", "退款", "会员", "空调")
    upset = month([(1, "快递", 1)])[0]
    false = 0
    for seed in range(60):
        source = random.Random(seed)
        talks = []
        for number in range(80):
            turn = replace(upset.turns[0], turn=replace(upset.turns[0].turn, text=source.choice(words)))
            started = f"2026-05-{source.randint(1, 8):02d}"
            talks.append(replace(upset, id=str(number), turns=(turn,), started=started))
        false += bool(peaks(talks))
    assert false <= 6


def test_words_of_the_same_conversations_stand_together():
    """One complaint told in three words is one peak."""
    plan = [(day, "快递", 3) for day in range(1, 8)] + [(3, "小区停电业主", 7)]
    (peak,) = peaks(month(plan))
    assert set(peak.terms) == {"小区", "停电", "业主"}


def test_causes_have_peaks_too():
    """A cause that piles up on one day is named beside the words."""
    talks = month([(day, "快递", 3) for day in range(1, 8)])
    cause = rich().cause
    talks = [replace(one, cause=cause) if one.started[8:10] == "04" else one for one in talks]
    talks += [replace(one, id=one.id + "b", cause=cause) for one in month([(4, "快递", 4)])]
    assert [(one.kind, one.terms, one.day.day) for one in peaks(talks)] == [("cause", (cause.text,), 4)]


def test_calm_conversations_and_single_days_have_no_peaks():
    """Peaks are of complaints, and need other days to stand out from."""
    assert peaks([talk(str(number), CALM) for number in range(9)]) == ()
    assert peaks(month([(3, "停电", 9)])) == ()


def test_late_means_below_zero():
    """An answer exactly on time is not late."""
    one = rich("a")
    turns = list(one.turns)
    turns[1] = replace(turns[1], trust=Trust(0.0, 60, 60))
    assert not [point for point in coaching(replace(one, turns=tuple(turns)), "zh") if point.kind == "late"]
