"""Layout: a document on one printer's paper, as a sheet.

``lay_out(document, profile)`` puts every block where this head will print it, so the sheet already holds the head's
fallbacks: letters it has not are pictures, symbols it does not know are pictures, a cut it can not make is another or none.
Whatever was given up is a ``Problem`` on the sheet (codes below), with the number of its block as ``start``.

Each kind of block has its file under `kvit.paper.laying`; what they share is `kvit.paper.laying.page`.

Codes: ``letters.drawn`` (text, as a picture; where a whole line is one picture, ``line`` is all that stands in it),
``letters.lost`` (text, printed as ``?``: the head takes no picture), ``look.absent`` (word), ``picture.unreadable``
(reason), ``picture.too_large`` (pixels, limit), ``picture.too_long`` (rows, limit), ``picture.absent``, ``logo.unknown``
(key; no picture was given with it), ``symbol.drawn`` (kind), the faults of `kvit.paper.symbol`, ``cut.absent``,
``pulse.absent``, ``beep.absent``, ``table.narrow`` (a letter wider than its column is left out), ``table.cells`` (cells
behind the last column are left out), ``frame.narrow`` (printed without its rule), ``area.absent`` (its parts come one below
the other), ``area.cut`` (something leaves its part and is left out).
"""

from __future__ import annotations

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import document as doc
from kvit.paper.laying import area, code, frame, machine, picture, table, text
from kvit.paper.laying.page import Layer, Page
from kvit.paper.sheet import Sheet

DOTS_PER_INCH_203 = 203
PAPERS_MM = {58: 384, 80: 576, 112: 832}
"""Printable dots of the usual papers at 203 dpi."""


_FITTED: dict[tuple[int, int], tuple[Profile, Profile]] = {}
_FITTED_MAX = 64
"""As many as text engines are kept (`kvit.paper.typeset`), which know a profile by its record."""


def on_paper(profile: Profile, paper_mm: int) -> Profile:
    """The profile with another paper in it: 58, 80 or 112 mm; the profile's own when that is what it has.

    The same record for the same profile and paper, so that what is worked out for it is found again.
    """
    if paper_mm == profile.paper_mm:
        return profile
    known = _FITTED.get((id(profile), paper_mm))
    if known is None or known[0] is not profile:
        dots = PAPERS_MM[paper_mm] * profile.dpi // DOTS_PER_INCH_203 // 8 * 8
        if len(_FITTED) >= _FITTED_MAX:
            _FITTED.clear()
        known = (profile, msgspec.structs.replace(profile, width_dots=dots, paper_mm=paper_mm))
        _FITTED[id(profile), paper_mm] = known
    return known[1]


def lay_out(document: doc.Document, profile: Profile) -> Sheet:
    """Lay a document out on the profile's paper. Never raises for anything a `Document` can hold."""
    page = Page(document, profile, LAYERS)
    for _ in range(document.copies):
        for number, block in enumerate(document.blocks):
            page.block = number
            page.lay(block)
        page.close()
    page.sheet.height_dots = page.y
    return page.sheet


LAYERS: dict[type, Layer] = {
    doc.Text: text.text, doc.Line: text.line, doc.Pair: table.pair, doc.Table: table.table, doc.Frame: frame.frame,
    doc.Area: area.area,
    doc.Image: picture.image, doc.Logo: picture.logo, doc.Code: code.code, doc.Feed: machine.feed, doc.Cut: machine.cut,
    doc.Pulse: machine.pulse, doc.Beep: machine.beep,
}  # fmt: skip
