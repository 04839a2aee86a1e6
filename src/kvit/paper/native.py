"""Native symbols: which ones an ESC/POS head prints from their data, and by which numbers it calls them.

A profile lists the kinds its head knows; here is what else must hold: the forms of ``GS k`` it takes, the sizes of a module
each family of ``GS ( k`` takes, the sides and shares that can be said at all. What fails is drawn as a picture.

Source: Epson's ESC/POS reference, ``GS k`` and ``GS ( k`` functions 065 to 682. Star and the ePOS service have their own
numbers (`kvit.paper.star_reach`, `kvit.paper.epos_reach`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kvit.escpos.profiles import Profile
from kvit.paper.live import LIVE, obeys
from kvit.paper.sheet import Symbol
from kvit.paper.symbology import ADD_ONS, ELEMENTS, LINEAR

FORM_A = {"upca": 0, "upce": 1, "ean13": 2, "ean8": 3, "code39": 4, "itf": 5, "codabar": 6}
"""``GS k`` m, data up to NUL; form B of these is m + 65."""
FORM_B = {
    "code93": 72, "code128": 73, "gs1128": 74, "databar": 75, "databartruncated": 76, "databarlimited": 77,
    "databarexpanded": 78,
}  # fmt: skip
"""``GS k`` m, data counted."""
FAMILIES = {
    "pdf417": 48, "qr": 49, "microqr": 49, "maxicode": 50, "databarstacked": 51, "databarstackedomni": 51,
    "databarexpandedstacked": 51, "composite": 52, "aztec": 53, "datamatrix": 54,
}  # fmt: skip
"""``GS ( k`` cn."""
STACKED = {"databarstacked": 72, "databarstackedomni": 73, "databarexpandedstacked": 76}
"""``GS ( k`` family 51, the first byte of the stored data."""
COMPOSITE = {
    "ean8": 65, "ean13": 66, "upca": 67, "upce": 68, "databar": 70, "databartruncated": 71, "databarstacked": 72,
    "databarstackedomni": 73, "databarlimited": 74, "databarexpanded": 75, "databarexpandedstacked": 76, "gs1128": 77,
}  # fmt: skip
"""``GS ( k`` family 52: the letter b of the linear part."""
TAKEN = {
    "ean8": slice(7), "ean13": slice(12), "upca": slice(11), "upce": slice(1, 7), "databar": slice(13),
    "databartruncated": slice(13), "databarlimited": slice(13), "databarstacked": slice(13),
    "databarstackedomni": slice(13),
}  # fmt: skip
"""Which of a number's digits DataBar and composite commands take: the head adds the rest."""
BAR_MODULES = range(2, 7)
"""Dots of ``GS w``."""
MODULES = {
    48: range(2, 9), 49: range(1, 17), 50: range(1, 17), 51: range(2, 9), 52: range(2, 9), 53: range(2, 17),
    54: range(2, 17),
}  # fmt: skip
"""Dots of a module by family; MaxiCode has no such setting."""
ROW_HEIGHTS = range(2, 9)
"""Modules of a PDF417 row."""
AZTEC_SHARES = range(5, 96)
FLAGGED = ("qr", "pdf417")
"""Kinds that have a flag among a profile's features, too. The other families few heads know, and makers number them as they
like (51 is DataMatrix on a Bixolon): they are sent to Epson's heads only, and where the list of symbologies is no guess."""
EPSON = "epson"
GS_K_BYTES_MAX = 255
DATA_BYTES_MAX = 0xFFFF - 5
LIVE_LENGTH = 0x0410 - 4
"""Shorter data have no count that is itself a live command."""


def is_native(symbol: Symbol, profile: Profile) -> bool:
    """True when an ESC/POS head that knows the kind prints this symbol from its data."""
    data = symbol.data
    if (b"\x10" in data or len(data) > LIVE_LENGTH) and obeys(profile) and _is_live(data):
        return False
    family = FAMILIES.get(symbol.kind)
    if family is not None:
        return symbol.module in MODULES[family] and _has_family(symbol, profile)
    if symbol.module not in BAR_MODULES or not 1 <= symbol.bar_height <= GS_K_BYTES_MAX:
        return False
    if symbol.kind in ADD_ONS and not symbol.data.isdigit():
        return False
    if len(data) > GS_K_BYTES_MAX or not _says_elements(symbol):
        return False
    if symbol.kind in FORM_A:
        return profile.has("barcode_b") or profile.has("barcode_a")
    return symbol.kind in FORM_B and profile.has("barcode_b")


def _is_live(data: bytes) -> bool:
    """True when the data, or the count before them, hold what a head obeys at once."""
    return LIVE.search(data) is not None or LIVE.search((len(data) + 3).to_bytes(4, "little")) is not None


def _has_family(symbol: Symbol, profile: Profile) -> bool:
    if symbol.kind in FLAGGED:
        if not profile.has(symbol.kind):
            return False
    elif profile.dialect != EPSON or "symbologies" in profile.unproven:
        return False
    can = _CAN.get(symbol.kind)
    return len(symbol.data) <= DATA_BYTES_MAX and (can is None or can(symbol))


def _pdf417(symbol: Symbol) -> bool:
    return symbol.bar_height % symbol.module == 0 and symbol.bar_height // symbol.module in ROW_HEIGHTS


def _aztec(symbol: Symbol) -> bool:
    """Compact or full must be said, as heads differ in what they choose."""
    return "compact" in symbol.options and int(symbol.level.rstrip("%") or 0) in AZTEC_SHARES


def _datamatrix(symbol: Symbol) -> bool:
    """Columns can be left to the head, rows only with them."""
    rows, columns = int(symbol.options.get("rows", 0)), int(symbol.options.get("columns", 0))
    return rows > 0 or not columns


def _composite(symbol: Symbol) -> bool:
    return symbol.options.get("linear") in LINEAR and b"|" in symbol.data


def _ascii(symbol: Symbol) -> bool:
    """MaxiCode: letters beyond ASCII are taken for Latin-1 by readers; the head can not say otherwise."""
    return symbol.data.isascii()


def _says_elements(symbol: Symbol) -> bool:
    """DataBar Expanded has no writing for parentheses and stars that are data."""
    return symbol.kind not in ELEMENTS or symbol.kind == "gs1128" or not _BRACED.search(symbol.data)


_BRACED = re.compile(rb"\{[()*]")

_CAN: dict[str, Callable[[Symbol], bool]] = {
    "pdf417": _pdf417, "aztec": _aztec, "datamatrix": _datamatrix, "composite": _composite, "maxicode": _ascii,
    "databarexpandedstacked": _says_elements,
}  # fmt: skip
