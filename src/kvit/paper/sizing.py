"""Sizing: the symbol of a document, as large as asked, or as there is room for.

Always with white on both sides. A symbol too wide gets a smaller module, PDF417 and DataBar Expanded Stacked fewer columns
with more rows; bars of one dot and QR codes of two are the last resort, told as ``symbol.fine``. Letters for people wider
than the room are left out, told as ``symbol.bare``.

Faults are those of `kvit.paper.symbol` and `kvit.paper.payload`, and ``symbol.option``: a field has a value the kind does
not take. Values of a fault: ``kind``, ``option`` (the field), ``width`` and ``room`` (dots).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import symbol as symbols
from kvit.paper.document import Code
from kvit.paper.payload import Fault, payload_of
from kvit.paper.sheet import Style, Symbol
from kvit.paper.symbology import KINDS, LINEAR, MAXICODE_DOTS, Kind

HRI_PLACES = {"none": 0, "above": 1, "below": 2, "both": 3}
LEVELS = {"qr": "LMQH", "microqr": "LMQ", "rmqr": "MH"}
"""The levels of error correction; the usual one is in `USUAL`."""
_USUAL_OPTIONS: dict[str, dict[str, int | str]] = {"databarexpandedstacked": {"columns": 2}}
USUAL = {"qr": "M", "microqr": "L", "rmqr": "M", "aztec": "23%"}
FIELDS: dict[str, tuple[str, ...]] = {
    "qr": ("level",), "microqr": ("level",), "rmqr": ("level",), "pdf417": ("level", "columns", "rows", "truncated"),
    "micropdf417": ("columns",), "datamatrix": ("columns", "rows"), "aztec": ("level", "compact"), "maxicode": ("mode",),
    "databarexpandedstacked": ("columns",), "composite": ("linear",), "code39": ("check",), "itf": ("check",),
}  # fmt: skip
"""The fields of a `Code` that mean something for a kind."""
COLUMNS_MAX = {"pdf417": 30, "micropdf417": 4, "databarexpandedstacked": 11, "datamatrix": 144}
PDF417_ROWS = range(3, 91)
ROW_MODULES = {"pdf417": 3, "micropdf417": 2}
TRUNCATED_BARS = 13
"""DataBar Truncated is as many modules high."""
SIDES = {"pdf417": (17, 69), "databarexpandedstacked": (49, 4)}
"""Modules across: so many a column, and so many more."""
TRUNCATED_SIDES = (17, 35)
SMALLEST = 2
"""Dots of a module no wish goes below."""
LEAST_BARS = 1
"""Bars that fit no other way: the last resort."""


class _Room(msgspec.Struct, frozen=True):
    """Dots between the margins, and white dots beyond each."""

    dots: int
    beyond: int

    def holds(self, columns: int, module: int, quiet: int) -> bool:
        """True when so many modules of this size fit with their white."""
        white = quiet * module - self.beyond
        return columns * module + (2 * white if white > 0 else 0) <= self.dots


def symbol_of(block: Code, profile: Profile, room: int, number: int, beyond: int = 0) -> Symbol:
    """The symbol of a block, at most ``room`` dots wide, without its place; ``fault``, ``options`` say why there is none.

    Its white may reach ``beyond`` the room by so many dots on each side: margins, and the paper no head reaches.
    """
    made = _made(block, profile, _Room(room, beyond))
    if isinstance(made, Fault):
        made = Symbol(0, 0, 0, 0, block.kind, b"", options=made.values, fault=made.code)
    made.start, made.end = number, number + 1
    return made


def _made(block: Code, profile: Profile, room: _Room) -> Symbol | Fault:
    kind = block.kind
    known = KINDS.get(kind)
    if known is None:
        return Fault("symbol.unsupported", {"kind": kind})
    odd = _odd_field(block)
    if odd:
        return Fault("symbol.option", {"kind": kind, "option": odd})
    found = payload_of(block, known)
    if isinstance(found, Fault):
        return found
    made = Symbol(0, 0, 0, 0, kind, found.data, level=block.level or USUAL.get(kind, ""))
    if kind in FIELDS:
        made.options = _USUAL_OPTIONS.get(kind, {}) | _options(block)
    if known.flat:
        made.bar_height = block.height
        if block.letters != "none":
            made.hri, made.hri_place = found.hri, HRI_PLACES[block.letters]
            font = profile.font
            made.hri_style = Style("A", font.width, font.height)
    return _fitted(made, known, max(block.module or known.module, SMALLEST), room)


def _odd_field(block: Code) -> str:
    """The field with a value this kind does not take; fields that mean nothing to it are passed over."""
    for name in FIELDS.get(block.kind, ()):
        take = _TAKES.get(name)
        if take is not None and not take(block):
            return name
    return ""


def _takes_level(block: Code) -> bool:
    kind, level = block.kind, block.level
    if not level:
        return True
    if kind == "aztec":
        return level.endswith("%") and 5 <= int(level[:-1]) <= 95
    return level in LEVELS[kind] if kind in LEVELS else level.isdigit()


_TAKES: dict[str, Callable[[Code], bool]] = {
    "level": _takes_level,
    "columns": lambda block: block.columns <= COLUMNS_MAX[block.kind],
    "rows": lambda block: block.kind != "pdf417" or not block.rows or block.rows in PDF417_ROWS,
    "linear": lambda block: block.linear in LINEAR,
}


def _options(block: Code) -> dict[str, int | str]:
    """What a symbol's drawing and its command need to know besides the level."""
    made: dict[str, int | str] = {}
    for name in FIELDS[block.kind]:
        value = getattr(block, name)
        if name not in ("level", "check") and value not in ("", 0, False, None):
            made[name] = value if isinstance(value, str) else int(value)
    if block.compact is False and block.kind == "aztec":
        made["compact"] = 0
    return made


