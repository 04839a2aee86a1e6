"""The listeners over real sockets: what is no plain HTTP is refused and never read twice; slow ones slow nobody else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kvit.app import edge
from kvit.app.serving import Window, listen
from kvit.web import public_app, staff_app
from tests.web.house import open_house

HOST = b"Host: 127.0.0.1\r\n"
SILENCE_S = 0.4
"""Enough to see that no second answer follows at once; on a busy machine it may see less, and nothing fails for that."""
PATIENCE_S = 5.0
ENDS_S = 60.0
"""For a stream the other side ends; other work may share the machine."""
OK = b"HTTP/1.1 200"
HIDDEN = b"GET /healthz?hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    sock = listen("127.0.0.1", 0)
    with open_house(tmp_path) as house:
        window = Window(staff_app(house.context), sock)
        await window.start()
        yield sock.getsockname()[1]
        await window.stop()


async def send(port: int, data: bytes, *, ends: bool = False) -> bytes:
    """Send bytes; give what comes back until the other side closes or, unless it surely will, has no more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    got = b""
    try:
        writer.write(data)
        patience_s = ENDS_S if ends else PATIENCE_S
        while piece := await asyncio.wait_for(reader.read(1 << 16), SILENCE_S if got and not ends else patience_s):
            got += piece
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return got


async def answers(port: int, data: bytes) -> list[int]:
    """The statuses of all answers to a stream that asks to close at its end."""
    got = await send(port, data, ends=True)
    return [int(piece[:3]) for piece in got.split(b"HTTP/1.1 ")[1:]]


FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
BAD = {
    "two lengths": b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "two lengths alike": b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "length beside chunks": b"POST /sign-in HTTP/1.1\r\n" + HOST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks beside length": b"POST /sign-in HTTP/1.1\r\n" + HOST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + HIDDEN + b"\r\n0\r\n\r\n",
    "a coding nobody knows": b"POST /sign-in HTTP/1.1\r\n" + HOST
    + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked twice": b"POST /sign-in HTTP/1.1\r\n" + HOST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "blank before the colon": b"GET /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\n\r\n",
    "a folded header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\r\n c\r\n\r\n",
    "a NUL": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\0c\r\n\r\n",
    "a length below nothing": b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nhello",
    "a length past all numbers": b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    "a chunk of a strange size": b"POST /first HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host that is none": b"GET /healthz HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2 by force": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_what_could_be_read_two_ways_is_refused_once(port: int, name: str) -> None:
    got = await send(port, BAD[name])
    statuses = [int(piece[:3]) for piece in got.split(b"HTTP/1.1 ")[1:]]
    assert len(statuses) <= 1, got
    assert all(400 <= status < 500 for status in statuses), got
    assert b"ok\n" not in got
    assert (await send(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", ends=True)).startswith(
        OK
    )


async def test_plain_requests_pass(port: int) -> None:
    one = b"GET /healthz HTTP/1.1\r\n" + HOST
    assert await answers(port, one + b"\r\n" + one + b"Connection: close\r\n\r\n") == [200, 200]
    assert await answers(port, one + b"Connection: close\r\n\r\n" + one + b"\r\n") == [200]
    assert await answers(port, b"GET /healthz HTTP/1.0\r\n\r\n") == [200]
    chunked = b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert await answers(port, chunked + b"5\r\nhello\r\n0\r\n\r\n") == [403]
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert await answers(port, one + upgrade + one + b"\r\n") == [200]


async def test_a_stream_of_requests_sent_ahead_is_cut(port: int) -> None:
    one = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    assert await answers(port, one * 5 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) == [200] * 6
    assert len(await answers(port, one * 1000)) < 1000


async def test_long_heads(port: int) -> None:
    head = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + HOST
    assert await answers(port, head + b"X: " + b"a" * 20_000 + b"\r\n\r\n") == [431]
    assert await answers(port, head + b"".join(b"X-%d: 1\r\n" % n for n in range(500)) + b"\r\n") == [431]
    endless = await send(port, head + b"X: " + b"a" * 200_000)
    assert endless.startswith(b"HTTP/1.1 431")
    assert len(endless) < 200
    assert await answers(port, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n") == [414]


async def test_a_head_has_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "HEAD_WITHIN_S", 0.3)
    for first in (b"", b"GET /healthz HT", b"\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        async with asyncio.timeout(ENDS_S):
            assert (await reader.read()).startswith(b"HTTP/1.1 408")
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    await reader.readuntil(b"ok\n")
    async with asyncio.timeout(ENDS_S):  # a line feed now and then does not keep a connection
        writer.write(b"\r\n")
        assert b"408" in await reader.read()
    writer.close()


async def test_two_hundred_slow_ones_do_not_hurt_the_others(port: int) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    for number, (_, writer) in enumerate(slow):
        writer.write(
            b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nx" if number % 2 else b"GET / HT"
        )
    for _ in range(50):
        assert (
            await send(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", ends=True)
        ).startswith(OK)
    for _, writer in slow:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_one_peer_does_not_take_all_connections(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "PEER_CONNECTIONS_MAX", 3)
    monkeypatch.setattr(edge, "_is_loopback", lambda host: False)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    held[0][1].write(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    await held[0][0].readuntil(b"ok\n")
    assert await send(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") == b""
    held[0][1].close()
    await held[0][1].wait_closed()
    for _ in range(100):
        if await send(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", ends=True):
            break
    else:
        pytest.fail("a place that was given up is not given again")
    for _, writer in held[1:]:
        writer.close()


async def test_the_public_listener_is_no_other(tmp_path: Path) -> None:
    sock = listen("127.0.0.1", 0)
    with open_house(tmp_path) as house:
        window = Window(public_app(house.context), sock)
        await window.start()
        port = sock.getsockname()[1]
        assert await answers(port, BAD["length beside chunks"]) == [400]
        assert await answers(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n") == [200]
        await window.stop()
