"""The one byte a printer port says without being asked in any printer's language: paper, on-line, fault.

Centronics had a wire for each; the USB printer class keeps them as bits of GET_PORT_STATUS (class specification 1.1,
4.2.2), and Linux gives the same byte for ``/dev/lp0`` and ``/dev/usb/lp0`` by the ioctl LPGETSTATUS.

What it is worth: a printer that says "no paper" has none. One that says all is well proves nothing, because many receipt
printers answer 18h whatever happens. So it is a reason to wait, and never evidence that something was printed.
"""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

PAPER_OUT: Final = 0x20
SELECTED: Final = 0x10
NO_FAULT: Final = 0x08
ANSWER_S: Final = 6.0
"""Linux gives a control request 5 s."""


GONE = frozenset({errno.ENODEV, errno.ENXIO})


@dataclass(frozen=True, slots=True)
class PortStatus:
    """What the port says now."""

    paper_out: bool
    offline: bool
    fault: bool

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong, as far as this byte knows."""
        return not (self.paper_out or self.offline or self.fault)


@runtime_checkable
class HasPortStatus(Protocol):
    """A transport whose port has the byte."""

    def read_port_status(self) -> int:
        """Ask for the byte; blocks up to some seconds. Raises OSError."""


def of_byte(byte: int) -> PortStatus:
    """Read the byte; other bits mean nothing."""
    return PortStatus(bool(byte & PAPER_OUT), not byte & SELECTED, not byte & NO_FAULT)


async def port_status(transport: asyncio.BaseTransport) -> PortStatus | None:
    """Ask an open transport's port; None where it has no such byte or gives no answer.

    Raises ConnectionError where there is no such device any more: a port that is only written to says it in no other way.
    """
    if not isinstance(transport, HasPortStatus) or transport.is_closing():
        return None
    try:
        async with asyncio.timeout(ANSWER_S):
            return of_byte(await asyncio.to_thread(transport.read_port_status))
    except OSError as error:
        if error.errno in GONE:
            raise ConnectionError(error.errno, "the printer was unplugged") from None
        return None
