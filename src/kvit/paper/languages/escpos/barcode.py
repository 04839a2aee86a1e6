"""Verbs of bar codes and 2D symbols: ``GS k`` in both forms, ``GS ( k``, and the private forms of other makers.

The sheet keeps a symbol as data with its measures; nothing is drawn here. What a head refuses (a letter the symbology does
not know, a wrong length, a symbol wider than the print area) leaves a problem and no mark on the paper. What only this
house can not draw leaves an outline with the data.

Each 2D family (``cn``) has its own settings and its own stored data, which live until ``ESC @``.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.escpos.command import Command
from kvit.paper import symbol as symbols
from kvit.paper.languages.escpos.line import aligned, at_start
from kvit.paper.languages.escpos.page import FIRST_BASELINE
from kvit.paper.languages.escpos.picture import settle_block
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.sheet import Style, Symbol

SYSTEMS_A = ("upca", "upce", "ean13", "ean8", "code39", "itf", "codabar")
"""``GS k`` m = 0..6."""
SYSTEMS_B = (
    *SYSTEMS_A, "code93", "code128", "gs1128", "databar", "databartruncated", "databarlimited", "databarexpanded",
    "code128",
)  # fmt: skip
"""``GS k`` m = 65..79; the last chooses its code sets by itself."""
FAMILIES = {
    0x30: "pdf417", 0x31: "qr", 0x32: "maxicode", 0x33: "databarstacked", 0x34: "composite", 0x35: "aztec",
    0x36: "datamatrix",
}  # fmt: skip
STACKED = {0x48: "databarstacked", 0x49: "databarstackedomni", 0x4C: "databarexpandedstacked"}
"""Kinds within family 33h, by the first byte of the stored data."""
LEVELS = "LMQH"
HRI_FONTS = {
    0: "A",
    1: "B",
    2: "C",
    3: "D",
    4: "E",
    0x30: "A",
    0x31: "B",
    0x32: "C",
    0x33: "D",
    0x34: "E",
    0x61: "A",
    0x62: "B",
}
TRUNCATED_BARS = 13
"""DataBar Truncated is 13 modules high, Omnidirectional 33 at least; limited heads ignore ``GS h`` for them."""
OUTLINE = (120, 120)
"""Dots of the outline for a symbol this house can not draw."""
DATAMATRIX_SQUARES = (
    10,
    12,
    14,
    16,
    18,
    20,
    22,
    24,
    26,
    32,
    36,
    40,
    44,
    48,
    52,
    64,
    72,
    80,
    88,
    96,
    104,
    120,
    132,
    144,
)
DATAMATRIX_RECTANGLES = {(8, 18): 25, (8, 32): 26, (12, 26): 27, (12, 36): 28, (16, 36): 29, (16, 48): 30}
MAX_WIDTH_UNITS = 6


class Family(msgspec.Struct):
    """Settings of one 2D family, and the data stored for it."""

    module: int = 3
    row_height: int = 3
    columns: int = 0
    rows: int = 0
    level: str = ""
    truncated: bool = False
    mode: int = 2
    model: int = 0x32
    shape: tuple[int, int] = (0, 0)
    data: bytes = b""
    kind: str = ""


def set_hri_place(printer: Printer, command: Command) -> None:
    """``GS H n``: letters above (1), below (2), both (3)."""
    printer.hri_place = command.raw[2] & 3


def set_hri_font(printer: Printer, command: Command) -> None:
    """``GS f n``."""
    font = HRI_FONTS.get(command.raw[2], "A")
    printer.hri_font = font if font in printer.machine.fonts else "A"


def set_bar_height(printer: Printer, command: Command) -> None:
    """``GS h n``: dots, 1..255."""
    printer.bar_height = max(command.raw[2], 1)


def set_bar_module(printer: Printer, command: Command) -> None:
    """``GS w n``: dots of the narrow bar; 68..76 are half steps of the same range on newer models."""
    n = command.raw[2]
    if 1 <= n <= MAX_WIDTH_UNITS:
        printer.bar_module = n
    elif 68 <= n <= 76:
        printer.bar_module = (n - 64) // 2
    else:
        printer.problem("operand.range", command, name=command.name, value=n)


def bar_code(printer: Printer, command: Command) -> None:
    """``GS k``: form A up to NUL, form B counted."""
    raw = command.raw
    m = raw[2]
    if m < len(SYSTEMS_A):
        if raw[-1:] != b"\0" or len(raw) < 4:
            printer.problem("symbol.letters", command, kind=SYSTEMS_A[m])
            return
        one_dimensional(printer, command, SYSTEMS_A[m], raw[3:-1])
        if "barcode_settings_reset" in printer.machine.quirks:
            printer.hri_place, printer.bar_height, printer.bar_module = 0, printer.machine.bar_height, 3
    elif 0x41 <= m < 0x41 + len(SYSTEMS_B):
        kind, count, data = SYSTEMS_B[m - 0x41], raw[3], raw[4:]
        if len(data) < count:
            printer.problem("symbol.letters", command, kind=kind)
            return
        one_dimensional(printer, command, kind, data[:count])
    elif m == 0x0B and len(raw) > 6:
        elgin_qr(printer, command)
    else:
        printer.problem("symbol.unsupported", command, system=m)


def one_dimensional(printer: Printer, command: Command, kind: str, data: bytes) -> None:
    """A bar code with the height, width and letters set for bar codes."""
    prepared = symbols.prepare(kind, data)
    if prepared.fault and prepared.fault != "symbol.check_digit":
        printer.problem(prepared.fault, command, kind=kind)
        return
    height = printer.bar_height
    if kind == "databartruncated":
        height = TRUNCATED_BARS * printer.bar_module
    cell_width, cell_height = printer.machine.fonts.get(printer.hri_font) or printer.machine.fonts["A"]
    place = printer.hri_place
    made = Symbol(
        0, 0, 0, 0, kind, prepared.data, printer.bar_module, height,
        hri=prepared.hri if place else "", hri_place=place,
        hri_style=Style(printer.hri_font, cell_width, cell_height), fault=prepared.fault,
    )  # fmt: skip
    put(printer, command, made)


def put(printer: Printer, command: Command, made: Symbol, hangs: bool = False) -> None:
    """Measure a symbol, find its place, and put it on the sheet."""
    at_start(printer, command)
    width, height = OUTLINE if made.fault else symbols.measure(made)
    if not width:
        made.fault = "symbol.undrawable"
        width, height = OUTLINE
    if made.fault:
        printer.problem(made.fault, command, kind=made.kind)
    room = printer.right - printer.x
    if width > room:
        printer.problem("symbol.too_wide", command, kind=made.kind, width=width, room=room)
        return
    if made.hri:
        width = min(max(width, symbols.hri_width(made)), room)
        height += symbols.hri_height(made) * (made.hri_place & 1) + symbols.hri_height(made) * (made.hri_place >> 1)
    made.start, made.end = command.offset, command.end
    made.width, made.height = width, height
    made.x = printer.x + aligned(printer, width + printer.x - printer.left)
    made.y = _top(printer, height, hangs)
    if printer.upside_down and printer.page is None:
        made.x, made.direction = max(printer.left + printer.right - made.x - width, 0), 2
    printer.boxes.append(made)
    settle_block(printer, width, height)


def _top(printer: Printer, height: int, hangs: bool) -> int:
    """Bar codes stand on a page's baseline, 2D symbols hang from it; in a fresh area they hang from its edge."""
    if printer.page is None:
        return printer.y
    if not hangs:
        return printer.y - height
    return 0 if printer.y == FIRST_BASELINE else printer.y


