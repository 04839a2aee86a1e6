"""One attempt to print: bytes and a question behind them go out, what comes back decides what is believed.

A pure machine. In go the printer's bytes (`Attempt.feed`), what the wire still holds (`Attempt.handed`), its loss
(`Attempt.lost`) and the time (`Attempt.tick`); out come bytes (`Attempt.out`), the spool's `Heard` events
(`Attempt.heard`), and at the end `over`. The job was begun durably before the first byte; nothing is ever sent twice.

Behind the last byte, behind the last cut therefore, stands the question of the printer's class:

* A: ``GS ( H`` function 48 with the attempt's process ID. The printer says the ID once all before it is printed (Epson's
  reference: "transmitted when the printing is completed").
* B: ``GS r 1``, answered when its turn comes.
* C: nothing. All bytes taken, the last word good, the link closed: that is "sent", no more.

Paper end and open cover are waited out; the printer goes on by itself and nothing is sent again. When an A printer is
online and keeps silent, a second ID, the fence, goes behind the first: a printer that answers the fence and not the job has
lost the job's question, by a power cycle or otherwise, and waiting longer is in vain. Whether every model answers two
questions in their order is to be seen on devices; the fence only ever shortens a wait that ends in "unknown" anyway.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from kvit.device.delivery.watch import Watch
from kvit.device.spool.model import Event, Evidence, Heard
from kvit.escpos.status_reader import Answer

GS_R: Final = b"\x1dr\x01"
FENCE_FIRST: Final = 0x7E
"""First byte of IDs that name no attempt: `kvit.device.spool.process_id` ends at 7Dh."""
LOOK_S: Final = 0.05
"""How often it is looked whether bytes still go out."""
STOPS: Final = {"paper": Event.PAPER_END, "cover": Event.COVER_OPEN, "error": Event.STOPPED, "offline": Event.STOPPED}


def ask_id(pid: bytes) -> bytes:
    """Ask for a process ID: ``GS ( H 6 0 48 48 d1 d2 d3 d4``."""
    assert len(pid) == 4
    return b"\x1d(H\x06\x00\x30\x30" + pid


def fence_id(pid: bytes) -> bytes:
    """The fence behind an attempt's ID."""
    return bytes((FENCE_FIRST,)) + pid[1:]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long, in seconds."""

    fence: float = 5.0
    """An online printer that has all its bytes prints a receipt in two; then the fence is sent."""
    confirm: float = 60.0
    """Online, and no answer: no longer than this and what the bytes need."""
    bytes_s: float = 1000.0
    """What the slowest heads print, a dot matrix of five lines a second aside: adds to ``confirm``."""
    confirm_max: float = 300.0
    silent: float = 10.0
    """Without an answer even to ``DLE EOT``, which is answered out of turn: nobody is there."""
    stuck: float = 30.0
    """Without a byte taken by a printer that tells of no trouble."""
    patience: float = 600.0
    """The same by one that told of trouble while bytes were still going out: a person finds a roll in less."""
    last_word: float = 1.0
    """For a C printer's state behind the bytes."""
    farewell: float = 5.0
    """For the other side to take the last bytes and close, once ours is closed."""


class Phase(enum.Enum):
    """Where the attempt is."""

    SENDING = enum.auto()
    CONFIRMING = enum.auto()
    CLOSING = enum.auto()
    """C: all taken, the link is being closed."""
    OVER = enum.auto()


class Attempt:
    """One attempt on a connection whose `Watch` has just seen the printer well."""

    def __init__(
        self, pid: bytes, able: Evidence, data: bytes, watch: Watch, now_s: float, waits: Waits | None = None, *,
        talks: bool = True,
    ) -> None:  # fmt: skip
        """Take the attempt's name, the printer's class, the paper's bytes. ``talks``: it answers ``DLE EOT``."""
        self._pid, self._able, self._watch, self._talks = pid, able, watch, talks
        self._waits = waits or Waits()
        watch.gap_s = 0.0
        behind = {Evidence.A: ask_id(pid), Evidence.B: GS_R}.get(able, b"")
        self._out = bytearray(data + behind)
        self._size = len(self._out)
        self._left = self._size
        self._phase = Phase.SENDING
        self._moved_s = self._since_s = now_s
        self._stopped = ""
        self._fenced = self._written = False
        self._rounds = 0
        self._told: list[Heard] = []
        self.others: list[bytes] = []
        """Process IDs the printer said that are not this attempt's: late words on earlier ones. The rim takes them."""

    @property
    def over(self) -> bool:
        """Nothing more is awaited."""
        return self._phase is Phase.OVER

    @property
    def closing(self) -> bool:
        """The rim is to close its side and say how that went (`lost`)."""
        return self._phase is Phase.CLOSING

    @property
    def stopped(self) -> str:
        """What trouble the printer told of, that it is waited out for; empty: none."""
        return self._stopped

    def next_s(self, now_s: float) -> float:
        """When `tick` is due at the latest: soon while bytes are going out, else with the next question."""
        if self._phase is Phase.SENDING:
            return now_s + LOOK_S
        due_s = self._watch.next_s if self._talks else self._since_s + self._waits.fence
        return max(now_s + LOOK_S, min(due_s, now_s + self._waits.last_word))

    def out(self) -> bytes:
        """Give what is to be written now; it counts as handed to the wire."""
        data = bytes(self._out)
        self._out.clear()
        self._written |= bool(data)
        return data

    def heard(self) -> list[Heard]:
        """Give the events since the last call, to be noted in order."""
        told, self._told = self._told, []
        return told

    def handed(self, left: int, now_s: float) -> None:
        """Say how many of the bytes the wire has not taken yet."""
        if self._phase is not Phase.SENDING or self._out:
            return
        if left < self._left:
            self._left, self._moved_s = left, now_s
        if left == 0:
            self._phase, self._since_s = Phase.CONFIRMING, now_s
            self._tell(Event.BYTES_OUT)
            self._stopped = ""  # told again from here, where it means that the job is in the printer's buffer
            self._watch.look_now(now_s)
            self._rounds = self._watch.rounds
            self._condition(now_s)

    def feed(self, data: bytes, now_s: float) -> None:
        """Take what the printer said."""
        for answer in self._watch.each(data, now_s):
            if answer.kind == "block" and answer.name == "process_id":
                self._named(answer.raw[2:6], now_s)
            elif answer.kind == "byte" and self._able is Evidence.B and self._written:
                self._ordered()
            else:
                self._stated(answer, now_s)

    def tick(self, now_s: float) -> None:
        """Look at the clock: questions go out, patience ends."""
        if self._phase is Phase.SENDING:
            self._tick_sending(now_s)
        elif self._phase is Phase.CONFIRMING:
            self._tick_confirming(now_s)
        elif self._phase is Phase.CLOSING and now_s - self._since_s >= self._waits.stuck:
            self._end(Event.TIME_OUT, "the link would not close")

    def lost(self, *, clean: bool, reason: str = "") -> None:
        """The connection is over. ``clean``: closed by our wish after everything was taken."""
        if self.over:
            return
        if not self._written:
            self._end(Event.ZERO_BYTES, reason)
        elif self.closing and clean:
            self._end(Event.LINK_CLOSED)
        else:
            self._end(Event.LINK_LOST, reason)

    def give_up(self) -> None:
        """The spool has decided otherwise meanwhile (a deadline): nothing more is awaited."""
        self._phase = Phase.OVER

    def _named(self, pid: bytes, now_s: float) -> None:
        if pid == self._pid:
            self._end(Event.ID_ANSWER)
        elif self._fenced and pid == fence_id(self._pid):
            lost = self._watch.gap_s >= self._waits.fence
            self._end(Event.POWER_CYCLE if lost else Event.TIME_OUT, "the answer was lost")
        elif pid[0] != FENCE_FIRST:
            self.others.append(pid)

    def _ordered(self) -> None:
        """The answer in turn; it may be here before the kernel knows that the last byte has arrived."""
        if self._phase is Phase.SENDING:
            self._tell(Event.BYTES_OUT)
        self._end(Event.ORDERED_STATUS)

    def _stated(self, answer: Answer, now_s: float) -> None:
        if answer.values and self._phase in (Phase.SENDING, Phase.CONFIRMING):
            self._condition(now_s)

    def _condition(self, now_s: float) -> None:
        """Trouble begins, changes or goes."""
        trouble = self._watch.condition.trouble
        if trouble == self._stopped:
            return
        before, self._stopped = self._stopped, trouble
        if trouble:
            self._tell(STOPS[trouble], trouble)
        elif before and self._phase is Phase.CONFIRMING:
            self._since_s = now_s
            self._tell(Event.BACK_AGAIN)
        self._moved_s = now_s

    def _tick_sending(self, now_s: float) -> None:
        if not self._written:
            return
        if now_s - self._moved_s >= (self._waits.patience if self._stopped else self._waits.stuck):
            self._end(Event.TIME_OUT, "no byte is taken")

    def _tick_confirming(self, now_s: float) -> None:
        if self._talks:
            self._out += self._watch.question(now_s)
        if self._able is Evidence.C:
            self._close_when_good(now_s)
        elif self._talks and self._watch.silent_s(now_s) >= self._silent_max_s:
            self._end(Event.TIME_OUT, "silent")
        elif not self._stopped:
            self._await_answer(now_s)

    @property
    def _silent_max_s(self) -> float:
        """A question may stand behind bytes of ours that somebody on the way still holds."""
        return self._waits.patience if self._stopped else self._waits.silent + self._size / self._waits.bytes_s

    def _await_answer(self, now_s: float) -> None:
        waited_s = now_s - self._since_s
        if self._able is Evidence.A and not self._fenced and waited_s >= self._waits.fence:
            self._fenced = True
            self._out += ask_id(fence_id(self._pid))
        if waited_s >= min(self._waits.confirm + self._size / self._waits.bytes_s, self._waits.confirm_max):
            self._end(Event.TIME_OUT, "no answer")

    def _close_when_good(self, now_s: float) -> None:
        """A C printer is looked at once more behind its bytes, where it can be."""
        looked = self._watch.rounds > self._rounds or now_s - self._since_s >= self._waits.last_word
        if not self._stopped and (looked or not self._talks):
            self._phase, self._since_s = Phase.CLOSING, now_s
            self._out.clear()

    def _tell(self, event: Event, reason: str = "") -> None:
        self._told.append(Heard(event, self._pid, reason=reason))

    def _end(self, event: Event, reason: str = "") -> None:
        self._tell(event, reason)
        self._phase = Phase.OVER
