"""A document made tame: what a printer of tag text can not do is done otherwise before it is laid out, and said.

Clouds and terminal services take text with tags. They have few sizes and no other looks, no dots, few symbols with short
data, and whatever looks like a tag in an item's name is obeyed. ``tamed(document, profile, manner)`` gives a document in
which

* letters the printer has not are spelled by others (`kvit.paper.spelling`);
* letters that begin a tag are their full-width twins (``<`` becomes ``＜``), so no data can be a command;
* sizes are the largest there are up to those asked for, one to a line where the language has one a line;
* frames and borders are rules above and below, areas are their parts one after another;
* a symbol that can not be sent is its data as text.

Every such change is a `Problem` with the number of the block. Copies are left to whoever sends: all these services count
them themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, cast
from urllib.parse import quote

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import document as doc
from kvit.paper.laying.page import MARGIN_PART
from kvit.paper.sheet import Problem
from kvit.paper.spelling import spelled
from kvit.paper.table import widths_of
from kvit.paper.typeset import STRIPPED, setter_of, width_of

Size = tuple[int, int]


class Manner(msgspec.Struct, frozen=True):
    """What a language of tags can say."""

    sizes: tuple[Size, ...] = ((1, 1),)
    """Magnifications across and down."""
    bold: bool = False
    uniform: bool = False
    """One look a line."""
    twins: dict[str, str] = {}
    """Letters that could begin a tag, and what is printed for them."""
    pairs: dict[str, str] = {}
    """The same for letters that are dangerous only side by side; of equal length."""
    marks: dict[str, Callable[[str], bool]] = {}
    """Symbols by kind, and which data they take."""
    once: frozenset[str] = frozenset()
    """Symbols of which a job may have only one."""
    bytes_max: int = 0
    """The longest content every account takes; 0: no limit is known."""


class Tamed(msgspec.Struct, frozen=True):
    """The document to lay out; ``origins`` has the number of the block each of its blocks came from."""

    document: doc.Document
    origins: list[int]
    problems: list[Problem]


def tamed(document: doc.Document, profile: Profile, manner: Manner) -> Tamed:
    """Make a document fit."""
    work = _Taming(document, profile, manner)
    for number, block in enumerate(document.blocks):
        work.number = number
        for each in work.tame(block):
            work.blocks.append(each)
            work.origins.append(number)
    made = msgspec.structs.replace(document, blocks=work.blocks, copies=1)
    return Tamed(made, work.origins, work.problems)


def harmless(text: str, manner: Manner) -> str:
    """The text with nothing in it that a printer would obey; as many letters as before."""
    for dangerous, printed in manner.pairs.items():
        text = text.replace(dangerous, printed)
    return text.translate({ord(letter): printed for letter, printed in manner.twins.items()})


def clean(text: str) -> str:
    """Letters and line feeds alone, composed: what is between two letters now is what will be between them in print."""
    if text.isascii() and text.isprintable():
        return text
    return STRIPPED.sub("", unicodedata.normalize("NFC", text.replace("\t", " ")))


class _Taming:
    def __init__(self, document: doc.Document, profile: Profile, manner: Manner) -> None:
        self.document, self.profile, self.manner = document, profile, manner
        self.setter = setter_of(profile)
        self.number = 0
        self.cells = profile.width_dots // self.setter.cell
        """Of the narrowest frame around."""
        self.blocks: list[doc.Block] = []
        self.origins: list[int] = []
        self.problems: list[Problem] = []
        self.sent: set[str] = set()

    def warn(self, code: str, **values: int | str) -> None:
        found = Problem(code, self.number, self.number + 1, values)
        if found not in self.problems:
            self.problems.append(found)

    def lack(self, word: str) -> None:
        self.warn("look.absent", word=word)

    def tame(self, block: doc.Block) -> Iterator[doc.Block]:
        yield from _BLOCKS[type(block)](self, block)

    # Letters

    def contents(self, contents: list[doc.Content]) -> list[doc.Content]:
        """Contents that stand on common lines, letters and looks as the language has them."""
        if all(isinstance(each, str) for each in contents):
            return [harmless(self._spelled(str(each)), self.manner) for each in contents]
        spans = [self._spans(each) for each in contents]
        spans = [[self._looked(each) for each in held] for held in spans]
        if self.manner.uniform:
            spans = self._alike(spans)
        return [list(held) for held in spans]

    def content(self, content: doc.Content) -> doc.Content:
        """One content alone on its lines."""
        return self.contents([content])[0]

    def _spans(self, content: doc.Content) -> list[doc.Span]:
        held = [doc.Span(content)] if isinstance(content, str) else content
        texts = [self._spelled(each.text) for each in held]
        whole = harmless("".join(texts), self.manner)
        made: list[doc.Span] = []
        at = 0
        for span, text in zip(held, texts, strict=True):
            made.append(msgspec.structs.replace(span, text=whole[at : at + len(text)]))
            at += len(text)
        return made

    def _spelled(self, text: str) -> str:
        """The text clean, in letters the printer has as far as they can be had."""
        made, changed = spelled(clean(text), self._has)
        if changed:
            self.warn("letters.spelled", text=changed)
        return made

    def _has(self, letter: str) -> bool:
        return self.setter.repertoire.way(letter, 1) in "nwv"

    def _looked(self, span: doc.Span) -> doc.Span:
        """The span with the looks there are; what is lost is said."""
        size = self._size(span.width, span.height)
        bold = span.bold and self.manner.bold
        for word, lost in (
            ("size", size != (span.width, span.height)), ("bold", bold != span.bold), ("underline", span.underline),
            ("invert", span.invert), ("italic", span.italic), ("turned", span.turned), ("colour", span.colour != "black"),
            ("font", span.font != "A"),
        ):  # fmt: skip
            if lost and span.text.strip():
                self.lack(word)
        return doc.Span(span.text, bold=bold, width=size[0], height=size[1])

    def _size(self, width: int, height: int) -> Size:
        fitting = [(wide, high) for wide, high in self.manner.sizes if wide <= width and high <= height]
        return max(fitting, key=lambda size: (size[0] * size[1], size))

    def _alike(self, contents: list[list[doc.Span]]) -> list[list[doc.Span]]:
        """The same look for all letters of common lines: the smallest."""
        showing = [span for held in contents for span in held if span.text.strip()]
        if not showing:
            return contents
        size = self._size(min(span.width for span in showing), min(span.height for span in showing))
        bold = all(span.bold for span in showing)
        if any((span.width, span.height) != size for span in showing):
            self.lack("size")
        if any(span.bold != bold for span in showing):
            self.lack("bold")
        return [[doc.Span(span.text, bold=bold, width=size[0], height=size[1]) for span in held] for held in contents]

    # Blocks

    def text(self, block: doc.Text) -> Iterator[doc.Block]:
        if block.upside_down:
            self.lack("upside_down")
        content = self.content(block.content)
        yield msgspec.structs.replace(block, content=content, wrap=self._wrap(block.wrap, [content]), upside_down=False)

    def pair(self, block: doc.Pair) -> Iterator[doc.Block]:
        left, right = self._beside(*self.contents([block.left, block.right]))
        gap = self._gap(1, [left, right])
        if gap == 1:
            yield msgspec.structs.replace(block, left=left, right=right)
            return
        wrap = self._wrap(block.wrap, [left, right])
        yield doc.Table([doc.Column(weight=1, wrap=wrap), doc.Column(align="right")], [[left, right]], gap)

    def _beside(self, left: doc.Content, right: doc.Content) -> tuple[doc.Content, doc.Content]:
        """Left and right in letters no wider than lets them stand on one line: a total is not broken for its size."""
        if self._widest([left, right]) == 1 or self._dots([left, right]) <= self._room():
            return left, right
        self.lack("size")
        return self._narrow(left), self._narrow(right)

    def _narrow(self, content: doc.Content) -> doc.Content:
        assert isinstance(content, list)
        sizes = [self._size(1, span.height) for span in content]
        return [
            msgspec.structs.replace(span, width=wide, height=high)
            for span, (wide, high) in zip(content, sizes, strict=True)
        ]

    def _dots(self, contents: list[doc.Content]) -> int:
        """Dots the first lines of contents take side by side, a space of the widest letters between."""
        firsts = [width_of(self.setter.paragraphs(each)[0]) for each in contents]
        return sum(firsts) + self.setter.cell * self._widest(contents) * (len(contents) - 1)

    def _room(self) -> int:
        """Dots between the margins."""
        widest = self.profile.width_dots // MARGIN_PART
        margins = (min(each * self.setter.cell, widest) for each in (self.document.left, self.document.right))
        return min(self.profile.width_dots - sum(margins), self.cells * self.setter.cell)

    def _gap(self, gap: int, contents: list[doc.Content]) -> int:
        """Cells between columns, so many that there is a space between them when spaces are as wide as the letters."""
        return max(gap, self._widest(contents)) if self.manner.uniform else gap

    def _widest(self, contents: list[doc.Content]) -> int:
        return max((span.width for content in contents if isinstance(content, list) for span in content), default=1)

    def _wrap(self, wrap: doc.Wrap, contents: list[doc.Content]) -> doc.Wrap:
        """No dots at the end of large lines of one look: a layout may set them in small letters."""
        large = self.manner.uniform and self._widest(contents) > 1
        return "character" if large and wrap == "ellipsis" else wrap

    def table(self, block: doc.Table) -> Iterator[doc.Block]:
        rows = [self._row(row) for row in block.rows]
        gap = block.gap if block.border == "none" else max(block.gap, 1)  # where the uprights would stand
        plain = self._spaced(msgspec.structs.replace(block, rows=rows, border="none", ruled=False, gap=gap))
        if block.border == "none" and not (block.ruled or block.heads or block.rules):
            yield plain
            return
        if block.border != "none":
            self.lack("border")
        yield from self._ruled(plain, block)

    def _spaced(self, table: doc.Table) -> doc.Table:
        """A table whose large letters keep their distance."""
        contents = [each.content if isinstance(each, doc.Cell) else each for row in table.rows for each in row]
        gap = 0 if self._widest(contents) == 1 else self._gap(table.gap, contents)
        if gap <= 1:
            return table
        columns = [msgspec.structs.replace(each, wrap=self._wrap(each.wrap, contents)) for each in table.columns]
        rows = [[self._cell(each, contents) for each in row] for row in table.rows]
        return msgspec.structs.replace(table, columns=columns, rows=rows, gap=gap)

    def _cell(self, cell: doc.Content | doc.Cell, contents: list[doc.Content]) -> doc.Content | doc.Cell:
        if not isinstance(cell, doc.Cell) or cell.wrap is None:
            return cell
        return msgspec.structs.replace(cell, wrap=self._wrap(cell.wrap, contents))

    def _row(self, row: list[doc.Content | doc.Cell]) -> list[doc.Content | doc.Cell]:
        contents = self.contents([each.content if isinstance(each, doc.Cell) else each for each in row])
        made: list[doc.Content | doc.Cell] = []
        for each, content in zip(row, contents, strict=True):
            made.append(msgspec.structs.replace(each, content=content) if isinstance(each, doc.Cell) else content)
        return made

    def _ruled(self, plain: doc.Table, block: doc.Table) -> Iterator[doc.Block]:
        """The rows with rules between them, the columns as wide in every part."""
        columns = self._widths(plain)
        look: Literal["single", "double"] = "double" if block.border == "double" else "single"
        stroke = doc.Line(look, self._taken(columns, plain.gap), block.align)
        heads = min(block.heads, len(plain.rows))
        bordered = block.border != "none"
        if bordered and not block.open_top:
            yield stroke
        rules = {heads, *block.rules}
        cuts = [each for each in range(1, len(plain.rows)) if block.ruled or each in rules]
        for start, end in zip([0, *cuts], [*cuts, len(plain.rows)], strict=True):
            if start:
                yield stroke
            if end > start:
                yield msgspec.structs.replace(plain, columns=columns, rows=plain.rows[start:end], heads=0, rules=[])
        if (bordered and not block.open_bottom) or (block.heads and heads == len(plain.rows)):
            yield stroke

    def _taken(self, columns: list[doc.Column], gap: int) -> int:
        """Cells a table of fixed columns takes; 0: all there are."""
        cells = sum(column.width for column in columns) + gap * (len(columns) - 1)
        return cells if all(column.width for column in columns) and cells < self._room() // self.setter.cell else 0

    def _widths(self, table: doc.Table) -> list[doc.Column]:
        """The columns as fixed ones, as the layout would make them for all rows together."""
        cell = self.setter.cell
        cells = [
            [self.setter.paragraphs(each.content if isinstance(each, doc.Cell) else each) for each in row]
            for row in table.rows
            if not any(isinstance(each, doc.Cell) and each.columns > 1 for each in row)
        ]
        widths = widths_of(list(table.columns), cells, self._room() // cell, table.gap, cell)
        if widths is None:
            return list(table.columns)
        return [
            msgspec.structs.replace(column, width=width, weight=0)
            for column, width in zip(table.columns, widths, strict=True)
        ]

    def frame(self, block: doc.Frame) -> Iterator[doc.Block]:
        """Rules above and below; inside, a place as narrow as the frame's."""
        if block.look != "none":
            self.lack("frame")
            yield doc.Line(block.look, block.width, block.align)
        if block.width:
            yield self._narrowed(block)
        else:
            for each in block.blocks:
                yield from self.tame(each)
        if block.look != "none":
            yield doc.Line(block.look, block.width, block.align)

    def _narrowed(self, block: doc.Frame) -> doc.Frame:
        before, self.cells = self.cells, min(self.cells, block.width)
        inside = [cast("doc.Flow", made) for each in block.blocks for made in self.tame(each)]
        self.cells = before
        return doc.Frame(inside, "none", block.width, block.align)

    def area(self, block: doc.Area) -> Iterator[doc.Block]:
        self.lack("area")
        for part in sorted(block.parts, key=lambda each: (each.y, each.x)):
            if part.direction:
                self.lack("turned")
            for each in part.blocks:
                yield from self.tame(each)

    def code(self, block: doc.Code) -> Iterator[doc.Block]:
        block = msgspec.structs.replace(block, data=_in_ascii(block.data))
        if self._sendable(block):
            self.sent.add(block.kind)
            yield msgspec.structs.replace(block, module=None)
            return
        self.warn("symbol.text", kind=block.kind)
        yield doc.Text(self.content(block.data), block.align, "character")

    def _sendable(self, block: doc.Code) -> bool:
        takes = self.manner.marks.get(block.kind)
        if takes is None or (block.kind in self.manner.once and block.kind in self.sent):
            return False
        return clean(block.data) == block.data == harmless(block.data, self.manner) and takes(block.data)

    def beep(self, _block: doc.Beep) -> Iterator[doc.Block]:
        self.warn("beep.absent")
        yield from ()

    def kept(self, block: Any) -> Iterator[doc.Block]:
        yield block


