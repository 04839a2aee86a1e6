"""IPP messages to bytes and back (RFC 8010 section 3). Pure; `read` is a generator over `kvit.wire.Wire`.

    byte 0..1  version          2..3  operation or status      4..7  request id
    then groups: a delimiter (01, 02, 04, 05 …) and attributes; 03 ends them; the document's bytes follow.

An attribute is a value tag, a name and a value, each with two bytes of length before it; a name of length 0 is one more
value of the same attribute. A collection opens with tag 34, has for each member a 4A whose value is the member's name and
then its values, and closes with 37.

Read as they come, though not by the letter: group delimiters and value tags nobody knows (kept with their bytes), values
behind out-of-band tags (dropped), prose that is no UTF-8 (names are cut in the middle of a letter; what can not be read
becomes U+FFFD). Refused with `WireError`: what has no one meaning. Not read: value tags of more than one byte (7F), of
which none was ever assigned; they are kept like other strange ones.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Final

import msgspec

from kvit.device.ipp.value import (
    LETTERS,
    NOTHING,
    PROSE,
    Attribute,
    Collection,
    Group,
    GroupTag,
    Localized,
    Moment,
    Payload,
    Range,
    Resolution,
    Tag,
    Value,
)
from kvit.wire import Wire, WireError

ATTRIBUTE_BYTES_MAX: Final = 256 << 10
"""Of everything before the document: a printer's whole description is 20 kB, with a media data base 60 kB."""
VALUES_MAX: Final = 8192
"""Of a message: CUPS asks for at most some hundred."""
DEPTH_MAX: Final = 8
"""Collections in collections: the deepest one registered (media-col-database) has three."""
NAME_BYTES_MAX: Final = 255
"""Of an attribute's name (RFC 8011 section 5.1.4: keywords)."""
VALUE_BYTES_MAX: Final = 32767
"""RFC 8010 section 3.6: lengths are signed shorts."""
FIRST_VALUE_TAG: Final = 0x10
"""Tags below are delimiters."""
HEAD: Final = struct.Struct(">BBHI")
_SHORT: Final = struct.Struct(">h")
_INT: Final = struct.Struct(">i")
_MOMENT: Final = struct.Struct(">H6B1s2B")
_RESOLUTION: Final = struct.Struct(">iib")
_RANGE: Final = struct.Struct(">ii")


class Message(msgspec.Struct, frozen=True):
    """A request (``code`` is its operation) or an answer (its status)."""

    code: int
    request: int
    groups: tuple[Group, ...] = ()
    version: tuple[int, int] = (2, 0)

    def group(self, tag: GroupTag) -> Group:
        """Give the first group of a kind; an empty one where there is none."""
        return next((group for group in self.groups if group.tag == tag), Group(tag))

    def all(self, tag: GroupTag) -> tuple[Group, ...]:
        """Give all groups of a kind: an answer has one for each job."""
        return tuple(group for group in self.groups if group.tag == tag)


def decode(data: bytes) -> tuple[Message, bytes]:
    """Read a message; give it and the document's bytes behind it. Raises `WireError`."""
    wire = Wire()
    wire.feed(data)
    wire.end()
    reading = read(wire)
    while True:
        try:
            next(reading)
        except StopIteration as done:
            message: Message = done.value
            return message, data[wire.offset :]


def read(wire: Wire) -> Generator[None, None, Message]:
    """Read a message; the document is left on the wire. Raises `WireError`."""
    major, minor, code, request = HEAD.unpack((yield from wire.read_exact(HEAD.size)))
    reader = _Reader(wire)
    tag = yield from reader.byte()
    groups = []
    while tag != GroupTag.END:
        if tag >= FIRST_VALUE_TAG:
            raise WireError("a value stands outside every group", bytes((tag,)), wire.offset - 1)
        attributes, following = yield from reader.attributes()
        groups.append(Group(tag, attributes))
        tag = following
    return Message(code, request, tuple(groups), (major, minor))


