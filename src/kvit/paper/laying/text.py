"""Text: paragraphs and rules across the paper."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper.breaking import filled, lines
from kvit.paper.laying.page import Page
from kvit.paper.laying.rule import LEVEL, WEIGHTS
from kvit.paper.rtl import is_right_to_left
from kvit.paper.typeset import Face, Plain, cells_of, width_of

DASH = "-"


def text(page: Page, block: doc.Text) -> None:
    """Paragraphs, broken to lines."""
    setter, align, content = page.setter, block.align or page.align, block.content
    if type(content) is str and content and content.isascii() and content.isprintable() and not block.upside_down:
        width = len(content) * setter.cell
        if width <= page.right - page.left:
            page.row((content, ""), setter.plain_face, page.left if align == "left" else page.shift(align, width))
            return
    found = None if block.upside_down else setter.uniform(block.content)
    if found is None:
        _spans(page, block, align)
        return
    face, letters = found
    if face.missing:
        page.lacks(face.missing)
    for paragraph in letters.split("\n") if "\n" in letters else (letters,):
        plain = setter.plain(paragraph)
        if not plain[1] or setter.on_grid(plain, face):
            _plain(page, plain, face, block.wrap, align)
        else:
            toward = _side(block, align, plain[0])
            for line in lines(setter.cut(plain, face), page.room, block.wrap, setter):
                page.line([(page.shift(toward, width_of(line)), line)])


def _plain(page: Page, plain: Plain, face: Face, wrap: doc.Wrap, align: doc.Align) -> None:
    advance = face.narrow_advance
    columns = (page.right - page.left) // advance
    cells = cells_of(plain)
    if cells <= columns:
        page.row(plain, face, page.left if align == "left" else page.shift(align, cells * advance))
        return
    for line in filled(plain, columns, wrap, page.setter):
        page.row(line, face, page.shift(align, cells_of(line) * advance))


def _spans(page: Page, block: doc.Text, align: doc.Align) -> None:
    """Letters of several looks, or upside down."""
    setter = page.setter
    page.lacks(setter.missing(block.content))
    for paragraph in setter.paragraphs(block.content):
        toward = _side(block, align, "".join([piece.text for piece in paragraph]))
        for line in lines(paragraph, page.room, block.wrap, setter):
            x = page.shift(toward, width_of(line))
            if block.upside_down:  # the head turns the whole paper's width over, not what is between the margins
                x = page.stand(max(x + page.width - page.left - page.right, 0), width_of(line))
            page.line([(x, line)], upside_down=block.upside_down)


def _side(block: doc.Text, align: doc.Align, text: str) -> doc.Align:
    """Where a paragraph lies: one that runs to the left lies on the right unless it says otherwise."""
    return "right" if block.align is None and align == "left" and is_right_to_left(text) else align


def line(page: Page, block: doc.Line) -> None:
    """A rule from margin to margin, or a shorter one somewhere between."""
    setter = page.setter
    letter = page.rules(LEVEL[WEIGHTS[block.look]]) if block.look in WEIGHTS else DASH
    room = min(block.width * setter.cell, page.room) if block.width else page.room
    free = (page.room - room) // setter.cell
    start = free // 2 if block.align == "centre" else free if block.align == "right" else 0
    left = page.motion_x.reach(page.left + start * setter.cell) if start else page.left
    count = room // (setter.cell * cells_of(setter.plain(letter)))
    plain = setter.plain(letter * count)
    if setter.on_grid(plain, setter.plain_face):
        page.row(plain, setter.plain_face, left)
    else:
        stroke = page.stroke(letter)
        page.line([(left, page.stroke(letter * (room // width_of(stroke))))])
