"""The document: a receipt before anybody knows the paper.

Blocks from top to bottom, each a thing a cashier has a word for: text, a left and right pair, a table, a line, a picture,
a stored logo, a symbol, a frame around several of these, an area of parts at fixed places, a feed, a cut, the drawer, a
beep. Nothing in it is in dots of a head, so one document fits 58, 80 and 112 mm. Lengths are cells (a narrow letter of
font A at size 1) where they count letters, lines where they count lines, and per cent of the paper where not.

JSON is the same thing, name for name: ``parse(print_document(document)) == document`` for every document. Unknown keys,
wrong types and values out of range are refused with the place (``$.blocks[3].columns``); nothing is guessed.
Picture data are base64 in JSON, as msgspec writes bytes.

Text is data: whatever control letters stand in it never reach a printer (`kvit.paper.typeset`).

Left out: absolute places outside an `Area`, and raw bytes of a printer's language: no document holds a command.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Align = Literal["left", "centre", "right"]
Wrap = Literal["word", "character", "ellipsis", "clip"]
"""Breaking between words, or anywhere (spaces are letters then); one line only, with dots behind it or without."""
Border = Literal["none", "single", "double"]
Direction = Literal[0, 1, 2, 3]
"""Of an area's part: 0 left to right, 1 upwards, 2 upside down, 3 downwards (as `kvit.paper.sheet` counts them)."""
Size = Annotated[int, Meta(ge=1, le=8)]
Cells = Annotated[int, Meta(ge=0, le=255)]
Percent = Annotated[int, Meta(ge=1, le=100)]

BLOCKS_MAX = 20_000
"""A day's journal printed at once; more is a mistake, and a sheet ends near there anyway."""
TEXT_MAX = 100_000
"""Letters of one span: fifty metres of paper."""
PICTURE_BYTES_MAX = 4 << 20
"""Of one picture file: more than any logo, less than a photograph straight from a camera needs."""
SYMBOL_LETTERS_MAX = 7_089
"""The digits of the largest QR code."""
PARTS_MAX = 64
"""Of one area; a page of labels has a dozen."""
NESTED_MAX = 6
"""Frames in frames: more has no room for letters between its uprights on 58 mm."""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What all parts of a document have in common: they never change, and refuse names they do not know."""


class Span(Model, frozen=True):
    """Letters of one look."""

    text: Annotated[str, Meta(max_length=TEXT_MAX)]
    bold: bool = False
    underline: Literal[0, 1, 2] = 0
    """Thickness in dots."""
    invert: bool = False
    """White on black."""
    italic: bool = False
    width: Size = 1
    height: Size = 1
    font: Literal["A", "B", "C"] = "A"
    colour: Literal["black", "red"] = "black"
    turned: bool = False
    """Each letter turned by 90 degrees clockwise where it stands."""


Content = Annotated[str, Meta(max_length=TEXT_MAX)] | list[Span]
"""Plain letters, or letters of several looks."""


class Text(Model, frozen=True, tag="text"):
    """A paragraph; ``\\n`` begins a new line. Without ``align`` it lies as the document says."""

    content: Content
    align: Align | None = None
    wrap: Wrap = "word"
    upside_down: bool = False


class Pair(Model, frozen=True, tag="pair"):
    """Something on the left and something on the right of one line; the left gives way and wraps."""

    left: Content
    right: Content
    wrap: Wrap = "word"


class Column(Model, frozen=True):
    """One column: ``width`` cells when given, else a share by ``weight``, else as wide as its widest cell."""

    width: Cells = 0
    weight: Cells = 0
    align: Align = "left"
    wrap: Wrap = "word"


class Cell(Model, frozen=True):
    """A cell that takes several columns, or lies or wraps otherwise than its column."""

    content: Content
    columns: Annotated[int, Meta(ge=1, le=64)] = 1
    align: Align | None = None
    wrap: Wrap | None = None


class Table(Model, frozen=True, tag="table"):
    """Rows of cells under common columns.

    With ``border`` the rules join, also with those of a bordered table or frame right above or below; ``open_top`` and
    ``open_bottom`` leave out the rule there. The first ``heads`` rows are ruled off below, with ``ruled`` every row is;
    ``rules`` are numbers of rows with a rule above. ``align`` is where a table narrower than the paper stands. Columns
    there is no room for are dropped from the right with ``surplus`` drop; else every cell stands on lines of its own.
    """

    columns: Annotated[list[Column], Meta(min_length=1, max_length=64)]
    rows: Annotated[list[list[Content | Cell]], Meta(max_length=BLOCKS_MAX)]
    gap: Cells = 1
    border: Border = "none"
    heads: Cells = 0
    ruled: bool = False
    rules: Annotated[list[Annotated[int, Meta(ge=0, le=BLOCKS_MAX)]], Meta(max_length=BLOCKS_MAX)] = []
    align: Align = "left"
    surplus: Literal["stack", "drop"] = "stack"
    open_top: bool = False
    open_bottom: bool = False


class Line(Model, frozen=True, tag="line"):
    """A rule across the paper, or ``width`` cells of it."""

    look: Literal["single", "double", "dashed"] = "single"
    width: Cells = 0
    align: Align = "left"


class Image(Model, frozen=True, tag="image"):
    """A picture: the bytes of a PNG, JPEG, GIF, BMP, WebP, TIFF or PBM file (`kvit.paper.photo`). Made to fit the paper."""

    data: Annotated[bytes, Meta(min_length=1, max_length=PICTURE_BYTES_MAX)]
    align: Align = "centre"
    percent: Percent | None = None
    """Share of the paper's width, in whole bytes of dots; None: dot for dot, made smaller where it does not fit."""
    tone: Literal["auto", "line", "floyd-steinberg", "atkinson", "bayer"] = "auto"
    """How greys become dots; auto: by what the picture is (`kvit.paper.halftone`)."""


