"""A wire that is ended: what was taken is taken, under either event loop and however fast the other side hangs up."""

from __future__ import annotations

import asyncio
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kvit.device.address import Address
from kvit.device.delivery.wire import Wire

try:
    import uvloop
except ImportError:
    LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [asyncio.new_event_loop]
else:
    LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


class Mute(socketserver.BaseRequestHandler):
    """Takes everything to the end and hangs up at once, without a word."""

    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.server.taken += len(data)  # type: ignore[attr-defined]


@pytest.fixture
def printer() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mute) as server:
        server.taken = 0  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_printer_that_hangs_up_at_our_end_has_taken_all(
    printer: socketserver.ThreadingTCPServer, loop: Callable[[], asyncio.AbstractEventLoop], tmp_path: Path
) -> None:
    async def once() -> bool:
        wire = await Wire.open(Address("tcp", "127.0.0.1", printer.server_address[1]), tmp_path)
        wire.write(b"x" * 5000)
        return await wire.finish(0.0, 5.0)

    async def many() -> list[bool]:
        return [await once() for _ in range(20)]

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(many()) == [True] * 20
