"""One IPP request answered: what each operation does with the printers, the spool and what comes in (RFC 8011 section 4).

The order of checks is the standard's: version, request id, charset and language, operation, target, attributes. Whatever is
answered as taken is durable before the answer. An answer's sentence is for a log; desktops show their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from kvit.device.adapters.adapter import Adapter, adapter_of
from kvit.device.cloud.door import Desk
from kvit.device.ipp import description, job_description, service
from kvit.device.ipp import value as v
from kvit.device.ipp.description import About
from kvit.device.ipp.job_request import Asked, No, asked
from kvit.device.ipp.message import Message
from kvit.device.ipp.paper import ESCPOS, format_of
from kvit.device.ipp.service import Known
from kvit.device.ipp.settings import IppSettings
from kvit.device.ipp.standing import of_printer
from kvit.device.ipp.unpacking import unpacked
from kvit.device.ipp.value import Attribute, Group, GroupTag
from kvit.device.ipp.vocabulary import JobState, Operation, Status
from kvit.device.printers.model import Printer
from kvit.device.spool import tally
from kvit.device.spool.model import Kind
from kvit.device.spool.order import DOCUMENT_BYTES_MAX, Order, order, order_raw
from kvit.i18n import say
from kvit.refusal import Refusal
from kvit.wire import WireError

VERSIONS: Final = (1, 2)
"""Major versions: 1.0, 1.1, and 2.x, whose operations are the same."""
CHARSETS: Final = ("utf-8", "us-ascii")
KEY_BYTES: Final = 16
"""Of chance in a job's key."""
PLAIN_PROFILE: Final = "default"
"""What raw bytes for a printer of another language are read with."""
_HOUSE: Final = UUID("6b766974-0000-5000-8000-697070000000")

ReadPages = Callable[[str, bytes, int, str], Awaitable[bytes | Refusal]]
"""Makes a document's JSON of ``(media type, bytes, width in dots, charset)``: `paper.document_of` in another process."""

_STATUSES: Final = {
    "device.ipp_format": Status.FORMAT_NOT_SUPPORTED,
    "device.ipp_document": Status.FORMAT_ERROR,
    "device.ipp_raw": Status.FORMAT_NOT_SUPPORTED,
    "device.job_document": Status.TOO_LARGE,
    "device.job_unknown": Status.NOT_FOUND,
    "device.job_state": Status.NOT_POSSIBLE,
    "device.job_conflict": Status.MULTIPLE_NOT_SUPPORTED,
    "device.press_failed": Status.FORMAT_ERROR,
    "device.printer_unknown": Status.NOT_FOUND,
}
"""How a refusal is told; others are our own fault."""


@dataclass(frozen=True)
class Call:
    """A request that passed the checks, and the printer it is for."""

    message: Message
    document: bytes
    printer: Printer
    adapter: Adapter
    about: About
    asked: Asked

    @property
    def operation(self) -> Group:
        """Its operation attributes."""
        return self.message.group(GroupTag.OPERATION)


@dataclass(frozen=True)
class Said:
    """An answer before it is a message."""

    status: Status
    groups: tuple[Group, ...] = ()
    sentence: str = ""


