"""A talk with one printer on one connection: looks at it, questions in turn, process IDs that come late.

The rim over `kvit.device.delivery.watch`: it has the wire and the clock. What is found out at the beginning (does it talk,
what is it able to prove) is asked, never guessed: ``GS ( H`` only of printers whose profile knows it, because others print
its letters; ``GS r`` of all that answered ``DLE EOT``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kvit.device.delivery.attempt import FENCE_FIRST, GS_R, ask_id
from kvit.device.delivery.evidence import read_counter
from kvit.device.delivery.watch import ASB_ON, Condition, Watch
from kvit.device.delivery.wire import Wire
from kvit.device.delivery.world import Pace
from kvit.device.spool.model import Evidence
from kvit.escpos.status_reader import Answer

PROBE_ID: Final = bytes((FENCE_FIRST,)) * 4
COUNTER: Final = b"\x1dg2\x00\xb2\x00"
"""``GS g 2``: counter 178, cuts ever made (178 to 187 are the counters of the cutter that nobody can reset)."""


class LinkLost(Exception):  # noqa: N818 - it says what happened
    """The connection ended, or fell silent, while something was awaited of it."""


class Talk:
    """One connection to a printer, and what it tells."""

    def __init__(self, wire: Wire, monotonic: Callable[[], float], pace: Pace, *, full: bool) -> None:
        """``full``: the profile knows process IDs and counters."""
        self.wire = wire
        self._monotonic, self._pace, self._full = monotonic, pace, full
        self.watch = Watch(monotonic(), poll_s=pace.poll, answer_s=pace.word)
        self.talks = False
        """It has answered ``DLE EOT``, or spoken by itself."""
        self._counts = full
        self._late: list[bytes] = []

    @property
    def trouble(self) -> str:
        """What keeps the printer from printing, by its own word."""
        return self.watch.condition.trouble

    @property
    def silent_s(self) -> float:
        """How long it has owed an answer."""
        return self.watch.silent_s(self._monotonic()) if self.talks else 0.0

    async def greet(self, *, asb: bool) -> None:
        """Look at a printer nobody has spoken with yet."""
        if asb:
            self.wire.write(ASB_ON)
        await self.look()
        self.talks = self.watch.words > 0

    async def look(self) -> None:
        """Look at the whole printer, now. Raises `LinkLost` when one that has talked falls silent."""
        now_s = self._monotonic()
        rounds, until_s = self.watch.rounds, now_s + self._pace.first
        self.watch.look_now(now_s)
        while self.watch.rounds == rounds and not self.wire.ended:
            if now_s >= until_s:
                if self.watch.words:
                    raise LinkLost("silent")
                return
            await self.listen(until_s)
            now_s = self._monotonic()

    async def look_at_port(self, *, believed: bool) -> bool:
        """Look at a printer that answers nothing, by its port's own byte; True when it is well by that.

        ``believed``: the port was seen well before. Some ports say the same nonsense always, and would never print.
        """
        port = await self.wire.port()
        if port is None:
            return False
        self.watch.condition = (
            Condition(
                online=False if port.offline else None,
                paper="out" if port.paper_out else "unknown",
                error="error" if port.fault and not port.paper_out else "",
            )
            if believed
            else Condition()
        )
        return port.is_well

    async def listen(self, until_s: float) -> list[Answer]:
        """Put the question that is due, wait for news at most until then or the next question; give what was said."""
        now_s = self._monotonic()
        self.wire.write(self.watch.question(now_s))
        await self.wire.wait(max(0.01, min(until_s, self.watch.next_s) - now_s))
        return self.hear()

    def hear(self) -> list[Answer]:
        """Take what was said; process IDs of earlier attempts are kept for `late`."""
        answers = self.watch.feed(self.wire.take(), self._monotonic())
        pids = [each.raw[2:6] for each in answers if each.name == "process_id"]
        self._late += [pid for pid in pids if pid[0] != FENCE_FIRST]
        return answers

    def late(self) -> list[bytes]:
        """Give process IDs that came between attempts."""
        late, self._late = self._late, []
        return late

    async def ask(self, question: bytes, kind: str) -> Answer | None:
        """Ask an idle printer one question in turn; None where it does not answer in time."""
        until_s = self._monotonic() + self._pace.answer
        self.wire.write(question)
        while (now_s := self._monotonic()) < until_s and not self.wire.ended:
            await self.wire.wait(until_s - now_s)
            for answer in self.hear():
                if kind in (answer.kind, answer.name):
                    return answer
        return None

    async def probe(self) -> Evidence:
        """Find out what the printer is able to prove."""
        if self.talks and self._full and await self.ask(ask_id(PROBE_ID), "process_id"):
            return Evidence.A
        if self.talks and await self.ask(GS_R, "byte"):
            return Evidence.B
        return Evidence.C

    async def cuts(self) -> int | None:
        """The cutter's count; None where the printer does not tell."""
        if not (self.talks and self._counts):
            return None
        answer = await self.ask(COUNTER, "text")
        found = None if answer is None else read_counter(answer)
        self._counts = found is not None
        return found
