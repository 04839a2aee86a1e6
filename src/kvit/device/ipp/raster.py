"""PWG raster (PWG 5102.4) and Apple raster (URF) to pages of greys, and PWG raster back. Pure.

    PWG: "RaS2", then for each page a header of 1796 bytes (big endian) and its rows
    URF: "UNIRAST\\0", a count of pages, then for each page a header of 32 bytes and its rows

A row is a byte that says how often it is repeated (n + 1 times) and runs until the row is full: n < 128: the next pixel
n + 1 times; n > 128: 257 - n pixels as they are; 128: white to the end of the row (Apple's; CUPS reads it in PWG as well).
A pixel is one byte where pixels are smaller (eight dots of black_1), else as many as it has.

Only what our description offers is read: black_1, black_8, sgray_8, srgb_8 and the device's grey and RGB of the same
depth. Left out: planes, 16 bits, CMYK, turning by the header's transforms (rolls have one side), vendor data.
Apple has published no description of URF; what stands here is what CUPS and cups-filters write and read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kvit.wire import WireError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PWG_MARK: Final = b"RaS2"
URF_MARK: Final = b"UNIRAST\0"
PAGES_MAX: Final = 200
"""A day's receipts in one document; more is a book."""
COLUMNS_MAX: Final = 10_000
"""A4 at 1200 dpi."""
ROWS_MAX: Final = 65_535
"""Eight metres at 203 dpi: ``media-supported`` offers three."""
PIXELS_MAX: Final = 40_000_000
"""Of all pages together: four A4 pages at 300 dpi, or seven metres of 80 mm roll; 40 MB as greys."""

_WHITE_IS_ZERO, _WHITE_IS_FULL = b"\x00", b"\xff"
_SPACES: Final[dict[tuple[int, int], tuple[str, bytes]]] = {
    (3, 1): ("bits", _WHITE_IS_ZERO),
    (3, 8): ("black", _WHITE_IS_ZERO),
    (0, 8): ("grey", _WHITE_IS_FULL),
    (18, 8): ("grey", _WHITE_IS_FULL),
    (1, 24): ("rgb", _WHITE_IS_FULL),
    (19, 24): ("rgb", _WHITE_IS_FULL),
    (20, 24): ("rgb", _WHITE_IS_FULL),
}
"""PWG's colour spaces by number and bits of a pixel: 0 grey, 1 RGB (devices'), 3 black, 18 sgray, 19 srgb, 20 Adobe RGB."""
_URF_SPACES: Final = {(0, 8): (18, 8), (1, 24): (19, 24), (4, 8): (18, 8), (5, 24): (19, 24)}
"""URF's: 0 sgray, 1 srgb, 4 grey, 5 RGB of the device."""

_PWG_BYTES: Final = 1796
_URF_PAGE: Final = struct.Struct(">BBBB8xIII8x")
_CLASS: Final = b"PwgRaster\0"
_AT: Final = {
    "across_dpi": 276, "along_dpi": 280, "copies": 340, "width": 372, "height": 376, "colour_bits": 384, "bits": 388,
    "row_bytes": 392, "order": 396, "space": 400, "colours": 420,
}  # fmt: skip
"""Offsets of the header's numbers that matter here, four bytes each."""


@dataclass(frozen=True)
class Page:
    """One page: rows x columns of greys, 0 black to 255 white."""

    greys: NDArray[Any]
    dpi: int


@dataclass(frozen=True, slots=True)
class _Shape:
    width: int
    height: int
    dpi: int
    kind: str
    white: bytes
    unit: int
    """Bytes a run repeats."""
    row_bytes: int


def is_raster(data: bytes) -> bool:
    """Say whether bytes begin as one of the two."""
    return data.startswith((PWG_MARK, URF_MARK))


def pages(data: bytes) -> Iterator[Page]:
    """Read all pages, one after another. Raises `WireError` for bad bytes and for more than the limits."""
    if data.startswith(PWG_MARK):
        shapes, at = _pwg_shape, len(PWG_MARK)
    elif data.startswith(URF_MARK):
        shapes, at = _urf_shape, len(URF_MARK) + 4
    else:
        raise WireError("neither PWG nor Apple raster", data)
    count = pixels = 0
    while at < len(data):
        shape, at = shapes(data, at)
        count, pixels = count + 1, pixels + shape.width * shape.height
        if count > PAGES_MAX or pixels > PIXELS_MAX:
            raise WireError(f"more than {PAGES_MAX} pages or {PIXELS_MAX} pixels", b"", at)
        rows, at = _rows(data, at, shape)
        yield Page(_greys(rows, shape), shape.dpi)
    if not count:
        raise WireError("a raster without a page", data)


def _pwg_shape(data: bytes, at: int) -> tuple[_Shape, int]:
    head = data[at : at + _PWG_BYTES]
    if len(head) < _PWG_BYTES or not head.startswith(_CLASS):
        raise WireError("no header of a PWG page", head, at)
    told = {name: int.from_bytes(head[place : place + 4], "big") for name, place in _AT.items()}
    shape = _shape(told["width"], told["height"], told["across_dpi"], (told["space"], told["bits"]), at)
    if told["order"] or told["row_bytes"] != shape.row_bytes:
        raise WireError("rows are not laid out as their width says", head[392:404], at + 392)
    return shape, at + _PWG_BYTES


