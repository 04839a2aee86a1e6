"""The wire of an interview: opens an address, asks a printer who it is, and hangs up. Nothing is printed.

Every wait has a deadline. First it is only listened for a moment: a printer that reports by itself is heard before it is
asked. At the end of a silence a network connection is half closed: a web server that waited for the end of a line then says
what it is. What went wrong is a `Refusal` of ``device.probe_*``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvit.device.address import Address
from kvit.device.probe import Findings, Interview
from kvit.device.transports import TRANSPORTS, open_end
from kvit.device.transports.unreachable import UnreachableError
from kvit.refusal import Refusal

WEB_PORTS: Final = frozenset({80, 443, 631, 8000, 8008, 8080, 8443})
"""Where web pages and IPP are; printers' own settings pages too."""
WEB_WORDS: Final = ("HTTP/", "<html", "<!doctype html")
SAID_SHOWN: Final = 60
"""Letters of a stranger's greeting that are shown."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long to wait, in seconds."""

    listen: float = 0.3
    first: float = 3.0
    """A sleeping network printer needs 3 s to wake."""
    answer: float = 1.0
    """At 1200 baud a text of 80 letters takes 0.7 s."""
    last: float = 1.0
    everything: float = 25.0


def unwired(address: Address) -> Refusal:
    """Say of an address without a wire of ours (a queue, a service, a printer that calls in) how it is printed on."""
    return Refusal("device.probe_no_wire", {"address": str(address)})


async def interview(address: Address, ports: Path, deadlines: Deadlines | None = None) -> Findings | Refusal:
    """Ask the printer at an address who it is. ``ports`` is the folder of virtual ports (`transports.open_end`)."""
    if address.kind == "file":
        return Refusal("device.probe_file", {"address": str(address)})
    if address.kind not in TRANSPORTS:
        return unwired(address)
    limits = deadlines or Deadlines()
    ear = _Ear()
    try:
        transport = await open_end(address, lambda: ear, ports)
    except OSError as error:
        return unopened(address, error)
    try:
        async with asyncio.timeout(limits.everything):
            await ear.ask_all(transport, limits)
            await ear.last_word(transport, limits, half_close=address.kind == "tcp")
            return _outcome(address, ear, limits)
    except TimeoutError:
        return _outcome(address, ear, limits)
    finally:
        transport.abort()


class _Ear(asyncio.Protocol):
    """Hears the printer."""

    def __init__(self) -> None:
        self.talk = Interview()
        self.closed = False
        self.hung_up = False
        """It ended the talk before we did."""
        self._heard = asyncio.Event()
        self._answered = False

    def data_received(self, data: bytes) -> None:
        self._answered |= self.talk.feed(data)
        self._heard.set()

    def eof_received(self) -> bool:
        self.connection_lost(None)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._heard.set()

    async def ask_all(self, transport: asyncio.Transport, limits: Deadlines) -> None:
        """Listen, then ask one question after the other."""
        await self._wait(limits.listen, until_answered=False)
        wait_s = limits.first
        while not self.closed and (question := self.talk.next()) is not None:
            self._answered = False
            transport.write(question.raw)
            if not await self._wait(wait_s, until_answered=True):
                self.talk.missed()
            wait_s = limits.answer

    async def last_word(self, transport: asyncio.Transport, limits: Deadlines, *, half_close: bool) -> None:
        """Give a silent end a last chance to say what it is."""
        self.hung_up = self.closed
        if half_close and not self.talk.said and not self.closed:
            transport.write_eof()
            await self._wait(limits.last, until_answered=False)

    async def _wait(self, seconds: float, *, until_answered: bool) -> bool:
        """Wait for an answer, or for anything at all; True when there was one."""
        try:
            async with asyncio.timeout(seconds):
                while not (self._answered or self.closed or self.talk.is_foreign):
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pass
        return self._answered if until_answered else bool(self.talk.said)


def _outcome(address: Address, ear: _Ear, limits: Deadlines) -> Findings | Refusal:
    talk, where = ear.talk, str(address)
    found = talk.findings
    if talk.echoed:
        return Refusal("device.probe_echo", {"address": where})
    banner = talk.banner
    if any(word in banner[:200].lower() for word in map(str.lower, WEB_WORDS)):
        return Refusal("device.probe_web", {"address": where})
    if talk.is_foreign:
        return Refusal("device.probe_stranger", {"address": where, "said": banner[:SAID_SHOWN] or "…"})
    if found.answered or found.reports:
        return found
    if address.kind == "tcp" and address.port in WEB_PORTS:
        return Refusal("device.probe_web_port", {"address": where, "port": address.port})
    if ear.hung_up:
        return Refusal("device.probe_closed", {"address": where})
    if talk.said:
        return Refusal("device.probe_noise", {"address": where, "said": bytes(talk.said[:16]).hex(" ")})
    silent = "device.probe_silent_serial" if address.kind == "serial" else "device.probe_silent"
    return Refusal(silent, {"address": where, "wait_s": round(limits.first)})


def unopened(address: Address, error: OSError) -> Refusal:
    """Why an address could not be opened, as a refusal of ``device.probe_*``."""
    where = str(address)
    if isinstance(error, UnreachableError):
        return error.refusal
    if isinstance(error, TimeoutError):
        return Refusal("device.probe_nobody", {"address": where})
    if isinstance(error, ConnectionRefusedError):
        return Refusal("device.probe_port", {"address": where, "port": address.port})
    return Refusal("device.probe_unopened", {"address": where, "reason": error.strerror or str(error)})
