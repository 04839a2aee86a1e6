"""Scanners that type: the kernel's bytes through a socket, and a real virtual keyboard where this machine has uinput."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("event devices are Linux's", allow_module_level=True)

from kvit.device.reader.address import ReaderAddress
from kvit.device.reader.model import Scan
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.sources import Place, keyboard
from kvit.device.reader.wedge import Wedge
from kvit.device.transports.unreachable import UnreachableError
from tests.device.reader.strokes import ENTER, Typist


class Heard:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.news = asyncio.Event()
        self.opened = asyncio.Event()

    def scanned(self, scan: Any) -> None:
        assert isinstance(scan, Scan)
        self.texts.append(scan.text)
        self.news.set()

    async def count(self, count: int) -> list[str]:
        async with asyncio.timeout(60):
            while len(self.texts) < count:
                self.news.clear()
                await self.news.wait()
        return self.texts


async def test_codes_and_the_plug() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    heard = Heard()
    task = asyncio.create_task(keyboard.listen(theirs.detach(), Wedge(), 0.05, heard.scanned, heard.opened.set))
    await asyncio.wait_for(heard.opened.wait(), 60)
    ours.sendall(Typist().text("4006381333931").key(ENTER).data)
    assert await heard.count(1) == ["4006381333931"]
    data = Typist(at_s=2000).text("Member 7").key(ENTER).data
    ours.sendall(data[:100])
    ours.sendall(data[100:])
    assert (await heard.count(2))[1] == "Member 7"
    ours.close()
    with pytest.raises(OSError) as gone:
        await asyncio.wait_for(task, 60)
    assert gone.value.errno == errno.ENODEV


async def test_a_pause_ends_a_code_without_enter() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    heard = Heard()
    task = asyncio.create_task(keyboard.listen(theirs.detach(), Wedge(), 0.02, heard.scanned, heard.opened.set))
    ours.sendall(Typist().text("12345").data)
    assert await heard.count(1) == ["12345"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    ours.close()


def place(path: Path | str, *, grab: bool = True) -> Place:
    return Place(ReaderAddress("keyboard", str(path)), ReaderSettings(f"keyboard://{path}", grab=grab), Path())


@pytest.mark.parametrize("grab", [True, False])
async def test_what_the_kernel_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grab: bool) -> None:
    import fcntl

    asked: list[int] = []
    monkeypatch.setattr(fcntl, "ioctl", lambda fd, request, argument: asked.append(request))
    os.mkfifo(tmp_path / "event3")
    heard = Heard()
    task = asyncio.create_task(keyboard.watch(place(tmp_path / "event3", grab=grab), heard.scanned, heard.opened.set))
    writing = os.open(tmp_path / "event3", os.O_RDWR)
    await asyncio.wait_for(heard.opened.wait(), 60)
    os.write(writing, Typist().text("12345").key(ENTER).data)
    assert await heard.count(1) == ["12345"]
    assert asked == ([0x400445A0, 0x40044590] if grab else [0x400445A0])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    os.close(writing)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EBUSY, "device.reader_taken"),
        (errno.ENOTTY, "device.reader_no_keyboard"),
        (errno.EPERM, "device.reader_denied"),
    ],
)
async def test_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    (tmp_path / "event3").touch()
    with pytest.raises(UnreachableError) as refused:
        await keyboard.watch(place(tmp_path / "event3"), print, print)
    assert refused.value.refusal.code == code


async def test_no_such_device_and_no_device_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError) as refused:
        await keyboard.watch(place(tmp_path / "nothing"), print, print)
    assert refused.value.refusal.code == "device.reader_absent"
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError) as refused:
        await keyboard.watch(place(tmp_path / "file"), print, print)
    assert refused.value.refusal.code == "device.reader_no_keyboard"


@pytest.mark.skipif(
    not os.access("/dev/uinput", os.W_OK), reason="this machine has no /dev/uinput to make a keyboard with"
)
async def test_a_virtual_keyboard_of_this_kernel() -> None:
    from tests.device.reader.virtual_keyboard import VirtualKeyboard

    with VirtualKeyboard("kvit test scanner") as scanner:
        heard = Heard()
        task = asyncio.create_task(keyboard.watch(place(scanner.path), heard.scanned, heard.opened.set))
        await asyncio.wait_for(heard.opened.wait(), 60)
        scanner.send(Typist().text("]Q1Member 7").key(ENTER).events)
        assert await heard.count(1) == ["]Q1Member 7"]
    with pytest.raises(OSError):
        await asyncio.wait_for(task, 60)
