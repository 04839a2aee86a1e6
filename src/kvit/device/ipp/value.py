"""What an IPP message is made of: values with their tags, attributes, groups (RFC 8010 section 3, RFC 8011 section 5.1).

A `Value` keeps its tag, because the same Python number is an integer or an enum, the same letters a keyword or a name, and
what is read must be written again as it was. The makers below (`integer`, `keyword`, …) give whole attributes, which is how
the rest of the room writes. A tag nobody knows is kept with its bytes.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Final

import msgspec


class GroupTag(enum.IntEnum):
    """Delimiters: what the attributes behind them are about."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(enum.IntEnum):
    """Value tags (RFC 8010 section 3.5.2)."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    NOT_SETTABLE = 0x15
    DELETE_ATTRIBUTE = 0x16
    ADMIN_DEFINE = 0x17
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    URI_SCHEME = 0x46
    CHARSET = 0x47
    LANGUAGE = 0x48
    MEDIA_TYPE = 0x49
    MEMBER = 0x4A


NOTHING: Final = frozenset({
    Tag.UNSUPPORTED, Tag.UNKNOWN, Tag.NO_VALUE, Tag.NOT_SETTABLE, Tag.DELETE_ATTRIBUTE, Tag.ADMIN_DEFINE,
})  # fmt: skip
"""Out-of-band values: the tag says it all."""
LETTERS: Final = frozenset({
    Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI, Tag.URI_SCHEME, Tag.CHARSET, Tag.LANGUAGE, Tag.MEDIA_TYPE,
})  # fmt: skip
"""Character strings."""
PROSE: Final = frozenset({Tag.TEXT, Tag.NAME})
"""Written by people, in UTF-8; the other letters are ASCII."""

PER_INCH: Final = 3
PER_CM: Final = 4


class Resolution(msgspec.Struct, frozen=True):
    """Dots across and along, per inch (3) or centimetre (4)."""

    across: int
    along: int
    units: int = PER_INCH


class Range(msgspec.Struct, frozen=True):
    """Both ends are in it."""

    low: int
    high: int


class Localized(msgspec.Struct, frozen=True):
    """Letters that say their language."""

    language: str
    text: str


class Moment(msgspec.Struct, frozen=True):
    """A DateAndTime of RFC 2579: eleven bytes, kept as they are (a leap second is no Python time)."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    tenths: int = 0
    sign: str = "+"
    utc_hours: int = 0
    utc_minutes: int = 0


class Collection(msgspec.Struct, frozen=True):
    """Attributes as one value."""

    members: tuple[Attribute, ...]

    def get(self, name: str) -> Attribute | None:
        """Give a member by name."""
        return next((member for member in self.members if member.name == name), None)


Payload = int | bool | str | bytes | Resolution | Range | Localized | Moment | Collection | None


class Value(msgspec.Struct, frozen=True):
    """One value. ``data``: int, bool, str, bytes, one of the classes above, or None where the tag says it all."""

    tag: int
    data: Payload = None


class Attribute(msgspec.Struct, frozen=True):
    """A name and its values, at least one (1setOf has more)."""

    name: str
    values: tuple[Value, ...]

    @property
    def first(self) -> Payload:
        """The first value's data."""
        return self.values[0].data

    def words(self) -> tuple[str, ...]:
        """All values that are letters, of whatever tag; of localized ones the letters."""
        found = (value.data.text if isinstance(value.data, Localized) else value.data for value in self.values)
        return tuple(word for word in found if isinstance(word, str))


class Group(msgspec.Struct, frozen=True):
    """Attributes about one thing."""

    tag: int
    attributes: tuple[Attribute, ...] = ()

    def get(self, name: str) -> Attribute | None:
        """Give the first attribute of a name."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    def text(self, name: str, default: str = "") -> str:
        """Give an attribute's first letters."""
        found = self.get(name)
        return next(iter(found.words()), default) if found is not None else default

    def number(self, name: str) -> int | None:
        """Give an attribute's first number; None where there is none."""
        found = self.get(name)
        data = None if found is None else found.first
        return data if isinstance(data, int) and not isinstance(data, bool) else None


def _made(name: str, tag: Tag, data: tuple[Payload, ...]) -> Attribute:
    assert data, name
    return Attribute(name, tuple(Value(tag, each) for each in data))


def integer(name: str, *data: int) -> Attribute:
    """Numbers."""
    return _made(name, Tag.INTEGER, data)


def enumerated(name: str, *data: int) -> Attribute:
    """Numbers that stand for words."""
    return _made(name, Tag.ENUM, data)


def boolean(name: str, data: bool) -> Attribute:
    """Yes or no."""
    return _made(name, Tag.BOOLEAN, (data,))


def keyword(name: str, *data: str) -> Attribute:
    """Words of the protocol."""
    return _made(name, Tag.KEYWORD, data)


def text(name: str, *data: str) -> Attribute:
    """Sentences for people."""
    return _made(name, Tag.TEXT, data)


def named(name: str, *data: str) -> Attribute:
    """Names people gave."""
    return _made(name, Tag.NAME, data)


def uri(name: str, *data: str) -> Attribute:
    """Addresses."""
    return _made(name, Tag.URI, data)


def charset(name: str, *data: str) -> Attribute:
    """Character sets."""
    return _made(name, Tag.CHARSET, data)


def language(name: str, *data: str) -> Attribute:
    """Languages."""
    return _made(name, Tag.LANGUAGE, data)


def media_type(name: str, *data: str) -> Attribute:
    """Formats of documents."""
    return _made(name, Tag.MEDIA_TYPE, data)


def octets(name: str, *data: bytes) -> Attribute:
    """Bytes."""
    return _made(name, Tag.OCTETS, data)


def resolution(name: str, *data: int) -> Attribute:
    """Dots per inch, the same both ways."""
    return _made(name, Tag.RESOLUTION, tuple(Resolution(each, each) for each in data))


def between(name: str, low: int, high: int) -> Attribute:
    """A range."""
    return _made(name, Tag.RANGE, (Range(low, high),))


def collection(name: str, *data: tuple[Attribute, ...]) -> Attribute:
    """Collections."""
    return _made(name, Tag.COLLECTION, tuple(Collection(each) for each in data))


def nothing(name: str, tag: Tag = Tag.NO_VALUE) -> Attribute:
    """An attribute without a value: there is none, or it is not known, or not supported."""
    assert tag in NOTHING
    return Attribute(name, (Value(tag),))


def moment(name: str, at_ms: int) -> Attribute:
    """A time in UTC; milliseconds since 1970."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    data = Moment(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond // 100_000)
    return _made(name, Tag.DATE_TIME, (data,))
