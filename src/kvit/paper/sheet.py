"""The sheet: a roll of paper in memory.

Everything a person looks at is drawn from a sheet: PNG, HTML, PDF and the text column view are ways to look at the same
boxes. A sheet comes from playing printer bytes (``paper/languages``) or from laying out a document.

Geometry. All lengths are dots of the head (203 or 180 to the inch). The origin is the upper left corner of the
printable area, x to the right, y down the roll. A box's ``x, y, width, height`` is the rectangle it covers *on the
paper*, whatever direction it was printed in; ``direction`` says how its content lies in that rectangle:

    0  left to right (upright)          2  right to left (turned by 180 degrees)
    1  bottom to top (90 anticlockwise) 3  top to bottom (90 clockwise)

Order is the order of printing. Every box and event carries ``start, end``: the span of bytes it came from, or the
number of the block when it came from a document.

Left out: greys (no receipt head prints them in this house) and anything after the cutter.
"""

from __future__ import annotations

import msgspec


class Style(msgspec.Struct, frozen=True, gc=False):
    """How letters look. One record, because ``ESC !``, ``GS !``, ``ESC E`` and ``ESC M`` write the same bits."""

    font: str = "A"
    cell_width: int = 12
    """Dots of a narrow (Latin) cell at size 1; a wide (Hangul, Han) cell is told by the run's ``advance``."""
    cell_height: int = 24
    width: int = 1
    """Magnification 1..8 across."""
    height: int = 1
    """Magnification 1..8 down."""
    bold: bool = False
    underline: int = 0
    """Thickness in dots: 0, 1 or 2."""
    italic: bool = False
    invert: bool = False
    """White on black."""
    turned: bool = False
    """Each letter turned by 90 degrees clockwise inside the line (``ESC V``)."""
    colour: int = 0
    """0 the first colour (black), 1 the second (red)."""


class Run(msgspec.Struct, gc=False, tag_field="type", tag="run"):
    """Letters of one style and one cell width standing side by side.

    ``advance`` is the distance in dots from one letter to the next, magnification and right-side spacing included.
    Combining marks (Thai vowels and tones, Unicode category Mn) take no advance: they stand on the letter before them.
    ``height`` is the letter's height; the baseline is common to a line, so y differs between sizes on one line.
    """

    x: int
    y: int
    width: int
    height: int
    text: str
    advance: int
    style: Style
    start: int = 0
    end: int = 0
    direction: int = 0
    glyphs: dict[str, bytes] | None = None
    """Letters drawn by the sender (``ESC &``): row-packed bits of the cell by letter, see ``Picture.bits``."""


class Picture(msgspec.Struct, gc=False, tag_field="type", tag="picture"):
    """A bit image. ``bits`` are rows of ``(columns + 7) // 8`` bytes, most significant bit left, 1 = black.

    The rectangle is ``columns * scale_x`` by ``rows * scale_y`` dots (exchanged for directions 1 and 3).
    """

    x: int
    y: int
    width: int
    height: int
    columns: int
    rows: int
    bits: bytes
    scale_x: int = 1
    scale_y: int = 1
    start: int = 0
    end: int = 0
    direction: int = 0
    colour: int = 0
    key: str = ""
    """The name of a logo stored in the printer (``nv:1``, ``nv:48/49``); empty for a picture sent along."""
    missing: bool = False
    """True when the stored logo's dots are not known to us: the box is drawn as an outline with its key."""


class Symbol(msgspec.Struct, gc=False, tag_field="type", tag="symbol"):
    """A bar code or 2D symbol, kept as data: drawn by ``paper.symbol`` when somebody wants to see it."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    """As ``paper.symbol.KINDS`` names it: ``qr``, ``microqr``, ``pdf417``, ``datamatrix``, ``ean13``, ``code128`` …"""
    data: bytes
    module: int = 3
    """Dots of the narrowest bar or of one 2D module."""
    bar_height: int = 0
    """Dots of the bars (1D) or of one row (PDF417)."""
    level: str = ""
    """Error correction as the symbology names it (``L M Q H``, or a number)."""
    options: dict[str, int | str] = {}
    hri: str = ""
    """The letters printed with a 1D symbol; empty for none."""
    hri_place: int = 0
    """Bit 0 above, bit 1 below."""
    hri_style: Style = Style()
    start: int = 0
    end: int = 0
    direction: int = 0
    fault: str = ""
    """Why it can not be drawn (a code from ``paper.symbol``): then only the outline is."""


class Rule(msgspec.Struct, gc=False, tag_field="type", tag="rule"):
    """A filled rectangle: lines, frames, form feeds of black."""

    x: int
    y: int
    width: int
    height: int
    start: int = 0
    end: int = 0


class Event(msgspec.Struct, frozen=True, gc=False):
    """Something the printer does besides printing. ``kind`` is one of EVENT_KINDS; ``y`` is where the paper stood."""

    kind: str
    y: int
    start: int = 0
    end: int = 0
    values: dict[str, int | str] = {}
    """cut: ``full`` 0/1. pulse: ``pin`` 2/5, ``on_ms``, ``off_ms``. beep: ``times``. display: ``text``.

    page: ``height``; the boxes of so many dots from here on are printed in page mode. Only layouts say so.
    """


EVENT_KINDS = ("cut", "pulse", "beep", "eject", "display", "reset", "page")


class Problem(msgspec.Struct, frozen=True, gc=False):
    """What could not be honoured: a code (documented in docs/protocols/escpos.md), where, and the values."""

    code: str
    start: int
    end: int
    values: dict[str, int | str] = {}


Box = Run | Picture | Symbol | Rule


class Sheet(msgspec.Struct):
    """A roll of paper: boxes in printing order, what the machine did between them, what went wrong."""

    width_dots: int
    """The printable width: 384, 512, 576, 832 …"""
    dpi: int = 203
    height_dots: int = 0
    """How far the paper was fed."""
    boxes: list[Box] = []
    events: list[Event] = []
    problems: list[Problem] = []
    language: str = ""
    """A guess at the text's language by its letters (``ko ru kk zh ja th …``); empty where they do not tell."""
