"""What a till asks of an encoder: a list of wishes (text, a pair, columns, a line, a code, a cut) any of them can grant.

A wish is a small dict that goes to the encoder's own program as JSON. How wide a column comes out, how a name too long for
it is broken, which code page is switched to when, which bytes say "double size": all that is the encoder's.
"""

from __future__ import annotations

import unicodedata
from typing import Any

Wish = dict[str, Any]
PAIRS = {"KR": "cp949", "JP": "shift_jis", "CN": "gb18030"}
"""Letters of two bytes, for encoders that know none: such a till encodes by itself and hands over single bytes."""
SYSTEMS = {
    "cp949": (b"\x1cC\x00\x1c&", b"\x1bR\x0d"),
    "shift_jis": (b"\x1cC\x01\x1c&", b"\x1bR\x08"),
    "gb18030": (b"\x1c&", b""),
}
KAZAKH = (b"\x1bt\x35", "kz1048")


def cells(text: str) -> int:
    """Widths of letters in narrow cells."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


class Paper:
    """The wishes of one printout."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.wishes: list[Wish] = []

    def text(self, text: str, align: str = "left", size: int = 1, *, bold: bool = False) -> None:
        """A line of its own; one too wide for its size is asked for in single size."""
        if cells(text) * size > self.columns:
            size = 1
        for line in wrapped(text, self.columns // size):
            self.wishes.append({"do": "text", "text": line, "align": align, "size": size, "bold": bold})

    def pair(self, left: str, right: str, size: int = 1, *, bold: bool = False) -> None:
        """Left and right edge; two lines where one does not hold them."""
        if cells(left) + cells(right) + 1 > self.columns // size:
            size = 1
        if cells(left) + cells(right) + 1 > self.columns:
            self.text(left, bold=bold)
            left = ""
        self.wishes.append({"do": "pair", "left": left, "right": right, "size": size, "bold": bold})

    def row(self, *cells_: tuple[str, int, str], bold: bool = False) -> None:
        """Columns: (text, width, alignment); one width of 0 takes what is left."""
        rest = self.columns - sum(width for _, width, _ in cells_)
        self.wishes.append(
            {"do": "row", "cells": [[text, width or rest, align] for text, width, align in cells_], "bold": bold}
        )

    def rule(self) -> None:
        """A drawn line, as the encoder draws lines."""
        self.wishes.append({"do": "rule"})

    def dashes(self, letter: str) -> None:
        """A line of letters."""
        self.wishes.append({"do": "text", "text": letter * self.columns, "align": "left", "size": 1, "bold": False})

    def code(self, data: str) -> None:
        """A QR code."""
        self.wishes.append({"do": "qr", "data": data})

    def end(self, *, drawer: bool) -> list[Wish]:
        """Feed, cut and perhaps the drawer."""
        self.wishes.append({"do": "cut"})
        return [*self.wishes, *([{"do": "pulse"}] if drawer else [])]


def wrapped(text: str, width: int) -> list[str]:
    """Break between words, or where the line ends."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        lines += [line] if line else []
        line = word
        while cells(line) > width:
            cut = max(n for n in range(1, len(line)) if cells(line[:n]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line]


def as_bytes(wishes: list[Wish], codec: str) -> list[Wish]:
    """The same with every text as the letters code page 437 has for its bytes: a till that encodes by itself."""

    def letters(text: str) -> str:
        return text.translate(SAID).encode(codec, "replace").decode("cp437")

    made = []
    for wish in wishes:
        if "text" in wish:
            wish = wish | {"text": letters(wish["text"])}
        elif "left" in wish:
            wish = wish | {"left": letters(wish["left"]), "right": letters(wish["right"])}
        elif "cells" in wish:
            wish = wish | {"cells": [[letters(text), width, align] for text, width, align in wish["cells"]]}
        made.append(wish)
    return made


SAID = {ord("₩"): "\\", ord("¥"): "\\", ord("￥"): "\\", ord("₸"): "T"}
"""Signs these tables lack, as tills print them: won and yen stand where ASCII has the backslash."""
