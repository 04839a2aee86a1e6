"""Jobs out to another program's queue: ``ipp://HOST:631/printers/NAME``, most often a raw queue of CUPS.

`QueueClient` speaks to one queue over the house's HTTP (`kvit.net`); `QueueRunner` follows one job at a time to its end
there. All evidence is class C: "completed" is that the queue's back end took the bytes, so such a job ends as sent, never
as printed. A job is followed as long as the queue says it waits; given up, it is taken back where the queue proves that it
never began, and else it is unknown and a person is asked. It is never sent again by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from kvit.device.adapters.address import PrinterAddress, parse
from kvit.device.address import Address
from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover, Taken
from kvit.device.cloud.push.client import Handed
from kvit.device.cloud.push.model import Answer, Progress, Standing, Took, Went
from kvit.device.cloud.push.runner import Runner
from kvit.device.ipp import queue
from kvit.device.ipp.message import Message, decode, encode
from kvit.device.ipp.queue import QueueJob, QueueState
from kvit.device.ipp.vocabulary import JobState, Status
from kvit.device.press import Pressed
from kvit.device.printers.model import Printer
from kvit.device.spool.model import Event, Evidence, Heard
from kvit.net import Ask, Asking, Failed, Reply, Trouble
from kvit.wire import WireError

SCHEMES: Final = {"ipp": "http", "ipps": "https"}
"""What each address is reached by (RFC 3510, RFC 7472)."""
POLLS_S: Final = (0.5, 0.5, 1.0, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Between questions after a job, the last for ever."""
HTTP_OK: Final = 200


class QueueClient:
    """One queue. Answers to `kvit.device.cloud.push.runner.Runner` as a service does. Nothing is raised."""

    def __init__(self, place: Address, ask: Asking) -> None:
        """Take an address of kind ``ipp`` or ``ipps``."""
        host = f"[{place.host}]" if ":" in place.host else place.host
        self._url = f"{SCHEMES[place.kind]}://{host}:{place.port}{place.path or '/'}"
        self._uri = str(place)
        self._plain = place.kind == "ipp"
        self._ask = ask
        self._state: QueueState | None = None

    async def stand(self) -> Standing | None:
        """Ask how the queue is; None: it can not be asked now."""
        answer = await self._asked(queue.about_printer(self._uri))
        self._state = queue.read_printer(answer) if isinstance(answer, Message) else None
        return None if self._state is None else self._state.standing

    async def hand_over(self, paper: Pressed, key: str, until_s: int) -> Handed:
        """Give it a paper, named ``key`` there."""
        state = self._state
        if state is None or not state.format:
            return Handed(Answer(Took.CLOSED, reason="no raw bytes"))
        if not state.creates:
            return Handed(await self._at_once(paper, key, state.format))
        created = await self._asked(queue.create(self._uri, key))
        if not isinstance(created, Message):
            return Handed(Answer(Took.AWAY, reason="service"))  # no document was sent, so nothing can be printed
        job = queue.read_job(created)
        if job is None:
            return Handed(queue.read_no(created))
        sent = await self._asked(queue.send(self._uri, job.id, state.format), paper.data)
        if isinstance(sent, Message) and sent.code <= Status.OK_IGNORED:
            return Handed(Answer(Took.TAKEN, str(job.id)))
        return Handed(await self._unsent(job.id, sent))

    async def _unsent(self, number: int, sent: Message | Failed) -> Answer:
        """The document was refused, or its answer was lost: ask what became of the job, and take it back if it has none."""
        no = queue.read_no(sent) if isinstance(sent, Message) else Answer(Took.AWAY, reason="service")
        now = await self._look(number)
        if now is None:
            return Answer(Took.UNSURE, reason="lost") if isinstance(sent, Failed) and sent.sent else no
        if now.done or (not now.ended and now.state != JobState.HELD):
            return Answer(Took.TAKEN, str(number))
        return no if now.absent or await self.drop(str(number)) else Answer(Took.UNSURE, reason="lost")

    async def _at_once(self, paper: Pressed, key: str, format_: str) -> Answer:
        answer = await self._asked(queue.print_at_once(self._uri, key, format_), paper.data)
        if isinstance(answer, Failed):
            return Answer(Took.UNSURE, reason="lost") if answer.sent else Answer(Took.AWAY, reason="service")
        job = queue.read_job(answer)
        return queue.read_no(answer) if job is None else Answer(Took.TAKEN, str(job.id))

    async def job(self, order: str) -> QueueJob | None:
        """Ask where a job is; None: no answer, or it is not known there any more."""
        return await self._look(int(order)) if order.isdigit() else None

    async def went(self, order: str) -> Progress:
        """The same, as services answer it."""
        job = await self.job(order)
        if job is None:
            return Progress(Went.UNSURE)
        if job.done:
            return Progress(Went.PRINTED)
        return Progress(Went.GONE if job.absent else Went.WAITING)

    async def drop(self, order: str) -> bool:
        """Take a job back; True: surely nothing of it is on paper, nor will be."""
        if not order.isdigit():
            return False
        await self._asked(queue.cancel(self._uri, int(order)))
        job = await self._look(int(order))
        return job is not None and job.absent

    async def _look(self, number: int) -> QueueJob | None:
        answer = await self._asked(queue.about_job(self._uri, number))
        return queue.read_job(answer) if isinstance(answer, Message) else None

    async def _asked(self, message: Message, document: bytes = b"") -> Message | Failed:
        """Ask; an answer that is no IPP is none, and what was asked may have been done."""
        headers = {"content-type": "application/ipp"}
        wanted = Ask(self._url, encode(message, document), headers, plain=self._plain, house=True)
        reply = await self._ask(wanted)
        if isinstance(reply, Failed):
            return reply
        if reply.status == HTTP_OK:
            with contextlib.suppress(WireError):
                answer, _ = decode(reply.body)
                if answer.request == message.request:
                    return answer
        return _no_ipp(reply, message)


