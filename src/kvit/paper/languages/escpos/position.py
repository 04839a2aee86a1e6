"""Verbs that move the head without printing: tabs, absolute and relative places, margins, spacings, alignment.

Places count from the left edge of the print area (``GS L``), which lies ``left`` dots from the paper's printable edge.
A place outside the area is refused, as the manuals say. In page mode the same verbs move inside the page's area, along
the direction of printing.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import Printer, Verb, restyle

DEFAULT_TAB_COLUMNS = 8
"""Power-on tab stops: every eighth letter of font A."""
MAX_TABS = 32
"""``ESC D`` takes at most 32 stops."""


def tab(printer: Printer, command: Command) -> None:
    """HT: on to the next stop; nothing when none is left, past the edge when the stop lies there."""
    here = printer.x - printer.left
    if printer.tabs is None:
        step = DEFAULT_TAB_COLUMNS * printer.machine.fonts["A"][0]
        stop: int | None = (here // step + 1) * step
    else:
        stop = next((stop for stop in printer.tabs if stop > here), None)
    if stop is not None:
        printer.x = min(printer.left + stop, printer.right)


def set_tabs(printer: Printer, command: Command) -> None:
    """``ESC D n1..nk NUL``: stops in letters of the present width; they do not move when the width changes."""
    if printer.style is None:
        restyle(printer)
    stops: list[int] = []
    for column in command.raw[2:].rstrip(b"\0")[:MAX_TABS]:
        if stops and column * printer.advance <= stops[-1]:
            break
        stops.append(column * printer.advance)
    printer.tabs = stops


def set_x(printer: Printer, command: Command) -> None:
    """``ESC $ nL nH``: to a place counted from the left of the print area."""
    raw = command.raw
    if "no_absolute_after_text" in printer.machine.quirks and not printer.at_line_start:
        printer.problem("quirk.ignored", command, name=command.name)
        return
    x = printer.left + _along(printer, raw[2] | raw[3] << 8)
    if x <= printer.right:
        printer.x = x
    else:
        printer.problem("position.outside", command, name=command.name, value=x)


def _along(printer: Printer, units: int) -> int:
    """Units along the line: vertical ones where a page's lines run up or down."""
    return printer.down(units) if printer.page is not None and printer.direction & 1 else printer.across(units)


def move_x(printer: Printer, command: Command) -> None:
    """``ESC \\ nL nH``: to a place counted from here, backwards too."""
    raw = command.raw
    units = raw[2] | raw[3] << 8
    if units & 0x8000:
        units -= 0x10000
        if "no_negative_relative" in printer.machine.quirks:
            printer.problem("quirk.ignored", command, name=command.name)
            return
    x = printer.x + (_along(printer, units) if units >= 0 else -_along(printer, -units))
    if printer.left <= x <= printer.right:
        printer.x = x
    else:
        printer.problem("position.outside", command, name=command.name, value=x)


def set_left_margin(printer: Printer, command: Command) -> None:
    """``GS L nL nH``, at a line start of standard mode."""
    raw = command.raw
    _set_area(printer, command, printer.across(raw[2] | raw[3] << 8), printer.area_width)


def set_area_width(printer: Printer, command: Command) -> None:
    """``GS W nL nH``, at a line start of standard mode."""
    raw = command.raw
    _set_area(printer, command, printer.margin, printer.across(raw[2] | raw[3] << 8))


def _set_area(printer: Printer, command: Command, margin: int, width: int) -> None:
    if printer.page is not None:
        printer.margin, printer.area_width = margin, width
        return
    if not printer.at_line_start:
        printer.problem("line.not_at_start", command, name=command.name)
        return
    printer.margin, printer.area_width = margin, width
    apply_area(printer)


def apply_area(printer: Printer) -> None:
    """Put margin and width in force; an area too narrow for one letter is widened to one, as Epson's manuals say."""
    paper = printer.machine.width_dots
    narrowest = printer.machine.fonts["A"][0]
    printer.left = min(printer.margin, max(paper - narrowest, 0))
    printer.right = min(printer.left + max(printer.area_width, narrowest), paper)
    printer.x = printer.left


def set_alignment(printer: Printer, command: Command) -> None:
    """``ESC a n``: 0 left, 1 centre, 2 right; only at a line start, in page mode without effect."""
    align = command.raw[2] & 0x0F
    if align == printer.align:
        return
    if align > 2:
        printer.problem("operand.range", command, name=command.name, value=command.raw[2])
    elif printer.page is None and not printer.at_line_start:
        printer.problem("line.not_at_start", command, name=command.name)
    else:
        printer.align = align


def set_motion_units(printer: Printer, command: Command) -> None:
    """``GS P x y``: what one unit of the other commands is, 1/x and 1/y inch; 0 is the model's own."""
    if "no_motion_units" in printer.machine.quirks:
        return
    x, y = command.raw[2], command.raw[3]
    own_x, own_y = printer.machine.units
    printer.unit_x, printer.unit_y = x or own_x, y or own_y


def set_default_line_spacing(printer: Printer, command: Command) -> None:
    """``ESC 2``: the model's own, a sixth of an inch or near it."""
    printer.line_spacing = printer.machine.line_spacing


def set_line_spacing(printer: Printer, command: Command) -> None:
    """``ESC 3 n``: in vertical motion units."""
    printer.line_spacing = printer.down(command.raw[2])


def set_eighth_line_spacing(printer: Printer, command: Command) -> None:
    """``ESC 0``: an eighth of an inch."""
    printer.line_spacing = printer.machine.dpi // 8


def to_line_start(printer: Printer, command: Command) -> None:
    """``GS T n``: to the line start; n = 0 drops what the open line holds, 1 prints it first."""
    from_text = printer.open_from
    if printer.page is not None:
        return
    if command.raw[2] & 1:
        printer.verbs["LF"](printer, command)
    else:
        del printer.boxes[from_text:]
        printer.line_rise = printer.line_drop = 0
        printer.mixed = False
    printer.x = printer.left


VERBS: dict[str, Verb] = {
    "HT": tab, "ESC D": set_tabs, "ESC $": set_x, "ESC \\": move_x, "GS L": set_left_margin, "GS W": set_area_width,
    "ESC a": set_alignment, "GS P": set_motion_units, "ESC 2": set_default_line_spacing, "ESC 3": set_line_spacing,
    "ESC 0": set_eighth_line_spacing, "GS T": to_line_start,
}  # fmt: skip
