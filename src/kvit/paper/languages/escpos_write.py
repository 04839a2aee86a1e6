"""The writer: a sheet out as ESC/POS bytes, the twin of the player.

``write(sheet, profile)`` takes a sheet a layout made for that profile; playing the bytes gives the same letters at the same
places, the same dots, symbols and events. One pass over the boxes. The state of the head is kept here, so nothing is sent
that is in force already:

* letters, their looks and pages: `kvit.paper.languages.escpos_letters`;
* a line that lies where ``ESC a`` would put it is aligned, everything else has its place by ``ESC $``;
* LF where the paper moves by the line spacing, ``ESC J`` where not.

Boxes that overlap down the roll are one line. An event stands before whatever lies below the place the paper stood at.

Boxes behind an event ``page`` are a page: `kvit.paper.languages.escpos_page`.

Never written: control letters (a sheet's text is stripped again here), bytes a head would obey inside a picture (the layout
has taken them out). Refused with ValueError: a sheet with boxes this head has no command for; a layout makes none.
"""

from __future__ import annotations

import sys
from itertools import islice

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.paper import image, reach
from kvit.paper.languages import escpos_page, escpos_picture
from kvit.paper.languages.escpos_letters import Letters
from kvit.paper.languages.escpos_symbol import SymbolWriter
from kvit.paper.sheet import Box, Event, Picture, Run, Sheet, Symbol

UNITS_MAX = 255
"""The largest operand of ``ESC J``."""
PLAIN_LINES_MAX = 3
"""So many LF are not longer than one ``ESC d``."""

GAP = " " * 16
"""A gap worth a jump: `ESC $` takes four bytes and some time; shorter gaps stay spaces, which every reader understands."""

InLine = list[Run | Picture]


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The bytes of a sheet for the printer of that profile, all at once. Raises ValueError for another's sheet."""
    if not reach.is_written(profile):
        raise ValueError(f"no bytes are written for dialect {profile.dialect!r} ({profile.name})")
    return _Writer(sheet, profile).bytes()


