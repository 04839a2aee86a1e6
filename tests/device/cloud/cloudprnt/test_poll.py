"""Polls: what the guide shows, what firmware leaves out, and whatever a stranger sends."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.cloud.cloudprnt.codes import Code
from kvit.device.cloud.cloudprnt.poll import POLL_BYTES_MAX, Peripheral, Poll, Result, Scan, mac_of, read_poll
from kvit.escpos.star_status import StarStatus
from kvit.wire import WireError

FULL = {
    "status": "23 6 28 0 0 0 0 0 0 ",
    "printerMAC": "00:11:62:AA:bb:cc",
    "uniqueID": "KITCHEN",
    "statusCode": "200%20OK",
    "jobToken": "t1",
    "printingInProgress": True,
    "clientAction": [
        {"request": "ClientType", "result": "Star mC-Print3"},
        {"request": "PageInfo", "result": {"paperWidth": "80", "printWidth": "72", "horizontalResolution": 8}},
    ],
    "barcodeReader": [
        {
            "name": "MainBCR",
            "status": {"connected": True, "claimed": True},
            "scan": [{"data": "MzcwMA==", "symbology": "EAN13"}],
        }
    ],
    "keyboard": [{"name": "kb", "status": {"connected": True}, "keyPresses": "42\n"}],
    "scale": {"name": "scale", "status": {"connected": False}, "weight": 1.25},
    "display": [{"name": "d", "status": {"connected": True}}],
}


def read(value: object) -> Poll:
    return read_poll(msgspec.json.encode(value))


def test_everything_a_poll_may_say() -> None:
    assert read(FULL) == Poll(
        code=Code(200, "OK"),
        mac="001162aabbcc",
        unique_id="KITCHEN",
        printing=True,
        token="t1",
        status=StarStatus(offline=True, cover_open=True),
        results=(
            Result("ClientType", "Star mC-Print3"),
            Result("PageInfo", "", {"paperWidth": "80", "printWidth": "72", "horizontalResolution": "8"}),
        ),
        peripherals=(
            Peripheral("barcodeReader", "MainBCR", True, True),
            Peripheral("keyboard", "kb", True, keys="42\n"),
            Peripheral("scale", "scale", weight="1.25"),
            Peripheral("display", "d", True),
        ),
        scans=(Scan("MainBCR", b"3700", "EAN13"),),
    )


@pytest.mark.parametrize("key", list(FULL))
@pytest.mark.parametrize("value", [None, "absent", 7, [], {}, [None, 3], True, "x", -1.5, [[]], {"name": []}])
def test_every_key_may_be_missing_null_or_strange(key: str, value: object) -> None:
    changed: dict[str, Any] = dict(FULL)
    del changed[key]
    if value != "absent":
        changed[key] = value
    found = read(changed)
    if key != "printerMAC":
        assert found.mac == "001162aabbcc"


def test_the_least_poll() -> None:
    assert read({"statusCode": "200%20OK"}) == Poll(Code(200, "OK"))
    assert read({}) == Poll(Code(0))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"[" * 20_000],
)
def test_what_is_no_poll(body: bytes) -> None:
    with pytest.raises(WireError):
        read_poll(body)


def test_a_poll_has_an_end() -> None:
    with pytest.raises(WireError):
        read_poll(b'{"statusCode": "' + b"x" * POLL_BYTES_MAX + b'"}')
    many = read({"clientAction": [{"request": "x", "result": "y"}] * 1000, "statusCode": "2" * 9000})
    assert len(many.results) == 16
    assert len(many.code.text) <= 200


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("00:11:62:aa:bb:cc", "001162aabbcc"),
        ("00-11-62-AA-BB-CC", "001162aabbcc"),
        ("001162AABBCC", "001162aabbcc"),
        ("0011.62aa.bbcc", "001162aabbcc"),
        ("001162aabbc", ""),
        ("001162aabbcg", ""),
        ("", ""),
        ("００１１６２ａａｂｂｃｃ", ""),
    ],
)
def test_a_mac_however_it_is_written(text: str, mac: str) -> None:
    assert mac_of(text) == mac


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*FULL, "name", "scan", "request", "result"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(list(FULL)), JSON))
def test_any_object_is_a_poll(value: dict[str, Any]) -> None:
    try:
        body = msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError):
        return
    read_poll(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_poll_or_refused(body: bytes) -> None:
    try:
        read_poll(body)
    except WireError:
        pass
