"""Symbols out as ``GS k`` and ``GS ( k``, with the settings each needs and none it has already.

Bar codes: height ``GS h``, module ``GS w``, letters ``GS H``; the counted form B where the head has it, form A up to NUL
where not. QR: model 2, module, level, store, print. PDF417: module, row height, store, print; columns and correction are
the head's.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper import reach
from kvit.paper.sheet import Symbol

FORM_B_FROM = 65
QR_LEVELS = {"L": 48, "M": 49, "Q": 50, "H": 51}


class SymbolWriter:
    """What a head remembers of symbols."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._bars: dict[str, int] = {}
        self._settings: dict[tuple[int, int], bytes] = {}

    def write(self, symbol: Symbol) -> bytes:
        """The bytes that print a symbol at the head's place."""
        if symbol.kind in reach.FAMILIES:
            return self._matrix(symbol)
        return self._bar_code(symbol)

    def _bar_code(self, symbol: Symbol) -> bytes:
        out = bytearray()
        for order, value in (("h", symbol.bar_height), ("w", symbol.module), ("H", symbol.hri_place)):
            if self._bars.get(order, 0 if order == "H" else -1) != value:
                out += b"\x1d%b%c" % (order.encode(), value)
                self._bars[order] = value
        data = symbol.data
        if not self._profile.has("barcode_b"):
            out += b"\x1dk%c%b\x00" % (reach.FORM_A[symbol.kind], data)
        else:
            m = reach.FORM_B.get(symbol.kind) or reach.FORM_A[symbol.kind] + FORM_B_FROM
            out += b"\x1dk%c%c%b" % (m, len(data), data)
        if self._profile.has("barcode_settings_reset"):
            self._bars.clear()
        return bytes(out)

    def _matrix(self, symbol: Symbol) -> bytes:
        family = reach.FAMILIES[symbol.kind]
        if symbol.kind == "qr":
            settings = {65: b"\x32\x00", 67: bytes([symbol.module]), 69: bytes([QR_LEVELS[symbol.level]])}
        else:
            settings = {67: bytes([symbol.module]), 68: bytes([max(symbol.bar_height // symbol.module, 1)])}
        out = b""
        for function, operand in settings.items():
            if self._settings.get((family, function)) != operand:
                out += _function(family, function, operand)
                self._settings[family, function] = operand
        return out + _function(family, 80, b"\x30" + symbol.data) + _function(family, 81, b"\x30")


def _function(family: int, function: int, operands: bytes) -> bytes:
    return b"\x1d(k" + (len(operands) + 2).to_bytes(2, "little") + bytes([family, function]) + operands
