"""What a desktop sends, as a document: raster pages, pictures, plain letters. Pure, and slow where pictures are large.

A roll has no page: of each one the white below its last dot is left off, and the paper is cut behind it. Pages wider than
the printer are made narrower by averaging before they are made black and white, so that grey hair lines survive; narrower
ones stay dot for dot. A job keeps the dots, so on another printer it prints as they are (`kvit.paper.photo`).

Bytes of a printer's own language are no business of this file: `format_of` says which they are, no more.
Left out: PDF and PostScript. A desktop turns them into raster by itself, because our description does not offer them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvit.device.ipp import raster
from kvit.paper import photo
from kvit.paper.document import PICTURE_BYTES_MAX, Block, Cut, Document, Feed, Image, Text
from kvit.paper.halftone import black_of, is_photo
from kvit.paper.render import png
from kvit.refusal import Refusal
from kvit.wire import WireError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PWG: Final = "image/pwg-raster"
URF: Final = "image/urf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TEXT: Final = "text/plain"
ESCPOS: Final = "application/vnd.escpos"
OCTETS: Final = "application/octet-stream"
RAW: Final = frozenset((ESCPOS, "application/vnd.cups-raw", "application/vnd.epson.escpos"))
"""Bytes of a till's language by name; `OCTETS` is looked at first."""
DRAWN: Final = (PWG, URF, PNG, JPEG, TEXT)
"""What becomes a document here."""
_MARKS: Final = (
    (raster.PWG_MARK, PWG),
    (raster.URF_MARK, URF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"\x1b%-12345X", "application/vnd.hp-pjl"),
    (b"PK\x03\x04", "application/zip"),
)
"""How files begin. No receipt begins with one of them."""
ROWS_OF_PICTURE: Final = 2_000
"""A quarter of a metre a picture, which every head and every memory takes."""
LETTERS_OF_BLOCK: Final = 50_000
"""Half of what a span takes; the rest goes into the next one."""
LETTERS_MAX: Final = 1_000_000
"""Half a kilometre of paper."""


def format_of(told: str, data: bytes) -> str:
    """Say what the bytes are: as told, or by how they begin where the caller leaves it open. Unknown ones are ESC/POS."""
    told = told.partition(";")[0].strip().lower()
    if told and told != OCTETS:
        return ESCPOS if told in RAW else told
    return next((name for mark, name in _MARKS if data.startswith(mark)), ESCPOS)


def document_of(media_type: str, data: bytes, width_dots: int, charset: str = "utf-8") -> Document | Refusal:
    """Make a document of one of `DRAWN` for a printer of so many dots.

    Refusals: ``device.ipp_format`` (none of `DRAWN`), ``device.ipp_document`` (damaged, or beyond a limit).
    """
    try:
        if media_type in (PWG, URF):
            return Document(_printed(list(_pages(data, width_dots))))
        if media_type in (PNG, JPEG):
            return Document([_picture(data, width_dots), Cut()])
        if media_type == TEXT:
            return Document(_printed([list(_letters(page)) for page in _paged(data, charset)]))
    except (WireError, photo.PictureError, ValueError) as error:
        return Refusal("device.ipp_document", {"format": media_type, "problem": str(error)[:200]})
    return Refusal("device.ipp_format", {"format": media_type[:80], "known": ", ".join((*DRAWN, ESCPOS))})


def _printed(parts: list[list[Block]]) -> list[Block]:
    """Pages with a cut behind each that prints anything; white pages are no paper."""
    blocks: list[Block] = []
    for part in parts:
        if part:
            blocks += [*part, Cut()]
    return blocks or [Feed(1)]


def _pages(data: bytes, width_dots: int) -> Iterator[list[Block]]:
    for page in raster.pages(data):
        greys = _narrowed(page.greys, width_dots)
        black = black_of(greys, "atkinson" if is_photo(greys) else "line")
        yield list(_pictures(black, page.dpi))


def _narrowed(greys: NDArray[Any], width_dots: int) -> NDArray[Any]:
    height, width = greys.shape
    if width <= width_dots:
        return greys
    from PIL import Image as Pillow

    size = (width_dots, max(1, height * width_dots // width))
    return np.asarray(Pillow.fromarray(greys).resize(size, Pillow.Resampling.BOX), dtype=np.uint8)


def _pictures(black: NDArray[Any], dpi: int) -> Iterator[Block]:
    rows = np.flatnonzero(black.any(axis=1))
    used = black[: int(rows[-1]) + 1] if rows.size else black[:0]
    for top in range(0, used.shape[0], ROWS_OF_PICTURE):
        yield Image(png.encode(used[top : top + ROWS_OF_PICTURE], dpi=dpi), align="left", tone="line")


def _picture(data: bytes, width_dots: int) -> Image:
    """A picture file as it is, once it is seen that it can be read."""
    if len(data) > PICTURE_BYTES_MAX:
        raise ValueError(f"{len(data)} > {PICTURE_BYTES_MAX}")
    photo.dots_of(data, width_dots)
    return Image(data)


def _paged(data: bytes, charset: str) -> list[str]:
    if len(data) > LETTERS_MAX * 4:
        raise ValueError(f"{len(data)} > {LETTERS_MAX * 4}")
    try:
        letters = data.decode(charset if charset in ("utf-8", "us-ascii", "iso-8859-1") else "utf-8")
    except UnicodeDecodeError:
        letters = data.decode("utf-8", "replace")
    if len(letters) > LETTERS_MAX:
        raise ValueError(f"{len(letters)} > {LETTERS_MAX}")
    return letters.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\f")


def _letters(page: str) -> Iterator[Block]:
    page = page.expandtabs(8).rstrip()
    for start in range(0, len(page), LETTERS_OF_BLOCK):
        yield Text(page[start : start + LETTERS_OF_BLOCK])
