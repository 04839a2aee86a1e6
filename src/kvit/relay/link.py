"""The link: the way from a pump to one printer, with reconnecting and the bounded queue.

Bytes go straight into the printer's transport. Only while the printer is away or does not take more do they wait here,
and then whoever sends is told to pause (`Tells.link_full`), so what waits is one read of one till. Nothing is ever sent
twice: after a break the link goes on with the bytes not yet handed to the transport.

States: ``down`` (no connection, none wanted), ``dialling`` (again and again), ``up``, ``away`` (lost), ``closing``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

Dial = Callable[[Callable[[], asyncio.Protocol]], Awaitable[asyncio.Transport]]
"""Opens the printer: takes the protocol's factory."""

HIGH_BYTES: Final = 16384
"""Handed to the kernel's side before we feel the printer's busy: four receive buffers of a usual printer."""
BACKOFF_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Pauses between tries; the last one repeats. A printer being switched on answers after 3 to 10 s."""


class Tells(Protocol):
    """What a link says to its pump."""

    def printer_said(self, link: Link, data: bytes) -> None:
        """Bytes for the till."""

    def link_full(self, link: Link, full: bool) -> None:
        """Stop or go on sending."""

    def link_up(self, link: Link, again: bool) -> None:
        """The printer is connected; ``again`` after a break."""

    def link_lost(self, link: Link, reason: str, waiting: int) -> None:
        """The printer is gone or could not be reached; ``waiting`` bytes wait for it."""

    def link_missed(self, link: Link) -> None:
        """The printer could again not be reached."""

    def link_closed(self, link: Link) -> None:
        """A connection we wanted to end has ended, or the printer hung up with nothing left to send."""


class Link(asyncio.Protocol):
    """One printer. Only one connection at a time; a new one is a new inner protocol."""

    def __init__(self, dial: Dial, tells: Tells) -> None:
        self._dial = dial
        self._tells = tells
        self._queue: deque[bytes] = deque()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._room = True
        self._tries = 0
        self._broken = False
        self.queued = 0
        """Bytes that wait here."""
        self.sent = 0
        """Bytes handed to the printer's transport since the link was made."""
        self.state = "down"
        self.reason = ""
        """Why the printer is away."""

    @property
    def empty(self) -> bool:
        """True when nothing waits, neither here nor in the transport."""
        return not self.queued and (self._transport is None or not self._transport.get_write_buffer_size())

    @property
    def free(self) -> bool:
        """True when what is sent now would not have to wait for a busy or absent printer."""
        return self._room and not self.queued

    @property
    def network(self) -> bool:
        """True when the printer's connection has a half-close, so that its end can be heard and said."""
        return self._transport is not None and self._transport.can_write_eof()

    def send(self, data: bytes) -> bool:
        """Send bytes, dialling when there is no connection; False when the sender must pause until told."""
        if self._room and not self.queued and self.state == "up":
            assert self._transport is not None
            self.sent += len(data)
            self._transport.write(data)
            return self._room
        self._queue.append(data)
        self.queued += len(data)
        self.dial()
        return False

    def dial(self) -> None:
        """Begin to connect, unless that is so already."""
        if self.state in ("down", "away") and self._task is None:
            self.state = "dialling"
            self._task = asyncio.ensure_future(self._connect())

    def finish(self) -> bool:
        """Half-close towards the printer, where it can be; True when that was done."""
        if self.state != "up" or not self.network:
            return False
        assert self._transport is not None
        self._transport.write_eof()
        return True

    def hang_up(self) -> None:
        """End the connection once what was handed over is written. What waits here stays."""
        if self._transport is not None:
            self.state = "closing"
            self._transport.close()

    def stop(self) -> int:
        """End everything at once; say how many bytes never left."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self.state = "closing"
            self._transport.close()
        return self.drop()

    def drop(self) -> int:
        """Give up what waits here; say how many bytes it was."""
        count, self.queued = self.queued, 0
        self._queue.clear()
        return count

    def pause(self) -> None:
        """The till does not take what the printer says: read no more from the printer."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read from the printer again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The printer is there."""
        self._transport = transport  # type: ignore[assignment]
        self._transport.set_write_buffer_limits(high=HIGH_BYTES)  # type: ignore[union-attr]
        self._room, self.state, self.reason, self._tries = True, "up", "", 0
        again, self._broken = self._broken, False
        self._tells.link_up(self, again)
        self._drain()

    def data_received(self, data: bytes) -> None:
        """The printer speaks."""
        self._tells.printer_said(self, data)

    def eof_received(self) -> bool:
        """The printer hung up its side; nothing more can come of this connection."""
        return False

    def pause_writing(self) -> None:
        """The printer is busy."""
        self._room = False
        self._tells.link_full(self, True)

    def resume_writing(self) -> None:
        """The printer takes more."""
        self._room = True
        self._drain()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over: as we wanted, or because the printer went away."""
        meant = self.state == "closing"
        self._transport, self._room = None, True
        if not self.queued:
            self._tells.link_full(self, False)
        if meant or (exc is None and not self.queued):
            self.state = "down"
            self._tells.link_closed(self)
            if self.queued:
                self.dial()
            return
        self._away(str(exc) if exc is not None else "the printer hung up")

    def _drain(self) -> None:
        while self._queue and self._room and self._transport is not None:
            data = self._queue.popleft()
            self.queued -= len(data)
            self.sent += len(data)
            self._transport.write(data)
        if self._room and not self.queued:
            self._tells.link_full(self, False)

    def _away(self, reason: str) -> None:
        self.state, self.reason, self._broken = "away", reason, True
        self._tells.link_lost(self, reason, self.queued)
        if self.queued:
            self.dial()

    async def _connect(self) -> None:
        """Dial until it succeeds."""
        try:
            while True:
                if self._tries:
                    await asyncio.sleep(BACKOFF_S[min(self._tries, len(BACKOFF_S)) - 1])
                try:
                    await self._dial(lambda: self)
                    return
                except OSError as error:
                    self._tries += 1
                    self.state = "dialling"
                    self.reason = str(error) or type(error).__name__
                    if self._tries == 1:
                        self._broken = True
                        self._tells.link_lost(self, self.reason, self.queued)
                    else:
                        self._tells.link_missed(self)
                    if not self.queued:
                        self.state = "away"
                        return
        finally:
            self._task = None
