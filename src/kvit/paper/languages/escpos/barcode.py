"""Verbs of bar codes and 2D symbols: ``GS k`` in both forms, ``GS ( k``, and the private forms of other makers.

The sheet keeps a symbol as data with its measures; nothing is drawn here. What a head refuses (a letter the symbology does
not know, a wrong length, a symbol wider than the print area) leaves a problem and no mark on the paper. What only this
house can not draw leaves an outline with the data.

The settings of ``GS ( k`` are in `kvit.paper.languages.escpos.family`.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper import symbol as symbols
from kvit.paper.languages.escpos.family import FAMILIES, SETTERS, Family, level_of, options_of, row_dots, store
from kvit.paper.languages.escpos.family import LEVELS as LEVELS
from kvit.paper.languages.escpos.family import family as family
from kvit.paper.languages.escpos.line import aligned, at_start
from kvit.paper.languages.escpos.page import FIRST_BASELINE
from kvit.paper.languages.escpos.picture import settle_block
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.sheet import Style, Symbol
from kvit.paper.symbology import KINDS

SYSTEMS_A = ("upca", "upce", "ean13", "ean8", "code39", "itf", "codabar")
"""``GS k`` m = 0..6."""
SYSTEMS_B = (
    *SYSTEMS_A, "code93", "code128", "gs1128", "databar", "databartruncated", "databarlimited", "databarexpanded",
    "code128",
)  # fmt: skip
"""``GS k`` m = 65..79; the last chooses its code sets by itself."""
HRI_FONTS = {n: "ABCDE"[n & 0x0F] for n in (*range(5), *range(0x30, 0x35))} | {0x61: "A", 0x62: "B"}
TRUNCATED_BARS = 13
"""DataBar Truncated is 13 modules high, Omnidirectional 33 at least; limited heads ignore ``GS h`` for them."""
OUTLINE = (120, 120)
"""Dots of the outline for a symbol this house can not draw."""
OUTLINED = ("symbol.check_digit", "symbol.elements")
"""Faults a head may print in spite of: an outline stands there, and the data are kept."""
MAX_WIDTH_UNITS = 6


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
    if prepared.fault and prepared.fault not in OUTLINED:
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


def two_dimensional(printer: Printer, command: Command) -> None:
    """``GS ( k``: settings 41h..48h, store 50h, print 51h; the size query 52h prints nothing."""
    raw = command.raw
    if len(raw) < 7:
        return
    settings = family(printer, raw[5])
    function = raw[6]
    if function == 0x50:
        store(settings, raw)
    elif function == 0x51:
        print_stored(printer, command, settings, settings.kind or FAMILIES.get(raw[5], ""))
    elif function in SETTERS and len(raw) > 7:
        SETTERS[function](settings, raw)


def print_stored(printer: Printer, command: Command, settings: Family, kind: str) -> None:
    """Print what a family holds."""
    if kind not in KINDS:
        printer.problem("symbol.unsupported", command, kind=kind)
        return
    if not settings.data:
        printer.problem("symbol.empty", command, kind=kind)
        return
    level, options = level_of(kind, settings), options_of(kind, settings)
    module = 1 if kind == "maxicode" else settings.module
    matrix(printer, command, kind, settings.data, module, level, options, row_dots(kind, settings))


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
    if prepared.fault and prepared.fault not in OUTLINED:
        printer.problem(prepared.fault, command, kind=kind)
        return
    if kind == "composite":
        printer.problem("symbol.partly", command, kind=kind)
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
