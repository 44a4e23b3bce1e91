"""Conversations that are still going on: a bounded number in memory, each with those who listen to it."""

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from temperament.server.bodies import LONGEST_TRANSCRIPT, MOST_TURNS, Conversation, Turn
from temperament.server.problems import Problem
from temperament.server.repeats import Repeats
from temperament.server.work import Done

HEARTBEAT = 15.0
"""Seconds after which a silent stream shows that it is alive."""
MOST_LISTENERS = 20


@dataclass(slots=True)
class Live:
    """One conversation: what it was made with, its turns, the latest analysis, and who waits for the next."""

    id: str
    made_with: Conversation
    turns: tuple[Turn, ...] = ()
    latest: Done | None = None
    version: int = 0
    touched: float = field(default_factory=time.monotonic)
    listeners: int = 0
    repeats: Repeats = field(default_factory=Repeats)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def update(self, turns: tuple[Turn, ...], done: Done) -> None:
        """Take the turns and their analysis, and wake those who listen."""
        self.turns, self.latest, self.touched = turns, done, time.monotonic()
        self.version += 1
        await self.wake()

    async def wake(self) -> None:
        """Have those who listen look again."""
        async with self.changed:
            self.changed.notify_all()


class Conversations:
    """The live conversations, the one that was touched longest ago first."""

    def __init__(self, most: int, expiry: float) -> None:
        """Keep at most ``most``, each for ``expiry`` seconds after it was touched."""
        self.most, self.expiry = most, expiry
        self.closing = False
        self._kept: OrderedDict[str, Live] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        self._forget()
        return len(self._kept)

    def make(self, made_with: Conversation) -> Live:
        """Make a conversation; where there are too many, the one that was touched longest ago goes."""
        self._forget()
        while len(self._kept) >= self.most:
            self._kept.popitem(last=False)
        one = Live(uuid.uuid4().hex, made_with)
        self._kept[one.id] = one
        return one

    def get(self, identifier: str) -> Live:
        """Return a conversation; raises ``Problem`` where there is none, or none any more."""
        self._forget()
        if identifier not in self._kept:
            raise Problem("no_conversation")
        self._kept.move_to_end(identifier)
        one = self._kept[identifier]
        one.touched = time.monotonic()
        return one

    async def drop(self, identifier: str) -> None:
        """Forget a conversation and end its streams; raises ``Problem`` where there is none."""
        one = self.get(identifier)
        del self._kept[identifier]
        await one.wake()

    def has(self, one: Live) -> bool:
        """Tell whether a conversation is still kept."""
        return one.id in self._kept and not self.closing

    async def close(self) -> None:
        """End every stream."""
        self.closing = True
        for one in list(self._kept.values()):
            await one.wake()

    def _forget(self) -> None:
        old = time.monotonic() - self.expiry
        while self._kept and next(iter(self._kept.values())).touched < old:
            self._kept.popitem(last=False)


def grown(one: Live, more: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the turns with more of them; raises ``Problem`` for more than a conversation may hold."""
    if len(one.turns) + len(more) > MOST_TURNS:
        raise Problem("full", MOST_TURNS)
    turns = (*one.turns, *more)
    if sum(len(turn.text) for turn in turns) > LONGEST_TRANSCRIPT:
        raise Problem(
            "bad_request",
            f"一段对话最多 {LONGEST_TRANSCRIPT} 字，请建新的",
            f"a conversation holds at most {LONGEST_TRANSCRIPT} characters; make a new one",
        )
    return turns


async def events(one: Live, kept: Conversations, after: int) -> AsyncIterator[bytes]:
    """Yield server-sent events: ``turn`` for every turn after the number given, then ``conversation``, and so on.

    A reading may change what earlier turns mean for the whole, never the earlier turns themselves, so that every turn
    is sent once; its event has its number as id, and a client that comes back says the last one it has seen.
    """
    one.listeners += 1
    try:
        yield b": temperament\nretry: 2000\n\n"
        async for piece in _changes(one, kept, after):
            yield piece
        yield b"event: end\ndata: {}\n\n"
    finally:
        one.listeners -= 1


async def _changes(one: Live, kept: Conversations, after: int) -> AsyncIterator[bytes]:
    seen = -1
    while kept.has(one):
        if one.version == seen:
            yield await _waited(one, kept, seen)
            continue
        seen, latest = one.version, one.latest
        if latest is not None:
            for number in range(after + 1, len(latest.turns) + 1):
                yield b"id: %d\nevent: turn\ndata: %s\n\n" % (number, latest.turns[number - 1])
            after = max(after, len(latest.turns))
            yield b"event: conversation\ndata: %s\n\n" % latest.body


async def _waited(one: Live, kept: Conversations, seen: int) -> bytes:
    """Wait for something new or for the heartbeat; returns what to send meanwhile."""
    try:
        async with asyncio.timeout(HEARTBEAT), one.changed:
            await one.changed.wait_for(lambda: one.version != seen or not kept.has(one))
    except TimeoutError:
        return b": alive\n\n"
    return b""
