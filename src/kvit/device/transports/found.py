"""What is plugged in: USB printers, serial ports, paired Bluetooth devices, keyboards that may be scanners, as addresses.

Linux tells all of it in files (sysfs, ``/dev``, BlueZ's folder), so nothing is opened, asked or disturbed, and `find` is a
function of a folder. Whether a serial port has a printer or a scanner behind it, no file says; `kvit.device.interview`
asks. BlueZ's folder is root's; where it may not be read, `Looked.denied` says so.

Left out: network printers (ask the router, or the printer's self-test slip), Windows and macOS, where the list is empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvit.device.address import CHANNELS, USB_NUMBERS, Address, SerialLine, show

PRINTER_CLASS: Final = "07"
NOT_BYTES: Final = frozenset(("03", "04"))
"""Protocols of the class that are no plain bytes: IEEE 1284.4, IPP over USB."""
SERIAL_NAMES: Final = ("ttyUSB", "ttyACM", "rfcomm", "ttyS", "ttyAMA")
SERIAL_PORT_PROFILE: Final = "00001101-0000-1000-8000-00805f9b34fb"
IMAGING, PRINTER_BIT = 0x06, 0x80
"""Of a Bluetooth device's class: the major class and the bit that says printer."""
KEYBOARD_ENDING: Final = "-event-kbd"
TEXT_BYTES_MAX: Final = 65536
NAME_CHARS_MAX: Final = 80
FOUND_MAX: Final = 200
"""More than any machine has; the list is for a person."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is plugged in or paired."""

    kind: str
    """``printer``, ``serial`` (a printer, a scanner, or anything else), ``bluetooth`` or ``keyboard``."""
    address: str
    """Ready for kvit.toml; an ESC/POS printer needs nothing in front of it."""
    name: str
    """What it calls itself; empty where it says nothing. Text of a stranger: to be shown, never to be obeyed."""
    also: tuple[str, ...] = ()
    """Other addresses of the same thing."""
    denied: bool = False
    """Whether this user may not open it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and where looking was not allowed."""

    found: tuple[Found, ...]
    denied: tuple[str, ...] = ()


def find(root: Path = Path("/")) -> Looked:
    """Look at everything; ``root`` is where ``/sys``, ``/dev`` and ``/var`` are. Raises nothing."""
    bluetooth, denied = _bluetooth(root)
    found = [*_usb(root), *_serial(root), *bluetooth, *_keyboards(root)]
    return Looked(tuple(found[:FOUND_MAX]), denied)


def _usb(root: Path) -> Iterator[Found]:
    for interface in _entries(root / "sys/bus/usb/devices"):
        device_name, colon, _ = interface.name.partition(":")
        if not colon or _text(interface / "bInterfaceClass") != PRINTER_CLASS:
            continue
        if _text(interface / "bInterfaceProtocol") in NOT_BYTES:
            continue
        device = interface.parent / device_name
        numbers = f"{_text(device / 'idVendor')}:{_text(device / 'idProduct')}"
        if not USB_NUMBERS.fullmatch(numbers):
            continue
        by_number = show(Address("usb", host=numbers, path=_text(device / "serial")))
        name = _id_name(_text(interface / "ieee1284_id")) or _spoken(device)
        files = [f"/dev/usb/{entry.name}" for entry in _entries(interface / "usbmisc")]
        if files:
            yield Found("printer", f"usb://{files[0]}", name, (by_number,), _denied(root, files[0]))
        else:
            bus = f"/dev/bus/usb/{_number(device / 'busnum')}/{_number(device / 'devnum')}"
            yield Found("printer", by_number, name, denied=_denied(root, bus))


