"""A maker's cloud on loopback: HTTP by h11, one maker's answers behind it, and the faults it is told.

A fault stands for the next question only, a paper's or any other; `Fault` says what each does and whether the paper was
taken. Without one it answers as its maker does. `tell` takes the words people type.
"""

from __future__ import annotations

import asyncio
import enum
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

import h11
import msgspec

from kvit.device.cloud.push.emulators.machine import Machine

BODY_BYTES_MAX: Final = 4 << 20
READ_S: Final = 20.0


class Fault(enum.StrEnum):
    """What goes wrong with the next question."""

    HANGUP = "hangup"
    """The connection is broken off before anything was done."""
    FORGET = "forget"
    """Done, and the connection is broken off before the answer."""
    SILENT = "silent"
    """Done, and the answer never comes."""
    CUT = "cut"
    """Done, and the answer breaks off."""
    PAGE = "page"
    """Not done; a page of some proxy, status 200."""
    ERROR = "500"
    """Done, and answered with status 500."""
    BUSY = "429"
    """Not done; too many questions."""
    MOVED = "302"
    GARBAGE = "garbage"
    """Done, and the answer is JSON of no use."""


DONE: Final = frozenset({Fault.FORGET, Fault.SILENT, Fault.CUT, Fault.ERROR, Fault.GARBAGE})
"""Faults behind which the question was obeyed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body's fields where it is a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def json(self) -> dict[str, Any]:
        """The body's fields where it is JSON; empty where it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Maker(Protocol):
    """One maker's answers."""

    def prints(self, asked: Asked) -> bool:
        """Say whether a question brings a paper: faults wait for those."""

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """Do what is asked and say so."""


class CloudEmulator:
    """A maker's cloud with one printer."""

    def __init__(self, maker: Maker, device: str, clock: Callable[[], float] = time.time) -> None:
        self.machine = Machine(device)
        self.faults: deque[Fault] = deque()
        """For the next papers, one each."""
        self.asked: list[Asked] = []
        self._maker = maker
        self._clock = clock
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Open the port; 0 takes a free one. Give the port."""
        self._server = await asyncio.start_server(self._talk, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.close()

    def tell(self, text: str) -> str:
        """Obey a word: ``paper out|in offline online stuck moving clear state``, ``fault NAME``; say how it stands."""
        word, _, more = text.strip().partition(" ")
        machine = self.machine
        words: dict[tuple[str, str], tuple[str, bool]] = {
            ("paper", "out"): ("has_paper", False), ("paper", "in"): ("has_paper", True),
            ("offline", ""): ("online", False), ("online", ""): ("online", True),
            ("stuck", ""): ("stuck", True), ("moving", ""): ("stuck", False),
        }  # fmt: skip
        if (word, more) in words:
            name, value = words[word, more]
            setattr(machine, name, value)
            machine.roll()
        elif word == "fault" and more in tuple(Fault):
            self.faults.append(Fault(more))
        elif text.strip() == "clear":
            machine.clear()
        elif text.strip() != "state":
            return f"paper out|in  offline  online  stuck  moving  fault {'|'.join(Fault)}  clear  state"
        return self.state()

    def state(self) -> str:
        """How it stands, in a line."""
        machine = self.machine
        waiting = sum(not order.printed and not order.gone for order in machine.orders)
        link = "online" if machine.online else "offline"
        paper = "paper in" if machine.has_paper else "paper out"
        told = " ".join(self.faults) or "none"
        return f"{link}, {paper}, {waiting} waiting, {len(machine.paper)} printed, faults to come: {told}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_S):
                asked = await _read(reader)
            if asked is not None:
                await self._answer(asked, reader, writer)
        except (OSError, h11.RemoteProtocolError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        del self.asked[:-1000]
        fault = self.faults.popleft() if self.faults and self._maker.prints(asked) else None
        self.machine.now_s = int(self._clock())
        said: dict[str, Any] = {}
        if fault is None or fault in DONE:
            said = self._maker.answer(asked, self.machine)
        if fault in (Fault.HANGUP, Fault.FORGET, Fault.SILENT):
            if fault is Fault.SILENT:
                await reader.read()  # until the caller has enough of it
            return
        writer.write(_written(fault, msgspec.json.encode(said)))
        await writer.drain()
        writer.write_eof()
        await reader.read()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    http, head, body = h11.Connection(h11.SERVER), None, bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > BODY_BYTES_MAX:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
            return Asked(head.target.decode("latin-1"), headers, bytes(body))
        else:
            return None


_STATUS: Final = {
    Fault.ERROR: "500 Internal Server Error", Fault.BUSY: "429 Too Many Requests", Fault.MOVED: "302 Found",
}  # fmt: skip


def _written(fault: Fault | None, said: bytes) -> bytes:
    """The answer's bytes, spoiled as told."""
    kind = "text/html" if fault in (Fault.PAGE, Fault.ERROR, Fault.BUSY, Fault.MOVED) else "application/json"
    body = said if kind == "application/json" else b"<html><body>A page of somebody else</body></html>"
    if fault is Fault.GARBAGE:
        body = b'{"data": {"surprise": [1, 2, 3]}}'
    place = "Location: http://127.0.0.1:9/\r\n" if fault is Fault.MOVED else ""
    status = _STATUS.get(fault, "200 OK") if fault is not None else "200 OK"
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{place}\r\n"
    )
    whole = head.encode("latin-1") + body
    return whole[: len(whole) - len(body) // 2] if fault is Fault.CUT else whole
