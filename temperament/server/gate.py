"""What stands before every request: who asks, how often, how much; and after it: errors as JSON, headers, counts.

Plain ASGI, so that it costs a hot request little.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from temperament.errors import TemperamentError
from temperament.server.limits import Keys, Rate
from temperament.server.metrics import Metrics
from temperament.server.problems import Problem, language_of
from temperament.server.settings import Settings

log = logging.getLogger("temperament.server")
OPEN_PATHS = frozenset({"/", "/board", "/form", "/healthz", "/favicon.ico"})
"""What needs no key: the pages, which hold no data, and whether the service lives."""
STATIC = "/static/"
STREAM = "/events"
_STATUS_CODES = {404: "not_found", 405: "method_not_allowed"}
_PAGES = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    b"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NOTHING = b"default-src 'none'; frame-ancestors 'none'"
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
_JSON = (b"content-type", b"application/json")


class Gate:
    """The application that is served: checks, then the inner application."""

    def __init__(
        self, inner: ASGIApp, settings: Settings, metrics: Metrics, stop: Callable[[], Awaitable[None]]
    ) -> None:
        """Stand before an application; ``stop`` ends its streams."""
        self.stop = stop
        self.inner, self.settings, self.metrics = inner, settings, metrics
        self.keys, self.rate = Keys(settings.keys), Rate(settings.rate)
        self.hosts = frozenset(settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other protocols than HTTP are passed on."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        began = time.perf_counter()
        headers = dict(scope["headers"])
        sent = _Sending(send, _safe_headers(scope["path"]))
        scope["app"] = self
        self.metrics.running.inc()
        try:
            await self._answer(scope, headers, receive, sent)
        finally:
            self.metrics.running.dec()
            self.metrics.answered(_route(scope), sent.status or 499, time.perf_counter() - began)

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, sent: "_Sending") -> None:
        accepted = headers.get(b"accept-language", b"").decode("latin-1")
        scope["language"] = language = language_of(accepted, self.settings.language)
        try:
            self._admit(scope, headers)
            body = _Receiving(receive, self.settings.max_body, self.settings.timeout)
            if scope["path"].endswith(STREAM):
                await self.inner(scope, body, sent)
            else:
                async with asyncio.timeout(self.settings.timeout):
                    await self.inner(scope, body, sent)
        except Exception as error:  # noqa: BLE001 (the one place where errors become answers)
            problem = _problem(error, scope)
            if not sent.status:
                await sent.problem(problem, problem.body(language), _allowed(error))

    def _admit(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Raise ``Problem`` for a request that may not come in."""
        path: str = scope["path"]
        if self.hosts and _host(headers.get(b"host", b"")) not in self.hosts:
            raise Problem("bad_host")
        if path in OPEN_PATHS or path.startswith(STATIC):
            return
        if headers.get(b"sec-fetch-site") in {b"cross-site", b"same-site"}:
            raise Problem("cross_site")
        caller = self.keys.caller(headers.get(b"authorization", b""), headers.get(b"x-api-key", b""))
        address = scope["client"][0].encode() if scope.get("client") else b""
        self.rate.take(caller or address)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:20]) > self.settings.max_body:
            raise Problem("too_large", self.settings.max_body)


class _Receiving:
    """The body as it comes in: not more than so many bytes, not slower than so many seconds."""

    def __init__(self, receive: Receive, most: int, timeout: float) -> None:
        self.receive, self.most, self.timeout = receive, most, timeout
        self.size, self.whole = 0, False

    async def __call__(self) -> Message:
        if self.whole:
            return await self.receive()
        try:
            async with asyncio.timeout(self.timeout):
                message = await self.receive()
        except TimeoutError as error:
            raise Problem("timeout") from error
        self.size += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.size > self.most:
            raise Problem("too_large", self.most)
        return message


class _Sending:
    """The answer as it goes out, with the headers that every answer has."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self.send, self.headers = send, headers
        self.status = 0

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.headers]
        await self.send(message)

    async def problem(self, problem: Problem, body: bytes, further: list[tuple[bytes, bytes]]) -> None:
        """Answer with what is wrong."""
        headers = [_JSON, (b"content-length", str(len(body)).encode()), *further]
        if problem.retry is not None:
            headers.append((b"retry-after", str(problem.retry).encode()))
        if problem.status == HTTP_UNAUTHORIZED:
            headers.append((b"www-authenticate", b"Bearer"))
        await self({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


HTTP_UNAUTHORIZED = 401


def _problem(error: Exception, scope: Scope) -> Problem:
    """Return what to tell about an error; what nobody expected is logged, without the message's text."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, TemperamentError):
        return Problem("bad_request", error.zh.rstrip("。"), error.en.rstrip("."))
    if isinstance(error, HTTPException) and error.status_code in _STATUS_CODES:
        return Problem(_STATUS_CODES[error.status_code])
    if isinstance(error, TimeoutError):
        return Problem("busy", retry=1)
    log.error("%s %s: %s", scope["method"], _route(scope), _where(error))
    return Problem("internal")


def _allowed(error: Exception) -> list[tuple[bytes, bytes]]:
    """Return the header that names the methods an address takes, where another was used."""
    headers = error.headers if isinstance(error, HTTPException) else None
    return [(b"allow", value.encode()) for name, value in (headers or {}).items() if name.lower() == "allow"]


def _where(error: Exception) -> str:
    """Return the kind of an error and the places it went through: its words may hold those of a customer."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' '.join(places)}"


def _route(scope: Scope) -> str:
    """Return the route's own path, so that ids and unknown paths make no series of their own."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or ("/static" if scope["path"].startswith(STATIC) else "other")


def _host(header: bytes) -> str:
    """Return a Host header without its port."""
    text = header.decode("latin-1").lower()
    return text[1 : text.find("]")] if text.startswith("[") else text.rsplit(":", 1)[0] if ":" in text else text


def _safe_headers(path: str) -> list[tuple[bytes, bytes]]:
    page = path in OPEN_PATHS or path.startswith(STATIC)
    policy = (b"content-security-policy", _PAGES if page else _NOTHING)
    return [policy, *_SAFE, (b"cache-control", b"no-cache" if page else b"no-store")]
