"""The open line: where letters wait until something prints them.

A line ends by a feed (LF, ``ESC J``, ``ESC d``), by its right edge, or by a picture that takes the whole width. The
paper then moves by the line spacing, or by the tallest thing on the line when that is taller. Things of different
height stand on one baseline, which lies an eighth of the height above the bottom (dot 21 of 24: ePOS-Print XML says so
for page mode, the same cells are used here).

Alignment and upside-down are properties of the whole line and are done when it ends. In page mode ``y`` is the
baseline itself and a feed only moves it; neither alignment nor upside-down exists there (see ``page``).
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import MAX_BOXES, MAX_FEED_DOTS, MAX_HEIGHT_DOTS, Printer
from kvit.paper.sheet import Box, Picture, Run, Symbol

Raised = Run | Picture | Symbol


def line_feed(printer: Printer, command: Command) -> None:
    """LF: print the open line and feed one line spacing."""
    if printer.swallow_lf:
        printer.swallow_lf = False
        return
    end_line(printer, printer.line_spacing, command)


def end_line(printer: Printer, feed: int, command: Command) -> None:
    """Print the open line and move the paper by ``feed`` dots, by the line's height when that is more."""
    boxes = printer.boxes
    printer.x = printer.left
    if printer.page is not None:
        printer.y += feed
        return
    if printer.open_from != len(boxes):
        if printer.mixed or printer.align or printer.upside_down:
            settle(printer)
        height = printer.line_rise + printer.line_drop
        printer.y += feed if feed > height else height
        printer.open_from = len(boxes)
        printer.line_rise = printer.line_drop = 0
        printer.mixed = False
        if printer.one_line:
            end_one_line_modes(printer)
    elif feed:
        blank(printer, feed, command)


def blank(printer: Printer, feed: int, command: Command) -> None:
    """Feed paper without printing, within the budget of one receipt."""
    room = MAX_FEED_DOTS - printer.fed
    if feed > room:
        if room > 0:
            printer.problem("feed.budget", command, asked=feed, limit=MAX_FEED_DOTS)
        feed = max(room, 0)
    printer.fed += feed
    printer.y += feed


def feed_by(printer: Printer, dots: int, command: Command) -> None:
    """Print the open line, then feed exactly ``dots`` (``ESC J``, ``ESC d``): never less than the line is high."""
    if printer.page is not None or printer.open_from == len(printer.boxes):
        end_line(printer, dots, command)
        return
    height = printer.line_rise + printer.line_drop
    end_line(printer, 0, command)
    if dots > height:
        blank(printer, dots - height, command)


def feed_back(printer: Printer, dots: int, command: Command) -> None:
    """Print the open line, then pull the paper back; never above the top of the sheet."""
    end_line(printer, 0, command)
    printer.y = max(printer.y - dots, 0)


def end_one_line_modes(printer: Printer) -> None:
    """Switch off what holds for one line only (double width by SO on impact and Brazilian printers)."""
    printer.one_line = False
    printer.width = 1
    printer.style = None


def grow(printer: Printer, rise: int, drop: int) -> None:
    """Make room on the open line for something ``rise`` dots above and ``drop`` below the baseline."""
    if printer.line_rise == 0 and printer.line_drop == 0:
        printer.line_rise, printer.line_drop = rise, drop
        return
    if rise != printer.line_rise or drop != printer.line_drop:
        printer.mixed = True
        printer.line_rise = max(printer.line_rise, rise)
        printer.line_drop = max(printer.line_drop, drop)


def rise_of(box: Raised) -> int:
    """How far a box reaches above the baseline: letters hang an eighth below it, pictures as far as a plain letter."""
    if type(box) is Run:
        return box.height - box.height // 8
    return max(box.height - 3, 1)


def settle(printer: Printer) -> None:
    """Put the boxes of the open line where they belong: on one baseline, aligned, turned over."""
    line = printer.boxes[printer.open_from :]
    if printer.mixed:
        for box in line:
            if isinstance(box, Raised):
                box.y = printer.y + printer.line_rise - rise_of(box)
    shift = aligned(printer, max(box.x + box.width for box in line) - printer.left)
    if shift:
        for box in line:
            box.x += shift
    if printer.upside_down:
        turn_over(printer, line)


def turn_over(printer: Printer, line: list[Box]) -> None:
    """Turn a line by 180 degrees inside the print area and its own height."""
    mirror = printer.left + printer.right
    floor = 2 * printer.y + printer.line_rise + printer.line_drop
    for box in line:
        if isinstance(box, Raised):
            box.x = max(mirror - box.x - box.width, 0)
            box.y = floor - box.y - box.height
            box.direction = 2


def aligned(printer: Printer, width: int) -> int:
    """How far something ``width`` dots wide moves right under the alignment in force; none is on a page."""
    if not printer.align or printer.page is not None:
        return 0
    room = printer.right - printer.left - width
    return max(room if printer.align == 2 else room // 2, 0)


def is_full(printer: Printer) -> bool:
    """True when the sheet has reached its limits: nothing more is played."""
    page = printer.page
    if page is None:
        return len(printer.boxes) >= MAX_BOXES or printer.y >= MAX_HEIGHT_DOTS
    count = len(page.paper_boxes) + page.count + len(printer.boxes)
    return count >= MAX_BOXES or page.top >= MAX_HEIGHT_DOTS


def at_start(printer: Printer, command: Command) -> None:
    """Bring the head to a line start for something that needs one; the open line is printed first.

    Epson's manuals say such a command is ignored in mid-line; the heads at hand in public captures print the line and go
    on, and a picture lost from an e-receipt is worse than one that comes a line late. A problem is noted either way.
    """
    if printer.page is None and printer.open_from != len(printer.boxes):
        printer.problem("line.not_at_start", command, name=command.name)
        end_line(printer, 0, command)