def _fitted(made: Symbol, known: Kind, wished: int, room: _Room) -> Symbol | Fault:
    """The widest module up to the wished one with which the symbol and its white fit between the margins."""
    if made.kind == "aztec" and "compact" not in made.options:
        _choose_form(made)
    columns, rows = symbols.modules(made.kind, made.data, made.level, tuple(made.options.items()))
    if not columns:
        return Fault("symbol.too_long" if not known.flat else "symbol.undrawable", {"kind": made.kind})
    if made.kind == "maxicode":
        made.module, (made.width, made.height) = 1, MAXICODE_DOTS
        return made if room.holds(made.width, 1, known.quiet) else _too_wide(made, made.width, room)
    least = LEAST_BARS if known.flat else SMALLEST
    module = wished
    while module >= least and not room.holds(columns, module, known.quiet):
        module -= 1
    if module < least:
        narrower = _narrower(made, known, room)
        if narrower is None:
            return _too_wide(made, least * columns, room)
        (columns, rows), module = narrower, SMALLEST
    made.module = module
    if known.flat:
        return _with_letters(made, columns * module, room.dots)
    made.bar_height = ROW_MODULES.get(made.kind, 0) * module
    made.width, made.height = columns * module, rows * (made.bar_height or module)
    return made


def _too_wide(made: Symbol, width: int, room: _Room) -> Fault:
    return Fault("symbol.too_wide", {"kind": made.kind, "width": width, "room": room.dots})


def _choose_form(made: Symbol) -> None:
    """Aztec: compact where it is enough."""
    made.options = {"compact": 1}
    if symbols.modules(made.kind, made.data, made.level, (("compact", 1),)) == (0, 0):
        made.options = {"compact": 0}


def _narrower(made: Symbol, known: Kind, room: _Room) -> tuple[int, int] | None:
    """Fewer columns with more rows at the smallest module, where the kind has such a choice."""
    each, edge = TRUNCATED_SIDES if made.options.get("truncated") else SIDES.get(made.kind, (0, 0))
    if not each:
        return None
    columns = int(made.options.get("columns", COLUMNS_MAX[made.kind]))
    while columns and not room.holds(columns * each + edge, SMALLEST, known.quiet):
        columns -= 1
    options = made.options | {"columns": columns}
    options.pop("rows", None)
    found = symbols.modules(made.kind, made.data, made.level, tuple(options.items())) if columns else (0, 0)
    # Data that need more columns get them, unasked.
    if not found[0] or not room.holds(found[0], SMALLEST, known.quiet):
        return None
    made.options = options
    return found


def _with_letters(made: Symbol, width: int, room: int) -> Symbol:
    """A bar code's box: bars and letters for people, as far as these fit."""
    if made.kind == "databartruncated":
        made.bar_height = TRUNCATED_BARS * made.module
    made.width, made.height = width, made.bar_height
    letters = symbols.hri_width(made)
    if letters > room:
        made.hri, made.hri_place = "", 0
    if made.hri:
        made.width = max(width, letters)
        made.height += symbols.hri_height(made) * (1 + (made.hri_place == 3))
    return made
