"""A USB printer by its numbers, through pyusb and libusb: find it, claim its printer interface, move bytes.

Universal Serial Bus Device Class Definition for Printing Devices 1.1: class 7, subclass 1; protocol 1 is one way, 2 both
ways, 3 packets of IEEE 1284.4 (never spoken here), 4 IPP over USB (another language). Two class requests are used:
GET_PORT_STATUS (1). SOFT_RESET (2) is never sent: what it throws away would be somebody's receipt.

Receipt printers in "vendor class" mode (Epson's default on some interfaces) have an interface FFh with the same two pipes;
it is taken where there is no printer class. Linux's usblp sits on the interface of class 7; it is detached while we have
the printer and attached again afterwards, so that ``/dev/usb/lp0`` comes back.

All calls block; `kvit.device.transports.usb` has the threads. Unproven: no USB printer was at hand, a backend in memory
stands in for libusb (`tests/fakes/usb.py`).
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, Any, Final

from kvit.device.address import Address
from kvit.device.transports.unreachable import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

PRINTER_CLASS: Final = 7
VENDOR_CLASS: Final = 0xFF
RANKS: Final = {(PRINTER_CLASS, 2): 0, (PRINTER_CLASS, 1): 1}
"""Which interface is taken first, by class and protocol."""
VENDOR_RANK: Final = 2
GET_PORT_STATUS: Final = 1
CLASS_IN_INTERFACE: Final = 0xA1
CONTROL_MS: Final = 5000
BULK: Final = 2
DIRECTION_IN: Final = 0x80


class UsbPrinter:
    """A claimed interface. Errors are OSError; ENODEV and EIO mean that the printer is gone."""

    def __init__(self, device: Any, interface: Any, detached: bool) -> None:
        self._device, self._interface, self._detached = device, interface, detached
        self._number = int(interface.bInterfaceNumber)
        self._out = _pipe(interface, inwards=False)
        self._in = _pipe(interface, inwards=True) if interface.bInterfaceProtocol != 1 else None
        self._stalls = 0

    @property
    def reads(self) -> bool:
        """Whether the printer has a way back."""
        return self._in is not None

    def write(self, data: bytes, wait_ms: int) -> int:
        """Hand bytes over; how many the printer took within ``wait_ms`` (0: it is busy). Raises OSError."""
        return int(self._move(lambda: self._device.write(self._out.bEndpointAddress, data, wait_ms), self._out) or 0)

    def read(self, wait_ms: int) -> bytes | None:
        """Take one packet; None: nothing came within ``wait_ms``, empty: an empty packet. Raises OSError."""
        if self._in is None:
            return None
        size = int(self._in.wMaxPacketSize)  # a packet at a time: a longer read that times out would lose what it has
        got = self._move(lambda: self._device.read(self._in.bEndpointAddress, size, wait_ms), self._in)
        return None if got is None else bytes(got)

    def port_status(self) -> int:
        """Ask for the port's byte. Raises OSError."""
        answer = self._device.ctrl_transfer(CLASS_IN_INTERFACE, GET_PORT_STATUS, 0, self._number, 1, CONTROL_MS)
        if not len(answer):
            raise OSError(errno.EIO, "the printer gave no port status")
        return int(answer[0])

    def close(self) -> None:
        """Let go, and give the interface back to whom it was taken from."""
        import usb.core
        import usb.util

        with contextlib.suppress(usb.core.USBError):
            usb.util.release_interface(self._device, self._number)
        if self._detached:
            with contextlib.suppress(usb.core.USBError, NotImplementedError):
                self._device.attach_kernel_driver(self._number)
        usb.util.dispose_resources(self._device)

    def _move(self, transfer: Any, pipe: Any) -> Any:
        """One transfer: None when it timed out with nothing moved. A stalled pipe is cleared once."""
        import usb.core

        try:
            moved = transfer()
        except usb.core.USBTimeoutError:
            return None
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE or self._stalls:
                raise
            self._stalls += 1
            self._device.clear_halt(pipe.bEndpointAddress)
            return None
        self._stalls = 0
        return moved


