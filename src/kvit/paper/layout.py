"""Layout: a document on one printer's paper, as a sheet.

``lay_out(document, profile)`` puts every block where this head will print it, so the sheet already holds the head's
fallbacks: letters it has not are pictures, symbols it does not know are pictures, a cut it can not make is another or none.
Whatever was given up is a ``Problem`` on the sheet (codes below), with the number of its block as ``start``.

Places are what the head does, in the player's own terms (``paper.languages.escpos.line``): letters of a line share one
baseline, an eighth of their height above the foot; a line moves the paper by the line spacing, by its height when that is
more. Rows of a bordered table stand close, so that upright rules join.

Codes: ``letters.drawn`` (text, as a picture), ``letters.lost`` (printed as ``?``: the head takes no picture),
``letters.right_to_left`` (printed unshaped, in written order), ``look.absent`` (word), ``picture.unreadable``,
``picture.absent``, ``symbol.drawn`` (kind), the faults of `kvit.paper.symbol`, ``cut.absent``, ``pulse.absent``,
``beep.absent``, ``table.narrow`` (a letter wider than its column is left out).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.paper import document as doc
from kvit.paper import image, ink, reach
from kvit.paper import symbol as symbols
from kvit.paper.sheet import Box, Event, Picture, Problem, Run, Sheet
from kvit.paper.sizing import symbol_of
from kvit.paper.table import Cell, rows_of, widths_of
from kvit.paper.typeset import RIGHT_TO_LEFT, Piece, Pieces, Typesetter, Way, lines, width_of
from kvit.paper.width import cell_width

DOTS_PER_INCH_203 = 203
PAPERS_MM = {58: 384, 80: 576, 112: 832}
"""Printable dots of the usual papers at 203 dpi."""
MARGIN_PART = 4
"""A margin takes at most this part of the paper, so that a Han letter of size 8 fits between two of them."""
QUIET_MODULES = 4
"""White above and below a symbol, which a QR code needs to be found."""
RULES = {"single": "─", "double": "═", "dashed": "-"}

Place = tuple[int, Pieces]
"""Where pieces begin across, and the pieces."""


def on_paper(profile: Profile, paper_mm: int) -> Profile:
    """The profile with another paper in it: 58, 80 or 112 mm; the profile's own when that is what it has."""
    if paper_mm == profile.paper_mm:
        return profile
    dots = PAPERS_MM[paper_mm] * profile.dpi // DOTS_PER_INCH_203 // 8 * 8
    return msgspec.structs.replace(profile, width_dots=dots, paper_mm=paper_mm)


def lay_out(document: doc.Document, profile: Profile) -> Sheet:
    """Lay a document out on the profile's paper. Never raises for anything a `Document` can hold."""
    page = _Page(document, profile)
    for number, block in enumerate(document.blocks):
        page.block = number
        _BLOCKS[type(block)](page, block)
    page.sheet.height_dots = page.y
    return page.sheet


_SETTERS: dict[int, tuple[Profile, Typesetter]] = {}
_SETTERS_MAX = 64


def setter_of(profile: Profile) -> Typesetter:
    """The text engine of a profile; one is shared by all documents."""
    known = _SETTERS.get(id(profile))
    if known is None or known[0] is not profile:
        if len(_SETTERS) >= _SETTERS_MAX:
            _SETTERS.clear()
        known = _SETTERS[id(profile)] = (profile, Typesetter(profile))
    return known[1]


