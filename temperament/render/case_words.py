"""The words of stored cases and of topics, in Chinese and English."""

from temperament.language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "accept": ("受理", "accept"),
    "topic": ("类别", "topic"),
    "messages": ("条数", "messages"),
    "share": ("占比", "share"),
    "upset": ("带情绪", "upset"),
    "shown_by": ("字样", "shown by"),
    "topics_head": ("{} 条，{} 条看得出说什么", "{} messages, {} with a topic"),
    "topics_upset": ("，{} 条带情绪", ", {} upset"),
    "no_times": ("文件里没有时间，看不出有没有集中爆发。", "The file has no times, so bursts cannot be found."),
    "no_bursts": ("没有发现集中爆发的事。", "No burst of one matter."),
    "burst_counts": (
        "{} 位客户、{} 条；平时同样长的时间里 {} 位",
        "{} customers, {} messages; usual in such a time: {}",
    ),
    "opened": ("受理时间", "received"),
    "stage": ("进度", "stage"),
    "text": ("客户的话", "words"),
    "customer": ("客户", "customer"),
    "channel": ("渠道", "channel"),
    "industry": ("行业", "line of business"),
    "escalate": ("交给谁", "hand over to"),
    "form": ("表", "form"),
    "wanted": ("这一步还缺", "still wanted"),
    "nothing_wanted": ("都齐了，可以到下一步", "all there; it can go on"),
    "tasks": ("待办", "due"),
    "history": ("经过", "history"),
    "earlier": ("以前来过", "came before"),
    "greet": ("老客户再来，主动热情打招呼。", "Known to us: greet warmly, and say that you know the earlier matter."),
    "done": ("已办", "done"),
    "ended": ("已过这一步", "over"),
    "late": ("迟了 {}", "late by {}"),
    "left": ("还有 {}", "in {}"),
    "case": ("个案", "case"),
    "what": ("办什么", "what"),
    "when": ("几时", "when"),
    "skipped": ("跳过", "passed over"),
    "nothing_due": ("没有到期要办的。", "Nothing is due."),
    "no_cases": ("没有个案。", "No cases."),
    "likeness": ("相似", "likeness"),
    "remedy": ("办法", "remedy"),
    "result": ("结果", "result"),
    "satisfaction": ("满意度", "satisfaction"),
    "cases": ("个案", "cases"),
    "closed_cases": ("已结案", "closed"),
    "again": ("客户不是第一次来", "customer had come before"),
    "problems_closed": ("问题已了结", "problem closed"),
    "complaints_closed": ("客户确认满意", "customer confirmed"),
    "late_tasks": ("待办超时", "tasks late"),
    "trust": ("首次答复平均信任度", "mean trust of first replies"),
    "skips": ("没办完就往下走", "steps passed over"),
    "stages": ("各步", "stages"),
    "now": ("现在", "now"),
    "hours": ("平均小时", "mean hours"),
    "topics": ("共同的类别", "common topics"),
    "causes": ("共同的原因", "common causes"),
    "sides": ("原因在哪一边", "side of the cause"),
    "departments": ("转给部门", "departments"),
    "reply_part": ("回复里", "in the reply"),
    "moves": ("做到了", "made"),
    "no_moves": ("没看出做了哪一步", "no step seen"),
    "missing": ("还缺", "missing"),
    "could_say": ("可以这样说", "one could say"),
    "read_as": ("这位客户", "this customer"),
    "practice_end": (
        "{} 题；{} 题没有要改的；做到的步骤 {}",
        "{} customers; {} replies with nothing to change; steps made {}",
    ),
}


def word(key: str, language: Language) -> str:
    """Return a word in one language."""
    return _WORDS[key][language == "en"]


def long(minutes: int, language: Language) -> str:
    """Return a span of time in days, hours or minutes, rounded down to the largest of them."""
    for size, zh, en in ((1440, " 天", " d"), (60, " 小时", " h")):
        if minutes >= size:
            return f"{minutes // size}{zh if language == 'zh' else en}"
    return f"{minutes}{' 分钟' if language == 'zh' else ' min'}"
