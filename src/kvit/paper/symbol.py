"""Bar codes and 2D symbols: what kinds there are, what data they take, how large they come out, how they look.

``prepare`` looks at the data as a printer does (check digit added or verified, letters for people, a fault where the head
would print nothing); ``measure`` gives the size in dots without drawing, by formula for all that receipts carry and by
drawing for the rest; ``draw`` gives the dots of a sheet's symbol: whole-dot modules, so that what is black here scans.
Drawing is done by zxing-cpp except for Code 128 and GS1-128, whose code sets the sender chooses (``paper.code128``).

Sizes are without quiet zone, as on paper, where the white around the symbol is the layout's. ``picture`` adds it.

Sources: Epson's reference for operands and defaults, ISO/IEC 18004 for QR capacities. Left out: composite symbols (no
library here draws them: fault ``symbol.unsupported``, an outline with the data kept), QR model 1 (drawn as model 2),
MaxiCode modes 2 and 3 without a carrier message (drawn as mode 4).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from kvit.paper import code128, qr
from kvit.paper.sheet import Symbol

if TYPE_CHECKING:
    from kvit.paper.fonts import Bits

MAX_DATA_BYTES = 7_089
"""The longest data any symbol here takes (digits in a QR code)."""
MAX_DOTS = 4_096
"""A symbol wider or taller than this is no symbol a receipt head prints."""


class Kind(msgspec.Struct, frozen=True):
    """One symbology: how zxing-cpp calls it, which letters it takes, how wide n letters are (0: drawn to know)."""

    format: str
    flat: bool = True
    letters: str = ""
    lengths: tuple[int, ...] = ()
    modules: int = 0


DIGITS = "0123456789"
CODE39 = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ -.$/+%*"
CODABAR = DIGITS + "-$:/.+ABCDabcd"

KINDS: dict[str, Kind] = {
    "upca": Kind("UPCA", letters=DIGITS, lengths=(11, 12), modules=95),
    "upce": Kind("UPCE", letters=DIGITS, lengths=(6, 7, 8, 11, 12), modules=51),
    "ean13": Kind("EAN13", letters=DIGITS, lengths=(12, 13), modules=95),
    "ean8": Kind("EAN8", letters=DIGITS, lengths=(7, 8), modules=67),
    "code39": Kind("Code39", letters=CODE39),
    "itf": Kind("ITF", letters=DIGITS),
    "codabar": Kind("Codabar", letters=CODABAR),
    "code93": Kind("Code93"),
    "code128": Kind("Code128"),
    "gs1128": Kind("Code128"),
    "databar": Kind("DataBarOmni", letters=DIGITS, lengths=(13, 14), modules=96),
    "databartruncated": Kind("DataBarOmni", letters=DIGITS, lengths=(13, 14), modules=96),
    "databarlimited": Kind("DataBarLtd", letters=DIGITS, lengths=(13, 14), modules=79),
    "databarexpanded": Kind("DataBarExp"),
    "databarstacked": Kind("DataBarStk", False, DIGITS, (13, 14)),
    "databarstackedomni": Kind("DataBarStkOmni", False, DIGITS, (13, 14)),
    "databarexpandedstacked": Kind("DataBarExpStk", False),
    "qr": Kind("QRCode", False),
    "microqr": Kind("MicroQRCode", False),
    "pdf417": Kind("PDF417", False),
    "maxicode": Kind("MaxiCode", False),
    "datamatrix": Kind("DataMatrix", False),
    "aztec": Kind("Aztec", False),
    "composite": Kind("", False),
}
"""Names of symbologies, also those a printer profile lists."""

FAULTS = (
    "symbol.empty", "symbol.letters", "symbol.length", "symbol.check_digit", "symbol.too_long", "symbol.code_set",
    "symbol.unsupported", "symbol.undrawable", "symbol.too_wide",
)  # fmt: skip
"""Why a symbol is not printed; each is on a page in the docs."""


class Prepared(msgspec.Struct, frozen=True):
    """Data ready to draw, letters for people, and a fault code or nothing."""

    data: bytes
    hri: str = ""
    fault: str = ""


def check_digit(digits: str) -> str:
    """The modulo-10 digit of EAN, UPC and GS1 numbers: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@lru_cache(maxsize=512)
