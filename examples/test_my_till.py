"""The printer emulator in a test of your own: what does the till do when the paper runs out?

pytest examples/test_my_till.py
"""

from __future__ import annotations

import asyncio

from kvit.device.emulator import Emulator

PAPER_END = 0x60
"""Bits of the answer to DLE EOT 4."""


async def my_till(port: int, receipt: bytes) -> str:
    """The till under test: it asks for paper before it prints."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x04\x04")
    (paper,) = await reader.readexactly(1)
    if paper & PAPER_END:
        writer.close()
        await writer.wait_closed()
        return "please put in paper"
    writer.write(receipt)
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    return "printed"


def test_my_till_prints() -> None:
    """Every byte arrives; the emulator counts cuts and drawer pulses."""

    async def scene() -> None:
        printer = Emulator("TM-T88V")
        port = await printer.listen()
        assert await my_till(port, b"Coffee 3.00\n\x1dV\x00\x1bp\x00\x19\xfa") == "printed"
        assert printer.received.endswith(b"Coffee 3.00\n\x1dV\x00\x1bp\x00\x19\xfa")
        assert (printer.machine.cuts, printer.machine.pulses) == (1, 1)
        await printer.close()

    asyncio.run(scene())


def test_my_till_asks_for_paper() -> None:
    """Words tell the printer what should go wrong: paper out, cover open, offline, slow 500, dies 200 …"""

    async def scene() -> None:
        printer = Emulator("TM-T88V")
        port = await printer.listen()
        assert printer.tell("paper out") == "ok"
        assert await my_till(port, b"Coffee 3.00\n") == "please put in paper"
        assert b"Coffee" not in printer.received
        await printer.close()

    asyncio.run(scene())
