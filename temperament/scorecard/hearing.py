"""Counters for how well the agent hears: names, points, demands made again, replies said twice, details asked twice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from temperament.advice.cues import place_of
from temperament.conversation import CustomerTurn
from temperament.conversation.repetition import likeness, pairs
from temperament.playbook.shapes import Detail, Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk, whole
from temperament.text import words

SAME = 0.8
"""The share of the pairs of characters of the shorter of two replies that makes them the same (ours)."""
LEAST_LENGTH = 12
"""Shorter turns of the agent (好的, 请稍等) may be said twice."""
_LISTS = (
    re.compile(r"(?<![\d.a-z/:%-])(\d{1,2})(?:[、.):]|,(?=\s))(?!\d)"),
    re.compile("第([一二三四五六七八九])(?:[,、.:]|点|是|条|个问题)"),
    re.compile("(?:^|[,。;:!?\\s])([一二三四五六七八九])(?:、|是(?=[^,。]{2}))"),
)
"""How points are numbered: 1、2、3; 第一、第二; 一、二 or 一是、二是."""
_ORDER = "一二三四五六七八九"
_END = re.compile("[。!?;\n]")
_SHORT = frozenset("货钱款票赔退换修坏漏错卡房车菜药")
"""Words of one character that can show which point is meant; most others are grammar."""
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤某"
)
"""The hundred commonest surnames."""
_NAMED = rf"[{_SURNAMES}*][\u4e00-\u9fff*]{{0,2}}(?:先生|小姐|女士|太太)"
_SAYS_LITTLE = frozenset(
    "我们 你们 他们 自己 现在 已经 没有 不是 就是 还是 可以 不能 这个 那个 什么 怎么 为什么 问题 情况 时候 如果 但是 因为 所以 而且"
    " 手机 使用 用户 电话 联系 查询 提供 方便 号码 不便 抱歉 时间 工作 人员 关于 建议 尝试 感谢 支持 无法 服务 具体 正常 办理 其他"
    " 发现 了解 进入 之后 以后 这样 以及 或者 然后 多少 不会 方法 显示 反映 收到 请问 希望 需要 谢谢 您好 你好 客服 一个 一下"
    " 一直 知道 出现 进行 是否 是不是 有没有 能不能 处理 解决 回复 反馈".split()
)
"""Words that stand in most turns, and so do not show which point is meant."""


def titles(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every turn of the agent after the customer's name is known: met where it holds a title or the name.

    The name is known from the customer's own words (``when``), or once the agent has used a name with a title.
    """
    known = next((one.number for one in talk.customers if talk.seen(one, measure.when)), None)
    for turn in talk.agents:
        found = talk.seen(turn, measure.cues, measure.but)
        if known is not None and turn.number > known:
            yield found or whole(turn, met=False)
        elif known is None and talk.seen(turn, (_NAMED,)):
            known = turn.number


def points(talk: Talk, measure: Measure) -> Iterator[Occasion]:
    """Yield every point a customer lists and somebody answers after: met where its own words come up in a later turn.

    A list of the agent's that is as long answers them all. A point with no word of its own is left out: nothing would
    show whether it was taken up.
    """
    for turn in talk.customers:
        listed = _listed(talk.text(turn))
        later = [one for one in talk.agents if one.number > turn.number]
        if not listed or not later:
            continue
        answered = next((one for one in later if len(_listed(talk.text(one))) >= len(listed)), None)
        said = {word for one in later for _, word in words(talk.text(one))}
        for (first, last), own in zip(listed, _own_words(talk.text(turn), listed), strict=True):
            if own:
                shared = sorted(own & said, key=len, reverse=True)
                note = talk.say("也分条作答", "answered in a list") if answered else talk.say("、", ", ").join(shared[:3])
                yield talk.piece(turn, first, last, met=bool(shared or answered), note=note)


def _listed(folded: str) -> list[tuple[int, int]]:
    """Return where the points of the first list in a folded text stand: numbered from 1 upwards, two at least."""
    for style in _LISTS:
        marks: list[re.Match[str]] = []
        for match in style.finditer(folded):
            number = match.group(1)
            value = int(number) if number.isdigit() else _ORDER.index(number) + 1
            if value == len(marks) + 1:
                marks.append(match)
        if len(marks) > 1:
            starts = [one.start(1) - folded.startswith("第", one.start(1) - 1) for one in marks]
            end = _END.search(folded, marks[-1].end() + 1)
            return list(pairwise([*starts, end.start() if end else len(folded)]))
    return []


def _own_words(folded: str, listed: Sequence[tuple[int, int]]) -> list[set[str]]:
    """Return for each point the words that stand in no other point and say something."""
    held = [{word for _, word in words(folded[first:last]) if _tells(word)} for first, last in listed]
    return [{word for word in own if sum(word in other for other in held) == 1} for own in held]


def _tells(word: str) -> bool:
    """Tell whether a word can show which point is meant."""
    return word in _SHORT if len(word) == 1 else word not in _SAYS_LITTLE and not word.isdigit()


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
