"""Which texts cannot be read, and why: of one folded text, or of a whole batch on its character classes."""

import re

import numpy as np
from numpy.typing import NDArray

from temperament.folding import HAN, LATIN, OTHER, Batch, CodePoints, Integers
from temperament.text import HAN as HAN_CLASS
from temperament.text import LATIN_RANGES

REASONS = (None, "empty", "symbols_only", "not_chinese", "too_short", "bot_text", "no_cue")
"""What ``Reading.reason`` can be; columns of reasons hold the places in this list."""
SHORT = 12
"""Up to so many characters a text of which the model knows nothing is not read."""
_HAN_CHARACTERS = re.compile(f"[{HAN_CLASS}]")
_LATIN_WORDS = re.compile(f"[{''.join(f'{first}-{last}' for first, last in LATIN_RANGES)}]+")
_SHORTEST = 2
_BOT_MARK = re.compile(r"\A\W{0,3}(?:自动回复|系统消息|系统通知|机器人|智能客服)[\]】):]")
_BOT = re.compile(
    r"\A(?:【.{1,12}】)?\W{0,2}(?:您好|亲)?\W{0,2}"
    r"(?:很高兴为您(?:服务|解答)|感谢您的来电|欢迎(?:致电|拨打)|请(?:按|输入|回复)(?:数字)?\d|您(?:的|有)(?:验证码|校验码)(?:为|是|:)"
    r"|尊敬的(?:客户|用户|会员|旅客|业主)(?:朋友)?[,!]?(?:您好|:)|此(?:消息|邮件|短信)(?:由系统|为系统|系自动))"
    r"|(?:退订|拒收)请?回复?(?:td?|n|r)\W{0,2}\Z"
)
"""How a company's machine opens or ends what it says, in folded text: greetings, menus, codes, unsubscribe lines."""
_CUSTOMER = re.compile(rf"我(?!们|司|行|店|公司)|你们|什么时候|怎么|凭什么|(?<![什这那])么(?![{HAN_CLASS}])")
"""What such machines do not say, and customers who quote them do."""
_BOT_OPENINGS = np.array([ord(character) for character in "自系机智您亲很感欢请尊此"], np.uint32)
_BOT_ENDINGS = np.array([ord(character) for character in "tdnr"], np.uint32)
_LAST = 3
"""The letter of ``_BOT``'s second half stands among so many last characters."""


def unreadable(text: str) -> str | None:
    """Say why folded text cannot be read, or return ``None`` when it can.

    ``empty``: nothing is left after folding; ``symbols_only``: no letter of any script; ``not_chinese``: other
    scripts or languages lead; ``too_short``: a single Chinese character; ``bot_text``: an automatic message of a
    company, not a customer's words.
    """
    if not text.strip():
        return "empty"
    han = len(_HAN_CHARACTERS.findall(text))
    latin = _LATIN_WORDS.findall(text)
    others = sum(map(str.isalpha, text)) - han - sum(map(len, latin))
    if not (han or latin or others):
        return "symbols_only"
    if others > han or len(latin) > 2 * han:
        return "not_chinese"
    if han < _SHORTEST:
        return "too_short"
    return "bot_text" if _is_bot(text) else None


def _is_bot(text: str) -> bool:
    return bool(_BOT_MARK.match(text) or (_BOT.search(text) and not _CUSTOMER.search(text)))


def reasons(batch: Batch) -> NDArray[np.int8]:
    """Return for every text of a batch what ``unreadable`` says, as places in ``REASONS``."""
    sizes, starts = batch.codes.sizes, batch.codes.starts
    letters = np.add.reduceat(batch.kinds & HAN > 0, starts, dtype=np.int64)
    latin = batch.kinds & LATIN > 0
    firsts = np.flatnonzero(latin[1:] & ~latin[:-1]) + 1
    words, others = (_a_text(places, batch) for places in (firsts, np.flatnonzero(batch.kinds & OTHER)))
    found = np.zeros(len(sizes), np.int8)
    found[letters < _SHORTEST] = 4
    found[(others > letters) | (words > 2 * letters)] = 3
    found[letters + words + others == 0] = 2
    found[sizes == 2] = 1
    for index in (_may_be_bots(batch) & (found == 0)).nonzero()[0].tolist():
        if _is_bot(batch.codes.text(index)):
            found[index] = REASONS.index("bot_text")
    return found


def _a_text(places: Integers, batch: Batch) -> Integers:
    """Count places by their texts."""
    return np.bincount(batch.codes.ends.searchsorted(places, "right"), minlength=len(batch.codes.sizes))


def _may_be_bots(batch: Batch) -> NDArray[np.bool_]:
    """Tell which texts begin or end as ``_BOT_MARK`` and ``_BOT`` ask, by single characters; all real ones are among them."""
    codes, ends = batch.codes.codes, batch.codes.ends
    first = batch.codes.starts + 1
    found: NDArray[np.bool_] = _one_of(codes[first], _BOT_OPENINGS) | (batch.kinds[first] & (HAN | LATIN | OTHER) == 0)
    for back in range(2, 2 + _LAST):
        found |= _one_of(codes[np.maximum(ends - back, 0)], _BOT_ENDINGS)
    return found


def _one_of(codes: CodePoints, few: CodePoints) -> NDArray[np.bool_]:
    """Tell which codes are among a few; ``numpy.isin`` takes ten times as long for the codes of one message."""
    return np.asarray((codes[:, None] == few).any(axis=1))