class Office:
    """Answers requests for all printers of the shop."""

    def __init__(self, desk: Desk, settings: IppSettings, read: ReadPages) -> None:
        self._desk, self._settings, self._read = desk, settings, read
        self._started_ms = desk.now_ms

    async def answer(self, message: Message, document: bytes, printer: Printer | None, base: str) -> Message:
        """Answer one request. ``base``: ``host:port`` as the caller wrote it; printer None: there is none of that name."""
        said = await self._answered(message, document, printer, base)
        major, minor = message.version
        version = (major, min(minor, 1)) if major == 1 else (2, 0)
        head = [v.charset("attributes-charset", "utf-8"), v.language("attributes-natural-language", "en")]
        if said.sentence:
            head.append(v.text("status-message", said.sentence[:255]))
        groups = (Group(GroupTag.OPERATION, tuple(head)), *said.groups)
        return Message(said.status, message.request, groups, version)

    async def _answered(self, message: Message, document: bytes, printer: Printer | None, base: str) -> Said:
        wrong = checked(message)
        if wrong is not None:
            return wrong
        if printer is None:
            return Said(Status.NOT_FOUND, sentence="There is no printer of that name.")
        adapter = adapter_of(printer.address)
        if isinstance(adapter, Refusal):
            return refused(adapter)
        job = asked(message)
        if isinstance(job, No):
            groups = (Group(GroupTag.UNSUPPORTED, job.unsupported),) if job.unsupported else ()
            return Said(job.status, groups, "This can not be done.")
        about = await self._about(printer, adapter, base)
        return await _VERBS[message.code](self, Call(message, document, printer, adapter, about, job))

    async def _about(self, printer: Printer, adapter: Adapter, base: str) -> About:
        queue = (await self._desk.db.read(tally.queues, self._desk.shop)).get(printer.name, tally.Queue())
        profile, light = adapter.profile, self._desk.board.light(printer.name)
        return About(
            printer.name, f"ipp://{base}/ipp/print/{printer.name}", f"http://{base}/ipp/print/{printer.name}",
            f"http://{base}/ipp/icon.png", profile.name, profile.width_dots, profile.dpi, profile.paper_mm,
            str(uuid5(_HOUSE, f"{self._desk.base_url} {self._desk.shop} {printer.name}")),
            of_printer(light, printer.held, queue.flying),
            queue.length, self._desk.now_ms, self._started_ms, light.trouble_since_ms,
            "basic" if self._settings.password else "none",
        )  # fmt: skip

    async def describe(self, call: Call) -> Said:
        """Get-Printer-Attributes."""
        found = description.wanted(description.described(call.about), requested(call))
        return Said(Status.OK, (Group(GroupTag.PRINTER, found),))

    async def validate(self, call: Call) -> Said:
        """Validate-Job."""
        return _taken(call, ())

    async def print_job(self, call: Call) -> Said:
        """Print-Job."""
        made = await self._ordered(call, self._fresh_key(), call.asked.copies)
        if not isinstance(made, _Made):
            return made
        desk = self._desk
        known = await desk.db.write(
            service.print_job, desk.shop, made.order, call.asked.name, call.asked.user, made.format, len(call.document),
            desk.now_ms,
        )  # fmt: skip
        return self._job(call, known)

    async def create(self, call: Call) -> Said:
        """Create-Job."""
        desk, job = self._desk, call.asked
        known = await desk.db.write(
            service.open_job,
            desk.shop,
            call.printer.name,
            self._fresh_key(),
            job.name,
            job.user,
            job.copies,
            desk.now_ms,
        )
        return self._job(call, known)

    async def send(self, call: Call) -> Said:
        """Send-Document: one a job. An empty last one closes the job, which is closed by its document anyway."""
        found = await self._found(call)
        if isinstance(found, Said):
            return found
        last = call.operation.get("last-document")
        if last is None or not isinstance(last.first, bool):
            return Said(Status.BAD_REQUEST, sentence="It must say whether this is the last document.")
        if not call.document:
            if last.first and found.job.state == "given":
                return self._job(call, found)
            return Said(Status.BAD_REQUEST, sentence="There is no document.")
        made = await self._ordered(call, found.job.key, found.job.copies)
        if not isinstance(made, _Made):
            return made
        desk = self._desk
        known = await desk.db.write(
            service.send_document, desk.shop, found.job.n, made.order, made.format, len(call.document), desk.now_ms
        )
        return self._job(call, known)

    async def close(self, call: Call) -> Said:
        """Close-Job: a job is closed by its one document; one without stays open for it."""
        found = await self._found(call)
        return found if isinstance(found, Said) else Said(Status.OK)

    async def look(self, call: Call) -> Said:
        """Get-Job-Attributes."""
        found = await self._found(call)
        if isinstance(found, Said):
            return found
        told = job_description.wanted(job_description.described(call.about, found), requested(call), ("all",))
        return Said(Status.OK, (Group(GroupTag.JOB, told),))

    async def jobs(self, call: Call) -> Said:
        """Get-Jobs."""
        which = call.operation.text("which-jobs", "not-completed")
        if which not in _WHICH:
            unsupported = Group(GroupTag.UNSUPPORTED, (v.keyword("which-jobs", which),))
            return Said(Status.NOT_SUPPORTED, (unsupported,))
        mine = call.operation.get("my-jobs")
        user = call.asked.user if mine is not None and mine.first is True else ""
        desk = self._desk
        every = await desk.db.read(service.jobs, desk.shop, call.printer.name, user, desk.now_ms)
        chosen = [each for each in every if _WHICH[which](each.standing.state)]
        if which == "not-completed":
            chosen.reverse()  # what prints next stands first
        limit = call.operation.number("limit") or service.LISTED_MAX
        names = requested(call)
        described = (job_description.described(call.about, each) for each in chosen[: max(1, limit)])
        told = (job_description.wanted(each, names, job_description.USUAL) for each in described)
        return Said(Status.OK, tuple(Group(GroupTag.JOB, each) for each in told))

    async def cancel(self, call: Call) -> Said:
        """Cancel-Job."""
        number = job_number(call)
        if number is None:
            return _NO_JOB
        desk = self._desk
        known = await desk.db.write(service.cancel, desk.shop, call.printer.name, number, desk.now_ms)
        return refused(known) if isinstance(known, Refusal) else Said(Status.OK)

    async def cancel_mine(self, call: Call) -> Said:
        """Cancel-My-Jobs: those of the user's that have not begun."""
        desk = self._desk
        ids = call.operation.get("job-ids")
        wanted = {value.data for value in ids.values} if ids is not None else None
        every = await desk.db.read(service.jobs, desk.shop, call.printer.name, call.asked.user, desk.now_ms)
        for each in every:
            if each.standing.state < JobState.CANCELED and (wanted is None or each.job.n in wanted):
                await desk.db.write(service.cancel, desk.shop, call.printer.name, each.job.n, desk.now_ms)
        return Said(Status.OK)

    async def identify(self, call: Call) -> Said:
        """Identify-Printer: a line in the log. Neither the buzzer nor the paper is anybody's to call from a desktop."""
        self._desk.log("ipp.identify", {"printer": call.printer.name})
        return Said(Status.OK)

    async def _found(self, call: Call) -> Known | Said:
        number = job_number(call)
        if number is None:
            return _NO_JOB
        desk = self._desk
        found = await desk.db.read(service.job, desk.shop, call.printer.name, number, desk.now_ms)
        return refused(found) if isinstance(found, Refusal) else found

    def _fresh_key(self) -> str:
        return f"ipp:{self._desk.random(KEY_BYTES).hex()}"

    async def _ordered(self, call: Call, key: str, copies: int) -> _Made | Said:
        """Make an order of the document that came."""
        try:
            data = unpacked(call.document, call.asked.compression, DOCUMENT_BYTES_MAX)
        except WireError as error:
            return Said(Status.COMPRESSION_ERROR, sentence=str(error))
        if not data:
            return Said(Status.BAD_REQUEST, sentence="There is no document.")
        found = format_of(call.asked.format, data)
        made = await (
            self._raw(call, key, data, copies) if found == ESCPOS else self._drawn(call, key, found, data, copies)
        )
        return refused(made) if isinstance(made, Refusal) else _Made(made, found)

    async def _raw(self, call: Call, key: str, data: bytes, copies: int) -> Order | Refusal:
        if not self._settings.raw:
            return Refusal("device.ipp_raw")
        profile = call.adapter.profile.name if call.adapter.language == "escpos" else PLAIN_PROFILE
        return order_raw(key, call.printer.name, data, profile, Kind.RECEIPT, title="IPP", copies=copies)

    async def _drawn(self, call: Call, key: str, media_type: str, data: bytes, copies: int) -> Order | Refusal:
        made = await self._read(media_type, data, call.adapter.profile.width_dots, call.asked.charset)
        if isinstance(made, Refusal):
            return made
        return order(key, call.printer.name, made, Kind.RECEIPT, title="IPP", copies=copies)

    def _job(self, call: Call, known: Known | Refusal) -> Said:
        if isinstance(known, Refusal):
            return refused(known)
        self._desk.log("ipp.job", {"printer": call.printer.name, "job": known.job.n, "state": known.job.state})
        names = ("job-uri", "job-id", "job-state", "job-state-reasons", "job-state-message", "job-uuid")
        told = job_description.wanted(job_description.described(call.about, known), names, names)
        return _taken(call, (Group(GroupTag.JOB, told),))


