"""A layout: the operands of a command in one line of text, read in three ways.

The tables (``grammar_*.py``, ``dialects/*.toml``) write what stands behind a command's prefix in a small notation, by the
letters of the manual; framing, decoding and encoding are all worked out from this one line::

    n              one byte                             n=30          exactly this byte (hex)
    x:2  p:4       unsigned, 2 or 4 bytes, low first    m=00..06|41   one of these bytes
    v:i2           signed, 2 bytes, low first           n?            one byte if the next is below 20h and no control
    d[x*y]         bytes, counted by operands before    d[3*n]  d[72]  d[size-6]
    d~00  d~1E     bytes up to an end mark, the mark belongs to the command
    d~00:digits    the same; a byte that is not in this alphabet ends the command before its time
    d[n]:digits    counted, with an alphabet
    p:2{ cn fn d*} a group whose length is p; ``d*`` is the rest of it
    @tabs          one of the few shapes no notation covers, see `kvit.escpos.shapes`

A command that ended before its time (a foreign byte in a bar code, tab stops out of order, the first piece of a long
payload) reads with ``cut`` = 1; every other command is whole. Written back by the same fields both give the same bytes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kvit.escpos.command import Fields, FieldValue
from kvit.escpos.shapes import ALPHABETS, SHAPES, Shape

UNTIL_LIMIT = 1024
"""Bytes a command without a length may have. Epson's longest (GS k, form A) has 255 and the mark; private bar codes that
end with NUL carry QR data, which no till prints longer than this; and a lost mark must not swallow a receipt."""

PREFIXES = frozenset(b"\x09\x0a\x0c\x0d\x10\x18\x1b\x1c\x1d")
"""Control bytes that begin something of their own and therefore never are an optional operand."""

_TOKEN = re.compile(
    r"""(?P<open>\w+:[24]\{) | (?P<close>\}) | @(?P<shape>\w+)
      | (?P<name>\w+) (?: :(?P<kind>i?[1248]) )? (?: =(?P<values>[0-9A-F.|]+) | (?P<optional>\?) )?
        (?P<rest>\*)? (?: \[(?P<count>[\w*-]+)\] )? (?: ~(?P<mark>[0-9A-F]{2}) )? (?: :(?P<alphabet>[a-z]\w+) )? """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """An integer operand of ``size`` bytes; ``values`` limits it to some, ``optional`` lets it be absent."""

    name: str
    size: int = 1
    signed: bool = False
    values: frozenset[int] | None = None
    optional: bool = False

    def write(self, value: FieldValue) -> bytes:
        """Make the bytes of ``value``; ValueError naming the operand where it does not fit."""
        low = -(1 << 8 * self.size - 1) if self.signed else 0
        high = low + (1 << 8 * self.size) - 1
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{self.name} must be an integer from {low} to {high}, not {value!r}")
        if self.values is not None and value not in self.values:
            raise ValueError(f"{self.name} may not be {value}")
        return value.to_bytes(self.size, "little", signed=self.signed)


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes: counted (``factor`` times the product of ``names`` less ``less``), up to a mark, or the rest of a group."""

    name: str
    factor: int = 1
    names: tuple[str, ...] = ()
    less: int = 0
    mark: int | None = None
    alphabet: str | None = None
    rest: bool = False

    def count(self, fields: Mapping[str, FieldValue]) -> int:
        """How many bytes the operands before it announce."""
        total = self.factor
        for name in self.names:
            value = fields[name]
            assert isinstance(value, int)
            total *= value
        return max(0, total - self.less)


@dataclass(frozen=True, slots=True)
class Group:
    """Operands whose whole length stands before them, as pL pH in ``GS ( k``."""

    name: str
    size: int
    items: tuple[Number | Data, ...]


Item = Number | Data | Group | Shape


