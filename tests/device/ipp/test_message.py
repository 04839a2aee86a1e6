"""The codec: known bytes by hand, twins by chance, bytes in pieces, bad bytes by table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.ipp import value as v
from kvit.device.ipp.message import ATTRIBUTE_BYTES_MAX, DEPTH_MAX, Message, decode, encode, read
from kvit.device.ipp.value import (
    Attribute,
    Collection,
    Group,
    GroupTag,
    Localized,
    Moment,
    Range,
    Resolution,
    Tag,
    Value,
)
from kvit.wire import Wire, WireError

HEAD = bytes.fromhex("0200 000b 00000001".replace(" ", ""))

PRINT_JOB = bytes.fromhex(
    "0101 0002 00000001 01"
    "47 0012 617474726962757465732d63686172736574 0005 7574662d38"
    "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"
    "45 000b 7072696e7465722d757269 0015 6970703a2f2f7072696e7465722f7072696e746572"
    "02 21 0006 636f70696573 0004 00000014"
    "44 0005 7369646573 0013 74776f2d73696465642d6c6f6e672d65646765 03".replace(" ", "")
)
"""The example of RFC 8010 appendix A.1, its lines in another order of no meaning."""


def test_the_example_of_the_standard() -> None:
    message, rest = decode(PRINT_JOB + b"%!PS...")
    assert (message.code, message.request, message.version, rest) == (2, 1, (1, 1), b"%!PS...")
    assert message.group(GroupTag.OPERATION).text("printer-uri") == "ipp://printer/printer"
    assert message.group(GroupTag.JOB).number("copies") == 20
    assert message.group(GroupTag.JOB).text("sides") == "two-sided-long-edge"
    assert encode(message) == PRINT_JOB


int32 = st.integers(-(2**31), 2**31 - 1)
ascii_words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)
prose = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
byte = st.integers(0, 255)
moments = st.builds(
    Moment, st.integers(0, 65535), byte, byte, byte, byte, byte, byte, st.sampled_from("+-"), byte, byte
)
plain = st.one_of(
    st.sampled_from(sorted(v.NOTHING)).map(Value),
    st.builds(Value, st.sampled_from([Tag.INTEGER, Tag.ENUM]), int32),
    st.builds(Value, st.just(Tag.BOOLEAN), st.booleans()),
    st.builds(Value, st.sampled_from([Tag.OCTETS, 0x38, 0x5A, 0x7F, 0xFE]), st.binary(max_size=40)),
    st.builds(Value, st.just(Tag.DATE_TIME), moments),
    st.builds(Value, st.just(Tag.RESOLUTION), st.builds(Resolution, int32, int32, st.integers(-128, 127))),
    st.builds(Value, st.just(Tag.RANGE), st.builds(Range, int32, int32)),
    st.builds(Value, st.sampled_from(sorted(v.PROSE)), prose),
    st.builds(Value, st.sampled_from(sorted(v.LETTERS - v.PROSE)), ascii_words),
    st.builds(
        Value,
        st.sampled_from([Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE]),
        st.builds(Localized, ascii_words, prose),
    ),
)
names = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)


def attributes_of(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Attribute]:
    return st.builds(Attribute, names, st.lists(values, min_size=1, max_size=3).map(tuple))


values = st.recursive(
    plain,
    lambda inner: st.lists(attributes_of(inner), max_size=3).map(
        lambda members: Value(Tag.COLLECTION, Collection(tuple(members)))
    ),
    max_leaves=8,
)
groups = st.builds(
    Group, st.sampled_from([0, 1, 2, 4, 5, 9, 15]), st.lists(attributes_of(values), max_size=4).map(tuple)
)
messages = st.builds(
    Message,
    st.integers(0, 65535),
    st.integers(0, 2**32 - 1),
    st.lists(groups, max_size=4).map(tuple),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)


@given(messages, st.binary(max_size=20))
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read(message: Message, document: bytes) -> None:
    assert decode(encode(message, document)) == (message, document)


@given(messages, st.binary(min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_one_byte_at_a_time(message: Message, tail: bytes) -> None:
    wire = Wire()
    reading = read(wire)
    found = None
    for each in encode(message) + tail:
        wire.feed(bytes((each,)))
        if found is None:
            try:
                next(reading)
            except StopIteration as done:
                found = done.value
    assert found == message
    assert wire.waiting == len(tail)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_chance_is_a_message_or_a_wire_error(data: bytes) -> None:
    for given_bytes in (data, HEAD + b"\x01" + data):
        try:
            message, rest = decode(given_bytes)
        except WireError:
            continue
        assert given_bytes.endswith(rest)
        assert decode(encode(message, rest)) == (message, rest)


def nested(depth: int) -> bytes:
    message = Value(Tag.INTEGER, 1)
    for _ in range(depth):
        message = Value(Tag.COLLECTION, Collection((Attribute("a", (message,)),)))
    return encode(Message(11, 1, (Group(1, (Attribute("a", (message,)),)),)))


BAD = {
    "nothing": b"",
    "head cut": HEAD[:7],
    "no end": HEAD,
    "value outside": HEAD + b"\x21\x00\x01a\x00\x04\0\0\0\1\x03",
    "more of none": HEAD + b"\x01\x21\x00\x00\x00\x04\0\0\0\1\x03",
    "integer of three": HEAD + b"\x01\x21\x00\x01a\x00\x03\0\0\1\x03",
    "boolean of two": HEAD + b"\x01\x22\x00\x01a\x00\x01\2\x03",
    "negative length": HEAD + b"\x01\x41\x00\x01a\xff\xff",
    "name too long": HEAD + b"\x01\x41\x01\x00" + b"a" * 256,
    "name not ascii": HEAD + b"\x01\x21\x00\x01\xe9\x00\x04\0\0\0\1\x03",
    "keyword not ascii": HEAD + b"\x01\x44\x00\x01a\x00\x01\xe9\x03",
    "time of ten": HEAD + b"\x01\x31\x00\x01a\x00\x0a" + bytes(10) + b"\x03",
    "time without side": HEAD + b"\x01\x31\x00\x01a\x00\x0b" + bytes(11) + b"\x03",
    "localized cut": HEAD + b"\x01\x35\x00\x01a\x00\x05\x00\x02en\x00\x03",
    "localized longer": HEAD + b"\x01\x35\x00\x01a\x00\x07\x00\x02en\x00\x00x\x03",
    "end of no collection": HEAD + b"\x01\x37\x00\x01a\x00\x00\x03",
    "member without value": HEAD + b"\x01\x34\x00\x01a\x00\x00\x4a\x00\x00\x00\x01b\x37\x00\x00\x00\x00\x03",
    "value of no member": HEAD + b"\x01\x34\x00\x01a\x00\x00\x21\x00\x00\x00\x04\0\0\0\1\x37\x00\x00\x00\x00\x03",
    "member without name": HEAD + b"\x01\x34\x00\x01a\x00\x00\x4a\x00\x00\x00\x00\x37\x00\x00\x00\x00\x03",
    "group in collection": HEAD + b"\x01\x34\x00\x01a\x00\x00\x02\x00\x00\x03",
    "name in collection": HEAD + b"\x01\x34\x00\x01a\x00\x00\x21\x00\x01b\x00\x04\0\0\0\1\x37\x00\x00\x00\x00\x03",
    "end with a value": HEAD + b"\x01\x34\x00\x01a\x00\x00\x37\x00\x00\x00\x01x\x03",
    "too deep": nested(DEPTH_MAX + 1),
    "too many values": HEAD + b"\x01\x21\x00\x01a\x00\x04\0\0\0\1" + b"\x21\x00\x00\x00\x04\0\0\0\1" * 8192 + b"\x03",
    "too many bytes": HEAD + b"\x01" + (b"\x30\x00\x01a\x7f\xff" + bytes(32767)) * 9 + b"\x03",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_bad_bytes(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


def test_the_deepest_collection_and_the_largest_message_are_read() -> None:
    decode(nested(DEPTH_MAX))
    full = HEAD + b"\x01" + (b"\x30\x00\x01a\x7f\xf9" + bytes(32761)) * 7 + b"\x03"
    assert len(full) < ATTRIBUTE_BYTES_MAX
    decode(full)


def test_what_comes_otherwise_than_the_letter() -> None:
    message, _ = decode(HEAD + b"\x01\x13\x00\x01a\x00\x02xx\x42\x00\x01b\x00\x02\xeax\x03")
    assert message.groups[0].attributes == (v.nothing("a"), v.named("b", "�x"))


def test_makers() -> None:
    made = v.moment("t", 1_700_000_000_123)
    assert made.first == Moment(2023, 11, 14, 22, 13, 20, 1)
    group = Group(4, (v.keyword("k", "a", "b"), v.integer("n", 7), v.boolean("y", True), v.between("r", 1, 9)))
    assert (group.text("k"), group.number("n"), group.number("y"), group.text("x", "-")) == ("a", 7, None, "-")
    assert decode(encode(Message(0, 1, (group,))))[0].groups == (group,)