@dataclass(frozen=True)
class _Made:
    order: Order
    format: str


_NO_JOB: Final = Said(Status.BAD_REQUEST, sentence="It must say which job.")
_WHICH: Final[dict[str, Callable[[int], bool]]] = {
    "completed": lambda state: state >= JobState.CANCELED,
    "not-completed": lambda state: state < JobState.CANCELED,
    "all": lambda state: True,
}
_VERBS: Final[dict[int, Callable[[Office, Call], Awaitable[Said]]]] = {
    Operation.PRINT_JOB: Office.print_job,
    Operation.VALIDATE_JOB: Office.validate,
    Operation.CREATE_JOB: Office.create,
    Operation.SEND_DOCUMENT: Office.send,
    Operation.CANCEL_JOB: Office.cancel,
    Operation.GET_JOB_ATTRIBUTES: Office.look,
    Operation.GET_JOBS: Office.jobs,
    Operation.GET_PRINTER_ATTRIBUTES: Office.describe,
    Operation.CANCEL_MY_JOBS: Office.cancel_mine,
    Operation.CLOSE_JOB: Office.close,
    Operation.IDENTIFY_PRINTER: Office.identify,
}


def checked(message: Message) -> Said | None:
    """Look at what every request must have; None when it has."""
    if message.version[0] not in VERSIONS:
        return Said(Status.VERSION_NOT_SUPPORTED, sentence="IPP 1 and 2 are spoken here.")
    if message.request == 0:
        return Said(Status.BAD_REQUEST, sentence="A request's number is not 0.")
    if message.code not in _VERBS:
        return Said(Status.OPERATION_NOT_SUPPORTED, sentence=f"Operation {message.code:04X}h is not done here.")
    return _head_wrong(message)


