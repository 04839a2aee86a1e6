"""Symbols out as ``ESC b``, ``ESC GS y`` and ``ESC GS x``, alike in line mode and StarPRNT.

Bar codes carry all their settings with them. The widths of bars are asked for by n3: 1 to 3 are modules of 2 to 4 dots; for
Code 39, Codabar and ITF 7 to 9, whose wide bars are two (ITF: three) narrow ones, as our symbols have them. QR: model 2,
level, module, data, print. PDF417: so many columns as the symbol on the sheet has, so that the head makes the same one.
"""

from __future__ import annotations

from kvit.paper import star_reach
from kvit.paper import symbol as symbols
from kvit.paper.sheet import Symbol

WIDE = ("code39", "codabar", "itf")
"""Kinds with narrow and wide bars only."""
PLAIN_LETTERS, LETTERS_BELOW = 1, 2
"""``ESC b`` n2 with the paper fed behind the symbol."""
LEVELS = "LMQH"
QR, PDF417 = b"\x1b\x1dy", b"\x1b\x1dx"
PDF417_FRAME_MODULES = 69
"""Start, stop and both row indicators."""
PDF417_COLUMN_MODULES = 17


class SymbolWriter:
    """What a head remembers of symbols."""

    def __init__(self) -> None:
        self._settings: dict[bytes, bytes] = {}

    def write(self, symbol: Symbol) -> bytes:
        """The bytes that print a symbol at the head's place."""
        if symbol.kind == "qr":
            return self._qr(symbol)
        if symbol.kind == "pdf417":
            return self._pdf417(symbol)
        return _bar_code(symbol)

    def _qr(self, symbol: Symbol) -> bytes:
        level = LEVELS.index(symbol.level or "L")
        out = self._set(QR + b"S0", b"\x02") + self._set(QR + b"S1", bytes([level]))
        out += self._set(QR + b"S2", bytes([symbol.module]))
        return out + QR + b"D1\x00" + len(symbol.data).to_bytes(2, "little") + symbol.data + QR + b"P"

    def _pdf417(self, symbol: Symbol) -> bytes:
        columns = (symbols.measure(symbol)[0] // symbol.module - PDF417_FRAME_MODULES) // PDF417_COLUMN_MODULES
        aspect = max(symbol.bar_height // symbol.module, 1)
        rows = int(symbol.options.get("rows", 0))
        out = self._set(PDF417 + b"S0", bytes((1, rows, columns))) + self._set(PDF417 + b"S2", bytes([symbol.module]))
        out += self._set(PDF417 + b"S3", bytes([aspect]))
        if symbol.level:
            out += self._set(PDF417 + b"S1", bytes([int(symbol.level)]))
        return out + PDF417 + b"D" + len(symbol.data).to_bytes(2, "little") + symbol.data + PDF417 + b"P"

    def _set(self, order: bytes, value: bytes) -> bytes:
        if self._settings.get(order) == value:
            return b""
        self._settings[order] = value
        return order + value


def _bar_code(symbol: Symbol) -> bytes:
    widths = symbol.module - 1 + (6 if symbol.kind in WIDE else 0)
    letters = LETTERS_BELOW if symbol.hri_place else PLAIN_LETTERS
    head = bytes((star_reach.SYSTEMS[symbol.kind], letters, widths, symbol.bar_height))
    return b"\x1bb" + head + _data(symbol) + b"\x1e"


def _data(symbol: Symbol) -> bytes:
    """The data as the head wants them: UPC-E by its twelve digits, DataBar without its check digit."""
    if symbol.kind == "code128":
        return star_reach.code128_of(symbol.data)
    if symbol.kind == "upce":
        return _upca(symbol.data)
    if symbol.kind in ("databar", "databartruncated", "databarlimited"):
        return symbol.data[:13]
    return symbol.data


def _upca(upce: bytes) -> bytes:
    """The UPC-A number, without its check digit, that eight digits of UPC-E stand for."""
    short = upce[1:7]
    last = short[5:6]
    if last in (b"0", b"1", b"2"):
        return b"0" + short[:2] + last + b"0000" + short[2:5]
    if last == b"3":
        return b"0" + short[:3] + b"00000" + short[3:5]
    if last == b"4":
        return b"0" + short[:4] + b"00000" + short[4:5]
    return b"0" + short[:5] + b"0000" + last
