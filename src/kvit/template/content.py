"""What a template may put into a text besides letters: symbols and pictures, as values and never as commands.

A helper such as ``{{qr link}}`` gives back a `Symbol`; `mark` writes it into the text between two letters that Unicode
sets aside for a program's own use (U+FDD0, U+FDD1), and `parts` takes the finished text apart again. Data can not forge
one: `unmarked` is the escape of such an output and takes these letters out of every value, and raw mustaches are not
allowed there (``Options(raw=False)``).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kvit.paper.document import SYMBOL_LETTERS_MAX
from kvit.template.handlebars.values import SafeString

BEGIN, END = "\ufdd0", "\ufdd1"
ADDRESS_LETTERS_MAX = 2_000
"""Of a picture's address: what browsers and servers agree on."""


class Symbol(msgspec.Struct, frozen=True, tag="symbol", forbid_unknown_fields=True):
    """A bar code or 2D symbol. Whether its data fit its kind is known when it is laid out."""

    kind: Annotated[str, Meta(max_length=32)]
    """As `kvit.paper.symbology.KINDS` names it."""
    data: Annotated[str, Meta(min_length=1, max_length=SYMBOL_LETTERS_MAX)]
    module: Annotated[int, Meta(ge=1, le=16)] | None = None
    height: Annotated[int, Meta(ge=1, le=255)] = 80
    level: Annotated[str, Meta(max_length=3)] = ""
    letters: str = "below"


class Picture(msgspec.Struct, frozen=True, tag="picture", forbid_unknown_fields=True):
    """A picture by its address; whoever lays it out has its bytes or leaves it out."""

    address: Annotated[str, Meta(min_length=1, max_length=ADDRESS_LETTERS_MAX)]
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None


Part = str | Symbol | Picture

_decoder: msgspec.json.Decoder[Symbol | Picture] = msgspec.json.Decoder(Symbol | Picture)


def unmarked(text: str) -> str:
    """Take out of a value what would look like a mark."""
    return text.replace(BEGIN, "").replace(END, "") if BEGIN in text or END in text else text


def mark(content: Symbol | Picture) -> SafeString:
    """Write a symbol or picture into text. Its fields are checked here: ValueError for one out of range."""
    text = msgspec.json.encode(content).decode()
    _decoder.decode(text)
    return SafeString(BEGIN + unmarked(text) + END)


def parts(text: str) -> list[Part]:
    """Take a filled text apart: letters, symbols and pictures in order. ValueError for a mark that was tampered with."""
    first, *rest = text.split(BEGIN)
    found: list[Part] = [first] if first else []
    for piece in rest:
        inner, end, behind = piece.partition(END)
        if not end:
            raise ValueError("a symbol or picture was cut in two")
        found.append(_decoder.decode(inner))
        if behind:
            found.append(behind)
    return found
