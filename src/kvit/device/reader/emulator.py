"""A scanner without a scanner: a virtual serial port whose other end is typed into (``kvit emulate reader``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from kvit.device import pair as pairs
from kvit.device.reader.framing import ENDS

ENDINGS: Final = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "etx": b"\x03", "gap": b""}


class ScannerEmulator:
    """One such scanner."""

    def __init__(self, link: Path, end: str = "cr", *, aim: str = "") -> None:
        """Make the port and its link; ``end`` a word of `ENDS`, ``aim`` what stands before each code. Raises OSError."""
        assert end in ENDS
        self._pair = pairs.open_pair(link.parent, link.name)
        self._end, self._aim = ENDINGS.get(end, b"\r"), aim.encode()

    @property
    def path(self) -> Path:
        """The port to be read from."""
        return self._pair.path

    def scan(self, code: str) -> None:
        """Send a code as a scanner does. Raises BlockingIOError when nobody has read for 4 KiB."""
        before = b"\x02" if self._end == b"\x03" else b""
        self.send(before + self._aim + code.encode() + self._end)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        os.write(self._pair.master, data)

    def close(self) -> None:
        """Unplug it."""
        pairs.close(self._pair)
