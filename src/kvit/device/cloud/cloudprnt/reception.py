"""Where printers that poll are received: what each call means for the board and the spool, and what is answered.

By Star CloudPRNT Protocol Guide 2.4. A poll is answered from memory but where a job waits; a job is made when it is
fetched, for the printer that fetches it and in the type it chose, and its attempt is durable before a byte goes out. A
confirmation that names its attempt is evidence of class B, however late; one of firmware without tokens is class C.
Firmware without tokens is known by its GET.

A printer that tells of trouble while it has a job may have printed a part. The guide lets it fetch again when it is
well; a second whole paper beside a part would be an unmarked duplicate, so it gets nothing, the job is unknown, and a
person is asked. Calls of another machine under a printer's word are refused and told, never served.
"""

from __future__ import annotations

import asyncio
import enum
import itertools
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from kvit.device.cloud.cloudprnt import actions, guest, media
from kvit.device.cloud.cloudprnt.answer import NOTHING, Answer
from kvit.device.cloud.cloudprnt.ask import Confirmation, Fetch, Named, named, token_of
from kvit.device.cloud.cloudprnt.codes import Code, Ending, ending
from kvit.device.cloud.cloudprnt.guest import PRINT_S, Attempt, Guest
from kvit.device.cloud.cloudprnt.poll import Poll, Scan
from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover, Taken
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job
from kvit.refusal import Refusal

TICK_S: Final = 1.0
"""How often time-outs are looked at."""
_TROUBLES: Final = {"paper": Event.PAPER_END, "cover": Event.COVER_OPEN, "error": Event.STOPPED}
EXPECT_TICKS: Final = 30
"""How often, in ticks, the list of printers is looked at: for new ones that never call, and for those that are gone."""

Still = Callable[[], Awaitable[bool]]
Scanned = Callable[[str, Scan], None]
"""Hears what a reader behind a printer read: the printer's name, the scan."""


class No(enum.IntEnum):
    """Why a call is not served; the HTTP status the printer hears."""

    NOT_READABLE = 400
    STRANGER = 403
    NOTHING = 404
    TYPE = 415
    TOO_OFTEN = 429


class Handed(msgspec.Struct, frozen=True):
    """A job as it goes out. `Reception.out` is told once all of it went."""

    pressed: Pressed
    media_type: str
    job: str
    pid: bytes


