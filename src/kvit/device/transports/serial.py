"""Serial ports: any COM port or tty, through serialx (imported when the first one is opened).

Flow control. ``rtscts`` is the kernel's. ``dsrdtr`` has no support in Linux's terminal layer: wire the printer's DTR (or
RTS, pin 4) to our CTS and it is ``rtscts`` here. ``xonxoff`` is done by hand: with IXON the kernel would eat 11h and 13h
out of the data both ways, and rasters are full of them. So XON and XOFF of the *printer* are taken out of what it says and
obeyed (output stops in the kernel too, by ``tcflow``, not only in our queue); bytes *to* it pass untouched. On a till's
port `say_busy` sends the same two bytes for us, as that is the only word for "busy" such a line knows.

DTR and RTS are raised at opening and stay: some printers take a DTR pulse for a reset.
Unproven here: no serial hardware was at hand; pseudo-terminals stood in, which have no modem lines and no real baud rate.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kvit.device.address import Address, SerialLine

XON: Final = 0x11
XOFF: Final = 0x13
_FLOW_BYTES: Final = bytes((XON, XOFF))


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open a serial port. Raises OSError when there is none, or another program has it."""
    import serialx

    line = address.serial or SerialLine()
    protocol = factory()
    if line.flow == "xonxoff":
        protocol = ByHand(protocol)
    transport, _ = await serialx.create_serial_connection(
        asyncio.get_running_loop(),
        lambda: protocol,
        address.path,
        line.baud,
        parity=getattr(serialx.Parity, line.parity.upper()),
        stopbits=serialx.StopBits(float(line.stop_bits)),
        byte_size=line.data_bits,
        rtscts=line.flow in ("rtscts", "dsrdtr"),
        xonxoff=False,
    )
    opened: asyncio.Transport = transport
    return opened


async def lines(transport: asyncio.Transport) -> dict[str, bool]:
    """Read the modem lines: of cts, dsr, car, rng, dtr, rts those the port knows (a pseudo-terminal has no inputs)."""
    reader: Any = getattr(transport, "get_modem_pins", None)
    if reader is None:
        return {}
    try:
        pins = await reader()
    except OSError:
        return {}
    names = ("cts", "dsr", "car", "rng", "dtr", "rts")
    states = {name: getattr(getattr(pins, name, None), "name", "UNDEFINED") for name in names}
    return {name: state == "HIGH" for name, state in states.items() if state in ("HIGH", "LOW")}


class ByHand(asyncio.Protocol):
    """Stands before a protocol on an XON/XOFF line: takes the two bytes out of what comes, and obeys them."""

    def __init__(self, behind: asyncio.Protocol) -> None:
        self._behind = behind
        self._transport: asyncio.Transport | None = None
        self._told = False
        self._full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand on."""
        self._transport = transport  # type: ignore[assignment]
        self._behind.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on."""
        self._behind.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Obey the last of the two bytes in ``data``, hand on the others."""
        on, off = data.rfind(XON), data.rfind(XOFF)
        if on == off:
            self._behind.data_received(data)
            return
        self._stop(off > on)
        rest = data.translate(None, _FLOW_BYTES)
        if rest:
            self._behind.data_received(rest)

    def pause_writing(self) -> None:
        """The port's own buffer is full."""
        self._full = True
        self._tell()

    def resume_writing(self) -> None:
        """The port's own buffer has room."""
        self._full = False
        self._tell()

    def _stop(self, stop: bool) -> None:
        self._stopped = stop
        _flow(self._transport, stop)
        self._tell()

    _stopped = False

    def _tell(self) -> None:
        wanted = self._full or self._stopped
        if wanted != self._told:
            self._told = wanted
            (self._behind.pause_writing if wanted else self._behind.resume_writing)()


def say_busy(transport: asyncio.Transport, busy: bool) -> None:
    """Tell a till on an XON/XOFF line to stop or to go on."""
    transport.write(bytes((XOFF if busy else XON,)))


def _flow(transport: Any, stop: bool) -> None:
    """Stop or restart the kernel's output at once, where there is such a call."""
    if sys.platform == "win32" or transport is None:
        return
    import termios

    try:
        termios.tcflow(transport.serial.fileno(), termios.TCOOFF if stop else termios.TCOON)
    except (OSError, AttributeError, termios.error):
        return
