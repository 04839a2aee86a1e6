from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.ndef import RECORDS_MAX, Written, records, written
from kvit.wire import WireError


def record(kind: bytes, payload: bytes, *, tnf: int = 1, flags: int = 0xD0, name: bytes = b"") -> bytes:
    size = bytes((len(payload),)) if flags & 0x10 else len(payload).to_bytes(4, "big")
    id_size = bytes((len(name),)) if flags & 0x08 else b""
    return bytes((flags | tnf, len(kind))) + size + id_size + kind + name + payload


URI = record(b"U", b"\x04r.example.com/t/ABC")
TABLE = [
    (URI, Written("uri", "https://r.example.com/t/ABC")),
    (bytes.fromhex("D1010D5503") + b"example.com/", Written("uri", "http://example.com/")),
    (record(b"T", b"\x02enMember 7"), Written("text", "Member 7")),
    (record(b"T", b"\x82ko" + "회원".encode("utf-16-be")), Written("text", "회원")),
    (record(b"T", b"\x82ko" + "회원".encode("utf-16")), Written("text", "회원")),
    (record(b"U", b"\xf0strange"), Written("uri", "strange")),
    (record(b"U", b"\x00custom:1", flags=0xC0), Written("uri", "custom:1")),
    (record(b"U", b"\x00custom:1", flags=0xD8, name=b"id"), Written("uri", "custom:1")),
    (record(b"urn:x:1", b"", tnf=3), Written("uri", "urn:x:1")),
    (record(b"text/plain", b"x", tnf=2, flags=0x90) + record(b"T", b"\x02enA", flags=0x50), Written("text", "A")),
    (record(b"Sp", record(b"T", b"\x02enTitle", flags=0x90) + record(b"U", b"\x02x.kz", flags=0x50)),
     Written("uri", "https://www.x.kz")),
    (record(b"Sp", record(b"T", b"\x02enTitle")), Written("text", "Title")),
    (record(b"Sp", record(b"Sp", URI)), None),
    (record(b"", b"", tnf=0), None),
    (record(b"U", b""), None),
    (b"", None),
]  # fmt: skip


@pytest.mark.parametrize(("message", "found"), TABLE)
def test_what_is_written(message: bytes, found: Written | None) -> None:
    assert written(message) == found
    if message:
        assert written(message + b"\0\0tail") == found


@pytest.mark.parametrize("cut", range(1, len(URI)))
def test_a_message_cut_off(cut: int) -> None:
    with pytest.raises(WireError):
        written(URI[:cut])


@pytest.mark.parametrize(
    "message",
    [record(b"U", b"x", flags=0xB0), record(b"T", b"", flags=0x10) * (RECORDS_MAX + 1), b"\xc1\x01\xff\xff\xff\xffU"],
)
def test_refused(message: bytes) -> None:
    with pytest.raises(WireError):
        written(message)


@given(st.binary(max_size=200))
def test_any_bytes(message: bytes) -> None:
    with contextlib.suppress(WireError):
        found = written(message)
        assert found is None or isinstance(found.text, str)


@given(st.lists(st.tuples(st.binary(max_size=5), st.binary(max_size=300)), min_size=1, max_size=5))
def test_records_come_out_as_they_went_in(parts: list[tuple[bytes, bytes]]) -> None:
    last = len(parts) - 1
    message = b"".join(
        record(kind, payload, flags=(0x40 if place == last else 0) | (0x10 if len(payload) < 256 else 0))
        for place, (kind, payload) in enumerate(parts)
    )
    assert [(each.type, each.payload) for each in records(message)] == parts
