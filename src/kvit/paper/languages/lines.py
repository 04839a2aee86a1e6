"""A sheet as lines of columns, for printers that know letters and no dots, and the way back.

``lines_of(sheet, profile)`` gives what such a printer is told, in order: lines of text made of segments of one look, empty
lines, symbols, cuts, the drawer. `Roll` puts the same things onto a sheet again, so players of tag languages need not
know about dots.

A column is a cell of font A (12 dots). Letters keep the order and the column they have on the sheet, rounded to the left
where they stand between two columns; a wide letter takes two. Gaps are spaces. With ``uniform`` (languages in which a
whole line has one size) a gap is filled with spaces of that size. Spaces at the end of a line are left out.

Left out: pictures, rules and letters lying on their side; a layout for such a printer makes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper.document import TEXT_MAX, Code, Document, Span
from kvit.paper.languages.escpos.state import MAX_BOXES, MAX_HEIGHT_DOTS
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Event, Problem, Run, Sheet, Symbol
from kvit.paper.typeset import Piece, Pieces, Typesetter, Way, setter_of
from kvit.paper.width import cell_width, clusters, letters

COLUMN_DOTS = 12
PROBLEMS_MAX = 1_000
"""A text with more faults than this has said enough."""
QUIET_DOTS = 14
"""White above and below a symbol: twice this is less than a line, so it is never taken for an empty one."""


class Look(msgspec.Struct, frozen=True):
    """What tag languages can say of letters."""

    width: int = 1
    height: int = 1
    bold: bool = False


PLAIN = Look()


class Segment(msgspec.Struct, frozen=True):
    """Letters side by side of one look."""

    text: str
    look: Look = PLAIN


class Words(msgspec.Struct, frozen=True):
    """A line; without segments an empty one."""

    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(each.text for each in self.segments)


class Mark(msgspec.Struct, frozen=True):
    """A symbol by its data."""

    kind: str
    data: str


class Act(msgspec.Struct, frozen=True):
    """Something the machine does: an `Event` without its place."""

    kind: str
    values: dict[str, int | str] = {}


Item = Words | Mark | Act


def lines_of(sheet: Sheet, profile: Profile, *, uniform: bool = False) -> list[Item]:
    """What stands on the sheet from top to bottom."""
    made: list[Item] = []
    floor = 0
    for thing in _in_order(sheet):
        if isinstance(thing, Event) and thing.kind == "reset":
            continue
        top, foot = _extent(thing, profile)
        empty = _blank(top - floor, profile)
        made += [Words()] * empty
        floor = max(foot, floor + empty * profile.line_spacing)
        made.append(_item(thing, uniform))
    return made + [Words()] * _blank(sheet.height_dots - floor, profile)


def _blank(dots: int, profile: Profile) -> int:
    return max(dots // profile.line_spacing, 0)


def _item(thing: list[Run] | Symbol | Event, uniform: bool) -> Item:
    if isinstance(thing, Event):
        return Act(thing.kind, thing.values)
    return _mark(thing) if isinstance(thing, Symbol) else Words(_segments(thing, uniform))


def _extent(thing: list[Run] | Symbol | Event, profile: Profile) -> tuple[int, int]:
    """Where a thing begins down the roll, and where the next line begins."""
    if isinstance(thing, Event):
        return thing.y, 0
    if isinstance(thing, Symbol):
        return thing.y, thing.y + thing.height
    top, foot = min(run.y for run in thing), max(run.y + run.height for run in thing)
    return top, top + max(profile.line_spacing, foot - top)


def _mark(symbol: Symbol) -> Mark:
    return Mark(symbol.kind, symbol.data.decode("utf-8", "replace"))


def _in_order(sheet: Sheet) -> Iterator[list[Run] | Symbol | Event]:
    """Lines of runs on one baseline, symbols, events, as they come off the head."""
    events = iter(sheet.events)
    event = next(events, None)
    line: list[Run] = []
    for box in sheet.boxes:
        if not isinstance(box, Run | Symbol):
            continue
        ends = line and (isinstance(box, Symbol) or _baseline(box) != _baseline(line[0]))
        if ends or (line and event is not None and event.start < box.start):
            yield line
            line = []
        while event is not None and event.start < box.start:
            yield event
            event = next(events, None)
        if isinstance(box, Symbol):
            yield box
        else:
            line.append(box)
    if line:
        yield line
    if event is not None:
        yield event
    yield from events


def _baseline(run: Run) -> int:
    return run.y + run.height - run.height // 8


def _segments(runs: list[Run], uniform: bool) -> tuple[Segment, ...]:
    """The runs of one line from left to right, gaps as spaces."""
    made: list[tuple[Look, str]] = []
    end = 0
    look = PLAIN
    for number, run in enumerate(sorted(runs, key=lambda each: each.x)):
        if not (uniform and number):
            look = Look(run.style.width, run.style.height, run.style.bold)
        wide = look.width if uniform else 1
        gap = (run.x // COLUMN_DOTS - end) // wide
        if gap > 0:
            made.append((look if uniform else PLAIN, " " * gap))
            end += gap * wide
        made.append((look, run.text))
        end += letters(run.text) * run.advance // COLUMN_DOTS
    return _joined(made)


def _joined(pieces: Iterable[tuple[Look, str]]) -> tuple[Segment, ...]:
    """Neighbours of one look as one segment; nothing behind the last letter."""
    made: list[Segment] = []
    for look, text in pieces:
        if made and made[-1].look == look:
            made[-1] = Segment(made[-1].text + text, look)
        elif text:
            made.append(Segment(text, look))
    while made and not made[-1].text.rstrip(" "):
        made.pop()
    if made:
        made[-1] = Segment(made[-1].text.rstrip(" "), made[-1].look)
    return tuple(made)


def columns_of(words: Words, profile: Profile) -> int:
    """Columns a line takes on that printer, which may count Cyrillic and Greek letters two as well."""
    setter = setter_of(profile)
    return sum(piece.width for piece in _pieces(words.segments, setter)) // COLUMN_DOTS


class Roll:
    """A sheet while lines are put on it, as a printer of letters would."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.setter = setter_of(profile)
        self.sheet = Sheet(profile.width_dots, profile.dpi, 0, [], [], [])
        self.y = 0
        self.number = 0

    def _is_full(self) -> bool:
        """Whether a text has printed more than any receipt; then the rest is left out, and a problem says so."""
        full = len(self.sheet.boxes) >= MAX_BOXES or self.y >= MAX_HEIGHT_DOTS
        if full and self.sheet.problems[-1:] != [Problem("sheet.full", self.number, self.number + 1)]:
            self.problem("sheet.full")
        return full

    def words(self, segments: Iterable[Segment], align: str = "left") -> None:
        """Print a line; what does not fit goes on to the next, and a problem says so."""
        if self._is_full():
            return
        pieces = _pieces(_joined((each.look, each.text) for each in segments), self.setter)
        broken = _broken(pieces, self.profile.width_dots)
        if len(broken) > 1:
            self.problem("line.too_wide", lines=len(broken))
        for line in broken:
            self._line(line, align)

    def _line(self, pieces: Pieces, align: str) -> None:
        free = self.profile.width_dots - sum(piece.width for piece in pieces)
        x = free if align == "right" else free // 2 if align == "centre" else 0
        rise = max((piece.height - piece.height // 8 for piece in pieces), default=0)
        tall = rise + max((piece.height // 8 for piece in pieces), default=0)
        for piece in pieces:
            y = self.y + rise - (piece.height - piece.height // 8)
            self.sheet.boxes.append(
                Run(
                    x,
                    y,
                    piece.width,
                    piece.height,
                    piece.text,
                    piece.advance,
                    piece.style,
                    self.number,
                    self.number + 1,
                )
            )
            x += piece.width
        self.number += 1
        self.y += max(self.profile.line_spacing, tall)

    def mark(self, kind: str, data: str) -> None:
        """Print a symbol in the middle, as large as a layout would make it."""
        if self._is_full():
            return
        laid = lay_out(Document([Code(kind, data)]), self.profile) if data else Sheet(0)
        for each in laid.problems:
            self.problem(each.code, **each.values)
        for box in laid.boxes:
            if isinstance(box, Symbol):
                box.y, box.start, box.end = self.y + QUIET_DOTS, self.number, self.number + 1
                self.sheet.boxes.append(box)
                self.number += 1
                self.y += box.height + 2 * QUIET_DOTS

    def act(self, kind: str, **values: int | str) -> None:
        """Do something besides printing."""
        if len(self.sheet.events) >= MAX_BOXES:
            return
        self.sheet.events.append(Event(kind, self.y, self.number, self.number + 1, values))
        self.number += 1

    def problem(self, code: str, **values: int | str) -> None:
        """Note what the printer would not do."""
        if len(self.sheet.problems) < PROBLEMS_MAX:
            self.sheet.problems.append(Problem(code, self.number, self.number + 1, values))

    def done(self) -> Sheet:
        """The sheet so far."""
        self.sheet.height_dots = self.y
        return self.sheet


def _pieces(segments: Iterable[Segment], setter: Typesetter) -> Pieces:
    made: Pieces = ()
    for each in segments:
        text = each.text[:TEXT_MAX]
        face = setter.face(Span("", width=each.look.width, height=each.look.height, bold=each.look.bold))
        made += tuple(_printable(piece, setter.cell) for piece in setter.pieces(text, face))
    return made


def _broken(pieces: Pieces, room: int) -> list[Pieces]:
    """Lines of at most ``room`` dots, broken anywhere."""
    made: list[list[Piece]] = [[]]
    used = 0
    for piece in pieces:
        held = ""
        for letter in clusters(piece.text):
            if used + piece.advance > room and used:
                made[-1].append(_part(piece, held))
                made.append([])
                held, used = "", 0
            held += letter
            used += piece.advance
        made[-1].append(_part(piece, held))
    return [tuple(piece for piece in line if piece.text) for line in made]


def _part(piece: Piece, text: str) -> Piece:
    return (
        piece
        if text == piece.text
        else Piece(text, piece.way, piece.style, piece.advance, letters(text) * piece.advance)
    )


def _printable(piece: Piece, cell: int) -> Piece:
    """A letter the printer has nowhere comes out as question marks."""
    if piece.way is not Way.DRAWN:
        return piece
    count, advance = sum(map(cell_width, piece.text)), cell * piece.style.width
    return Piece("?" * count, Way.NARROW, piece.style, advance, count * advance)
