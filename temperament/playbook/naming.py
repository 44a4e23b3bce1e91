"""The labels that users may name: channels, lines of business, customer groups and levels, in Chinese or English."""

from typing import cast, get_args

from temperament.errors import UsageError
from temperament.playbook.shapes import Channel, GroupLabel, Industry, Priority

CHANNELS: tuple[Channel, ...] = get_args(Channel)
GROUPS: tuple[GroupLabel, ...] = get_args(GroupLabel)
INDUSTRIES: tuple[Industry, ...] = get_args(Industry)
IMPACTS: tuple[Priority, ...] = get_args(Priority)
_NAMES = {
    "电话": "phone",
    "当面": "face",
    "面谈": "face",
    "在线": "chat",
    "聊天": "chat",
    "书信": "letter",
    "邮件": "letter",
    "酒店": "hotel",
    "物业": "property",
    "食品": "food",
    "随和型": "easygoing",
    "顽固不合作型": "stubborn",
    "顽固型": "stubborn",
    "强硬好胜型": "forceful",
    "强硬型": "forceful",
    "虚荣型": "vain",
    "易怒型": "irritable",
    "低": "low",
    "中": "normal",
    "高": "high",
}
"""Chinese names that are understood for channels, lines of business, groups and levels."""


def known(asked: str | None, allowed: tuple[str, ...], what: tuple[str, str]) -> str | None:
    """Return the label asked for by itself or by a Chinese name; ``None`` stays; raises ``UsageError`` with what is allowed.

    ``what`` says in Chinese and English what kind of label it is.
    """
    name = _NAMES.get(asked, asked) if asked is not None else None
    if name is None or name in allowed:
        return name
    raise UsageError(
        f"没有“{asked}”这种{what[0]}。可用的有：{'、'.join(allowed)}。",
        f"There is no {what[1]} {asked!r}. Choose one of: {', '.join(allowed)}.",
    )


def channel_named(asked: str | None) -> Channel | None:
    """Return a channel by its label or a Chinese name; raises ``UsageError``."""
    return cast("Channel | None", known(asked, CHANNELS, ("渠道", "channel")))