class _Page:
    """The roll while it is laid out: how far down, what stands on it."""

    def __init__(self, document: doc.Document, profile: Profile) -> None:
        self.profile = profile
        self.setter = setter_of(profile)
        self.motion_x, self.motion_y = across(profile), down(profile)
        self.sheet = Sheet(profile.width_dots, profile.dpi, 0, [], [], [])
        cell, widest = self.setter.cell, profile.width_dots // MARGIN_PART
        self.left = self.motion_x.reach(min(document.left * cell, widest))
        self.right = profile.width_dots - min(document.right * cell, widest)
        self.y = self.stop = 0
        self.block = 0
        self.printed_since_cut = True

    @property
    def room(self) -> int:
        """Dots across between the margins."""
        return self.right - self.left

    def warn(self, code: str, **values: int | str) -> None:
        """Note what could not be had as asked."""
        found = Problem(code, self.block, self.block + 1, values)
        if found not in self.sheet.problems[-8:]:
            self.sheet.problems.append(found)

    def event(self, kind: str, **values: int | str) -> None:
        """Note something the machine does."""
        self.stop = self.y
        self.sheet.events.append(Event(kind, self.y, self.block, self.block + 1, values))

    def add(self, box: Box) -> None:
        """Put a box on the roll."""
        self.stop = self.y
        self.sheet.boxes.append(box)
        self.printed_since_cut = True

    def feed(self, dots: int) -> None:
        """Move the paper on, to a place the head can stop at, counted from where it stopped last."""
        moved = self.y - self.stop + dots
        whole_lines = moved % self.profile.line_spacing == 0
        self.y = self.stop + (moved if whole_lines else self.motion_y.reach(moved))

    def line(self, places: list[Place], *, close: bool = False, upside_down: bool = False) -> None:
        """Print one line of pieces; ``close``: the next line follows without the usual space."""
        places = [(x, pieces) for x, pieces in places if pieces]
        if not places:
            self.feed(self.profile.line_spacing)
            return
        if len(places) == 1 and len(places[0][1]) == 1 and not (close or upside_down):
            x, (piece,) = places[0]
            if piece.way is not Way.DRAWN:
                self._one_run(x, piece)
                return
        runs = self._runs(places)
        drawn = [run for run, way in runs if way is Way.DRAWN]
        if drawn and not self._stand_in_line(drawn):
            self._draw_line([run for run, _ in runs], upside_down)
            return
        made = [ink.inline(run) if way is Way.DRAWN else run for run, way in runs]
        rise = max(_rise(box) for box in made)
        height = rise + max(box.height - _rise(box) for box in made)
        for box in made:
            box.y = self.y + rise - _rise(box)
            if upside_down:
                box.x = self.profile.width_dots - box.x - box.width
                box.y = 2 * self.y + height - box.y - box.height
                box.direction = 2
            self.add(box)
        if close:
            self.feed(height)
        else:
            self.y += max(self.profile.line_spacing, height)
        self.stop = self.y

    def _one_run(self, x: int, piece: Piece) -> None:
        """A line of letters of one look, as most lines are."""
        height = piece.height
        self.add(
            Run(x, self.y, piece.width, height, piece.text, piece.advance, piece.style, self.block, self.block + 1)
        )
        self.y += max(self.profile.line_spacing, height)
        self.stop = self.y

    def _runs(self, places: list[Place]) -> list[tuple[Run, Way]]:
        """Runs of a line with how each is printed."""
        drawn = "".join(each.text for _, pieces in places for each in pieces if each.way is Way.DRAWN)
        if drawn:
            places = self._without_letters(places, drawn)
        return [found for x, pieces in places for found in _runs(x, pieces, self.block)]

    def _stand_in_line(self, drawn: list[Run]) -> bool:
        """True when drawn letters can stand as columns among the others."""
        return reach.has_columns(self.profile) and all(run.height == image.COLUMN_ROWS for run in drawn)

    def _draw_line(self, runs: list[Run], upside_down: bool) -> None:
        """A whole line as a picture; the paper moves as it would for letters of this height."""
        x, columns, rows, bits = ink.whole_line(runs, upside_down)
        if upside_down:
            x = self.profile.width_dots - x - columns
        top = self.y
        self.picture(self.motion_x.reach(x), columns, rows, bits)
        rest = top + max(self.profile.line_spacing, rows) - self.y
        if rest > 0:
            self.feed(rest)

    def picture(self, x: int, columns: int, rows: int, bits: bytes) -> None:
        """A picture across the paper, in the form the head takes."""
        for box in ink.pictures(x, self.y, columns, rows, bits, self.profile, self.block):
            box.columns = box.width = min(box.width, self.profile.width_dots - x)
            box.bits = image.clip(box.bits, columns + 7 & ~7, box.rows, box.columns)[0]
            self.add(box)
            self.y = box.y + (self.motion_y.reach(box.height) if ink.is_column(self.profile) else box.height)
        self.stop = self.y

    def _without_letters(self, places: list[Place], drawn: str) -> list[Place]:
        """Say that letters are drawn; where no picture can be sent either, question marks stand for them."""
        if reach.picture_way(self.profile) or reach.has_columns(self.profile):
            self.warn("letters.drawn", text=drawn)
            return places
        self.warn("letters.lost", text=drawn)
        return [(x, tuple(self._question(each) for each in pieces)) for x, pieces in places]

    def _question(self, piece: Piece) -> Piece:
        """The same cells with question marks of the head's own in them."""
        if piece.way is not Way.DRAWN:
            return piece
        font = self.profile.fonts[piece.style.font]
        style = msgspec.structs.replace(piece.style, cell_width=font.width, cell_height=font.height)
        count, advance = sum(map(cell_width, piece.text)), font.width * style.width
        return Piece("?" * count, Way.NARROW, style, advance, count * advance)

    def look(self, content: doc.Content) -> None:
        """Warn of what this head can not do with these letters."""
        if isinstance(content, str) and content.isascii():
            return
        for word in self.setter.missing(content):
            self.warn("look.absent", word=word)
        texts = [content] if isinstance(content, str) else [each.text for each in content]
        if any(not text.isascii() and RIGHT_TO_LEFT.search(text) for text in texts):
            self.warn("letters.right_to_left")

    def shift(self, align: str, width: int, left: int = 0, room: int | None = None) -> int:
        """Where something ``width`` wide begins under an alignment, at a place the head can stand at."""
        free = max((self.room if room is None else room) - width, 0)
        moved = free if align == "right" else free // 2 if align == "centre" else 0
        return self.stand(self.left + left + moved, width)

    def stand(self, x: int, width: int) -> int:
        """The place nearest to ``x`` the head can stand at without something ``width`` wide leaving the paper."""
        at = self.motion_x.reach(x)
        return at if at + width <= self.profile.width_dots else self.motion_x.dots(max(self.motion_x.units(x) - 1, 0))


