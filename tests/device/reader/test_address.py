from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.address import ReaderAddress, parse, show
from kvit.refusal import Refusal

GOOD = [
    ("serial:///dev/ttyACM0?baud=115200", "serial"),
    ("/dev/ttyACM0", "serial"),
    ("COM3", "serial"),
    ("bluetooth://00:11:22:33:44:55", "bluetooth"),
    ("tcp://192.168.1.60:4001", "tcp"),
    ("pty://scanner", "pty"),
    ("keyboard:///dev/input/by-id/usb-X_Y-event-kbd", "keyboard"),
    ("nfc://", "nfc"),
    ("NFC://ACS%20ACR122U", "nfc"),
]


@pytest.mark.parametrize(("text", "kind"), GOOD)
def test_good(text: str, kind: str) -> None:
    address = parse(text)
    assert isinstance(address, ReaderAddress)
    assert address.kind == kind
    assert parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("keyboard://", "device.reader_address"),
        ("keyboard://event3", "device.reader_address"),
        ("keyboard:///", "device.reader_address"),
        ("keyboard:///dev/%0a", "device.reader_address"),
        ("nfc://%1b[2J", "device.reader_address"),
        ("nfc://" + "x" * 2000, "device.reader_address"),
        ("usb:///dev/usb/lp0", "device.reader_address"),
        ("file:///tmp/codes", "device.reader_address"),
        ("", "device.address_empty"),
        ("gopher://x", "device.address_kind"),
        ("serial:///dev/ttyACM0?baud=fast", "device.address_option"),
    ],
)
def test_bad(text: str, code: str) -> None:
    refused = parse(text)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40))
def test_twins(name: str) -> None:
    assert parse(show(ReaderAddress("nfc", name))) == ReaderAddress("nfc", name)
    assert parse(show(ReaderAddress("keyboard", f"/{name}x"))) == ReaderAddress("keyboard", f"/{name}x")


@given(st.text(max_size=60))
def test_nothing_raises(text: str) -> None:
    parse(text)
