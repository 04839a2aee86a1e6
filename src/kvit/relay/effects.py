"""What withholding paper brings about, as values: the hold says them, whoever has the wires does them, in order. Pure."""

from __future__ import annotations

from typing import NamedTuple

from kvit.relay import notes


class Answer(NamedTuple):
    """To the till, now."""

    connection: int
    data: bytes


class Paper(NamedTuple):
    """To the printer, in this till's order. With a ``span`` a withheld printout comes out, and its beginning and end are
    written down."""

    connection: int
    data: bytes
    span: notes.Span | None = None


class Note(NamedTuple):
    """Into the capture, and on its way to the disk before any effect behind it."""

    kind: int
    connection: int
    data: bytes = b""


class Turned(NamedTuple):
    """The till is withheld from now on, or passed on again."""

    connection: int
    held: bool


class Sound(NamedTuple):
    """A till wants to know how the printer is: it may be asked."""


class Finished(NamedTuple):
    """A till that has gone has nothing withheld any more."""

    connection: int


Effect = Answer | Paper | Note | Turned | Sound | Finished
