"""An HTTP server on loopback that answers as it is told, well or badly: the ground of the other fakes here.

A fault stands for the next call only.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import h11
import msgspec


class Fault(enum.StrEnum):
    HANGUP = "hangup"  # nothing done, no answer
    LOST = "lost"  # done, no answer
    SILENT = "silent"  # done, and the answer never comes
    CUT = "cut"  # done, and the answer breaks off
    ERROR = "500"  # not done
    BUSY = "429"  # not done, come again in 7 seconds
    MOVED = "302"  # not done
    PAGE = "page"  # not done, a page of some proxy with status 200


DONE = frozenset({Fault.LOST, Fault.SILENT, Fault.CUT})


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


Answer = tuple[int, dict[str, str], bytes]


def json_answer(status: int, body: object) -> Answer:
    return status, {"content-type": "application/json"}, msgspec.json.encode(body)


@dataclass
class Peer:
    """``answer`` obeys a call; ``asked`` are all calls, ``obeyed`` those that were obeyed."""

    answer: Callable[[Asked], Answer]
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    obeyed: list[Asked] = field(default_factory=list)
    url: str = ""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever a call has come in."""
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.talks.add(task)
        try:
            asked = await _read(reader)
            if asked is not None:
                await self._answer(asked, reader, writer)
        except (OSError, h11.RemoteProtocolError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.faults.popleft() if self.faults else None
        obeys = fault is None or fault in DONE
        answer: Answer = self.answer(asked) if obeys else (500, {}, b"")
        status, headers, body = answer
        if obeys:
            self.obeyed.append(asked)
        self.asked.append(asked)
        self.heard.set()
        if fault is Fault.SILENT:
            await reader.read()
        if fault in (Fault.HANGUP, Fault.LOST, Fault.SILENT):
            return
        if fault is Fault.BUSY:
            status, headers = 429, {"retry-after": "7"}
        elif fault is Fault.MOVED:
            status, headers = 302, {"location": "http://127.0.0.1:9/"}
        elif fault is Fault.PAGE:
            status, headers, body = 200, {"content-type": "text/html"}, b"<html>Please log in</html>"
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        writer.write(whole[:-1] if fault is Fault.CUT and body else whole)
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
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode(): value.decode() for name, value in head.headers}
            return Asked(head.method.decode(), head.target.decode(), headers, bytes(body))
        else:
            return None


@contextlib.asynccontextmanager
async def listening(answer: Callable[[Asked], Answer]) -> AsyncIterator[Peer]:
    peer = Peer(answer)
    server = await asyncio.start_server(peer.talk, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        server.close()
        await asyncio.gather(*peer.talks, return_exceptions=True)