def _serial(root: Path) -> Iterator[Found]:
    stable = {
        (link.parent / link.readlink()).name: link.name
        for link in _entries(root / "dev/serial/by-id")
        if _is_link(link)
    }
    for entry in _entries(root / "sys/class/tty"):
        if not entry.name.startswith(SERIAL_NAMES) or not _is_real(entry):
            continue
        path = f"/dev/{entry.name}"
        plain = show(Address("serial", path=path, serial=SerialLine()))
        link = stable.get(entry.name)
        if link is None:
            yield Found("serial", plain, "", denied=_denied(root, path))
            continue
        lasting = show(Address("serial", path=f"/dev/serial/by-id/{link}", serial=SerialLine()))
        yield Found(
            "serial", lasting, _clean(link.removeprefix("usb-").replace("_", " ")), (plain,), _denied(root, path)
        )


def _is_real(entry: Path) -> bool:
    """Linux lists four or more ttyS that do not exist: without hardware their type is 0. rfcomm has no device behind it."""
    if entry.name.startswith("rfcomm"):
        return True
    return (entry / "device").exists() and _text(entry / "type") != "0"


def _bluetooth(root: Path) -> tuple[list[Found], tuple[str, ...]]:
    folder = root / "var/lib/bluetooth"
    try:
        adapters = sorted(folder.iterdir())
        infos = [info for adapter in adapters for info in sorted(adapter.glob("??:??:??:??:??:??/info"))]
    except FileNotFoundError:
        return [], ()
    except OSError:
        return [], (str(folder),)
    found = (_paired(info) for info in infos)
    return [each for each in found if each is not None], ()


def _paired(info: Path) -> Found | None:
    about = ConfigParser(interpolation=None, strict=False)
    try:
        about.read_string(_text(info))
        general = dict(about["General"])
    except (IniError, KeyError):
        return None
    kind = general.get("class", "0")
    number = int(kind, 16) if kind.startswith("0x") and len(kind) < 12 and _is_hex(kind[2:]) else 0
    is_printer = number >> 8 & 0x1F == IMAGING and bool(number & PRINTER_BIT)
    if not is_printer and SERIAL_PORT_PROFILE not in general.get("services", "").lower():
        return None
    address = show(Address("bluetooth", host=info.parent.name.upper(), port=CHANNELS[0]))
    return Found("bluetooth", address, _clean(general.get("name", "")))


def _keyboards(root: Path) -> Iterator[Found]:
    for link in _entries(root / "dev/input/by-id"):
        if link.name.endswith(KEYBOARD_ENDING):
            path = f"/dev/input/by-id/{link.name}"
            name = _clean(link.name.removesuffix(KEYBOARD_ENDING).removeprefix("usb-").replace("_", " "))
            yield Found("keyboard", f"keyboard://{path}", name, denied=_denied(root, path))


def _id_name(text: str) -> str:
    """The maker and model of an IEEE 1284 device id (``MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;``)."""
    pairs = (field.partition(":") for field in text.split(";"))
    said = {key.strip().upper(): value.strip() for key, _, value in pairs}
    maker = said.get("MFG") or said.get("MANUFACTURER", "")
    model = said.get("MDL") or said.get("MODEL", "")
    return _clean(model if model.upper().startswith(maker.upper()) else f"{maker} {model}")


def _spoken(device: Path) -> str:
    return _clean(f"{_text(device / 'manufacturer')} {_text(device / 'product')}")


def _clean(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:NAME_CHARS_MAX]


def _is_hex(text: str) -> bool:
    return bool(text) and all(letter in "0123456789abcdefABCDEF" for letter in text)


def _number(path: Path) -> str:
    text = _text(path)
    return f"{int(text):03}" if text.isascii() and text.isdigit() and len(text) < 6 else "000"


def _denied(root: Path, path: str) -> bool:
    file = root / path.lstrip("/")
    return file.exists() and not os.access(file, os.R_OK | os.W_OK)


def _is_link(path: Path) -> bool:
    return path.is_symlink()


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(TEXT_BYTES_MAX).decode("utf-8", "replace").strip()
    except OSError:
        return ""
