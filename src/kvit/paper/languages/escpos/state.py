"""The printer's memory: everything a command may change and a later one may feel (reference 1.11).

One ``Printer`` is one head over one roll. Verbs (the other files of this folder) are plain functions
``verb(printer, command)``; they change this record and append boxes to its sheet. Three rules keep it fast and true:

* Boxes go to the sheet's list at once. The boxes of the line still open are those from ``open_from`` on; ending a line
  moves them only when something needs it (alignment, mixed heights, upside-down), so a plain line is never touched twice.
* ``ESC !``, ``GS !``, ``ESC E`` and ``ESC M`` write the same bits, so there is one style record. It is rebuilt, from a
  cache, only when a letter comes after a change (``style is None``).
* Lengths are dots. A command's motion units are turned to dots where it is read (``across``, ``down``).

``reset`` is ``ESC @``: the letters of the open line are dropped, modes go back to power-on; the paper, the stored
logos, the macro and what the memory switches hold stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kvit.escpos.command import Command
from kvit.escpos.multibyte import Decoder
from kvit.paper.languages.escpos.machine import Machine, Whole
from kvit.paper.sheet import Box, Event, Problem, Sheet, Style

Verb = Callable[["Printer", Command], None]
Area = tuple[int, int, int, int]
"""x, y, width, height on the page."""


class OpenPage(Protocol):
    """A page being put together, as the printer's state sees it (``page.Page``)."""

    verbs: dict[str, Verb]
    area: Area
    default: Area
    placed: list[tuple[Area, list[Box]]]
    height: int
    count: int
    top: int
    paper_boxes: list[Box]

    def open_area(self, printer: Printer) -> None:
        """Start at the corner of the present area and direction."""

    def close_area(self, printer: Printer) -> None:
        """Turn what was written in the present area into paper coordinates."""

    def print(self, printer: Printer, command: Command) -> None:
        """Put the page on the paper."""

    def leave(self, printer: Printer) -> None:
        """Back to standard mode."""

    def abandon(self, printer: Printer) -> None:
        """Drop the page."""


MAX_BOXES = 100_000
"""Some 60 MB of boxes; a receipt has 50 to 300, a day's journal 20,000."""
MAX_HEIGHT_DOTS = 1_000_000
"""125 m at 203 dpi: more than a whole roll (80 m)."""
MAX_FEED_DOTS = 24_000
"""3 m of paper fed without being printed between two cuts: 1 KB of ``ESC d 255`` would ask for 368 m."""
MAX_PROBLEMS = 1_000
"""Enough to see what is wrong; a stream of noise would make millions."""

_STYLES: dict[tuple[Any, ...], Style] = {}
_MAX_STYLES = 4_096
"""Style records shared by all sheets; hostile streams can ask for 5 fonts x 64 sizes x 2^7 modes."""