def _head_wrong(message: Message) -> Said | None:
    tags = [group.tag for group in message.groups]
    if tags[:1] != [GroupTag.OPERATION] or tags.count(GroupTag.OPERATION) > 1:
        return Said(Status.BAD_REQUEST, sentence="The operation's attributes stand first, and once.")
    operation = message.groups[0]
    names = [attribute.name for attribute in operation.attributes]
    if names[:2] != ["attributes-charset", "attributes-natural-language"] or len(set(names)) < len(names):
        return Said(Status.BAD_REQUEST, sentence="Charset and language stand first, and nothing stands twice.")
    if operation.text("attributes-charset").lower() not in CHARSETS:
        return Said(Status.CHARSET_NOT_SUPPORTED, sentence="UTF-8 is spoken here.")
    if not (operation.text("printer-uri") or operation.text("job-uri")):
        return Said(Status.BAD_REQUEST, sentence="It must say which printer.")
    return None


def job_number(call: Call) -> int | None:
    """Which job is meant: ``job-id``, or the end of ``job-uri``."""
    number = call.operation.number("job-id")
    if number is not None:
        return number
    tail = call.operation.text("job-uri").rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 18 else None


def requested(call: Call) -> tuple[str, ...]:
    """Which attributes are asked for; empty: those that are usual."""
    found = call.operation.get("requested-attributes")
    return () if found is None else found.words()


def refused(refusal: Refusal) -> Said:
    """A refusal as an answer."""
    status = _STATUSES.get(refusal.code, Status.INTERNAL)
    return Said(status, sentence=say("en", refusal.code, **refusal.values))


def _taken(call: Call, groups: tuple[Group, ...]) -> Said:
    unsupported: tuple[Attribute, ...] = call.asked.unsupported
    if not unsupported:
        return Said(Status.OK, groups)
    return Said(Status.OK_IGNORED, (Group(GroupTag.UNSUPPORTED, unsupported), *groups))
