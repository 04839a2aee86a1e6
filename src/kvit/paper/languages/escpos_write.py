"""The writer: a sheet out as ESC/POS bytes, the twin of the player.

``write(sheet, profile)`` takes a sheet a layout made for that profile; playing the bytes gives the same letters at the same
places, the same dots, symbols and events. The state of the head is kept here, so nothing is sent that is in force already:

* the fewest code pages: a page stays as long as it has the letters, and which one it is, is chosen when it no longer has
  (all switches cost three bytes, so going on as long as any page goes on is the best there is);
* two-byte mode is entered and left only where letters need it;
* a line that lies where ``ESC a`` would put it is aligned, everything else has its place by ``ESC $``;
* LF where the paper moves by the line spacing, ``ESC J`` where not.

Never written: control letters (a sheet's text is stripped again here), bytes a head would obey inside a picture (the layout
has taken them out), page mode. Refused with ValueError: a sheet with boxes this head has no command for; a layout makes
none.
"""

from __future__ import annotations

from collections.abc import Iterator

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import Repertoire, repertoire_of
from kvit.paper import image, reach
from kvit.paper.languages import escpos_picture
from kvit.paper.languages.escpos_symbol import SymbolWriter
from kvit.paper.sheet import Box, Event, Picture, Run, Sheet, Style, Symbol
from kvit.paper.typeset import clean_text
from kvit.paper.width import clusters