def _rise(box: Run | Picture) -> int:
    """How far a box stands above the baseline (``line.rise_of`` of the player)."""
    return box.height - box.height // 8 if isinstance(box, Run) else max(box.height - 3, 1)


def _runs(x: int, pieces: Pieces, block: int) -> list[tuple[Run, Way]]:
    made: list[tuple[Run, Way]] = []
    for piece in pieces:
        box = Run(x, 0, piece.width, piece.height, piece.text, piece.advance, piece.style, block, block + 1)
        made.append((box, piece.way))
        x += piece.width
    return made


def _text(page: _Page, block: doc.Text) -> None:
    page.look(block.content)
    for paragraph in page.setter.paragraphs(block.content):
        for line in lines(paragraph, page.room, block.wrap, page.setter):
            x = page.shift(block.align, width_of(line))
            page.line([(x, line)], upside_down=block.upside_down)


def _pair(page: _Page, block: doc.Pair) -> None:
    columns = [doc.Column(weight=1, wrap=block.wrap), doc.Column(align="right")]
    _table(page, doc.Table(columns, [[block.left, block.right]]))


def _table(page: _Page, block: doc.Table) -> None:
    for row in block.rows:
        for content in row:
            page.look(content)
    cell = page.setter.cell
    cells: list[list[Cell]] = [[page.setter.paragraphs(content) for content in row] for row in block.rows]
    columns, gap = list(block.columns), block.gap
    room = page.room // cell - (len(columns) + 1 if block.border else 0)
    widths = widths_of(columns, cells, room, 0 if block.border else gap, cell)
    if widths is None:
        page.warn("table.narrow", columns=len(columns))
        widths, columns, gap = widths_of([doc.Column(weight=1)], cells, room, 0, cell) or [1], columns[:1], 0
        cells = [[each] for row in cells for each in row]
    rule = _Border(page, widths) if block.border and len(widths) == len(block.columns) else None
    for number, broken in enumerate(rows_of(cells, columns, widths, cell, page.setter)):
        if rule and (number == 0 or number == block.heads):
            rule.across("┌┬┐" if number == 0 else "├┼┤")
        for line in broken:
            places = _columns(page, line, columns, widths, 1 if rule else gap, 1 if rule else 0)
            page.line(places + rule.uprights(line) if rule else places, close=rule is not None)
    if rule:
        rule.across("└┴┘")


def _columns(
    page: _Page, line: list[Pieces], columns: list[doc.Column], widths: list[int], gap: int, edge: int
) -> list[Place]:
    """One line of a row: each cell's pieces at their place."""
    cell = page.setter.cell
    places: list[Place] = []
    at = edge * cell
    for column, width, pieces in zip(columns, widths, line, strict=False):
        if width_of(pieces) > width * cell:
            page.warn("table.narrow", columns=len(columns))
        elif pieces:
            places.append((page.shift(column.align, width_of(pieces), at, width * cell), pieces))
        at += (width + gap) * cell
    return places