class Printer:
    """One head over one roll of paper; see the file's opening."""

    __slots__ = (
        "advance", "align", "area_width", "bar_height", "bar_module", "base_verbs", "bold", "boxes", "colour",
        "counter", "cr_feeds", "decode", "direction", "double_strike", "drop", "fed", "font", "glyphs", "glyphs_on",
        "height", "held", "hri_font", "hri_place", "images", "international", "invert", "italic", "kanji",
        "kanji_height", "kanji_left", "kanji_right", "kanji_style", "kanji_tall", "kanji_underline", "kanji_width", "left",
        "line_drop", "line_rise", "line_spacing", "logos", "machine", "macro", "macro_budget", "margin", "mixed",
        "multibyte", "one_line", "open_from", "other_mode", "page", "page_number", "pitch", "plain", "plain_cells", "queue",
        "reader", "right", "rise", "run_height", "settings", "sheet", "spacing", "style", "swallow_lf", "tabs",
        "text_end", "turned", "underline", "unit_x", "unit_y", "upside_down", "verbs", "whole", "width", "x", "y",
    )  # fmt: skip

    def __init__(self, machine: Machine, verbs: dict[str, Verb], logos: Any) -> None:
        self.machine = machine
        self.sheet = Sheet(machine.width_dots, machine.dpi, 0, [], [], [])
        self.boxes: list[Box] = self.sheet.boxes
        self.base_verbs = verbs
        self.logos = logos
        self.images: dict[str, Any] = {}
        self.macro: list[Command] = []
        self.macro_budget = 0
        self.glyphs: dict[int, tuple[int, int, bytes]] = {}
        self.held: Any = None
        self.fed = 0
        self.y = 0
        self.open_from = 0
        self.counter: dict[str, int] = {}
        self.text_end = -1
        self.power_on()

    def power_on(self) -> None:
        """Every mode to what it is after power-on; paper, logos, macro and counters stay."""
        machine = self.machine
        self.verbs = self.base_verbs
        self.page: OpenPage | None = None
        self.font = "A"
        self.width = self.height = 1
        self.bold = self.double_strike = self.italic = self.invert = self.turned = self.upside_down = False
        self.underline = self.colour = self.align = self.spacing = self.direction = 0
        self.one_line = False
        self.style: Style | None = None
        self.kanji_style: Style | None = None
        self.kanji_width = self.kanji_height = 1
        self.kanji_underline = self.kanji_left = self.kanji_right = self.pitch = self.kanji_tall = 0
        self.advance = self.run_height = self.rise = self.drop = 0
        self.unit_x, self.unit_y = machine.units
        self.line_spacing = machine.line_spacing
        self.other_mode = (0, machine.line_spacing)
        self.tabs: list[int] | None = None
        self.international = machine.international
        self.page_number = machine.page_number
        self.multibyte = machine.multibyte_on
        self.kanji = machine.multibyte
        self.glyphs.clear()
        self.glyphs_on = False
        self.reader: Decoder | None = None
        self.decode: Callable[[bytes], str] = machine.decoder(self.page_number, self.international)
        self.plain = self.plain_cells = True
        self.whole: Whole | None = None
        reread(self)
        self.hri_place, self.hri_font, self.bar_height, self.bar_module = 0, "A", machine.bar_height, 3
        self.settings: dict[str | int, Any] = {}
        self.queue: bytes = b""
        self.cr_feeds = machine.cr_feeds
        self.swallow_lf = False
        self.margin, self.area_width = 0, machine.width_dots
        self.left, self.right = 0, machine.width_dots
        self.x = 0
        self.line_rise = self.line_drop = 0
        self.mixed = False

    def across(self, units: int) -> int:
        """Horizontal motion units as dots."""
        return units * self.machine.dpi // self.unit_x

    def down(self, units: int) -> int:
        """Vertical motion units as dots."""
        return units * self.machine.dpi // self.unit_y

    def event(self, kind: str, command: Command, **values: int | str) -> None:
        """Note something the machine does besides printing."""
        if len(self.sheet.events) < MAX_PROBLEMS:
            self.sheet.events.append(Event(kind, self.y, command.offset, command.end, values))

    def problem(self, code: str, command: Command, **values: int | str) -> None:
        """Note what could not be honoured, with the bytes it came from."""
        if len(self.sheet.problems) < MAX_PROBLEMS:
            self.sheet.problems.append(Problem(code, command.offset, command.end, values))

    @property
    def at_line_start(self) -> bool:
        """True when the open line holds nothing yet."""
        return self.open_from == len(self.boxes)


def restyle(printer: Printer) -> Style:
    """The style now in force, from the cache; sets the measures that go with it. Letters turned lie on their side."""
    cell_width, cell_height = printer.machine.fonts.get(printer.font) or printer.machine.fonts["A"]
    style = _shared(printer, printer.font, cell_width, cell_height, printer.width, printer.height, printer.underline)
    if printer.turned:
        printer.advance = cell_height * printer.height + printer.spacing * printer.width
        printer.run_height = cell_width * printer.width
    else:
        printer.advance = (cell_width + printer.spacing) * printer.width
        printer.run_height = cell_height * printer.height
    printer.drop = printer.run_height // 8
    printer.rise = printer.run_height - printer.drop
    printer.style = style
    return style


def restyle_kanji(printer: Printer) -> Style:
    """The style of two-byte letters: square cells of their own, doubled by ``FS !`` or sized with the rest by ``GS !``."""
    machine = printer.machine
    width = max(printer.width, printer.kanji_width)
    height = max(printer.height, printer.kanji_height)
    underline = printer.kanji_underline or printer.underline
    style = _shared(printer, printer.font, machine.kanji_width // 2, machine.kanji_height, width, height, underline)
    printer.kanji_style = style
    across, tall = style.cell_width * 2 * width, style.cell_height * height
    printer.pitch, printer.kanji_tall = (tall, across) if style.turned else (across, tall)
    return style


def _shared(
    printer: Printer, font: str, cell_width: int, cell_height: int, width: int, height: int, line: int
) -> Style:
    bold = printer.bold or printer.double_strike
    key = (
        font, cell_width, cell_height, width, height, bold, line, printer.italic, printer.invert, printer.turned,
        printer.colour,
    )  # fmt: skip
    style = _STYLES.get(key)
    if style is None:
        if len(_STYLES) >= _MAX_STYLES:
            _STYLES.clear()
        style = _STYLES[key] = Style(*key)
    return style


def reread(printer: Printer) -> None:
    """Choose how bytes are read after a change of code page, country, two-byte mode or own letters."""
    machine = printer.machine
    printer.decode = machine.decoder(printer.page_number, printer.international)
    printer.reader = None
    own = printer.glyphs_on and bool(printer.glyphs)
    printer.plain = not (own or printer.international or (printer.multibyte and printer.kanji == "jis"))
    printer.plain_cells = not (own or printer.multibyte) and machine.has_plain_cells(printer.page_number)
    printer.whole = None
    if printer.multibyte and printer.kanji and not own:
        printer.whole = machine.whole(printer.kanji, printer.page_number, printer.international)
