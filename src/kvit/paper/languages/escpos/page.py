"""Page mode: print data gathers on a page in memory, in four directions, and comes out at once.

``ESC L`` opens the page, ``ESC W`` sets the area written in, ``ESC T`` the direction. Inside an area everything runs in the
area's own coordinates: along the direction of printing, and across it from line to line; when the area or the direction
changes and when the page is printed, the boxes are turned into paper coordinates::

    direction 0   starts at the upper left,  runs right       2   starts at the lower right, runs left
    direction 1   starts at the lower left,  runs up          3   starts at the upper right, runs down

``y`` is a baseline here: letters stand on it, bar codes and pictures too, 2D symbols hang below it (ePOS-Print XML,
``position``); it begins at dot 21, so that a plain first line is whole. ``GS $`` and ``GS \\`` move it.

FF prints and leaves, the area going back to its default and the direction staying. ``ESC FF`` prints and keeps all.
CAN empties the present area. ``ESC S`` leaves without printing. A page whose area was set is as tall as its areas; one in
the default area as tall as what is on it (whether heads feed the rest of it, no device was at hand to tell).
"""

from __future__ import annotations

from copy import copy

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import MAX_BOXES, Area, Printer, Verb
from kvit.paper.sheet import Box, Rule

MAX_PAGE_DOTS = 2_400
"""Height of the default area: the largest page buffer in Epson's tables is 117 mm, wide models have a little more."""
FIRST_BASELINE = 21
"""Where the baseline stands in a fresh area: a letter of font A is then just inside."""


class Page:
    """One page being put together: the areas used, what is placed on paper coordinates already, what is not yet."""

    def __init__(self, printer: Printer, verbs: dict[str, Verb]) -> None:
        self.verbs = verbs
        self.paper_boxes = printer.boxes
        self.top = printer.y
        self.default: Area = (0, 0, printer.machine.width_dots, MAX_PAGE_DOTS)
        self.area = self.default
        self.placed: list[tuple[Area, list[Box]]] = []
        self.height = 0
        self.count = 0
        """Boxes placed."""

    def open_area(self, printer: Printer) -> None:
        """Start at the corner of the present area and direction."""
        _, _, width, height = self.area
        printer.boxes = []
        printer.open_from = 0
        printer.left, printer.right = 0, height if printer.direction & 1 else width
        printer.x, printer.y = 0, FIRST_BASELINE

    def close_area(self, printer: Printer) -> None:
        """Turn what was written in the present area into paper coordinates."""
        if printer.boxes:
            self.placed.append((self.area, self._turned(printer, printer.boxes)))
            self.count += len(self.placed[-1][1])
            printer.boxes = []
        if self.area != self.default:
            self.height = max(self.height, self.area[1] + self.area[3])

    def _turned(self, printer: Printer, boxes: list[Box]) -> list[Box]:
        kept = [turn(copy(box), self.area, printer.direction) for box in boxes]
        left, top, width, height = self.area
        return [
            box
            for box in kept
            if box.x + box.width > left and box.x < left + width and box.y + box.height > top and box.y < top + height
        ]

    def print(self, printer: Printer, command: Command) -> None:
        """Put the page on the paper; the data stays on the page."""
        self.close_area(printer)
        bottom = self.height
        if len(self.paper_boxes) + self.count > MAX_BOXES:
            printer.problem("sheet.full", command)
            return
        for _, boxes in self.placed:
            for box in boxes:
                shown = copy(box)
                shown.y += self.top
                bottom = max(bottom, box.y + box.height)
                self.paper_boxes.append(shown)
        self.top += bottom
        self.open_area(printer)

    def leave(self, printer: Printer) -> None:
        """Back to standard mode, on the paper where the page ended."""
        printer.page = None
        printer.boxes = self.paper_boxes
        printer.open_from = len(printer.boxes)
        printer.y = self.top
        printer.verbs = printer.base_verbs
        swap_spacings(printer)
        paper = printer.machine.width_dots
        printer.left = min(printer.margin, paper)
        printer.right = min(printer.left + printer.area_width, paper)
        printer.x = printer.left
        printer.line_rise = printer.line_drop = 0
        printer.mixed = False

    def abandon(self, printer: Printer) -> None:
        """``ESC @`` in page mode: the page is dropped."""
        self.leave(printer)


def turn(box: Box, area: Area, direction: int) -> Box:
    """Move a box from an area's own coordinates to the paper's."""
    left, top, width, height = area
    along, across, long, thick = box.x, box.y, box.width, box.height
    if direction == 0:
        box.x, box.y = left + along, top + across
    elif direction == 1:
        box.x, box.y, box.width, box.height = left + across, top + height - along - long, thick, long
    elif direction == 2:
        box.x, box.y = left + width - along - long, top + height - across - thick
    else:
        box.x, box.y, box.width, box.height = left + width - across - thick, top + along, thick, long
    if not isinstance(box, Rule):
        box.direction = direction
    return box


