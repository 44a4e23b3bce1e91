"""Chunks of messages → what is written beside them, in this process or in several."""

import os
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Literal

from temperament.batch.columns import Field
from temperament.batch.rows import Chunk
from temperament.errors import InputError

Shape = Literal["json", "text", "values"]
_AHEAD = 2
"""How many chunks wait for every process; more would only take memory."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Reads texts with a model and forms the answers: insides of JSON objects under ``names``, or cells (see ``forms``)."""

    model: str
    names: dict[Field, str]
    shape: Shape

    def __call__(self, texts: list[str]) -> tuple[list[Any], Counter[str]]:
        """Return an answer for every text, and how often each state was read (texts without a reason only)."""
        from temperament.batch import forms
        from temperament.reader import Classifier

        if not texts:
            return [], Counter()
        classifier = Classifier.load(self.model)
        tables = classifier.tables(texts)
        readings = classifier.classify_many(texts) if "evidence" in self.names else []
        states = Counter(tables.labels("state")[tables.reasons == 0].tolist())
        if self.shape == "json":
            return [*forms.objects(tables, texts, self.names, readings)], states
        return [*forms.cells(tables, texts, tuple(self.names), readings, as_text=self.shape == "text")], states


Answered = tuple[Chunk, list[Any], Counter[str]]


def answered(chunks: Iterable[Chunk], ask: Ask, jobs: int) -> Iterator[Answered]:
    """Answer chunks in their order; only a few of them are held at a time.

    Raises ``InputError`` when a process dies.
    """
    if jobs == 1:
        for chunk in chunks:
            yield chunk, *ask([row.text for row in chunk.rows])
        return
    try:
        yield from _in_processes(chunks, ask, jobs)
    except BrokenProcessPool as error:
        raise InputError(
            "一个工作进程被系统结束了（多半是内存不够）。请减小 --jobs，加 --resume 再运行一次。",
            "A worker process was ended by the system (most likely out of memory). Run again with fewer --jobs and --resume.",
        ) from error


def _in_processes(chunks: Iterable[Chunk], ask: Ask, jobs: int) -> Iterator[Answered]:
    """Keep a bounded queue before the processes; joblib's generator has no bound behind them when writing is slow."""
    from multiprocessing import get_context

    waiting: deque[tuple[Chunk, Future[tuple[list[Any], Counter[str]]]]] = deque()
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start_worker)
    try:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(ask, [row.text for row in chunk.rows])))
            if len(waiting) >= jobs * _AHEAD:
                first, future = waiting.popleft()
                yield first, *future.result()
        for first, future in waiting:
            yield first, *future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the main process, end with it, and keep to one core."""
    import signal
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