class Logo(Model, frozen=True, tag="logo"):
    """A picture stored in the printer under a key; ``image`` is sent where the printer is not known to hold it."""

    key: Annotated[str, Meta(pattern=r"^nv:([0-9]{1,3}|[0-9]{1,3}/[0-9]{1,3})\Z")]
    """``nv:1`` as ``FS p`` counts, ``nv:48/49`` as ``GS ( L`` names it by two bytes."""
    align: Align = "centre"
    width: Literal[1, 2] = 1
    height: Literal[1, 2] = 1
    """Dots made twice as wide or as high."""
    image: Image | None = None


class Code(Model, frozen=True, tag="code"):
    """A bar code or 2D symbol, named as `kvit.paper.symbology.KINDS` has it. Check digits are added or verified."""

    kind: str
    data: Annotated[str, Meta(min_length=1, max_length=SYMBOL_LETTERS_MAX)]
    align: Align = "centre"
    module: Annotated[int, Meta(ge=1, le=16)] | None = None
    """Dots of the narrowest bar or of a 2D module; None: what fits well."""
    height: Annotated[int, Meta(ge=1, le=255)] = 80
    """Dots of the bars; 2D symbols have their own."""
    level: Annotated[str, Meta(pattern=r"^([LMQH]|[0-8]|[1-9]?[0-9]%)?$")] = ""
    """Error correction: L M Q H of QR, Micro QR and rMQR, 0 to 8 of PDF417, 5% to 95% of Aztec; empty: what is usual."""
    letters: Literal["none", "above", "below", "both"] = "below"
    """Where a bar code's letters for people stand."""
    check: Literal["", "add", "verify"] = ""
    """A check digit the kind does not ask for: Code 39 (modulo 43), ITF (modulo 10)."""
    columns: Annotated[int, Meta(ge=0, le=144)] = 0
    """PDF417, MicroPDF417: columns of data; DataMatrix: modules; DataBar Expanded Stacked: pairs of segments; 0: open."""
    rows: Annotated[int, Meta(ge=0, le=144)] = 0
    """PDF417, DataMatrix; 0: open."""
    truncated: bool = False
    """PDF417 without its right edge."""
    compact: bool | None = None
    """Aztec: the form for little data; None: where it is enough."""
    mode: Literal[2, 3, 4, 5, 6] = 4
    """MaxiCode."""
    linear: str = ""
    """Composite: the kind of its lower part. ``data`` are then the lower part, ``|``, the upper part."""