def family(printer: Printer, cn: int) -> Family:
    """The settings of a 2D family, made with the power-on values when first asked for."""
    found = printer.settings.get(cn)
    if found is None:
        found = printer.settings[cn] = Family(level="L" if cn == 0x31 else "")
    known: Family = found
    return known


def two_dimensional(printer: Printer, command: Command) -> None:
    """``GS ( k``: settings 41h..48h, store 50h, print 51h; the size query 52h prints nothing."""
    raw = command.raw
    if len(raw) < 7:
        return
    settings = family(printer, raw[5])
    function = raw[6]
    if function == 0x50:
        settings.data = raw[8:]
        settings.kind = _kind(raw[5], raw, settings)
    elif function == 0x51:
        print_stored(printer, command, settings, settings.kind or FAMILIES.get(raw[5], ""))
    elif function in SETTERS:
        SETTERS[function](settings, raw)


def _kind(cn: int, raw: bytes, settings: Family) -> str:
    """Which symbology stored data are for; the stacked family says it in the first byte."""
    if cn == 0x33 and len(raw) > 8:
        settings.data = raw[9:]
        return STACKED.get(raw[8], "databarstacked")
    if cn == 0x31:
        return "microqr" if settings.model == 0x33 else "qr"
    return FAMILIES.get(cn, "")


