"""The same on a real listener: printers that read slowly, hang up, or never end their body, beside one that is well."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image as Picture

from kvit.app.serving import Window, listen
from kvit.device.cloud.cloudprnt import media
from kvit.device.spool.model import IN_FLIGHT, State
from kvit.paper.document import Document, Image, print_document
from tests.device.cloud.cloudprnt.house import House, house

POLL = b'{"statusCode": "200%20OK"}'
WAIT_S = 30.0


def noise() -> bytes:
    """A document whose picture is some hundred kilobytes."""
    file = io.BytesIO()
    Picture.effect_noise((560, 4_000), 90).save(file, "PNG")
    return print_document(Document([Image(file.getvalue())]))


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[tuple[House, int]]:
    async with house(folder) as shop:
        sock = listen("127.0.0.1", 0)
        window = Window(shop.app, sock)
        port = sock.getsockname()[1]
        await window.start()
        try:
            yield shop, port
        finally:
            await window.stop()


async def said(port: int, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 10)
    writer.write(request)
    return reader, writer


def head(method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
    lines = f"{method} {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lines.encode() + body


async def answer(port: int, request: bytes) -> bytes:
    reader, writer = await said(port, request)
    async with asyncio.timeout(WAIT_S):
        data = b""
        while part := await reader.read(1 << 16):
            data += part
    writer.close()
    return data


async def offer(shop: House, port: int, document: bytes) -> tuple[str, str]:
    """Accept a job and have it offered: its id, and the path of its GET."""
    path = f"/cloudprnt/{shop.token}"
    await answer(port, head("POST", path, POLL))
    job = await shop.accept(document=document)
    reply = await answer(port, head("POST", path, POLL))
    assert f"{job.id}-1".encode() in reply
    return job.id, f"{path}?type={media.PNG}&token={job.id}-1"


async def test_a_slow_reader_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with listening(tmp_path) as (shop, port):
        id_, path = await offer(shop, port, noise())
        reader, writer = await said(port, head("GET", path))
        async with asyncio.timeout(WAIT_S):
            first = await reader.readline()
        assert b"200" in first
        assert b"jobReady" in await answer(port, head("POST", f"/cloudprnt/{shop.token}", POLL))
        assert (await shop.job(id_)).state in IN_FLIGHT
        async with asyncio.timeout(WAIT_S):
            while await reader.read(1 << 16):
                pass
        writer.close()
        await answer(port, head("DELETE", f"/cloudprnt/{shop.token}?code=OK&token={id_}-1"))
        assert (await shop.job(id_)).state is State.PRINTED


async def test_a_reader_that_hangs_up_leaves_a_question(tmp_path: Path) -> None:
    async with listening(tmp_path) as (shop, port):
        id_, path = await offer(shop, port, noise())
        reader, writer = await said(port, head("GET", path))
        async with asyncio.timeout(WAIT_S):
            await reader.readline()
        writer.transport.abort()
        await shop.later(61)
        assert (await shop.job(id_)).state is State.UNKNOWN


async def test_bodies_without_end(tmp_path: Path) -> None:
    async with listening(tmp_path) as (shop, port):
        path = f"/cloudprnt/{shop.token}"
        long = head("POST", path, POLL).replace(b"Content-Length: 26", b"Content-Length: 99999999")
        assert b" 400 " in (await answer(port, long)).split(b"\r\n")[0]
        chunks = b"POST " + path.encode() + b" HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n"
        endless = chunks + b"10000\r\n" + b"x" * 65536 + b"\r\n10000\r\n" + b"x" * 65536 + b"\r\n"
        reader, writer = await said(port, endless)
        async with asyncio.timeout(WAIT_S):
            assert b" 400 " in await reader.readline()
        writer.transport.abort()
        assert b"200" in (await answer(port, head("POST", path, POLL))).split(b"\r\n")[0]
