"""The addresses of the service: a body in, JSON out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from temperament import playbook
from temperament.casebook.tasks import Tasks
from temperament.labels import state_label, temperament_label
from temperament.playbook import Playbook
from temperament.playbook.naming import channel_named
from temperament.server import bodies, live
from temperament.server.board import board, bounds, workbook
from temperament.server.live import Conversations
from temperament.server.metrics import Metrics
from temperament.server.pool import Pool
from temperament.server.problems import Problem
from temperament.server.repeats import HEADER, REPLAYED, key_of
from temperament.server.settings import Settings
from temperament.server.store import Store
from temperament.server.work import Done

STATIC = Path(__file__).resolve().parent / "static"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DUE_WITHIN = timedelta(hours=24)
"""What is due in this time, or late, stands on the board."""
Handler = Callable[[Request], Awaitable[Response]]
log = logging.getLogger("temperament.server")
_VERDICTS = {"accept": "accepted", "correct": "corrected", "dispute": "disputed"}


def answered(body: bytes, status: int = 200) -> Response:
    """Return JSON that is written already."""
    return Response(body, status, media_type="application/json")


def _json(value: object, status: int = 200) -> Response:
    return answered(msgspec.json.encode(value), status)


@dataclass(frozen=True, slots=True)
class Api:
    """The handlers and what they work with."""

    settings: Settings
    pool: Pool
    store: Store
    talks: Conversations
    metrics: Metrics
    book: Playbook

    async def classify(self, request: Request) -> Response:
        """Read one message."""
        job = await self._body(request, bodies.Classify)
        done = await self.pool.classify(job)
        if done.case is not None:
            await self.store.keep_case(done.case)
        return answered(done.body)

    async def classify_batch(self, request: Request) -> Response:
        """Read many messages."""
        return answered((await self.pool.do(await self._body(request, bodies.ClassifyBatch))).body)

    async def advise(self, request: Request) -> Response:
        """Return the reading, the advice and where the conversation stands."""
        return answered((await self.pool.do(await self._body(request, bodies.Advise))).body)

    async def check(self, request: Request) -> Response:
        """Return what to change in a draft reply."""
        return answered((await self.pool.do(await self._body(request, bodies.Check))).body)

    async def conversations(self, request: Request) -> Response:
        """Analyse a conversation, or with ``live`` make one that turns can be added to."""
        job = await self._body(request, bodies.Conversation)
        if not job.live:
            done = await self.pool.do(job)
            await self._keep(done)
            return answered(done.body)
        channel_named(job.channel)
        if job.transcript:
            raise Problem(
                "bad_request", "实时对话用 turns，不用 transcript", "a live conversation takes turns, no transcript"
            )
        one = self.talks.make(msgspec.structs.replace(job, turns=()))
        if job.turns:
            await self._grow(one, job.turns)
        path = f"/v1/conversations/{one.id}"
        return _json({"id": one.id, "turns": f"{path}/turns", "events": f"{path}/events"}, 201)

    async def conversation(self, request: Request) -> Response:
        """Return a live conversation as it stands, with all its turns."""
        one = self.talks.get(request.path_params["id"])
        job = msgspec.structs.replace(one.made_with, turns=one.turns, live=False, store=False, id=one.id)
        return answered((await self.pool.do(job)).body)

    async def end(self, request: Request) -> Response:
        """Forget a live conversation."""
        await self.talks.drop(request.path_params["id"])
        return Response(status_code=204)

    async def turns(self, request: Request) -> Response:
        """Add turns to a live conversation; returns what it adds up to and the new turns, read."""
        one = self.talks.get(request.path_params["id"])
        key = key_of(request.headers.get(HEADER))
        body, again = await self._grow(one, (await self._body(request, bodies.MoreTurns)).turns, key)
        answer = answered(body)
        if again:
            answer.headers[REPLAYED] = "true"
        return answer

    async def events(self, request: Request) -> Response:
        """Stream what a live conversation shows, turn by turn."""
        one = self.talks.get(request.path_params["id"])
        head = {"x-accel-buffering": "no"}
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=head)
        if one.listeners >= live.MOST_LISTENERS:
            raise Problem("too_many", int(live.HEARTBEAT), retry=int(live.HEARTBEAT))
        last = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
        stream = live.events(one, self.talks, after)
        return StreamingResponse(stream, media_type="text/event-stream", headers=head)

    async def feedback(self, request: Request) -> Response:
        """Keep what somebody says about a reading."""
        said = await self._body(request, bodies.Feedback)
        verdict = _VERDICTS.get(said.verdict, said.verdict)
        reading, labels = _labels(said.reading), _labels(said.labels or bodies.Labels())
        if verdict == "corrected" and not {"temperament", "state"} & set(labels):
            raise Problem(
                "bad_request",
                "更正要写明 labels（temperament 或 state）",
                "a correction must name labels (temperament or state)",
            )
        if not {"temperament", "state"} <= set(reading):
            raise Problem("bad_request", "reading 要有 temperament 和 state", "reading needs temperament and state")
        if verdict == "accepted" and any(reading.get(head, value) != value for head, value in labels.items()):
            raise Problem(
                "bad_request",
                "labels 和 reading 不一样：接受就不写 labels，要改就用 correct",
                "labels differ from reading: leave them out to accept it, or say correct",
            )
        row = {"text": said.text, "reading": reading, "verdict": verdict, "labels": labels}
        number = await self.store.keep_feedback(row | {"reason": said.reason, "agent": said.agent})
        self.metrics.feedback.labels(verdict).inc()
        return _json({"id": number, "verdict": verdict}, 201)

    async def feedback_export(self, request: Request) -> Response:
        """Return all feedback, as JSON or, one object a line, in the shape that training takes."""
        rows = await self.store.feedback()
        if _choice(request, "format", ("json", "jsonl")) == "json":
            return _json({"feedback": rows})
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        return Response(lines, media_type="application/jsonl", headers=_file("feedback.jsonl"))

    async def board(self, request: Request) -> Response:
        """Return what the cases of a day add up to, as JSON or as a workbook."""
        form = _choice(request, "format", ("json", "xlsx"))
        day = _day(request.query_params.get("day"))
        before, since, until = bounds(day, None)
        language = request.scope["language"]
        cases = await self.store.cases(before, until)
        waiting = await self.store.waiting()
        due = await self.store.run(lambda file: Tasks(file, self.book, language).due(DUE_WITHIN))
        whole = await asyncio.to_thread(board, cases, waiting, day, since, language, self.book)
        whole["due"] = [asdict(one) for one in due]
        if form == "json":
            return _json(whole)
        today = [one for one in cases if one["time"] >= since]
        name = f"temperament-{day.isoformat()}.xlsx"
        sheets = await asyncio.to_thread(workbook, whole, today, language)
        return Response(sheets, media_type=XLSX, headers=_file(name))

    async def handled(self, request: Request) -> Response:
        """Mark a case as taken up, so that it waits no longer."""
        if not await self.store.handle(request.path_params["id"]):
            raise Problem("no_case")
        return Response(status_code=204)

    async def healthz(self, request: Request) -> Response:
        """Say that the service lives."""
        return answered(b'{"status":"ok"}')

    async def prometheus(self, request: Request) -> Response:
        """Return the counters."""
        self.metrics.live.set(len(self.talks))
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def page(self, request: Request) -> Response:
        """Return the agent's page, the board, or the record form."""
        return FileResponse(STATIC / {"/board": "board.html", "/form": "form.html"}.get(request.url.path, "index.html"))

    async def body(self, request: Request, shape: type[bodies.Body]) -> bodies.Body:
        """Return a request's body for a handler that stands elsewhere; raises ``Problem``."""
        return await self._body(request, shape)

    async def _body(self, request: Request, shape: type[bodies.Body]) -> bodies.Body:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Problem("not_json")
        data = await request.body()
        if self.settings.log_text:
            log.info("%s %s", request.url.path, data.decode(errors="backslashreplace"))
        return bodies.read(data, shape)

    async def _grow(self, one: live.Live, more: tuple[bodies.Turn, ...], key: str = "") -> tuple[bytes, bool]:
        """Add turns, one request after the other, and read the conversation again.

        Returns the answer, and whether it is the one that an earlier request with the same key had.
        """
        asked = msgspec.json.encode(more)
        async with one.order:
            before = one.repeats.answer(key, asked)
            if before is not None:
                return before, True
            turns = live.grown(one, more)
            job = msgspec.structs.replace(one.made_with, turns=turns, id=one.id)
            done = await self.pool.do(job)
            await self._keep(done)
            body = done.body[:-1] + b',"turns":[' + b",".join(done.turns[-len(more) :]) + b"]}"
            if key:
                one.repeats.keep(key, asked, body)
            await one.update(turns, done)
            return body, False

    async def _keep(self, done: Done) -> None:
        if done.case is not None:
            await self.store.keep_case(done.case)


