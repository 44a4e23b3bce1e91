"""Which side of a conversation a name stands for."""

import re
from typing import Literal

Speaker = Literal["customer", "agent", "other"]
"""``other`` is neither side: a notice of the system, or somebody who cannot be told apart."""
_EXACT: dict[str, Speaker] = {"c": "customer", "a": "agent", "system": "agent", "客": "customer", "服": "agent"}
_OTHER = re.compile(r"系统(?:消息|提示|通知|提醒)|温馨提示|notice")
_FIRM = re.compile(
    r"(?:客户|用户|顾客|会员)(?:服务|经理|代表|专员|顾问|关系|成功)"
    r"|(?<![a-z])(?:customer|client|user)s?[\s\-]*(?:service|support|care|success|relations|rep)"
)
_CUSTOMER = re.compile(
    "客户|顾客|用户|客人|业主|买家|买方|消费者|会员|住户|乘客|旅客|家长|患者|访客|投诉人|来电人|咨询者|粉丝"
    r"|(?<![a-z])(?:customer|user|buyer|client|guest|visitor|caller|consumer|human)s?(?![a-z])"
)
_AGENT = re.compile(
    "客服|坐席|座席|卖家|卖方|商家|店家|店铺|店主|旗舰店|专卖店|专营店|官方店|掌柜|接待|管家|前台|专员|服务员|话务员|工号|机器人|助手"
    r"|(?<![a-z])(?:agent|helpdesk|seller|assistant|operator|support|staff|merchant|csr?|rep|bot)s?(?![a-z])"
)


def speaker_named(name: str) -> Speaker | None:
    """Return the side of a name (客户, 顾客138…, user; 客服001, 坐席-小王, helpdesk …); ``None`` for one that says nothing.

    ``system`` is the firm's side, as in customer–helpdesk corpora; 系统消息 and the like are ``other``.
    """
    bare = name.strip().lower()
    if bare in _EXACT:
        return _EXACT[bare]
    bare = re.sub(r"[_\d]+", " ", bare)
    if _OTHER.search(bare):
        return "other"
    if _FIRM.search(bare):
        return "agent"
    customer, agent = _CUSTOMER.search(bare), _AGENT.search(bare)
    if customer is None or agent is None:
        return "customer" if customer else "agent" if agent else None
    return "customer" if customer.start() < agent.start() else "agent"


def own_name(name: str) -> str:
    """Return a speaker's name where it says more than the side (客服小王, not 客服)."""
    bare = name.strip()
    rest = _AGENT.sub("", _CUSTOMER.sub("", bare.lower()))
    return bare if bare.lower() not in _EXACT and re.search(r"\w", rest) else ""
