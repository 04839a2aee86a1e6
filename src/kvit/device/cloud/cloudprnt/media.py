"""Media types: what a Star printer that polls decodes, what we make of it, and what is told beside the data.

Star CloudPRNT Protocol Guide 2.4, "Content Media Types" and "Print job requests (GET), Response". The printer picks
among what it is offered; we offer only what it says it decodes (``Encodings``), best first: commands (letters stay
letters, symbols stay sharp), then dots, then bare letters. The drawer, the buzzer and the cut are bytes in commands;
for text and pictures they stand in headers, which act with these types alone.

Left out: ``starprntcore`` (whatever decodes it decodes StarPRNT or line mode as well, and we write both),
``linematrix`` (its printers take text and pictures too), JPEG (it smears letters), ``octet-stream`` (a printer can not
tell whether it can read it), ``starconfiguration``.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Final

import msgspec

from kvit.paper.spelling import spelled

STARPRNT: Final = "application/vnd.star.starprnt"
LINE: Final = "application/vnd.star.line"
RASTER: Final = "application/vnd.star.raster"
PNG: Final = "image/png"
STAR_PNG: Final = "image/vnd.star.png"
"""The same file as PNG; the GET tells how long it may be (``mono_len``)."""
TEXT: Final = "text/plain"

ORDER: Final = (STARPRNT, LINE, RASTER, PNG, STAR_PNG, TEXT)
"""Best first; also everything that is made."""
_UNTOLD: Final = {"starprnt": (STARPRNT, PNG, TEXT), "star": (LINE, PNG, TEXT)}
"""What is offered, by the address's adapter, to a printer that has not said what it decodes."""
PICTURES: Final = frozenset({PNG, STAR_PNG})
BARE: Final = frozenset({PNG, STAR_PNG, TEXT})
"""Types whose bytes hold neither cut nor drawer: headers act with these."""
BUZZES_MAX: Final = 3
"""Patterns of the printer's buzzer are numbered; 1 to 3 are kept for hosts."""


_RULES: Final = str.maketrans("─━═│┃║", "--=|||")


class Drawer(enum.StrEnum):
    """When the drawer opens."""

    NONE = "none"
    START = "start"
    END = "end"


class Extras(msgspec.Struct, frozen=True):
    """What a paper does beside its dots; as `kvit.device.press.Pressed` tells it."""

    cut: str = ""
    """``full``, ``partial``, or empty: none."""
    pulse: bool = False
    beeps: int = 0


def read_encodings(text: str) -> tuple[str, ...]:
    """Give the types of an Encodings answer: separated by semicolons or commas, parameters left out."""
    parts = text.replace(",", ";").split(";")
    return tuple(dict.fromkeys(part.strip().lower() for part in parts if "/" in part and "=" not in part))


def offered(adapter: str, encodings: str, refused: Collection[str] = ()) -> tuple[str, ...]:
    """Give what a printer is offered, best first; ``refused``: what it said it can not take of this job.

    Empty: nothing is left that it takes.
    """
    told = read_encodings(encodings)
    could = tuple(each for each in ORDER if each in told) if told else _UNTOLD.get(adapter, (PNG, TEXT))
    return tuple(each for each in could if each not in refused)


def plain(media_type: str) -> str:
    """A type as it is asked for, without parameters and capitals."""
    return media_type.partition(";")[0].strip().lower()


def made_as(media_type: str) -> str:
    """The type the press is asked for; empty: it is none we make."""
    if media_type not in ORDER:
        return ""
    return PNG if media_type in PICTURES else media_type


def headers(media_type: str, extras: Extras) -> dict[str, str]:
    """Give what is told beside the data. Headers act only with bare types, and are sent with no other."""
    if media_type not in BARE:
        return {}
    told = {
        "X-Star-Cut": f"{extras.cut}; feed=true" if extras.cut else "none; feed=true",
        "X-Star-CashDrawer": (Drawer.START if extras.pulse else Drawer.NONE).value,
    }
    if media_type in PICTURES:
        told["X-Star-ImageDitherPattern"] = "none"  # our dots are black or white already
    if extras.beeps:
        told["X-Star-Buzzerstartpattern"] = str(min(extras.beeps, BUZZES_MAX))
    return told


def letters(data: bytes, codepages: str) -> bytes:
    """Plain text as the printer reads it: UTF-8 where it said that it does, else ASCII, what is none spelled or a ``?``.

    ``codepages``: its X-Star-Accept-Codepages; the code page it prints in is a switch nobody tells.
    """
    if data.isascii() or "utf-8" in codepages.lower():
        return data
    return spelled(data.decode().translate(_RULES), lambda letter: False)[0].encode("ascii", "replace")


def png_rows(data: bytes) -> int:
    """How many rows a PNG has; 0: it is none."""
    return int.from_bytes(data[20:24], "big") if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24 else 0