def claim(address: Address, backend: Any = None) -> UsbPrinter:
    """Find and claim the printer of ``usb://VID:PID[/SERIAL]``. Raises `UnreachableError` (an OSError) with the reason."""
    import_usb()
    import usb.core

    device = _find(address, _backend(backend))
    try:
        return _claim(device, str(address))
    except usb.core.USBError as error:
        usb.util.dispose_resources(device)
        raise _reason(error, str(address)) from error


def import_usb() -> None:
    """Raise `UnreachableError` where pyusb is not installed."""
    try:
        import usb.core
        import usb.util  # noqa: F401
    except ImportError as error:
        raise UnreachableError("device.usb_library", errno.ENOSYS) from error


def _backend(given: Any) -> Any:
    import usb.backend.libusb1

    backend = given if given is not None else usb.backend.libusb1.get_backend()
    if backend is None:
        raise UnreachableError("device.usb_libusb", errno.ENOSYS)
    return backend


def _find(address: Address, backend: Any) -> Any:
    import usb.core

    vendor, _, product = address.host.partition(":")
    numbers = {"idVendor": int(vendor, 16), "idProduct": int(product, 16)}
    there = list(usb.core.find(find_all=True, backend=backend, **numbers))
    found = [device for device in there if not address.path or _serial(device) == address.path]
    if not found:
        raise UnreachableError("device.usb_absent", printer=str(address))
    if len(found) > 1:
        raise UnreachableError("device.usb_several", errno.EINVAL, printer=str(address), count=len(found))
    return found[0]


def _serial(device: Any) -> str:
    import usb.core

    try:
        return str(device.serial_number or "")
    except (usb.core.USBError, ValueError, NotImplementedError):  # not allowed to ask, or no such text
        return ""


def _claim(device: Any, where: str) -> UsbPrinter:
    import usb.core
    import usb.util

    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    interface = _best(configuration)
    if interface is None:
        raise UnreachableError("device.usb_no_printer", printer=where)
    number = int(interface.bInterfaceNumber)
    detached = _detach(device, number)
    try:
        usb.util.claim_interface(device, number)
        if any(each.bInterfaceNumber == number and each.bAlternateSetting for each in configuration):
            device.set_interface_altsetting(number, int(interface.bAlternateSetting))
    except usb.core.USBError:
        if detached:
            with contextlib.suppress(usb.core.USBError, NotImplementedError):
                device.attach_kernel_driver(number)
        raise
    return UsbPrinter(device, interface, detached)


def _detach(device: Any, number: int) -> bool:
    try:
        if not device.is_kernel_driver_active(number):
            return False
        device.detach_kernel_driver(number)
    except NotImplementedError:  # Windows and macOS have no such thing
        return False
    return True


def _best(configuration: Any) -> Any:
    ranked = [
        (rank, each) for each in configuration if (rank := _rank(each)) is not None and _pipe(each, inwards=False)
    ]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(interface: Any) -> int | None:
    if interface.bInterfaceClass == VENDOR_CLASS:
        return VENDOR_RANK
    return RANKS.get((int(interface.bInterfaceClass), int(interface.bInterfaceProtocol)))


def _pipe(interface: Any, *, inwards: bool) -> Any:
    endpoints: Iterator[Any] = iter(interface)
    for each in endpoints:
        if each.bmAttributes & 3 == BULK and bool(each.bEndpointAddress & DIRECTION_IN) == inwards:
            return each
    return None


def _reason(error: OSError, where: str) -> OSError:
    code = {errno.EACCES: "device.usb_denied", errno.EBUSY: "device.usb_busy"}.get(error.errno or 0)
    return UnreachableError(code, error.errno or 0, printer=where) if code else error
