"""Scanners that type: the event device of Linux, grabbed, so that what is scanned does not type into the till.

EVIOCGRAB takes the device away from everybody else until it is closed, so a crash gives it back. EVIOCSCLOCKID sets its
times to the monotonic clock: gaps between keys must not jump with the wall clock. (linux/input.h)

Unproven: no event device was at hand; the tests send the kernel's bytes through a socket.
"""

from __future__ import annotations

import asyncio
import errno
import os
import struct
import sys
import time
from collections.abc import Callable
from typing import Final

from kvit.device.reader.keys import EVENT, EventReader
from kvit.device.reader.model import Scan
from kvit.device.reader.sources import Place, Scanned
from kvit.device.reader.wedge import Wedge
from kvit.device.transports.unreachable import UnreachableError

EVIOCGRAB: Final = 0x40044590
EVIOCSCLOCKID: Final = 0x400445A0
READ_BYTES: Final = 64 * EVENT.size
REASONS: Final = {
    errno.ENOENT: "device.reader_absent",
    errno.ENODEV: "device.reader_absent",
    errno.EACCES: "device.reader_denied",
    errno.EPERM: "device.reader_denied",
    errno.EBUSY: "device.reader_taken",
    errno.ENOTTY: "device.reader_no_keyboard",
    errno.EINVAL: "device.reader_no_keyboard",
}


async def watch(place: Place, scanned: Scanned, opened: Callable[[], None]) -> None:
    """Read codes until the device is unplugged."""
    path = place.address.name
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise _reason(error, path) from error
    try:
        _prepare(fd, grab=place.settings.grab)
    except OSError as error:
        os.close(fd)
        raise _reason(error, path) from error
    await listen(fd, Wedge(place.settings.wedge_gap_s), place.settings.wedge_gap_s, scanned, opened)


async def listen(fd: int, wedge: Wedge, gap_s: float, scanned: Scanned, opened: Callable[[], None]) -> None:
    """Read an open device until it is gone; closes it."""
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[None] = loop.create_future()
    keyboard = _Keyboard(wedge, gap_s, scanned)

    def readable() -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            loop.remove_reader(fd)
            lost.set_exception(error)
            return
        if data:
            keyboard.feed(data)
        else:
            loop.remove_reader(fd)
            lost.set_exception(OSError(errno.ENODEV, "the keyboard is gone"))

    loop.add_reader(fd, readable)
    try:
        opened()
        await lost
    finally:
        keyboard.stop()
        loop.remove_reader(fd)
        os.close(fd)


class _Keyboard:
    """Bytes of the device to codes, and the pauses."""

    def __init__(self, wedge: Wedge, gap_s: float, scanned: Scanned) -> None:
        self._events, self._wedge, self._gap_s, self._scanned = EventReader(), wedge, gap_s, scanned
        self._pause: asyncio.TimerHandle | None = None

    def feed(self, data: bytes) -> None:
        self.stop()
        for event in self._events.feed(data):
            self._give(self._wedge.feed(event))
        if self._wedge.is_waiting:
            self._pause = asyncio.get_running_loop().call_later(self._gap_s, self._quiet)

    def stop(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _quiet(self) -> None:
        self._pause = None
        self._give(self._wedge.flush())

    def _give(self, text: str | None) -> None:
        if text:
            self._scanned(Scan(text))


def _prepare(fd: int, *, grab: bool) -> None:
    """Set the clock, and take the device for ourselves."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTTY, "event devices are Linux's")
    import fcntl

    fcntl.ioctl(fd, EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
    if grab:
        fcntl.ioctl(fd, EVIOCGRAB, 1)


def _reason(error: OSError, path: str) -> OSError:
    code = REASONS.get(error.errno or 0)
    return UnreachableError(code, error.errno or 0, reader=path) if code else error
