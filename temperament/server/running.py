"""Running the service with uvicorn, and ending it well."""

from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from temperament.server.app import build
from temperament.server.settings import Settings

_BACKLOG = 2048
_GRACE = 30
"""Seconds that running requests have to end in after SIGTERM."""


class _Server(uvicorn.Server):
    """A server that ends event streams when it is told to stop: they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._stop = stop

    async def shutdown(self, sockets: Any = None) -> None:
        """End the streams, then what is running."""
        await self._stop()
        await super().shutdown(sockets)


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; raises ``TemperamentError`` for what cannot be opened."""
    gate = build(settings)
    config = uvicorn.Config(
        gate,
        host=host,
        port=port,
        log_level="info",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE,
        backlog=_BACKLOG,
        limit_concurrency=2000,
        ws="none",
    )
    _Server(config, gate.stop).run()
