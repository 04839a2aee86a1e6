"""What withholding paper brings about, as values: the hold says them, whoever has the wires does them, in order. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Totals:
    """What became of printouts, for people."""

    released: int = 0
    withheld: int = 0
    whys: deque[str] = field(default_factory=lambda: deque(maxlen=5))
    """Why the last ones came out or did not."""
