"""Filling the slots of a sentence from what the case knows; the rest stays visible as 【…】."""

import re
from collections.abc import Mapping

from temperament.errors import UsageError
from temperament.playbook import Playbook

_SLOT = re.compile(r"\{(\w+)\}")
_UNITS = ((1440, "天", "day"), (60, "小时", "hour"), (1, "分钟", "minute"))


class Filler:
    """Puts facts into sentences; facts are given under the names of ``slots.yaml`` in English or Chinese."""

    def __init__(self, facts: Mapping[str, str], book: Playbook, reply: int) -> None:
        """Check the facts against the slots; ``reply`` minutes fill {deadline} where no fact does.

        Raises ``UsageError`` for a fact without a slot.
        """
        self._names = {one.slot: one.name for one in book.slots.values()}
        names = {name: one.slot for one in book.slots.values() for name in (one.slot, one.name.zh)}
        for name in facts:
            if name not in names:
                allowed = "、".join(f"{one.slot}（{one.name.zh}）" for one in book.slots.values())
                raise UsageError(
                    f"没有“{name}”这种空格可填。可用的有：{allowed}。",
                    f"There is no slot called {name!r}. Choose from: {', '.join(sorted(set(names.values())))}.",
                )
        given = {names[name]: value for name, value in facts.items() if value}
        zh, en = within(reply)
        self.zh = {"deadline": zh} | given
        self.en = {"deadline": en} | given

    def fill(self, zh: str, en: str) -> tuple[str, str]:
        """Return a sentence and its gloss with their slots filled or visible."""
        if "{" not in zh and "{" not in en:
            return zh, en
        return (
            _SLOT.sub(lambda match: self.zh.get(match[1]) or f"【{self._names[match[1]].zh}】", zh),
            _SLOT.sub(lambda match: self.en.get(match[1]) or f"[{self._names[match[1]].en}]", en),
        )


def within(minutes: int) -> tuple[str, str]:
    """Return a span of time as it is said: within so many days, hours or minutes."""
    size, zh, en = next(unit for unit in _UNITS if minutes >= unit[0] and minutes % unit[0] == 0 or unit[0] == 1)
    count = minutes // size
    if size == 1440 and count == 1:
        count, zh, en = 24, "小时", "hour"
    return f"{count}{zh}内", f"within {count} {en}{'s' if count != 1 else ''}"
