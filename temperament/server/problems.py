"""What a client is told when something is wrong: a code, and the same sentence in Chinese and English."""

import msgspec

from temperament.language import Language

UNUSABLE = {
    "bad_json": (400, "请求体不是合格的 JSON：{}。", "The body is not valid JSON: {}."),
    "bad_request": (400, "请求不合规定：{}。", "The request breaks its shape: {}."),
    "unauthorized": (401, "要有密钥：Authorization: Bearer 密钥。", "A key is needed: Authorization: Bearer KEY."),
    "bad_host": (403, "不能用这个主机名访问本服务。", "This service is not reached under this host name."),
    "cross_site": (403, "别的网站的页面不能调用本服务。", "Pages of other sites may not call this service."),
    "not_found": (404, "没有这个地址，见 /openapi.json。", "There is nothing here; see /openapi.json."),
    "no_conversation": (404, "没有这段对话，或已过期；请重新建立。", "There is no such conversation, or it has expired; make a new one."),
    "no_case": (404, "没有这个个案。", "There is no such case."),
    "method_not_allowed": (405, "这个地址不用这种方法，见 /openapi.json。", "This address takes another method; see /openapi.json."),
    "timeout": (408, "请求体没有按时收完。", "The body did not arrive in time."),
    "full": (409, "这段对话已到上限（{} 句），请建新的。", "This conversation is full ({} turns); make a new one."),
    "too_large": (413, "请求体太大，上限 {} 字节。", "The body is too large; at most {} bytes."),
    "other_body": (422, "这个 Idempotency-Key 已用于别的内容，请换一个。", "This Idempotency-Key came with another body; take a new one."),
    "not_json": (415, "请求体要用 Content-Type: application/json。", "Send the body as Content-Type: application/json."),
    "too_many": (429, "请求太多，请 {} 秒后再试。", "Too many requests; try again in {} s."),
    "internal": (500, "服务内部出错，已记录。", "Internal error; it has been logged."),
    "busy": (503, "服务忙，没有按时答复，请稍后再试。", "The service is busy and did not answer in time; try again later."),
}  # fmt: skip
"""Code → status, Chinese, English."""


class Problem(Exception):
    """A request that cannot be answered; ``retry`` is when to come again, in seconds."""

    def __init__(self, code: str, *said: object, retry: int | None = None) -> None:
        """Take the code and what its sentences have gaps for; one value fills both, two are Chinese and English."""
        super().__init__(code)
        self.code, self.retry = code, retry
        self.status, zh, en = UNUSABLE[code]
        self.zh = zh.format(*said[:1])
        self.en = en.format(*said[-1:])

    def body(self, language: Language) -> bytes:
        """Return the answer's body."""
        message = self.zh if language == "zh" else self.en
        return msgspec.json.encode({"error": {"code": self.code, "message": message, "zh": self.zh, "en": self.en}})


def language_of(accepted: str, otherwise: Language) -> Language:
    """Return the language of an ``Accept-Language`` header, zh or en; the first of the best-liked one wins.

    >>> language_of("en-GB,en;q=0.9,zh;q=0.8", "zh")
    'en'
    """
    best: tuple[float, Language] = (0.0, otherwise)
    for part in accepted.split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        language: Language | None = "zh" if tag.startswith("zh") else "en" if tag.startswith("en") else None
        liked = _number(weight) if weight else 1.0
        if language and liked > best[0]:
            best = (liked, language)
    return best[1]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
