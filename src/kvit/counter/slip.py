"""A stored printout as routing sees it: what kind of paper it is, whether it is fiscal, how long. Pure."""

from __future__ import annotations

import msgspec

from kvit.counter.fiscal_marks import is_fiscal
from kvit.counter.routing import Slip
from kvit.paper.languages.stream import play_stream
from kvit.paper.sheet import Sheet, Symbol
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import known_profile

MM_PER_INCH = 25.4
TAKEN_HOME = (Kind.SALE, Kind.REFUND, Kind.COPY)


class Look(msgspec.Struct, frozen=True):
    """What one look at a printout tells."""

    slip: Slip
    paper_mm: int


def look(setting: bytes, raw: bytes, profile: str, reading: Reading | None, text: str, *, waits: bool) -> Look:
    """Look at a printout."""
    sheet = play_stream(setting + raw, known_profile(profile)).sheet
    kind = Kind.OTHER if reading is None else reading.kind
    fiscal = is_fiscal(text, [box for box in sheet.boxes if isinstance(box, Symbol)])
    return Look(Slip(kind, readable=kind is not Kind.OTHER, fiscal=fiscal, waits=waits), paper_mm(sheet))


def paper_mm(sheet: Sheet) -> int:
    """How long the paper is."""
    return round(sheet.height_dots * MM_PER_INCH / sheet.dpi)


def ends_a_visit(slip: Slip) -> bool:
    """Say whether it is what a customer came for: the next one recognised is somebody else. An unread one may be it."""
    return slip.kind in TAKEN_HOME or not slip.readable
