"""A whole job over wires that are no network: USB by its numbers on a bus in memory, Bluetooth with TCP in its place."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path
from typing import Any

import pytest

from kvit.db import open_database
from kvit.device.emulator import Emulator
from kvit.device.printers.model import Printer
from kvit.device.spool.model import State
from kvit.device.transports import bluetooth, usb_printer
from tests.device.delivery.stage import PATIENCE_S, ROOMS, Stage


async def test_usb_by_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("usb.core", reason="pyusb is not installed")
    from tests.fakes.usb import FakeBus, FakePrinter

    printer = FakePrinter(interfaces=((7, 1),), kernel_driver=True)
    monkeypatch.setattr(usb_printer, "_backend", lambda given: FakeBus(printer))
    with open_database(tmp_path / "kvit.db", rooms=ROOMS) as db:
        stage = Stage(db, tmp_path)
        stage.keep(Printer("counter", "escpos+usb://04b8:0202/S1?profile=simple"))
        await stage.crew.start()
        assert (await stage.until(await stage.order("first"), State.SENT)).state is State.SENT
        assert b"first" in printer.got
        printer.make_room(10)  # the roll ends in the middle
        second = await stage.order("second")
        await stage.until(second, State.SENDING)
        printer.make_room(1 << 20)
        assert (await stage.until(second, State.SENT)).state is State.SENT
        assert printer.got.count(b"<second> end") == 1
        with stage.board.listen() as heard:
            printer.unplug()
            async with asyncio.timeout(PATIENCE_S):
                while stage.board.light("counter").link != "down":
                    await anext(heard)
        assert (await stage.until(await stage.order("third"), State.BLOCKED)).state is State.BLOCKED
        await stage.crew.stop()
    assert b"third" not in printer.got


async def test_bluetooth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers prove what network printers' prove."""
    emulator = Emulator("TM-T88V")
    port = await emulator.listen()

    class Radio(socket.socket):
        def connect_ex(self, place: Any) -> int:
            assert place == ("00:11:22:33:44:55", 1)
            return super().connect_ex(("127.0.0.1", port)) if in_reach else errno.EHOSTDOWN

    in_reach = True
    monkeypatch.setattr(bluetooth, "rfcomm", lambda: Radio(socket.AF_INET, socket.SOCK_STREAM))
    monkeypatch.setattr(bluetooth, "room_of", lambda fd: 212_992)
    with open_database(tmp_path / "kvit.db", rooms=ROOMS) as db:
        stage = Stage(db, tmp_path)
        stage.keep(Printer("hall", "escpos+bluetooth://00:11:22:33:44:55?profile=TM-T88V"))
        await stage.crew.start()
        job = await stage.until(await stage.order("first", "hall"), State.PRINTED)
        assert job.state is State.PRINTED
        in_reach = False
        await emulator.close()
        assert (await stage.until(await stage.order("second", "hall"), State.BLOCKED)).state is State.BLOCKED
        await stage.crew.stop()
        await asyncio.sleep(0)
