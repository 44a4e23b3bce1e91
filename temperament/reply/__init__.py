"""Draft reply (and the reading of the customer it answers) → findings: what not to say, why, and what to say instead.

The rules are the playbook's: ``checks.yaml`` for what must not be said, ``wording.yaml`` for the manuals' sentences,
``parts.yaml`` for what a good reply holds, ``spellings.yaml`` for ways of dodging a check. A small learned model of replies
(``learned``; none of the customer's message) suggests where no rule matches and eases likely false alarms.
"""

from collections.abc import Iterable
from functools import cache

from temperament import playbook
from temperament.labels import Reading
from temperament.language import Language
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.reply.checker import Checker, Wanted
from temperament.reply.findings import KINDS, LEVELS, MISSING, Finding, at_least

__all__ = [
    "KINDS",
    "LEVELS",
    "MISSING",
    "Checker",
    "Finding",
    "Wanted",
    "at_least",
    "check_reply",
    "shipped_checker",
]


def check_reply(
    reply: str,
    reading: Reading | None = None,
    channel: str | None = None,
    *,
    disable: Iterable[str] = (),
    allow: Iterable[str] = (),
    language: Language | None = None,
    book: Playbook | None = None,
) -> list[Finding]:
    """Return what to change in a draft reply, in the order of the text; missing parts come last.

    With a ``reading`` the levels fit the customer, and parts that he needs and the reply lacks are suggested. ``channel``
    is phone, face, chat or letter, or a Chinese name of one. ``disable`` lists ids of rules, or kinds, that are not
    wanted (``learned``: no second reader); ``allow`` phrases that may be said whatever the rules find in them.
    ``language`` is that of the messages (suggested sentences stay Chinese); ``book`` an own playbook, compiled anew at
    every call: for many replies make one ``Checker``. Raises ``UsageError`` for an unknown channel, rule or kind.
    """
    wanted = Wanted(reading, channel_named(channel), frozenset(disable), tuple(allow), language)
    checker = shipped_checker() if book is None else Checker(book)
    return checker.check(reply, wanted)


@cache
def shipped_checker() -> Checker:
    """Return the checker of the shipped playbook."""
    return Checker(playbook.shipped())
