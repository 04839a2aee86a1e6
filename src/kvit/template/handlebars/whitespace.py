"""Whitespace control: tildes, and lines on which a block, comment or partial stands alone.

A tilde takes all whitespace on its side. A tag that stands alone on its line takes the line with it: the blanks before
it and the line's end behind it; a partial then remembers the blanks as its indent. What "alone" means follows
Handlebars 4.7: the text before ends with a line's end and blanks (or is the beginning of the template), the text behind
begins with blanks and a line's end (or is the end); a text is judged by what it was before anything was taken from it.

The pass changes `Text.value` in place, once, before compiling.
"""

from __future__ import annotations

from kvit.template.handlebars.lexer import SPACE
from kvit.template.handlebars.tree import Block, Comment, Mustache, Partial, Program, Statement, Text

_BLANKS = " \t"


def control(program: Program, standalone: bool = True) -> Program:
    """Trim a tree in place and give it back. Without ``standalone`` only tildes count."""
    _program(program, standalone, True)
    return program


class _Side:
    """What a statement asks of its neighbours."""

    __slots__ = ("close", "close_alone", "inline_alone", "open", "open_alone")

    def __init__(
        self, opened: bool, closed: bool, inline: bool = False, opens: bool = False, closes: bool = False
    ) -> None:
        self.open, self.close = opened, closed
        self.inline_alone, self.open_alone, self.close_alone = inline, opens, closes


def _program(program: Program, standalone: bool, root: bool) -> None:
    body = program.body
    for place, statement in enumerate(body):
        side = _side(statement, standalone)
        if side is None:
            continue
        before = _blank_before(body, place, root)
        behind = _blank_behind(body, place, root)
        if side.close:
            _take_behind(body, place + 1, True)
        if side.open:
            _take_before(body, place, True)
        if not standalone:
            continue
        if side.inline_alone and before and behind:
            _take_behind(body, place + 1)
            if _take_before(body, place) and isinstance(statement, Partial):
                statement.indent = _indent(body[place - 1])
        if side.open_alone and before:
            _take_behind(_first(statement).body, 0)
            _take_before(body, place)
        if side.close_alone and behind:
            _take_behind(body, place + 1)
            _take_before(_last(statement).body, len(_last(statement).body))


def _side(statement: Statement, standalone: bool) -> _Side | None:
    if isinstance(statement, Text):
        return None
    if isinstance(statement, Mustache):
        return _Side(statement.strip.open, statement.strip.close)
    if isinstance(statement, Comment):
        return _Side(statement.strip.open, statement.strip.close, inline=True)
    if isinstance(statement, Partial):
        if statement.program is None:
            return _Side(statement.strip.open, statement.strip.close, inline=True)
        return _partial_block(statement, statement.program, standalone)
    return _block(statement, standalone)


def _partial_block(statement: Partial, program: Program, standalone: bool) -> _Side:
    _program(program, standalone, False)
    side = _Side(
        statement.strip.open,
        statement.close_strip.close,
        opens=_blank_behind(program.body, -1),
        closes=_blank_before(program.body, len(program.body)),
    )
    if statement.strip.close:
        _take_behind(program.body, 0, True)
    if statement.close_strip.open:
        _take_before(program.body, len(program.body), True)
    return side


def _block(block: Block, standalone: bool) -> _Side:
    for program in (block.program, block.inverse):
        if program is not None:
            _program(program, standalone, False)
    first, inverse = _first(block), block.inverse if block.program is not None else None
    first_inverse = last_inverse = inverse
    if inverse is not None and inverse.chained:
        first_inverse, last_inverse = _chain(inverse)
    side = _Side(
        block.open_strip.open,
        block.close_strip.close,
        opens=_blank_behind(first.body, -1),
        closes=_blank_before((first_inverse or first).body, len((first_inverse or first).body)),
    )
    if block.open_strip.close:
        _take_behind(first.body, 0, True)
    if first_inverse is None or last_inverse is None:
        if block.close_strip.open:
            _take_before(first.body, len(first.body), True)
        return side
    if block.inverse_strip.open:
        _take_before(first.body, len(first.body), True)
    if block.inverse_strip.close:
        _take_behind(first_inverse.body, 0, True)
    if block.close_strip.open:
        _take_before(last_inverse.body, len(last_inverse.body), True)
    if standalone and _blank_before(first.body, len(first.body)) and _blank_behind(first_inverse.body, -1):
        _take_before(first.body, len(first.body))
        _take_behind(first_inverse.body, 0)
    return side


def _chain(inverse: Program) -> tuple[Program, Program]:
    """The program behind the first ``{{else name}}``, and the last one of the chain."""
    block = inverse.body[0]
    assert isinstance(block, Block)
    assert block.program is not None
    last = inverse
    while last.chained:
        link = last.body[-1]
        assert isinstance(link, Block)
        assert link.program is not None
        last = link.program
    return block.program, last


def _first(statement: Statement) -> Program:
    assert isinstance(statement, Block | Partial)
    program = (
        statement.program if statement.program is not None or isinstance(statement, Partial) else statement.inverse
    )
    assert program is not None
    return program


def _last(statement: Statement) -> Program:
    if isinstance(statement, Block) and statement.inverse is not None:
        return statement.inverse
    return _first(statement)


def _blank_before(body: list[Statement], place: int, root: bool = False) -> bool:
    """Whether what stands before a place ends a line."""
    if place == 0:
        return root
    text = body[place - 1]
    if not isinstance(text, Text):
        return False
    rest = text.original.rstrip(SPACE)
    return "\n" in text.original[len(rest) :] or (root and place == 1 and not rest)


def _blank_behind(body: list[Statement], place: int, root: bool = False) -> bool:
    """Whether what stands behind a place begins a new line."""
    if place + 1 >= len(body):
        return root
    text = body[place + 1]
    if not isinstance(text, Text):
        return False
    rest = text.original.lstrip(SPACE)
    return "\n" in text.original[: len(text.original) - len(rest)] or (root and place + 2 == len(body) and not rest)


def _take_behind(body: list[Statement], place: int, everything: bool = False) -> None:
    """Take whitespace off the beginning of a text: all of it, or blanks and one line's end."""
    text = body[place] if place < len(body) else None
    if not isinstance(text, Text) or (text.right_stripped and not everything):
        return
    value = text.value.lstrip(SPACE) if everything else text.value.lstrip(_BLANKS).removeprefix("\r").removeprefix("\n")
    text.right_stripped = value != text.value
    text.value = value


def _take_before(body: list[Statement], place: int, everything: bool = False) -> bool:
    """Take whitespace off the end of the text before a place: all of it, or its last line's blanks. Says whether it
    did.
    """
    text = body[place - 1] if place else None
    if not isinstance(text, Text) or (text.left_stripped and not everything):
        return False
    value = text.value.rstrip(SPACE if everything else _BLANKS)
    text.left_stripped = value != text.value
    text.value = value
    return text.left_stripped


def _indent(statement: Statement) -> str:
    assert isinstance(statement, Text)
    return statement.original[len(statement.original.rstrip(_BLANKS)) :]
