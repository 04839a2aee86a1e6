"""What the workers are handed: the data base, the press, the board, the clocks, and how long things may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kvit.db import Database
from kvit.device.address import Address
from kvit.device.board import Board
from kvit.device.delivery.attempt import Waits
from kvit.device.delivery.watch import ANSWER_S, POLL_S
from kvit.device.press import Press

Log = Callable[[str, dict[str, object]], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a worker waits, in seconds, where the attempt's own `Waits` do not say."""

    dials: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 5.0)
    """Before the second dial, the third …; the last for ever."""
    poll: float = POLL_S
    word: float = ANSWER_S
    """For an answer out of turn, before it is asked for again."""
    absent: float = 1.5
    """A dial that takes longer means away, for the board; it goes on."""
    first: float = 3.2
    """For a printer's first word: a sleeping one needs three seconds."""
    answer: float = 2.0
    """For an answer in turn of an idle printer, when its class is probed or its counter read."""
    silent: float = 1.9
    """Asked and silent so long: away, for the board."""
    hang_up: float = 10.0
    """Silent so long: the connection is given up."""
    look: float = 5.0
    """Whose turn it is is looked at as often, even when nothing was told."""
    shared_look: float = 1.5
    """How often a printer that tills print on too is looked at, by a connection of its own that asks three questions: some
    ten milliseconds, during which a till that begins to print waits. Trouble is to be on the board within two seconds."""
    probe: float = 600.0
    """A printer that talks and gave no evidence is probed again after this."""
    grace: float = 3.0
    """A job under way when the program ends may still get its answer within this."""
    again: float = 0.5
    """After the data base would not write."""


@dataclass(frozen=True)
class World:
    """What workers are handed."""

    db: Database
    shop: str
    press: Press
    board: Board
    ports: Path
    """The folder of virtual ports."""
    clock: Callable[[], float]
    """Seconds since 1970."""
    monotonic: Callable[[], float]
    log: Log
    door: Callable[[Address], Path | None] = lambda _: None
    """Where a printer's connections are shared out, when it has a line of tills; None: it is ours alone."""
    waits: Waits = field(default_factory=Waits)
    pace: Pace = field(default_factory=Pace)

    @property
    def now_ms(self) -> int:
        """The wall clock in milliseconds."""
        return int(self.clock() * 1000)