def _labels(given: bodies.Labels) -> dict[str, object]:
    """Return labels by their own names, those that are given only; raises ``UsageError`` for an unknown one."""
    named: dict[str, object] = {}
    if given.temperament is not None:
        named["temperament"] = temperament_label(given.temperament)
    if given.state is not None:
        named["state"] = state_label(given.state)
    if given.also is not None:
        named["also"] = [state_label(one) for one in given.also]
    return named


def _choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    asked = request.query_params.get(name, allowed[0])
    if asked not in allowed:
        said = f"{name}={asked[:50]!r}"
        raise Problem("bad_request", f"{said} 不行；可用：{'、'.join(allowed)}", f"{said}: choose {', '.join(allowed)}")
    return asked


def _day(text: str | None) -> date:
    """Return the day asked for, today by the machine's clock where none is."""
    if text is None:
        return datetime.now().astimezone().date()
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Problem("bad_request", "day 要写成 2026-11-22", "day is written 2026-11-22") from error
    if not date(1990, 1, 1) <= found <= date(9000, 1, 1):
        raise Problem("bad_request", "day 太早或太晚", "day is too early or too late")
    return found


def _file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def book_of(settings: Settings) -> Playbook:
    """Return the playbook of a service."""
    return playbook.overlay(settings.playbook) if settings.playbook else playbook.shipped()
