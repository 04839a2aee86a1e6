"""Bytes on a wire: ask for them, do not count them.

A protocol reader is a generator that asks for what it needs and is resumed when it has come::

    def frame(wire: Wire) -> Generator[None, None, Frame]:
        size = int.from_bytes((yield from wire.read_exact(4)), "big")
        if size > FRAME_LIMIT:
            raise wire.error("the frame is longer than any frame may be")
        return Frame((yield from wire.read_exact(size)))

The socket side feeds what arrives, in pieces of any size, and steps the generator with ``next``; whether a peer sends
one byte a second or a megabyte at once, the reader sees the same. No socket, no clock and no event loop in here: time
limits belong to whoever holds the socket. Bad bytes raise `WireError`, which carries the reason, the bytes, the place.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

ERROR_BYTES = 64
"""How many bytes an error keeps as evidence: enough to recognise a header, little enough for a log line."""

HEX_ROW = 16
"""Bytes in a row of the hex view, as every dump since the 1970s has it."""


class WireError(ValueError):
    """Bytes that can not be what they should be: the reason, the first `ERROR_BYTES` of them, the offset of the first.

    The offset counts from the start of the stream. Logs and people get ``str(error)``; the peer gets what its protocol
    has for it.
    """

    def __init__(self, reason: str, data: bytes = b"", offset: int = 0) -> None:
        self.reason = reason
        self.data = bytes(data[:ERROR_BYTES])
        self.offset = offset
        super().__init__(reason, self.data, offset)

    def __str__(self) -> str:
        shown = f": {self.data.hex(' ')}" if self.data else ""
        return f"{self.reason} (at byte {self.offset}){shown}"


class Wire:
    """What has arrived and was not read yet. Fed on one side, read by generators on the other."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ended = False
        self._offset = 0

    @property
    def offset(self) -> int:
        """How many bytes have been read since the start of the stream."""
        return self._offset

    @property
    def waiting(self) -> int:
        """How many bytes lie fed and unread: what a limit on buffering looks at."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take bytes as they came off the socket, in pieces of any size."""
        assert not self._ended, "nothing comes after the end"
        self._buffer += data

    def end(self) -> None:
        """The peer has closed its side: whoever still waits for bytes gets a `WireError`."""
        self._ended = True

    def read_exact(self, count: int) -> Generator[None, None, bytes]:
        """Give the next ``count`` bytes, waiting for them; an end before that is a `WireError`."""
        assert count >= 0
        while len(self._buffer) < count:
            if self._ended:
                raise self.error(f"the stream ended after {len(self._buffer)} of {count} bytes")
            yield
        return self._take(count)

    def read_until(self, mark: bytes, limit: int) -> Generator[None, None, bytes]:
        """Give everything up to and with ``mark``; more than ``limit`` bytes without it is a `WireError`."""
        assert mark
        seen = 0
        while True:
            found = self._buffer.find(mark, seen, limit)
            if found >= 0:
                return self._take(found + len(mark))
            if len(self._buffer) >= limit:
                raise self.error(f"no {mark!r} within {limit} bytes")
            if self._ended:
                raise self.error(f"the stream ended before {mark!r}")
            seen = max(0, len(self._buffer) - len(mark) + 1)
            yield

    def read_some(self, limit: int) -> Generator[None, None, bytes]:
        """Give between one and ``limit`` bytes, as many as are there; ``b""`` at the end of the stream."""
        while not self._buffer and not self._ended:
            yield
        return self._take(min(limit, len(self._buffer)))

    def peek(self, count: int) -> Generator[None, None, bytes]:
        """Look at the next ``count`` bytes without reading them; fewer only when the stream has ended."""
        while len(self._buffer) < count and not self._ended:
            yield
        return bytes(self._buffer[:count])

    def at_end(self) -> Generator[None, None, bool]:
        """Say whether the stream is over, waiting until a byte or the end has come."""
        while not self._buffer:
            if self._ended:
                return True
            yield
        return False

    def error(self, reason: str) -> WireError:
        """Make an error that points at the next unread byte and carries the bytes there."""
        return WireError(reason, bytes(self._buffer[:ERROR_BYTES]), self._offset)

    def _take(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._offset += count
        return data


def hex_view(data: bytes, offset: int = 0, rows: int = 32) -> str:
    """Show bytes for people: offset, hex, ASCII; of more than ``rows`` rows the middle is left out and counted.

    ``offset`` is the place of ``data[0]`` in its stream. Nothing but printable ASCII comes out.
    """
    assert rows >= 2
    return "\n".join(_hex_rows(data, offset, rows))


def _hex_rows(data: bytes, offset: int, rows: int) -> Iterator[str]:
    count = -(-len(data) // HEX_ROW)
    if count <= rows:
        head, tail = count, count
    else:
        head, tail = rows - rows // 2, count - rows // 2
    for row in (*range(head), *range(tail, count)):
        if row == tail and tail > head:
            yield f"{'':8}  ... {(tail - head) * HEX_ROW} bytes left out ..."
        piece = data[row * HEX_ROW : (row + 1) * HEX_ROW]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        left, right = piece[:8].hex(" "), piece[8:].hex(" ")
        yield f"{offset + row * HEX_ROW:08x}  {left:23}  {right:23}  |{letters}|"