def _set_41(settings: Family, raw: bytes) -> None:
    """PDF417 columns, QR model, MaxiCode mode."""
    value = raw[7]
    settings.columns = value
    settings.model = value
    settings.mode = value - 0x30 if value >= 0x30 else value
    if raw[5] == 0x31 and settings.kind in ("qr", "microqr"):
        settings.kind = "microqr" if value == 0x33 else "qr"


def _set_42(settings: Family, raw: bytes) -> None:
    """PDF417 rows, DataMatrix shape."""
    settings.rows = raw[7]
    if raw[5] == 0x36 and len(raw) >= 10:
        settings.shape = (raw[8], raw[9])


def _set_43(settings: Family, raw: bytes) -> None:
    """Dots of a module."""
    settings.module = min(max(raw[7], 1), 16)


def _set_44(settings: Family, raw: bytes) -> None:
    """PDF417: row height in modules."""
    settings.row_height = min(max(raw[7], 1), 8)


def _set_45(settings: Family, raw: bytes) -> None:
    """Error correction: QR 30h..33h, PDF417 by level or by share, Aztec in percent."""
    value = raw[-1]
    if raw[5] == 0x31:
        settings.level = LEVELS[(value - 0x30) & 3] if 0x30 <= value <= 0x33 else LEVELS[value & 3]
    elif raw[5] == 0x30:
        settings.level = str(value - 0x30) if raw[7] == 0x30 else f"{min(value * 10, 400)}%"
    elif raw[5] == 0x35:
        settings.level = f"{value}%"


def _set_46(settings: Family, raw: bytes) -> None:
    """PDF417: truncated form."""
    settings.truncated = bool(raw[7] & 1)


SETTERS: dict[int, Callable[[Family, bytes], None]] = {
    0x41: _set_41, 0x42: _set_42, 0x43: _set_43, 0x44: _set_44, 0x45: _set_45, 0x46: _set_46,
}  # fmt: skip


def print_stored(printer: Printer, command: Command, settings: Family, kind: str) -> None:
    """Print what a family holds."""
    if kind not in symbols.KINDS:
        printer.problem("symbol.unsupported", command, kind=kind)
        return
    if not settings.data:
        printer.problem("symbol.empty", command, kind=kind)
        return
    options: dict[str, int | str] = {}
    tall = 0
    if kind == "pdf417":
        options = {name: value for name, value in (("columns", settings.columns), ("rows", settings.rows)) if value}
        if settings.truncated:
            options["truncated"] = 1
        tall = settings.row_height * settings.module
    elif kind == "maxicode":
        options = {"mode": settings.mode if settings.mode in (4, 5, 6) else 4}
    elif kind == "datamatrix":
        options = _datamatrix_options(settings.shape)
    level = settings.level if kind in ("qr", "pdf417", "aztec", "microqr") else ""
    matrix(printer, command, kind, settings.data, settings.module, level, options, tall)


