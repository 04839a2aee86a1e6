"""Kvit as a printer, on the printers' door: ``ipp://HOST:PORT/ipp/print/NAME`` for each printer of the shop.

A caller outside the allowed networks, or without the password where one is set, is turned away before a byte of the body is
read. Bodies come in chunks or with a length; curl and CUPS ask first (``Expect: 100-continue``), which the listener answers
when the body begins to be read here. A GET of the same address is a page for people.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import AsyncGenerator, Sequence
from html import escape
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from kvit.device.board import Light
from kvit.device.cloud.door import NO_STORE, Desk
from kvit.device.ipp.message import ATTRIBUTE_BYTES_MAX, Message, decode, encode
from kvit.device.ipp.operations import Office, ReadPages
from kvit.device.ipp.settings import IppSettings
from kvit.device.ipp.value import Group, GroupTag, charset, language, text
from kvit.device.ipp.vocabulary import Status
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool.order import DOCUMENT_BYTES_MAX
from kvit.paper.render import png
from kvit.refusal import Refusal
from kvit.wire import WireError

MEDIA_TYPE: Final = "application/ipp"
BODY_BYTES_MAX: Final = ATTRIBUTE_BYTES_MAX + DOCUMENT_BYTES_MAX
PART_S: Final = 60.0
"""For the next piece of a body: a desktop draws a page while it sends the one before."""
WHOLE_S: Final = 600.0
"""For a whole body."""
HELD_BYTES_MAX: Final = 128 << 20
"""Of all bodies under way together: eight of the largest; who comes then is told to come again."""
HOST_LETTERS_MAX: Final = 255


class _Gone(Exception):  # noqa: N818 - reads as a sentence
    """The caller hung up, was too slow, or sends too much: with the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class IppServer:
    """The routes' common world."""

    def __init__(self, desk: Desk, settings: IppSettings, read: ReadPages) -> None:
        self._desk, self._settings = desk, settings
        self._office = Office(desk, settings, read)
        self._held_bytes = 0
        self._networks = tuple(ip_network(each, strict=False) for each in settings.allow)

    def routes(self) -> Sequence[Route]:
        """Give the routes."""
        return (
            Route("/ipp/icon.png", self.icon, methods=["GET"]),
            Route("/ipp/print", self.post, methods=["POST"]),
            Route("/ipp/print", self.page, methods=["GET"]),
            Route("/ipp/print/{printer}", self.post, methods=["POST"]),
            Route("/ipp/print/{printer}/{job:int}", self.post, methods=["POST"]),
            Route("/ipp/print/{printer}", self.page, methods=["GET"]),
        )

    async def post(self, request: Request) -> Response:
        """One IPP request."""
        stranger = self._stranger(request)
        if stranger is not None:
            return stranger
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            return PlainTextResponse("IPP is spoken here (application/ipp).\n", 415, NO_STORE)
        parts: list[bytes] = []
        try:
            await self._read(request, parts)
            return _response(await self._answer(request, b"".join(parts)))
        except _Gone as gone:
            return Response(status_code=gone.status, headers={**NO_STORE, "connection": "close"})
        finally:
            self._held_bytes -= sum(map(len, parts))

    async def _read(self, request: Request, parts: list[bytes]) -> None:
        """Read a body into ``parts``, piece by piece, so that whoever counts them sees them all. Raises `_Gone`."""
        told = request.headers.get("content-length", "0")
        if not told.isascii() or not told.isdigit() or int(told[:12]) > BODY_BYTES_MAX:
            raise _Gone(413)
        size, stream = 0, request.stream()
        try:
            async with asyncio.timeout(WHOLE_S):
                while (part := await _part(stream)) is not None:
                    size += len(part)
                    if size > BODY_BYTES_MAX:
                        raise _Gone(413)
                    parts.append(part)
                    self._held_bytes += len(part)
                    if self._held_bytes > HELD_BYTES_MAX:
                        raise _Gone(503)
        except TimeoutError:
            raise _Gone(408) from None
        except ClientDisconnect:
            raise _Gone(400) from None

    async def _answer(self, request: Request, body: bytes) -> Message:
        try:
            message, document = decode(body)
        except WireError as error:
            self._desk.log("ipp.bad_bytes", {"reason": error.reason, "offset": error.offset})
            return _failed(Status.BAD_REQUEST, body, str(error))
        try:
            printer = await self._printer(request.path_params.get("printer", ""))
            return await self._office.answer(message, document, printer, _host(request))
        except Exception as error:  # a desktop hears of a full disk, and tries again
            self._desk.log("ipp.failed", {"error": type(error).__name__})
            return _failed(Status.TEMPORARY, body, "Kvit can not take it just now.")

    async def _printer(self, name: str) -> Printer | None:
        """The printer of a name; without one the first there is."""
        desk = self._desk
        if not name:
            return next(iter(await desk.db.read(printers.printers, desk.shop)), None)
        found = await desk.db.read(printers.printer, desk.shop, name)
        return None if isinstance(found, Refusal) else found

    async def page(self, request: Request) -> Response:
        """What a person sees who opens a printer's address: how to add it, and how it is."""
        stranger = self._stranger(request)
        if stranger is not None:
            return stranger
        desk, name = self._desk, request.path_params.get("printer", "")
        every = await desk.db.read(printers.printers, desk.shop)
        shown = [each for each in every if name in ("", each.name)]
        if not shown:
            return PlainTextResponse("There is no such printer.\n", 404, NO_STORE)
        rows = "".join(_row(each, desk.board.light(each.name), _host(request)) for each in shown)
        return HTMLResponse(_PAGE.format(rows=rows), headers=NO_STORE)

    async def icon(self, request: Request) -> Response:
        """A printer's picture, 128 by 128."""
        return self._stranger(request) or Response(icon(), media_type="image/png")

    def _stranger(self, request: Request) -> Response | None:
        """Turn away who may not print; None for who may."""
        try:
            peer: IPv4Address | IPv6Address = ip_address(request.client.host if request.client else "")
        except ValueError:
            return Response(status_code=403, headers=NO_STORE)
        if isinstance(peer, IPv6Address) and peer.ipv4_mapped is not None:
            peer = peer.ipv4_mapped
        if not any(peer in network for network in self._networks):
            return PlainTextResponse("This network may not print here ([ipp] allow).\n", 403, NO_STORE)
        if self._settings.password and not _knows(request, self._settings.password):
            return Response(status_code=401, headers={**NO_STORE, "www-authenticate": 'Basic realm="Kvit"'})
        return None


