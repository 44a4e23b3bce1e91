"""The words and colours of the interface, in Chinese and English."""

import re

from temperament.language import Language

STYLES = {
    "choleric": "red",
    "sanguine": "yellow",
    "phlegmatic": "cyan",
    "melancholic": "blue",
    "unclear": "dim",
    "angry": "red",
    "confused": "magenta",
    "anxious": "yellow",
    "difficult": "blue",
    "calm": "green",
    "error": "red",
    "warning": "yellow",
    "suggestion": "cyan",
}
_UNPRINTABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WORDS: dict[str, tuple[str, str]] = {
    "temperament": ("气质", "temperament"),
    "state": ("情绪", "state"),
    "high": ("把握高", "sure"),
    "medium": ("把握中", "fairly sure"),
    "low": ("把握低", "unsure"),
    "also": ("另有", "also"),
    "evidence": ("依据", "because of"),
    "principle": ("原则", "principle"),
    "steps": ("步骤", "steps"),
    "tuning": ("因人而异", "with this manner"),
    "say": ("可以说", "say"),
    "avoid": ("不要说", "never say"),
    "instead": ("换成", "rather"),
    "escalate": ("何时升级", "escalate when"),
    "escalate_now": ("现在就升级", "escalate now"),
    "hand_over": ("交给谁", "hand over to"),
    "now": ("现在说", "say now"),
    "ask": ("还要问", "still to ask"),
    "more_notes": ("另有 {} 条，用 --format json 看全。", "{} more with --format json."),
    "notes": ("留意", "mind"),
    "clocks": ("时限", "deadlines"),
    "acknowledge": ("先应一声", "acknowledge in"),
    "reply": ("首次答复", "first reply in"),
    "progress": ("每隔报进展", "report every"),
    "turn": ("第几句", "turn"),
    "named_done": ("✓ 已注明做过", "✓ named as done"),
    "silence": ("最长沉默", "longest silence"),
    "near_groups": ("相近群体", "near groups"),
    "causes": ("可能的原因", "possible causes"),
    "customer": ("客户这边", "customer"),
    "organisation": ("我们这边", "our side"),
    "accident": ("意外", "accident"),
    "scripts": ("可用的话术", "scripts at hand"),
    "place": ("走到哪里", "where"),
    "next_step": ("下一步", "next step"),
    "duties": ("这一阶段要做", "this stage"),
    "done_when": ("怎样算完", "done when"),
    "case": ("编号", "case"),
    "promised": ("承诺", "promised"),
    "replied": ("用时", "taken"),
    "trust": ("信任度", "trust"),
    "mean": ("平均信任度", "mean trust"),
    "late": ("超时", "late"),
    "pace": ("节奏", "pace"),
    "priority": ("优先级", "priority"),
    "quick": ("快", "quick"),
    "even": ("不快不慢", "even"),
    "slow": ("慢", "slow"),
    "low_priority": ("低", "low"),
    "normal_priority": ("中", "normal"),
    "high_priority": ("高", "high"),
    "empty": ("没有内容，无法判断", "nothing to read"),
    "symbols_only": ("只有符号或数字，无法判断", "symbols or digits only, cannot be read"),
    "not_chinese": ("主要不是中文，无法判断", "not Chinese in the main, cannot be read"),
    "too_short": ("太短，无法判断", "too short to tell"),
    "bot_text": ("像系统或机器人发的，不是客户的话", "looks like an automatic message, not a customer's words"),
    "no_cue": ("没有可依据的字词，无法判断", "nothing in it to go by"),
    "model": ("模型", "model"),
    "error": ("必须改", "error"),
    "warning": ("应该改", "warning"),
    "suggestion": ("建议", "suggestion"),
    "never": ("不算", "never"),
    "for_all": ("其他情况", "otherwise"),
    "why": ("为什么", "why"),
    "levels": ("轻重", "levels"),
    "eased": ("缓和", "eased"),
    "with_parts": ("回复里有", "with"),
    "must_fire": ("一定报", "must fire"),
    "must_not": ("一定不报", "must not"),
    "source": ("出处", "source"),
    "not_found": ("该报而没有报", "should be found, is not"),
    "not_silent": ("不该报却报了", "should be silent, is found"),
    "not_shown": ("该看到而没有看到", "should be seen, is not"),
    "not_lacking": ("不该看到却看到了", "should be lacking, is seen"),
    "not_read": ("没有认出来", "is not read as what it means"),
    "clean": ("没有发现问题", "nothing to change"),
    "ours": ("本项目", "this project"),
    "gold": ("标注", "gold"),
    "read": ("读作", "read as"),
    "precision": ("精确率", "precision"),
    "recall": ("召回率", "recall"),
    "support": ("条数", "messages"),
    "accuracy": ("准确率", "accuracy"),
    "balanced": ("平均召回", "balanced accuracy"),
    "majority": ("多数类基线", "majority baseline"),
    "ece": ("校准误差", "calibration error"),
}


def printable(text: str) -> str:
    """Return the text with everything a terminal could stumble over replaced, one character for one."""
    return _UNPRINTABLE.sub("\ufffd", text)


def word(key: str, language: Language) -> str:
    """Return a word of the interface in one language."""
    return _WORDS[key][0 if language == "zh" else 1]


def source_name(source: str, language: Language) -> str:
    """Return how a source is shown: manual and lines as they are, our own by name."""
    return word("ours", language) if source == "ours" else source


def span(minutes: int, language: Language) -> str:
    """Return a span of time in its largest whole unit."""
    for size, zh, en in ((1440, " 天", " d"), (60, " 小时", " h"), (1, " 分钟", " min")):
        if minutes % size == 0 and minutes >= size:
            return f"{minutes // size}{zh if language == 'zh' else en}"
    return "0"
