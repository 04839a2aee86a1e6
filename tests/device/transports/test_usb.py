"""USB printers by their numbers, over a bus in memory: both ways, slow, stalled, pulled out, taken by the kernel."""

from __future__ import annotations

import asyncio
import errno
import threading

import pytest

pytest.importorskip("usb.core", reason="pyusb is not installed")

from kvit.device.address import Address, parse
from kvit.device.interview import unopened
from kvit.device.transports import usb as wire
from kvit.device.transports import usb_printer
from kvit.device.transports.port_status import PortStatus, of_byte, port_status
from kvit.device.transports.unreachable import UnreachableError
from kvit.device.transports.usb import UsbTransport
from tests.device.transports.heard import Heard, until
from tests.fakes.usb import FakeBus, FakePrinter

EVERY = bytes(range(256))
HERE = "usb://04b8:0202/S1"


def at(text: str) -> Address:
    address = parse(text)
    assert isinstance(address, Address)
    return address


def opened(printer: FakePrinter) -> tuple[UsbTransport, Heard]:
    heard = Heard()
    return UsbTransport(usb_printer.claim(at(HERE), FakeBus(printer)), heard), heard


async def test_both_ways_and_a_clean_end() -> None:
    printer = FakePrinter()
    transport, heard = opened(printer)
    transport.write(EVERY * 100)
    transport.write(b"")
    printer.say(b"\x12\x16")
    printer.say(b"")  # an empty packet is no end
    printer.say(b"\x14")
    await until(lambda: bytes(heard.data) == b"\x12\x16\x14")
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert bytes(printer.got) == EVERY * 100
    assert heard.error is None
    assert printer.log[-2:] == ["released 0", "closed"]


async def test_a_printer_without_paper_is_felt_by_the_writer() -> None:
    printer = FakePrinter()
    printer.make_room(100)
    transport, heard = opened(printer)
    transport.write(EVERY * 40)
    assert heard.paused
    await until(lambda: len(printer.got) == 100)
    assert transport.get_write_buffer_size() == 256 * 40 - 100
    printer.make_room(1 << 20)
    await until(lambda: not heard.paused)
    assert transport.get_write_buffer_size() == 0
    assert bytes(printer.got) == EVERY * 40
    transport.abort()
    await asyncio.wait_for(heard.lost.wait(), 60)


async def test_closing_hands_over_what_waits_and_aborting_does_not() -> None:
    printer = FakePrinter()
    printer.make_room(0)
    transport, heard = opened(printer)
    transport.write(b"first")
    transport.close()
    assert transport.is_closing()
    transport.write(b"after")
    printer.make_room(1000)
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert bytes(printer.got) == b"first"

    printer = FakePrinter()
    printer.make_room(0)
    transport, heard = opened(printer)
    transport.write(b"never")
    transport.abort()
    await asyncio.wait_for(heard.lost.wait(), 60)
    printer.make_room(1000)
    assert printer.got == b""


async def test_a_paused_reader_leaves_it_to_the_printer() -> None:
    printer = FakePrinter()
    transport, heard = opened(printer)
    transport.pause_reading()
    assert not transport.is_reading()
    await asyncio.sleep(wire.WAIT_MS / 1000)  # a read that is under way ends
    printer.say(b"x")
    printer.say(b"y")
    transport.resume_reading()
    await until(lambda: bytes(heard.data) == b"xy")
    transport.abort()
    await asyncio.wait_for(heard.lost.wait(), 60)


async def test_the_plug_is_pulled() -> None:
    printer = FakePrinter(kernel_driver=True)
    transport, heard = opened(printer)
    printer.unplug()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert isinstance(heard.error, OSError)
    assert heard.error.errno == errno.ENODEV
    assert transport.is_closing()
    assert await port_status(transport) is None


async def test_a_stalled_pipe_is_cleared_once() -> None:
    printer = FakePrinter(interfaces=((7, 1),))
    transport, heard = opened(printer)
    printer.stalls = 1
    transport.write(b"abc")
    await until(lambda: bytes(printer.got) == b"abc")
    assert "cleared 0x1" in printer.log
    printer.stalls = 2
    transport.write(b"def")
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert isinstance(heard.error, OSError)
    assert heard.error.errno == errno.EPIPE


