"""The encoder: what it writes, what it refuses and how it says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import Encoder, encode
from kvit.escpos.command import FieldValue
from tests.escpos.feeding import parse

WRITTEN: list[tuple[str, dict[str, FieldValue], str]] = [
    ("ESC @", {}, "1b40"),
    ("LF", {}, "0a"),
    ("ESC a", {"n": 1}, "1b6101"),
    ("ESC $", {"n": 400}, "1b249001"),
    ("ESC \\", {"n": -2}, "1b5cfeff"),
    ("ESC W", {"x": 0, "y": 0, "dx": 576, "dy": 500}, "1b57000000004002f401"),
    ("ESC D", {"n": [8, 16]}, "1b44081000"),
    ("ESC D", {}, "1b4400"),
    ("ESC *", {"m": 33, "d": b"abcdef"}, "1b2a210200616263646566"),
    ("ESC *", {"m": 0, "n": 2, "d": b"ab"}, "1b2a0002006162"),
    ("GS V", {"m": 0}, "1d5600"),
    ("GS V", {"m": 66, "n": 3}, "1d564203"),
    ("GS v 0", {"m": 0, "x": 1, "y": 2, "d": b"ab"}, "1d763000010002006162"),
    ("GS ( k", {"cn": 49, "fn": 67, "n": 4}, "1d286b0300314304"),
    ("GS ( k", {"cn": 49, "fn": 80, "m": 48, "d": b"HI"}, "1d286b05003150304849"),
    ("GS ( k", {"cn": 49, "fn": 65, "n1": 50, "n2": 0}, "1d286b040031413200"),
    ("GS ( L", {"m": 48, "fn": 69, "kc1": 48, "kc2": 49, "x": 1, "y": 1}, "1d284c0600304530310101"),
    ("GS 8 L", {"fn": 50}, "1d384c020000003032"),
    ("GS k", {"m": 4, "d": b"ABC"}, "1d6b0441424300"),
    ("GS k", {"m": 73, "d": b"{BA"}, "1d6b49037b4241"),
    ("GS ( J", {"d": b"xy"}, "1d284a02007879"),
    ("DLE EOT", {"n": 1}, "100401"),
    ("DLE EOT", {"n": 7, "a": 1}, "10040701"),
    ("DLE DC4", {"fn": 1, "m": 0, "t": 8}, "1014010008"),
    ("FS q", {"n": 1, "d": b"\1\0\1\0" + bytes(8)}, "1c7101010001000000000000000000"),
    ("ESC &", {"y": 3, "c1": 65, "c2": 65, "d": b"\1abc"}, "1b2603414101616263"),
    ("ESC 4", {}, "1b34"),
    ("ESC 4", {"n": 1}, "1b3401"),
]


@pytest.mark.parametrize(("name", "fields", "raw"), WRITTEN, ids=[f"{name} {raw}" for name, _, raw in WRITTEN])
def test_commands_are_written_as_the_manual_has_them(name: str, fields: dict[str, FieldValue], raw: str) -> None:
    assert encode(name, **fields).hex() == raw
    (command,) = parse(bytes.fromhex(raw))
    assert command.name == name
    assert fields.items() <= command.fields.items()
    assert encode(name, **command.fields).hex() == raw


REFUSED: list[tuple[str, dict[str, FieldValue], str]] = [
    ("ESC a", {}, "n is missing"),
    ("ESC a", {"n": 256}, "n must be an integer from 0 to 255"),
    ("ESC a", {"n": "1"}, "n must be an integer"),
    ("ESC a", {"n": 1, "q": 1}, "q is no operand"),
    ("ESC \\", {"n": 40000}, "n must be an integer from -32768"),
    ("GS v 0", {"m": 0, "x": 2, "y": 2, "d": b"abc"}, "d has 3 bytes, 4 are announced"),
    ("GS v 0", {"m": 0, "x": 2, "d": b"ab"}, "y is missing"),
    ("GS ( k", {"cn": 49, "fn": 67, "n": 4, "p": 9}, "p is 9 but 3 bytes follow"),
    ("GS k", {"m": 4, "d": b"a"}, "d may only have code39"),
    ("GS k", {"m": 73, "d": "text"}, "d must be bytes"),
    ("GS V", {"m": 0, "n": 5}, "n is no operand here"),
    ("ESC D", {"n": [9, 8]}, "n must ascend"),
    ("ESC D", {"n": list(range(1, 40))}, "at most 32"),
    ("ESC &", {"y": 3, "c1": 65, "c2": 66, "d": b"\1abc"}, "d must hold 2 letters"),
    ("FS q", {"n": 2, "d": b""}, "d must hold 2 pictures"),
    ("no such", {}, "no command is called 'no such'"),
    ("text", {"d": b"A"}, "no command is called 'text'"),
]


@pytest.mark.parametrize(("name", "fields", "reason"), REFUSED, ids=[f"{name} {why}" for name, _, why in REFUSED])
def test_wrong_operands_are_refused_by_name(name: str, fields: dict[str, FieldValue], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        encode(name, **fields)


def test_a_dialect_writes_its_own() -> None:
    assert Encoder("star").encode("ESC E") == b"\x1bE"
    assert Encoder("daruma").encode("ESC 81h", size=4, level=77, d=b"x") == b"\x1b\x81\x03\x00\x04Mx"
    with pytest.raises(ValueError, match="n is missing"):
        encode("ESC E")
    with pytest.raises(LookupError):
        Encoder("klingon")


@given(st.binary(min_size=1, max_size=60))
def test_whatever_was_read_is_written_back(data: bytes) -> None:
    for prefix in (b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(k", b"\x1dk", b"\x1b*"):
        for command in parse(prefix + data, dialect="epson"):
            if command.name not in ("text", "unknown", "payload", "display"):
                assert Encoder("epson").encode(command.name, **command.fields) == command.raw
