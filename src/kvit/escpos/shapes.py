"""Shapes: the few commands whose end can not be told by a count, a mark or a length of their own.

Two sorts. A *span* looks at the bytes and says at once where a short command ends (tab stops, counters). A *chain* is a
generator for commands made of many parts (user glyphs, stored pictures) that may be huge: it is told the fixed operands,
asks to see the next few bytes (a positive number) or passes over many unseen (a negative one), and ends with the command.
Nothing is ever held in memory but the piece at hand.

Sources: Epson's ESC/POS reference for ``ESC D``, ``ESC &``, ``FS q``, ``GS C ;``; the ESC/P reference manual for the same
commands of dot-matrix printers; Star's line-mode command specification for ``ESC * r``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kvit.escpos.command import Fields, FieldValue

TABS_LIMIT = 32
"""Tab stops one ``ESC D`` may set (Epson's reference)."""

COUNTER_LIMIT = 5 * 6
"""``GS C ;`` has five decimal numbers up to 65535, each with its ``;``."""

ALPHABETS = {
    "digits": re.compile(rb"[0-9]*"),
    "code39": re.compile(rb"[0-9A-Z $%*+\-./]*"),
    "codabar": re.compile(rb"[0-9A-Da-d$+\-./:]*"),
    "ascii": re.compile(rb"[\x00-\x7f]*"),
    "databar": re.compile(rb"[ -\"%-?A-Z_a-z{]*"),
    "numbers": re.compile(rb"[0-9]*"),
}
"""Bytes a bar code may have, by symbology, as Epson's ``GS k`` page lists them (``databar`` is DataBar Expanded)."""

Span = Callable[[bytes, int, int], int]
"""``span(buffer, at, end)``: the length of the operands that begin at ``at``; 0 when more bytes are needed to tell."""

Chain = Generator[int, bytes, None]


@dataclass(frozen=True)
class Shape:
    """One such shape: the operands it reads and writes, and its span or its chain.

    ``head`` is how many fixed bytes a chain is given to start with; ``rest`` says that the command may end where it
    stands when no more bytes come (an optional tail).
    """

    names: tuple[str, ...]
    read: Callable[[bytes, int, Fields], int]
    write: Callable[[dict[str, FieldValue], bool], bytes]
    span: Span | None = None
    chain: Callable[[bytes], Chain] | None = None
    head: int = 0
    sample: bytes = b""
    """Bytes of a whole one, for tests that walk the table."""


def _bytes(fields: dict[str, FieldValue], name: str) -> bytes:
    value = fields.get(name)
    if not isinstance(value, bytes):
        raise ValueError(f"{name} must be bytes, not {value!r}")
    return value


def _byte(fields: dict[str, FieldValue], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or not 0 <= value <= 255:
        raise ValueError(f"{name} must be an integer from 0 to 255, not {value!r}")
    return value


# Tab stops: ascending, ended by NUL, at most 32; the first that does not ascend is normal data again.


def _tabs_span(buffer: bytes, at: int, end: int) -> int:
    last = 0
    for place in range(at, min(end, at + TABS_LIMIT + 1)):
        stop = buffer[place]
        if stop == 0:
            return place - at + 1
        if stop <= last or place - at == TABS_LIMIT:
            return place - at
        last = stop
    return 0


def _tabs_read(raw: bytes, at: int, fields: Fields) -> int:
    stops = list(raw[at:])
    whole = bool(stops) and stops[-1] == 0
    fields["n"] = stops[:-1] if whole else stops
    if not whole:
        fields["cut"] = 1
    return len(raw)


def _tabs_write(fields: dict[str, FieldValue], cut: bool) -> bytes:
    stops = fields.get("n", [])
    if not isinstance(stops, list) or len(stops) > TABS_LIMIT:
        raise ValueError(f"n must be a list of at most {TABS_LIMIT} tab stops")
    if any(not 0 < stop < 256 for stop in stops) or any(a >= b for a, b in pairwise(stops)):
        raise ValueError("n must ascend from 1 to 255")
    return bytes(stops) + (b"" if cut else b"\0")


# Counters: five numbers in digits, each closed by ';'.

_COUNTER = re.compile(rb"(?:[0-9]*;){0,5}")


def _counter_span(buffer: bytes, at: int, end: int) -> int:
    seen = 0
    for place in range(at, min(end, at + COUNTER_LIMIT)):
        byte = buffer[place]
        if byte == 0x3B:
            seen += 1
            if seen == 5:
                return place - at + 1
        elif not 0x30 <= byte <= 0x39:
            return max(1, place - at)
    return COUNTER_LIMIT if end - at >= COUNTER_LIMIT else 0


def _rest_read(raw: bytes, at: int, fields: Fields) -> int:
    fields["d"] = raw[at:]
    return len(raw)


def _rest_write(fields: dict[str, FieldValue], cut: bool) -> bytes:
    return _bytes(fields, "d")


# User glyphs: y c1 c2, then for each letter its width x and x*y bytes.


def _glyph_chain(head: bytes) -> Chain:
    rows, first, last = head[-3:]
    for _ in range(first, last + 1):
        width = yield 1
        yield -rows * width[0]


def glyph_records(rows: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the ``d`` of an ``ESC &``: (width in dots, ``width * rows`` bytes of columns) for each letter that is whole."""
    at = 0
    while at < len(data):
        width = data[at]
        columns = data[at + 1 : at + 1 + width * rows]
        if len(columns) < width * rows:
            return
        yield width, columns
        at += 1 + width * rows


def _glyph_read(raw: bytes, at: int, fields: Fields) -> int:
    fields["y"], fields["c1"], fields["c2"] = raw[at : at + 3]
    fields["d"] = raw[at + 3 :]
    rows, first, last = raw[at : at + 3]
    records = list(glyph_records(rows, raw[at + 3 :]))
    if len(records) < last + 1 - first:
        fields["cut"] = 1
    return len(raw)


def _glyph_write(fields: dict[str, FieldValue], cut: bool) -> bytes:
    rows, first, last = (_byte(fields, name) for name in ("y", "c1", "c2"))
    data = _bytes(fields, "d")
    records = list(glyph_records(rows, data))
    whole = len(records) == max(0, last + 1 - first) and sum(1 + len(dots) for _, dots in records) == len(data)
    if not whole and not cut:
        raise ValueError(f"d must hold {max(0, last + 1 - first)} letters, each its width and {rows} bytes a column")
    return bytes((rows, first, last)) + data


# Stored pictures: n, then for each xL xH yL yH and x*y*8 bytes.


def _image_chain(head: bytes) -> Chain:
    for _ in range(head[-1]):
        size = yield 4
        yield -8 * int.from_bytes(size[:2], "little") * int.from_bytes(size[2:], "little")


def image_records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Walk the ``d`` of an ``FS q``: (x and y in units of 8 dots, ``8 * x`` columns of y bytes) for each whole picture."""
    at = 0
    while at + 4 <= len(data):
        x, y = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        dots = data[at + 4 : at + 4 + x * y * 8]
        if len(dots) < x * y * 8:
            return
        yield x, y, dots
        at += 4 + x * y * 8


def _image_read(raw: bytes, at: int, fields: Fields) -> int:
    fields["n"], fields["d"] = raw[at], raw[at + 1 :]
    if len(list(image_records(raw[at + 1 :]))) < raw[at]:
        fields["cut"] = 1
    return len(raw)


def _image_write(fields: dict[str, FieldValue], cut: bool) -> bytes:
    count, data = _byte(fields, "n"), _bytes(fields, "d")
    records = list(image_records(data))
    whole = len(records) == count and sum(4 + len(dots) for _, _, dots in records) == len(data)
    if not whole and not cut:
        raise ValueError(f"d must hold {count} pictures, each its sizes and dots")
    return bytes((count,)) + data


# ESC/P, 24 needles: NUL n m, then for each letter three widths and three bytes for each of a1 columns.


def _letter_chain(head: bytes) -> Chain:
    _, first, last = head[-3:]
    for _ in range(first, last + 1):
        widths = yield 3
        yield -3 * widths[1]


def _letter_read(raw: bytes, at: int, fields: Fields) -> int:
    fields["s"], fields["n"], fields["m"] = raw[at : at + 3]
    fields["d"] = raw[at + 3 :]
    place, count = at + 3, 0
    while place + 3 <= len(raw) and place + 3 + 3 * raw[place + 1] <= len(raw):
        place, count = place + 3 + 3 * raw[place + 1], count + 1
    if count < raw[at + 2] + 1 - raw[at + 1]:
        fields["cut"] = 1
    return len(raw)


def _letter_write(fields: dict[str, FieldValue], cut: bool) -> bytes:
    return bytes(_byte(fields, name) for name in ("s", "n", "m")) + _bytes(fields, "d")


# ESC/P raster: m rows of n dots, plain or with run lengths (a byte under 128: so many + 1 as they are; above: repeats).


def _raster_size(head: bytes) -> int:
    return head[-3] * ((int.from_bytes(head[-2:], "little") + 7) // 8)


def _rows_chain(head: bytes) -> Chain:
    yield -_raster_size(head)


def _packed_chain(head: bytes) -> Chain:
    left = _raster_size(head)
    while left > 0:
        counter = (yield 1)[0]
        left -= counter + 1 if counter < 128 else 257 - counter
        yield -(counter + 1) if counter < 128 else -1


def _rows_read(raw: bytes, at: int, fields: Fields) -> int:
    fields["d"] = raw[at:]
    if len(raw) - at < _raster_size(raw[:at]):
        fields["cut"] = 1
    return len(raw)


SHAPES = {
    "letters": Shape(
        ("s", "n", "m", "d"),
        _letter_read,
        _letter_write,
        chain=_letter_chain,
        head=3,
        sample=b"\x00\x41\x42\x00\x01\x00\x1b\x40\x10\x00\x00\x00",
    ),
    "rows": Shape(("d",), _rows_read, _rest_write, chain=_rows_chain),
    "packed": Shape(("d",), _rest_read, _rest_write, chain=_packed_chain),
    "tabs": Shape(("n",), _tabs_read, _tabs_write, span=_tabs_span, sample=b"\x08\x10\x18\x00"),
    "counter": Shape(("d",), _rest_read, _rest_write, span=_counter_span, sample=b"1;99;1;1;1;"),
    "glyphs": Shape(
        ("y", "c1", "c2", "d"),
        _glyph_read,
        _glyph_write,
        chain=_glyph_chain,
        head=3,
        sample=b"\x03\x41\x42\x02\x1b\x40\x10\x04\x01\x0a\x00",
    ),
    "images": Shape(
        ("n", "d"),
        _image_read,
        _image_write,
        chain=_image_chain,
        head=1,
        sample=b"\x02\x01\x00\x01\x00\x1b@\x10\x04\x01\x1d\x56\x00\x00\x00\x00\x00",
    ),
}
"""The shapes by the name the tables call them: ``@tabs`` and so on."""
