"""Two web listeners in one event loop: uvicorn without its own signals, on sockets we opened ourselves.

Opening the sockets first means that a port somebody else has is a sentence before anything runs, not a stack trace.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from kvit.app.edge import EdgeProtocol

GRACE_S = 2
"""Open live pages get this long to end when the shop stops; browsers come back by themselves."""
CONNECTIONS_MAX = 2000
"""A live page holds one; far more than a shop has, far fewer than a process may have descriptors."""
KEEP_ALIVE_S = 15
"""A page and what it needs come within seconds; longer only holds connections for nobody."""


class PortTaken(Exception):  # noqa: N818 - reads as a sentence
    """The address is in use or not ours: ``place`` and the system's ``reason``."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; raises ``PortTaken``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise PortTaken(f"{host}:{port}", os.strerror(error.errno) if error.errno else str(error)) from error


class _Server(uvicorn.Server):
    """A server that leaves signals to the process it lives in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Window:
    """One ASGI application on one socket."""

    def __init__(self, app: Any, sock: socket.socket) -> None:
        self._socket = sock
        config = uvicorn.Config(
            app,
            http=EdgeProtocol,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            limit_concurrency=CONNECTIONS_MAX,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve; returns once requests are answered."""
        self._task = asyncio.create_task(self._server.serve([self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Take no new request, finish those under way."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()
