"""Another program's print queue, asked over IPP: the questions, and what its answers mean for one of our jobs. Pure.

Made for raw queues of CUPS. Its "completed" means that its back end has handed the bytes over: evidence of class C, no
more. A job is created first and its document sent behind (RFC 8011 sections 4.2.4, 4.3.1), so that its number is known
before a byte of it is there: whatever answer is lost, it can be asked after. "Canceled" and "aborted" prove that nothing is
on paper only where the queue says that it never began.
"""

from __future__ import annotations

import itertools
from typing import Final

import msgspec

from kvit.device.cloud.push.model import Answer, Standing, Took
from kvit.device.ipp import value as v
from kvit.device.ipp.message import Message
from kvit.device.ipp.value import Attribute, Group, GroupTag
from kvit.device.ipp.vocabulary import JobState, Operation, PrinterState, Status

FORMATS: Final = ("application/vnd.cups-raw", "application/octet-stream")
"""As what bytes of a printer's language are sent: the first the queue takes. CUPS filters nothing of the first."""
USER: Final = "kvit"
PRINTER_WANTED: Final = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported",
    "operations-supported",
)  # fmt: skip
JOB_WANTED: Final = ("job-id", "job-state", "job-state-reasons", "time-at-processing")
_numbers = itertools.count(1)


class QueueState(msgspec.Struct, frozen=True):
    """What a queue says of itself."""

    standing: Standing
    format: str
    """As what it takes raw bytes; empty: it does not."""
    creates: bool
    """It does Create-Job and Send-Document."""


class QueueJob(msgspec.Struct, frozen=True):
    """What a queue says of a job."""

    id: int
    state: int
    reasons: tuple[str, ...]
    began: bool
    """It may have sent bytes to the printer."""

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.state >= JobState.CANCELED

    @property
    def done(self) -> bool:
        """Its bytes were handed over."""
        return self.state == JobState.COMPLETED

    @property
    def absent(self) -> bool:
        """Surely nothing of it is on paper."""
        return self.ended and not self.done and not self.began


def _request(operation: Operation, uri: str, *more: Attribute) -> Message:
    head = (
        v.charset("attributes-charset", "utf-8"),
        v.language("attributes-natural-language", "en"),
        v.uri("printer-uri", uri),
    )
    number = next(_numbers) % 0x7FFFFFFF + 1
    return Message(operation, number, (Group(GroupTag.OPERATION, (*head, *more)),), (1, 1))


def about_printer(uri: str) -> Message:
    """How is the queue?"""
    return _request(Operation.GET_PRINTER_ATTRIBUTES, uri, v.keyword("requested-attributes", *PRINTER_WANTED))


def create(uri: str, key: str) -> Message:
    """A job named by our key."""
    return _request(Operation.CREATE_JOB, uri, v.named("requesting-user-name", USER), v.named("job-name", key))


def send(uri: str, number: int, format_: str) -> Message:
    """Its document, which stands behind the message."""
    return _request(
        Operation.SEND_DOCUMENT, uri, v.integer("job-id", number), v.named("requesting-user-name", USER),
        v.media_type("document-format", format_), v.boolean("last-document", True),
    )  # fmt: skip


def print_at_once(uri: str, key: str, format_: str) -> Message:
    """A job and its document, for queues that can not do it in two steps."""
    return _request(
        Operation.PRINT_JOB, uri, v.named("requesting-user-name", USER), v.named("job-name", key),
        v.media_type("document-format", format_),
    )  # fmt: skip


def about_job(uri: str, number: int) -> Message:
    """Where is the job?"""
    wanted = v.keyword("requested-attributes", *JOB_WANTED)
    return _request(Operation.GET_JOB_ATTRIBUTES, uri, v.integer("job-id", number), wanted)


def cancel(uri: str, number: int) -> Message:
    """Take the job back."""
    return _request(Operation.CANCEL_JOB, uri, v.integer("job-id", number), v.named("requesting-user-name", USER))


def read_printer(answer: Message) -> QueueState | None:
    """Read how the queue is; None where the answer says nothing of it."""
    printer = answer.group(GroupTag.PRINTER)
    state = printer.number("printer-state")
    if answer.code > Status.OK_IGNORED or state is None:
        return None
    formats, operations = printer.get("document-format-supported"), printer.get("operations-supported")
    taken = formats.words() if formats is not None else FORMATS
    done = {value.data for value in operations.values} if operations is not None else set[object]()
    return QueueState(
        _standing(printer, state),
        next((each for each in FORMATS if each in taken), ""),
        {Operation.CREATE_JOB, Operation.SEND_DOCUMENT} <= done,
    )


_PAPER: Final = {"media-empty": "out", "media-needed": "out", "media-low": "near"}
_HARMLESS: Final = frozenset({"none", "media-low", "moving-to-paused", "cups-waiting-for-job-completed"})
_SEVERITIES: Final = ("-report", "-warning", "-error")


def _standing(printer: Group, state: int) -> Standing:
    """Its state in the board's words: what stops it is an error by the first reason's name."""
    attribute = printer.get("printer-state-reasons")
    reasons = [_plain(word) for word in attribute.words()] if attribute is not None else []
    paper = next((_PAPER[reason] for reason in reasons if reason in _PAPER), "unknown")
    accepting = printer.get("printer-is-accepting-jobs")
    if accepting is not None and accepting.first is False:
        return Standing("up", paper, "not accepting")
    if "offline" in reasons or "connecting-to-device" in reasons:
        return Standing("down", paper)
    if state == PrinterState.STOPPED:
        return Standing("up", paper, next((each for each in reasons if each not in _HARMLESS), "stopped"))
    return Standing("up", paper, "cover" if "cover-open" in reasons else "")


def _plain(reason: str) -> str:
    return next((reason.removesuffix(end) for end in _SEVERITIES if reason.endswith(end)), reason)


def read_job(answer: Message) -> QueueJob | None:
    """Read a job's state; None where the answer has none."""
    job = answer.group(GroupTag.JOB)
    number, state = job.number("job-id"), job.number("job-state")
    if answer.code > Status.OK_IGNORED or number is None or state is None:
        return None
    reasons, at = job.get("job-state-reasons"), job.get("time-at-processing")
    began = at is None or job.number("time-at-processing") not in (None, 0)
    return QueueJob(number, state, reasons.words() if reasons is not None else (), began)


_REFUSALS: Final = {
    Status.BUSY: Took.BUSY,
    Status.TEMPORARY: Took.BUSY,
    Status.UNAVAILABLE: Took.BUSY,
    Status.NOT_ACCEPTING: Took.AWAY,
    Status.NOT_FOUND: Took.CLOSED,
    Status.FORBIDDEN: Took.CLOSED,
    Status.NOT_AUTHENTICATED: Took.CLOSED,
    0x0403: Took.CLOSED,  # not authorized
    Status.OPERATION_NOT_SUPPORTED: Took.CLOSED,
    Status.VERSION_NOT_SUPPORTED: Took.CLOSED,
}
"""How a no to a new job is meant; others refuse this paper."""


def read_no(answer: Message) -> Answer:
    """Read why a queue does not take a job: nothing of it is there."""
    return Answer(_REFUSALS.get(answer.code, Took.REFUSED), reason=f"ipp {answer.code:04x}")
