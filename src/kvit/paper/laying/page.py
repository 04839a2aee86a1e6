"""The roll while it is laid out: how far down, what stands on it, what could not be had.

Places are what the head does, in the player's own terms (``paper.languages.escpos.line``): letters of a line share one
baseline, an eighth of their height above the foot; a line moves the paper by the line spacing, by its height when that is
more.

Two roads lead to a line. `Page.row` takes plain letters, strings on the grid of cells, and makes one run of them, or a few
where narrow and wide letters stand side by side: nearly every line of a receipt. `Page.line` takes pieces at any places:
several looks, marks, letters that must be drawn, lines inside frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.paper import document as doc
from kvit.paper import image, ink, reach
from kvit.paper.laying.rule import ASCII, UPRIGHT, Edge, level
from kvit.paper.sheet import Box, Event, Picture, Problem, Run, Sheet
from kvit.paper.typeset import GROUPS, WIDE, Face, Piece, Pieces, Plain, Way, setter_of

MARGIN_PART = 4
"""A margin takes at most this part of the paper, so that a Han letter of size 8 fits between two of them."""

BY_LETTER = "escpos"
Place = tuple[int, Pieces]
"""Where pieces begin across, and the pieces."""
Layer = Callable[["Page", Any], None]
"""Puts one block on the page."""


class Page:
    """The roll while it is laid out; see the file's opening."""

    def __init__(self, document: doc.Document, profile: Profile, layers: dict[type, Layer], width: int = 0) -> None:
        self.profile = profile
        self.width = width or profile.width_dots
        self.layers = layers
        self.align = document.align
        self.setter = setter_of(profile)
        self.spacing = profile.line_spacing
        self.motion_x, self.motion_y = across(profile), down(profile)
        self.sheet = Sheet(self.width, profile.dpi, 0, [], [], [])
        self.boxes = self.sheet.boxes
        self.every_dot = self.motion_x.per_inch % self.motion_x.dpi == 0
        """The head can stand at every dot across."""
        cell, widest = self.setter.cell, self.width // MARGIN_PART
        self.left = self.motion_x.reach(min(document.left * cell, widest))
        self.right = self.width - min(document.right * cell, widest)
        self.inline = reach.has_columns(profile)
        """Drawn letters can stand as columns among the others."""
        self.by_letter = profile.language == BY_LETTER
        """A drawn letter is a picture of its own: the writer of that language joins them, and letters are remembered."""
        self.y = self.stop = 0
        self.block = 0
        self.printed_since_cut = True
        self.frames: list[Edge] = []
        """The frames one is inside of, the outermost first."""
        self.is_part = False
        """Laid out to be moved into an area, where a head prints no stored logo."""
        self.hanging: Edge | None = None
        """The foot of the bordered block above: its rule is drawn once it is known what stands below."""

    @property
    def room(self) -> int:
        """Dots across between the margins."""
        return self.right - self.left

    def within(self, width: int) -> Page:
        """A page of another width for a part of this one; what can not be had is told here."""
        made = Page(doc.Document([], align=self.align), self.profile, self.layers, width)
        made.sheet.problems, made.block, made.is_part = self.sheet.problems, self.block, True
        return made

    def lay(self, block: doc.Block) -> None:
        """Put a block on the page, wherever it stands."""
        if self.hanging is not None and not (isinstance(block, (doc.Table, doc.Frame))):
            self.close()
        self.layers[type(block)](self, block)

    def warn(self, code: str, **values: int | str) -> None:
        """Note what could not be had as asked."""
        found = Problem(code, self.block, self.block + 1, values)
        if found not in self.sheet.problems[-8:]:
            self.sheet.problems.append(found)

    def lacks(self, words: Iterable[str]) -> None:
        """Note what the head has not of a look."""
        for word in words:
            self.warn("look.absent", word=word)

    def event(self, kind: str, **values: int | str) -> None:
        """Note something the machine does."""
        self.stop = self.y
        self.sheet.events.append(Event(kind, self.y, self.block, self.block + 1, values))

    def add(self, box: Box) -> None:
        """Put a box on the roll."""
        self.stop = self.y
        self.boxes.append(box)
        self.printed_since_cut = True

    def feed(self, dots: int) -> None:
        """Move the paper on, to a place the head can stop at, counted from where it stopped last."""
        moved = self.y - self.stop + dots
        whole_lines = moved % self.spacing == 0
        self.y = self.stop + (moved if whole_lines else self.motion_y.reach(moved))

    # Lines

    def row(self, plain: Plain, face: Face, x: int, *, close: bool = False) -> None:
        """Print a line of plain letters from ``x`` on; ``close``: the next line follows without the usual space."""
        text, kinds = plain
        if self.frames or not text:
            self.line([(x, self.setter.cut(plain, face))] if text else [], close=close)
            return
        height, block = face.height, self.block
        if kinds:
            if not self._mixed(plain, face, x):
                self.line([(x, self.setter.cut(plain, face))], close=close)
                return
        else:
            step = face.narrow_advance
            self.boxes.append(Run(x, self.y, len(text) * step, height, text, step, face.narrow, block, block + 1))
        self.printed_since_cut = True
        if close:
            self.stop = self.y
            self.feed(height)
            self.stop = self.y
        else:
            self.y = self.stop = self.y + (self.spacing if self.spacing > height else height)

    def _mixed(self, plain: Plain, face: Face, x: int) -> bool:
        """Narrow, wide and drawn letters side by side, all of one height; False where they are not."""
        text, kinds = plain
        drawn = "d" in kinds or "D" in kinds
        if not face.level or (drawn and not (self.inline and face.height == image.COLUMN_ROWS)):
            return False
        y, height, block = self.y, face.height, self.block
        narrow, wide = face.narrow_advance, face.wide_advance
        lacking = ""
        for found in GROUPS.finditer(kinds):
            start, end = found.span()
            kind, count, part = kinds[start], end - start, text[start:end]
            step, style = (narrow, face.narrow) if kind in "nd" else (wide, face.wide)
            if kind not in "dD":
                self.boxes.append(Run(x, y, count * step, height, part, step, style, block, block + 1))
                x += count * step
                continue
            lacking += part
            if not self.by_letter:
                bits = ink.word(part, step, style, count * step)
                self.boxes.append(
                    Picture(x, y, count * step, height, count * step, height, bits, start=block, end=block + 1)
                )
                x += count * step
                continue
            for bits in ink.letters(part, step, style):
                self.boxes.append(Picture(x, y, step, height, step, height, bits, start=block, end=block + 1))
                x += step
        if lacking:
            self.warn("letters.drawn", text=lacking)
        return True

    def line(self, places: list[Place], *, close: bool = False, upside_down: bool = False) -> None:
        """Print one line of pieces as seen from left to right; ``close``: the next line follows without the usual space."""
        places = [(x, pieces) for x, pieces in places if pieces]
        if self.frames:
            places, close = places + self._uprights(places, upside_down), True
        if not places:
            self.feed(self.spacing)
            return
        runs = self._runs(places)
        drawn = [run for run, way in runs if way is Way.DRAWN]
        if drawn:
            self._tell_drawn(drawn, runs)
        if drawn and not self._stand_in_line(drawn):
            self._draw_line([run for run, _ in runs], upside_down, close)
            return
        made = [ink.inline(run) if way is Way.DRAWN else run for run, way in runs]
        rise = max(_rise(box) for box in made)
        height = rise + max(box.height - _rise(box) for box in made)
        for box in made:
            box.y = self.y + rise - _rise(box)
            if upside_down:
                box.x = self.width - box.x - box.width
                box.y = 2 * self.y + height - box.y - box.height
                box.direction = 2
            self.add(box)
        if close:
            self.feed(height)
        else:
            self.y += max(self.spacing, height)
        self.stop = self.y

    def _runs(self, places: list[Place]) -> list[tuple[Run, Way]]:
        """Runs of a line with how each is printed."""
        drawn = "".join(each.text for _, pieces in places for each in pieces if each.way is Way.DRAWN)
        if drawn:
            places = self._without_letters(places, drawn)
        return [found for x, pieces in places for found in _runs(x, pieces, self.block)]

    def _uprights(self, places: list[Place], upside_down: bool) -> list[Place]:
        """The strokes of the frames around a line, as high as the line."""
        tall = max((piece.style.height for _, pieces in places for piece in pieces), default=1)
        made: list[Place] = []
        for frame in self.frames:
            stroke = self.stroke(UPRIGHT[frame.weight], tall)
            for cell in (frame.start, frame.end):
                wide = sum(piece.width for piece in stroke)
                x = self.stand(frame.left + cell * self.setter.cell, wide)
                made.append((self.stand(self.width - x - wide, wide) if upside_down else x, stroke))
        return made

    def rules(self, text: str) -> str:
        """Box-drawing letters as this head prints them: ASCII where it has them only as wide letters and draws none."""
        return text.translate(ASCII) if WIDE.search(self.setter.plain(text)[1]) else text

    def stroke(self, text: str, tall: int = 1) -> Pieces:
        """Box-drawing letters, ``tall`` times as high as usual."""
        return self.setter.pieces(self.rules(text), self.setter.face(doc.Span("", height=tall)))

    def _tell_drawn(self, drawn: list[Run], runs: list[tuple[Run, Way]]) -> None:
        """Say which letters are drawn, and which line with them where all of it is one picture."""
        text = "".join(run.text for run in drawn)
        if self._stand_in_line(drawn):
            self.warn("letters.drawn", text=text)
        else:
            line = " ".join(run.text for run, _ in sorted(runs, key=lambda each: each[0].x))
            self.warn("letters.drawn", text=text, line=line)

    def _stand_in_line(self, drawn: list[Run]) -> bool:
        """True when drawn letters can stand as columns among the others."""
        return self.inline and all(run.height == image.COLUMN_ROWS for run in drawn)

    def _draw_line(self, runs: list[Run], upside_down: bool, close: bool) -> None:
        """A whole line as a picture; the paper moves as it would for letters of this height."""
        x, columns, rows, bits = ink.whole_line(runs, upside_down)
        if upside_down:
            x = self.width - x - columns
        top, x = self.y, self.motion_x.reach(x)
        words = ink.words(x, top, columns, rows, bits, self.profile, self.block) if self.inline else []
        if words:
            for box in words:
                self.add(box)
            self.y = self.stop = top + -(-rows // image.COLUMN_ROWS) * image.COLUMN_ROWS
        else:
            self.dots(x, columns, rows, bits)
        rest = top + (rows if close else max(self.spacing, rows)) - self.y
        if rest > 0:
            self.feed(rest)

    def _without_letters(self, places: list[Place], drawn: str) -> list[Place]:
        """Where no picture can be sent, question marks stand for letters the head has not, and that is said."""
        if reach.picture_way(self.profile) or reach.has_columns(self.profile):
            return places
        self.warn("letters.lost", text=drawn)
        return [(x, tuple(self._question(each) for each in pieces)) for x, pieces in places]

    def _question(self, piece: Piece) -> Piece:
        """The same cells with question marks of the head's own in them."""
        if piece.way is not Way.DRAWN:
            return piece
        font = self.profile.fonts[piece.style.font]
        style = msgspec.structs.replace(piece.style, cell_width=font.width, cell_height=font.height)
        advance = font.height * style.height if style.turned else font.width * style.width
        count = max(piece.width // advance, 1)
        height = font.width * style.width if style.turned else font.height * style.height
        return Piece("?" * count, Way.NARROW, style, advance, count * advance, height)

    # Pictures

    def place(self, columns: int, rows: int, bits: bytes, align: str) -> None:
        """A picture under an alignment."""
        self.picture(self.shift(align, columns), columns, rows, bits)

    def picture(self, x: int, columns: int, rows: int, bits: bytes) -> None:
        """A picture across the paper; inside frames their strokes run along its sides."""
        if self.frames:
            outer = self.frames[0]
            strokes = [
                (frame.left + cell * self.setter.cell - outer.left, frame.weight)
                for frame in self.frames for cell in (frame.start, frame.end)
            ]  # fmt: skip
            wide = (outer.end + 1) * self.setter.cell
            bits = ink.between(bits, columns, rows, x - outer.left, wide, self.setter.cell, strokes)
            x, columns = outer.left, wide
        self.dots(x, columns, rows, bits)

    def dots(self, x: int, columns: int, rows: int, bits: bytes) -> None:
        """Dots across the paper, in the form the head takes."""
        for box in ink.pictures(x, self.y, columns, rows, bits, self.profile, self.block):
            self.add(box)
            self.y = box.y + (self.motion_y.reach(box.height) if ink.is_column(self.profile) else box.height)
        self.stop = self.y

    # Rules

    def open(self, edge: Edge) -> None:
        """The head of a bordered block: its rule joins the foot of the one above."""
        above, self.hanging = self.hanging, None
        if above is not None and above.left != edge.left:
            self.rule(above, None)
            above = None
        self.rule(above, edge)

    def close(self) -> None:
        """Draw the foot of the bordered block above, nothing that joins it follows."""
        if self.hanging is not None:
            edge, self.hanging = self.hanging, None
            self.rule(edge, None)

    def rule(self, above: Edge | None, below: Edge | None) -> None:
        """A level rule joining the uprights of two edges."""
        edge = above or below
        assert edge is not None
        text = level(above, below)
        bare = text.lstrip(" ")
        stroke = self.stroke(bare)
        left = self.stand(edge.left + (len(text) - len(bare)) * self.setter.cell, sum(piece.width for piece in stroke))
        self.line([(left, stroke)], close=True)

    # Places

    def shift(self, align: str, width: int, left: int = 0, room: int | None = None) -> int:
        """Where something ``width`` wide begins under an alignment, at a place the head can stand at."""
        if align == "left" and not left and self.left + width <= self.width:
            return self.left
        free = max((self.right - self.left if room is None else room) - width, 0)
        moved = free if align == "right" else free // 2 if align == "centre" else 0
        return self.stand(self.left + left + moved, width)

    def stand(self, x: int, width: int) -> int:
        """The place nearest to ``x`` the head can stand at without something ``width`` wide leaving the paper."""
        if self.every_dot and x + width <= self.width:
            return x
        x = max(min(x, self.width - width), 0)
        at = self.motion_x.reach(x)
        return at if at + width <= self.width else self.motion_x.dots(max(self.motion_x.units(x) - 1, 0))


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
