r"""ReceiptLine: receipts as lightly marked text, read into a document.

    ^^^RECEIPT
    {width: * 4 8; border: line}
    |ITEM|QTY|AMOUNT|
    -
    Boiled peanuts | 1| 5.00
    {border: space}
    =

Source: the ReceiptLine specification (OFSC) and its 42 documents; where they are silent, what its reference implementation
does. What is read, what is not and what differs on purpose: docs/protocols/receiptline.md.

Nothing raises: a line that can not be read prints nothing, as there, and is told as a `Remark`. Raw bytes
(``{command: …}``) are never taken: a document holds no command.

Codes of remarks: ``markup.braces`` (a brace that closes no property), ``markup.member`` (a member that is none),
``markup.beside`` (properties beside other columns), ``markup.command`` (raw bytes), ``markup.picture`` (no picture, or too
large), ``markup.code`` (nothing to encode, or too long), ``markup.long`` (lines or letters beyond the limits).
"""

from __future__ import annotations

import base64
import re
import unicodedata

import msgspec

from kvit.paper.document import BLOCKS_MAX, PICTURE_BYTES_MAX, SYMBOL_LETTERS_MAX, Align, Code, Document, Frame, Image
from kvit.paper.markup.lettering import content_of
from kvit.paper.markup.properties import Option, Standing, members_of
from kvit.paper.markup.rows import Rows
from kvit.paper.markup.scanner import Scanned, columns_of

LETTERS_MAX = 16 << 20
"""Of one text: a few pictures, or more paper than a shop uses in a year."""
LINES_MAX = BLOCKS_MAX // 2
"""A line is at most two blocks."""
SHORT_NUMBER = 9
"""Numbers of fewer digits are EAN-8 or UPC-E."""
SHOWN_MAX = 60
"""Letters of a line a remark repeats."""

_FEED = re.compile(r"\r\n|\n|\r")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


class Remark(msgspec.Struct, frozen=True):
    """What was left out: a code, the line it stands in (from 1), and the letters in question."""

    code: str
    line: int
    text: str = ""


class Reading(msgspec.Struct, frozen=True):
    """A document, and what of the text is not in it."""

    document: Document
    remarks: list[Remark]


def read(text: str) -> Document:
    """Read ReceiptLine. Any text at all is a document; never raises."""
    return reading(text).document


def reading(text: str) -> Reading:
    """Read ReceiptLine and tell what was left out."""
    reader = _Reader()
    lines = _FEED.split(unicodedata.normalize("NFC", text[:LETTERS_MAX].removeprefix("\ufeff")), LINES_MAX)
    for reader.line, line in enumerate(lines[:LINES_MAX], 1):
        reader.read(line)
    if len(text) > LETTERS_MAX or len(lines) > LINES_MAX:
        reader.remark("markup.long", "")
    reader.rows.close()
    return Reading(Document(reader.rows.blocks), reader.remarks)


class _Reader:
    """The state of reading: properties in force, rows so far."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.rows = Rows()
        self.remarks: list[Remark] = []
        self.line = 0

    def remark(self, code: str, text: str) -> None:
        """Note what is left out."""
        self.remarks.append(Remark(code, self.line, text[:SHOWN_MAX]))

    def read(self, line: str) -> None:
        """Take in one line."""
        columns = columns_of(line)
        first = columns[0]
        if all(each.kind == "text" for each in columns):
            one_line = self.standing.wrap == "clip"
            self.rows.row([(content_of(each.written, one_line), each.align) for each in columns], self.standing)
        elif first.kind == "rule":
            self.rows.rule(self.standing)
        elif first.kind == "cut":
            self.rows.cut()
        elif first.kind == "properties" and len(columns) == 1:
            self._properties(first)
        else:
            broken = any(each.kind == "broken" for each in columns)
            self.remark("markup.braces" if broken else "markup.beside", line.strip())

    def _properties(self, column: Scanned) -> None:
        members, broken = members_of(column.written)
        for member in broken:
            self.remark("markup.member", member)
        boxed = self.standing.ruled
        self.standing.take(members)
        if boxed and not self.standing.ruled:
            self.rows.close()
        if "image" in members:
            self._image(members["image"], column.align)
        if "code" in members:
            self._code(members["code"], column.align)
        if "command" in members:
            self.remark("markup.command", members["command"])

    def _image(self, written: str, align: Align) -> None:
        letters = _NO_BASE64.sub("", written.partition("=")[0])
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        data = base64.b64decode(letters + "=" * (-len(letters) % 4))
        if 0 < len(data) <= PICTURE_BYTES_MAX:
            self._print(Image(data, align))
        else:
            self.remark("markup.picture", written)

    def _code(self, data: str, align: Align) -> None:
        if 0 < len(data) <= SYMBOL_LETTERS_MAX:
            self._print(code_of(data, align, self.standing.option))
        else:
            self.remark("markup.code", data)

    def _print(self, block: Image | Code) -> None:
        """Put a picture or a code where text columns of these widths would stand."""
        room = self.standing.room
        self.rows.other(Frame([block], "none", room, self.standing.align) if room else block)


def code_of(data: str, align: Align, option: Option) -> Code:
    """The symbol of a ``code`` property under the options in force."""
    if option.kind == "qr":
        return Code("qr", data, align, option.cell, level=option.level)
    kind = option.kind
    if kind in ("ean", "upc"):
        short = len(data) < SHORT_NUMBER
        kind = {"ean": "ean8" if short else "ean13", "upc": "upce" if short else "upca"}[kind]
    return Code(kind, data, align, option.bar, option.height, letters="below" if option.hri else "none")
