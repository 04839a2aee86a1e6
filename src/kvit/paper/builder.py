"""The builder: a document put together in the order it is read.

    receipt = (
        Builder()
        .text("Corner Cafe", align="centre", bold=True, width=2, height=2)
        .line()
        .pair("Latte", "4.50")
        .pair(span("TOTAL", bold=True), span("4.50", bold=True))
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

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kvit.paper.document import (
    Align,
    Beep,
    Block,
    Code,
    Column,
    Content,
    Cut,
    Document,
    Feed,
    Image,
    Line,
    Pair,
    Pulse,
    Span,
    Table,
    Text,
    Wrap,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage


def span(text: str, **look: Any) -> Span:
    """Letters of one look: ``bold underline invert italic width height font colour``."""
    return Span(text, **look)


class Builder:
    """Collects blocks; ``document()`` checks them and hands them over."""

    def __init__(self, *, left: int = 0, right: int = 0) -> None:
        self._blocks: list[Block] = []
        self._left, self._right = left, right

    def add(self, block: Block) -> Builder:
        """Add a block made elsewhere."""
        self._blocks.append(block)
        return self

    def text(
        self,
        *parts: str | Span,
        align: Align = "left",
        wrap: Wrap = "word",
        upside_down: bool = False,
        **look: Any,
    ) -> Builder:
        """A paragraph of letters and spans; ``look`` holds for the parts that are plain letters."""
        return self.add(Text(_content(parts, look), align, wrap, upside_down))

    def pair(self, left: str | Span, right: str | Span, *, wrap: Wrap = "word", **look: Any) -> Builder:
        """Left and right on one line."""
        return self.add(Pair(_content((left,), look), _content((right,), look), wrap))

    def table(
        self, columns: list[Column], rows: list[list[str | Span]], *, gap: int = 1, border: bool = False, heads: int = 0
    ) -> Builder:
        """Rows under common columns."""
        cells: list[list[Content]] = [[_content((cell,), {}) for cell in row] for row in rows]
        return self.add(Table(columns, cells, gap, border, heads))

    def line(self, look: Any = "single") -> Builder:
        """A rule: ``single double dashed``."""
        return self.add(Line(look))

    def image(self, picture: Path | bytes | PillowImage | NDArray[Any], **options: Any) -> Builder:
        """A picture; options as `Image` has them (``align percent tone``)."""
        return self.add(Image(_picture_bytes(picture), **options))

    def code(self, kind: str, data: str, **options: Any) -> Builder:
        """A bar code or 2D symbol; options as `Code` has them."""
        return self.add(Code(kind, data, **options))

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
        made = Document(list(self._blocks), self._left, self._right)
        return msgspec.convert(msgspec.to_builtins(made), Document)


def _content(parts: tuple[str | Span, ...], look: dict[str, Any]) -> Content:
    if len(parts) == 1 and isinstance(parts[0], str) and not look:
        return parts[0]
    return [part if isinstance(part, Span) else Span(part, **look) for part in parts]


def _picture_bytes(picture: Path | bytes | PillowImage | NDArray[Any]) -> bytes:
    """The bytes of a file; pictures in memory become PNG."""
    if isinstance(picture, Path):
        return picture.read_bytes()
    if isinstance(picture, bytes):
        return picture
    from kvit.paper.photo import png_of

    return png_of(picture)