class Feed(Model, frozen=True, tag="feed"):
    """Paper without print."""

    lines: Annotated[int, Meta(ge=0, le=100)] = 1


class Cut(Model, frozen=True, tag="cut"):
    """Cut the paper. Two cuts with nothing printed between are one."""

    full: bool = False


class Pulse(Model, frozen=True, tag="pulse"):
    """Open the drawer."""

    pin: Literal[2, 5] = 2
    on_ms: Annotated[int, Meta(ge=2, le=510)] = 120
    off_ms: Annotated[int, Meta(ge=2, le=510)] = 240


class Beep(Model, frozen=True, tag="beep"):
    """Sound the buzzer."""

    times: Annotated[int, Meta(ge=1, le=9)] = 1


class Frame(Model, frozen=True, tag="frame"):
    """A rule around several blocks, or none: then only a narrower place for them. Raises ValueError where frames lie deeper
    than `NESTED_MAX`. ``width`` cells, 0: all the room; ``align`` is where a narrower one stands.
    """

    blocks: Annotated[list[Flow], Meta(max_length=BLOCKS_MAX)]
    look: Border = "single"
    width: Cells = 0
    align: Align = "left"

    def __post_init__(self) -> None:
        if _depth(self) > NESTED_MAX:
            raise ValueError(f"frames lie at most {NESTED_MAX} deep")


def _depth(frame: Frame) -> int:
    return 1 + max((_depth(each) for each in frame.blocks if isinstance(each, Frame)), default=0)


class Part(Model, frozen=True):
    """Blocks at a place of an area: ``x y width height`` in the area's unit; a width or height of 0 is all there is."""

    blocks: Annotated[list[Flow], Meta(max_length=BLOCKS_MAX)]
    x: Cells = 0
    y: Cells = 0
    width: Cells = 0
    height: Cells = 0
    direction: Direction = 0


class Area(Model, frozen=True, tag="area"):
    """Parts at fixed places, printed at once (page mode). What leaves its part is not printed.

    ``unit`` cells: places and widths across in cells, down in lines of text; mm: both in millimetres.
    """

    parts: Annotated[list[Part], Meta(min_length=1, max_length=PARTS_MAX)]
    height: Annotated[int, Meta(ge=1, le=255)]
    unit: Literal["cells", "mm"] = "cells"


Flow = Text | Pair | Table | Line | Image | Logo | Code | Feed | Frame
"""What may stand in a frame or in an area's part: all that prints and takes room in order."""
Block = Flow | Area | Cut | Pulse | Beep


class Document(Model, frozen=True):
    """A whole receipt. ``left`` and ``right`` are margins in cells; ``align`` is for text that does not say.

    ``copies`` are printed one after another, each with the document's own cut.
    """

    blocks: Annotated[list[Block], Meta(max_length=BLOCKS_MAX)]
    left: Cells = 0
    right: Cells = 0
    align: Align = "left"
    copies: Annotated[int, Meta(ge=1, le=9)] = 1


class DocumentError(ValueError):
    """JSON that is no document; the message says what and where (``$.blocks[3].columns``)."""


def parse(text: bytes | str) -> Document:
    """Read the JSON form. Raises `DocumentError`."""
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(str(error)) from None


def print_document(document: Document) -> bytes:
    """Write the JSON form, indented; what has its usual value is left out."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


_DECODER: Final = msgspec.json.Decoder(Document)
"""Made here and not at the first document: msgspec ends the process when two threads look through a type at once."""
