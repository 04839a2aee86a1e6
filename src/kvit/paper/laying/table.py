"""Tables and pairs: rows of cells, with rules that join.

A row whose cells have one look lies on the grid of cells and is put together as strings, by one format for the whole
table; other rows are placed cell by cell. Rows of a bordered table stand close, so that upright rules join; where a cell
takes several columns the rules beside it know (`kvit.paper.laying.rule`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import msgspec

from kvit.paper import document as doc
from kvit.paper.breaking import filled, lines, narrow_lines
from kvit.paper.laying.page import Page, Place
from kvit.paper.laying.rule import LEVEL, UPRIGHT, WEIGHTS, Edge
from kvit.paper.table import shared
from kvit.paper.typeset import FILLER, Face, Pieces, Plain, cells_of, width_of

PADS = {"left": "<", "centre": "^", "right": ">"}
"""Of ``str.format``."""


def pair(page: Page, block: doc.Pair) -> None:
    """Left and right on one line; a table of two columns where they do not fit."""
    setter, left_text, right_text = page.setter, block.left, block.right
    if type(left_text) is str and type(right_text) is str and right_text:
        joined = left_text + right_text
        gap = (page.right - page.left) // setter.cell - len(joined)
        if gap > 1 and joined.isascii() and joined.isprintable():
            page.row((left_text + " " * gap + right_text, ""), setter.plain_face, page.left)
            return
    first, second = setter.uniform(block.left), setter.uniform(block.right)
    if first is not None and second is not None and first[0] is second[0]:
        face = first[0]
        left, right = setter.plain(first[1]), setter.plain(second[1])
        gap = (page.right - page.left) // setter.cell - cells_of(left) - cells_of(right)
        on_grid = _lies_on_grid(page, face, left) and _lies_on_grid(page, face, right)
        if gap > 1 and on_grid and "\n" not in first[1] and "\n" not in second[1]:
            if face.missing:
                page.lacks(face.missing)
            page.row(_spaced(left, gap, right) if right[0] else left, face, page.left)
            return
    columns = [doc.Column(weight=1, wrap=block.wrap), doc.Column(align="right")]
    table(page, doc.Table(columns, [[block.left, block.right]]))


def _spaced(left: Plain, gap: int, right: Plain) -> Plain:
    text = left[0] + " " * gap + right[0]
    if not (left[1] or right[1]):
        return text, ""
    return text, (left[1] or "n" * len(left[0])) + "n" * gap + (right[1] or "n" * len(right[0]))


def _lies_on_grid(page: Page, face: Face, plain: Plain) -> bool:
    """True when spaces of the look lead to every place of the grid and are not seen."""
    return face.open and face.narrow_advance == page.setter.cell and (not plain[1] or page.setter.on_grid(plain, face))


def table(page: Page, block: doc.Table) -> None:
    """Rows of cells, with rules where asked for."""
    bordered = block.border != "none"
    if not bordered:
        page.close()
    if not block.rows:
        return
    columns, gap = block.columns, 1 if bordered else block.gap
    room = page.room // page.setter.cell - (2 if bordered else 0)
    if block.surplus == "drop" and len(columns) > (kept := max((room + gap) // (gap + 1), 1)):
        page.warn("table.narrow", columns=len(columns))
        columns = columns[:kept]
    widths = shared(columns, _wishes(page, block)[: len(columns)], room, gap)
    rows = block.rows
    if widths is None:
        page.close()
        page.warn("table.narrow", columns=len(columns))
        rows, columns, gap, bordered = [[each] for row in block.rows for each in row], columns[:1], 0, False
        widths = [max(page.room // page.setter.cell, 1)]
    start = _start(block.align, room - sum(widths) - gap * (len(widths) - 1))
    grid = _Grid(page, columns, widths, gap, WEIGHTS[block.border] if bordered else 0, start)
    grid.open_top = block.open_top
    ruled, rules = block.ruled, {block.heads, *block.rules}
    for number, row in enumerate(rows):
        if number and (ruled or number in rules):
            grid.rule(row)
        grid.row(row[: len(columns)] if block.surplus == "drop" else row)
    grid.end(open_bottom=block.open_bottom)


def _start(align: doc.Align, free: int) -> int:
    """The cell a table with so many cells to spare begins at."""
    return max(free, 0) if align == "right" else max(free, 0) // 2 if align == "centre" else 0


def _wishes(page: Page, block: doc.Table) -> list[int]:
    """The cells every column would like: of its widest cell where it has neither width nor weight."""
    wishes = [column.width for column in block.columns]
    free = [not (column.width or column.weight) for column in block.columns]
    if not any(free):
        return wishes
    broad: list[tuple[int, int, int]] = []
    for row in block.rows:
        at = 0
        for each in row:
            span = each.columns if isinstance(each, doc.Cell) else 1
            if span > 1:
                broad.append((at, at + span, _cells(page, _content(each))))
            elif at < len(free) and free[at]:
                wishes[at] = max(wishes[at], _cells(page, _content(each)))
            at += span
    wishes = [max(wish, 1) if is_free else wish for wish, is_free in zip(wishes, free, strict=True)]
    gap = 1 if block.border != "none" else block.gap
    for start, end, wish in broad:
        last = min(end, len(free)) - 1
        if all(free[start : last + 1]) and start <= last:
            wishes[last] += max(wish - sum(wishes[start : last + 1]) - gap * (last - start), 0)
    return wishes


def _content(each: doc.Content | doc.Cell) -> doc.Content:
    return each.content if isinstance(each, doc.Cell) else each


def _cells(page: Page, content: doc.Content) -> int:
    """Narrow cells of font A the widest line of a content takes."""
    if isinstance(content, str) and content.isascii() and content.isprintable():
        return len(content)
    return max(-(-width_of(line) // page.setter.cell) for line in page.setter.paragraphs(content))


class _Slot(msgspec.Struct, frozen=True, gc=False):
    """A cell's place: cells from the table's left, cells wide, how its letters lie and break."""

    at: int
    width: int
    align: doc.Align
    wrap: doc.Wrap


class _Grid:
    """The columns of a table while its rows are laid out; ``weight`` 0: no border, ``start``: the cell it begins at."""

    def __init__(
        self, page: Page, columns: list[doc.Column], widths: list[int], gap: int, weight: int, start: int = 0
    ) -> None:
        self.page, self.columns, self.widths, self.gap, self.weight = page, columns, widths, gap, weight
        self.setter, self.face = page.setter, page.setter.plain_face
        self.start, self.open_top = start, False
        self.left = page.motion_x.reach(page.left + start * page.setter.cell) if start else page.left
        self.usual = self._slots([1] * len(columns))
        self.centred = any(slot.align == "centre" for slot in self.usual)
        self.format, self.cells = self._format(self.usual)
        self.above: Edge | None = None

    def _slots(self, spans: list[int]) -> list[_Slot]:
        """Places of cells that take so many columns each."""
        made: list[_Slot] = []
        column, at = 0, self.start + (1 if self.weight else 0)
        for span in spans:
            taken = self.widths[column : column + span]
            width = sum(taken) + self.gap * (len(taken) - 1)
            made.append(_Slot(at, width, self.columns[column].align, self.columns[column].wrap))
            column, at = column + span, at + width + self.gap
        return made

    def _format(self, slots: list[_Slot]) -> tuple[str, int]:
        """The format that puts cells side by side, and how many cells it makes."""
        stroke = self.page.rules(UPRIGHT[self.weight]) if self.weight else ""
        fields = [f"{{:{PADS[slot.align]}{slot.width}}}" for slot in slots]
        cells = slots[-1].at + slots[-1].width + (1 if self.weight else 0) - self.start
        return stroke + (stroke or " " * self.gap).join(fields) + stroke, cells

    def row(self, row: list[doc.Content | doc.Cell]) -> None:
        """Print one row."""
        if self.weight or not self._texts(row):
            self._contents(row)

    def _texts(self, row: list[doc.Content | doc.Cell]) -> bool:
        """Print a row of texts by the table's own format; False when it has more than plain letters."""
        try:
            joined = "".join(row)  # type: ignore[arg-type]
        except TypeError:
            return False
        setter = self.setter
        text, kinds = setter.plain(joined)
        if text != joined or len(row) != len(self.usual) or not (not kinds or setter.on_grid((text, kinds), self.face)):
            return False
        texts: list[str] = row  # type: ignore[assignment]
        wide = [each if each.isascii() else each.translate(setter.expand) for each in texts] if kinds else texts
        made = self.format.format(*(_centred(wide, self.usual) if self.centred else wide))
        if len(made) == self.cells:
            self._put(made, kinds)
            return True
        broken: list[list[str]] = []
        for each, cells, slot in zip(texts, wide, self.usual, strict=True):
            if len(cells) <= slot.width:
                held = [cells]
            elif kinds or slot.wrap != "word":
                held = self._filled(each, slot)
                if max(map(len, held)) > slot.width:
                    return False
            else:
                held = narrow_lines(each, slot.width)
            broken.append(held)
        for line in zip_longest(*broken, fillvalue=""):
            self._put(self.format.format(*(_centred(line, self.usual) if self.centred else line)), kinds)
        return True

    def _filled(self, text: str, slot: _Slot) -> list[str]:
        """Lines of a cell, wide letters with their fillers."""
        found = filled(self.setter.plain(text), slot.width, slot.wrap, self.setter)
        return [line.translate(self.setter.expand) if kinds else line for line, kinds in found]

    def _put(self, made: str, kinds: str) -> None:
        """Print a line the format made."""
        text = made.rstrip(" ")
        plain = self.setter.plain(text.replace(FILLER, "")) if kinds else (text, "")
        self.page.row(plain, self.face, self.left)

    def _contents(self, row: list[doc.Content | doc.Cell]) -> None:
        """Print a row of anything."""
        contents, slots = self._placed(row)
        if self.weight:
            edge = self._edge(slots)
            if self.above is None and self.open_top:
                self.page.close()
            elif self.above is None:
                self.page.open(edge)
            self.above = edge
        for content in contents:
            self.page.lacks(self.setter.missing(content))
        if not self._strings(contents, slots):
            self._pieces(contents, slots)

    def _placed(self, row: list[doc.Content | doc.Cell]) -> tuple[list[doc.Content], list[_Slot]]:
        """What stands in a row and where; columns without a cell stay empty."""
        cells = [each if isinstance(each, doc.Cell) else doc.Cell(each) for each in row]
        spans: list[int] = []
        left = len(self.columns)
        for each in cells:
            if not left:
                self.page.warn("table.cells", columns=len(self.columns))
                break
            spans.append(min(each.columns, left))
            left -= spans[-1]
        contents = [each.content for each in cells[: len(spans)]] + [""] * left
        slots = self._slots(spans + [1] * left)
        for number, each in enumerate(cells[: len(spans)]):
            if each.align or each.wrap:
                slot = slots[number]
                slots[number] = _Slot(slot.at, slot.width, each.align or slot.align, each.wrap or slot.wrap)
        return contents, slots

    def _strings(self, contents: list[doc.Content], slots: list[_Slot]) -> bool:
        """Print the row from strings; False when its letters are not of one look on the grid."""
        face: Face | None = None
        broken: list[list[str]] = []
        for content, slot in zip(contents, slots, strict=True):
            found = self.setter.uniform(content)
            if found is None or (face is not None and found[0] is not face):
                return False
            face = found[0]
            held: list[str] = []
            for paragraph in found[1].split("\n"):
                plain = self.setter.plain(paragraph)
                if not _lies_on_grid(self.page, face, plain):
                    return False
                for line in filled(plain, slot.width, slot.wrap, self.setter):
                    if cells_of(line) > slot.width:
                        return False
                    held.append(line[0].translate(self.setter.expand) if line[1] else line[0])
            broken.append(held)
        assert face is not None
        if self.weight and not self.setter.on_grid(self.setter.plain(self.page.rules(UPRIGHT[self.weight])), face):
            return False
        pattern, _ = self._format(slots)
        for texts in zip_longest(*broken, fillvalue=""):
            text = pattern.format(*_centred(texts, slots)).rstrip(" ").replace(FILLER, "")
            self.page.row(self.setter.plain(text), face, self.left, close=self.weight > 0)
        return True

    def _pieces(self, contents: list[doc.Content], slots: list[_Slot]) -> None:
        """Print the row from pieces, cell by cell."""
        cell = self.setter.cell
        broken = [
            [
                line
                for paragraph in self.setter.paragraphs(content)
                for line in lines(paragraph, slot.width * cell, slot.wrap, self.setter)
            ]
            for content, slot in zip(contents, slots, strict=True)
        ]
        for line in zip_longest(*broken, fillvalue=()):
            places = self._places(list(line), slots)
            if self.weight:
                places += self._uprights(list(line), self._edge(slots))
            self.page.line(places, close=self.weight > 0)

    def _places(self, line: list[Pieces], slots: list[_Slot]) -> list[Place]:
        """One line of a row: each cell's pieces at their place."""
        cell = self.setter.cell
        places: list[Place] = []
        for slot, pieces in zip(slots, line, strict=True):
            if width_of(pieces) > slot.width * cell:
                self.page.warn("table.narrow", columns=len(self.columns))
            elif pieces:
                x = self.page.shift(slot.align, width_of(pieces), slot.at * cell, slot.width * cell)
                places.append((x, pieces))
        return places

    def _edge(self, slots: list[_Slot]) -> Edge:
        return Edge(self.page.left, (self.start, *(slot.at + slot.width for slot in slots)), self.weight)

    def _uprights(self, line: list[Pieces], edge: Edge) -> list[Place]:
        """The upright rules of one line, as high as the line."""
        tall = max((piece.style.height for pieces in line for piece in pieces), default=1)
        stroke = self.page.stroke(UPRIGHT[self.weight], tall)
        return [
            (self.page.stand(self.page.left + cell * self.setter.cell, width_of(stroke)), stroke)
            for cell in edge.uprights
        ]

    def rule(self, below: list[doc.Content | doc.Cell]) -> None:
        """A level rule between the row above and the one below."""
        if self.weight:
            self.page.rule(self.above, self._edge(self._placed(below)[1]))
        else:
            stroke = self.page.stroke(LEVEL[WEIGHTS["single"]] * self.cells)
            self.page.line([(self.left, stroke)])

    def end(self, *, open_bottom: bool) -> None:
        """The table's foot hangs until it is known what follows."""
        self.page.hanging = None if open_bottom else self.above


def _centred(texts: Sequence[str], slots: list[_Slot]) -> Sequence[str]:
    """Texts that stand half a cell off the middle are moved to the right, so that the format puts them there."""
    return [
        " " + text if slot.align == "centre" and (slot.width - len(text)) & 1 and len(text) < slot.width else text
        for text, slot in zip(texts, slots, strict=True)
    ]
