"""Drawing receipts in the worker: the parent's side and the process's side.

A job is msgpack ``[raw bytes, profile name, form]``. Forms are those of ``kvit.paper.render`` and ``fragment`` (the HTML of
the receipt alone). The sheet is played again from the stored bytes each time: there is one truth, the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import msgspec

from kvit.web.context import RenderFailed
from kvit.worker import Worker, WorkerFailed

COMMAND = (sys.executable, "-m", "kvit", "draw")


class Drawer:
    """Draws by asking a worker process; ``render`` has the shape the windows want."""

    def __init__(self, log: Callable[[str, dict[str, object]], None]) -> None:
        self._worker = Worker(COMMAND)
        self._log = log

    async def render(self, raw: bytes, profile: str, form: str) -> bytes:
        """Return the drawn form; raise ``RenderFailed`` when the worker could not in time."""
        try:
            return await self._worker.work(msgspec.msgpack.encode((raw, profile, form)))
        except WorkerFailed as failed:
            self._log("drawing.failed", {"form": form, "reason": failed.reason, "detail": failed.detail[:200]})
            raise RenderFailed from failed

    async def close(self) -> None:
        """End the worker."""
        await self._worker.close()


def draw(job: bytes) -> bytes:
    """The process's side: one job."""
    from kvit.paper.languages.stream import play_stream
    from kvit.paper.render import RENDERERS
    from kvit.receipt.printout import known_profile

    raw, profile, form = msgspec.msgpack.decode(job, type=tuple[bytes, str, str])
    sheet = play_stream(raw, known_profile(profile)).sheet
    if form == "fragment":
        from kvit.paper.render import html

        return html.fragment(sheet).encode()
    return RENDERERS[form](sheet)
