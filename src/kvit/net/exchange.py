"""The only outgoing HTTP of the house: one request, one answer, guarded addresses, limits, deadlines.

``await ask(Ask("https://api.example.com/print", body=b"…"))`` gives a `Reply`, whatever its status, or a `Failed` that says
what went wrong and **whether a byte of the request can have reached the peer**: whoever prints may ask again only where
none did. Nothing is raised for anything a peer, a name server or a network can do.

Guarded: only https, unless the caller says ``plain``; only addresses of the open internet, unless the caller says
``house`` (a person of the shop gave the address). A name is looked up once, every address it has must be allowed, and the
connection goes to the address that was looked at: a name that answers otherwise the second time changes nothing. No
redirect is followed, no cookie kept, no compressed answer taken, no password stands in a URL.

HTTP/1.1 by h11 on a connection of its own (RFC 9112); certificates by the system's authorities, no way around them. Left
out: proxies, HTTP/2, kept connections, streams. Why h11: docs/decisions/0006-outgoing-http.md.
"""

from __future__ import annotations

import asyncio
import enum
import functools
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn
from urllib.parse import SplitResult

import h11

from kvit.net.guard import is_allowed, read_url

USER_AGENT: Final = "Kvit"
HEAD_BYTES_MAX: Final = 32 << 10
"""Of an answer's head: four times what common servers send at most."""
ADDRESSES_MAX: Final = 4
"""Of a name's addresses tried one after another: two of each family."""
READ_BYTES: Final = 64 << 10


class Trouble(enum.StrEnum):
    """What went wrong."""

    ADDRESS = "address"
    """No URL, a scheme or an address that is not allowed, a header that is none: a fault on our side."""
    NAME = "name"
    """No such name, or no name server."""
    AWAY = "away"
    """Nobody took the connection."""
    TLS = "tls"
    """The peer is not who it should be, or speaks no TLS 1.2."""
    SLOW = "slow"
    """The answer did not come in time."""
    BROKEN = "broken"
    """The connection ended before the answer did."""
    MALFORMED = "malformed"
    """What came is no HTTP we read."""
    LARGE = "large"
    """The answer is larger than any we expect."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines in seconds, sizes in bytes."""

    connect_s: float = 5.0
    """Name, connection and TLS; three lost packets fit."""
    silence_s: float = 10.0
    """Without a byte of the answer."""
    whole_s: float = 20.0
    """All of it: a peer that sends a byte a second ends here."""
    answer_bytes: int = 1 << 20
    """Services answer with a few hundred bytes; a megabyte is a page somebody put in the way."""


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``plain``: http is allowed; ``house``: the shop's own network is (a person of the shop said where)."""

    url: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"
    plain: bool = False
    house: bool = False
    work_s: float = 0.0
    """The peer answers when it is done, after so long at most: added to how long it may be silent, and to the whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the peer answered: status, headers by small name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer. ``sent``: bytes of the request were handed over, so the peer may have done what was asked."""

    trouble: Trouble
    sent: bool = False


