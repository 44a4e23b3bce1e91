"""Running the service with uvicorn, and ending it well."""

import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType

import uvicorn

from temperament.errors import InputError
from temperament.language import Report
from temperament.server.app import build
from temperament.server.settings import Settings

_BACKLOG = 2048
_MOST_CONNECTIONS = 2000
_IDLE = 30
"""Seconds after which a connection on which nothing is asked is closed."""
_GRACE = 30
"""Seconds that running requests have to end in after SIGTERM."""


class _Server(uvicorn.Server):
    """A server that ends event streams when it is told to stop, and then ends with the exit code 0."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; told so a second time from the keyboard, at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would never end by themselves, then what is running."""
        await self._stop()
        await super().shutdown(sockets)


def serve(settings: Settings, host: str, port: int, report: Report) -> None:
    """Serve until SIGINT or SIGTERM; raises ``TemperamentError`` for what cannot be opened or bound."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("temperament.server").setLevel(logging.INFO)
    listening = _bound(host, port)
    gate = build(settings)
    config = uvicorn.Config(
        gate,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GRACE,
        backlog=_BACKLOG,
        limit_concurrency=_MOST_CONNECTIONS,
        ws="none",
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    report(
        f"服务已启动：{address}（看板 {address}/board，接口 {address}/openapi.json）。按 Ctrl-C 停止。",
        f"Serving at {address} (board: {address}/board, interface: {address}/openapi.json). Stop with Ctrl-C.",
    )
    _Server(config, gate.stop).run(sockets=[listening])
    report("服务已停止。", "Stopped.")


def _bound(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises ``InputError`` where there can be none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise InputError(
            f"{host}:{port} 用不了（{error.strerror}）。换一个 --port，或先停掉占用它的程序。",
            f"{host}:{port} cannot be used ({error.strerror}). Choose another --port, or stop what uses it.",
        ) from error
