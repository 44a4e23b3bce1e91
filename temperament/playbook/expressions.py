"""The short hand of the reply checks' regular expressions."""

import re
from functools import cache

_NAMES = {
    "<我>": "(?:我们?|咱们?|我(?:司|方|行|店|家|公司|部门)|本(?:店|司|公司|行|酒店|人|部门)|公司|酒店|平台|客服|这边|银行)"
    "(?:这边|这里|这儿)?",
    "<你>": "(?:[你您](?:们|自己|本人|个人|这边|那边)?|客户|阁下)",
    "~": r"[^,。!?;:\n]{0,8}",
    "…": r"[^。!?;\n]{0,16}",
    "你": "[你您]",
}
_SHORT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|" + "|".join(_NAMES))


@cache
def expand(expression: str) -> str:
    """Write out the short hand outside [...]: ``<我>``, ``<你>``, ``~``, ``…`` and 你 (for 你 and 您)."""
    return _SHORT.sub(lambda match: _NAMES.get(match.group(), match.group()), expression)
