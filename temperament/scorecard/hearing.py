"""Counters for how well the agent hears: names, demands made again, replies said twice, details asked twice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from temperament.advice.cues import place_of
from temperament.conversation import CustomerTurn
from temperament.conversation.repetition import likeness, pairs
from temperament.playbook.shapes import Detail, Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, whole

SAME = 0.8
"""The share of the pairs of characters of the shorter of two replies that makes them the same (ours)."""
LEAST_LENGTH = 12
"""Shorter turns of the agent (好的, 请稍等) may be said twice."""
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤某"
)
"""The hundred commonest surnames."""
_NAMED = rf"[{_SURNAMES}*][\u4e00-\u9fff*]{{0,2}}(?:先生|小姐|女士|太太)"


def titles(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every turn of the agent after the customer's name is known: met where it holds a title or the name.

    The name is known from the customer's own words (``when``), where the transcript has it with a title (客户张先生), or
    once the agent has used one.
    """
    told = (one.number for one in talk.customers if talk.seen(one, measure.when) or re.search(_NAMED, one.turn.name))
    known = next(told, None)
    for turn in talk.agents:
        found = talk.seen(turn, measure.cues, measure.but)
        if known is not None and turn.number > known:
            yield found or whole(turn, met=False)
        elif known is None and talk.seen(turn, (_NAMED,)):
            known = turn.number


def again(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every turn of the customer after the first answer: not met where it makes an earlier demand again."""
    first = talk.agents[0].number if talk.agents else None
    for turn in talk.customers:
        if first is not None and turn.number > first:
            note = talk.say("同第 {} 句", "as in turn {}").format(turn.repeats) if turn.repeats is not None else ""
            yield whole(turn, met=turn.repeats is None, note=note)


def canned(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every longer turn of the agent after the first: not met where it says an earlier one again."""
    earlier: list[tuple[int, frozenset[str]]] = []
    for turn in talk.agents:
        text = talk.text(turn)
        if len(text) < LEAST_LENGTH:
            continue
        own = pairs(text)
        same = next((number for number, one in earlier if _same(one, own)), None)
        if earlier:
            note = talk.say("同第 {} 句", "as turn {}").format(same) if same is not None else ""
            yield whole(turn, met=same is None, note=note)
        earlier.append((turn.number, own))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two replies are the same: alike, and about as long."""
    return likeness(one, other) >= SAME and min(len(one), len(other)) >= SAME * max(len(one), len(other))


def asked_again(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every detail an agent asks for: not met where the customer had given it already."""
    for turn in talk.agents:
        before = [one for one in talk.customers if one.number < turn.number]
        for detail in measure.details:
            asked = talk.seen(turn, detail.cues)
            if asked is not None:
                given = _given(talk, before, detail)
                told = talk.say("第 {} 句给过{}", "{1} was given in turn {0}") if given else "{1}"
                note = told.format(given, detail.name.show(talk.language))
                yield replace(asked, met=given is None, note=note)


def _given(talk: Talk, turns: Sequence[CustomerTurn], detail: Detail) -> int | None:
    return next((one.number for one in turns if place_of(talk.text(one), detail.given)), None)
