"""The ear on PostgreSQL: a connection of its own that LISTENs and hands what it hears to the hub.

One channel a schema; topic and key travel in the payload. When the line breaks, it connects again, and then every
listener hears `EVERYTHING`, because notices sent meanwhile are gone for good (the server keeps none).
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable

import msgspec
import psycopg

from kvit.db.listen import Hub, Notice
from kvit.db.postgres import Connection

CHANNEL_LIMIT = 63
"""Letters of a PostgreSQL name."""

PROBE_S = 30.0
"""How often a silent line is asked whether it still stands."""

RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before each further try to connect; the last one repeats."""

_decode = msgspec.json.Decoder(tuple[str, str]).decode


def encode(notice: Notice) -> str:
    """Write topic and key as a payload."""
    return msgspec.json.encode(notice).decode()


def channel_of(connection: Connection) -> str:
    """Name the channel of the schema a connection works in."""
    row = connection.execute("SELECT current_schema()").fetchone()
    assert row is not None
    return f"kvit {row[0]}"[:CHANNEL_LIMIT]


class Listener:
    """The listening thread. Made with the connection standing, so nothing told afterwards is missed."""

    def __init__(self, connect: Callable[[], Connection], channel: str, hub: Hub) -> None:
        self._connect = connect
        self._channel = channel
        self._hub = hub
        self._wake, self._waker = socket.socketpair()
        self._closed = False
        self._connection: Connection | None = self._listen()
        self._thread = threading.Thread(target=self._work, name="kvit-db-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and its connection."""
        self._closed = True
        self._waker.send(b"x")
        self._thread.join()
        self._wake.close()
        self._waker.close()

    def _listen(self) -> Connection:
        connection = self._connect()
        connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(self._channel)))
        return connection

    def _work(self) -> None:
        while not self._closed:
            if self._connection is None:
                self._connection = self._again()
            else:
                self._hear(self._connection)
        if self._connection is not None:
            self._connection.close()

    def _hear(self, connection: Connection) -> None:
        """Wait for notices and hand them on; on a broken line forget the connection."""
        try:
            ready, _, _ = select.select([connection.fileno(), self._wake.fileno()], [], [], PROBE_S)
            if not ready:
                connection.execute("SELECT 1")
            notices = [_decode(notify.payload) for notify in connection.notifies(timeout=0)]
            self._hub.publish(notices)
        except (psycopg.Error, OSError):
            connection.close()
            self._connection = None

    def _again(self) -> Connection | None:
        """Connect again, with growing pauses; None when closed meanwhile."""
        tries = 0
        while not self._closed:
            try:
                connection = self._listen()
            except psycopg.Error:
                select.select([self._wake], [], [], RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1
            else:
                self._hub.publish_everything()
                return connection
        return None