class _Writer:
    """The head's state as the bytes so far left it."""

    def __init__(self, sheet: Sheet, profile: Profile) -> None:
        self.sheet, self.profile = sheet, profile
        self.out: list[bytes] = [b"\x1b@\x1bR\x00" if profile.international else b"\x1b@"]
        self.letters = Letters(profile, self.out)
        self.motion_x, self.motion_y = across(profile), down(profile)
        self.width = profile.width_dots
        self.y = 0
        self.height = 0
        """Of the open line; 0: nothing waits to be printed."""
        self.spacing = profile.line_spacing
        self.align = 0
        self.turned = False
        self.column_rows = reach.column_rows(profile)
        self.drawn: list[Picture] = []
        self.page_height = 0
        """Of the page to come."""
        self.leaps = not profile.has("no_absolute_after_text")
        """Long gaps are jumped over."""
        self.symbols: SymbolWriter | None = None
        self.events = list(reversed(sheet.events))

    def bytes(self) -> bytes:
        """Write everything."""
        boxes, out, letters = self.sheet.boxes, self.out, self.letters
        at, count, usual = 0, len(boxes), self.spacing
        next_event = self.events[-1].y if self.events else sys.maxsize
        while at < count:
            box = boxes[at]
            y = box.y
            if y >= next_event:
                next_event = self._events_to(y)
                if self.page_height:
                    at = self._page(at)
                    continue
            at += 1
            if type(box) is not Run or box.direction or (at < count and boxes[at].y < y + box.height):
                at = self._side_by_side(at - 1) or self._several(at - 1)
                continue
            height = self.height
            if height and y - self.y == usual == self.spacing and usual >= height:
                out.append(b"\n")
                self.y = y
            elif height or y != self.y:
                self.go_down(y)
            if self.turned:
                self._turn(False)
            if box.x or self.align:
                self._place(box.x, box.width)
            text = box.text
            if box.style is letters.style and text.isascii() and text.isprintable():
                letters.ascii(self._leap(box) if GAP in text and self.leaps else text)
            else:
                letters.write(box)
            self.height = box.height
        self._events_to(sys.maxsize)
        self.go_down(self.sheet.height_dots)
        letters.end()
        return b"".join(out)

    def _events_to(self, y: int) -> int:
        """Write the events above a place; where the next one is."""
        events = self.events
        while events and events[-1].y <= y:
            event = events.pop()
            self.go_down(event.y)
            self._event(event)
        return events[-1].y if events else sys.maxsize

    def _side_by_side(self, at: int) -> int:
        """Write a line of letters and drawn letters of one height without gaps; 0 where it is none."""
        boxes, first = self.sheet.boxes, self.sheet.boxes[at]
        y, height, x, end = first.y, first.height, first.x, at
        for box in islice(boxes, at, None):
            if box.y != y or box.height != height or box.x != x:
                break
            if type(box) is not Run and not (type(box) is Picture and self._among_letters(box) and height == box.rows):
                return 0
            if box.direction:
                return 0
            x += box.width
            end += 1
        if end < len(boxes) and boxes[end].y < y + height:
            return 0
        self.go_down(y)
        self._turn(False)
        self._place(first.x, x - first.x)
        letters = self.letters.write
        for box in boxes[at:end]:
            if type(box) is Run:
                if self.drawn:
                    self._drawn()
                letters(box)
            else:
                self._put(box)
        self._drawn()
        self.height = height
        return end

    def _several(self, at: int) -> int:
        """Write a block, or a line of several boxes or upside down; the number of the box behind."""
        boxes = self.sheet.boxes
        box = boxes[at]
        if not self._stands_in_line(box):
            assert isinstance(box, (Picture, Symbol))
            self.go_down(box.y)
            self._block(box)
            return at + 1
        line: InLine = []
        while at < len(boxes) and self._stands_in_line(box := boxes[at]):
            assert isinstance(box, (Run, Picture))
            if line and _baseline(box) != _baseline(line[0]):
                break
            line.append(box)
            at += 1
        self._line(line)
        return at

    def _among_letters(self, box: Picture) -> bool:
        return box.rows == self.column_rows and not box.key

    def _stands_in_line(self, box: Box) -> bool:
        if isinstance(box, Run):
            return True
        if isinstance(box, Picture):
            return self._among_letters(box)
        if isinstance(box, Symbol) and reach.is_native(box, self.profile):
            return False
        raise ValueError(f"{self.profile.name} has no command for a {type(box).__name__.lower()}")

    def _page(self, at: int) -> int:
        """Write the boxes of a page; the number of the box behind."""
        boxes, foot = self.sheet.boxes, self.y + self.page_height
        end = next((n for n in range(at, len(boxes)) if boxes[n].y >= foot), len(boxes))
        self._turn(False)
        self.out.append(escpos_page.opened(self.profile, self.page_height))
        escpos_page.write(
            boxes[at:end], (self.width, self.y, self.page_height), self.letters, self._symbol, self.profile
        )
        self.out.append(escpos_page.PRINT_AND_LEAVE)
        self.y, self.page_height = foot, 0
        return end

    # Down the roll

    def go_down(self, y: int) -> None:
        """Print the open line and move the paper to ``y``."""
        need = y - self.y
        if self.height and need == self.spacing == self.profile.line_spacing and need >= self.height:
            self.out.append(b"\n")
            need = 0
        elif self.height:
            need = self._end_line(need)
        if need:
            self._blank(need)
        self.y = max(y, self.y)
        self.height = 0

    def _end_line(self, need: int) -> int:
        """Print the open line, moving by at most ``need``; what is left to move."""
        usual = max(self.spacing, self.height)
        units = self.motion_y.units(need)
        close = need < usual or self.profile.has("no_feed_dots")
        if close and self.height <= need == self.motion_y.dots(units) != usual and units <= UNITS_MAX:
            self._feed_exactly(units, need)
            return 0
        self.out.append(b"\n")
        return need - usual

    def _feed_exactly(self, units: int, dots: int) -> None:
        if self.profile.has("no_feed_dots"):
            self.out.append(b"\x1b3%c\n" % units)
            self.spacing = dots
        else:
            self.out.append(b"\x1bJ%c" % units)

    def _blank(self, dots: int) -> None:
        """Move paper without print."""
        usual = self.profile.line_spacing
        if dots > 0 and dots % usual == 0 and self.spacing == usual:
            lines = dots // usual
            if lines <= PLAIN_LINES_MAX:
                self.out.append(b"\n" * lines)
                return
            while lines > 0:
                self.out.append(b"\x1bd%c" % min(lines, UNITS_MAX))
                lines -= UNITS_MAX
            return
        while dots > 0:
            units = min(self.motion_y.units(dots), self.motion_y.whole(UNITS_MAX))
            moved = min(self.motion_y.dots(units), dots)
            self._feed_exactly(units, moved)
            dots -= moved

    # Across the line

    def _line(self, boxes: InLine) -> None:
        """The boxes of one line, from left to right."""
        turned = boxes[0].direction == 2
        rise = max(_rise(box) for box in boxes)
        height = rise + max(box.height - _rise(box) for box in boxes)
        top = max(box.y + box.height for box in boxes) - height if turned else min(box.y for box in boxes)
        self.go_down(top)
        self._turn(turned)
        placed = sorted(((self.width - box.x - box.width if turned else box.x), n) for n, box in enumerate(boxes))
        self._line_start(placed, boxes)
        x = placed[0][0]
        for at, number in placed:
            if at != x:
                self._drawn()
                self._jump(at, x)
            self._put(boxes[number])
            x = at + boxes[number].width
        self._drawn()
        self.height = height

    def _put(self, box: Box) -> None:
        """Letters at the head's place; drawn ones wait for what is drawn right behind them."""
        if type(box) is Picture:
            self.drawn.append(box)
            return
        assert type(box) is Run
        if self.drawn:
            self._drawn()
        self.letters.write(box)

    def _drawn(self) -> None:
        if self.drawn:
            self.out.append(escpos_picture.columns(self.drawn))
            self.drawn = []

    def _line_start(self, placed: list[tuple[int, int]], boxes: InLine) -> None:
        ends = [at + boxes[number].width for at, number in placed]
        starts = [at for at, _ in placed]
        if starts[1:] == ends[:-1]:
            self._place(starts[0], ends[-1] - starts[0])
            return
        self._align(0)
        if starts[0]:
            self._jump(starts[0], 0)

    def _place(self, x: int, width: int) -> None:
        """Begin something ``width`` wide at ``x``: by alignment where that comes out there, else by its place."""
        room = self.width - width if self.width > width else 0
        places = (0, room // 2, room)
        if x == places[self.align]:
            return
        if x in places:
            self._align(places.index(x))
            return
        self._align(0)
        self._jump(x, 0)

    def _leap(self, run: Run) -> str:
        """Write the letters before a long gap and jump over it; what is behind it."""
        head, _, tail = run.text.partition(GAP)
        tail = tail.lstrip(" ")
        x = run.x + run.advance * (len(run.text) - len(tail))
        units = self.motion_x.units(x)
        if self.align or not tail or run.style.underline or run.style.invert or self.motion_x.dots(units) != x:
            return run.text
        self.letters.ascii(head)
        self.out.append(b"\x1b$" + units.to_bytes(2, "little"))
        return tail

    def _align(self, align: int) -> None:
        if align != self.align:
            self.out.append(b"\x1ba%c" % align)
            self.align = align

    def _turn(self, turned: bool) -> None:
        if turned != self.turned:
            self.out.append(b"\x1b{%c" % turned)
            self.turned = turned

    def _jump(self, x: int, here: int) -> None:
        """Move to ``x``: counted from the left, or from here where the head forgets the other once there are letters."""
        if here and self.profile.has("no_absolute_after_text"):
            self.out.append(b"\x1b\\" + self.motion_x.units(x - here).to_bytes(2, "little"))
        else:
            self.out.append(b"\x1b$" + self.motion_x.units(x).to_bytes(2, "little"))

    # Blocks and events

    def _block(self, box: Picture | Symbol) -> None:
        self._turn(False)
        if isinstance(box, Symbol):
            self._place(box.x, box.width)
            self._symbol(box)
        else:
            self._picture(box)
        self.y = box.y + box.height

    def _symbol(self, box: Symbol) -> None:
        self.symbols = self.symbols or SymbolWriter(self.profile)
        self.out.append(self.symbols.write(box))

    def _picture(self, box: Picture) -> None:
        if box.key:
            self._place(box.x, box.width)
            self.out.append(escpos_picture.by_key(box))
            return
        raster = reach.picture_way(self.profile) == "raster"
        width = image.row_bytes(box.columns) * 8 if raster else box.columns
        for band in escpos_picture.bands(box, self.profile):
            self._place(box.x, width)
            self.out.append(band)
            if raster and self.profile.has("lf_eaten_after_raster"):
                self.out.append(b"\n")  # for the head to swallow: the next one counts

    def _event(self, event: Event) -> None:
        values = event.values
        if event.kind == "page":
            self.page_height = int(values["height"])
        elif event.kind == "cut":
            full = bool(values["full"])
            if self.profile.has("no_cut_feed"):
                self.out.append(b"\x1dV%c" % (not full))
            else:
                self.out.append(b"\x1dV%c\x00" % (0x41 if full else 0x42))
        elif event.kind == "pulse":
            times = (int(values["on_ms"]) // 2, int(values["off_ms"]) // 2)
            self.out.append(b"\x1bp%c%c%c" % (values["pin"] == 5, *times))
        elif event.kind == "beep":
            self.out.append(_beep(self.profile, int(values["times"])))


def _beep(profile: Profile, times: int) -> bytes:
    if reach.BEEPS[profile.dialect or "epson"] == "ESC B":
        return b"\x1bB%c\x02" % times
    return b"\x1b(A\x04\x00\x61\x01%c\x01" % times


def _rise(box: Run | Picture) -> int:
    return box.height - box.height // 8 if isinstance(box, Run) else max(box.height - 3, 1)


def _baseline(box: Run | Picture) -> tuple[int, int]:
    if box.direction == 2:
        return 2, box.y + box.height - _rise(box)
    return 0, box.y + _rise(box)
