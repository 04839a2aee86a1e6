"""A keyboard made by uinput (linux/uinput.h): what is sent to it comes out of a real event device."""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from kvit.device.reader.keys import EVENT, KEY, SYNC, KeyEvent

UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_CREATE, UI_DEV_DESTROY, UI_DEV_SETUP = (
    0x40045564, 0x40045565, 0x5501, 0x5502, 0x405C5503,
)  # fmt: skip


class VirtualKeyboard:
    def __init__(self, name: str) -> None:
        self._fd = os.open("/dev/uinput", os.O_WRONLY)
        fcntl.ioctl(self._fd, UI_SET_EVBIT, KEY)
        for code in range(1, 128):
            fcntl.ioctl(self._fd, UI_SET_KEYBIT, code)
        fcntl.ioctl(self._fd, UI_DEV_SETUP, struct.pack("<HHHH80sI", 3, 0x1209, 1, 1, name.encode(), 0))
        fcntl.ioctl(self._fd, UI_DEV_CREATE)
        self.path = self._find(name)

    def send(self, events: Iterable[KeyEvent]) -> None:
        for event in events:
            if event.type in (KEY, SYNC):
                os.write(self._fd, EVENT.pack(0, 0, event.type, event.code, event.value))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        fcntl.ioctl(self._fd, UI_DEV_DESTROY)
        os.close(self._fd)

    def _find(self, name: str) -> Path:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for entry in Path("/sys/class/input").glob("event*"):
                if (entry / "device/name").read_text().strip() == name and (Path("/dev/input") / entry.name).exists():
                    return Path("/dev/input") / entry.name
            time.sleep(0.02)
        raise OSError("the kernel made no event device")
