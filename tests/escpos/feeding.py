"""Feeding a parser in every way a wire can, and whole samples of every row of a table."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from kvit.escpos import Command, Parser
from kvit.escpos.grammar import Grammar
from kvit.escpos.layout import Data, Group, Item, Layout, Number
from kvit.escpos.row import Row

COMMANDLIKE = b"\x1b@\x10\x04\x01\x1dV\x00\n\x1b=\x02\x00\xff"
"""Payload that would do harm if it were taken for commands."""

LETTERS = {
    "digits": b"4006381333931",
    "code39": b"ABC-123 $%",
    "codabar": b"A40156B",
    "ascii": b"TEST93\x1b",
    "databar": b"(01)90614141000015",
}


def parse(data: bytes, sizes: Iterable[int] = (), dialect: str | None = None) -> list[Command]:
    """Feed ``data`` in pieces of these sizes, the rest at once, and close."""
    parser = Parser(dialect=dialect)
    out: list[Command] = []
    at = 0
    for size in sizes:
        out += parser.feed(data[at : at + size])
        at += size
        if at >= len(data):
            break
    return out + parser.feed(data[at:]) + parser.close()


def joined(commands: Iterable[Command]) -> list[tuple[int, bytes, str]]:
    """Give offset, bytes and name of each, neighbouring text made one."""
    out: list[tuple[int, bytes, str]] = []
    for command in commands:
        if command.name == "text" and out and out[-1][2] == "text":
            offset, raw, _ = out[-1]
            out[-1] = (offset, raw + command.raw, "text")
        else:
            out.append((command.offset, command.raw, command.name))
    return out


def every_way(data: bytes, dialect: str | None = None) -> list[Command]:
    """Parse whole, byte by byte and in random pieces; the laws hold and all agree. Gives the commands of the whole."""
    whole = parse(data, dialect=dialect)
    assert b"".join(command.raw for command in whole) == data
    assert [command.offset for command in whole] == offsets(whole)
    rng = random.Random(len(data))
    pieces = [rng.randint(1, 9) for _ in range(len(data))]
    for sizes in ([1] * len(data), pieces):
        cut = parse(data, sizes, dialect)
        assert joined(cut) == joined(whole)
        fields = [command.fields for command in cut if command.name != "text"]
        assert fields == [command.fields for command in whole if command.name != "text"]
    return whole


def offsets(commands: list[Command]) -> list[int]:
    """Where each command must stand if the ones before it are whole."""
    out, at = [], 0
    for command in commands:
        out.append(at)
        at += len(command.raw)
    return out


def samples(grammar: Grammar) -> Iterator[tuple[Row, bytes]]:
    """Whole commands for each row of the table: with the first and the last of its leading bytes that lead to it."""
    for row in grammar.rows:
        layout = Layout(row.head, row.layout)
        found = [raw for path in layout.paths() if (raw := _sample(grammar, row, layout, path))]
        assert found, f"no bytes reach {row}"
        for raw in dict.fromkeys((found[0], found[-1])):
            yield row, raw


def _sample(grammar: Grammar, row: Row, layout: Layout, path: bytes) -> bytes | None:
    for filler in (0x42, 0x01, 0x1D, 0x66):
        raw = path + _operands(layout, len(path) - len(layout.prefix), filler) + bytes.fromhex(row.ahead)
        form = grammar.find(raw)
        if form is not None and any(known.text == row.layout for known in form.layouts):
            return raw
    return None


def _operands(layout: Layout, skip: int, filler: int) -> bytes:
    return b"".join(_item(item, layout.items, filler) for item in layout.items[skip:])


def _item(item: Item, items: tuple[Item, ...], filler: int) -> bytes:
    if isinstance(item, Number):
        return _number(item, items, filler)
    if isinstance(item, Data):
        return _data(item, items)
    if isinstance(item, Group):
        inner = b"".join(_item(part, item.items, filler) for part in item.items)
        return len(inner).to_bytes(item.size, "little") + inner
    assert item.sample or item.names == ("d",)
    return item.sample or _raster_rows(items)


def _raster_rows(items: tuple[Item, ...]) -> bytes:
    first = items[0]
    packed = isinstance(first, Number) and first.values == frozenset({1})
    return b"\xf8\x1b" if packed else COMMANDLIKE[:9]


def _number(item: Number, items: tuple[Item, ...], filler: int) -> bytes:
    value = filler
    if any(getattr(other, "names", ("",))[-1:] == ("d",) and other is not item for other in items):
        value = {"m": 3, "n": 24}.get(item.name, 1)
    for data in items:
        if isinstance(data, Data) and item.name in data.names:
            value = len(_data(data, items)) + data.less if len(data.names) == 1 else 2
            value //= data.factor if len(data.names) == 1 else 1
    if item.values is not None:
        value = min(item.values)
    if item.optional:
        value = 1
    return value.to_bytes(item.size, "little")


def _data(item: Data, items: tuple[Item, ...]) -> bytes:
    if item.alphabet:
        text = LETTERS[item.alphabet]
    elif item.mark is not None:
        text = bytes(byte for byte in COMMANDLIKE if byte != item.mark)
    elif item.rest:
        text = COMMANDLIKE
    elif item.names:
        text = (COMMANDLIKE * 8)[: 2 ** len(item.names) * item.factor if len(item.names) > 1 else 4 * item.factor]
    else:
        text = (COMMANDLIKE * 8)[: item.factor]
    return text if item.mark is None else text + bytes((item.mark,))