async def test_a_fault_in_a_thread_lets_the_printer_go(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = FakePrinter()
    transport, heard = opened(printer)
    monkeypatch.setattr(FakeBus, "bulk_write", lambda *_: 1 / 0)
    transport.write(b"abc")
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert isinstance(heard.error, ZeroDivisionError)
    assert printer.log[-2:] == ["released 0", "closed"]


async def test_what_the_port_says() -> None:
    printer = FakePrinter()
    transport, heard = opened(printer)
    said = await port_status(transport)
    assert said is not None
    assert said.is_well
    printer.port_status = 0x30
    assert await port_status(transport) == PortStatus(paper_out=True, offline=False, fault=True)
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert await port_status(transport) is None


@pytest.mark.parametrize(
    ("byte", "meaning"),
    [
        (0x18, PortStatus(False, False, False)),
        (0x38, PortStatus(True, False, False)),
        (0x08, PortStatus(False, True, False)),
        (0x10, PortStatus(False, False, True)),
        (0xC7, PortStatus(False, True, True)),
    ],
)
def test_bits_of_the_port(byte: int, meaning: PortStatus) -> None:
    assert of_byte(byte) == meaning


def test_the_kernel_has_its_printer_back_afterwards() -> None:
    printer = FakePrinter(kernel_driver=True)
    claimed = usb_printer.claim(at(HERE), FakeBus(printer))
    assert printer.log[:2] == ["detached", "claimed 0"]
    claimed.close()
    assert printer.kernel_driver
    printer = FakePrinter(kernel_driver=True)
    printer.claimed = 9  # by another program
    with pytest.raises(UnreachableError) as refused:
        usb_printer.claim(at(HERE), FakeBus(printer))
    assert refused.value.refusal.code == "device.usb_busy"
    assert printer.kernel_driver


@pytest.mark.parametrize(
    ("interfaces", "taken"),
    [
        (((7, 2),), 0),
        (((7, 1), (7, 2)), 1),
        (((3, 0), (7, 1)), 1),
        (((0xFF, 0), (7, 2)), 1),
        (((3, 0), (0xFF, 0)), 1),
        (((7, 4), (7, 3)), None),
        (((3, 1),), None),
    ],
)
def test_which_interface_is_taken(interfaces: tuple[tuple[int, int], ...], taken: int | None) -> None:
    printer = FakePrinter(interfaces=interfaces)
    if taken is None:
        with pytest.raises(UnreachableError) as refused:
            usb_printer.claim(at(HERE), FakeBus(printer))
        assert refused.value.refusal.code == "device.usb_no_printer"
        return
    claimed = usb_printer.claim(at(HERE), FakeBus(printer))
    assert printer.claimed == taken
    assert claimed.reads == (interfaces[taken][1] != 1)


def broken(number: int) -> FakePrinter:
    printer = FakePrinter()
    printer.trouble = number
    return printer


@pytest.mark.parametrize(
    ("address", "printers", "code"),
    [
        ("usb://04b8:0203", [FakePrinter()], "device.usb_absent"),
        ("usb://04b8:0202/S9", [FakePrinter()], "device.usb_absent"),
        ("usb://04b8:0202", [FakePrinter(serial="A"), FakePrinter(serial="B")], "device.usb_several"),
        ("usb://04b8:0202", [broken(errno.EACCES)], "device.usb_denied"),
        ("usb://04b8:0202", [broken(errno.EBUSY)], "device.usb_busy"),
    ],
)
def test_why_not(address: str, printers: list[FakePrinter], code: str) -> None:
    with pytest.raises(UnreachableError) as refused:
        usb_printer.claim(at(address), FakeBus(*printers))
    assert refused.value.refusal.code == code
    assert address in str(refused.value.strerror)
    assert unopened(at(address), refused.value) == refused.value.refusal


def test_the_serial_number_chooses() -> None:
    printers = FakePrinter(serial="A"), FakePrinter(serial="B")
    claimed = usb_printer.claim(at("usb://04b8:0202/B"), FakeBus(*printers))
    assert (printers[0].claimed, printers[1].claimed) == (None, 0)
    claimed.close()


def test_nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    import usb.backend.libusb1

    monkeypatch.setattr(usb.backend.libusb1, "get_backend", lambda: None)
    with pytest.raises(UnreachableError, match=r"libusb-1\.0-0"):
        usb_printer.claim(at(HERE))


async def test_a_claim_nobody_waits_for_any_more_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    printer, go = FakePrinter(), threading.Event()

    def slow(address: Address) -> usb_printer.UsbPrinter:
        go.wait(60)
        return usb_printer.claim(address, FakeBus(printer))

    monkeypatch.setattr(wire, "claim", slow)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await wire.connect(at(HERE), Heard, None)  # type: ignore[arg-type]
    go.set()
    await until(lambda: "closed" in printer.log)
    assert printer.claimed is None
