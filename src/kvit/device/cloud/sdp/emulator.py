"""A printer without a printer that calls a server: polls, prints, says so; ``kvit emulate sdp`` and tests run it.

The wire half of `machine`: HTTP of its own over asyncio, because a printer is to be slow, to hang up in the middle of an
answer, and to log in as printers do (a request without a login first, then the answer to the challenge).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kvit.device.cloud.sdp import digest, status
from kvit.device.cloud.sdp import form as forms
from kvit.device.cloud.sdp.digest import Login
from kvit.device.cloud.sdp.form import Ask, Form
from kvit.device.cloud.sdp.machine import Machine

ANSWER_S: Final = 30.0
HEAD_BYTES_MAX: Final = 16 << 10
BODY_BYTES_MAX: Final = 16 << 20
"""More than any printer takes: what is too large, the machine says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Emulator:
    """One printer that calls ``url``. ``slow``: bytes a second it reads; 0: as they come."""

    def __init__(
        self, url: str, machine: Machine, *, id_: str = "", name: str = "TM-m30III", login: Login | None = None,
        slow: int = 0, status_url: str = "", on_print: Callable[[bytes], None] = lambda document: None,
    ) -> None:  # fmt: skip
        self.url, self.machine, self.id, self.name = url, machine, id_, name
        self.status_url = status_url or url
        self.login, self.slow = login, slow
        self.polls = 0
        self.answers: list[Answer] = []
        """The last answers, for looking at."""
        self._on_print = on_print

    async def poll(self) -> Answer:
        """Ask once; print what came, say how that ended. Raises OSError where nobody answers."""
        self.polls += 1
        before = len(self.machine.printed)
        answer = await self.post(self.url, Form(Ask.JOB, self.id, self.name))
        files = self.machine.receive(answer.body if answer.status == 200 else b"")
        for document in self.machine.printed[before:]:
            self._on_print(document)
        for file in files:
            await self.post(self.url, Form(Ask.RESULT, self.id, self.name, file))
        return answer

    async def notify(self) -> Answer:
        """Say how it is."""
        return await self.post(self.status_url, Form(Ask.STATUS, self.id, self.name, status.write(self.machine.status)))

    async def run(self, interval_s: float, said: Callable[[str], None] = lambda sentence: None) -> None:
        """Poll until cancelled; ``said`` hears why nobody answered."""
        known = self.machine.status
        while True:
            try:
                await self.poll()
                if self.machine.status != known:
                    known = self.machine.status
                    await self.notify()
            except OSError as error:
                said(str(error) or type(error).__name__)
            await asyncio.sleep(interval_s)

    async def post(self, url: str, form: Form) -> Answer:
        """Post a form, with a login where one is asked for."""
        return await self.post_bytes(url, forms.write(form))

    async def post_bytes(self, url: str, body: bytes) -> Answer:
        """Post whatever, as a form."""
        async with asyncio.timeout(ANSWER_S):
            answer = await self._exchange(url, body, "")
            if answer.status == 401 and self.login is not None:
                challenge = answer.headers.get("www-authenticate", "")
                told = digest.authorization(self.login, challenge, f"{self.polls:08x}", "POST", _target(url))
                answer = await self._exchange(url, body, told)
        self.answers = [*self.answers[-9:], answer]
        return answer

    async def _exchange(self, url: str, body: bytes, authorization: str) -> Answer:
        split = urlsplit(url)
        secure = split.scheme == "https"
        port = split.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(split.hostname, port, ssl=context, limit=HEAD_BYTES_MAX)
        try:
            login = f"Authorization: {authorization}\r\n" if authorization else ""
            head = (
                f"POST {_target(url)} HTTP/1.1\r\nHost: {split.netloc}\r\nConnection: close\r\n{login}"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode("ascii") + body)
            await writer.drain()
            return await self._read(reader)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length", "0"))
            if length > BODY_BYTES_MAX:
                raise ConnectionError(f"an answer of {length} bytes")
            return Answer(int(first.split(" ")[1]), headers, await self._body(reader, length))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError) as error:
            raise ConnectionError(f"no HTTP answer: {error}") from None

    async def _body(self, reader: asyncio.StreamReader, length: int) -> bytes:
        if not self.slow:
            return await reader.readexactly(length)
        parts = bytearray()
        while len(parts) < length:
            part = await reader.read(min(self.slow // 10 or 1, length - len(parts)))
            if not part:
                raise ConnectionError("the answer broke off")
            parts += part
            await asyncio.sleep(0.1)
        return bytes(parts)


def _target(url: str) -> str:
    split = urlsplit(url)
    return (split.path or "/") + (f"?{split.query}" if split.query else "")
