"""Families of 2D symbols: what ``GS ( k`` has set for each, and the data it has stored.

Each family (``cn``) has settings and data of its own, which live until ``ESC @``. Here they become what a sheet's symbol
says: its kind, its level, its options. Source: Epson's ESC/POS reference, ``GS ( k`` functions 065 to 682.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.paper import native
from kvit.paper import symbol as symbols
from kvit.paper.languages.escpos.state import Printer
from kvit.paper.symbology import ROWED

PDF417, QR, MAXICODE, STACKED, COMPOSITE, AZTEC, DATAMATRIX = range(0x30, 0x37)
"""``cn``."""
FAMILIES = {
    PDF417: "pdf417", QR: "qr", MAXICODE: "maxicode", STACKED: "databarstacked", COMPOSITE: "composite", AZTEC: "aztec",
    DATAMATRIX: "datamatrix",
}  # fmt: skip
KINDS = {number: kind for kind, number in native.STACKED.items()}
"""Within family 33h, by the first byte of the stored data."""
LINEAR = {number: kind for kind, number in native.COMPOSITE.items()} | {69: "upce"}
"""Within family 34h, by the letter b of the linear part."""
LEVELS = "LMQH"
MICRO_QR = 0x33
LINEAR_PART = 0x30
DEFAULT_RATIO = (0x31, 1)
"""PDF417: a tenth of the data for correction, as every head wakes up."""
AZTEC_SHARE = 23
STACKED_WIDTH = 141
"""Dots a DataBar Expanded Stacked may take across where nothing is said."""


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
    compact: bool = False
    widest: int = STACKED_WIDTH
    data: bytes = b""
    kind: str = ""
    linear: str = ""
    """Composite: the kind of the lower part; ``data`` are both parts with ``|`` between."""


_POWER_ON = {QR: "L", AZTEC: f"{AZTEC_SHARE}%"}
DATABAR_MODULE = 2


def family(printer: Printer, cn: int) -> Family:
    """The settings of a 2D family, made with the power-on values when first asked for."""
    found = printer.settings.get(cn)
    if found is None:
        module = DATABAR_MODULE if cn in (STACKED, COMPOSITE) else 3
        found = printer.settings[cn] = Family(module, level=_POWER_ON.get(cn, ""))
    known: Family = found
    return known


def store(settings: Family, raw: bytes) -> None:
    """Function 80: the data, and which symbology they are for."""
    cn = raw[5]
    if cn == STACKED and len(raw) > 8:
        settings.kind, settings.data = KINDS.get(raw[8], "databarstacked"), raw[9:]
    elif cn == COMPOSITE and len(raw) > 9:
        _store_part(settings, raw)
    else:
        settings.kind, settings.data = FAMILIES.get(cn, ""), raw[8:]
        if cn == QR and settings.model == MICRO_QR:
            settings.kind = "microqr"


def _store_part(settings: Family, raw: bytes) -> None:
    """The linear part or the 2D part of a composite symbol."""
    below, _, above = settings.data.partition(b"|")
    if raw[8] == LINEAR_PART:
        settings.linear = LINEAR.get(raw[9], "")
        found = symbols.prepare(settings.linear, raw[10:])
        below = raw[10:] if found.fault else found.data
    else:
        above = raw[10:]
    settings.kind, settings.data = "composite", below + b"|" + above


def options_of(kind: str, settings: Family) -> dict[str, int | str]:
    """What the settings mean for a symbol of this kind."""
    make = _OPTIONS.get(kind)
    return make(settings) if make is not None else {}


def _pdf417(settings: Family) -> dict[str, int | str]:
    said = {"columns": settings.columns, "rows": settings.rows, "truncated": int(settings.truncated)}
    return {name: value for name, value in said.items() if value}


def _datamatrix(settings: Family) -> dict[str, int | str]:
    return {name: value for name, value in (("rows", settings.rows), ("columns", settings.columns)) if value}


_OPTIONS: dict[str, Callable[[Family], dict[str, int | str]]] = {
    "pdf417": _pdf417,
    "datamatrix": _datamatrix,
    "maxicode": lambda settings: {"mode": settings.mode},
    "aztec": lambda settings: {"compact": int(settings.compact)},
    "databarexpandedstacked": lambda settings: {"columns": max((settings.widest // settings.module - 4) // 49, 1)},
    "composite": lambda settings: {"linear": settings.linear},
}
LEVELLED = ("qr", "microqr", "pdf417", "aztec")


def level_of(kind: str, settings: Family) -> str:
    """The error correction of a symbol of this kind."""
    return settings.level if kind in LEVELLED else ""


def row_dots(kind: str, settings: Family) -> int:
    """Dots of a row, where rows are higher than modules."""
    return settings.row_height * settings.module if kind in ROWED else 0


def _set_41(settings: Family, raw: bytes) -> None:
    """PDF417 columns, QR model, MaxiCode mode."""
    value = raw[7]
    settings.columns = value
    settings.model = value
    settings.mode = value - 0x30 if value >= 0x30 else value
    if raw[5] == QR and settings.kind in ("qr", "microqr"):
        settings.kind = "microqr" if value == MICRO_QR else "qr"


def _set_42(settings: Family, raw: bytes) -> None:
    """PDF417 rows, Aztec type, DataMatrix shape."""
    if raw[5] == DATAMATRIX and len(raw) >= 10:
        settings.rows, settings.columns = raw[8], raw[9]
    elif raw[5] == AZTEC:
        settings.compact = bool(raw[7] & 1)
    else:
        settings.rows = raw[7]


def _set_43(settings: Family, raw: bytes) -> None:
    """Dots of a module."""
    settings.module = min(max(raw[7], 1), 16)


def _set_44(settings: Family, raw: bytes) -> None:
    """PDF417: row height in modules."""
    settings.row_height = min(max(raw[7], 1), 8)


def _set_45(settings: Family, raw: bytes) -> None:
    """Error correction: QR 30h..33h, PDF417 by level or by share, Aztec in per cent."""
    value = raw[-1]
    if raw[5] == QR:
        settings.level = LEVELS[(value - 0x30) & 3] if 0x30 <= value <= 0x33 else LEVELS[value & 3]
    elif raw[5] == PDF417:
        by_share = "" if (raw[7], value) == DEFAULT_RATIO else f"{min(value * 10, 400)}%"
        settings.level = str(min(max(value - 0x30, 0), 8)) if raw[7] == 0x30 else by_share
    elif raw[5] == AZTEC:
        settings.level = f"{min(max(value, 5), 95)}%"


def _set_46(settings: Family, raw: bytes) -> None:
    """PDF417: truncated form."""
    settings.truncated = bool(raw[7] & 1)


def _set_47(settings: Family, raw: bytes) -> None:
    """DataBar Expanded Stacked: the widest it may be, in dots."""
    settings.widest = raw[7] | raw[8] << 8 if len(raw) > 8 else STACKED_WIDTH


SETTERS: dict[int, Callable[[Family, bytes], None]] = {
    0x41: _set_41, 0x42: _set_42, 0x43: _set_43, 0x44: _set_44, 0x45: _set_45, 0x46: _set_46, 0x47: _set_47,
}  # fmt: skip
