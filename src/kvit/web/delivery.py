"""What the windows need of the running delivery: the board, the press, and two questions to the world of wires.

``app`` gives a `Delivery`; `NoDelivery` stands in where no printer is driven, so that the pages say so and still show the
jobs. Jobs and printers themselves are read from the data base.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from kvit.device.board import Board
from kvit.device.press import Pressed, Wanted
from kvit.refusal import Refusal


class Spotted(msgspec.Struct, frozen=True):
    """A printer somebody might mean: found on a port or in the neighbourhood, not added yet."""

    address: str
    """As it can be typed on the page."""
    label: str
    """What it is called: maker and model, or the port."""


class Delivery(Protocol):
    """The running delivery."""

    @property
    def board(self) -> Board:
        """What is known of each printer now."""

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        """Make a paper (`kvit.device.press`)."""

    async def probe(self, printer: str) -> Refusal | None:
        """Ask a printer who it is and what it can prove; what it says is kept with it."""

    async def find(self) -> Sequence[Spotted]:
        """Look for printers that could be added."""

    def call_url(self, kind: str, token: str) -> str:
        """The address a printer that calls in is told, by the kind of its own (`kvit.device.address.CALLING_IN`)."""


class NoDelivery:
    """Stands in where nothing is delivered."""

    def __init__(self) -> None:
        self.board = Board(lambda: 0.0)

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        """Refuse."""
        return Refusal("web.delivery_absent")

    async def probe(self, printer: str) -> Refusal | None:
        """Refuse."""
        return Refusal("web.delivery_absent")

    async def find(self) -> Sequence[Spotted]:
        """Find none."""
        return ()

    def call_url(self, kind: str, token: str) -> str:
        """Give none."""
        return ""
