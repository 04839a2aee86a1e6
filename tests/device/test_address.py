from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.address import FLOWS, PARITIES, STOPS, Address, SerialLine, parse, show
from kvit.refusal import Refusal

GOOD = [
    ("tcp://127.0.0.1:9100", Address("tcp", "127.0.0.1", 9100), "tcp://127.0.0.1:9100"),
    ("printer.local", Address("tcp", "printer.local", 9100), "tcp://printer.local:9100"),
    ("tcp://[fe80::1]:9101", Address("tcp", "fe80::1", 9101), "tcp://[fe80::1]:9101"),
    ("usb:///dev/usb/lp0", Address("usb", path="/dev/usb/lp0"), "usb:///dev/usb/lp0"),
    ("/dev/usb/lp0", Address("usb", path="/dev/usb/lp0"), "usb:///dev/usb/lp0"),
    ("/dev/ttyS0", Address("serial", path="/dev/ttyS0", serial=SerialLine()), "serial:///dev/ttyS0"),
    ("usb://04B8:0202", Address("usb", "04b8:0202"), "usb://04b8:0202"),
    ("usb://04b8:0202/AB%2F1", Address("usb", "04b8:0202", path="AB/1"), "usb://04b8:0202/AB%2F1"),
    ("bluetooth://00:11:22:aa:bb:cc", Address("bluetooth", "00:11:22:AA:BB:CC", 1), "bluetooth://00:11:22:AA:BB:CC"),
    (
        "bluetooth://00:11:22:33:44:55?channel=30",
        Address("bluetooth", "00:11:22:33:44:55", 30),
        "bluetooth://00:11:22:33:44:55?channel=30",
    ),
    ("/dev/rfcomm0", Address("serial", path="/dev/rfcomm0", serial=SerialLine()), "serial:///dev/rfcomm0"),
    ("COM3", Address("serial", path="COM3", serial=SerialLine()), "com://COM3"),
    ("pty://till1", Address("pty", path="till1"), "pty://till1"),
    ("file:///tmp/a%20b", Address("file", path="/tmp/a b"), "file:///tmp/a%20b"),
    ("file:///C:/spool/p.bin", Address("file", path="C:/spool/p.bin"), "file://C:/spool/p.bin"),
    (
        "serial:///dev/ttyUSB0?baud=19200&parity=even&stop=2&flow=xonxoff&data=7",
        Address("serial", path="/dev/ttyUSB0", serial=SerialLine(19200, 7, "even", "2", "xonxoff")),
        "serial:///dev/ttyUSB0?baud=19200&data=7&parity=even&stop=2&flow=xonxoff",
    ),
]
GOOD += [
    (
        "https://cloud.example.com/kdt1",
        Address("https", "cloud.example.com", 443, "/kdt1"),
        "https://cloud.example.com/kdt1",
    ),
    ("http://10.0.0.5:8080/", Address("http", "10.0.0.5", 8080), "http://10.0.0.5:8080"),
    ("http://[::1]/a%20b/c", Address("http", "::1", 80, "/a b/c"), "http://[::1]/a%20b/c"),
]
BAD = [
    ("https://user:key@cloud.example.com/", "device.address_host"),
    ("https://cloud.example.com/a?key=1", "device.address_path"),
    ("https://cloud.example.com/a%0d%0ab", "device.address_path"),
    ("http:///x", "device.address_host"),
    ("http://h:99999/", "device.address_port"),
    ("", "device.address_empty"),
    ("tcp://\x1b[2J", "device.address_empty"),
    ("gopher://x", "device.address_kind"),
    ("tcp://a b:1", "device.address_host"),
    ("tcp://h:70000", "device.address_port"),
    ("serial://", "device.address_path"),
    ("file://relative", "device.address_path"),
    ("pty://../etc", "device.address_name"),
    ("usb://04b8", "device.address_usb"),
    ("usb://04b8:02020", "device.address_usb"),
    ("usb://04b8:0202/a/b", "device.address_usb"),
    ("usb://04b8:0202/%0a", "device.address_usb"),
    ("usb://", "device.address_usb"),
    ("bluetooth://00:11:22:33:44", "device.address_bluetooth"),
    ("bluetooth://00:11:22:33:44:55?channel=x", "device.address_bluetooth"),
    ("bluetooth://00:11:22:33:44:55?channel=0", "device.address_option"),
    ("bluetooth://00:11:22:33:44:55?channel=31", "device.address_option"),
    ("com://COM3?baud=fast", "device.address_option"),
    ("com://COM3?baud=9", "device.address_option"),
    ("com://COM3?flow=maybe", "device.address_option"),
    ("com://COM3?speed=1", "device.address_unknown_option"),
]


@pytest.mark.parametrize(("text", "address", "shown"), GOOD)
def test_good(text: str, address: Address, shown: str) -> None:
    assert parse(text) == address
    assert show(address) == shown
    assert parse(shown) == address


@pytest.mark.parametrize(("text", "code"), BAD)
def test_bad(text: str, code: str) -> None:
    refused = parse(text)
    assert isinstance(refused, Refusal)
    assert refused.code == code


LINES = st.builds(
    SerialLine,
    st.integers(50, 4_000_000),
    st.sampled_from((5, 6, 7, 8)),
    st.sampled_from(PARITIES),
    st.sampled_from(STOPS),
    st.sampled_from(FLOWS),
)


@given(LINES, st.from_regex(r"/dev/[A-Za-z0-9_ %?&=-]{1,20}", fullmatch=True))
def test_twins(line: SerialLine, path: str) -> None:
    address = Address("serial", path=path, serial=line)
    assert parse(show(address)) == address


SIGNS = st.characters(codec="utf-8", min_codepoint=32)


@given(st.sampled_from(("http", "https")), st.integers(0, 65535), st.text(SIGNS, max_size=20))
def test_web_twins(kind: str, port: int, path: str) -> None:
    address = Address(kind, "cloud.example.com", port, f"/{path}" if path else "")
    assert parse(show(address)) == address


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.text(SIGNS, max_size=20))
def test_usb_twins(vendor: int, product: int, serial: str) -> None:
    address = Address("usb", f"{vendor:04x}:{product:04x}", path=serial)
    assert parse(show(address)) == address


@given(st.text(max_size=60))
def test_nothing_raises(text: str) -> None:
    parse(text)
