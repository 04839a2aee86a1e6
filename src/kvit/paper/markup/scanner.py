"""The scanner of ReceiptLine: one line of a document to its columns.

    |Latte | ^4.50|        two columns: the first to the left, the second to the right and in double width
    { width: * 10 }        a property: in force from here on
    ---                    a rule; === is a cut

Source: the grammar of the ReceiptLine specification (OFSC): structure, alignment, special characters and escapes. What it
leaves open is done as its reference implementation does: text stands where it does because bars attract it, one at a
line's end as well; a column with a brace that closes no property is broken; rules and cuts are columns alone on a line.
What a column says is read by `kvit.paper.markup.lettering` and `kvit.paper.markup.properties`.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from kvit.paper.document import Align

BLANKS = "\t "
COLUMNS_MAX = 64
"""Of one line: the most a `kvit.paper.document.Table` has; what stands behind is left out."""
ESCAPED = re.compile(r"\\[\\{|};]")
"""Letters that mean nothing to the scanner with a backslash before them."""

_RULES = {"-": "rule", "=": "cut"}


class Scanned(msgspec.Struct, frozen=True):
    """One column: what it is, where its text stands, and its letters without the blanks around them."""

    kind: Literal["text", "properties", "rule", "cut", "broken"]
    align: Align
    written: str


def columns_of(line: str) -> list[Scanned]:
    """Cut one line at its bars: at least one column."""
    pieces = split(line.strip(BLANKS), "|", COLUMNS_MAX + 2)
    if len(pieces) > 1:
        pieces = _without_outer_bars(pieces)
    alone = len(pieces) == 1
    return [_scanned(piece, alone) for piece in pieces[:COLUMNS_MAX]]


def split(text: str, mark: str, most: int) -> list[str]:
    """Cut a text at every ``mark`` that is not escaped; what stands behind the first ``most`` pieces is left out."""
    if mark not in text:
        return [text]
    if "\\" not in text:
        return text.split(mark, most)[:most]
    masked = ESCAPED.sub("\\\\\\\\", text)
    pieces, start = [], 0
    for piece in masked.split(mark, most)[:most]:
        pieces.append(text[start : start + len(piece)])
        start += len(piece) + 1
    return pieces


def _without_outer_bars(pieces: list[str]) -> list[str]:
    """Take off the bars at both ends; text not held by one is drawn to the bar it has."""
    first, last = pieces[0], pieces[-1]
    if first and first[-1] not in BLANKS:
        pieces[0] = f" {first}"
    if last and last[0] not in BLANKS:
        pieces[-1] = f"{last} "
    if not first:
        del pieces[0]
    if not last and len(pieces) > 1:
        del pieces[-1]
    return pieces


def _scanned(piece: str, alone: bool) -> Scanned:
    written = piece.strip(BLANKS)
    before, behind = piece[:1] in ("\t", " "), piece[-1:] in ("\t", " ")
    align: Align = "centre" if before == behind else "right" if before else "left"
    return Scanned(_kind(written, alone), align, written)


def _kind(written: str, alone: bool) -> Literal["text", "properties", "rule", "cut", "broken"]:
    if alone and written and written == written[0] * len(written) and written[0] in "-=":
        return "rule" if written[0] == "-" else "cut"
    if "{" not in written and "}" not in written:
        return "text"
    bare = ESCAPED.sub("", written)
    if "{" not in bare and "}" not in bare:
        return "text"
    inside = bare[1:-1]
    closed = written[0] == "{" and bare[-1:] == "}" and "{" not in inside and "}" not in inside
    return "properties" if closed and len(bare) > 1 else "broken"
