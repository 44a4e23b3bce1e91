"""Where reading happens: processes (or a thread) beside the one that speaks HTTP; single messages are read in batches.

While all of them are busy, messages gather; whoever is free takes what has gathered. A quiet service so answers at once,
a busy one reads many at the price of few.
"""

import asyncio
import multiprocessing
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from temperament.errors import ModelError
from temperament.server import work
from temperament.server.bodies import Classify
from temperament.server.problems import Problem
from temperament.server.settings import Settings
from temperament.server.work import Done, Refused

_MOST_AT_ONCE = 64
_EVIDENCE_COSTS = 4
"""A message with evidence, or with advice, is as much work as this many without."""
_MOST_WAITING = 4096
Waiting = tuple[Classify, "asyncio.Future[Done | Refused]"]


class Pool:
    """The reading processes, or with no workers one thread."""

    def __init__(self, settings: Settings) -> None:
        """Make them, and load what they need; raises ``TemperamentError`` where that is not there."""
        self._settings = settings
        self._free = max(settings.workers, 1)
        self._waiting: deque[Waiting] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._executor = self._made()
        self.model = self._loaded()

    async def classify(self, job: Classify) -> Done:
        """Read one message, together with others that are waiting; raises ``Problem``."""
        if len(self._waiting) >= _MOST_WAITING:
            raise Problem("busy", retry=1)
        future: asyncio.Future[Done | Refused] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        self._take_up()
        return _answer(await future)

    async def do(self, job: Any) -> Done:
        """Do any other piece of work; raises ``Problem``."""
        return _answer(await self._call(work.do, job))

    def close(self) -> None:
        """End the processes after what is under way."""
        self._executor.shutdown(cancel_futures=True)

    def _made(self) -> Executor:
        if not self._settings.workers:
            return ThreadPoolExecutor(1, "reading")
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._settings.workers, context, work.prepare, (self._settings,))

    def _loaded(self) -> str:
        """Load the model everywhere and return its name."""
        if not self._settings.workers:
            self._executor.submit(work.prepare, self._settings).result()
        names = [self._executor.submit(work.ready) for _ in range(max(self._settings.workers, 1))]
        for name in [one.result() for one in names]:
            if isinstance(name, Refused):
                self.close()
                raise ModelError(name.zh, name.en)
        return str(names[0].result())

    def _take_up(self) -> None:
        """Hand what has gathered to a free process."""
        while self._waiting and self._free:
            batch, cost = [], 0
            while self._waiting and cost < _MOST_AT_ONCE:
                job, future = self._waiting.popleft()
                if future.done():  # its request has timed out or gone away: nobody waits for the answer
                    continue
                batch.append((job, future))
                cost += _EVIDENCE_COSTS if job.evidence or job.advice else 1
            if not batch:
                return
            self._free -= 1
            task = asyncio.create_task(self._read(batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _read(self, batch: list[Waiting]) -> None:
        try:
            done = await self._call(work.classify, [job for job, _ in batch])
            for (_, future), outcome in zip(batch, done, strict=True):
                if not future.done():
                    future.set_result(outcome)
        except Exception as error:  # noqa: BLE001 (every waiting request is told)
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        finally:
            self._free += 1
            self._take_up()

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in a process; where one has died, all are made anew and the work is done again, once."""
        executor = self._executor
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(executor, function, *arguments)
        except BrokenProcessPool:
            if executor is self._executor:
                executor.shutdown(wait=False)
                self._executor = self._made()
            return await loop.run_in_executor(self._executor, function, *arguments)


def _answer(outcome: Done | Refused) -> Done:
    if isinstance(outcome, Refused):
        raise Problem("bad_request", outcome.zh.rstrip("。"), outcome.en.rstrip("."))
    return outcome
