"""One printer's queue at a service: take a job, hand it over, ask until the service says what became of it.

Before a job is begun the printer is asked after, so that a job for one that is away or out of paper stays here, where it
can move to another printer or expire. Once it is handed over the service has it: nothing is handed over again, and what is
noted is what the service says: on paper (class B), not yet and why, taken out of its queue. Where it says nothing for
`Waits.patience_s` though the printer is well, or not until the job's deadline, nobody knows, and a person is asked.

Late truth is heard as well: orders that were given up, also by an end of the program, are asked for now and then, and a
job found printed says so. The service's name for an order stands in the job's history, where the bytes went out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover, Taken
from kvit.device.cloud.push.client import Client, Handed
from kvit.device.cloud.push.model import Answer, Progress, Standing, Took, Went
from kvit.device.cloud.sdp.job_name import name_of
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import IN_FLIGHT, Event, Evidence, Heard, Job
from kvit.refusal import Refusal

Pause = Callable[[float], Awaitable[None]]
POLLS_S: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0)
"""Between questions after an order, the last for ever: most papers are out within three seconds."""
MENDS_S: Final = (10.0, 20.0, 30.0, 60.0)
"""Between questions after a printer that could not print."""
CLOSED_S: Final = (60.0, 300.0, 900.0)
"""Between tries of an account that was turned away: a person is to mend it, and services bar who asks too often."""
BUSY_S: Final = (5.0, 15.0, 60.0)
LATE_MS: Final = 60 * 60 * 1000
"""So long behind its deadline an order given up is asked for."""
LATE_MAX: Final = 32
"""Orders given up that are still asked for; a shop's worst hour."""
STOPS: Final = {"paper": Event.PAPER_END}
NOT_TAKEN: Final = {Took.BUSY: "busy", Took.AWAY: "away", Took.CLOSED: "account", Took.REFUSED: "refused"}
"""How a "surely not taken" is told in the spool, before the service's own reason."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long, in seconds."""

    patience_s: float = 180.0
    """A well printer and no word that it printed: longer than any queue of a receipt printer."""
    late_s: float = 60.0
    """Between looks after orders that were given up, and after a printer nobody prints to."""


@dataclass(slots=True)
class Late:
    """An order that was given up, and how long it is worth asking for."""

    id: str
    """The job's."""
    pid: bytes
    order: str
    until_ms: int


