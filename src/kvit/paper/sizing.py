"""Sizing: the symbol of a document with its data checked and as large as asked, or as there is room for.

Data are made ready as `kvit.paper.symbol.prepare` makes them; a symbol too wide gets a smaller module, down to one dot.
Letters for people wider than the room are left out. Faults are those of `kvit.paper.symbol`.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper import code128
from kvit.paper import symbol as symbols
from kvit.paper.document import Code
from kvit.paper.sheet import Style, Symbol

QR_LEVEL = "M"
MODULES = {"qr": 5, "pdf417": 2, "datamatrix": 5, "aztec": 5, "microqr": 5, "maxicode": 1}
"""Dots of a module where the document leaves it open: half a millimetre and more scans from any telephone."""
HRI_PLACES = {"none": 0, "above": 1, "below": 2, "both": 3}


def symbol_of(block: Code, profile: Profile, room: int, number: int) -> Symbol:
    """The symbol of a block, at most ``room`` dots wide, without its place; ``fault`` says why there is none."""
    known = symbols.KINDS.get(block.kind)
    made = Symbol(0, 0, 0, 0, block.kind, b"", start=number, end=number + 1)
    if known is None:
        made.fault = "symbol.unsupported"
        return made
    try:
        data = block.data.encode("ascii" if known.flat else "utf-8")
    except UnicodeEncodeError:
        made.fault = "symbol.letters"
        return made
    if block.kind == "code128":
        data = code128.braced(data)
    prepared = symbols.prepare(block.kind, data)
    level = (block.level or QR_LEVEL) if block.kind == "qr" else ""
    if not prepared.fault and block.kind == "qr" and not symbols.fits_qr(prepared.data, level):
        prepared = symbols.Prepared(data, fault="symbol.too_long")
    made.data, made.level, made.fault = prepared.data, level, prepared.fault
    font = profile.font
    if known.flat and block.letters != "none":
        made.hri, made.hri_place = prepared.hri, HRI_PLACES[block.letters]
        made.hri_style = Style("A", font.width, font.height)
    made.bar_height = block.height if known.flat else 0
    return made if made.fault else _fitted(made, block, room)


def _fitted(made: Symbol, block: Code, room: int) -> Symbol:
    """The widest module up to the wished one with which the symbol fits between the margins."""
    for module in range(block.module or MODULES.get(made.kind, 2), 0, -1):
        made.module = module
        if made.kind == "pdf417":
            made.bar_height = 3 * module
        if made.kind == "databartruncated":
            made.bar_height = 13 * module
        made.width, made.height = symbols.measure(made)
        if not made.width:
            made.fault = "symbol.undrawable"
            return made
        if made.width <= room:
            if symbols.hri_width(made) > room:
                made.hri, made.hri_place = "", 0
            if made.hri:
                made.width = max(made.width, symbols.hri_width(made))
                made.height += symbols.hri_height(made) * (1 + (made.hri_place == 3))
            return made
    made.fault = "symbol.too_wide"
    return made
