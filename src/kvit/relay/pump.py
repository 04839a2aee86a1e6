"""The pump: one line at work, bytes from tills to a printer and back, as they come.

Cut-through both ways (print out and printer audit): a chunk read from a till is written to the printer in the same call,
then remembered for the capture; a chunk of the printer goes to the till that owns it. The pump never looks into the
bytes, but for the very first ones of a network connection (`kvit.relay.stranger`). Nothing is put on the back channel
that the printer did not say.

* Flow control: when the printer takes no more, the till is not read, so its own writes block or its port says busy.
* A till's half-close is passed on; its connection stays open for the last answers. One without a byte is no job.
* Several tills take turns (`kvit.relay.turns`), or each has its own printer connection (``per_till``).
* The printer away: the link dials again with growing pauses while the till's bytes wait, at most one read of them.
* The shop's own printing comes in by a door of its own (`Pump.own_till`), takes its turn like a till and keeps it until it
  has the printer's word; it is not captured, for it is no till's receipt. It is told when it may begin
  (`kvit.device.transports.own_door`), hung up where the printer can not be reached, and never carried over a break: half a
  paper before and half behind it would be answered as a whole.
* Fails open: whatever goes wrong in capturing is counted and printing goes on.
* Where paper may be withheld (``hold_s``), `kvit.relay.holding` sits beside; without, not a line of it is loaded.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from kvit.device.transports.own_door import GO
from kvit.relay import capture
from kvit.relay.beside import Withholds
from kvit.relay.link import Dial, Link
from kvit.relay.till import Till
from kvit.relay.turns import FEW_BYTES, Turns

ANSWER_S: Final = 2.0
"""How long a till that has half-closed waits for the printer to hang up; every word of the printer begins it anew."""
LAST_WORD_S: Final = 0.2
"""The same where the printer's end has no half-close: a device that has something to say says it at once."""
PRINTER_IDLE_S: Final = 30.0
"""A till on a lasting port lets go of a silent network printer after this: it may have other hosts, one at a time."""
CLOSING_TURNS: Final = 4
"""Turns of the loop a closing connection needs to be over."""
OWN_SILENT_S: Final = 30.0
"""The shop's own printing keeps its turn while it speaks (it asks the printer each second); a shop that hangs does not."""
TICK_S: Final = 0.5
"""How often turns and idle connections are looked at."""
FLUSH_BYTES: Final = 1 << 20
"""More than this remembered for the capture is written at once, not at the end of the loop's turn."""


