"""The words of the scorecard, in Chinese and English."""

from temperament.language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("评分卡", "Scorecard"),
    "how": (
        "每项写的是：做到的次数 / 有机会的次数，凭据在后面。数的是文字里看得见的；词表里没有的说法数不到。没有总分。每项怎么数："
        "temperament playbook show measure.feeling（编号见 playbook list measures）。",
        "Each item is how often it was done / how often there was occasion, with its evidence. Counted is what the words show; "
        "wording that the lists do not know is missed. There is no total. How each is counted: temperament playbook show "
        "measure.feeling (ids: playbook list measures).",
    ),
    "area": ("方面", "area"),
    "item": ("项目", "item"),
    "count": ("做到/机会", "done/occasions"),
    "share": ("占比", "share"),
    "interval": ("95% 区间", "95% interval"),
    "talks": ("段", "talks"),
    "evidence": ("凭据", "evidence"),
    "names": ("称呼", "names"),
    "listening": ("倾听", "listening"),
    "answering": ("答复", "answering"),
    "keeping": ("守时守信", "time and word"),
    "handing-on": ("转接升级", "handing on"),
    "obstacles": ("沟通障碍", "obstacles"),
    "self": ("自己的情绪", "own temper"),
    "call": ("通话", "call"),
    "counts": ("只记数", "counts only"),
    "turn": ("第{}句", "turn {} "),
    "nowhere": ("整段没有", "nowhere in the talk"),
    "more": ("另 {} 处", "{} more"),
    "unseen": ("这里看不出来的", "Not shown in this text"),
    "ratings": ("按手册的清单", "By the manuals' lists"),
    "ratings_how": (
        "每一格是它名下各项占比的平均（这种算法是我们定的），机会不到 {} 次的项目不算；哪几项算在哪一格，见 "
        "temperament playbook list rubrics。",
        "Each cell is the mean of the shares of its measures (this way of adding up is ours); measures with fewer than {} "
        "occasions do not count. Which measures count where: temperament playbook list rubrics.",
    ),
    "side": ("清单 · 方面", "list · side"),
    "made_of": ("由这些得出", "made of"),
    "everybody": ("全体", "everybody"),
    "nobody": ("（没有名字）", "(no name)"),
    "agents": ("每位客服", "Each agent"),
    "conversations": ("{} 段", "talks: {}"),
    "practise": ("先练", "practise first"),
    "nothing": ("没有机会够多而又没全做到的项目", "no measure with occasions enough and something missed"),
    "strain": ("连着最多 {} 段有情绪的客户（{}）", "at most {} upset customers in a row ({})"),
    "temper": ("动气的话：前一半 {}，后一半 {}", "turns with temper: first half {}, second half {}"),
    "heard": ("客户说给定规定的人听的", "What customers say to those who make the rules"),
    "heard_how": (
        "规定一栏只数有情绪的客户的话；“干脆”是其中处事像胆汁质的客户（手册说他们的建议最直接）。",
        "Rules are counted in the words of upset customers only; “choleric” are those among them who deal with things in the "
        "choleric way (the manual calls their advice the most direct).",
    ),
    "kind": ("类", "kind"),
    "matter": ("说的是", "matter"),
    "choleric": ("干脆", "choleric"),
    "policy": ("规定", "rule"),
    "need": ("要求", "need"),
    "advice": ("建议", "advice"),
    "cause": ("原因", "cause"),
    "nothing_heard": ("没有。", "Nothing."),
    "customers": ("同一客户几段对话里的称赞和批评", "Praise and criticism of customers with several talks"),
    "customer": ("客户", "customer"),
    "praise": ("称赞", "praise"),
    "criticism": ("批评", "criticism"),
    "missed": ("没做到的例子", "Where it was not done"),
}


def card_word(key: str, language: Language) -> str:
    """Return a word of the scorecard; raises ``KeyError`` for an unknown key."""
    return _WORDS[key][language == "en"]