class _Border:
    """Rules around and between the columns of a table."""

    def __init__(self, page: _Page, widths: list[int]) -> None:
        self._page, self._widths = page, widths
        self._cell = page.setter.cell

    def across(self, corners: str) -> None:
        """A level rule with its corners and crossings."""
        left, middle, right = corners[0], corners[1], corners[2]
        text = left + middle.join("─" * width for width in self._widths) + right
        pieces = self._page.setter.pieces(text, self._page.setter.face(doc.Span("")))
        self._page.line([(self._page.left, pieces)], close=True)

    def uprights(self, line: list[Pieces]) -> list[Place]:
        """The upright rules of one line, as high as the line."""
        tall = max((piece.style.height for pieces in line for piece in pieces), default=1)
        stroke = self._page.setter.pieces("│", self._page.setter.face(doc.Span("", height=tall)))
        places: list[Place] = []
        at = self._page.left
        for width in [*self._widths, 0]:
            places.append((self._page.stand(at, width_of(stroke)), stroke))
            at += (width + 1) * self._cell
        return places


def _line(page: _Page, block: doc.Line) -> None:
    face = page.setter.face(doc.Span(""))
    stroke = page.setter.pieces(RULES[block.look], face)
    count = page.room // width_of(stroke)
    page.line([(page.left, page.setter.pieces(RULES[block.look] * count, face))])


def _image(page: _Page, block: doc.Image) -> None:
    from kvit.paper import photo

    if not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    try:
        made = photo.dots_of(block.data, page.room, block.percent, block.tone)
    except photo.PictureError:
        page.warn("picture.unreadable")
        return
    _picture(page, made.columns, made.rows, made.bits, block.align)


def _picture(page: _Page, columns: int, rows: int, bits: bytes, align: str) -> None:
    page.picture(page.shift(align, columns), columns, rows, bits)


def _code(page: _Page, block: doc.Code) -> None:
    made = symbol_of(block, page.profile, page.room, page.block)
    if made.fault:
        page.warn(made.fault, kind=block.kind)
        return
    quiet = made.module * QUIET_MODULES
    if page.sheet.boxes:
        page.feed(quiet)
    if reach.is_native(made, page.profile):
        made.x, made.y = page.shift(block.align, made.width), page.y
        page.add(made)
        page.y += made.height
        page.stop = page.y
    elif not reach.picture_way(page.profile):
        page.warn("picture.absent")
    else:
        page.warn("symbol.drawn", kind=block.kind)
        dots = symbols.draw(made)
        if not dots.size:
            page.warn("symbol.undrawable", kind=block.kind)
            return
        _picture(page, dots.shape[1], dots.shape[0], ink.packed(dots), block.align)
    page.feed(quiet)


def _feed(page: _Page, block: doc.Feed) -> None:
    page.feed(block.lines * page.profile.line_spacing)


def _cut(page: _Page, block: doc.Cut) -> None:
    if not page.printed_since_cut:
        return
    full = reach.cut_of(page.profile, block.full)
    if full is None:
        page.warn("cut.absent")
        return
    if page.profile.has("no_cut_feed"):
        page.feed(page.profile.cutter_dots)
    page.event("cut", full=full)
    page.printed_since_cut = False


def _pulse(page: _Page, block: doc.Pulse) -> None:
    if not page.profile.has("pulse"):
        page.warn("pulse.absent")
        return
    page.event("pulse", pin=block.pin, on_ms=block.on_ms // 2 * 2, off_ms=block.off_ms // 2 * 2)


def _beep(page: _Page, block: doc.Beep) -> None:
    if (page.profile.dialect or "epson") not in reach.BEEPS:
        page.warn("beep.absent")
        return
    page.event("beep", times=block.times)


_BLOCKS: dict[type, Callable[[_Page, Any], None]] = {
    doc.Text: _text, doc.Pair: _pair, doc.Table: _table, doc.Line: _line, doc.Image: _image, doc.Code: _code,
    doc.Feed: _feed, doc.Cut: _cut, doc.Pulse: _pulse, doc.Beep: _beep,
}  # fmt: skip
