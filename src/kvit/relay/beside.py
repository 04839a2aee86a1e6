"""What a pump and whoever withholds its paper know of each other, so that neither needs the other's file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from kvit.refusal import Refusal
from kvit.relay.capture import Record, Writer
from kvit.relay.link import Link
from kvit.relay.notes import Held
from kvit.relay.till import Above, Till
from kvit.relay.turns import Turns


class Forwards(Above, Protocol):
    """A pump, as its paper's keeper sees it."""

    writer: Writer
    wake: Callable[[], None]
    turns: Turns[Till]
    tills: set[Till]
    counters: Counter[str]

    @property
    def idle_link(self) -> Link | None:
        """The printer, where nobody prints on it now."""

    def own_number(self) -> int:
        """Give a connection's number that no other has."""

    def note(self, kind: int, connection: int, data: bytes = b"") -> None:
        """Remember for the capture."""

    def ask_for_link(self, till: Till, count: int) -> None:
        """A till has so many bytes for the printer: it gets its turn."""

    def let_go(self, till: Till) -> None:
        """A till has no more for the printer now."""

    def keep_for_now(self, link: Link) -> None:
        """Nobody owns the printer: one of the network is let go a little later."""


class Withholds(Protocol):
    """Who keeps a pump's paper (`kvit.relay.holding`), as the pump and the control socket see it."""

    @property
    def state(self) -> dict[str, object]:
        """What of it a person asks for."""

    def attend(self, lease_s: float, again: bytes = b"") -> list[Held]:
        """Somebody decides from now on, for so long; give what is withheld."""

    def route(
        self, offset: int, paper: bool, splices: Sequence[tuple[int, bytes]], length: int | None
    ) -> Refusal | None:
        """Decide about a withheld printout."""

    def record_anew(self) -> None:
        """Ask the printer anew what it answers."""

    def record(self, record: Record) -> None:
        """Something was written down."""

    def take(self, till: Till, data: bytes) -> None:
        """Bytes of a till that is withheld."""

    def ended(self, till: Till, how: str) -> None:
        """A till that is withheld sends no more."""

    def given(self, till: Till) -> None:
        """A till has the printer."""

    def said(self, data: bytes, till: Till | None) -> bytes:
        """The printer speaks; give what is left for the till."""

    def reached(self, reached: bool) -> None:
        """The printer is there, or can not be reached."""

    def flushed(self) -> None:
        """The capture was written."""

    def tick(self) -> None:
        """Twice a second."""

    async def stop(self) -> None:
        """Let everything out."""
