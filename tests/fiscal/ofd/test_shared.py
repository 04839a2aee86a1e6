"""Frames of the shared data: a worked day written outside of this code, and two recorded replies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.unknown_fields import UnknownFieldSet

from kvit.fiscal.ofd.frame import HEADER_BYTES, encode, read_frame
from kvit.fiscal.ofd.message import Kind, parse, serialise
from kvit.wire import Wire

FOLDER = Path(os.environ.get("KVIT_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "data" / "fiscal"
FILES = sorted(FOLDER.glob("*.hex"))
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILES, reason="the shared data are not there")]


def kind_of(path: Path) -> Kind:
    return "Response" if "response" in path.name or "reply" in path.name else "Request"


def unknown(message: Any) -> int:
    found = len(UnknownFieldSet(message))
    for field, value in message.ListFields():
        if field.message_type is not None:
            found += sum(map(unknown, value if field.is_repeated else [value]))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_frame_is_read_and_made_again(path: Path) -> None:
    raw = bytes.fromhex(path.read_text("ascii"))
    wire = Wire()
    wire.feed(raw)
    with pytest.raises(StopIteration) as done:
        next(read_frame(wire))
    frame = done.value.value
    message = parse(frame.version, kind_of(path), frame.body)
    assert unknown(message) == 0
    assert encode(frame) == raw
    assert serialise(message) == raw[HEADER_BYTES:]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.textproto")), ids=lambda path: path.stem)
def test_its_text_says_the_same(path: Path) -> None:
    frame = bytes.fromhex(path.with_suffix(".hex").read_text("ascii"))
    message = parse(203, kind_of(path), frame[HEADER_BYTES:])
    assert text_format.Parse(path.read_text("utf-8"), type(message)()) == message