def _urf_shape(data: bytes, at: int) -> tuple[_Shape, int]:
    head = data[at : at + _URF_PAGE.size]
    if len(head) < _URF_PAGE.size:
        raise WireError("no header of an Apple page", head, at)
    bits, space, _, _, width, height, dpi = _URF_PAGE.unpack(head)
    return _shape(width, height, dpi, _URF_SPACES.get((space, bits), (-1, bits)), at), at + _URF_PAGE.size


def _shape(width: int, height: int, dpi: int, space: tuple[int, int], at: int) -> _Shape:
    if space not in _SPACES:
        raise WireError(f"colours of kind {space[0]} in {space[1]} bits", b"", at)
    if not 0 < width <= COLUMNS_MAX or not 0 < height <= ROWS_MAX:
        raise WireError(f"a page of {width} x {height} dots", b"", at)
    kind, white = _SPACES[space]
    return _Shape(width, height, dpi, kind, white, max(1, space[1] // 8), (width * space[1] + 7) // 8)


def _rows(data: bytes, at: int, shape: _Shape) -> tuple[bytearray, int]:
    out, size = bytearray(), shape.row_bytes
    wanted = shape.height * size
    while len(out) < wanted:
        if at >= len(data):
            raise WireError(f"a page ends after {len(out) // size} of {shape.height} rows", b"", at)
        times = data[at] + 1
        row, at = _row(data, at + 1, shape)
        out += row * times
        if len(out) > wanted:
            raise WireError("rows are repeated beyond the page", b"", at)
    return out, at


def _row(data: bytes, at: int, shape: _Shape) -> tuple[bytearray, int]:
    out, size, unit = bytearray(), shape.row_bytes, shape.unit
    while len(out) < size:
        if at >= len(data):
            raise WireError("a row is cut short", b"", at)
        code = data[at]
        at += 1
        if code == 128:
            out += shape.white * (size - len(out))
            break
        taken, times = (unit, code + 1) if code < 128 else (unit * (257 - code), 1)
        piece = data[at : at + taken]
        if len(piece) < taken:
            raise WireError("a run is cut short", piece, at)
        out += piece * times
        at += taken
    if len(out) > size:
        raise WireError("a run goes beyond its row", b"", at)
    return out, at


def _greys(rows: bytearray, shape: _Shape) -> NDArray[Any]:
    flat = np.frombuffer(rows, dtype=np.uint8).reshape(shape.height, shape.row_bytes)
    greys: NDArray[Any]
    if shape.kind == "bits":
        greys = np.where(np.unpackbits(flat, axis=1, count=shape.width), 0, 255).astype(np.uint8)
    elif shape.kind == "black":
        greys = 255 - flat
    elif shape.kind == "rgb":
        colours = flat.reshape(shape.height, shape.width, 3).astype(np.uint32)
        greys = ((colours @ np.array((299, 587, 114), dtype=np.uint32)) // 1000).astype(np.uint8)
    else:
        greys = flat
    return greys


def encode(wanted: Sequence[Page], kind: str = "sgray_8") -> bytes:
    """Write pages as PWG raster: ``sgray_8``, ``black_1`` (what is darker than the middle) or ``srgb_8``."""
    space, bits, colours = {"sgray_8": (18, 8, 1), "black_1": (3, 1, 1), "srgb_8": (19, 24, 3)}[kind]
    out = bytearray(PWG_MARK)
    for page in wanted:
        height, width = page.greys.shape
        row_bytes = (width * bits + 7) // 8
        told = {
            "across_dpi": page.dpi, "along_dpi": page.dpi, "copies": 1, "width": width, "height": height,
            "colour_bits": bits // colours, "bits": bits, "row_bytes": row_bytes, "space": space, "colours": colours,
        }  # fmt: skip
        head = bytearray(_PWG_BYTES)
        head[: len(_CLASS)] = _CLASS
        for name, number in told.items():
            head[_AT[name] : _AT[name] + 4] = number.to_bytes(4, "big")
        out += head + _packed(page.greys, kind, max(1, bits // 8))
    return bytes(out)


def _packed(greys: NDArray[Any], kind: str, unit: int) -> bytes:
    flat = np.packbits(greys < 128, axis=1) if kind == "black_1" else greys.repeat(unit, axis=1)
    rows = [row.tobytes() for row in flat]
    out, at = bytearray(), 0
    while at < len(rows):
        same = at
        while same < len(rows) and rows[same] == rows[at] and same - at < 256:
            same += 1
        out.append(same - at - 1)
        out += _runs([rows[at][place : place + unit] for place in range(0, len(rows[at]), unit)])
        at = same
    return bytes(out)


def _runs(pixels: list[bytes]) -> bytes:
    """Runs of one pixel, and of pixels each other than the next."""
    out, at = bytearray(), 0
    while at < len(pixels):
        end = at + 1
        while end < len(pixels) and pixels[end] == pixels[at] and end - at < 128:
            end += 1
        if end - at > 1:
            out += bytes((end - at - 1,)) + pixels[at]
        else:
            while end < len(pixels) and pixels[end] != pixels[end - 1] and end - at < 128:
                end += 1
            out += (bytes((257 - (end - at),)) if end - at > 1 else b"\x00") + b"".join(pixels[at:end])
        at = end
    return bytes(out)
