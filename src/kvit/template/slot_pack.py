"""The words of a slot pack: a template filled, laid out and pressed beforehand, with slots where the values will stand.

A pack is for a device that prints when nobody answers (docs/protocols/client.md). A line hangs on some fields of the data;
for each pattern of those that are there the pack has the line's bytes, cut where values stand. So whoever fills it needs no
template language and no layout: it looks which fields are there, writes the values, pads, and encodes by a table.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field and how it is written."""

    field: str
    """A path in the data: ``total``, ``shop.name``; in a repeated line, of its item."""
    kind: Literal["text", "amount", "quantity", "moment"]
    """A quantity is in thousandths, without idle zeros; an amount in its ``decimals``."""
    prefix: str = ""
    suffix: str = ""
    decimals: int = 0
    texts: tuple[str, ...] = ()
    """Of a moment: for each month before noon, then for each after it; ``{y} {d} {D} {H} {h} {m}``."""


class Slot(msgspec.Struct, frozen=True):
    """A place for values. The text is padded to ``cells`` where ``pad`` says so; the printer aligns the others itself."""

    cells: int
    align: Literal["left", "centre", "right"]
    pad: bool
    letters: str
    """Which table of the pack encodes it, or ``utf-8``."""
    parts: tuple[str | Value, ...]


class Case(msgspec.Struct, frozen=True):
    """A line's bytes in hexadecimal, and its slots, in order."""

    pieces: tuple[str | Slot, ...]
    wraps: bool
    """Whether a text with no room goes on in a line below; else it is cut."""


class Line(msgspec.Struct, frozen=True):
    """One line. The case is found by the fields that are there: field n counts 2 to the power of n."""

    fields: tuple[str, ...]
    cases: tuple[Case | None, ...]
    """None: the line is left out."""


class Group(msgspec.Struct, frozen=True):
    """Lines printed together: once, or for each item of the list ``repeat`` names."""

    repeat: str
    lines: tuple[Line, ...]


class SlotPack(msgspec.Struct, frozen=True, rename={"time_zone": "timeZone"}):
    """A whole receipt for one kind of printer."""

    business: str
    version: int
    currency: str
    group: str
    """Between three digits."""
    point: str
    time_zone: str
    letters: dict[str, tuple[tuple[str, str], ...]]
    """Tables: the first letter's code in hexadecimal, and the letters from there on."""
    groups: tuple[Group, ...]
    end: str
    """What follows the last line, in hexadecimal: the cut."""
