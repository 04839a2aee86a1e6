"""Where a code ends in what a scanner sends over a wire.

Scanners leave the factory with CR, CR LF, LF or TAB behind a code, with STX and ETX around it, or with nothing, when
only a pause tells. ``auto`` takes each of these as an end. A pause ends a code only until the scanner was seen to send
an end: after that, bytes without one are a torn code (a plug pulled, a line that stuttered), and half a code must not
pass for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kvit.device.reader.model import VALUE_BYTES_MAX

STX, ETX, TAB, LF, CR = b"\x02", b"\x03", b"\x09", b"\x0a", b"\x0d"
ENDS: Final[dict[str, tuple[bytes, ...]]] = {
    "auto": (CR, LF, TAB, ETX),
    "cr": (CR,),
    "lf": (LF,),
    "crlf": (CR + LF,),
    "tab": (TAB,),
    "etx": (ETX,),
    "gap": (),
}
"""What ends a code, by the words of kvit.toml. ``gap`` is a pause alone."""
FRAME_BYTES_MAX: Final = VALUE_BYTES_MAX
GAP_S: Final = 0.1
"""Within a code bytes follow each other by milliseconds; a USB bridge holds them back for 16 ms at most."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a scanner is set."""

    end: str = "auto"
    """A word of `ENDS`."""
    prefix: bytes = b""
    """Taken off each code that begins with it."""
    suffix: bytes = b""
    """Ends a code instead of ``end``, where it is set."""
    gap_s: float = GAP_S


class Framer:
    """Cuts a stream of bytes into codes. A code that is too long comes out one byte longer than allowed, to be refused."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._ends = (framing.suffix,) if framing.suffix else ENDS[framing.end]
        self._buffer = bytearray()
        self._too_long = False
        self._ends_seen = False

    @property
    def is_waiting(self) -> bool:
        """Whether there are bytes whose end has not come."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes in; give the codes that ended."""
        codes = []
        self._buffer += data
        while (found := self._first_end()) is not None:
            at, length = found
            code = bytes(self._buffer[:at])
            del self._buffer[: at + length]
            self._ends_seen = True
            codes.append(self._finished(code))
            self._too_long = False
        self._bound()
        return [code for code in codes if code]

    def flush(self) -> list[bytes]:
        """Say that nothing came for ``gap_s``; give the code that ended by that, if it did."""
        code = bytes(self._buffer)
        self._buffer.clear()
        by_pause = self._framing.end == "gap" or (self._framing.end == "auto" and not self._ends_seen)
        code = self._finished(code) if by_pause and not self._framing.suffix else b""
        self._too_long = False
        return [code] if code else []

    def _first_end(self) -> tuple[int, int] | None:
        places = [(at, len(end)) for end in self._ends if (at := self._buffer.find(end)) >= 0]
        return min(places, default=None)

    def _bound(self) -> None:
        most = FRAME_BYTES_MAX + len(max(self._ends, key=len, default=b""))
        if len(self._buffer) > most:  # its end is to be found still, its middle is of no use to anybody
            self._too_long = True
            del self._buffer[: len(self._buffer) - most]

    def _finished(self, code: bytes) -> bytes:
        if self._too_long:
            return bytes(FRAME_BYTES_MAX + 1)
        framing = self._framing
        if framing.end in ("auto", "etx") and STX in code:
            code = code.rpartition(STX)[2]  # what stands before it is no part of the code
        return code.removeprefix(framing.prefix)