Asking = Callable[[Ask], Awaitable[Reply | Failed]]
"""How the rooms hold this file: as an argument."""
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""A name to its addresses; raises OSError where there is none."""


class _GoneWrongError(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


async def ask(
    wanted: Ask, limits: Limits = LIMITS, *, resolve: Resolve | None = None, trust: ssl.SSLContext | None = None
) -> Reply | Failed:
    """Ask once. ``trust`` replaces the system's authorities, ``resolve`` the system's name server (tests)."""
    if wanted.work_s:
        silence_s, whole_s = limits.silence_s + wanted.work_s, limits.whole_s + wanted.work_s
        limits = replace(limits, silence_s=silence_s, whole_s=whole_s)
    exchange = _Exchange(wanted, limits, resolve or system_resolve, trust)
    try:
        async with asyncio.timeout(limits.whole_s):
            return await exchange.run()
    except _GoneWrongError as gone:
        return Failed(gone.trouble, exchange.sent)
    except TimeoutError:
        return Failed(Trouble.SLOW if exchange.sent else Trouble.AWAY, exchange.sent)
    finally:
        exchange.close()


async def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's name server."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@functools.cache
def _system_trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Exchange:
    """One request on one connection."""

    def __init__(self, wanted: Ask, limits: Limits, resolve: Resolve, trust: ssl.SSLContext | None) -> None:
        self.sent = False
        self._wanted = wanted
        self._limits = limits
        self._resolve = resolve
        self._trust = trust
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES_MAX)
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> Reply:
        url = read_url(self._wanted.url, plain=self._wanted.plain)
        if url is None:
            _fail(Trouble.ADDRESS)
        request = self._request(url)
        reader = await self._connected(url)
        assert self._writer is not None
        self.sent = True  # from here on nobody can say that nothing arrived
        try:
            self._writer.write(request)
            await self._writer.drain()
            return await self._answer(reader)
        except ssl.SSLError:
            _fail(Trouble.TLS)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            _fail(Trouble.BROKEN)

    def close(self) -> None:
        """Break the connection off: it was this request's alone."""
        if self._writer is not None:
            self._writer.transport.abort()

    def _request(self, url: SplitResult) -> bytes:
        """Make the request's bytes; what would be another header or another request is refused (h11 looks)."""
        own = {
            "Host": url.netloc, "Content-Length": str(len(self._wanted.body)), "Connection": "close",
            "Accept-Encoding": "identity", "User-Agent": USER_AGENT,
        }  # fmt: skip
        assert not {name.lower() for name in own} & {name.lower() for name in self._wanted.headers}
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        try:
            head = h11.Request(
                method=self._wanted.method, target=target, headers=list({**own, **self._wanted.headers}.items())
            )
        except (h11.LocalProtocolError, UnicodeEncodeError):
            _fail(Trouble.ADDRESS)
        parts = [self._http.send(head)]
        if self._wanted.body:
            parts.append(self._http.send(h11.Data(data=self._wanted.body)))
        parts.append(self._http.send(h11.EndOfMessage()))
        return b"".join(part for part in parts if part)

    async def _connected(self, url: SplitResult) -> asyncio.StreamReader:
        assert url.hostname
        port = url.port or (443 if url.scheme == "https" else 80)
        secure = (self._trust or _system_trust()) if url.scheme == "https" else None
        addresses = await self._addresses(url.hostname, port)
        for address in addresses:
            try:
                async with asyncio.timeout(self._limits.connect_s / len(addresses)):
                    reader, self._writer = await asyncio.open_connection(
                        address, port, ssl=secure, server_hostname=url.hostname if secure else None
                    )
                return reader
            except ssl.SSLError:
                _fail(Trouble.TLS)
            except OSError:
                continue  # a time-out is one, too
        raise _GoneWrongError(Trouble.AWAY)

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            async with asyncio.timeout(self._limits.connect_s):
                found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            _fail(Trouble.NAME)
        if not found:
            _fail(Trouble.NAME)
        if not all(is_allowed(each, house=self._wanted.house) for each in found):
            _fail(Trouble.ADDRESS)
        return found[:ADDRESSES_MAX]

    async def _answer(self, reader: asyncio.StreamReader) -> Reply:
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event = await self._event(reader)
            if isinstance(event, h11.Response):
                head = event
                _look(head, self._limits.answer_bytes)
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._limits.answer_bytes:
                    _fail(Trouble.LARGE)
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                return Reply(head.status_code, _headers(head), bytes(body))
            elif not isinstance(event, h11.InformationalResponse):
                _fail(Trouble.BROKEN)

    async def _event(self, reader: asyncio.StreamReader) -> object:
        ended = False
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(self._limits.silence_s):
                    data = await reader.read(READ_BYTES)
                ended = not data
                self._http.receive_data(data)
        except h11.RemoteProtocolError:
            _fail(Trouble.BROKEN if ended else Trouble.MALFORMED)
        return event


def _look(head: h11.Response, answer_bytes: int) -> None:
    headers = _headers(head)
    if headers.get("content-encoding", "identity").lower() != "identity":
        _fail(Trouble.MALFORMED)  # nobody asked for it; a small bomb unpacks to a large one
    if int(headers.get("content-length", "0")) > answer_bytes:
        _fail(Trouble.LARGE)


def _headers(head: h11.Response) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}


def _fail(trouble: Trouble) -> NoReturn:
    raise _GoneWrongError(trouble) from None
