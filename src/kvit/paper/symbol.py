"""Symbols: what data a bar code or 2D symbol takes, how large it comes out, how its whole box looks.

``prepare`` looks at the data as a printer does (check digit added or verified, letters for people, a fault where the head
would print nothing); ``measure`` gives the size in dots, without drawing for all that receipts carry; ``draw`` gives the
dots of a sheet's symbol: whole-dot modules, so that what is black here scans. What a document asks for is looked at more
strictly in `kvit.paper.payload`; the kinds are in `kvit.paper.symbology`, the modules in `kvit.paper.bars`.

Sizes are without quiet zone, as on paper, where the white around the symbol is the layout's. ``picture`` adds it.

Sources: Epson's reference for operands and defaults. Left out: the upper part of composite symbols (an outline, see
`kvit.paper.composite`), QR model 1 (drawn as model 2).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from kvit.paper import check, code128, qr
from kvit.paper.sheet import Symbol
from kvit.paper.symbology import ADD_ONS, GTIN, ROWED
from kvit.paper.symbology import KINDS as KINDS

if TYPE_CHECKING:
    from kvit.paper.fonts import Bits

MAX_DATA_BYTES = 7_089
"""The longest data any symbol here takes (digits in a QR code)."""
MAX_DOTS = 4_096
"""A symbol wider or taller than this is no symbol a receipt head prints."""
ADD_ON_MODULES = {2: 20, 5: 47}
ADD_ON_GAP = {"upca": 9, "upce": 7, "ean13": 7, "ean8": 7}
"""Modules between a number and its add-on, as zxing-cpp draws them."""

FAULTS = (
    "symbol.empty", "symbol.letters", "symbol.length", "symbol.check_digit", "symbol.elements", "symbol.too_long",
    "symbol.code_set", "symbol.unsupported", "symbol.undrawable", "symbol.too_wide",
)  # fmt: skip
"""Why a symbol is not printed; each is on a page in the docs."""


class Prepared(msgspec.Struct, frozen=True):
    """Data ready to draw, letters for people, and a fault code or nothing."""

    data: bytes
    hri: str = ""
    fault: str = ""


_LETTERS = {known.letters: frozenset(known.letters) for known in KINDS.values()}


@lru_cache(maxsize=512)
def prepare(kind: str, data: bytes) -> Prepared:
    """Look at data as the head does. In: the bytes of the command. Out: what will stand in the symbol, or a fault."""
    known = KINDS.get(kind)
    if known is None:
        return Prepared(data, fault="symbol.unsupported")
    if not data:
        return Prepared(data, fault="symbol.empty")
    if len(data) > MAX_DATA_BYTES:
        return Prepared(data[:MAX_DATA_BYTES], fault="symbol.too_long")
    if kind in ("code128", "gs1128"):
        built = _built(kind, data)
        return Prepared(data, built.letters, built.fault)
    written = data.decode("latin-1")
    if kind in ADD_ONS and "+" in written:
        return _with_add_on(kind, written)
    if known.letters and not _LETTERS[known.letters].issuperset(written):
        return Prepared(data, written, "symbol.letters")
    if known.lengths and len(data) not in known.lengths:
        return Prepared(data, written, "symbol.length")
    look: Callable[[str], Prepared] = _PREPARE.get(kind, _as_it_is)
    return look(written)


def _as_it_is(written: str) -> Prepared:
    return Prepared(written.encode("latin-1"), written)


def _with_add_on(kind: str, written: str) -> Prepared:
    """``5901234123457+12``: two or five digits more, which stand beside the symbol and have no check digit."""
    number, _, more = written.partition("+")
    found = prepare(kind, number.encode("latin-1"))
    fault = found.fault or ("" if more.isdigit() and len(more) in ADD_ON_MODULES else "symbol.length")
    return Prepared(found.data + b"+" + more.encode("latin-1"), f"{found.hri} {more}", fault)


def _checked(full: int) -> Callable[[str], Prepared]:
    """Numbers of a fixed length with a check digit: added when it lacks, verified when it is there."""

    def prepared(written: str) -> Prepared:
        body = written[: full - 1]
        whole = body + check.mod10(body)
        fault = "symbol.check_digit" if len(written) == full and written != whole else ""
        return Prepared((written if fault else whole).encode(), written if fault else whole, fault)

    return prepared


def _upce(written: str) -> Prepared:
    """UPC-E from six digits, with number system and check digit, or squeezed from a UPC-A number."""
    if len(written) >= 11:
        body = written[:11]
        short = check.squeezed(body)
        if not short:
            return Prepared(written.encode(), written, "symbol.letters")
    else:
        body = check.expanded(written[1:7] if len(written) >= 7 else written)
        # Some numbers can be squeezed in two ways; heads know one, and readers read both alike.
        short = check.squeezed(body)
    digit = check.mod10(body)
    whole = f"0{short}{digit}"
    given = written[-1] if len(written) in (8, 12) else digit
    if given != digit or (len(written) in (7, 8) and written[0] != "0"):
        return Prepared(written.encode(), written, "symbol.check_digit" if given != digit else "symbol.letters")
    return Prepared(whole.encode(), whole)


def _itf(written: str) -> Prepared:
    """Pairs of digits; a head leaves the last one out when they are odd."""
    even = written[: len(written) // 2 * 2]
    return Prepared(even.encode(), even, "" if even else "symbol.length")


def _codabar(written: str) -> Prepared:
    upper = written.upper()
    fault = "" if len(upper) >= 2 and upper[0] in "ABCD" and upper[-1] in "ABCD" else "symbol.letters"
    if not fault and any(letter in "ABCD" for letter in upper[1:-1]):
        fault = "symbol.letters"
    return Prepared(upper.encode(), upper, fault)


def _code39(written: str) -> Prepared:
    """Start and stop are the printer's to add; senders who wrote them mean the same symbol."""
    body = written.strip("*")
    return Prepared(body.encode(), body, "" if body and "*" not in body else "symbol.letters")