def parse_layout(text: str) -> tuple[Item, ...]:
    """Read the notation; AssertionError for a line that is none (tables are ours)."""
    items: list[Item] = []
    group: tuple[str, int, int] | None = None
    for token in text.replace("{", "{ ").replace("}", " }").split():
        match = _TOKEN.fullmatch(token)
        assert match, f"{token!r} in {text!r} is no operand"
        if match["open"]:
            name, size = match["open"][:-1].split(":")
            group = (name, int(size), len(items))
        elif match["close"]:
            assert group, text
            inner = tuple(item for item in items[group[2] :] if isinstance(item, Number | Data))
            items[group[2] :] = [Group(group[0], group[1], inner)]
        elif match["shape"]:
            items.append(SHAPES[match["shape"]])
        else:
            items.append(_operand(match))
    return tuple(items)


def _operand(match: re.Match[str]) -> Number | Data:
    name, kind = match["name"], match["kind"] or "1"
    if match["rest"]:
        return Data(name, rest=True)
    if match["mark"]:
        return Data(name, mark=int(match["mark"], 16), alphabet=match["alphabet"])
    if match["count"]:
        product, _, less = match["count"].partition("-")
        factor, names = 1, []
        for part in product.split("*"):
            if part.isdigit():
                factor *= int(part)
            else:
                names.append(part)
        return Data(name, factor, tuple(names), int(less or 0), alphabet=match["alphabet"])
    values = frozenset(_values(match["values"])) if match["values"] else None
    return Number(name, int(kind[-1]), kind[0] == "i", values, bool(match["optional"]))


def _values(text: str) -> Iterator[int]:
    for part in text.split("|"):
        first, _, last = part.partition("..")
        yield from range(int(first, 16), int(last or first, 16) + 1)


class Layout:
    """One way the bytes behind a prefix may stand. ``start`` is the length of the prefix itself."""

    __slots__ = ("items", "prefix", "text")

    def __init__(self, prefix: bytes, text: str) -> None:
        self.prefix = prefix
        self.text = text
        self.items = parse_layout(text)

    @property
    def names(self) -> frozenset[str]:
        """Every operand this layout knows."""
        return frozenset(name for item in self.items for name in _names(item))

    def paths(self) -> Iterator[bytes]:
        """The byte strings that select this layout: the prefix and the fixed bytes right behind it."""
        fixed = itertools.takewhile(
            lambda item: isinstance(item, Number) and item.values and item.size == 1, self.items
        )
        choices = [sorted(item.values or ()) for item in fixed if isinstance(item, Number)]
        for choice in itertools.product(*choices):
            yield self.prefix + bytes(choice)

    def read(self, raw: bytes) -> Fields | None:
        """Take a framed command apart; None when its bytes do not stand as this layout says."""
        fields: Fields = {}
        at = _read_items(self.items, raw, len(self.prefix), fields)
        return fields if at is not None and at >= len(raw) else None

    def write(self, given: Mapping[str, FieldValue]) -> bytes:
        """Make the bytes; ValueError naming the operand that is missing, unknown or out of range."""
        fields = dict(given)
        cut = bool(fields.pop("cut", 0))
        unknown = fields.keys() - self.names
        if unknown:
            raise ValueError(f"{min(unknown)} is no operand here; there are: {' '.join(sorted(self.names)) or 'none'}")
        return self.prefix + _write_items(self.items, fields, cut)


def _names(item: Item) -> Iterator[str]:
    if isinstance(item, Shape):
        yield from item.names
    else:
        yield item.name
    if isinstance(item, Group):
        for inner in item.items:
            yield inner.name


def _read_items(items: tuple[Item, ...], raw: bytes, at: int, fields: Fields) -> int | None:
    for item in items:
        if isinstance(item, Number):
            piece = raw[at : at + item.size]
            if item.optional and not piece:
                continue
            value = int.from_bytes(piece, "little", signed=item.signed)
            if len(piece) < item.size or (item.values is not None and value not in item.values):
                return None
            fields[item.name] = value
            at += item.size
        elif isinstance(item, Data):
            at = _read_data(item, raw, at, fields)
        elif isinstance(item, Group):
            inside = _read_group(item, raw, at, fields)
            if inside is None:
                return None
            at = inside
        else:
            at = item.read(raw, at, fields)
    return at


