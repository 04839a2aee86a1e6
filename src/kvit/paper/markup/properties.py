r"""Properties of ReceiptLine: what a pair of braces says, and what stays in force for the lines after it.

    {width: 10 *; border: line; align: right; text: nowrap; option: qrcode, 4, m}      in force until said otherwise
    {code: 4012345678901}   {image: base64 of a PNG}   {command: …}   {comment: …}     for this line

Names may be cut to their first letter (``x`` for command, ``_`` for comment). Source: "Properties", "Barcode options" and
"2D code options" of the specification. A value it does not know counts as the usual one, as in its reference
implementation; a member that is no ``name: value`` is left out and told. Duplicate names: the last one counts.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from kvit.paper.document import Align, Wrap
from kvit.paper.markup.scanner import BLANKS, split

STAR = -1
"""Width of a column that takes a share of what is left."""
WIDTH_MAX = 255
"""Cells of a column a document can say: more than any paper has."""
MEMBERS_MAX = 64
"""Of one line: there are nine names."""

NAMES = {
    "a": "align", "b": "border", "c": "code", "i": "image", "o": "option", "t": "text", "w": "width", "x": "command",
    "_": "comment",
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARTS = re.compile(r"[\t ]+|,")
_TOKEN = re.compile(
    r"(?P<plain>[^\\]+)|\\(?P<line>n)|\\(?P<letter>[\\|{};])|\\x(?P<code>[0-9A-Fa-f]{2})|\\x[^\\]{0,2}|\\.", re.DOTALL
)
_ALIGNS: dict[str, Align] = {"left": "left", "center": "centre", "right": "right"}
_BORDERS = {"line": "line", "space": 1, "none": 0, "0": 0, "1": 1, "2": 2}
_KINDS = {
    "ean": "ean", "jan": "ean", "upc": "upc", "code39": "code39", "itf": "itf", "codabar": "codabar", "nw7": "codabar",
    "code93": "code93", "code128": "code128", "qrcode": "qr",
}  # fmt: skip
_LEVELS: dict[str, Literal["L", "M", "Q", "H"]] = {"l": "L", "m": "M", "q": "Q", "h": "H"}


class Option(msgspec.Struct, frozen=True):
    """How codes are drawn: ``kind`` as `kvit.paper.symbol` names them, but ean and upc are told apart by their length."""

    kind: str = "code128"
    bar: int = 2
    """Dots of the narrowest bar, 2 to 4."""
    height: int = 72
    """Dots of the bars, 24 to 240."""
    hri: bool = False
    """Letters for people below the bars."""
    cell: int = 3
    """Dots of a QR module, 3 to 8."""
    level: Literal["L", "M", "Q", "H"] = "L"


class Standing(msgspec.Struct):
    """What is in force. ``widths`` are cells, `STAR`, or 0 for a column that is left out; none: `STAR` for all.

    ``gap`` is cells between columns; with ``ruled`` there are rules around and between them instead.
    """

    widths: tuple[int, ...] = ()
    gap: int = 1
    ruled: bool = False
    align: Align = "centre"
    wrap: Wrap = "character"
    option: Option = Option()

    def take(self, members: dict[str, str]) -> None:
        """Put the properties that last in force."""
        if "text" in members:
            self.wrap = "clip" if members["text"].lower() == "nowrap" else "character"
        if "border" in members:
            border = _BORDERS.get(members["border"].lower(), 1)
            self.ruled, self.gap = border == "line", border if isinstance(border, int) else 0
        if "width" in members:
            self.widths = _widths(members["width"].lower())
        if "align" in members:
            self.align = _ALIGNS.get(members["align"].lower(), "centre")
        if "option" in members:
            self.option = _option(_PARTS.split(members["option"].lower()))

    @property
    def room(self) -> int:
        """Cells all columns take together with what is between them; 0: all the paper has."""
        fixed = [width for width in self.widths if width > 0]
        if STAR in self.widths or not fixed:
            return 0
        between = len(fixed) + 1 if self.ruled else (len(fixed) - 1) * self.gap
        return min(sum(fixed) + between, WIDTH_MAX)


def members_of(written: str) -> tuple[dict[str, str], list[str]]:
    """Read ``{name: value; …}``: values by full name, and the members that are none."""
    found: dict[str, str] = {}
    broken: list[str] = []
    for member in split(written[1:-1], ";", MEMBERS_MAX):
        name, colon, value = (each.strip(BLANKS) for each in member.partition(":"))
        if colon and value and _NAME.fullmatch(name):
            found[NAMES.get(name, name)] = _value(value)
        elif member.strip(BLANKS):
            broken.append(member.strip(BLANKS))
    return found, broken


def _value(written: str) -> str:
    return "".join(_letters(token) for token in _TOKEN.finditer(written))


def _letters(token: re.Match[str]) -> str:
    if token["code"]:
        return chr(int(token["code"], 16))
    return "\n" if token["line"] else token["plain"] or token["letter"] or ""


def _widths(written: str) -> tuple[int, ...]:
    parts = _PARTS.split(written)
    if "auto" in parts:
        return ()
    return tuple(STAR if part == "*" else _number(part, 0, WIDTH_MAX) for part in parts)


def _number(part: str, least: int, most: int) -> int:
    """A number in digits, no more than ``most``; 0 when it is none or less than ``least``."""
    if not (part.isascii() and part.isdigit()):
        return 0
    number = most if len(part) > 9 else min(int(part), most)
    return number if number >= least else 0


def _option(parts: list[str]) -> Option:
    return Option(
        kind=next((_KINDS[part] for part in parts if part in _KINDS), "code128"),
        bar=_in(parts, 2, 4) or 2,
        height=_in(parts, 24, 240) or 72,
        hri="hri" in parts,
        cell=_in(parts, 3, 8) or 3,
        level=next((_LEVELS[part] for part in parts if part in _LEVELS), "L"),
    )


def _in(parts: list[str], least: int, most: int) -> int:
    """The first part that is a number in a range, or 0."""
    return next((int(part) for part in parts if part.isdigit() and least <= _number(part, 0, 999) <= most), 0)