def _code93(written: str) -> Prepared:
    fault = "" if written.isascii() else "symbol.letters"
    return Prepared(written.encode("latin-1"), "".join(c if c.isprintable() else " " for c in written), fault)


def _gtin(written: str) -> Prepared:
    """DataBar: thirteen digits and the check digit; shown with the application identifier (01)."""
    found = _checked(14)(written)
    return Prepared(found.data, f"(01){found.hri}", found.fault)


def _limited(written: str) -> Prepared:
    """DataBar Limited and Stacked Omnidirectional hold numbers that begin with 0 or 1."""
    found = _gtin(written)
    return found if written[0] in "01" else Prepared(found.data, found.hri, "symbol.letters")


def _elements(written: str) -> Prepared:
    """DataBar Expanded: element strings; the head verifies the first check digit, we all that GS1 asks for."""
    from kvit.paper import gs1

    found = gs1.read(written)
    return Prepared(written.encode("latin-1"), gs1.people(found.found) or written, found.fault)


_PREPARE: dict[str, Callable[[str], Prepared]] = {
    "upca": _checked(12), "ean13": _checked(13), "ean8": _checked(8), "upce": _upce, "itf": _itf, "codabar": _codabar,
    "code39": _code39, "code93": _code93, **dict.fromkeys(GTIN, _gtin), "databarlimited": _limited,
    "databarexpanded": _elements, "databarexpandedstacked": _elements,
}  # fmt: skip


def _built(kind: str, data: bytes) -> code128.Built:
    if kind == "gs1128":
        return code128.build_gs1(data)
    return code128.build(data) if data[:1] == b"{" else code128.build_automatic(data)


def modules(
    kind: str, data: bytes, level: str = "", options: tuple[tuple[str, int | str], ...] = ()
) -> tuple[int, int]:
    """Columns and rows in modules of prepared data (rows 1 for bar codes); (0, 0) when it can not be drawn."""
    if kind == "qr":
        side = qr.side(data, level)
        return side, side
    known = KINDS[kind]
    if known.modules:
        return known.modules + (_add_on_modules(kind, data) if kind in ADD_ONS else 0), 1
    if kind in _WIDTHS:
        return _WIDTHS[kind](data), 1
    matrix = matrix_of(kind, data, level, options)
    return (0, 0) if matrix is None else (matrix.shape[1], matrix.shape[0])


def _add_on_modules(kind: str, data: bytes) -> int:
    more = len(data.partition(b"+")[2])
    return ADD_ON_GAP[kind] + ADD_ON_MODULES[more] if more else 0


def _code93_modules(data: bytes) -> int:
    plain = set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")
    return 9 * (sum(1 if byte in plain else 2 for byte in data) + 4) + 1


