"""The writer for Star printers, line mode and StarPRNT: a sheet out as Star bytes, the twin of the player.

Both modes share letters, places, symbols, feeds and the machine; they part where pictures are concerned (`star_picture`).
The state of the head is kept here, so nothing is sent that is in force already. What a memory switch may have set is said
at the beginning: the line feed (``ESC z 1``) and the country's letters (``ESC R 0``); the code page is said with the first
letter that needs one.

* A line feed is 4 mm (32 dots), or 3 mm where lines stand close (``ESC 0``: frames, strips of a picture); anything else,
  and every line with letters taller than its feed, moves by ``ESC I``, in steps of 1/8 mm, which are dots: the manual says
  that feed is the same whether or not letters are expanded.
* A line that lies where ``ESC GS a`` would put it is aligned, everything else has its place by ``ESC GS A``, in dots.
* A head with the letters of Unicode is told to read UTF-8 (``ESC GS ) U``), with narrow cells for letters that are narrow
  or wide elsewhere, and in whose manner Han letters are to look; at the end it is told to stop.
* Pairs of a Japanese head stand between ``ESC $ 1`` and ``ESC $ 0``; Chinese and Korean heads read pairs always.

Never written: control letters (a sheet's text is stripped again here), page mode. Refused with ValueError: a sheet with
boxes this head has no command for; a layout makes none. Source: STAR Line Mode and StarPRNT Command Specifications.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import repertoire_of
from kvit.paper import image, reach, star_reach
from kvit.paper.language import language_of
from kvit.paper.languages import star_picture
from kvit.paper.languages.page_plan import PagePlan
from kvit.paper.languages.printing_order import Leaf, Lettered, Line, in_order, measure, top_of
from kvit.paper.languages.star_symbol import SymbolWriter
from kvit.paper.sheet import Box, Event, Picture, Run, Sheet, Style, Symbol
from kvit.paper.typeset import clean_text

GAP = " " * 16
"""A gap worth a jump of five bytes; shorter gaps stay spaces, which every reader understands."""
STEPS_MAX = 255
"""The largest operand of ``ESC I``."""
LINES_MAX = 127
"""The largest operand of ``ESC a``."""
PLAIN_LINES_MAX = 3
"""So many LF are not longer than one ``ESC a``."""
SPACINGS = {32: b"\x1bz\x01", 24: b"\x1b0"}
"""Line feeds the head knows, in dots."""
FONTS = {"A": b"\x1b\x1eF\x00", "B": b"\x1b\x1eF\x01", "C": b"\x1b\x1eF\x02"}
UTF8_ON = b"\x1b\x1d)U\x02\x00\x30\x01\x1b\x1d)U\x02\x00\x40\x00"
"""Read UTF-8; letters of ambiguous width are narrow."""
UTF8_OFF = b"\x1b\x1d)U\x02\x00\x30\x00"
CJK_ORDER = b"\x1b\x1d)U\x05\x00\x41%b"
HAN_MANNERS = {"zh": b"\x02\x03\x01\x04", "ja": b"\x01\x02\x03\x04", "ko": b"\x04\x02\x03\x01"}
"""Whose shapes Han letters take first: 1 Japan's, 2 China's, 3 Taiwan's, 4 Korea's."""
PULSE_POWER_ON = (200, 200)
BUZZ = b"\x1b\x1d\x19\x11\x01\x0a\x0a\x1b\x1d\x19\x12\x01%c\x00"
"""200 ms on, 200 ms off, so many times."""


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The bytes of a sheet for the Star printer of that profile, all at once. Raises ValueError for another's sheet."""
    if profile.language not in star_reach.LANGUAGES:
        raise ValueError(f"{profile.name} does not speak a Star language but {profile.language}")
    return _Writer(sheet, profile).bytes()


