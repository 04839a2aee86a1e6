"""Card numbers in what is to be printed become stars before anything is kept (rules: `kvit.receipt.mask`).

A number may be written in several looks side by side, so the letters of a paragraph are looked at together. Data of codes,
pictures and names of things are left alone. Bytes of a till are looked at as printed text, as the relay does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from kvit.escpos import Parser, load_profile
from kvit.paper.document import Area, Block, Cell, Content, Document, Frame, Pair, Part, Span, Table, Text
from kvit.receipt.mask import mask_commands, mask_text, may_hold_card

T = TypeVar("T")


def without_cards(document: Document) -> Document:
    """Give the document with card numbers as stars; the same one where there are none."""
    return _with(document, blocks=_each(document.blocks))


def bytes_without_cards(data: bytes, profile: str) -> bytes:
    """Give a till's bytes with card numbers as stars; their length stays. Raises `kvit.escpos.UnknownProfileError`."""
    parser = Parser(load_profile(profile))
    return mask_commands([*parser.feed(data), *parser.close()])


def _each(blocks: Sequence[Any]) -> list[Any]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> Block:
    if isinstance(block, Text):
        return _with(block, content=_content(block.content))
    if isinstance(block, Pair):
        return _with(block, left=_content(block.left), right=_content(block.right))
    if isinstance(block, Table):
        return _with(block, rows=[[_cell(cell) for cell in row] for row in block.rows])
    if isinstance(block, Frame):
        return _with(block, blocks=_each(block.blocks))
    if isinstance(block, Area):
        return _with(block, parts=[_part(part) for part in block.parts])
    return block


def _part(part: Part) -> Part:
    return _with(part, blocks=_each(part.blocks))


def _cell(cell: Content | Cell) -> Content | Cell:
    return _with(cell, content=_content(cell.content)) if isinstance(cell, Cell) else _content(cell)


def _content(content: Content) -> Content:
    if isinstance(content, str):
        return mask_text(content)
    whole = "".join(span.text for span in content)
    if not may_hold_card(whole):
        return content
    masked, at, spans = mask_text(whole), 0, list[Span]()
    for span in content:
        spans.append(_with(span, text=masked[at : at + len(span.text)]))
        at += len(span.text)
    return spans


def _with(whole: T, **parts: object) -> T:
    """The same value where nothing of it has changed."""
    same = all(getattr(whole, name) == part for name, part in parts.items())
    return whole if same else msgspec.structs.replace(whole, **parts)  # type: ignore[type-var]