def swap_spacings(printer: Printer) -> None:
    """Line and letter spacing are kept apart for the two modes."""
    kept = printer.other_mode
    printer.other_mode = (printer.spacing, printer.line_spacing)
    printer.spacing, printer.line_spacing = kept
    printer.style = None


def begin(printer: Printer, command: Command) -> None:
    """``ESC L``; what is open on the line goes first (the manual wants it sent at a line start)."""
    if printer.page is not None:
        return
    if not printer.at_line_start:
        printer.problem("line.not_at_start", command, name=command.name)
        printer.verbs["LF"](printer, command)
    printer.page = Page(printer, {**printer.base_verbs, **PAGE_VERBS})
    printer.verbs = printer.page.verbs
    printer.turned = False
    swap_spacings(printer)
    printer.page.open_area(printer)


def leave(printer: Printer, command: Command) -> None:
    """``ESC S``: back to standard mode, the page dropped."""
    page = printer.page
    if page is None:
        return
    if printer.boxes or page.placed:
        printer.problem("page.dropped", command, boxes=len(printer.boxes) + sum(len(boxes) for _, boxes in page.placed))
    page.leave(printer)


def print_and_leave(printer: Printer, command: Command) -> None:
    """FF in page mode."""
    if printer.page is not None:
        printer.page.print(printer, command)
        printer.page.leave(printer)


def print_and_stay(printer: Printer, command: Command) -> None:
    """``ESC FF``."""
    if printer.page is not None:
        printer.page.print(printer, command)


def cancel(printer: Printer, command: Command) -> None:
    """CAN: delete what was written in the present area."""
    page = printer.page
    if page is not None:
        page.placed = [each for each in page.placed if each[0] != page.area]
        page.count = sum(len(boxes) for _, boxes in page.placed)
        page.open_area(printer)


def set_direction(printer: Printer, command: Command) -> None:
    """``ESC T n``; outside page mode it is kept for the next page."""
    direction = command.raw[2] & 0x0F
    if direction > 3:
        printer.problem("operand.range", command, name=command.name, value=command.raw[2])
        return
    page = printer.page
    if page is not None:
        page.close_area(printer)
    printer.direction = direction
    if page is not None:
        page.open_area(printer)


def set_area(printer: Printer, command: Command) -> None:
    """``ESC W``: left, top, width, height; a width or height of 0 is refused, what sticks out of the paper is cut off."""
    page = printer.page
    if page is None:
        return
    raw = command.raw
    x, y, dx, dy = (raw[at] | raw[at + 1] << 8 for at in (2, 4, 6, 8))
    left, top, width, height = printer.across(x), printer.down(y), printer.across(dx), printer.down(dy)
    paper = printer.machine.width_dots
    if not width or not height or left >= paper:
        printer.problem("page.area", command, left=left, top=top, width=width, height=height)
        return
    page.close_area(printer)
    page.area = (left, top, min(width, paper - left), min(height, MAX_PAGE_DOTS))
    page.open_area(printer)


def set_y(printer: Printer, command: Command) -> None:
    """``GS $ nL nH``: the baseline, counted from where the area begins."""
    if printer.page is not None:
        _move_y(printer, command, _across_area(printer, command.raw[2] | command.raw[3] << 8))


def move_y(printer: Printer, command: Command) -> None:
    """``GS \\ nL nH``: the baseline, counted from here, upwards too."""
    if printer.page is not None:
        units = command.raw[2] | command.raw[3] << 8
        signed = units - 0x10000 if units & 0x8000 else units
        dots = _across_area(printer, abs(signed))
        _move_y(printer, command, printer.y + (dots if signed >= 0 else -dots))


def _across_area(printer: Printer, units: int) -> int:
    """Units across the lines: the paper's vertical units when lines run along it, else its horizontal ones."""
    return printer.across(units) if printer.direction & 1 else printer.down(units)


def _move_y(printer: Printer, command: Command, y: int) -> None:
    page = printer.page
    if page is None:
        return
    limit = page.area[2] if printer.direction & 1 else page.area[3]
    if 0 <= y <= limit:
        printer.y = y
    else:
        printer.problem("position.outside", command, name=command.name, value=y)


def settle_open_page(printer: Printer, command: Command) -> None:
    """The stream ended inside a page: what was written is shown, since a reader is waiting for it."""
    page = printer.page
    if page is None:
        return
    if printer.boxes or page.placed:
        printer.problem("page.unprinted", command)
    page.print(printer, command)
    page.leave(printer)


PAGE_VERBS: dict[str, Verb] = {"FF": print_and_leave, "CAN": cancel}
"""What other names mean while a page is open."""

VERBS: dict[str, Verb] = {
    "ESC L": begin, "ESC S": leave, "ESC FF": print_and_stay, "ESC T": set_direction, "ESC W": set_area, "GS $": set_y,
    "GS \\": move_y,
}  # fmt: skip
