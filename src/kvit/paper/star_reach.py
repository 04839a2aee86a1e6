"""What a Star head does otherwise than Epson's: the answers behind `kvit.paper.reach` for line mode and StarPRNT.

From Star's Line Mode and StarPRNT command specifications: bar codes have modules of 2, 3 or 4 dots and letters below or
none (``ESC b``); a drawer has times in steps of 10 ms, the second drawer none of its own (``ESC BEL``); a line under
letters has one thickness (``ESC -``); a QR code has modules up to 8 dots (``ESC GS y``).

Code 128 has its own writing there: ``%6 %7 %8`` begin set A, B or C, ``%1`` to ``%4`` are the function letters, ``%0`` is a
per cent sign. A change of sets within a symbol has none, so such a symbol is drawn.
"""

from __future__ import annotations

from kvit.paper import code128
from kvit.paper.sheet import Symbol

LANGUAGES = ("star-line", "starprnt")
"""Names of `kvit.paper.languages.registry`."""
RASTER = "star-raster"
"""The language of heads that print rows of dots only: all is drawn, so they have whatever can be drawn."""
SYSTEMS = {
    "upce": 0, "upca": 1, "ean8": 2, "ean13": 3, "code39": 4, "itf": 5, "code128": 6, "code93": 7, "codabar": 8,
    "gs1128": 9, "databar": 10, "databartruncated": 11, "databarlimited": 12, "databarexpanded": 13,
}  # fmt: skip
"""``ESC b`` n1."""
BAR_MODULES = (2, 3, 4)
"""Dots of the narrow bar ``ESC b`` n3 can ask for with the widths of bars our symbols have."""
BELOW = 2
"""``Symbol.hri_place`` of letters below."""
MODULE_MAX = 8
"""Of a QR code (``ESC GS y S 2``)."""
PDF417_BYTES_MAX = 1_024
"""Of ``ESC GS x D``."""
COUNTS = {"columns", "rows"}
"""What ``ESC GS x S 0`` can ask of a PDF417 symbol's shape."""
PULSE_STEP_MS = 10
PULSE_MS_MAX = 1_270
SECOND_DRAWER_MS = 200
STARTS = {"A": b"%6", "B": b"%7", "C": b"%8"}


def pulse_ms(pin: int, on_ms: int, off_ms: int) -> tuple[int, int]:
    """The times the drawer's magnet is really on and off: whole steps for the first drawer, fixed for the second."""
    if pin == 5:
        return SECOND_DRAWER_MS, SECOND_DRAWER_MS
    return _step(on_ms), _step(off_ms)


def _step(wished_ms: int) -> int:
    return min(max(wished_ms // PULSE_STEP_MS, 1) * PULSE_STEP_MS, PULSE_MS_MAX)


def is_native(symbol: Symbol) -> bool:
    """True when a Star head prints this symbol from its data as it is drawn here (the profile knows the kind)."""
    if symbol.kind == "qr":
        return symbol.module <= MODULE_MAX and not symbol.options
    if symbol.kind == "pdf417":
        return symbol.module <= MODULE_MAX and len(symbol.data) <= PDF417_BYTES_MAX and symbol.options.keys() <= COUNTS
    if symbol.kind not in SYSTEMS or symbol.module not in BAR_MODULES:
        return False
    if symbol.hri_place not in (0, BELOW) or not 1 <= symbol.bar_height <= 255:
        return False
    return bool(code128_of(symbol.data)) if symbol.kind == "code128" else _is_plain(symbol.data)


def _is_plain(data: bytes) -> bool:
    """Letters only: RS would end the command, and per cent signs are orders."""
    return all(0x20 <= byte < 0x7F and byte != 0x25 for byte in data)


def code128_of(data: bytes) -> bytes:
    """Data with brace orders (``kvit.paper.code128``) in Star's writing; empty where it has none for them."""
    start = STARTS.get(data[1:2].decode("latin-1"), b"") if data[:1] == b"{" else b""
    body = data[2:]
    if not start or not body:
        return b""
    if start == STARTS["C"]:
        return _digits(data)
    made = bytearray(start)
    place = 0
    while place < len(body):
        letter = body[place : place + 1]
        if letter == b"{":
            place += 1
            order = body[place : place + 1]
            if order not in (b"{", b"1", b"2", b"3", b"4"):
                return b""
            letter = b"{" if order == b"{" else b"%" + order
        elif letter == b"%":
            letter = b"%0"
        elif not 0x20 <= letter[0] < 0x7F:
            return b""
        made += letter
        place += 1
    return bytes(made)


def _digits(data: bytes) -> bytes:
    """Pairs of set C as the digits they stand for; empty where something else stands among them."""
    built = code128.build(data)
    if b"{" in data[2:] or built.fault or not built.letters.isdecimal():
        return b""
    return STARTS["C"] + built.letters.encode("ascii")


def braced(data: bytes) -> bytes:
    """The way back: Star's writing with brace orders; data without a start are for the head to choose, and come plain."""
    starts = {order: name for name, order in STARTS.items()}
    chosen = starts.get(data[:2], "")
    made = bytearray(b"{" + chosen.encode() if chosen else b"")
    place = len(made)
    while place < len(data):
        letter, following = data[place : place + 1], data[place + 1 : place + 2]
        if chosen == "C" and letter.isdigit() and following.isdigit():
            made.append(int(letter + following))
            place += 2
            continue
        if letter != b"%":
            made += b"{{" if letter == b"{" and chosen else letter
            place += 1
            continue
        made += _function(following, bool(chosen))
        place += 2
    return bytes(made)


def _function(order: bytes, orders: bool) -> bytes:
    """What a per cent sign and the letter behind it stand for."""
    if order in (b"1", b"2", b"3", b"4"):
        return b"{" + order if orders else b""
    if order == b"5":
        return b"\x7f"
    if order and 0x40 <= order[0] <= 0x5F:
        return bytes([order[0] - 0x40])
    return b"%" if order == b"0" else b""
