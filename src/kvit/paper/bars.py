"""Bars: the modules of a symbol as black and white, made by zxing-cpp.

``matrix_of`` gives rows x columns of modules, before anything is made larger; one row for bar codes. Data go in as bytes
and no encoding is said in front (ECI), as printers do it; readers know UTF-8 when they see it. MaxiCode is the exception:
readers take its bytes for Latin-1 unless told.

Sizes a caller asks for are tried from the smallest on: the layers of Aztec until the share of correction is reached, the
sizes of a DataMatrix of given sides until the data fit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp

from kvit.paper import code128, gs1, maxicode, qr
from kvit.paper.symbology import ELEMENTS, KINDS

if TYPE_CHECKING:
    from kvit.paper.fonts import Bits

Options = tuple[tuple[str, int | str], ...]

AZTEC_COMPACT = range(1, 5)
AZTEC_FULL = range(8, 37)
"""zxing-cpp's numbers of Aztec sizes: compact of 1 to 4 layers, full of 4 to 32 (smaller full ones no printer makes)."""
AZTEC_SHARE = 23
"""Per cent of correction where nothing else is said, as the standard and Epson have it."""
SQUARES = (10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80, 88, 96, 104, 120, 132, 144)
"""Sides of square DataMatrix symbols, in the order of zxing-cpp's numbers from 1 on."""
RECTANGLES = ((8, 18), (8, 32), (12, 26), (12, 36), (16, 36), (16, 48))
"""Rows and columns of the others, numbers 25 on."""
EXPANDED_ROW = 49
"""Modules two DataBar Expanded segments take; a row has two more on each side."""
STRAIGHT = {"columns", "rows"}
"""Options handed through to zxing-cpp as they are."""
PDF417_ROW = 3
"""zxing-cpp draws a row of PDF417 three modules high; of MicroPDF417 two."""
MICRO_ROW = 2


@lru_cache(maxsize=256)
def matrix_of(kind: str, data: bytes, level: str, options: Options) -> Bits | None:
    """Modules (rows x columns, True = black), or None when there is no such symbol. PDF417 rows are one module high."""
    if kind in ("code128", "gs1128"):
        return _code128(kind, data)
    if kind == "maxicode":
        return _maxicode(data, dict(options))
    known = KINDS[kind]
    made = _MAKE.get(kind, _make)(kind, data, level, dict(options))
    if made is None:
        return None
    dots: Bits = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    if kind == "pdf417":
        return dots[::PDF417_ROW]
    if kind == "micropdf417":
        return dots[::MICRO_ROW]
    # An add-on's bars begin lower than those of the symbol, so the middle has both.
    return dots[dots.shape[0] // 2][None, :] if known.flat else dots


def _code128(kind: str, data: bytes) -> Bits | None:
    built = built_of(kind, data)
    if built.fault:
        return None
    widths = code128.bars(built.values)
    return np.repeat(np.arange(len(widths)) % 2 == 0, widths)[None, :]


def built_of(kind: str, data: bytes) -> code128.Built:
    """The characters of a Code 128 or GS1-128 symbol, from the bytes of its command."""
    if kind == "gs1128":
        return code128.build_gs1(data)
    return code128.build(data) if data[:1] == b"{" else code128.build_automatic(data)


def _create(name: str, data: bytes | str, **asked: Any) -> Any:
    """What zxing-cpp makes, or None."""
    if isinstance(data, bytes):
        asked.setdefault("eci", "Unknown")
    try:
        return zxingcpp.create_barcode(data, getattr(zxingcpp.BarcodeFormat, name), **asked)
    except (ValueError, RuntimeError, TypeError):
        return None


def _make(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    asked: dict[str, Any] = {name: value for name, value in options.items() if name in STRAIGHT}
    if level:
        asked["ec_level"] = level
    return _create(KINDS[kind].format, data, **asked)


def _flat(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    return _create(KINDS[kind].format, data.decode("latin-1"))


def _elements(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    elements = gs1.read(data.decode("latin-1")).found
    asked = {"columns": options["columns"]} if "columns" in options else {}
    return _create(KINDS[kind].format, gs1.bracketed(elements), **asked) if elements else None


def _qr(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    number = qr.version(data, level)
    return _create("QRCode", data, ec_level=level or "L", version=number) if number else None


def _pdf417(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    asked: dict[str, Any] = {name: value for name, value in options.items() if name in STRAIGHT}
    if level:
        asked["ec_level"] = level
    return _create("CompactPDF417" if options.get("truncated") else "PDF417", data, **asked)


def _aztec(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    share = int(level.rstrip("%")) if level else AZTEC_SHARE
    form = {0: (AZTEC_FULL,), 1: (AZTEC_COMPACT,)}.get(int(options.get("compact", -1)), (AZTEC_COMPACT, AZTEC_FULL))
    return next((made for sizes in form if (made := _smallest_aztec(data, share, sizes)) is not None), None)


def _smallest_aztec(data: bytes, share: int, sizes: range) -> Any:
    """The smallest of these sizes with that share of correction; more layers leave more for it."""
    made: dict[int, Any] = {}

    def enough(number: int) -> bool:
        made[number] = _create("Aztec", data, version=number)
        return made[number] is not None and int(made[number].ec_level.rstrip("%") or 0) >= share

    found = bisect_left(sizes, True, key=enough)
    return made[sizes[found]] if found < len(sizes) else None


def _datamatrix(kind: str, data: bytes, level: str, options: dict[str, int | str]) -> Any:
    rows, columns = int(options.get("rows", 0)), int(options.get("columns", 0))
    if not rows and not columns:
        return _create("DataMatrix", data, forceSquare=True)
    return next(
        (made for number in _sizes(rows, columns) if (made := _create("DataMatrix", data, version=number))), None
    )


def _sizes(rows: int, columns: int) -> Iterator[int]:
    """zxing-cpp's numbers of the sizes with these sides; 0 leaves a side open."""
    for number, side in enumerate(SQUARES, 1):
        if side == rows == columns:
            yield number
    for number, (high, wide) in enumerate(RECTANGLES, len(SQUARES) + 1):
        if rows in (0, high) and columns in (0, wide):
            yield number


def _maxicode(data: bytes, options: dict[str, int | str]) -> Bits | None:
    """Dots, not modules: hexagons. A carrier's mode without a carrier's data is drawn as mode 4."""
    mode = int(options.get("mode", 4))
    hexagons = maxicode.hexagons_of(mode, data.decode("latin-1")) if mode in maxicode.CARRIER_MODES else None
    if hexagons is None:
        eci = {} if data.isascii() else {"eci": "UTF-8"}
        made = _create("MaxiCode", data, ec_level=str(mode if mode in (5, 6) else 4), **eci)
        if made is None:
            return None
        hexagons = maxicode.hexagons_in(np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128)
    return maxicode.draw(hexagons)


_MAKE: dict[str, Callable[[str, bytes, str, dict[str, int | str]], Any]] = {
    "qr": _qr, "pdf417": _pdf417, "aztec": _aztec, "datamatrix": _datamatrix,
    **dict.fromkeys(ELEMENTS, _elements),
    **{name: _flat for name, known in KINDS.items() if known.flat and name not in ELEMENTS},
}  # fmt: skip
