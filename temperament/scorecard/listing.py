"""The counter for points a customer lists, and whether the agent takes them up."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from temperament.playbook.shapes import Measure
from temperament.scorecard.results import Occasion
from temperament.scorecard.talk import Talk
from temperament.text import words

_LISTS = (
    re.compile(r"(?<![\d.a-z/%-])(?<!\d:)(\d{1,2})(?:[、.):]|,(?=\s))(?!\d)"),
    re.compile("第([一二三四五六七八九])(?:[,、.:]|点|是|条|个问题)"),
    re.compile("(?:^|[,。;:!?\\s])([一二三四五六七八九])(?:、|是(?=[^,。]{2}))"),
)
"""How points are numbered: 1、2、3; 第一、第二; 一、二 or 一是、二是."""
_ORDER = "一二三四五六七八九"
_END = re.compile("[。!?;\n]")
_SHORT = frozenset("货钱款票赔退换修坏漏错卡房车菜药")
"""Words of one character that can show which point is meant; most others are grammar."""
_SAYS_LITTLE = frozenset(
    re.findall(
        r"\S+",
        "我们 你们 他们 自己 现在 已经 没有 不是 就是 还是 可以 不能 这个 那个 什么 怎么 为什么 问题 情况 时候 如果 但是 因为 所以"
        " 手机 使用 用户 电话 联系 查询 提供 方便 号码 不便 抱歉 时间 工作 人员 关于 建议 尝试 感谢 支持 无法 服务 具体 正常 办理"
        " 发现 了解 进入 之后 以后 这样 以及 或者 然后 多少 不会 方法 显示 反映 收到 请问 希望 需要 谢谢 您好 你好 客服 一个 一下"
        " 一直 知道 出现 进行 是否 是不是 有没有 能不能 处理 解决 回复 反馈 其他 而且",
    )
)
"""Words that stand in most turns, and so do not show which point is meant."""


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
                note = (
                    talk.say("也分条作答", "answered in a list") if answered else talk.say("、", ", ").join(shared[:3])
                )
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
