"""Whether words in a reply are meant: not quoted, reported, denied, politely asked or only supposed."""

import re

from temperament.playbook.shapes import Check

TEXT_SEARCHED = 100
"""How many characters around a match are looked at."""
_QUOTED = re.compile(
    '“[^”\n]{1,200}”|「[^」\n]{1,200}」|『[^』\n]{1,200}』|‘[^’\n]{1,200}’|"[^"\n]{1,200}"|《[^》\n]{1,60}》'
)
_REPORTED = re.compile(
    "您(?:刚才|刚刚|之前|前面|上次|昨天|今天|来电|来信|在电话里)?(?:说|提到|反映|反馈|描述|投诉)"
    r"(?![的得话这了吧]|怎么|什么|我能|明|清|完)[^,。!?;\n]{1,40}"
    r"|(?:同事|前台|师傅|客服|店员|他|她|销售)[^,。!?;\n]{0,6}(?:跟|和|对|向)[你您](?:说|讲)(?!的)[^。!?;\n]{1,30}"
    "(?=[,。!?;\n][^。\n]{0,12}(?:我们|不对|不应该|不该|抱歉|对不起|道歉|失职))"
)
_DENIED = re.compile(
    "(?:(?<!是)不是|并非|不要说|不会|绝不|没有|没说|不能说|不代表|不等于|不应该?|不该|不用|不必|无需|无须|不需要|不让|不想让|哪里是|怎么会是|怎能)"
    "(?:因为|由于|说|让|要|怪|是|在|[你您]|我们?|觉得|认为|要求|强迫|催促?|指责|责怪|指|怀疑|质疑){0,3}$"
)
_ASKED = re.compile("(?:请问|是否|可否|能否|您看是)[^,。!?;\n]*$")
_SUPPOSED = re.compile("(?:如果|若|假如|万一|倘若)[^,。!?;就\n]*$")
_SUPPOSABLE = {"blame", "dispute", "command", "belittling", "forbidden"}
_CLAUSE = re.compile("[,。!?;\n]")


def quotations(text: str) -> list[tuple[int, int]]:
    """Find what is quoted or reported; a reply that is one quotation from end to end is meant as it stands."""
    spans = [match.span() for match in _QUOTED.finditer(text)]
    spans = [span for span in spans if span[0] > 0 or span[1] < len(text.rstrip("。!?"))]
    return spans + [match.span() for match in _REPORTED.finditer(text)]


def meant(check: Check, text: str, start: int, end: int, quoted: list[tuple[int, int]]) -> bool:
    """Tell whether a match is meant: neither quoted, denied, politely asked nor supposed."""
    if check.raw:
        return True
    if any(first <= start < last or first < end <= last for first, last in quoted):
        return False
    if not check.negatable:
        return True
    before = text[max(0, start - TEXT_SEARCHED) : start]
    clause = _CLAUSE.split(before)[-1]
    if _DENIED.search(clause):
        return False
    if check.kind not in _SUPPOSABLE:
        return True
    return not _ASKED.search(clause) and not ("就" not in text[start:end] and _SUPPOSED.search(clause))