def _read_data(item: Data, raw: bytes, at: int, fields: Fields) -> int:
    if item.rest:
        fields[item.name] = raw[at:]
        return len(raw)
    if item.mark is not None:
        whole = raw[-1:] == bytes((item.mark,)) and len(raw) > at
        fields[item.name] = raw[at:-1] if whole else raw[at:]
        if not whole:
            fields["cut"] = 1
        return len(raw)
    count = item.count(fields)
    fields[item.name] = raw[at : at + count]
    if len(raw) < at + count:
        fields["cut"] = 1
    return at + count


def _read_group(group: Group, raw: bytes, at: int, fields: Fields) -> int | None:
    due = int.from_bytes(raw[at : at + group.size], "little")
    fields[group.name] = due
    at += group.size
    end = _read_items(group.items, raw, at, fields)
    if end is None:
        return None
    if len(raw) < at + due:
        fields["cut"] = 1
        return max(end, len(raw))
    return end if end == at + due else None


def _write_items(items: tuple[Item, ...], fields: dict[str, FieldValue], cut: bool) -> bytes:
    out = bytearray()
    _derive_counts(items, fields, cut)
    for item in items:
        if isinstance(item, Number):
            if item.optional and item.name not in fields:
                continue
            out += item.write(_given(fields, item.name, item))
        elif isinstance(item, Data):
            out += _write_data(item, fields, cut)
        elif isinstance(item, Group):
            inner = _write_items(item.items, fields, cut)
            out += _write_length(item, fields, len(inner), cut) + inner
        else:
            out += item.write(fields, cut)
    return bytes(out)


def _write_length(group: Group, fields: dict[str, FieldValue], length: int, cut: bool) -> bytes:
    value = fields.get(group.name, length)
    if value != length and not cut:
        raise ValueError(f"{group.name} is {value!r} but {length} bytes follow it")
    return Number(group.name, group.size).write(value)


def _given(fields: dict[str, FieldValue], name: str, item: Number | None = None) -> FieldValue:
    if name in fields:
        return fields[name]
    if item is not None and item.values is not None and len(item.values) == 1:
        return next(iter(item.values))
    raise ValueError(f"{name} is missing")


def _bytes(item: Data, fields: dict[str, FieldValue]) -> bytes:
    data = _given(fields, item.name)
    if not isinstance(data, bytes):
        raise ValueError(f"{item.name} must be bytes, not {data!r}")
    return data


def _derive_counts(items: tuple[Item, ...], fields: dict[str, FieldValue], cut: bool) -> None:
    """Fill in a count left out where one operand alone announces the data; check the ones given."""
    for item in items:
        if not isinstance(item, Data) or item.rest or item.mark is not None or cut:
            continue
        data = _bytes(item, fields)
        if len(item.names) == 1 and item.names[0] not in fields and (len(data) + item.less) % item.factor == 0:
            fields[item.names[0]] = (len(data) + item.less) // item.factor
        missing = [name for name in item.names if not isinstance(fields.get(name), int)]
        if missing:
            raise ValueError(f"{missing[0]} is missing: it counts {item.name}")
        if item.count(fields) != len(data):
            raise ValueError(f"{item.name} has {len(data)} bytes, {item.count(fields)} are announced")


def _write_data(item: Data, fields: dict[str, FieldValue], cut: bool) -> bytes:
    data = _bytes(item, fields)
    if item.alphabet and ALPHABETS[item.alphabet].fullmatch(data) is None:
        raise ValueError(f"{item.name} may only have {item.alphabet}")
    if item.mark is None or cut:
        return data
    if item.mark in data:
        raise ValueError(f"{item.name} may not have the byte {item.mark:02X}h, which ends it")
    return data + bytes((item.mark,))