class _Reader:
    """Reads attributes and counts what they cost."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._values = 0

    def byte(self) -> Generator[None, None, int]:
        if self._wire.offset >= ATTRIBUTE_BYTES_MAX:
            raise self._wire.error(f"attributes of more than {ATTRIBUTE_BYTES_MAX} bytes")
        return (yield from self._wire.read_exact(1))[0]

    def attributes(self) -> Generator[None, None, tuple[tuple[Attribute, ...], int]]:
        """Read to the next delimiter; give it too."""
        found: list[tuple[str, list[Value]]] = []
        while (tag := (yield from self.byte())) >= FIRST_VALUE_TAG:
            name = yield from self._name()
            if not name and not found:
                raise self._wire.error("one more value, but of no attribute")
            value = yield from self._value(tag, 0)
            if name:
                found.append((name, [value]))
            else:
                found[-1][1].append(value)
        return tuple(Attribute(name, tuple(values)) for name, values in found), tag

    def _length(self, limit: int) -> Generator[None, None, int]:
        at = self._wire.offset
        raw = yield from self._wire.read_exact(2)
        (length,) = _SHORT.unpack(raw)
        if not 0 <= length <= limit:
            raise WireError(f"a length is not between 0 and {limit}", raw, at)
        return int(length)

    def _name(self) -> Generator[None, None, str]:
        length = yield from self._length(NAME_BYTES_MAX)
        at = self._wire.offset
        return _ascii((yield from self._wire.read_exact(length)), at)

    def _value(self, tag: int, depth: int) -> Generator[None, None, Value]:
        self._values += 1
        if self._values > VALUES_MAX:
            raise self._wire.error(f"more than {VALUES_MAX} values")
        length = yield from self._length(VALUE_BYTES_MAX)
        at = self._wire.offset
        raw = yield from self._wire.read_exact(length)
        if tag != Tag.COLLECTION:
            return Value(tag, _payload(tag, raw, at))
        if depth >= DEPTH_MAX:
            raise WireError(f"collections lie deeper than {DEPTH_MAX}", raw, at)
        return Value(tag, (yield from self._collection(depth + 1)))

    def _collection(self, depth: int) -> Generator[None, None, Collection]:
        members: list[tuple[str, list[Value]]] = []
        while (tag := (yield from self.byte())) != Tag.END_COLLECTION:
            if (yield from self._name()):
                raise self._wire.error("an attribute begins inside a collection")
            if tag < FIRST_VALUE_TAG:
                raise self._wire.error("a group begins inside a collection")
            value = yield from self._value(tag, depth)
            if tag == Tag.MEMBER:
                assert isinstance(value.data, str)
                members.append((value.data, []))
            elif not members:
                raise self._wire.error("a value inside a collection belongs to no member")
            else:
                members[-1][1].append(value)
        for length in ("name", "value"):
            if (yield from self._length(VALUE_BYTES_MAX)):
                raise self._wire.error(f"the end of a collection has a {length}")
        if any(not values for _, values in members):
            raise self._wire.error("a member of a collection has no value")
        return Collection(tuple(Attribute(name, tuple(values)) for name, values in members))


def _ascii(raw: bytes, at: int) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise WireError("a word of the protocol is not ASCII", raw, at) from None


def _exact(raw: bytes, size: int, at: int) -> bytes:
    if len(raw) != size:
        raise WireError(f"a value has {len(raw)} bytes instead of {size}", raw, at)
    return raw


def _boolean(raw: bytes, at: int) -> bool:
    if _exact(raw, 1, at)[0] > 1:
        raise WireError("a boolean is neither 0 nor 1", raw, at)
    return raw == b"\x01"


def _moment(raw: bytes, at: int) -> Moment:
    year, month, day, hour, minute, second, tenths, sign, hours, minutes = _MOMENT.unpack(_exact(raw, _MOMENT.size, at))
    if sign not in (b"+", b"-"):
        raise WireError("a time is neither east nor west of Greenwich", raw, at)
    return Moment(year, month, day, hour, minute, second, tenths, sign.decode(), hours, minutes)


def _localized(raw: bytes, at: int) -> Localized:
    parts, rest = [], raw
    for _ in range(2):
        if len(rest) < 2 or len(rest) < 2 + (length := int.from_bytes(rest[:2], "big")):
            raise WireError("letters with a language are cut short", raw, at)
        parts.append(rest[2 : 2 + length])
        rest = rest[2 + length :]
    if rest:
        raise WireError("letters with a language have something behind them", raw, at)
    return Localized(_ascii(parts[0], at), parts[1].decode("utf-8", "replace"))


def _payload(tag: int, raw: bytes, at: int) -> Payload:
    """Read a value that is no collection."""
    if tag in NOTHING:
        return None
    if tag in LETTERS:
        return raw.decode("utf-8", "replace") if tag in PROSE else _ascii(raw, at)
    if tag == Tag.MEMBER:
        if not raw:
            raise WireError("a member of a collection has no name", raw, at)
        return _ascii(raw, at)
    if tag in (Tag.INTEGER, Tag.ENUM):
        return int(_INT.unpack(_exact(raw, _INT.size, at))[0])
    if tag == Tag.BOOLEAN:
        return _boolean(raw, at)
    if tag == Tag.DATE_TIME:
        return _moment(raw, at)
    if tag == Tag.RESOLUTION:
        return Resolution(*_RESOLUTION.unpack(_exact(raw, _RESOLUTION.size, at)))
    if tag == Tag.RANGE:
        return Range(*_RANGE.unpack(_exact(raw, _RANGE.size, at)))
    if tag in (Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE):
        return _localized(raw, at)
    if tag == Tag.END_COLLECTION:
        raise WireError("a collection ends that was not begun", raw, at)
    return raw


def encode(message: Message, document: bytes = b"") -> bytes:
    """Write a message; the twin of `decode`."""
    out = bytearray(HEAD.pack(*message.version, message.code, message.request))
    for group in message.groups:
        out.append(group.tag)
        for attribute in group.attributes:
            _write(out, attribute.name.encode("ascii"), attribute.values)
    out.append(GroupTag.END)
    return bytes(out) + document


def _write(out: bytearray, name: bytes, values: tuple[Value, ...]) -> None:
    for value in values:
        out.append(value.tag)
        out += _SHORT.pack(len(name)) + name
        name = b""
        if isinstance(value.data, Collection):
            _write_collection(out, value.data)
        else:
            raw = _raw(value)
            out += _SHORT.pack(len(raw)) + raw


def _write_collection(out: bytearray, value: Collection) -> None:
    nil = _SHORT.pack(0)
    out += nil
    for member in value.members:
        name = member.name.encode("ascii")
        out += bytes((Tag.MEMBER,)) + nil + _SHORT.pack(len(name)) + name
        _write(out, b"", member.values)
    out += bytes((Tag.END_COLLECTION,)) + nil + nil


def _raw(value: Value) -> bytes:
    data = value.data
    if data is None:
        return b""
    if isinstance(data, str):
        return data.encode("utf-8", "replace")[:VALUE_BYTES_MAX]
    if isinstance(data, bool):
        return bytes((data,))
    if isinstance(data, int):
        return _INT.pack(data)
    if isinstance(data, bytes):
        return data
    if isinstance(data, Resolution):
        return _RESOLUTION.pack(data.across, data.along, data.units)
    if isinstance(data, Range):
        return _RANGE.pack(data.low, data.high)
    if isinstance(data, Localized):
        parts = (data.language.encode("ascii"), data.text.encode("utf-8", "replace"))
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    assert isinstance(data, Moment)
    numbers = (data.year, data.month, data.day, data.hour, data.minute, data.second, data.tenths)
    return _MOMENT.pack(*numbers, data.sign.encode(), data.utc_hours, data.utc_minutes)
