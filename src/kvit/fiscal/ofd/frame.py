"""The frame of the OFD protocol: 18 bytes, little-endian, the same both ways, and the message behind them.

    off len field
      0   2 APPCODE  81A2h, on the wire A2 81
      2   2 VERSION  decimal XYZ: 203 is 2.0.3
      4   4 SIZE     of header and message
      8   4 ID       of the register, from the OFD
     12   4 TOKEN    the changing key of the exchange
     16   2 REQNUM   number of the request

Source: protocol document 2.0.2, "Transport" and "Header". There is no delimiter and no checksum: SIZE is all there is, so a
frame is read by count. The document bounds SIZE by nothing; `SIZE_MAX` is ours.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Final

import msgspec

from kvit.wire import Wire, WireError

APPCODE: Final = 0x81A2
HEADER_BYTES: Final = 18
SIZE_MAX: Final = 1 << 20
"""A ticket of a thousand positions is 150 kB; more than this is an error, and must not be allocated."""
NUMBER_MAX: Final = 0xFFFF
TOKEN_MAX: Final = 0xFFFFFFFF
_HEADER: Final = struct.Struct("<HHIIIH")


class Frame(msgspec.Struct, frozen=True):
    """A header and the bytes of its message."""

    version: int
    """202, 203, 204 …"""
    device_id: int
    token: int
    number: int
    """REQNUM, 0 to 65535."""
    body: bytes

    def __repr__(self) -> str:
        """Without the token: it is a key, and logs are read by many."""
        return f"Frame(version={self.version}, id={self.device_id}, number={self.number}, {len(self.body)} bytes)"


def encode(frame: Frame) -> bytes:
    """Give the bytes of a frame. Its message may have up to ``SIZE_MAX`` less the header."""
    size = HEADER_BYTES + len(frame.body)
    assert size <= SIZE_MAX, "a request is split before it grows so long"
    return _HEADER.pack(APPCODE, frame.version, size, frame.device_id, frame.token, frame.number) + frame.body


def read_frame(wire: Wire) -> Generator[None, None, Frame]:
    """Read the next frame; ``WireError`` where it can be none, before its message is waited for."""
    begin = wire.offset
    header = yield from wire.read_exact(HEADER_BYTES)
    appcode, version, size, device_id, token, number = _HEADER.unpack(header)
    if appcode != APPCODE:
        raise WireError(f"APPCODE is {appcode:04X}h instead of {APPCODE:04X}h", header, begin)
    if not HEADER_BYTES <= size <= SIZE_MAX:
        raise WireError(f"SIZE is {size}, which no frame has", header, begin + 4)
    body = yield from wire.read_exact(size - HEADER_BYTES)
    return Frame(version, device_id, token, number, body)


def following(number: int) -> int:
    """Give the number of the next new request: one more, from 65535 on to 0 (peers were seen to go on to 1)."""
    return (number + 1) & NUMBER_MAX