class Pump:
    """One line. Made by the line process; all calls on one event loop."""

    def __init__(
        self,
        name: str,
        dial: Dial,
        writer: capture.Writer,
        *,
        per_till: bool = False,
        turn_s: float = 5.0,
        idle_drop_s: float = 0.0,
        wait_s: float = 600.0,
        wake: Callable[[], None] = lambda: None,
        holding: Callable[[Pump], Withholds] | None = None,
    ) -> None:
        """Take what opens the printer, the capture, what to call when the capture has grown, and who withholds paper."""
        self.name = name
        self.writer = writer
        self._dial = dial
        self._per_till = per_till
        self._idle_drop_s, self._wait_s = idle_drop_s, wait_s
        self.wake = wake
        self._loop = asyncio.get_running_loop()
        self.turns: Turns[Till] = Turns(turn_s)
        self._shared = Link(dial, self)
        self._owners: dict[Link, Till | None] = {self._shared: None}
        self.tills: set[Till] = set()
        self._flushing = False
        self._last_s = self._loop.time()
        self._quiet = True
        self._numbers = int(writer.offset) & 0x3FFFFFFF
        self.counters: Counter[str] = Counter()
        self.stopped = False
        self.holding = None if holding is None else holding(self)
        self._ticker = self._loop.call_later(TICK_S, self._tick)
        self.note(capture.START, 0)

    def till(self, peer: str, *, lasting: bool = False, network: bool = False) -> Till:
        """Make the protocol of a new till connection. ``lasting``: a port that is never hung up by us."""
        return Till(self, self.own_number(), peer, lasting=lasting, network=network)

    def own_number(self) -> int:
        """Give a connection's number that no other has."""
        self._numbers = (self._numbers + 1) & 0xFFFFFFFF or 1
        return self._numbers

    def own_till(self) -> Till:
        """Make the protocol of a connection of the shop itself."""
        till = self.till("")
        till.is_own, till.on_made = True, self._knocked
        return till

    @property
    def state(self) -> dict[str, object]:
        """The line as a person asks for it."""
        links = [link for link in self._owners if link.state != "down"] or [self._shared]
        return {
            "name": self.name,
            "tills": len(self.tills),
            "waiting_tills": self.turns.waiting,
            "printer": links[0].state,
            "reason": next((link.reason for link in links if link.reason), ""),
            "queued_bytes": sum(link.queued for link in self._owners),
            "uncaptured_bytes": self.writer.lost_bytes,
            **dict(self.counters),
            **({} if self.holding is None else self.holding.state),
        }

    # What tills say.

    def came(self, till: Till) -> None:
        """A till has sent its first byte: it is a job from now on."""
        self.tills.add(till)
        self._note_of(till, capture.OPEN, till.peer.encode()[:200])
        self.counters["own_connections" if till.is_own else "connections"] += 1

    def from_till(self, till: Till, data: bytes) -> None:
        """Bytes of a till."""
        if till.withheld and self.holding is not None:
            self.holding.take(till, data)
        else:
            self._forward(till, data)

    def _forward(self, till: Till, data: bytes) -> None:
        """Bytes of a till on their way to the printer."""
        link = till.link
        if link is None or till.jobs:
            till.held.append(data)
            till.pause()
            self.ask_for_link(till, len(data))
            return
        if not link.send(data):
            till.pause()
        if link is self._shared:
            self.turns.sent(len(data), self._loop.time())
        self.counters["own_bytes" if till.is_own else "till_bytes"] += len(data)
        self._note_of(till, capture.TILL, data)

    def till_ended(self, till: Till, how: str) -> None:
        """A till sends no more (half-close or gone)."""
        if till.withheld and self.holding is not None:
            self.holding.ended(till, how)
            return
        if till.link is None or till.jobs:
            if till.held or till.jobs:
                self.ask_for_link(till, 0)
            else:
                self._forget(till, how)
            return
        self._wind_up(till)

    def till_full(self, till: Till, full: bool) -> None:
        """A till does not read the printer's answers: do not read the printer then."""
        if till.link is not None:
            (till.link.pause if full else till.link.resume)()

    # What links say.

    def printer_said(self, link: Link, data: bytes) -> None:
        """Bytes of the printer for the till that owns it. Without an owner there is nobody to tell."""
        till = self._owners.get(link)
        if self.holding is not None and (till is None or not till.is_own):
            data = self.holding.said(data, till)
        if till is None or till.withheld:
            self.note(capture.PRINTER, 0, data)
            return
        till.answer(data)
        self.counters["printer_bytes"] += len(data)
        self._note_of(till, capture.PRINTER, data)

    def link_full(self, link: Link, full: bool) -> None:
        """The printer takes no more, or more again."""
        till = self._owners.get(link)
        if till is None:
            return
        if full:
            if not till.withheld:
                till.pause()
            return
        if link is self._shared:
            self.turns.renew(self._loop.time())
        till.resume()
        if till.ended:
            self._wind_up(till)

    def link_up(self, link: Link, again: bool) -> None:
        """The printer is there."""
        if again:
            self.note(capture.BACK, 0)
        if self.holding is not None:
            self.holding.reached(True)
        till = self._owners.get(link)
        if till is not None and till.is_own:
            self._admit(till, link)
        elif till is None and not link.queued:
            link.hang_up()  # the shop has gone meanwhile, and the printer may have other hosts

    def link_lost(self, link: Link, reason: str, waiting: int) -> None:
        """The printer went away."""
        self.counters["printer_losses"] += 1
        self.note(capture.LOST, 0, reason.encode()[:500])
        till = self._owners.get(link)
        self.link_missed(link)
        if till is not None and not till.is_own and till.ended and not waiting:
            self._release(till, "printer lost")

    def link_missed(self, link: Link) -> None:
        """The printer can not be reached: the shop itself is told so, tills wait."""
        if self.holding is not None:
            self.holding.reached(False)
        till = self._owners.get(link)
        if till is not None and till.is_own:
            link.drop()
            self._release(till, "printer lost")

    def link_closed(self, link: Link) -> None:
        """The printer has hung up and nothing waits: the turn of a till that has ended is over."""
        till = self._owners.get(link)
        if till is not None and till.ended and link.empty:
            self._release(till, "end")
        elif till is not None and till.is_own:
            self._admit(till, link)

    # Inside.

    def _knocked(self, till: Till) -> None:
        """The shop itself wants to print: the printer is dialled before a byte is taken from it."""
        self.ask_for_link(till, FEW_BYTES)

    def ask_for_link(self, till: Till, count: int) -> None:
        """A till has so many bytes for the printer: it gets its turn."""
        if self._per_till:
            link = Link(self._dial, self)
            self._owners[link] = till
            self._give(till, link)
            return
        if (owner := self.turns.asks(till, count, self._loop.time(), ended=till.ended)) is not None:
            self._own(owner)
        else:
            self._look_at_turns()

    def _look_at_turns(self) -> None:
        """Take the printer from an owner that idles; never from one that waits for a busy printer or has sent all."""
        owner = self.turns.owner
        if owner is None or owner.ended or not self._shared.free:
            return
        if owner.is_own and owner.silent_s() < OWN_SILENT_S:
            return
        if (chosen := self.turns.tick(self._loop.time())) is not None:
            self.counters["turns_lost"] += 1
            self._own(chosen)

    def _own(self, till: Till) -> None:
        before = self._owners[self._shared]
        if before is not None and before is not till:
            before.link = None
        self._owners[self._shared] = till
        self._give(till, self._shared)

    def _give(self, till: Till, link: Link) -> None:
        """The till has its link: what it said while it waited goes first, then it is read again."""
        till.link = link
        held, till.held = till.held, []
        till.resume()
        if till.is_own:
            self._admit(till, link)
        if self.holding is not None:
            self.holding.given(till)
        for data in held:
            self.from_till(till, data)
        if till.ended and not till.released:
            self._wind_up(till)

    def let_go(self, till: Till) -> None:
        """A till that is withheld has no more for the printer now: the next has its turn."""
        link, till.link = till.link, None
        if link is not None:
            self._owners[link] = None
        if (owner := self.turns.leaves(till, self._loop.time())) is not None:
            self._own(owner)
        elif link is not None and link.network:
            self.keep_for_now(link)

    def _admit(self, till: Till, link: Link) -> None:
        """Let the shop begin once the printer is connected; one that hangs up under a paper ends it."""
        if link.state == "up" and not till.admitted:
            till.admitted = True
            till.answer(GO)
        elif link.state != "up" and till.admitted:
            self._release(till, "printer lost")
        else:
            link.dial()

    def _wind_up(self, till: Till) -> None:
        """A till has sent all: pass its half-close on when all is handed over, and wait for the printer's last words."""
        link = till.link
        if link is None or till.released or link.queued or till.winding:
            return
        till.winding = True
        if till.gone:
            self._after_gone(till, link)
            return
        can_wait = link.finish()
        till.end_timer = self._loop.call_later(ANSWER_S if can_wait else LAST_WORD_S, self._last_word, till)

    def _after_gone(self, till: Till, link: Link) -> None:
        """Nobody is there to answer. A network printer is let go (its next client waits); a device stays open."""
        if link.state == "up" and link.finish():
            link.hang_up()  # link_closed follows when the last byte is out
        else:
            self._release(till, "gone")

    def _last_word(self, till: Till) -> None:
        link = till.link
        if link is None or till.released:
            return
        pause_s = till.silent_s()
        if not link.empty or pause_s < LAST_WORD_S:
            till.end_timer = self._loop.call_later(LAST_WORD_S, self._last_word, till)
        elif link.state == "up" and link.network:
            link.hang_up()
        else:
            self._release(till, "end")

    def _release(self, till: Till, how: str) -> None:
        """The till's turn is over: hang it up, give the printer to the next."""
        if till.released:
            return
        till.released = True
        link, till.link = till.link, None
        if link is not None and link is not self._shared:
            self._owners.pop(link, None)
            link.stop()
        elif link is not None:
            self._owners[link] = None
        self._forget(till, how)
        till.hang_up()

    def _forget(self, till: Till, how: str) -> None:
        if till in self.tills:
            self.tills.discard(till)
            self._note_of(till, capture.CLOSE, how.encode())
        if (owner := self.turns.leaves(till, self._loop.time())) is not None:
            self._own(owner)

    def _note_of(self, till: Till, kind: int, data: bytes) -> None:
        if not till.is_own:
            self.note(kind, till.number, data)

    def note(self, kind: int, connection: int, data: bytes = b"") -> None:
        """Remember for the capture; it is written at the end of this turn of the loop."""
        writer = self.writer
        if self.holding is None:
            writer.append(kind, connection, data)
        else:
            for record in writer.record(kind, connection, data):
                self.holding.record(record)
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)
        elif writer.waiting_bytes > FLUSH_BYTES:
            writer.flush()

    def _flush(self) -> None:
        self._flushing = False
        self._last_s, self._quiet = self._loop.time(), False
        self.writer.flush()
        self.wake()
        if self.holding is not None:
            self.holding.flushed()

    @property
    def idle_link(self) -> Link | None:
        """The printer, where nobody prints on it now."""
        owner = self._owners[self._shared]
        return self._shared if (owner is None or owner.withheld) and self._shared.empty else None

    def keep_for_now(self, link: Link) -> None:
        """Nobody owns the printer: one of the network is let go a little later, for it may have other hosts."""

        def let_go() -> None:
            if self._owners.get(link) is None and link.empty and not self.turns.waiting:
                link.hang_up()

        self._loop.call_later(ANSWER_S, let_go)

    def quiet(self, quiet_s: float) -> None:
        """Begin a new capture segment when the line has been silent for so long."""
        if not self._quiet and self._loop.time() - self._last_s >= quiet_s:
            self._quiet = True
            self.writer.rotate()

    def _tick(self) -> None:
        if self.holding is not None:
            self.holding.tick()
        self._look_at_turns()
        owner = self._owners[self._shared]
        if (
            owner is not None
            and owner.lasting
            and owner.silent_s() > PRINTER_IDLE_S
            and self._shared.free
            and self._shared.network
        ):
            self._shared.hang_up()
        for till in list(self.tills):
            if self._idle_drop_s and till.network and not till.ended and till.silent_s() > self._idle_drop_s:
                till.abort("idle")
            elif till.ended and till.ended_for_s() > self._wait_s:
                self._give_up(till)
        self._ticker = self._loop.call_later(TICK_S, self._tick)

    def _give_up(self, till: Till) -> None:
        """The printer did not come back in time for a till that has long gone."""
        waiting = sum(map(len, till.held))
        till.held = []
        if till.link is not None and till.link.state != "up":
            waiting += till.link.drop()
        elif till.link is not None:
            return  # a slow printer is no absent one
        self._note_of(till, capture.UNDELIVERED, str(waiting).encode())
        self.counters["undelivered_bytes"] += waiting
        self._release(till, "undelivered")

    async def stop(self) -> None:
        """End the line: hang up all, write the capture."""
        if self.holding is not None:
            await self.holding.stop()
        self.stopped = True
        self._ticker.cancel()
        for till in list(self.tills):
            till.abort("stop")
        for link in list(self._owners):
            if waiting := link.stop():
                self.note(capture.UNDELIVERED, 0, str(waiting).encode())
        for _ in range(CLOSING_TURNS):
            await asyncio.sleep(0)
        self.writer.close()