def _no_ipp(reply: Reply, message: Message) -> Message | Failed:
    """An HTTP status for an answer: 4xx turned the request away before IPP; others say nothing."""
    codes = {401: Status.NOT_AUTHENTICATED, 403: Status.FORBIDDEN, 404: Status.NOT_FOUND, 413: Status.TOO_LARGE}
    if reply.status in codes:
        return Message(codes[reply.status], message.request)
    return Failed(Trouble.MALFORMED, sent=True)


class QueueRunner(Runner):
    """One printer behind a queue."""

    def __init__(self, desk: Desk, handover: Handover, printer: Printer, client: QueueClient, **how: Any) -> None:
        """``how``: ``pause`` and ``waits`` as a `Runner` takes them."""
        queue_client: Any = client  # it answers all that a Runner asks of a service
        super().__init__(desk, handover, printer, queue_client, **how)
        self._queue = client

    @property
    def able(self) -> Evidence:
        """Bytes taken, no more."""
        return Evidence.C

    async def _taken(self, taken: Taken, handed: Handed) -> None:
        order = handed.answer.order
        await self._handover.told(taken.job.id, Heard(Event.BYTES_OUT, taken.pid, reason=order))
        await self._follow(taken, order)

    async def _follow(self, taken: Taken, order: str) -> None:
        """Ask for a job until the queue has handed it over, or nobody will know."""
        stopped, quiet_s, polls = "", 0.0, 0
        while await self._flies(taken):
            wait_s = POLLS_S[min(polls, len(POLLS_S) - 1)]
            polls += 1
            await self._pause(wait_s)
            job = await self._queue.job(order)
            if job is not None and job.done:
                await self._handover.done(taken.job.id, taken.pid)
                return
            if job is not None and job.absent:
                await self._handover.absent(taken.job.id, taken.pid, "refused: taken out of the queue")
                return
            if job is not None and job.ended:
                await self._lost(taken, " ".join(job.reasons) or "aborted")
                return
            trouble = await self._look()
            stopped = await self._stopped(taken, stopped, trouble)
            quiet_s = 0.0 if trouble or (job is not None and not job.began) else quiet_s + wait_s
            if quiet_s > self._waits.patience_s or self._desk.now_ms >= taken.job.deadline_ms:
                await self._give_up(taken, order, trouble or "no word")
                return
        self._remember(taken, order)

    async def _lost(self, taken: Taken, reason: str) -> None:
        """It began and was taken out: what is on paper, nobody knows."""
        await self._handover.told(taken.job.id, Heard(Event.TIME_OUT, taken.pid, reason=reason[:80]))


def client_of(printer: Printer, ask: Asking) -> QueueClient | None:
    """Give a printer's client; None where its address is none of a queue."""
    address = parse(printer.address)
    if not isinstance(address, PrinterAddress) or address.transport.kind not in SCHEMES:
        return None
    return QueueClient(address.transport, ask)


def runner_of(ask: Asking) -> Callable[[Desk, Handover, Printer], Runner | None]:
    """Make runners of printers behind queues, for `kvit.device.cloud.push.crew.Crew`."""
    return partial(_runner, ask)


def _runner(ask: Asking, desk: Desk, handover: Handover, printer: Printer) -> Runner | None:
    client = client_of(printer, ask)
    return None if client is None else QueueRunner(desk, handover, printer, client)