_BLOCKS: dict[type, Callable[[_Taming, Any], Iterator[doc.Block]]] = {
    doc.Text: _Taming.text, doc.Pair: _Taming.pair, doc.Table: _Taming.table, doc.Frame: _Taming.frame,
    doc.Area: _Taming.area, doc.Code: _Taming.code, doc.Beep: _Taming.beep, doc.Line: _Taming.kept,
    doc.Image: _Taming.kept, doc.Logo: _Taming.kept, doc.Feed: _Taming.kept, doc.Cut: _Taming.kept,
    doc.Pulse: _Taming.kept,
}  # fmt: skip


def _in_ascii(data: str) -> str:
    """A link as every phone writes it (RFC 3986, 2.1): spelling would lead elsewhere. Other data as they are."""
    return quote(data, safe=ASCII) if data.startswith(("https://", "http://")) and not data.isascii() else data


ASCII = "".join(map(chr, range(128)))
DIGITS_13 = re.compile(r"[0-9]{12,13}", re.ASCII)


def is_ean13(data: str) -> bool:
    """Twelve or thirteen digits."""
    return DIGITS_13.fullmatch(data) is not None


def in_gbk(most: int, data: str) -> bool:
    """At most so many bytes of GBK, one line."""
    try:
        return len(data.encode("gbk")) <= most and "\n" not in data
    except UnicodeEncodeError:
        return False


def gbk_up_to(most: int) -> Callable[[str], bool]:
    """The rule of QR data on these clouds, which turn everything into GBK."""
    return partial(in_gbk, most)
