"""What of a till's stream goes where while paper is withheld: asked, passed on at once, shown, or kept as paper. Pure.

``ask``    a question: answered in the printer's name and never sent on, or its answer would come twice
``pass``   the drawer, the buzzer: to the printer at once, and left out when the rest comes out later
``show``   bytes for the customer display behind ``ESC = 2``: the same
``paper``  everything else: kept until it is decided

A printout that is kept from paper still may have set what the next one relies on (a code page chosen in the morning,
letters drawn by the shop, a logo stored): `remains` is what of it must reach the printer all the same; none of that prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kvit.escpos import Command
from kvit.relay.marks import classify
from kvit.relay.tap import SETTINGS

DIALECTS: Final = frozenset(
    {"epson", "xprinter", "rongta", "sprt", "bixolon", "citizen", "sunmi", "zkc", "custom", "default"}
)
"""Families whose questions are ESC/POS. Tills of others are never withheld: nobody could answer them."""
_ASKS: Final = frozenset(
    {"DLE EOT", "DLE ENQ", "DLE DC4", "GS r", "GS I", "GS a", "GS g 2", "ESC u", "ESC v", "GS ( H", "GS j"}
)
_BUZZER: Final = 3
_SYMBOL_SIZE: Final = 0x52
_MEMORY: Final = frozenset((0x00, 0x03, 0x04, 0x30, 0x33, 0x34, 0x40, 0x50))
"""Functions of ``GS ( L`` a printer answers: capacity, free memory, lists of keys."""
_STORES: Final = frozenset((0x43, 0x44, 0x53, 0x54))
"""Functions of ``GS ( L`` that keep a picture under a key."""
_KEPT: Final = SETTINGS | {
    "ESC @", "ESC &", "ESC %", "ESC ?", "FS q", "FS 2", "FS ?", "GS *", "GS ( K", "GS ( N", "GS ( D", "FS ( C", "GS :",
}  # fmt: skip
"""What a printer still knows when the printout is over."""
_SYMBOL_SETTINGS: Final = range(0x41, 0x4A)


class Piece(NamedTuple):
    """A command kept as paper: where it stands in the till's stream, and its bytes."""

    offset: int
    raw: bytes
    remains: bool = False
    """It has an effect beyond the printout."""
    text: bool = False
    """It may be parted anywhere."""


def sort(command: Command, dialect: str) -> str:
    """Say where a command goes: ``ask pass show paper``."""
    name = command.name
    if name == "text":
        return "paper"
    if name == "display":
        return "show"
    if classify(command, dialect) == "pulse":
        return "pass"
    if name in _ASKS:
        return "pass" if name == "DLE DC4" and command.raw[2:3] == b"\x03" else "ask"
    if name == "GS ( k":
        return "ask" if command.raw[6:7] == b"\x52" else "paper"
    if name in ("GS ( L", "GS 8 L"):
        return "ask" if _function(command) in _MEMORY else "paper"
    return "paper"


def piece(command: Command) -> Piece:
    """Keep a command as paper."""
    name = command.name
    lasting = name in _KEPT
    if name in ("GS ( L", "GS 8 L"):
        lasting = _function(command) in _STORES
    elif name == "GS ( k":
        lasting = len(command.raw) > 6 and command.raw[6] in _SYMBOL_SETTINGS
    return Piece(command.offset, command.raw, lasting, name == "text")


def remains(pieces: Iterable[Piece]) -> bytes:
    """Give what of a printout that is kept from paper must reach the printer all the same."""
    said = b"".join(each.raw for each in pieces if each.remains)
    return b"" if said.replace(b"\x1b@", b"") == b"" else said


def spliced(pieces: Iterable[Piece], start: int, splices: Iterable[tuple[int, bytes]] = ()) -> bytes:
    """Join pieces, with bytes put in before positions counted from ``start`` of the stream.

    One that would fall into a command goes before it; one behind the last piece comes last.
    """
    waiting = sorted(((start + at, extra) for at, extra in splices), key=lambda each: each[0])
    joined = bytearray()
    for each in pieces:
        done, end = each.offset, each.offset + len(each.raw)
        while waiting and waiting[0][0] < end:
            at, extra = waiting.pop(0)
            if each.text and at > done:
                joined += each.raw[done - each.offset : at - each.offset]
                done = at
            joined += extra
        joined += each.raw[done - each.offset :]
    return bytes(joined) + b"".join(extra for _, extra in waiting)


def _function(command: Command) -> int:
    at = 6 if command.raw[1:2] == b"(" else 8
    return command.raw[at] if len(command.raw) > at else -1
