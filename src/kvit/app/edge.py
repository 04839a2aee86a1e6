"""The edge of the web listeners: what a connection may cost before a request has arrived whole.

uvicorn's own protocol waits for ever for the first line, takes headers of any length and any number of requests sent
ahead. Here a head has ``HEAD_WITHIN_S`` from its first byte (or from the connection's beginning) and ``HEAD_BYTES_MAX``;
one peer holds at most ``PEER_CONNECTIONS_MAX`` connections; requests sent ahead of their answers are few. What an answer
may cost is the guard's matter (``kvit.web.guard``).

The bytes are read by llhttp in its strict setting: two lengths, a length beside chunks, other transfer codings, blanks
before a colon, bare line feeds, control bytes in a value are a 400 and the end of the connection, so there is one reading
of every stream. HTTP/1.1 and 1.0; an upgrade is not taken and ends the connection with its answer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import ip_address
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_WITHIN_S = 10.0
"""A phone at the edge of its network sends two kilobytes in a second or two."""
HEAD_BYTES_MAX = 32 << 10
"""Twice what the guard lets in, so that most callers hear why (431 with its id) and nobody fills the memory."""
PEER_CONNECTIONS_MAX = 500
"""A shop behind one address has some hundred browsers with six connections each at most; listeners hold 2,000."""
AHEAD_MAX = 16
"""Requests sent before the answer of the one in front; browsers send none."""


class EdgeProtocol(HttpToolsProtocol):
    """One connection."""

    _peers: ClassVar[Counter[str]] = Counter()
    """Connections by the peer's address; loopback, where proxies sit, is not counted."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head_bytes = 0
        self._in_head = True
        self._head_timer: asyncio.TimerHandle | None = None
        self._peer = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; one connection too many of a peer is closed without a word."""
        super().connection_made(transport)
        self._peer = self.client[0] if self.client and not _is_loopback(self.client[0]) else ""
        if self._peer:
            self._peers[self._peer] += 1
            if self._peers[self._peer] > PEER_CONNECTIONS_MAX:
                transport.abort()
                return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._head_came()
        if self._peer:
            self._peers[self._peer] -= 1
            if not self._peers[self._peer]:
                del self._peers[self._peer]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; whoever sends a head piece by piece is measured by bytes and by time."""
        if self.cycle is None or self.cycle.response_complete:
            self._await_head()
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self._refuse(431)

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a head is whole, and hand the request on."""
        self._in_head = False
        self._head_came()
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False
        if len(self.pipeline) > AHEAD_MAX:
            self.pipeline.clear()
            self.transport.abort()

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_WITHIN_S, self._too_slow)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
