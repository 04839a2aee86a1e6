"""Notes about withheld paper in the capture, as JSON: what was decided, what has begun to come out, what is out."""

from __future__ import annotations

import msgspec


class Held(msgspec.Struct, frozen=True):
    """Something withheld, as a person or the shop asks for it."""

    line: str
    offset: int
    """Its name: the printout's logical offset."""
    since_ms: int
    """When it was finished; of one in progress, when the till last sent."""
    bytes: int
    closed: bool


class Span(msgspec.Struct, frozen=True):
    """A run of a till's bytes: the logical offset of the first, and how many."""

    offset: int
    bytes: int
    low: int
    """From where on the capture must be read to find them withheld."""


class Routed(msgspec.Struct, frozen=True):
    """A decision."""

    offset: int
    bytes: int
    paper: bool
    why: str
    """``asked`` (the shop), ``time``, ``lease``, ``limit``, ``disk``, ``blank`` (nothing printed), ``tail``, ``other`` (the
    shop saw another printout there)."""
    splices: list[tuple[int, str]] = []
    """Bytes put in before a position, in hex."""


class Released(msgspec.Struct, frozen=True):
    """A withheld printout on its way to the printer: begun, then done."""

    offset: int
    bytes: int
    done: bool


def encode(note: Routed | Released) -> bytes:
    """Write one."""
    return msgspec.json.encode(note)


def routed(data: bytes) -> Routed:
    """Read one. Raises msgspec.DecodeError, msgspec.ValidationError."""
    return msgspec.json.decode(data, type=Routed)


def released(data: bytes) -> Released:
    """Read one. Raises msgspec.DecodeError, msgspec.ValidationError."""
    return msgspec.json.decode(data, type=Released)
