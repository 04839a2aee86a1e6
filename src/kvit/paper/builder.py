"""The builder: a document put together in the order it is read.

    receipt = (
        Builder()
        .text("Corner Cafe", align="centre", bold=True, width=2, height=2)
        .line()
        .pair("Latte", "4.50")
        .pair(span("TOTAL", bold=True), span("4.50", bold=True))
        .frame(Builder().text("Thank you", align="centre"))
        .code("qr", "https://example.org/r/17")
        .cut()
        .document()
    )

Each call adds a block and gives the builder back. Looks (bold, width …) given to ``text`` hold for the whole paragraph;
several looks in one are spans side by side: ``text(span("a"), span("b", bold=True))``. What a `Document` refuses is refused
when ``document()`` is called: ValueError with the place.

Pictures may be a path, the bytes of a file, a Pillow image or a numpy array (rows x columns, grey or RGB, 0 = black).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from kvit.paper.document import (
    Align,
    Area,
    Beep,
    Block,
    Border,
    Cell,
    Code,
    Column,
    Content,
    Cut,
    Document,
    Feed,
    Frame,
    Image,
    Line,
    Logo,
    Pair,
    Part,
    Pulse,
    Span,
    Table,
    Text,
    Wrap,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

    Pictured = str | Path | bytes | bytearray | memoryview | PillowImage | NDArray[Any]


def span(text: str, **look: Any) -> Span:
    """Letters of one look: ``bold underline invert italic width height font colour turned``."""
    return Span(text, **look)


class Builder:
    """Collects blocks; ``document()`` checks them and hands them over.

    ``left`` and ``right`` are margins in cells, ``align`` is for text that does not say, ``copies`` 1..9.
    """

    def __init__(self, *, left: int = 0, right: int = 0, align: Align = "left", copies: int = 1) -> None:
        self._blocks: list[Block] = []
        self._margins = left, right, align, copies

    @property
    def blocks(self) -> list[Any]:
        """What was added so far, not checked yet."""
        return list(self._blocks)

    def add(self, block: Block) -> Builder:
        """Add a block made elsewhere."""
        self._blocks.append(block)
        return self

    def text(
        self,
        *parts: str | Span,
        align: Align | None = None,
        wrap: Wrap = "word",
        upside_down: bool = False,
        **look: Any,
    ) -> Builder:
        """A paragraph of letters and spans; ``look`` holds for the parts that are plain letters."""
        self._blocks.append(Text(_content(parts, look), align, wrap, upside_down))
        return self

    def pair(self, left: str | Span, right: str | Span, *, wrap: Wrap = "word", **look: Any) -> Builder:
        """Left and right on one line."""
        self._blocks.append(Pair(_content((left,), look), _content((right,), look), wrap))
        return self

    def table(
        self,
        columns: list[Column],
        rows: Sequence[Sequence[str | Span | Cell]],
        *,
        gap: int = 1,
        border: Border | bool = False,
        heads: int = 0,
        ruled: bool = False,
        **options: Any,
    ) -> Builder:
        """Rows under common columns; ``border=True`` is a single one, other options as `Table` has them."""
        look: Border = ("single" if border else "none") if isinstance(border, bool) else border
        cells: list[list[Content | Cell]] = [
            [[cell] if isinstance(cell, Span) else cell for cell in row] for row in rows
        ]
        self._blocks.append(Table(columns, cells, gap, look, heads, ruled, **options))
        return self

    def line(self, look: Any = "single", **options: Any) -> Builder:
        """A rule: ``single double dashed``; options as `Line` has them (``width align``)."""
        return self.add(Line(look, **options))

    def image(self, picture: Pictured, **options: Any) -> Builder:
        """A picture; options as `Image` has them (``align percent tone``)."""
        return self.add(Image(_picture_bytes(picture), **options))

    def logo(self, key: str, picture: Pictured | None = None, **options: Any) -> Builder:
        """A logo stored in the printer (``nv:1``, ``nv:48/49``) and what to send where it is not known to be there."""
        image = None if picture is None else Image(_picture_bytes(picture))
        return self.add(Logo(key, image=image, **options))

    def code(self, kind: str, data: str, **options: Any) -> Builder:
        """A bar code or 2D symbol; options as `Code` has them."""
        return self.add(Code(kind, data, **options))

    def frame(self, inside: Builder, look: Border = "single", **options: Any) -> Builder:
        """A rule around what another builder has collected; options as `Frame` has them (``width align``)."""
        return self.add(Frame(inside.blocks, look, **options))

    def area(self, parts: list[Part], height: int, unit: Any = "cells") -> Builder:
        """Parts at fixed places; see `part`."""
        return self.add(Area(parts, height, unit))

    def feed(self, lines: int = 1) -> Builder:
        """Empty lines."""
        return self.add(Feed(lines))

    def cut(self, *, full: bool = False) -> Builder:
        """Cut the paper."""
        return self.add(Cut(full))

    def pulse(self, pin: Any = 2, on_ms: int = 120, off_ms: int = 240) -> Builder:
        """Open the drawer on connector pin 2 or 5."""
        return self.add(Pulse(pin, on_ms, off_ms))

    def beep(self, times: int = 1) -> Builder:
        """Sound the buzzer."""
        return self.add(Beep(times))

    def document(self) -> Document:
        """The document so far. Raises ValueError naming the place of what no document holds."""
        made = Document(list(self._blocks), *self._margins)
        try:
            return _decoder().decode(_WRITE(made))
        except UnicodeEncodeError:  # lone surrogates: msgpack has none, the layout takes them out
            return msgspec.convert(msgspec.to_builtins(made), Document)


def part(inside: Builder, x: int = 0, y: int = 0, width: int = 0, height: int = 0, direction: Any = 0) -> Part:
    """What another builder has collected, at a place of an area."""
    return Part(inside.blocks, x, y, width, height, direction)


def _content(parts: tuple[str | Span, ...], look: dict[str, Any]) -> Content:
    if not look and len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return [each if isinstance(each, Span) else Span(each, **look) for each in parts]


def _picture_bytes(picture: Pictured) -> bytes:
    """The bytes of a file; pictures in memory become PNG."""
    if isinstance(picture, (str, os.PathLike)):
        from pathlib import Path  # not at the top: a third of a receipt's cost of starting, and most have no picture

        return Path(picture).read_bytes()
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return bytes(picture)
    from kvit.paper.photo import png_of

    return png_of(picture)


_WRITE = msgspec.msgpack.Encoder().encode


@lru_cache(maxsize=1)
def _decoder() -> msgspec.msgpack.Decoder[Document]:
    """Made for the first document, as that of `kvit.paper.document`."""
    return msgspec.msgpack.Decoder(Document)