class _Writer:
    """The head's state as the bytes so far left it."""

    def __init__(self, sheet: Sheet, profile: Profile) -> None:
        self.sheet, self.profile = sheet, profile
        self.repertoire = repertoire_of(profile)
        self.plan = PagePlan(self.repertoire, (box for box in sheet.boxes if isinstance(box, Run)))
        self.width = profile.width_dots
        self.spacing = self.usual = profile.line_spacing
        self.y = self.height = 0
        self.align = 0
        self.turned = False
        self.style = Style(cell_width=profile.font.width, cell_height=profile.font.height)
        self.page = -1
        self.switched = self.repertoire.system.startswith("shift-jis")
        self.pairs_on = False
        self.pulse = PULSE_POWER_ON
        self.symbols = SymbolWriter()
        self.out = bytearray(b"\x1b@" + SPACINGS.get(self.usual, b"") + b"\x1bR\x00")
        if self.switched:
            self.out += b"\x1b$\x00"
        if self.repertoire.unicode:
            self.out += UTF8_ON + CJK_ORDER % HAN_MANNERS.get(self._language(), HAN_MANNERS["zh"])

    def bytes(self) -> bytes:
        """Write everything."""
        for thing in in_order(self.sheet, self._stands_in_line):
            if isinstance(thing, Event):
                self._go_down(thing.y)
                self._event(thing)
            elif isinstance(thing, list):
                self._line(thing)
            elif isinstance(thing, Leaf):
                raise ValueError("no page is written in Star's languages")
            else:
                self._go_down(thing.y)
                self._block(thing)
        self._go_down(self.sheet.height_dots)
        if self.repertoire.unicode:
            self.out += UTF8_OFF
        return bytes(self.out)

    def _language(self) -> str:
        return language_of(box.text for box in self.sheet.boxes if isinstance(box, Run))

    def _stands_in_line(self, box: Box) -> bool:
        if isinstance(box, Run):
            if box.direction & 1 or box.style.turned:
                raise ValueError(f"{self.profile.name} has no command for letters lying on their side")
            return True
        return isinstance(box, Picture) and not box.key and self._is_strip(box)

    def _is_strip(self, box: Picture) -> bool:
        return box.rows == image.COLUMN_ROWS and reach.has_columns(self.profile)

    # Down the roll

    def _go_down(self, y: int) -> None:
        """Print the open line and move the paper to ``y``."""
        need = y - self.y
        if self.height:
            need = self._end_line(need)
        self._blank(need)
        self.y = max(y, self.y)
        self.height = 0

    def _end_line(self, need: int) -> int:
        """Print the open line, moving by at most ``need``; what is left to move."""
        for spacing in (self.spacing, *SPACINGS):
            if self.height <= spacing in SPACINGS and (
                need == spacing or (spacing == self.spacing and need % spacing == 0 < need)
            ):
                self._space(spacing)
                self.out += b"\n"
                return need - spacing
        moved = min(max(need, self.height), STEPS_MAX)
        self.out += b"\x1bI%c" % moved
        return need - moved

    def _space(self, spacing: int) -> None:
        if spacing != self.spacing:
            self.out += SPACINGS[spacing]
            self.spacing = spacing

    def _blank(self, dots: int) -> None:
        """Move paper without print."""
        if dots > 0 and dots % self.spacing == 0 and self.spacing in SPACINGS:
            lines = dots // self.spacing
            if lines <= PLAIN_LINES_MAX:
                self.out += b"\n" * lines
                return
            while lines > 0:
                self.out += b"\x1ba%c" % min(lines, LINES_MAX)
                lines -= LINES_MAX
            return
        while dots > 0:
            self.out += b"\x1bI%c" % min(dots, STEPS_MAX)
            dots -= STEPS_MAX

    # Across the line

    def _line(self, line: Line) -> None:
        """The boxes of one line, from left to right."""
        first = line[0]
        turned = first.direction == 2
        self._go_down(top_of(line))
        if len(line) == 1 and not turned:
            self._turn(False)
            if isinstance(first, Run) and not first.x and GAP in first.text and first.text.isascii():
                self._align(0)
            self._place(first.x, first.width)
            self._box(first, lone=True)
            self.height = first.height
            return
        self._turn(turned)
        placed = sorted(((self.width - box.x - box.width if turned else box.x), n) for n, box in enumerate(line))
        self._line_start(placed, line)
        x = placed[0][0]
        for at, number in placed:
            if at != x:
                self._jump(at)
            self._box(line[number], lone=len(line) == 1)
            x = at + line[number].width
        self.height = measure(line)[1]

    def _line_start(self, placed: list[tuple[int, int]], line: Line) -> None:
        ends = [at + line[number].width for at, number in placed]
        starts = [at for at, _ in placed]
        if starts[1:] == ends[:-1]:
            self._place(starts[0], min(ends[-1] - starts[0], self.width))
            return
        self._align(0)
        if starts[0]:
            self._jump(starts[0])

    def _place(self, x: int, width: int) -> None:
        """Begin something ``width`` wide at ``x``: by alignment where that comes out there, else by its place."""
        room = max(self.width - width, 0)
        places = (0, room // 2, room)
        if x == places[self.align]:
            return
        self._align(places.index(x) if x in places else 0)
        if x not in places:
            self._jump(x)

    def _align(self, align: int) -> None:
        if align != self.align:
            self.out += b"\x1b\x1da%c" % align
            self.align = align

    def _turn(self, turned: bool) -> None:
        if turned != self.turned:
            self.out += b"\x0f" if turned else b"\x12"
            self.turned = turned

    def _jump(self, x: int) -> None:
        self.out += b"\x1b\x1dA" + x.to_bytes(2, "little")

    # Letters

    def _box(self, box: Lettered, lone: bool) -> None:
        if isinstance(box, Picture):
            whole = lone and box.columns % 8 == 0
            self.out += (
                star_picture.strip(box.bits, box.columns) if whole else star_picture.columns(box.bits, box.columns)
            )
            return
        self._look(box.style)
        text = box.text
        if not text.isprintable():
            text = clean_text(text)
        if text.isascii():
            self.out += (self._leap(box, text) if lone and GAP in text else text).encode("ascii")
        elif self.repertoire.unicode:
            self.out += text.encode()
        elif self.repertoire.mask(text[0]):
            for part, page in self.plan.of(box):
                self._select(part, page)
                self.out += self.repertoire.single(part, page)
        else:
            self._pairs(True)
            self.out += self.repertoire.pairs(text)

    def _leap(self, run: Run, text: str) -> str:
        """Write the letters before a long gap and jump over it; what is behind it."""
        head, _, tail = text.partition(GAP)
        tail = tail.lstrip(" ")
        if self.align or not tail or run.direction or run.style.underline or run.style.invert:
            return text
        self.out += head.encode("ascii")
        self._jump(run.x + run.advance * (len(text) - len(tail)))
        return tail

    def _select(self, part: str, page: int) -> None:
        if part.isascii():
            return
        self._pairs(False)
        number = self.repertoire.pages[page][0]
        if number != self.page:
            self.out += b"\x1b\x1dt%c" % number
            self.page = number

    def _pairs(self, on: bool) -> None:
        if self.switched and on != self.pairs_on:
            self.out += b"\x1b$%c" % on
            self.pairs_on = on

    def _look(self, new: Style) -> None:
        """Send what differs between the style in force and the run's."""
        old = self.style
        if old is new:
            return
        if old.font != new.font:
            self.out += FONTS[new.font]
        if (old.width, old.height) != (new.width, new.height):
            self.out += b"\x1bi%c%c" % (new.height - 1, new.width - 1)
        if old.bold != new.bold:
            self.out += b"\x1bE" if new.bold else b"\x1bF"
        if old.underline != new.underline:
            self.out += b"\x1b-%c" % bool(new.underline)
        if old.invert != new.invert:
            self.out += b"\x1b4" if new.invert else b"\x1b5"
        self.style = new

    # Blocks and events

    def _block(self, box: Box) -> None:
        self._turn(False)
        if isinstance(box, Symbol) and reach.is_native(box, self.profile):
            self._place(box.x, box.width)
            self.out += self.symbols.write(box)
        elif isinstance(box, Picture) and box.key:
            self._place(box.x, box.width)
            self.out += star_picture.by_key(box)
        elif isinstance(box, Picture) and reach.picture_way(self.profile) == "raster":
            for _, band in star_picture.bands(box, self.profile):
                self._place(box.x, image.row_bytes(box.columns) * 8)
                self.out += band
        else:
            raise ValueError(f"{self.profile.name} has no command for a {type(box).__name__.lower()}")
        self.y = box.y + box.height

    def _event(self, event: Event) -> None:
        values = event.values
        if event.kind == "cut":
            fed = not self.profile.has("no_cut_feed")
            self.out += b"\x1bd%c" % ((0 if values["full"] else 1) + 2 * fed)
        elif event.kind == "pulse":
            self._pulse(int(values["pin"]), (int(values["on_ms"]), int(values["off_ms"])))
        elif event.kind == "beep":
            self.out += BUZZ % int(values["times"])

    def _pulse(self, pin: int, times_ms: tuple[int, int]) -> None:
        if pin == 5:
            self.out += b"\x1a"
            return
        if times_ms != self.pulse:
            self.out += b"\x1b\x07%c%c" % (
                times_ms[0] // star_reach.PULSE_STEP_MS,
                times_ms[1] // star_reach.PULSE_STEP_MS,
            )
            self.pulse = times_ms
        self.out += b"\x07"
