"""A form: how one command is cut out of the stream, worked out from its layout.

Five kinds, told by ``size``, because the parser's inner loop must not ask twice: above 0 the command has that many
bytes; a `Node` (0) is a prefix and the next byte decides; `COUNTED` commands say in their first bytes how long they are;
`SPANNED` ones are short and somebody must look for their end; `CHAINED` ones are made of parts and may be huge; `STATEFUL`
ones have a fixed length but change what the parser does with the bytes behind them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kvit.escpos.command import Fields
from kvit.escpos.layout import PREFIXES, UNTIL_LIMIT, Data, Group, Layout, Number
from kvit.escpos.row import Row
from kvit.escpos.shapes import ALPHABETS, Chain, Shape, Span

COUNTED = -1
SPANNED = -2
CHAINED = -3
STATEFUL = -4
"""Kinds of a form whose ``size`` is not its length. STATEFUL has a fixed length but changes what the parser does next."""

STATE_CHANGERS = frozenset({("ESC =", 3), ("GS F9h 20h", 4), ("GS F9h 35h", 4), ("GS F9h 1Fh", 4)})
"""Commands (name and length) after which the parser reads the following bytes differently; so does one with a hint."""

Read = Callable[[bytes], Fields]


class Form:
    """How to cut one command out of the stream, and how to read it afterwards.

    ``size`` > 0 is the whole length. Otherwise it is a kind: COUNTED (``head`` bytes tell the rest through ``count``),
    SPANNED (``span`` looks), CHAINED (``chain`` walks), STATEFUL (``head`` is the length); 0 marks a `Node`.
    """

    __slots__ = (
        "chain",
        "changes",
        "count",
        "follow",
        "head",
        "hint",
        "layouts",
        "least",
        "name",
        "prefix",
        "read",
        "size",
        "span",
        "then",
    )

    def __init__(
        self, name: str, prefix: bytes, layouts: tuple[Layout, ...] = (), hint: str = "", then: str = ""
    ) -> None:
        self.name = name
        self.prefix = prefix
        self.layouts = layouts
        self.hint = hint
        self.then = then
        self.size = 0
        self.head = 0
        self.least = 0
        """From this length on the command may stop for lack of bytes without being cut short (0: never)."""
        self.count: Callable[[bytes, int], int] = _none
        self.span: Span | None = None
        self.chain: Callable[[bytes], Chain] | None = None
        self.read: Read | None = None
        self.follow: list[Form] = []
        """For a prefix of one byte: what each second byte leads to."""
        self.changes = bool(hint or then)

    def decode(self, raw: bytes) -> Fields:
        """Take the command's bytes apart by the first layout they fit."""
        for layout in self.layouts:
            fields = layout.read(raw)
            if fields is not None:
                return fields
        return {"d": raw[len(self.prefix) :]}


class Node(Form):
    """A prefix: the next byte decides."""

    __slots__ = ("next", "other")

    def __init__(self, prefix: bytes, other: Form) -> None:
        super().__init__(other.name, prefix)
        self.next: dict[int, Form] = {}
        self.other = other


def _none(buffer: bytes, at: int) -> int:
    return 0


def unlisted(raw: bytes) -> Fields:
    """Read an unknown command: why it is unknown."""
    return {"reason": "unlisted"}


def unknown(length: int) -> Form:
    """Make the form of bytes no table knows."""
    form = Form("unknown", b"")
    form.size = length
    form.read = unlisted
    return form


def make_form(row: Row, path: bytes, layouts: tuple[Layout, ...]) -> Form:
    """Work the framing out of the first layout; the others of the same path only read."""
    form = Form(row.name, path, layouts, row.hint, row.then)
    first = layouts[0]
    fixed, places = _fixed_part(first)
    last = first.items[-1] if first.items else None
    if isinstance(last, Group):
        form.size, form.head = COUNTED, fixed + last.size
        form.count = _counter([(fixed, last.size)], 1, 0)
    elif isinstance(last, Data) and last.mark is not None:
        form.size, form.span = SPANNED, _until(fixed, last)
    elif isinstance(last, Data) and last.alphabet:
        form.size, form.span = SPANNED, _lettered(fixed, places[last.names[0]][0], last)
    elif isinstance(last, Data) and last.names:
        form.size, form.head = COUNTED, fixed
        form.count = _counter([places[name] for name in last.names], last.factor, last.less)
    elif isinstance(last, Data):
        form.size = fixed + last.factor
    elif isinstance(last, Shape):
        _shaped(form, fixed, last)
    elif isinstance(last, Number) and last.optional:
        form.size, form.span, form.least = SPANNED, _optional(fixed), fixed
    else:
        form.size = fixed
    _set_reader(form, first)
    form.changes |= (row.name, form.size) in STATE_CHANGERS
    if form.changes and form.size > 0:
        form.size, form.head = STATEFUL, form.size
    return form