def routes(desk: Desk, settings: IppSettings, read: ReadPages) -> Sequence[Route]:
    """Give the room's routes for the printers' door."""
    return IppServer(desk, settings, read).routes()


async def _part(stream: AsyncGenerator[bytes]) -> bytes | None:
    """The next piece of a body; None at its end."""
    async with asyncio.timeout(PART_S):
        return await anext(stream, None)


def _knows(request: Request, password: str) -> bool:
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(told, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, password.encode())


def _host(request: Request) -> str:
    """``host:port`` as the caller wrote it, if it is one: it comes back in the printer's own addresses."""
    told = request.headers.get("host", "")[:HOST_LETTERS_MAX]
    good = told and all(letter.isascii() and (letter.isalnum() or letter in ".-:[]") for letter in told)
    return told if good else "localhost"


def _failed(status: Status, body: bytes, sentence: str) -> Message:
    """An answer to what could not be read: the version and the number, as far as they are there."""
    number = int.from_bytes(body[4:8], "big")
    major = body[0] if body else 2
    head = (charset("attributes-charset", "utf-8"), language("attributes-natural-language", "en"))
    group = Group(GroupTag.OPERATION, (*head, text("status-message", sentence[:255])))
    return Message(status, number or 1, (group,), (1, 1) if major == 1 else (2, 0))


def _response(message: Message) -> Response:
    return Response(encode(message), media_type=MEDIA_TYPE, headers=NO_STORE)


_PAGE: Final = (
    "<!doctype html><meta charset=utf-8><title>Kvit</title>"
    "<h1>Kvit as a printer</h1><p>Add a printer by its address on a computer that may print here:</p><table>{rows}</table>"
)


def _row(printer: Printer, light: Light, host: str) -> str:
    state = light.trouble or ("ready" if light.link == "up" else "not heard of yet")
    address = escape(f"ipp://{host}/ipp/print/{printer.name}")
    return f"<tr><td>{escape(printer.name)}<td><code>{address}</code><td>{escape(state)}"


def icon(size: int = 128) -> bytes:
    """A receipt with a torn edge, as PNG."""
    rows, columns = np.indices((size, size))
    left, right, top, bottom = size // 4, size - size // 4, size // 10, size - size // 10
    torn = bottom - np.abs(columns % (size // 8) - size // 16)
    paper = (columns >= left) & (columns < right) & (rows >= top) & (rows < torn)
    edge = paper & ((columns < left + 4) | (columns >= right - 4) | (rows < top + 4) | (rows >= torn - 4))
    lines = paper & (rows % (size // 8) < 4) & (columns > left + 12) & (columns < right - 12) & (rows > top + 12)
    return png.encode(edge | (lines & (rows < bottom - 16)))
