"""Symbols out as ``GS k`` and ``GS ( k``, with the settings each needs and none it has already.

Bar codes: height ``GS h``, module ``GS w``, letters ``GS H``; the counted form B where the head has it, form A up to NUL
where not. 2D symbols: the settings of their family, store, print. What a symbol leaves open (``level`` of PDF417, its
columns and rows) is left to the head.
"""

from __future__ import annotations

from collections.abc import Callable

from kvit.escpos.profiles import Profile
from kvit.paper import check, native
from kvit.paper.sheet import Symbol
from kvit.paper.symbology import GTIN

FORM_B_FROM = 65
QR_LEVELS = {"L": 48, "M": 49, "Q": 50, "H": 51}
STORE, PRINT = 80, 81
LINEAR_PART, OTHER_PART = 48, 49
AUTOMATIC = 65
"""Composite: CC-A or CC-B, as the data need."""
ROW_DOTS = 49
"""Modules a pair of DataBar Expanded segments takes across; a row has four more."""

Settings = dict[int, bytes]
"""Operands by function."""


class SymbolWriter:
    """What a head remembers of symbols."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._bars: dict[str, int] = {}
        self._said: dict[int, Settings] = {}

    def write(self, symbol: Symbol) -> bytes:
        """The bytes that print a symbol at the head's place."""
        return self._matrix(symbol) if symbol.kind in native.FAMILIES else self._bar_code(symbol)

    def _bar_code(self, symbol: Symbol) -> bytes:
        out = bytearray()
        for order, value in (("h", symbol.bar_height), ("w", symbol.module), ("H", symbol.hri_place)):
            if self._bars.get(order, 0 if order == "H" else -1) != value:
                out += b"\x1d%b%c" % (order.encode(), value)
                self._bars[order] = value
        data = _data(symbol.kind, symbol.data)
        if not self._profile.has("barcode_b"):
            out += b"\x1dk%c%b\x00" % (native.FORM_A[symbol.kind], data)
        else:
            m = native.FORM_B.get(symbol.kind) or native.FORM_A[symbol.kind] + FORM_B_FROM
            out += b"\x1dk%c%c%b" % (m, len(data), data)
        if self._profile.has("barcode_settings_reset"):
            self._bars.clear()
        return bytes(out)

    def _matrix(self, symbol: Symbol) -> bytes:
        family = native.FAMILIES[symbol.kind]
        said = self._said.get(family)
        if said is None:
            said = self._said[family] = dict(_POWER_ON.get(family, {}))
        wanted = _SETTINGS[family](symbol)
        out = b""
        if said != wanted:
            for function, operand in wanted.items():
                if said.get(function) != operand:
                    out += _function(family, function, operand)
            said.update(wanted)
        return out + _stored(family, symbol) + _PRINTS[family]


def _data(kind: str, data: bytes) -> bytes:
    """What the command takes: DataBar without its check digit, UPC-E as the number it stands for (older heads want it)."""
    if kind == "upce":
        digits = data.decode("ascii")
        return f"{check.expanded(digits[1:7])}{digits[-1]}".encode("ascii")
    return data[native.TAKEN[kind]] if kind in GTIN else data


def _stored(family: int, symbol: Symbol) -> bytes:
    """The data, in two parts for composite symbols."""
    if family == native.FAMILIES["composite"]:
        kind = str(symbol.options["linear"])
        below, _, above = symbol.data.partition(b"|")
        first = bytes([0x30, LINEAR_PART, native.COMPOSITE[kind]]) + below[native.TAKEN.get(kind, slice(None))]
        return _function(family, STORE, first) + _function(family, STORE, bytes([0x30, OTHER_PART, AUTOMATIC]) + above)
    sort = native.STACKED.get(symbol.kind)
    data = symbol.data if sort is None else bytes([sort]) + _data(symbol.kind, symbol.data)
    return _function(family, STORE, b"\x30" + data)


def _pdf417(symbol: Symbol) -> Settings:
    made = {65: _byte(symbol, "columns"), 66: _byte(symbol, "rows"), 67: bytes([symbol.module])}
    made[68] = bytes([max(symbol.bar_height // symbol.module, 1)])
    made[69] = bytes([48, 48 + int(symbol.level)]) if symbol.level else _POWER_ON[48][69]
    return made | {70: _byte(symbol, "truncated")}


def _qr(symbol: Symbol) -> Settings:
    model = 51 if symbol.kind == "microqr" else 50
    return {65: bytes([model, 0]), 67: bytes([symbol.module]), 69: bytes([QR_LEVELS[symbol.level or "L"]])}


def _maxicode(symbol: Symbol) -> Settings:
    return {65: bytes([48 + int(symbol.options.get("mode", 4))])}


def _stacked(symbol: Symbol) -> Settings:
    made = {67: bytes([symbol.module])}
    if symbol.kind == "databarexpandedstacked":
        across = (ROW_DOTS * int(symbol.options.get("columns", 1)) + 4) * symbol.module
        made[71] = across.to_bytes(2, "little")
    return made


def _composite(symbol: Symbol) -> Settings:
    return {67: bytes([symbol.module])}


def _aztec(symbol: Symbol) -> Settings:
    kind = 49 if symbol.options.get("compact") else 48
    return {66: bytes([kind, 0]), 67: bytes([symbol.module]), 69: bytes([int(symbol.level.rstrip("%"))])}


def _datamatrix(symbol: Symbol) -> Settings:
    rows, columns = int(symbol.options.get("rows", 0)), int(symbol.options.get("columns", 0))
    oblong = rows != columns
    return {66: bytes([48 + oblong, rows, columns]), 67: bytes([symbol.module])}


def _byte(symbol: Symbol, option: str) -> bytes:
    return bytes([int(symbol.options.get(option, 0))])


_SETTINGS: dict[int, Callable[[Symbol], Settings]] = {
    48: _pdf417, 49: _qr, 50: _maxicode, 51: _stacked, 52: _composite, 53: _aztec, 54: _datamatrix,
}  # fmt: skip
_POWER_ON: dict[int, Settings] = {48: {65: b"\0", 66: b"\0", 69: b"\x31\x01", 70: b"\0"}}
"""Settings every head wakes up with, by family: PDF417 of its own size, a tenth of the data for correction."""


def _function(family: int, function: int, operands: bytes) -> bytes:
    return b"\x1d(k" + (len(operands) + 2).to_bytes(2, "little") + bytes([family, function]) + operands


_PRINTS = {family: _function(family, PRINT, b"\x30") for family in _SETTINGS}