def _fixed_part(layout: Layout) -> tuple[int, dict[str, tuple[int, int]]]:
    """Measure the operands of fixed size: their length with the prefix, and where each stands (offset, size)."""
    at = len(layout.prefix)
    places: dict[str, tuple[int, int]] = {}
    for item in layout.items:
        if not isinstance(item, Number) or item.optional:
            assert item is layout.items[-1], layout.text
            break
        places[item.name] = (at, item.size)
        at += item.size
    return at, places


def _counter(places: list[tuple[int, int]], factor: int, less: int) -> Callable[[bytes, int], int]:
    if len(places) == 1 and places[0][1] == 2 and factor == 1 and not less:
        low = places[0][0]
        return lambda buffer, at: buffer[at + low] | buffer[at + low + 1] << 8

    def count(buffer: bytes, at: int) -> int:
        total = factor
        for offset, size in places:
            total *= int.from_bytes(buffer[at + offset : at + offset + size], "little")
        return max(0, total - less)

    return count


def _until(fixed: int, data: Data) -> Span:
    """Up to the mark; a byte outside the alphabet, or `UNTIL_LIMIT`, ends the command before it."""
    assert data.mark is not None
    mark = bytes((data.mark,))
    alphabet = ALPHABETS[data.alphabet].pattern if data.alphabet else b"[^" + re.escape(mark) + b"]*"
    run = re.compile(alphabet, re.DOTALL).match

    def span(buffer: bytes, at: int, end: int) -> int:
        limit = min(end, at + UNTIL_LIMIT)
        found = run(buffer, at + fixed, limit)
        stop = found.end() if found else at + fixed
        if stop >= end and stop < at + UNTIL_LIMIT:
            return 0
        return stop - at + (buffer[stop : stop + 1] == mark)

    return span


def _lettered(fixed: int, count_at: int, data: Data) -> Span:
    """Counted, but a byte outside the alphabet ends the command before it."""
    assert data.alphabet
    run = ALPHABETS[data.alphabet].match

    def span(buffer: bytes, at: int, end: int) -> int:
        if at + fixed > end:
            return 0
        due = at + fixed + buffer[at + count_at]
        found = run(buffer, at + fixed, min(due, end))
        stop = found.end() if found else at + fixed
        return stop - at if stop == due or stop < min(due, end) else 0

    return span


def _optional(fixed: int) -> Span:
    def span(buffer: bytes, at: int, end: int) -> int:
        if at + fixed >= end:
            return 0
        following = buffer[at + fixed]
        return fixed + (following < 0x20 and following not in PREFIXES)

    return span


def _shaped(form: Form, fixed: int, shape: Shape) -> None:
    if shape.chain is not None:
        form.size, form.head, form.chain = CHAINED, fixed + shape.head, shape.chain
        return
    look = shape.span
    assert look is not None

    def span(buffer: bytes, at: int, end: int) -> int:
        length = look(buffer, at + fixed, end) if at + fixed < end else 0
        return length and fixed + length

    form.size, form.span = SPANNED, span


def _set_reader(form: Form, layout: Layout) -> None:
    """Give the form its ``read``: none where there is nothing to tell, a quick one for a single byte."""
    only = layout.items[0] if len(layout.items) == 1 else None
    if not layout.items and len(form.layouts) == 1:
        return
    if isinstance(only, Number) and only == Number(only.name) and len(form.layouts) == 1:
        name, place = only.name, len(layout.prefix)
        form.read = lambda raw: {name: raw[place]}
    else:
        form.read = form.decode
