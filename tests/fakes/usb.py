"""A USB bus in memory: a backend for pyusb with printers that can be told to be slow, full, stalled or unplugged."""

from __future__ import annotations

import errno
import threading
from types import SimpleNamespace
from typing import Any

import usb.backend
from usb.core import USBError, USBTimeoutError

OUT, IN = 0x01, 0x82
PACKET = 64


class FakePrinter:
    """One printer on the bus. ``interfaces`` lists class and protocol of each."""

    def __init__(
        self, vendor: int = 0x04B8, product: int = 0x0202, serial: str = "S1",
        interfaces: tuple[tuple[int, int], ...] = ((7, 2),), kernel_driver: bool = False,
    ) -> None:  # fmt: skip
        self.vendor, self.product, self.serial, self.interfaces = vendor, product, serial, interfaces
        self.kernel_driver = kernel_driver
        self.port_status = 0x18
        self.got = bytearray()
        self.room = 1 << 30
        self.says: list[bytes] = []
        self.trouble: int | None = None
        """An errno every call fails with."""
        self.stalls = 0
        self.claimed: int | None = None
        self.log: list[str] = []
        self.change = threading.Condition()

    def say(self, packet: bytes) -> None:
        with self.change:
            self.says.append(packet)
            self.change.notify_all()

    def make_room(self, count: int) -> None:
        with self.change:
            self.room = count
            self.change.notify_all()

    def unplug(self) -> None:
        with self.change:
            self.trouble = errno.ENODEV
            self.change.notify_all()

    def check(self) -> None:
        if self.trouble is not None:
            raise USBError("trouble", errno=self.trouble)
        if self.stalls:
            self.stalls -= 1
            raise USBError("pipe stalled", errno=errno.EPIPE)


class FakeBus(usb.backend.IBackend):  # type: ignore[misc]
    """The bus. Only what a printer needs is there; anything else is a mistake and raises."""

    def __init__(self, *printers: FakePrinter) -> None:
        self.printers = list(printers)

    def enumerate_devices(self) -> Any:
        yield from self.printers

    def get_device_descriptor(self, dev: FakePrinter) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=dev.vendor, idProduct=dev.product, bcdDevice=1, iManufacturer=0, iProduct=0,
            iSerialNumber=3 if dev.serial else 0, bNumConfigurations=1, address=5, bus=1, port_number=1,
            port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: FakePrinter, config: int) -> Any:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=len(dev.interfaces), bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: FakePrinter, intf: int, alt: int, config: int) -> Any:
        if alt or intf >= len(dev.interfaces):
            raise IndexError
        kind, protocol = dev.interfaces[intf]
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=intf, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=kind, bInterfaceSubClass=1, bInterfaceProtocol=protocol, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: FakePrinter, ep: int, intf: int, alt: int, config: int) -> Any:
        address = (OUT, IN)[ep] + 2 * intf
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=2, wMaxPacketSize=PACKET, bInterval=0,
            bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: FakePrinter) -> Any:
        dev.check()
        return SimpleNamespace(printer=dev)

    def close_device(self, dev_handle: Any) -> None:
        dev_handle.printer.log.append("closed")

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        printer = dev_handle.printer
        if printer.kernel_driver or printer.claimed is not None:
            raise USBError("busy", errno=errno.EBUSY)
        printer.claimed = intf
        printer.log.append(f"claimed {intf}")

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        dev_handle.printer.claimed = None
        dev_handle.printer.log.append(f"released {intf}")

    def is_kernel_driver_active(self, dev_handle: Any, intf: int) -> bool:
        return bool(dev_handle.printer.kernel_driver)

    def detach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        dev_handle.printer.kernel_driver = False
        dev_handle.printer.log.append("detached")

    def attach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        dev_handle.printer.kernel_driver = True
        dev_handle.printer.log.append("attached")

    def clear_halt(self, dev_handle: Any, ep: int) -> None:
        dev_handle.printer.log.append(f"cleared {ep:#x}")

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        printer = dev_handle.printer
        with printer.change:
            printer.change.wait_for(lambda: printer.room > 0 or printer.trouble is not None, timeout / 1000)
            printer.check()
            taken = min(printer.room, len(data))
            if not taken:
                raise USBTimeoutError("busy", errno=errno.ETIMEDOUT)
            printer.got += bytes(data[:taken])
            printer.room -= taken
            return int(taken)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        printer = dev_handle.printer
        with printer.change:
            printer.change.wait_for(lambda: bool(printer.says) or printer.trouble is not None, timeout / 1000)
            printer.check()
            if not printer.says:
                raise USBTimeoutError("silence", errno=errno.ETIMEDOUT)
            packet = printer.says.pop(0)
            buff[: len(packet)] = type(buff)("B", packet)
            return len(packet)

    def ctrl_transfer(
        self, dev_handle: Any, kind: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:  # fmt: skip
        printer = dev_handle.printer
        printer.check()
        answer = self._answer(printer, kind, request, value)
        data[: len(answer)] = type(data)("B", answer)
        return len(answer)

    def _answer(self, printer: FakePrinter, kind: int, request: int, value: int) -> bytes:
        if (kind, request) == (0xA1, 1):
            return bytes((printer.port_status,))
        if (kind, request, value) == (0x80, 6, 0x0300):  # languages of strings
            return b"\x04\x03\x09\x04"
        if (kind, request) == (0x80, 6):
            text = printer.serial.encode("utf-16-le")
            return bytes((len(text) + 2, 3)) + text
        raise AssertionError((kind, request, value))