def _datamatrix_options(shape: tuple[int, int]) -> dict[str, int | str]:
    columns, rows = shape
    if columns and columns in DATAMATRIX_SQUARES and rows in (0, columns):
        return {"version": DATAMATRIX_SQUARES.index(columns) + 1}
    version = DATAMATRIX_RECTANGLES.get((min(shape), max(shape)))
    return {"version": version} if version else {}


def matrix(
    printer: Printer,
    command: Command,
    kind: str,
    data: bytes,
    module: int,
    level: str = "",
    options: dict[str, int | str] | None = None,
    tall: int = 0,
) -> None:
    """A 2D symbol of any maker's command."""
    prepared = symbols.prepare(kind, data)
    if prepared.fault and prepared.fault != "symbol.unsupported":
        printer.problem(prepared.fault, command, kind=kind)
        return
    if kind == "qr" and not symbols.fits_qr(prepared.data, level):
        printer.problem("symbol.too_long", command, kind=kind)
        return
    made = Symbol(0, 0, 0, 0, kind, prepared.data, module, tall, level, options or {}, fault=prepared.fault)
    put(printer, command, made, hangs=True)


def elgin_size(printer: Printer, command: Command) -> None:
    """``GS o 00 size 00 model`` before ``GS k`` 0Bh (Elgin)."""
    if len(command.raw) >= 6:
        family(printer, 0x31).module = min(max(command.raw[3], 1), 16)


def elgin_qr(printer: Printer, command: Command) -> None:
    """``GS k`` 0Bh level mode ',' data NUL (Elgin): the level as a letter or a digit."""
    raw = command.raw
    letter = chr(raw[3])
    level = letter if letter in LEVELS else LEVELS[raw[3] & 3]
    matrix(printer, command, "qr", raw[6:].rstrip(b"\0"), family(printer, 0x31).module, level)


def rongta_qr(printer: Printer, command: Command) -> None:
    """``GS k`` 0Bh v r data NUL (Rongta): version (0: its own choice) and level; every other system as on Epson."""
    raw = command.raw
    if raw[2] != 0x0B:
        bar_code(printer, command)
        return
    matrix(printer, command, "qr", raw[5:].removesuffix(b"\0"), family(printer, 0x31).module, LEVELS[raw[4] & 3])


def rongta_size(printer: Printer, command: Command) -> None:
    """``GS x n``: QR module of the next symbol (Rongta)."""
    family(printer, 0x31).module = min(max(command.raw[2], 1), 16)


ESC_Z_TYPES = {0: "pdf417", 1: "datamatrix", 2: "qr"}


def set_esc_z_type(printer: Printer, command: Command) -> None:
    """``GS Z n``: what the next ``ESC Z`` prints (SPRT, Goojprt): PDF417, DataMatrix or QR."""
    printer.settings["esc_z"] = ESC_Z_TYPES.get(command.raw[2], "qr")


def esc_z(printer: Printer, command: Command) -> None:
    """``ESC Z m n k nL nH d``: for QR version, level and module size; for PDF417 columns, level and ratio."""
    raw = command.raw
    kind = printer.settings.get("esc_z", "qr")
    data = raw[7 : 7 + (raw[5] | raw[6] << 8)]
    if kind == "qr":
        letter = chr(raw[3])
        level = letter if letter in LEVELS else LEVELS[raw[3] & 3]
        matrix(printer, command, "qr", data, min(max(raw[4], 1), 16) if raw[4] else 4, level)
    elif kind == "pdf417":
        matrix(printer, command, kind, data, 2, str(min(raw[3], 8)), {"columns": raw[2]} if raw[2] else {}, 6)
    else:
        matrix(printer, command, kind, data, min(max(raw[4], 1), 16) if raw[4] else 4)


VERBS: dict[str, Verb] = {
    "GS H": set_hri_place, "GS f": set_hri_font, "GS h": set_bar_height, "GS w": set_bar_module, "GS k": bar_code,
    "GS ( k": two_dimensional, "GS o": elgin_size, "GS x": rongta_size, "GS Z": set_esc_z_type, "ESC Z": esc_z,
}  # fmt: skip