class Reception:
    """All printers that poll one shop. Call it on the event loop's thread."""

    def __init__(self, desk: Desk, scanned: Scanned | None = None, *, confirm_by_get: bool = False) -> None:
        """Take the desk, and who hears scans: without one no reader is claimed."""
        self._desk = desk
        self._scanned = scanned
        self._delete_method = "GET" if confirm_by_get else ""
        self.handover = Handover(desk)
        self._guests: dict[str, Guest] = {}

    async def guest(self, token: str) -> Guest | None:
        """Give the printer that calls in with a word; None: nobody's."""
        printer = await self.handover.known(token)
        if printer is None or not is_ours(printer):
            return None
        found = self._guests.get(printer.name)
        if found is None:
            found = self._guests[printer.name] = self._fresh(printer)
        found.took(printer)
        found.word = token
        return found

    def named(self, printer: Printer) -> Guest:
        """Give a printer that is known otherwise than by its word."""
        found = self._guests.setdefault(printer.name, self._fresh(printer))
        found.took(printer)
        return found

    def guests(self) -> list[Guest]:
        """Give all that were heard of."""
        return list(self._guests.values())

    def _fresh(self, printer: Printer) -> Guest:
        return Guest(printer, self._desk.monotonic(), bound=guest.bound_of(printer))

    async def poll(self, found: Guest, poll: Poll) -> Answer | No:
        """Answer a poll."""
        now_s = self._desk.monotonic()
        if found.too_often(now_s):
            return No.TOO_OFTEN
        if self.stranger(found, poll.mac, poll.unique_id):
            return No.STRANGER
        if found.facts.get(guest.CALLS) == "full":  # such a one does not poll: it could not reach the broker
            await self.learn(found, {guest.CALLS: ""})
        await self.heard(found, poll)
        return self._claiming(poll, await self._answer(found, poll))

    async def heard(self, found: Guest, poll: Poll) -> None:
        """A printer said how it is: what that means for the board, its facts, what waits for it and what it has."""
        found.seen_s = self._desk.monotonic()
        light = guest.light_of(poll)
        light["busy"] |= found.attempt is not None
        self._desk.board.seen(found.name, **light, mismatch=self._mismatch(found))
        self._hear(found, poll)
        await self.learn(found, actions.facts_of(poll))
        await self.condition(found, guest.trouble_of(poll))
        if found.attempt is not None:
            await self._meanwhile(found, found.attempt, poll)

    async def _answer(self, found: Guest, poll: Poll) -> Answer:
        now_s = self._desk.monotonic()
        if now_s - found.asked_s >= actions.ASK_AGAIN_S and (found.asked_s < 0 or found.offered is None):
            found.asked_s = now_s
            return Answer(False, client_action=actions.asks(guest.wants_id(found.bound, poll)))
        busy = poll.printing is True or found.attempt is not None or bool(guest.light_of(poll)["busy"])
        job = None if busy or found.trouble or found.printer.held else await self.next(found)
        found.offered = job
        if job is None:
            return NOTHING
        token = token_of(job.id, job.attempt + 1)
        return Answer(True, media_types=found.types(job), job_token=token, delete_method=self._delete_method)

    def _claiming(self, poll: Poll, answer: Answer) -> Answer:
        """Claim the readers where somebody hears them: a claim lasts one poll."""
        if self._scanned is None or not poll.peripherals:
            return answer
        names = tuple(each.name for each in poll.peripherals if each.kind == "barcodeReader" and each.connected)
        return msgspec.structs.replace(answer, claim_barcode_reader=names) if names else answer

    def _hear(self, found: Guest, poll: Poll) -> None:
        for scan in poll.scans if self._scanned is not None else ():
            assert self._scanned is not None
            self._scanned(found.name, scan)

    def stranger(self, found: Guest, mac: str, uid: str) -> bool:
        """Say whether another machine calls under a printer's word; then it is told."""
        said = guest.stranger(found.bound, mac, uid)
        if said:
            found.wrong_s = self._desk.monotonic()
            self._desk.board.change(found.name, mismatch=actions.shown(said))
        return bool(said)

    def _mismatch(self, found: Guest) -> str:
        told = self._desk.board.light(found.name).mismatch
        return told if told and self._desk.monotonic() - found.wrong_s < guest.WRONG_S else ""

    async def learn(self, found: Guest, facts: dict[str, str], able: Evidence | None = None) -> None:
        """Keep what is new of a printer's facts; nothing new writes nothing."""
        news = actions.changed(found.facts, facts.items())
        if not news and able in (None, found.printer.able):
            return
        desk = self._desk
        after = await desk.db.write(printers.learned, desk.shop, found.name, able, news, desk.now_ms)
        if not isinstance(after, Refusal):
            found.took(after)

    async def condition(self, found: Guest, trouble: str) -> None:
        """The printer is well, or is not: jobs wait blocked while it is not."""
        before, found.trouble = found.trouble, trouble
        if not trouble and before != "":
            await self.handover.ready(found.name)
        if trouble and found.attempt is None:
            job = await self.handover.next(found.name)
            if job is not None:
                await self.handover.block(job.id, trouble)

    async def next(self, found: Guest) -> Job | None:
        """Give the job a printer is offered; one it can take in no type any more is blocked."""
        job = await self.handover.next(found.name)
        if job is not None and not found.types(job):
            await self.handover.block(job.id, f"refused: {found.facts.get('encodings', '')}")
            return None
        return job

    async def _meanwhile(self, found: Guest, attempt: Attempt, poll: Poll) -> None:
        """What a poll says of the job the printer has: it lives, it has trouble, it goes on."""
        trouble = found.trouble or ""
        if trouble or poll.printing is True:
            attempt.due_s = self._desk.monotonic() + PRINT_S
        if trouble and trouble != attempt.trouble:
            said = f"said: {actions.shown(str(poll.code))}"
            await self.handover.told(attempt.job.id, Heard(_TROUBLES[trouble], attempt.pid, reason=said))
        if not trouble and attempt.trouble and poll.printing is True:
            await self.handover.told(attempt.job.id, Heard(Event.BACK_AGAIN, attempt.pid))
        attempt.trouble = trouble or attempt.trouble

    async def fetch(self, found: Guest, asked: Fetch, still: Still | None = None) -> Handed | No:
        """Hand a printer its job. ``still``: whether it is still there when the paper is made; else nothing is begun."""
        if self.stranger(found, asked.mac, asked.uid):
            return No.STRANGER
        wanted = named(asked.token)
        if asked.token and wanted is None:
            return No.NOTHING
        async with found.lock:
            attempt = found.attempt
            if attempt is not None and (wanted is None or asked.token == attempt.token):
                return await self._again(found, attempt, asked)
            if attempt is not None:
                return No.NOTHING
            return await self._first(found, wanted, asked, still)

    async def _first(self, found: Guest, wanted: Named | None, asked: Fetch, still: Still | None) -> Handed | No:
        job = await self._fetched(found, wanted)
        if job is None or found.printer.held:
            return No.NOTHING
        made = media.made_as(asked.media_type)
        if not made and not asked.media_type:
            return No.TYPE  # no printer: somebody tries the address in a browser
        if not made:
            await self.handover.block(job.id, f"refused: {actions.shown(asked.media_type)}")
            return No.TYPE
        able = Evidence.B if wanted is not None and found.printer.able is not Evidence.C else Evidence.C
        taken = await self.handover.take(
            found.printer, job, able,
            media_type=made, width_dots=found.width_dots(asked.width_dots), against=lambda each: _too_long(each, asked),
            still=still,
        )  # fmt: skip
        if taken is None:
            return No.NOTHING
        await self.learn(found, {"serial": asked.serial} if asked.serial else {}, able if able is Evidence.B else None)
        return self._begun(found, taken, able, asked)

    async def _fetched(self, found: Guest, wanted: Named | None) -> Job | None:
        """The job that is fetched: the one offered, or, by a process that offered nothing yet, the one named."""
        offered = found.offered
        if wanted is None:
            return offered
        if offered is not None and (offered.id, offered.attempt + 1) == (wanted.job, wanted.attempt):
            return offered
        job = await self.handover.next(found.name)
        return job if job is not None and (job.id, job.attempt + 1) == (wanted.job, wanted.attempt) else None

    def _begun(self, found: Guest, taken: Taken, able: Evidence, asked: Fetch) -> Handed:
        due_s = self._desk.monotonic() + PRINT_S
        width_dots = found.width_dots(asked.width_dots)
        found.attempt = Attempt(taken.job, able, asked.media_type, taken.pressed, width_dots, due_s)
        found.offered = None
        self._desk.board.change(found.name, busy=True)
        return _handed(found.attempt, asked)

    async def _again(self, found: Guest, attempt: Attempt, asked: Fetch) -> Handed | No:
        """The same attempt once more, perhaps in another type; not behind trouble, when a part may be on paper."""
        if attempt.trouble:
            await self.lost(found, attempt, f"trouble meanwhile: {attempt.trouble}")
            return No.NOTHING
        made, width_dots = media.made_as(asked.media_type), found.width_dots(asked.width_dots)
        if not made:
            return No.TYPE
        if (made, width_dots) != (media.made_as(attempt.media_type), attempt.width_dots):
            pressed = await self._pressed(found, attempt.job, made, width_dots)
            if pressed is None:
                return No.NOTHING
            attempt.pressed, attempt.width_dots = pressed, width_dots
        attempt.media_type, attempt.due_s = asked.media_type, self._desk.monotonic() + PRINT_S
        return _handed(attempt, asked)

    async def _pressed(self, found: Guest, job: Job, made: str, width_dots: int) -> Pressed | None:
        desk = self._desk
        payload = await desk.db.read(spool.payload, desk.shop, job.id)
        if isinstance(payload, Refusal):
            return None
        pressed = await desk.press(Wanted(payload, job.copy, found.printer.address, made, width_dots))
        return None if isinstance(pressed, Refusal) else pressed

    async def out(self, handed: Handed) -> None:
        """All bytes of a job went out."""
        await self.handover.told(handed.job, Heard(Event.BYTES_OUT, handed.pid))

    async def confirm(self, found: Guest, said: Confirmation) -> No | None:
        """A printer is done with a job; None: it is understood, also where it changes nothing."""
        if self.stranger(found, said.mac, said.uid):
            return No.STRANGER
        found.seen_s = self._desk.monotonic()
        wanted = named(said.token)
        if said.token and wanted is None:
            return None  # of a job another server gave it
        async with found.lock:
            attempt = found.attempt
            if attempt is not None and _names(said.token, attempt):
                await self.ended(found, attempt, said.code)
                return None
            return None if wanted is None else await self.late(found, wanted, said.code)

    async def ended(self, found: Guest, attempt: Attempt, code: Code) -> None:
        """The attempt in flight ended, as a code says."""
        found.attempt = None
        what = ending(code, whole=attempt.whole)
        if what is Ending.PRINTED:
            await self._printed(attempt)
        elif what is Ending.ABSENT:
            found.refuses(attempt.job, attempt.media_type)
            left = found.types(attempt.job)
            await self.handover.absent(
                attempt.job.id, attempt.pid, "" if left else f"refused: {actions.shown(str(code))}"
            )
        else:
            await self.lost(found, attempt, f"said: {actions.shown(str(code)) or '-'}")
        self._desk.board.change(found.name, busy=False)

    async def _printed(self, attempt: Attempt) -> None:
        if attempt.able is not Evidence.C:
            await self.handover.done(attempt.job.id, attempt.pid)
            return
        events = (Event.BYTES_OUT, Event.BACK_AGAIN, Event.LINK_CLOSED)
        await self.handover.told(attempt.job.id, *(Heard(event, attempt.pid) for event in events))

    async def late(self, found: Guest, wanted: Named, code: Code) -> No | None:
        """A confirmation of an attempt nobody waits for any more, or that this process never handed out."""
        desk = self._desk
        job = await desk.db.read(spool.get, desk.shop, wanted.job)
        if isinstance(job, Refusal) or job.printer != found.name:
            return No.NOTHING
        if job.attempt != wanted.attempt or job.pid is None:
            desk.log(
                "cloudprnt.late", {"printer": found.name, "job": job.id, "attempt": wanted.attempt, "code": code.number}
            )
        elif ending(code, whole=False) is Ending.PRINTED:
            await self.handover.done(job.id, job.pid)
        elif ending(code, whole=False) is Ending.ABSENT:
            await self.handover.absent(job.id, job.pid, f"refused: {actions.shown(str(code))}")
        return None

    async def lost(self, found: Guest, attempt: Attempt, reason: str) -> None:
        """Nobody knows what became of the attempt."""
        if found.attempt is attempt:
            found.attempt = None
            self._desk.board.change(found.name, busy=False)
        await self.handover.told(attempt.job.id, Heard(Event.TIME_OUT, attempt.pid, reason=reason))

    async def watch(self) -> None:
        """Follow topics and the clock until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.handover.run())
            tasks.create_task(self._clock())

    async def _clock(self) -> None:
        for ticks in itertools.count():
            if ticks % EXPECT_TICKS == 0:
                await self._expect()
            await asyncio.sleep(TICK_S)
            await self.tick()

    async def _expect(self) -> None:
        """Printers of the shop that never call are away, too; those that are no more are forgotten."""
        known = await self._desk.db.read(printers.printers, self._desk.shop)
        ours = {printer.name: printer for printer in known if is_ours(printer)}
        for name in [name for name, found in self._guests.items() if name not in ours and found.attempt is None]:
            del self._guests[name]
        for name, printer in ours.items():
            if name not in self._guests:
                self._guests[name] = self._fresh(printer)

    async def tick(self) -> None:
        """Look at what is overdue now."""
        now_s = self._desk.monotonic()
        for found in list(self._guests.values()):
            attempt = found.attempt
            if attempt is not None:
                if now_s >= attempt.due_s:
                    await self.lost(found, attempt, "no answer")
            elif now_s >= found.away_s():
                self._desk.board.change(found.name, link="down", busy=False)
                await self.condition(found, "away")


def is_ours(printer: Printer) -> bool:
    """Whether a printer is one that polls by this protocol."""
    return "+cloudprnt://" in printer.address


def _names(token: str, attempt: Attempt) -> bool:
    """Whether a confirmation is of this attempt; without a token only where none was used to fetch it."""
    return token == attempt.token or (not token and attempt.able is Evidence.C)


def _handed(attempt: Attempt, asked: Fetch) -> Handed:
    pressed = attempt.pressed
    if asked.media_type == media.TEXT:
        pressed = msgspec.structs.replace(pressed, data=media.letters(pressed.data, asked.codepages))
    return Handed(pressed, asked.media_type, attempt.job.id, attempt.pid)


def _too_long(pressed: Pressed, asked: Fetch) -> str:
    """What is against a picture where the printer told how long one may be."""
    rows = media.png_rows(pressed.data) if asked.media_type == media.STAR_PNG else 0
    return f"{rows} rows, its memory takes {asked.rows_max}" if asked.rows_max and rows > asked.rows_max else ""
