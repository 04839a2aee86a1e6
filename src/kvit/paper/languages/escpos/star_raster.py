"""Star's raster mode on paper: rows of dots between ``ESC * r A`` and ``ESC * r B``, what the machine does among them.

``b`` and ``k`` bring a row each; rows that follow one another are one picture, also those at hand when the stream ends.
``ESC * r Y n`` passes n rows. ``ESC FF NUL`` ends a page as ``ESC * r F n`` has set, ``ESC FF EOT`` and leaving the mode
with rows at hand end the document as ``ESC * r E n`` has: 8 and 9 cut fully, 12 and 13 partially, 36 and 37 fully before a
presenter; the odd ones of each pair feed to the blade first, which the sheet does not show. What is set is 13 to begin
with, and again with ``A`` and ``R``. ``ESC * r D n`` drives a drawer: 1, 2 or both by 3. Source: STAR Line Mode Command
Specifications, raster commands.

Left out: page length (a page ends where its rows do), margins, quality, colour, the buzzer.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper import image
from kvit.paper.languages.escpos import mechanism, picture
from kvit.paper.languages.escpos.line import blank
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.logo import Logo

FULL, PARTIAL = ("8", "9", "36", "37"), ("12", "13")
USUAL = {"E": "13", "F": "13"}
DRAWERS = {"1": (2,), "2": (5,), "3": (2, 5)}
DRAWER_MS = (200, 200)
DIGITS_MAX = 5


def row(printer: Printer, command: Command) -> None:
    """``b nL nH d``: one row of dots, joined to the picture above it."""
    data = command.raw[3:]
    columns = min(len(data) * 8, image.MAX_COLUMNS, printer.right - printer.left)
    if len(printer.settings.get("raster", ())) == image.MAX_ROWS:
        flush(printer, command)
    rows: list[bytes] = printer.settings.setdefault("raster", [])
    rows.append(image.fit(data, len(data) * 8, 1, columns, 1) if columns else b"")


def flush(printer: Printer, command: Command) -> bool:
    """Put the rows gathered so far on the paper as one picture; False where there were none."""
    rows: list[bytes] = printer.settings.pop("raster", [])
    if not rows:
        return False
    size = max(len(each) for each in rows)
    bits = b"".join(each.ljust(size, b"\0") for each in rows)
    picture.across_paper(printer, command, Logo(size * 8, len(rows), bits))
    return True


def begin(printer: Printer, command: Command) -> None:
    """``ESC * r A`` and ``R``: as after power-on."""
    flush(printer, command)
    printer.settings["raster_ends"] = dict(USUAL)


def leave(printer: Printer, command: Command) -> None:
    """``ESC * r B``: what is at hand ends as a document."""
    if flush(printer, command):
        _end(printer, command, "E")


def end(printer: Printer, command: Command) -> None:
    """``ESC FF NUL`` ends a page, ``ESC FF EOT`` the document."""
    flush(printer, command)
    _end(printer, command, "E" if command.raw[-1] == 4 else "F")


def _end(printer: Printer, command: Command, which: str) -> None:
    how = printer.settings.get("raster_ends", USUAL)[which]
    if how in FULL or how in PARTIAL:
        mechanism.cut_paper(printer, command, how in FULL)


def clear(printer: Printer, command: Command) -> None:
    """``ESC * r C``: the rows at hand are dropped."""
    printer.settings.pop("raster", None)


def setting(printer: Printer, command: Command) -> None:
    """``ESC * r x n NUL``, n in digits."""
    raw = command.raw
    letter, digits = chr(raw[3]), raw[4:].rstrip(b"\0").decode("latin-1")
    if letter == "Y" and digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS_MAX:
        flush(printer, command)
        blank(printer, int(digits), command)
    elif letter in USUAL:
        ends = printer.settings.setdefault("raster_ends", dict(USUAL))
        ends[letter] = USUAL[letter] if digits == "0" else digits
    elif letter == "D":
        flush(printer, command)
        for pin in DRAWERS.get(digits, ()):
            mechanism.kick(printer, command, pin, *DRAWER_MS)


VERBS: dict[str, Verb] = {
    "b": row, "k": row, "ESC * r A": begin, "ESC * r R": begin, "ESC * r B": leave, "ESC * r C": clear,
    "ESC * r": setting, "ESC FF": end,
}  # fmt: skip
