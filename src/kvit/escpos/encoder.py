"""The encoder: the parser's twin. It makes the bytes of any command the table has, by the same rows.

``encode("GS ( k", cn=49, fn=67, n=4)`` writes what the parser reads as that command with those operands. Counts that
follow from data (``p``, the ``n`` of a bar code) may be left out; where they are given they must be right. A wrong operand
is our own bug: ValueError naming it. Text, payload pieces, display bytes and unknown bytes have no operands and no row.

A command the parser read with ``cut`` = 1 is written back as it stood, without its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kvit.escpos.command import FieldValue
from kvit.escpos.dialects import grammar
from kvit.escpos.layout import Group, Layout, Number


class Encoder:
    """Writes the commands of one dialect; None is Epson's family. Raises LookupError for a dialect nobody knows."""

    def __init__(self, dialect: str | None = None, fs_2_bytes: int = 72) -> None:
        self._grammar = grammar(dialect, fs_2_bytes)

    def encode(self, name: str, /, **fields: FieldValue) -> bytes:
        """Give the bytes of the command of that name (the manual's); ValueError names what is wrong."""
        layouts = self._grammar.by_name.get(name)
        if layouts is None:
            raise ValueError(f"no command is called {name!r}")
        wrong: list[tuple[tuple[int, int], ValueError]] = []
        for layout in layouts:
            try:
                return self._checked(layout, layout.write(fields))
            except ValueError as error:
                wrong.append((_strangeness(layout, fields), error))
        raise min(wrong, key=lambda pair: pair[0])[1]

    def _checked(self, layout: Layout, raw: bytes) -> bytes:
        """Refuse bytes that a reader would take for another form of the command (``GS V`` 0 has no n)."""
        form = self._grammar.find(raw)
        if form is None or layout not in form.layouts:
            raise ValueError(f"{layout.text.split()[0] if layout.text else 'this'} selects another form of the command")
        return raw


def _strangeness(layout: Layout, fields: dict[str, FieldValue]) -> tuple[int, int]:
    """Count the selecting operands that differ, then the names: the nearest layout explains best what is wrong."""
    fixed = [item for item in _numbers(layout) if item.values is not None and item.name in fields]
    missed = sum(fields[item.name] not in (item.values or ()) for item in fixed)
    return missed, len(layout.names.symmetric_difference(fields)) - len(fixed)


def _numbers(layout: Layout) -> Iterator[Number]:
    for item in layout.items:
        for part in item.items if isinstance(item, Group) else (item,):
            if isinstance(part, Number):
                yield part


@lru_cache(maxsize=1)
def _epson() -> Encoder:
    return Encoder()


def encode(name: str, /, **fields: FieldValue) -> bytes:
    """Give the bytes of a command of the Epson family: ``encode("ESC @")``, ``encode("GS V", m=66, n=0)``.

    Operands are named as `kvit.escpos.command.Command.fields` names them. ValueError says which one is missing, unknown
    or out of range.
    """
    return _epson().encode(name, **fields)
