"""The ASGI application: routes behind the gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from temperament.masking import Masker
from temperament.server.api import STATIC, Api, Handler, answered, book_of
from temperament.server.description import describe
from temperament.server.gate import Gate
from temperament.server.live import Conversations
from temperament.server.metrics import Metrics
from temperament.server.pool import Pool
from temperament.server.records import Records
from temperament.server.settings import Settings
from temperament.server.store import Store


def build(settings: Settings) -> Gate:
    """Return the application of a service; raises ``TemperamentError`` for a store or playbook that cannot be opened."""
    metrics, book = Metrics(), book_of(settings)
    store = Store(settings.db, Masker(book))
    pool = Pool(settings)
    metrics.model(pool.model)
    api = Api(
        settings,
        pool,
        store,
        Conversations(settings.live, settings.expiry),
        metrics,
        book,
    )

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await api.talks.close()
        pool.close()
        store.close()

    return Gate(Router(_routes(api), redirect_slashes=False, lifespan=lifespan), settings, metrics, api.talks.close)


def _routes(api: Api) -> list[Route | Mount]:
    described, records = describe(), Records(api)

    async def openapi(_: Request) -> Response:
        return answered(described)

    return [
        Route("/v1/classify", api.classify, methods=["POST"]),
        Route("/v1/check", api.check, methods=["POST"]),
        Route("/v1/advise", api.advise, methods=["POST"]),
        Route("/v1/classify:batch", api.classify_batch, methods=["POST"]),
        Route("/v1/conversations", api.conversations, methods=["POST"]),
        _route("/v1/conversations/{id}", GET=api.conversation, DELETE=api.end),
        Route("/v1/conversations/{id}/turns", api.turns, methods=["POST"]),
        Route("/v1/conversations/{id}/events", api.events, methods=["GET"]),
        _route("/v1/feedback", GET=api.feedback_export, POST=api.feedback),
        Route("/v1/board", api.board, methods=["GET"]),
        Route("/v1/cases/{id}/handled", api.handled, methods=["POST"]),
        Route("/v1/forms", records.forms, methods=["GET"]),
        Route("/v1/records", records.add, methods=["POST"]),
        Route("/healthz", api.healthz, methods=["GET"]),
        Route("/metrics", api.prometheus, methods=["GET"]),
        Route("/openapi.json", openapi, methods=["GET"]),
        Route("/", api.page, methods=["GET"]),
        Route("/board", api.page, methods=["GET"]),
        Route("/form", api.page, methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _route(path: str, **handlers: Handler) -> Route:
    """Return one route for several methods, so that a wrong one is told all that are allowed."""

    async def handle(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, handle, methods=list(handlers))
