"""Reading what desktops send (raster, pictures, letters) in a worker process: the parent's side and the process's side.

A page comes from whoever may print, so it is opened where it can hurt nobody: time and memory are limited there. A job is
msgpack ``[media type, bytes, width in dots, charset]``; the answer is a document's JSON, or a refusal's code and values.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import msgspec

from kvit.device.ipp.paper import document_of
from kvit.paper.document import print_document
from kvit.refusal import Refusal
from kvit.worker import Worker, WorkerFailed

COMMAND = (sys.executable, "-m", "kvit", "pages")
DEADLINE_S = 20.0
"""The largest pages that are taken at all (40 million dots) take four seconds here."""


class No(msgspec.Struct, frozen=True, tag=True):
    """A refusal on the pipe."""

    code: str
    values: dict[str, int | str]


class Yes(msgspec.Struct, frozen=True, tag=True):
    """A document on the pipe."""

    document: bytes


class PageReader:
    """Reads by asking a worker process; ``read`` is a `kvit.device.ipp.operations.ReadPages`."""

    def __init__(self, log: Callable[[str, dict[str, object]], None]) -> None:
        self._worker = Worker(COMMAND, deadline_s=DEADLINE_S)
        self._log = log

    async def read(self, media_type: str, data: bytes, width_dots: int, charset: str) -> bytes | Refusal:
        """Give the document's JSON, or why not: ``device.press_failed`` where the process died or took too long."""
        try:
            answer = await self._worker.work(msgspec.msgpack.encode((media_type, data, width_dots, charset)))
        except WorkerFailed as failed:
            self._log("pages.failed", {"reason": failed.reason, "detail": failed.detail[:200]})
            return Refusal("device.press_failed", {"reason": failed.reason})
        made = msgspec.msgpack.decode(answer, type=Yes | No)
        return made.document if isinstance(made, Yes) else Refusal(made.code, made.values)

    async def close(self) -> None:
        """End the worker."""
        await self._worker.close()


def answer(job: bytes) -> bytes:
    """The process's side: one document."""
    media_type, data, width_dots, charset = msgspec.msgpack.decode(job, type=tuple[str, bytes, int, str])
    made = document_of(media_type, data, width_dots, charset)
    if isinstance(made, Refusal):
        return msgspec.msgpack.encode(No(made.code, dict(made.values)))
    return msgspec.msgpack.encode(Yes(print_document(made)))
