r"""The letters of a template's text: tags as they are, escapes, columns by their bars, properties in braces.

    |{{name}} | {{money sum}}|        columns; a tag is never looked into, whatever bars and quotes it holds
    {if: gt discount 0; share: 3 2}   properties

Marks and escapes are ReceiptLine's (`kvit.paper.markup`): ``\`` before a mark makes it a letter, ``\n`` is a line feed,
``\xnn`` a letter by its code, ``~`` a blank. Unlike there, what can not be read is refused with its line and column:
this text becomes the shop's template, and a line that silently prints nothing is found by a customer.

A backslash right before ``{{`` is refused both ways: Handlebars and ReceiptLine mean different things by it.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from kvit.paper.markup.scanner import BLANKS
from kvit.refusal import Refusal

PROBLEM_LETTERS_MAX: Final = 200
CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""Letters no text has a word for; a line feed has one."""
TEXT_MARKS: Final = '\\|{}_"`^~'
"""What a backslash makes a letter in a column."""
VALUE_MARKS: Final = "\\|{};"
"""What a backslash makes a letter in a property."""
_COMMENT: Final = re.compile(r"\{\{~?!(--)?")
_LONG_END: Final = re.compile(r"--~?\}\}")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{2}")


class TextError(ValueError):
    """A text that is no template, or layouts the text has no words for. Lines and columns count from 1; 0: of no line."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        self.problem, self.line, self.column = problem[:PROBLEM_LETTERS_MAX], line, column
        super().__init__(problem, line, column)

    def refusal(self) -> Refusal:
        """The same as an expected "no"."""
        return Refusal("template.text", {"line": self.line, "column": self.column, "problem": self.problem})


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a content: letters, or a tag as it is. ``at``: where it begins in its line of the text, from 0."""

    text: str
    tag: bool
    at: int = 0


class Member(msgspec.Struct, frozen=True):
    """A property: its name, its value as pieces, and where the name stands: line from 1, letter from 0."""

    name: str
    pieces: tuple[Piece, ...]
    line: int
    at: int

    @property
    def value(self) -> str:
        """The whole value."""
        return "".join(each.text for each in self.pieces)


class Column(msgspec.Struct, frozen=True):
    """One column: its letters without the blanks around them, where they begin, and where the bars draw it."""

    written: str
    at: int
    align: str


def tag_end(text: str, at: int) -> int:
    """Give where the tag that begins at ``at`` (``{{``) is over; -1: it is not, or is a raw block."""
    if text.startswith("{{{{", at):
        return -1
    comment = _COMMENT.match(text, at)
    if comment is not None:
        if comment[1]:
            closed = _LONG_END.search(text, comment.end())
            return closed.end() if closed else -1
        found = text.find("}}", comment.end())
        return found + 2 if found >= 0 else -1
    close = "}}}" if text.startswith("{{{", at) else "}}"
    at += len(close)
    while at < len(text):
        if text.startswith(close, at):
            return at + len(close)
        if text[at] in "\"'[":
            at = text.find("]" if text[at] == "[" else text[at], at + 1)
            if at < 0:
                return -1
        at += 1
    return -1


def pieces_of(content: str) -> list[Piece]:
    """Take a content's template apart into letters and tags. Raises `TextError` without a place."""
    found: list[Piece] = []
    start = 0
    while (at := content.find("{{", start)) >= 0:
        if content[at - 1 : at] == "\\":
            raise TextError("a backslash before braces")
        end = tag_end(content, at)
        if end < 0:
            raise TextError("braces that are not closed, or a raw block")
        if at > start:
            found.append(Piece(content[start:at], False, start))
        found.append(Piece(content[at:end], True, at))
        start = end
    if start < len(content):
        found.append(Piece(content[start:], False, start))
    return found


def content_of(pieces: list[Piece], line: int) -> str:
    """Put pieces together; refused where their letters would become tags of their own."""
    content = "".join(each.text for each in pieces)
    wanted: list[tuple[bool, str]] = []
    for each in pieces:
        if wanted and not each.tag and not wanted[-1][0]:
            wanted[-1] = (False, wanted[-1][1] + each.text)
        elif each.text:
            wanted.append((each.tag, each.text))
    try:
        same = [(each.tag, each.text) for each in pieces_of(content)] == wanted
    except TextError:
        same = False
    if not same:
        raise TextError("braces or a backslash beside a tag: they would be read as part of it", line, pieces[0].at + 1)
    return content


