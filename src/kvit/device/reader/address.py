"""Addresses of readers.

    serial:///dev/ttyACM0?baud=9600          a scanner on a serial port, or one that plays a serial port over USB (CDC)
    bluetooth://00:11:22:33:44:55            a cordless scanner with a serial port profile
    tcp://192.168.1.60:4001                  a scanner on the network that is connected to
    keyboard:///dev/input/by-id/usb-…-kbd    a scanner that types: its event device on Linux
    nfc://ACR122U                            a PC/SC reader whose name has these letters; nfc:// is the first

`parse` and `show` are twins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from kvit.device import address
from kvit.device.address import ADDRESS_CHARS_MAX, Address
from kvit.refusal import Refusal

WIRES: Final = ("serial", "bluetooth", "tcp", "pty")
KINDS: Final = (*WIRES, "keyboard", "nfc")


@dataclass(frozen=True, slots=True)
class ReaderAddress:
    """Where a reader is.

    ``wire`` for those on a wire; ``name`` the device's path (keyboard) or a part of the reader's name (nfc).
    """

    kind: str
    name: str = ""
    wire: Address | None = None

    def __str__(self) -> str:
        return show(self)


def parse(text: str) -> ReaderAddress | Refusal:
    """Read an address; a `Refusal` of ``device.reader_address`` or ``device.address_*`` says what is wrong with it."""
    text = text.strip()
    scheme, mark, rest = text.partition("://")
    kind = scheme.lower()
    if mark and kind in ("keyboard", "nfc"):
        name = unquote(rest)
        bad = len(text) > ADDRESS_CHARS_MAX or not (name.isprintable() or not name)
        if bad or (kind == "keyboard" and not (name.startswith("/") and len(name) > 1)):
            return Refusal("device.reader_address", {"text": text[:80], "known": ", ".join(KINDS)})
        return ReaderAddress(kind, name)
    wire = address.parse(text)
    if isinstance(wire, Refusal):
        return wire
    if wire.kind not in WIRES:
        return Refusal("device.reader_address", {"text": text[:80], "known": ", ".join(KINDS)})
    return ReaderAddress(wire.kind, wire=wire)


def show(given: ReaderAddress) -> str:
    """Write an address; the twin of `parse`."""
    if given.wire is not None:
        return address.show(given.wire)
    return f"{given.kind}://{quote(given.name, safe='/:-_.')}"