class Runner:
    """One printer. `run` until cancelled; `wake` when there may be work."""

    def __init__(
        self, desk: Desk, handover: Handover, printer: Printer, client: Client, pause: Pause = asyncio.sleep,
        waits: Waits | None = None,
    ) -> None:  # fmt: skip
        self._desk = desk
        self._handover = handover
        self._printer = printer
        self._client = client
        self._pause = pause
        self._waits = waits or Waits()
        self._late: list[Late] = []
        self._stir = asyncio.Event()
        self._closed = 0
        """How often in a row the account was turned away."""
        self.flying: Taken | None = None
        """What is handed over and has no end yet."""

    @property
    def able(self) -> Evidence:
        """The class of this printer: the service's word for one order is B; without such a question C."""
        told = Evidence.B if self._client.service.about is not None else Evidence.C
        return Evidence.C if self._printer.able is Evidence.C else told

    def wake(self, printer: Printer | None = None) -> None:
        """There may be work; the printer's row may have changed."""
        self._printer = printer or self._printer
        self._stir.set()

    async def run(self) -> None:
        """Print what comes; first of all the board learns how the printer is."""
        await self._look()
        await self.recall()
        while True:
            self._stir.clear()
            while await self.turn():
                pass
            await self._idle()

    async def recall(self) -> None:
        """Ask for the orders of before the start of which nobody knows what became."""
        desk = self._desk
        for job in await desk.db.read(spool.asked, desk.shop, desk.now_ms):
            if job.printer == self._printer.name and job.pid is not None:
                lines = await desk.db.read(spool.history, desk.shop, job.id)
                names = [line.reason for line in lines if line.event is Event.BYTES_OUT and line.attempt == job.attempt]
                self._keep(job, job.pid, names[-1] if names else await self._by_key(job))
        await self._hear_late()

    async def _by_key(self, job: Job) -> str:
        """The service's name for an order whose answer never came; empty where it can not be asked by our key."""
        return (await self._client.find(key_of(job))).order if isinstance(self._client, Client) else ""

    async def turn(self) -> bool:
        """Do the next job, if there is one; False: nothing to do now."""
        if self._printer.held:
            return False
        job = await self._handover.next(self._printer.name)
        if job is None:
            return False
        trouble = await self._look()
        if trouble:
            await self._handover.block(job.id, trouble)
            await self._mend()
            return True
        taken = await self._handover.take(self._printer, job, self.able)
        if taken is None:
            return await self._still(job)
        self.flying = taken
        try:
            await self._deliver(taken)
        except Exception:
            await self.let_go("bug")
            raise
        self.flying = None
        return True

    async def let_go(self, reason: str) -> None:
        """Nobody follows what is handed over any more: a person is asked."""
        taken, self.flying = self.flying, None
        if taken is not None:
            await self._handover.told(taken.job.id, Heard(Event.TIME_OUT, taken.pid, reason=reason))

    async def _still(self, job: Job) -> bool:
        """What could not be taken is not asked for in a loop."""
        await self._pause(1.0)
        seen = await self._desk.db.read(spool.get, self._desk.shop, job.id)
        return isinstance(seen, Refusal) or seen.state is not job.state

    async def _deliver(self, taken: Taken) -> None:
        handed = await self._client.hand_over(taken.pressed, key_of(taken.job), taken.job.deadline_ms // 1000)
        answer = handed.answer
        if answer.took in NOT_TAKEN:
            await self._not_taken(taken, answer)
        elif answer.took in (Took.TAKEN, Took.PRINTED):
            await self._taken(taken, handed)
        else:
            await self._give_up(taken, "", answer.reason or answer.took.value)

    async def _taken(self, taken: Taken, handed: Handed) -> None:
        if self._closed:
            self._closed = 0
            self._desk.board.change(self._printer.name, error="")
        order, progress = handed.answer.order, handed.progress
        await self._handover.told(taken.job.id, Heard(Event.BYTES_OUT, taken.pid, reason=order))
        if self.able is Evidence.C:
            await self._handover.told(taken.job.id, Heard(Event.LINK_CLOSED, taken.pid))
        elif handed.answer.took is Took.PRINTED or (progress is not None and progress.went is Went.PRINTED):
            await self._handover.done(taken.job.id, taken.pid)
        else:
            await self._follow(taken, order)

    async def _not_taken(self, taken: Taken, answer: Answer) -> None:
        """Surely nothing of it is there: it waits, and its printer too unless only this paper was refused."""
        word = NOT_TAKEN[answer.took]
        await self._handover.absent(taken.job.id, taken.pid, f"{word}: {answer.reason}" if answer.reason else word)
        self._log(answer.took.value, answer.reason)
        if answer.took is Took.CLOSED:
            self._closed += 1
            self._desk.board.change(self._printer.name, error="account")
            await self._mend(CLOSED_S[min(self._closed, len(CLOSED_S)) - 1 :])
        elif answer.took is not Took.REFUSED:
            await self._mend(BUSY_S if answer.took is Took.BUSY else MENDS_S)

    async def _follow(self, taken: Taken, order: str) -> None:
        """Ask for an order until its end is known or nobody will know it."""
        stopped, quiet_s = "", 0.0
        for wait_s in _growing(POLLS_S):
            await self._pause(wait_s)
            progress = await self._client.went(order)
            if progress.went is Went.PRINTED:
                await self._handover.done(taken.job.id, taken.pid)
                self._seen(Standing("up", "ok"))
                return
            if progress.went is Went.GONE:
                await self._handover.absent(taken.job.id, taken.pid, "refused: taken out of the service's queue")
                return
            trouble = await self._why(progress)
            stopped = await self._stopped(taken, stopped, trouble)
            quiet_s = 0.0 if trouble else quiet_s + wait_s
            if quiet_s > self._waits.patience_s or self._desk.now_ms >= taken.job.deadline_ms:
                await self._give_up(taken, order, trouble or "no word")
                return
            if not await self._flies(taken):
                self._remember(taken, order)
                return

    async def _why(self, progress: Progress) -> str:
        """Why an order waits: by the answer itself, else by how the printer stands."""
        if progress.reason:
            self._seen(Standing("down") if progress.reason == "away" else Standing("up", "out"))
            return progress.reason
        return await self._look()

    async def _stopped(self, taken: Taken, before: str, trouble: str) -> str:
        """Tell the spool that the printer stopped, or goes on; while the service itself is away nothing is known."""
        if trouble == "away: service" or trouble == before:
            return before
        event = STOPS.get(trouble, Event.STOPPED) if trouble else Event.BACK_AGAIN
        await self._handover.told(taken.job.id, Heard(event, taken.pid, reason=trouble))
        return trouble

    async def _flies(self, taken: Taken) -> bool:
        seen = await self._desk.db.read(spool.get, self._desk.shop, taken.job.id)
        return not isinstance(seen, Refusal) and seen.state in IN_FLIGHT and seen.attempt == taken.job.attempt

    async def _give_up(self, taken: Taken, order: str, reason: str) -> None:
        """Take it back where the service can; else nobody knows, a person is asked, and late truth is still heard."""
        if await self._client.drop(order):
            await self._handover.absent(taken.job.id, taken.pid, reason)
            await self._mend()
            return
        await self._handover.told(taken.job.id, Heard(Event.TIME_OUT, taken.pid, reason=reason))
        self._log("unknown", reason)
        self._remember(taken, order)

    def _remember(self, taken: Taken, order: str) -> None:
        self._keep(taken.job, taken.pid, order)

    def _keep(self, job: Job, pid: bytes, order: str) -> None:
        if order and len(self._late) < LATE_MAX:
            until_ms = max(job.deadline_ms, self._desk.now_ms) + LATE_MS
            self._late.append(Late(job.id, pid, order, until_ms))

    async def _mend(self, waits_s: tuple[float, ...] = MENDS_S) -> None:
        """Wait until the printer can print again; what was blocked before it goes on."""
        for wait_s in _growing(waits_s):
            await self._pause(wait_s)
            if not await self._look():
                break
            await self._hear_late()
        await self._handover.ready(self._printer.name)

    async def _look(self) -> str:
        """Ask how the printer is, tell the board; why nothing would be printed now, or empty."""
        standing = await self._client.stand()
        if standing is None:
            self._desk.board.change(self._printer.name, link="down")
            return "away: service"
        self._seen(standing)
        return standing.trouble

    def _seen(self, standing: Standing) -> None:
        name = self._printer.name
        values = {"paper": standing.paper, "error": standing.error or ("account" if self._closed else "")}
        if standing.link == "down":
            self._desk.board.change(name, link="down", **values)
        elif standing.link == "up":
            self._desk.board.seen(name, **values)

    async def _idle(self) -> None:
        """Wait for work; meanwhile, now and then, ask after the printer and after orders that were given up."""
        while not self._stir.is_set():
            try:
                async with asyncio.timeout(self._waits.late_s):
                    await self._stir.wait()
            except TimeoutError:
                await self._look()
                await self._hear_late()

    async def _hear_late(self) -> None:
        for late in list(self._late):
            progress = await self._client.went(late.order)
            if progress.went is Went.PRINTED:
                await self._handover.done(late.id, late.pid)
            if progress.went in (Went.PRINTED, Went.GONE) or self._desk.now_ms >= late.until_ms:
                self._late.remove(late)

    def _log(self, what: str, reason: str) -> None:
        self._desk.log("print.cloud", {"printer": self._printer.name, "took": what, "reason": reason})


def _growing(steps_s: tuple[float, ...]) -> Iterator[float]:
    yield from steps_s
    while True:
        yield steps_s[-1]


def key_of(job: Job) -> str:
    """Name a job's attempt, letters and digits alone: no service says what else it takes."""
    return name_of(job.id, job.attempt).replace(".", "")