_WIDTHS: dict[str, Callable[[bytes], int]] = {
    "code39": lambda data: 13 * (len(data) + 2) - 1,
    "itf": lambda data: 9 * len(data) + 9,
    "codabar": lambda data: sum(10 if byte in b"0123456789-$" else 11 for byte in data),
    "code93": _code93_modules,
    "code128": lambda data: _built("code128", data).modules,
    "gs1128": lambda data: _built("gs1128", data).modules,
}


def fits_qr(data: bytes, level: str) -> bool:
    """True when some QR version holds the data at the level."""
    return qr.version(data, level) > 0


def measure(symbol: Symbol) -> tuple[int, int]:
    """Width and height in dots of a symbol without its letters; (0, 0) when it can not be drawn."""
    kind = symbol.kind
    columns, rows = modules(kind, symbol.data, symbol.level, tuple(symbol.options.items()))
    if kind == "maxicode":
        return columns, rows
    tall = symbol.bar_height if KINDS[kind].flat or kind in ROWED else symbol.module
    return columns * symbol.module, rows * max(tall, 1)


def matrix_of(kind: str, data: bytes, level: str, options: tuple[tuple[str, int | str], ...]) -> Bits | None:
    """Modules as a numpy array (rows x columns, True = black), or None when there is no such symbol."""
    from kvit.paper import bars, composite

    if kind == "composite":
        return composite.modules_of(str(dict(options).get("linear", "")), data)
    return bars.matrix_of(kind, data, level, options)


def draw(symbol: Symbol) -> Bits:
    """The dots of a symbol's whole box, upright: rows x columns, True = black; empty when it can not be drawn."""
    import numpy as np

    upright = symbol.direction & 1 == 0
    width, height = (symbol.width, symbol.height) if upright else (symbol.height, symbol.width)
    page = np.zeros((min(height, MAX_DOTS), min(width, MAX_DOTS)), dtype=np.bool_)
    bars = _bars(symbol)
    if bars is None:
        return np.zeros((0, 0), dtype=np.bool_)
    letters = hri_height(symbol) if symbol.hri else 0
    top = letters if symbol.hri_place & 1 else 0
    left = max((page.shape[1] - bars.shape[1]) // 2, 0)
    shown = bars[: max(page.shape[0] - top, 0), : page.shape[1]]
    page[top : top + shown.shape[0], left : left + shown.shape[1]] |= shown
    for row in ([0] if symbol.hri_place & 1 else []) + ([top + bars.shape[0]] if symbol.hri_place & 2 else []):
        if symbol.hri:
            _write(page, symbol, row)
    return page


def _bars(symbol: Symbol) -> Bits | None:
    known = KINDS.get(symbol.kind)
    if known is None or not symbol.data:
        return None
    matrix = matrix_of(symbol.kind, symbol.data, symbol.level, tuple(symbol.options.items()))
    if matrix is None:
        return None
    if symbol.kind == "maxicode":
        return matrix
    tall = symbol.bar_height if known.flat or symbol.kind in ROWED else symbol.module
    wide_dots = matrix.repeat(symbol.module, axis=1)[:, :MAX_DOTS]
    dots: Bits = wide_dots.repeat(max(tall, 1), axis=0)[:MAX_DOTS]
    return dots


def hri_height(symbol: Symbol) -> int:
    """Dots one line of the letters for people takes."""
    return symbol.hri_style.cell_height * symbol.hri_style.height


def hri_width(symbol: Symbol) -> int:
    """Dots the letters for people take across."""
    return len(symbol.hri) * symbol.hri_style.cell_width * symbol.hri_style.width


def _write(page: Bits, symbol: Symbol, top: int) -> None:
    """Letters for people, centred under or over the bars."""
    from kvit.paper.fonts import glyph

    style = symbol.hri_style
    left = max((page.shape[1] - hri_width(symbol)) // 2, 0)
    for place, letter in enumerate(symbol.hri):
        cell = glyph(letter, style.cell_width, style.cell_height)
        x = left + place * style.cell_width
        room = page[top : top + cell.shape[0], x : x + cell.shape[1]]
        room |= cell[: room.shape[0], : room.shape[1]]


def picture(symbol: Symbol, quiet: int = 4) -> Bits:
    """A symbol standing alone, with a quiet zone of so many modules on each side (10 is asked for by EAN)."""
    import numpy as np

    return np.pad(draw(symbol), quiet * symbol.module)
