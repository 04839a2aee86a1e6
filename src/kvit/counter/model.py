"""The words of the counter: what became of a receipt."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

TOPIC: Final = "route"
"""Told a receipt's id after each change of where it goes."""


class Stage(StrEnum):
    """How far a route is."""

    OPEN = "open"
    """The paper waits for somebody to claim the receipt."""
    DECIDED = "decided"
    """Durable here; the line has not said yet that it did so."""
    DONE = "done"
    """As it came out."""


class Routed(msgspec.Struct, frozen=True):
    """Where a receipt went. Times are milliseconds since 1970."""

    id: str
    line: str
    stage: Stage
    paper: bool
    electronic: bool
    foot: bool
    """A QR code was printed at its foot."""
    why: str
    """The rule (`kvit.counter.routing`), ``late`` where the paper was out before it could be kept back, ``opened`` where
    somebody opened its link while it waited, ``taken_back`` where staff did."""
    by: str
    """Who on the staff decided; empty: the rules."""
    customer: str
    how: str
    """How the customer was recognised."""
    paper_mm: int
    """How long the paper is, or would have been."""
    began_ms: int
    changed_ms: int
    version: int


class Share(msgspec.Struct, frozen=True):
    """Figures of a stretch of time."""

    receipts: int = 0
    """That a route was decided for."""
    electronic: int = 0
    without_paper: int = 0
    paper_mm: int = 0
    """That was printed."""
    saved_mm: int = 0
    """That was not."""
