"""A file descriptor as an asyncio transport: device files and pseudo-terminals on Linux.

asyncio's own pipe transports take one direction each and treat a terminal's hang-up as an error of ours; this one has both
directions, a small write buffer (what a printer has not taken yet should be felt by the till, not hidden here), and a hook
before each transfer (`before`), where the pseudo-terminal sees to its settings.

Drivers differ in three things (`Quirks`): what an empty read means, whether a write that was taken is still under way, and
which error of a read only says that there is no way back.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

READ_BYTES: Final = 65536
"""More than any tty or printer device hands over at once."""
HIGH_BYTES: Final = 4096
"""Beyond this the writer is told to pause: as much as a printer's own receive buffer."""
GONE: Final = frozenset((errno.EIO, errno.ENODEV, errno.ENXIO, errno.EBADF, errno.EPIPE))
EMPTY_PAUSE_S: Final = 0.1
"""After an empty read that is no end, nothing is read for so long: some printers answer every question of the host with an
empty packet, thousands of times a second."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a driver differs from a terminal."""

    empty_is_end: bool = True
    settles: bool = False
    """A write that was taken is under way until the device is writable again, and closing before that loses it."""
    deaf: frozenset[int] = frozenset()
    """Errors of a read that say: this device has no way back."""


PLAIN: Final = Quirks()


class DescriptorTransport(asyncio.Transport):
    """Reads and writes one non-blocking descriptor, which it owns and closes (unless ``keep``)."""

    def __init__(
        self,
        fd: int,
        protocol: asyncio.Protocol,
        *,
        reads: bool = True,
        keep: bool = False,
        before: Callable[[], object] | None = None,
        quirks: Quirks = PLAIN,
    ) -> None:
        """Begin reading at once. ``before`` is called ahead of every transfer; ``keep`` leaves ``fd`` open at close."""
        super().__init__()
        os.set_blocking(fd, False)
        self._quirks = quirks
        self._under_way_bytes = 0
        self._fd, self._protocol, self._keep, self._before = fd, protocol, keep, before
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._reads, self._reading = reads, False
        self._high = HIGH_BYTES
        self._told_to_pause = False
        self._closing = self._over = False
        protocol.connection_made(self)
        self.resume_reading()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hand on bytes, at once where the device takes them."""
        if self._closing or not data:
            return
        if self._before is not None:
            self._before()
        if not self._waiting:
            written = self._try(data)
            if written == len(data) and not self._under_way_bytes:
                return
            if not self._over:
                self._loop.add_writer(self._fd, self._writable)
            data = data[written:]
        self._buffer += data
        if self._waiting > self._high and not self._told_to_pause:
            self._told_to_pause = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """How many bytes the device has not taken yet."""
        return self._waiting

    @property
    def _waiting(self) -> int:
        return len(self._buffer) + self._under_way_bytes

    @property
    def counted_fd(self) -> int:
        """The descriptor whose TIOCOUTQ counts what the kernel holds beyond `get_write_buffer_size`; -1: nothing does."""
        return -1 if self._quirks.settles or self._over else self._fd

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set how many bytes may wait before the writer is told to pause."""
        self._high = HIGH_BYTES if high is None else high

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who reads."""
        return self._protocol

    def is_closing(self) -> bool:
        """Say whether it is closed or on its way there."""
        return self._closing

    def is_reading(self) -> bool:
        """Say whether bytes are taken in."""
        return self._reading

    def pause_reading(self) -> None:
        """Take no bytes in: the kernel's buffer fills, then the other side feels it."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._fd)

    def resume_reading(self) -> None:
        """Take bytes in again."""
        if self._reads and not self._reading and not self._closing:
            self._reading = True
            self._loop.add_reader(self._fd, self._readable)

    def can_write_eof(self) -> bool:
        """A device has no half-close."""
        return False

    def close(self) -> None:
        """Close once what waits is written."""
        if self._closing:
            return
        self._closing = True
        self.pause_reading()
        if not self._waiting:
            self._end(None)

    def abort(self) -> None:
        """Close at once; what waits is dropped."""
        self._end(None)

    def _readable(self) -> None:
        if self._before is not None:
            self._before()
        try:
            data = os.read(self._fd, READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            if error.errno in self._quirks.deaf:
                self.pause_reading()
                self._reads = False
            else:
                self._end(error)
            return
        if data:
            self._protocol.data_received(data)
        elif self._quirks.empty_is_end:
            self._end(OSError(errno.EIO, "the device has hung up"))
        else:
            self._loop.remove_reader(self._fd)
            self._loop.call_later(EMPTY_PAUSE_S, self._listen_again)

    def _listen_again(self) -> None:
        if self._reading and not self._over:
            self._loop.add_reader(self._fd, self._readable)

    def _try(self, data: bytes | bytearray | memoryview) -> int:
        try:
            written = os.write(self._fd, data)
            self._under_way_bytes = written if self._quirks.settles else 0
            return written
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            self._end(error)
            return 0

    def _writable(self) -> None:
        # An empty write settles what is under way, or says that the device is gone (a hang-up makes it writable, too).
        del self._buffer[: self._try(self._buffer)]
        if self._over or self._waiting:
            return
        self._loop.remove_writer(self._fd)
        if self._told_to_pause:
            self._told_to_pause = False
            self._protocol.resume_writing()
        if self._closing:
            self._end(None)

    def _end(self, error: OSError | None) -> None:
        if self._over:
            return
        self._over = self._closing = True
        self.pause_reading()
        self._loop.remove_writer(self._fd)
        if not self._keep:
            os.close(self._fd)
        self._loop.call_soon(self._protocol.connection_lost, error)
