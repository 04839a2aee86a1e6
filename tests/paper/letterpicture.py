"""Rasters as pictures of letters: ``#`` is black, ``.`` is white, so that a diff shows what went wrong."""

import textwrap

from kvit.paper.fonts import Bits


def seen(dots: Bits) -> str:
    rows: list[list[bool]] = dots.tolist()
    return "\n".join("".join("#" if dot else "." for dot in row) for row in rows) + "\n"


def drawn(picture: str) -> str:
    return textwrap.dedent(picture).strip("\n") + "\n"
