"""Escaping belongs to the output, never to the template: the same template goes on paper, a page and a tag printer.

An escape is a function from text to text, given to the `Engine`. ``{{{…}}}`` and ``{{& …}}`` pass it by in pages, as
Handlebars has it; outputs that must never let data through raw are made by whoever holds the engine with ``raw=False``
(`Options`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

Escape = Callable[[str], str]

_HTML = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;",
})  # fmt: skip
_IN_HTML = re.compile("[&<>\"'`=]").search
"""Looking first is faster by half: hardly a value holds one."""
_TAGS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_RECEIPTLINE = str.maketrans(
    {letter: "\\" + letter for letter in "\\|{}"}
    | {letter: f"\\x{ord(letter):02x}" for letter in '-=_"`^~;'}
    | {"\n": "\\n", "\r": "\\n", "\t": " "}
)
_EDGE = "\\x20"
"""A blank at either end of a text says where it stands; this one is only a blank."""


def paper(text: str) -> str:
    """Nothing: a document's text is letters, and the printer's encoder drops what is none."""
    return text


def html(text: str) -> str:
    """For pages, inside elements and quoted attributes; the seven letters Handlebars itself escapes."""
    return text.translate(_HTML) if _IN_HTML(text) else text


def tags(text: str) -> str:
    """For printers that read tags (``<C>``, ``<QR>``): no tag begins or ends in it. Also right inside XML elements."""
    return text.translate(_TAGS)


def receiptline(text: str) -> str:
    """For ReceiptLine, in texts and in properties: no column, look, rule or cut begins in it, and one line stays one line.

    A value that is ``=`` would otherwise cut the paper.
    """
    shown = text.replace("\r\n", "\n").translate(_RECEIPTLINE)
    shown = _EDGE + shown[1:] if shown[:1] == " " else shown
    return shown[:-1] + _EDGE if shown[-1:] == " " else shown
