"""A receipt printer as a model: bytes in, answers and paper out. Pure; the emulator gives it time and wires.

Realtime commands are answered when they arrive. Everything else waits in the receive buffer until the mechanism prints
it, at the model's speed, and not at all while the printer is offline; an answer in turn (``GS r``, ``GS ( H``) is given
when its command is reached, so it says of the bytes before it that they are on paper. The buffer is as large as the
profile says; a full one is the caller's to make felt (`Session.room_bytes`).

What it can be told (`Mechanism`): paper near its end or out (also after so many lines), cover, errors, offline, speed, a
smaller buffer, silence, death after so many bytes, to keep process IDs to itself for a while or for ever, anything at all
at a line (`Mechanism.trip`), and lying: the clone that always answers "online, paper there".
Left out: the mechanics of single models (slip, cheque), and printing itself: the sheet is played from the kept bytes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from kvit.escpos import Command, Parser, Profile
from kvit.escpos.status import REALTIME, StatusModel, answer, changed

PAPER_BYTES_MAX: Final = 16 << 20
"""Of what was printed so much is remembered, the last of it."""
LINES, CUTS = (20, 148), (50, 178)
"""Maintenance counters (``GS g 2``): the one a host may reset, and the one that counts for ever."""
CUT_COMMANDS: Final = frozenset({"GS V", "ESC i", "ESC m"})
ID_ANSWER: Final = b"\x37\x22"
FEEDS: Final = frozenset({"LF", "ESC d", "ESC J", "GS V", "FF"})
"""Commands that move paper; the paper end is noticed at them."""


@dataclass(slots=True)
class Mechanism:
    """The one machine behind all its connections."""

    profile: Profile
    status: StatusModel = field(default_factory=StatusModel)
    bytes_s: float = 0.0
    """Printing speed; 0: as fast as bytes come."""
    buffer_bytes: int = 0
    """The receive buffer; 0: the profile's."""
    silent: bool = False
    lying: bool = False
    dies_after: int | None = None
    """Bytes it prints before it dies; None: it lives."""
    dead: bool = False
    lines_left: int | None = None
    """Lines until the paper ends; None: no end."""
    printed: int = 0
    """Bytes printed, ever."""
    pulses: int = 0
    cuts: int = 0
    paper: bytearray = field(default_factory=bytearray)
    """What was printed: the commands the mechanism has worked off."""
    ids: str = "prompt"
    """Process IDs are said when due (``prompt``), when `tell_ids` is called (``late``), or ``never``."""
    held_ids: list[bytes] = field(default_factory=list)
    """Answers that wait for `tell_ids`."""
    trip_lines: int | None = None
    """Lines until it stops and `tripped` is to be obeyed."""
    trip_words: str = ""
    tripped: str = ""

    @property
    def buffer(self) -> int:
        """The receive buffer in force."""
        return self.buffer_bytes or self.profile.buffer_bytes

    @property
    def prints(self) -> bool:
        """Whether anything is printed now. A liar out of paper stops too, it only does not say so."""
        return not self.status.offline and not self.dead and not self.tripped

    def change(self, **values: bool | int) -> bytes:
        """Change the state; give what the printer says of it by itself."""
        before, self.status = self.status, self.status.change(**values)
        return b"" if self.silent or self.lying or self.dead else changed(before, self.status, self.profile)

    def asked(self, command: Command) -> bytes:
        """Give the answer to a command; follow its changes of state."""
        model = StatusModel(asb=self.status.asb) if self.lying else self.status
        said, after = answer(command, model, self.profile)
        if not self.lying:
            self.status = after
        if said[:2] == ID_ANSWER and self.ids != "prompt":
            self.held_ids += [said] if self.ids == "late" else []
            return b""
        return b"" if self.silent or self.dead else said

    def trip(self, lines: int, words: str) -> None:
        """After so many lines more it stops, and its emulator obeys ``words``; 0: before the next one."""
        self.trip_lines, self.trip_words = lines, words

    def tell_ids(self) -> bytes:
        """Give the process IDs that were held back."""
        said, self.held_ids = b"".join(self.held_ids), []
        return said

    def restart(self) -> None:
        """Switched off and on: what it was told is forgotten, what it counted and the state of its parts is not."""
        self.dead, self.dies_after, self.held_ids = False, None, []
        self.status = self.status.change(asb=0, offline_response=False, waiting=False)

    def print(self, command: Command) -> None:
        """The command was worked off."""
        self.paper += command.raw
        if len(self.paper) > PAPER_BYTES_MAX:
            del self.paper[: PAPER_BYTES_MAX // 2]
        for number in (*(LINES if command.name in FEEDS else ()), *(CUTS if command.name in CUT_COMMANDS else ())):
            self.status.counters[number] = self.status.counters.get(number, 0) + 1
        if self.trip_lines is not None and command.name in FEEDS:
            self.trip_lines -= 1
        if self.trip_lines is not None and self.trip_lines <= 0:
            self.trip_lines, self.tripped = None, self.trip_words


class Session:
    """One host's connection: its parser and its share of the receive buffer."""

    def __init__(self, machine: Mechanism) -> None:
        self._machine = machine
        self._parser = Parser(machine.profile)
        self._queue: deque[Command] = deque()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Bytes in the receive buffer."""
        return self._waiting + self._parser.pending

    @property
    def room_bytes(self) -> int:
        """How many bytes the buffer still takes; 0: busy.

        A command being collected takes no room: a printer prints a picture as it comes, however much larger than its
        buffer it is (and takes what it can not print).
        """
        return max(0, self._machine.buffer - self._waiting)

    def feed(self, data: bytes) -> bytes:
        """Bytes arrive: give the realtime answers."""
        said = b""
        at_once = frozenset[str]() if self._machine.profile.has("realtime_in_queue") else REALTIME
        for command in self._parser.feed(data):
            if command.name in at_once:
                said += self._machine.asked(command)
                self._work(command)
            else:
                self._queue.append(command)
                self._waiting += len(command.raw)
        return said

    def end(self) -> None:
        """No more bytes come: what is incomplete is printed as it is."""
        for command in self._parser.close():
            self._queue.append(command)
            self._waiting += len(command.raw)

    def print(self, budget: float) -> tuple[int, bytes]:
        """Print about ``budget`` bytes of what waits: give how many it was, and the answers that came up."""
        done, said = 0, b""
        while self._queue and done < budget and self._machine.prints:
            command = self._queue.popleft()
            size = len(command.raw)
            self._waiting -= size
            done += size
            said += self._machine.asked(command) + self._work(command)
            self._machine.print(command)
            self._age(size)
        return done, said

    def _work(self, command: Command) -> bytes:
        machine = self._machine
        if command.name == "ESC p" or command.raw[:3] == b"\x10\x14\x01":
            machine.pulses += 1
            return machine.change(drawer_high=not machine.status.drawer_high)
        machine.cuts += command.name in CUT_COMMANDS
        if command.name in FEEDS and machine.lines_left is not None:
            machine.lines_left = max(0, machine.lines_left - 1)
            if not machine.lines_left:
                machine.lines_left = None
                return machine.change(paper_end=True)
        return b""

    def _age(self, size: int) -> None:
        machine = self._machine
        machine.printed += size
        if machine.dies_after is not None and machine.printed >= machine.dies_after:
            machine.dead = True