UNITS_MAX = 255
"""The largest operand of ``ESC J``."""
PLAIN_LINES_MAX = 3
"""So many LF are not longer than one ``ESC d``."""
FONTS = "ABCDE"

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
        self.out = bytearray(b"\x1b@")
        self.repertoire = repertoire_of(profile)
        self.pages = _Pages(self.repertoire, [box for box in sheet.boxes if isinstance(box, Run)])
        self.motion_x, self.motion_y = across(profile), down(profile)
        self.width = profile.width_dots
        self.y = 0
        self.height = 0
        self.spacing = profile.line_spacing
        self.align = 0
        self.turned = False
        self.style = Style(cell_width=profile.font.width, cell_height=profile.font.height)
        self.pairs_underline = 0
        self.page = profile.code_page
        self.pairs_on = self.repertoire.pairs_on
        self.symbols = SymbolWriter(profile)
        if profile.international:
            self.out += b"\x1bR\x00"

    def bytes(self) -> bytes:
        """Write everything."""
        for thing in _in_order(self.sheet, self.profile):
            if isinstance(thing, Event):
                self.go_down(thing.y)
                self._event(thing)
            elif isinstance(thing, list):
                self._line(thing)
            else:
                self.go_down(thing.y)
                self._block(thing)
        self.go_down(self.sheet.height_dots)
        return bytes(self.out)

    # Down the roll

    def go_down(self, y: int) -> None:
        """Print the open line and move the paper to ``y``."""
        need = y - self.y
        if self.height:
            need = self._end_line(need)
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
        self.out += b"\n"
        return need - usual

    def _feed_exactly(self, units: int, dots: int) -> None:
        if self.profile.has("no_feed_dots"):
            self.out += b"\x1b3%c\n" % units
            self.spacing = dots
        else:
            self.out += b"\x1bJ%c" % units

    def _blank(self, dots: int) -> None:
        """Move paper without print."""
        usual = self.profile.line_spacing
        if dots > 0 and dots % usual == 0 and self.spacing == usual:
            lines = dots // usual
            if lines <= PLAIN_LINES_MAX:
                self.out += b"\n" * lines
                return
            while lines > 0:
                self.out += b"\x1bd%c" % min(lines, UNITS_MAX)
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
        if len(boxes) == 1 and not turned:
            self.go_down(boxes[0].y)
            self._turn(False)
            self._place(boxes[0].x, boxes[0].width)
            self._box(boxes[0])
            self.height = boxes[0].height
            return
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
                self._jump(at, x)
            self._box(boxes[number])
            x = at + boxes[number].width
        self.height = height

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
        room = self.width - width
        for align in (self.align, 0, 1, 2):
            if x == max((0, room // 2, room)[align], 0):
                self._align(align)
                return
        self._align(0)
        self._jump(x, 0)

    def _align(self, align: int) -> None:
        if align != self.align:
            self.out += b"\x1ba%c" % align
            self.align = align

    def _turn(self, turned: bool) -> None:
        if turned != self.turned:
            self.out += b"\x1b{%c" % turned
            self.turned = turned

    def _jump(self, x: int, here: int) -> None:
        """Move to ``x``: counted from the left, or from here where the head forgets the other once there are letters."""
        if here and self.profile.has("no_absolute_after_text"):
            self.out += b"\x1b\\" + self.motion_x.units(x - here).to_bytes(2, "little")
        else:
            self.out += b"\x1b$" + self.motion_x.units(x).to_bytes(2, "little")

    # Letters

    def _box(self, box: Run | Picture) -> None:
        if isinstance(box, Picture):
            self.out += escpos_picture.columns(box.bits, box.columns)
            return
        self._look(box)
        text = box.text
        if text.isascii():
            self.out += (text if text.isprintable() else clean_text(text)).encode("ascii")
        elif self.repertoire.mask(text[0]):
            for part, page in self.pages.of(box):
                self._select(part, page)
                self.out += self.repertoire.single(part, page)
        else:
            self._pairs(True)
            self.out += self.repertoire.pairs(text)

    def _select(self, part: str, page: int) -> None:
        if part.isascii():
            return
        self._pairs(False)
        number = self.repertoire.pages[page][0]
        if number != self.page:
            self.out += b"\x1bt%c" % number
            self.page = number

    def _pairs(self, on: bool) -> None:
        if on != self.pairs_on:
            self.out += b"\x1c&" if on else b"\x1c."
            self.pairs_on = on

    def _look(self, run: Run) -> None:
        """Send what differs between the style in force and the run's."""
        old, new = self.style, run.style
        if old is new and not self.pairs_underline:
            return
        if old.font != new.font:
            self.out += b"\x1bM%c" % FONTS.index(new.font)
        if (old.width, old.height) != (new.width, new.height):
            self.out += b"\x1d!%c" % (new.width - 1 << 4 | new.height - 1)
        if old.bold != new.bold:
            self.out += b"\x1bE%c" % new.bold
        if old.underline != new.underline:
            self.out += b"\x1b-%c" % new.underline
        if old.invert != new.invert:
            self.out += b"\x1dB%c" % new.invert
        if old.italic != new.italic:
            self.out += b"\x1b4" if new.italic else b"\x1b5"
        if old.colour != new.colour:
            self.out += b"\x1br%c" % new.colour
        self.style = new
        self._look_of_pairs(run)

    def _look_of_pairs(self, run: Run) -> None:
        """Two-byte letters have an underline of their own."""
        if not self.repertoire.system or run.text.isascii() or self.repertoire.mask(run.text[0]):
            wanted = 0
        else:
            wanted = run.style.underline
        if wanted != self.pairs_underline:
            self.out += b"\x1c-%c" % wanted
            self.pairs_underline = wanted

    # Blocks and events

    def _block(self, box: Picture | Symbol) -> None:
        self._turn(False)
        if isinstance(box, Symbol):
            self._place(box.x, box.width)
            self.out += self.symbols.write(box)
        else:
            self._picture(box)
        self.y = box.y + box.height

    def _picture(self, box: Picture) -> None:
        if box.key:
            self._place(box.x, box.width)
            self.out += escpos_picture.by_key(box)
            return
        raster = reach.picture_way(self.profile) == "raster"
        width = image.row_bytes(box.columns) * 8 if raster else box.columns
        for band in escpos_picture.bands(box, self.profile):
            self._place(box.x, width)
            self.out += band
            if raster and self.profile.has("lf_eaten_after_raster"):
                self.out += b"\n"  # for the head to swallow: the next one counts

    def _event(self, event: Event) -> None:
        values = event.values
        if event.kind == "cut":
            full = bool(values["full"])
            if self.profile.has("no_cut_feed"):
                self.out += b"\x1dV%c" % (not full)
            else:
                self.out += b"\x1dV%c\x00" % (0x41 if full else 0x42)
        elif event.kind == "pulse":
            times = (int(values["on_ms"]) // 2, int(values["off_ms"]) // 2)
            self.out += b"\x1bp%c%c%c" % (values["pin"] == 5, *times)
        elif event.kind == "beep":
            self.out += _beep(self.profile, int(values["times"]))


def _beep(profile: Profile, times: int) -> bytes:
    if reach.BEEPS[profile.dialect or "epson"] == "ESC B":
        return b"\x1bB%c\x02" % times
    return b"\x1b(A\x04\x00\x61\x01%c\x01" % times


def _rise(box: Run | Picture) -> int:
    return box.height - box.height // 8 if isinstance(box, Run) else max(box.height - 3, 1)


def _in_order(sheet: Sheet, profile: Profile) -> Iterator[InLine | Picture | Symbol | Event]:
    """Lines, blocks and events as they come off the head: by block, boxes of one baseline together."""
    events = iter(sheet.events)
    event = next(events, None)
    line: InLine = []
    for box in sheet.boxes:
        while event is not None and event.y <= box.y:
            yield from _closed(line)
            line = []
            yield event
            event = next(events, None)
        if not _stands_in_line(box, profile):
            yield from _closed(line)
            line = []
            assert isinstance(box, (Picture, Symbol))
            yield box
            continue
        assert isinstance(box, (Run, Picture))
        if line and _baseline(box) != _baseline(line[0]):
            yield from _closed(line)
            line = []
        line.append(box)
    yield from _closed(line)
    if event is not None:
        yield event
    yield from events


def _closed(line: InLine) -> Iterator[InLine]:
    if line:
        yield line


def _stands_in_line(box: Box, profile: Profile) -> bool:
    if isinstance(box, Run):
        return True
    if isinstance(box, Picture):
        return box.rows == image.COLUMN_ROWS and reach.has_columns(profile)
    if isinstance(box, Symbol) and reach.is_native(box, profile):
        return False
    raise ValueError(f"{profile.name} has no command for a {type(box).__name__.lower()}")


def _baseline(box: Run | Picture) -> tuple[int, int]:
    if box.direction == 2:
        return 2, box.y + box.height - _rise(box)
    return 0, box.y + _rise(box)


class _Pages:
    """Which page each narrow letter that is no ASCII is sent from, fewest switches, in the order of the runs."""

    def __init__(self, repertoire: Repertoire, runs: list[Run]) -> None:
        self._spans: dict[int, list[tuple[str, int]]] = {}
        self._masks = [repertoire.power_on_mask]
        for run in runs:
            if not run.text.isascii() and repertoire.mask(run.text[0]):
                self._spans[id(run)] = self._span(run.text, repertoire)

    def _span(self, text: str, repertoire: Repertoire) -> list[tuple[str, int]]:
        """Parts of a text, each with the number of the stretch of one page it belongs to."""
        if self._goes_on(repertoire.mask(text)):
            return [(text, len(self._masks) - 1)]
        parts: list[tuple[str, int]] = []
        for cluster in clusters(text):
            mask = repertoire.mask(cluster)
            if not self._goes_on(mask):
                self._masks.append(mask)
            stretch = len(self._masks) - 1
            if parts and parts[-1][1] == stretch:
                parts[-1] = parts[-1][0] + cluster, stretch
            else:
                parts.append((cluster, stretch))
        return parts

    def _goes_on(self, mask: int) -> bool:
        both = self._masks[-1] & mask
        if both:
            self._masks[-1] = both
        return bool(both)

    def of(self, run: Run) -> list[tuple[str, int]]:
        """The parts of such a run with the page each is sent from."""
        return [
            (text, (self._masks[stretch] & -self._masks[stretch]).bit_length() - 1)
            for text, stretch in self._spans[id(run)]
        ]