def prepare(kind: str, data: bytes) -> Prepared:
    """Look at data as the head does. In: the bytes of the command. Out: what will stand in the symbol, or a fault."""
    known = KINDS.get(kind)
    if known is None or not known.format:
        return Prepared(data, fault="symbol.unsupported")
    if not data:
        return Prepared(data, fault="symbol.empty")
    if len(data) > MAX_DATA_BYTES:
        return Prepared(data[:MAX_DATA_BYTES], fault="symbol.too_long")
    if kind in ("code128", "gs1128"):
        built = _built(kind, data)
        return Prepared(data, built.letters, built.fault)
    written = data.decode("latin-1")
    if known.letters and any(letter not in known.letters for letter in written):
        return Prepared(data, written, "symbol.letters")
    if known.lengths and len(data) not in known.lengths:
        return Prepared(data, written, "symbol.length")
    look: Callable[[str], Prepared] = _PREPARE.get(kind, _as_it_is)
    return look(written)


def _as_it_is(written: str) -> Prepared:
    return Prepared(written.encode("latin-1"), written)


def _checked(full: int) -> Callable[[str], Prepared]:
    """Numbers of a fixed length with a check digit: added when it lacks, verified when it is there."""

    def prepared(written: str) -> Prepared:
        body = written[: full - 1]
        whole = body + check_digit(body)
        fault = "symbol.check_digit" if len(written) == full and written != whole else ""
        return Prepared((written if fault else whole).encode(), written if fault else whole, fault)

    return prepared


def _upce(written: str) -> Prepared:
    """UPC-E from six digits, with number system and check digit, or squeezed from a UPC-A number."""
    if len(written) >= 11:
        body = written[:11]
        short = _squeezed(body)
        if not short:
            return Prepared(written.encode(), written, "symbol.letters")
    else:
        body = _expanded(written[1:7] if len(written) >= 7 else written)
        short = written[1:7] if len(written) >= 7 else written
    digit = check_digit(body)
    whole = f"0{short}{digit}"
    given = written[-1] if len(written) in (8, 12) else digit
    if given != digit or (len(written) in (7, 8) and written[0] != "0"):
        return Prepared(written.encode(), written, "symbol.check_digit" if given != digit else "symbol.letters")
    return Prepared(whole.encode(), whole)


def _expanded(short: str) -> str:
    """The UPC-A number (without check digit) six UPC-E digits stand for."""
    a, b, c, d, e, last = list(short)
    if last in "012":
        return f"0{a}{b}{last}0000{c}{d}{e}"
    if last == "3":
        return f"0{a}{b}{c}00000{d}{e}"
    if last == "4":
        return f"0{a}{b}{c}{d}00000{e}"
    return f"0{a}{b}{c}{d}{e}0000{last}"


def _squeezed(body: str) -> str:
    """The six digits of a UPC-A number that has zeros where UPC-E wants them; empty when it has not."""
    maker, item = body[1:6], body[6:11]
    if body[0] != "0":
        return ""
    if maker[2] in "012" and maker[3:] == "00" and item[:2] == "00":
        return maker[:2] + item[2:] + maker[2]
    if maker[3:] == "00" and item[:3] == "000":
        return maker[:3] + item[3:] + "3"
    if maker[4] == "0" and item[:4] == "0000":
        return maker[:4] + item[4] + "4"
    return maker + item[4] if item[:4] == "0000" and item[4] in "56789" else ""


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


