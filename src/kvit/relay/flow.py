"""A flow: one till's side of withholding. What is kept of it, what waits, what it asked for. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kvit.escpos import Command
from kvit.escpos.status import Answer as Said
from kvit.relay.answers import Asked
from kvit.relay.sifting import Piece, sort

OWED_S: Final = 3.0
"""The printer answers a question of the moment within this, or not at all."""
OWED_IN_TURN_S: Final = 15.0
"""The same for one in turn: what stands before it is printed first."""


def till_of(peer: bytes) -> str:
    """Whose connection it is: of the network the other machine's, else the port."""
    name = peer.decode("utf-8", "replace")
    return name if "://" in name else name.rpartition(":")[0]


@dataclass(slots=True, eq=False)
class Waiting:
    """A finished printout, or a tail of one."""

    offset: int
    """Its logical offset."""
    length: int
    start: int
    """Its first byte in the till's stream."""
    since_s: float
    since_ms: int
    pieces: list[Piece]
    tail: bool = False
    paper: bool | None = None
    """None until it is decided."""
    why: str = ""
    splices: tuple[tuple[int, bytes], ...] = ()
    size: int = 0
    """How much of it is kept."""
    number: int = 0
    """What waits longer has a smaller one."""

    def __post_init__(self) -> None:
        self.size = sum(len(each.raw) for each in self.pieces)

    @property
    def open(self) -> bool:
        """A printout that waits for its decision."""
        return self.paper is None and not self.tail


@dataclass(slots=True, eq=False)
class Flow:
    """One till's connection."""

    number: int
    till: str = ""
    """Whose it is: a till may make a connection for each receipt."""
    held: bool = False
    held_at: int = 0
    """Where the note of it stands in the capture."""
    ended: bool = False
    out: int = 0
    """Up to here its stream was dealt with when it was last held or freed."""
    waiting: deque[Waiting] = field(default_factory=deque)
    """Finished printouts and tails, oldest first."""
    fate: bool = True
    """Whether the last printout that left came out."""
    asked: Asked = field(default_factory=Asked)
    owed: deque[tuple[float, str]] = field(default_factory=deque)
    """Until when the real printer's answers are waited for."""
    selected: bytes | None = None
    """The ``ESC =`` in force that is not the printer's, as it came."""
    shown: bytes = b""
    kept: deque[Piece] = field(default_factory=deque)
    """Of the printout in progress."""
    kept_bytes: int = 0

    @property
    def size(self) -> int:
        """How much is kept of it."""
        return self.kept_bytes + sum(each.size for each in self.waiting)

    @property
    def commands(self) -> int:
        """In how many commands."""
        return len(self.kept) + sum(len(each.pieces) for each in self.waiting)

    @property
    def empty(self) -> bool:
        """Nothing of it is kept."""
        return not self.kept and not self.waiting

    @property
    def listens(self) -> bool:
        """It wants to hear of changes by itself."""
        return self.held and not self.ended and bool(self.asked.asb or self.asked.offline_response)

    def keep(self, piece: Piece) -> None:
        """Keep a command of the printout in progress."""
        self.kept.append(piece)
        self.kept_bytes += len(piece.raw)

    def until(self, end: int | None) -> list[Piece]:
        """Take out what is kept before a place of the stream; all of it for None."""
        taken = []
        while self.kept and (end is None or self.kept[0].offset < end):
            taken.append(self.kept.popleft())
            self.kept_bytes -= len(taken[-1].raw)
        return taken

    def way(self, command: Command, way: str) -> str:
        """Follow who listens: bytes for nobody (``ESC = 0``) are kept, an ``ESC =`` for the display alone is not paper."""
        if command.name == "ESC =":
            listeners = command.raw[2]
            self.selected = command.raw if listeners & 3 == 2 else None
            return "show" if self.selected is not None else "paper"
        return "paper" if way == "show" and self.selected is None else way

    def display(self) -> bytes:
        """Give what the display is to show, framed so that paper may follow."""
        said, self.shown = self.shown, b""
        head = self.selected or b"\x1b=\x02"
        if said == head:
            return b""
        return (b"" if said.startswith(head) else head) + said + b"\x1b=\x01"

    def passed(self, commands: Iterable[Command], dialect: str, now_s: float) -> None:
        """Commands went to the printer as they came: remember what it owes, and what was switched."""
        for command in commands:
            if command.name == "text":
                continue
            way = self.way(command, sort(command, dialect))
            if way != "ask":
                continue
            name, last = command.name, command.raw[-1]
            if name == "GS a":
                self.asked.asb = last
            elif name == "GS ( H" and command.raw[5:6] in (b"\x01", b"\x31"):
                self.asked.offline_response = last & 1 == 1
                continue
            if name in ("DLE ENQ", "DLE DC4") or (name == "GS a" and not last):
                continue
            in_turn = name not in ("DLE EOT", "GS a")
            self.owed.append((now_s + (OWED_IN_TURN_S if in_turn else OWED_S), name))

    def heard(self, said: Said) -> None:
        """The printer said something to this till."""
        if said.kind == "flow" or not self.owed:
            return
        wanted = {"realtime": ("DLE EOT",), "asb": ("GS a",)}.get(said.kind)
        for entry in self.owed:
            if (entry[1] in wanted) if wanted else entry[1] not in ("DLE EOT", "GS a"):
                self.owed.remove(entry)
                return

    def owes(self, now_s: float) -> bool:
        """Whether the printer still owes this till an answer."""
        self.owed = deque(entry for entry in self.owed if entry[0] > now_s)
        return bool(self.owed)


def oldest(flows: Iterable[Flow]) -> list[Flow]:
    """Of each till the connection that has waited longest."""
    found: dict[str, Flow] = {}
    for flow in flows:
        if flow.waiting:
            before = found.get(flow.till)
            if before is None or flow.waiting[0].number < before.waiting[0].number:
                found[flow.till] = flow
    return list(found.values())