def letter_at(text: str, at: int, line: int, marks: str) -> tuple[str, int]:
    r"""Read what stands at ``at``, an escape (``\|``, ``\n``, ``\x20``) or a letter: it, and where the next one begins."""
    if text[at] != "\\":
        if CONTROL.match(text[at]):
            raise TextError("a control letter", line, at + 1)
        return text[at], at + 1
    next_ = text[at + 1 : at + 2]
    if next_ == "n":
        return "\n", at + 2
    code = _HEX.match(text, at + 2) if next_ == "x" else None
    if code is not None:
        letter = chr(int(code[0], 16))
        if CONTROL.match(letter):
            raise TextError("a control letter", line, at + 1)
        return letter, at + 4
    if next_ and next_ in marks:
        return next_, at + 2
    raise TextError("a backslash that means nothing here; \\\\ is one that is printed", line, at + 1)


def columns_of(text: str, line: int) -> list[Column]:
    """Cut a line at its bars; text stands where they draw it, as in ReceiptLine."""
    begin = len(text) - len(text.lstrip(BLANKS))
    stop = len(text.rstrip(BLANKS))
    bars, at = [], begin
    while at < stop:
        if text[at] == "\\":
            at += 2
        elif text.startswith("{{", at):
            end = tag_end(text, at)
            if end < 0:
                raise TextError("a tag that is not closed in its line", line, at + 1)
            at = end
        else:
            bars += [at] if text[at] == "|" else []
            at += 1
    edges = list(zip([begin, *(bar + 1 for bar in bars)], [*bars, max(stop, begin)], strict=True))
    pulled = [False] * len(edges), [False] * len(edges)
    if bars:
        (first, first_end), (last, last_end) = edges[0], edges[-1]
        pulled[0][0] = first < first_end and text[first_end - 1] not in BLANKS
        pulled[1][-1] = last < last_end and text[last] not in BLANKS
    found = [_column(text[a:b], a, before, behind) for (a, b), before, behind in zip(edges, *pulled, strict=True)]
    if bars and edges[0][0] == edges[0][1]:
        del found[0]
    if bars and edges[-1][0] == edges[-1][1] and len(found) > 1:
        del found[-1]
    return found


def _column(piece: str, at: int, before: bool, behind: bool) -> Column:
    written = piece.strip(BLANKS)
    before = before or piece[:1] in ("\t", " ")
    behind = behind or piece[-1:] in ("\t", " ")
    align = "center" if before == behind else "right" if before else "left"
    return Column(written, at + len(piece) - len(piece.lstrip(BLANKS)), align if written else "left")


def members_of(text: str, offset: int, line: int) -> list[Member]:
    """Read ``{name: value; …}``; ``offset``: where it begins in its line."""
    found: list[Member] = []
    at = 1
    while True:
        colon = text.find(":", at)
        name = text[at:colon].strip(BLANKS) if colon > 0 else ""
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise TextError("a property is {name: value; name: value}", line, offset + at + 1)
        pieces, end = _value(text, colon + 1, offset, line)
        blanks = len(text[at:colon]) - len(text[at:colon].lstrip(BLANKS))
        found.append(Member(name, tuple(pieces), line, offset + at + blanks))
        if text[end] == "}":
            if end != len(text) - 1:
                raise TextError("something stands behind the brace that closes a property", line, offset + end + 2)
            return found
        at = end + 1


def _value(text: str, at: int, offset: int, line: int) -> tuple[list[Piece], int]:
    """Read a value: its pieces, and where the sign that ends it stands."""
    while text[at : at + 1] in ("\t", " "):
        at += 1
    pieces: list[Piece] = []
    held, begun, firm = "", at, 0
    while True:
        sign = text[at : at + 1]
        if not sign:
            raise TextError("a brace that is not closed", line, offset + 1)
        if sign in ";}":
            held = held[:firm] + held[firm:].rstrip(BLANKS)
            return [*pieces, *([Piece(held, False, offset + begun)] if held else [])], at
        if text.startswith("{{", at):
            end = tag_end(text, at)
            if end < 0:
                raise TextError("a tag that is not closed in its line", line, offset + at + 1)
            pieces += [Piece(held, False, offset + begun)] if held else []
            pieces.append(Piece(text[at:end], True, offset + at))
            held, begun, firm, at = "", end, 0, end
            continue
        if sign == "{":
            raise TextError("a brace in a property is written \\{", line, offset + at + 1)
        letter, next_ = letter_at(text, at, line, VALUE_MARKS)
        held += letter
        firm = len(held) if next_ > at + 1 else firm
        at = next_
