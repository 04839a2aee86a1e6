"""A print queue of another program, as a raw queue of CUPS is: a server on loopback that can be told to fail.

It keeps what it was sent, and plays the back end only when told (`print`, `abort`). ``lose`` names operations whose answer
is not sent (the connection closes); ``lose_before`` whose request is not even acted on; ``refuse`` gives a status instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from kvit.device.ipp import value as v
from kvit.device.ipp.message import Message, decode, encode
from kvit.device.ipp.value import Attribute, Group, GroupTag
from kvit.device.ipp.vocabulary import JobState, Operation, PrinterState, Status


@dataclass
class Queued:
    """One job."""

    id: int
    name: str
    data: bytes | None = None
    state: int = JobState.HELD
    began: bool = False


@dataclass
class PrintQueue:
    """The server."""

    port: int = 0
    state: int = PrinterState.IDLE
    reasons: tuple[str, ...] = ("none",)
    accepting: bool = True
    formats: tuple[str, ...] = ("application/vnd.cups-raw", "application/octet-stream")
    creates: bool = True
    answers: str = "ipp"
    """``ipp``, ``junk`` (an answer that is no IPP), ``http 404``."""
    jobs: list[Queued] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    lose_before: set[int] = field(default_factory=set)
    refuse: dict[int, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    @property
    def address(self) -> str:
        """As a printer's address has it."""
        return f"escpos+ipp://127.0.0.1:{self.port}/printers/raw"

    def print(self, number: int) -> None:
        """The back end hands a job over."""
        job = self.jobs[number - 1]
        job.began, job.state = True, JobState.COMPLETED

    def abort(self, number: int, *, began: bool) -> None:
        """The back end gives up."""
        job = self.jobs[number - 1]
        job.began, job.state = began, JobState.ABORTED

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            size = int(head.partition("content-length:")[2].split("\r\n")[0])
            message, document = decode(await reader.readexactly(size))
            self.asked.append(message.code)
            if message.code not in self.lose_before:
                answer = self._answer(message, document)
                if message.code not in self.lose:
                    writer.write(self._shown(answer))
                    await writer.drain()
        writer.close()

    def _shown(self, answer: Message) -> bytes:
        body = b"<html>" if self.answers == "junk" else encode(answer)
        status = self.answers.removeprefix("http ") if self.answers.startswith("http ") else "200"
        head = f"HTTP/1.1 {status} x\r\nContent-Type: application/ipp\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Connection: close\r\n\r\n".encode() + body

    def _answer(self, message: Message, document: bytes) -> Message:
        if message.code in self.refuse:
            return self._said(message, self.refuse[message.code])
        operation = message.group(GroupTag.OPERATION)
        if message.code == Operation.GET_PRINTER_ATTRIBUTES:
            return self._said(message, Status.OK, Group(GroupTag.PRINTER, self._printer()))
        if message.code in (Operation.CREATE_JOB, Operation.PRINT_JOB):
            job = Queued(len(self.jobs) + 1, operation.text("job-name"))
            self.jobs.append(job)
            if message.code == Operation.PRINT_JOB:
                job.data, job.state = document, JobState.PENDING
            return self._said(message, Status.OK, self._job(job))
        number = operation.number("job-id") or 0
        if not 0 < number <= len(self.jobs):
            return self._said(message, Status.NOT_FOUND)
        return self._about(message, self.jobs[number - 1], document)

    def _about(self, message: Message, job: Queued, document: bytes) -> Message:
        if message.code == Operation.SEND_DOCUMENT:
            job.data, job.state = document, JobState.PENDING
        elif message.code == Operation.CANCEL_JOB:
            if job.state >= JobState.CANCELED:
                return self._said(message, Status.NOT_POSSIBLE)
            job.state = JobState.CANCELED
        return self._said(message, Status.OK, self._job(job))

    def _printer(self) -> tuple[Attribute, ...]:
        steps = (Operation.CREATE_JOB, Operation.SEND_DOCUMENT) if self.creates else (Operation.PRINT_JOB,)
        return (
            v.enumerated("printer-state", self.state),
            v.keyword("printer-state-reasons", *self.reasons),
            v.boolean("printer-is-accepting-jobs", self.accepting),
            v.media_type("document-format-supported", *self.formats),
            v.enumerated("operations-supported", *steps),
        )

    def _job(self, job: Queued) -> Group:
        at = v.integer("time-at-processing", 99) if job.began else v.nothing("time-at-processing")
        named = (
            v.integer("job-id", job.id),
            v.enumerated("job-state", job.state),
            v.keyword("job-state-reasons", "none"),
        )
        return Group(GroupTag.JOB, (*named, at))

    def _said(self, message: Message, status: int, *groups: Group) -> Message:
        head = (v.charset("attributes-charset", "utf-8"), v.language("attributes-natural-language", "en"))
        return Message(status, message.request, (Group(GroupTag.OPERATION, head), *groups), (1, 1))


@contextlib.asynccontextmanager
async def print_queue() -> AsyncIterator[PrintQueue]:
    """Serve one on a free port."""
    queue = PrintQueue()
    server = await asyncio.start_server(queue.serve, "127.0.0.1", 0)
    queue.port = server.sockets[0].getsockname()[1]
    try:
        yield queue
    finally:
        server.close()