_PREPARE: dict[str, Callable[[str], Prepared]] = {
    "upca": _checked(12), "ean13": _checked(13), "ean8": _checked(8), "upce": _upce, "itf": _itf, "codabar": _codabar,
    "code39": _code39, "code93": _code93, "databar": _gtin, "databartruncated": _gtin, "databarlimited": _gtin,
    "databarstacked": _gtin, "databarstackedomni": _gtin,
}  # fmt: skip


def _built(kind: str, data: bytes) -> code128.Built:
    if kind == "gs1128":
        return code128.build_automatic(data, gs1=True)
    return code128.build(data) if data[:1] == b"{" else code128.build_automatic(data)


def modules(
    kind: str, data: bytes, level: str = "", options: tuple[tuple[str, int | str], ...] = ()
) -> tuple[int, int]:
    """Columns and rows in modules of prepared data (rows 1 for bar codes); (0, 0) when it can not be drawn."""
    if kind in _WIDTHS:
        return _WIDTHS[kind](data), 1
    known = KINDS[kind]
    if known.modules:
        return known.modules, 1
    if kind == "qr":
        side = qr.side(data, level)
        return side, side
    matrix = matrix_of(kind, data, level, options)
    return (0, 0) if matrix is None else (matrix.shape[1], matrix.shape[0])


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
    columns, rows = modules(symbol.kind, symbol.data, symbol.level, tuple(symbol.options.items()))
    if symbol.kind == "maxicode" and columns:
        return columns + columns // 2, rows + rows // 2
    tall = symbol.bar_height if KINDS[symbol.kind].flat or symbol.kind == "pdf417" else symbol.module
    return columns * symbol.module, rows * max(tall, 1)


@lru_cache(maxsize=256)
def matrix_of(kind: str, data: bytes, level: str, options: tuple[tuple[str, int | str], ...]) -> Any:
    """Modules as a numpy array (rows x columns, True = black), or None when zxing-cpp can not make it."""
    import numpy as np
    import zxingcpp

    known = KINDS[kind]
    asked = {**_wishes(kind, data, level), **{name: value for name, value in options if name in _PASSED}}
    content = _content(data) if not known.flat else data.decode("latin-1")
    try:
        made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, known.format), **asked)
        dots = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    except (ValueError, RuntimeError, TypeError):
        return None
    if kind == "pdf417":
        return dots[::3]
    return dots[:1] if known.flat else dots


_PASSED = ("columns", "rows", "version", "mode")


def _content(data: bytes) -> str | bytes:
    """Letters where the data are UTF-8 (the drawing then says so), bytes as they are where not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _wishes(kind: str, data: bytes, level: str) -> dict[str, Any]:
    """What to ask of zxing-cpp besides the data."""
    if kind == "qr":
        return {"ec_level": level or "L", "version": qr.version(data, level)}
    return {"ec_level": level} if level else {}


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


def _bars(symbol: Symbol) -> Any:
    import numpy as np

    known = KINDS.get(symbol.kind)
    if known is None or not known.format or not symbol.data:
        return None
    if symbol.kind in ("code128", "gs1128"):
        built = _built(symbol.kind, symbol.data)
        if built.fault:
            return None
        widths = code128.bars(built.values)
        matrix = np.repeat(np.arange(len(widths)) % 2 == 0, widths)[None, :]
    else:
        matrix = matrix_of(symbol.kind, symbol.data, symbol.level, tuple(symbol.options.items()))
        if matrix is None:
            return None
    if symbol.kind == "maxicode":
        # A MaxiCode is 28 mm wide whatever the head: 149 dots of the drawing become 223 of 203 dpi.
        rows, columns = (np.arange(side + side // 2) * 2 // 3 for side in matrix.shape)
        return matrix[rows][:, columns]
    tall = symbol.bar_height if KINDS[symbol.kind].flat or symbol.kind == "pdf417" else symbol.module
    dots = matrix.repeat(symbol.module, axis=1)[:, :MAX_DOTS]
    return dots.repeat(max(tall, 1), axis=0)[:MAX_DOTS]


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
