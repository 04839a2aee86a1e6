"""How a job and a printer stand, in IPP's words. Pure.

``completed`` is said of what is on paper by evidence (with ``job-completed-successfully``), and, as RFC 8011 section 5.3.8
orders for a device that can not say more, of what was handed over (with ``queued-in-device``). A job nobody knows about
is ``processing-stopped`` while a person is asked; once a marked COPY was made of it, it is ``aborted`` with errors, because
its own end will never be known. It is never ``completed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from kvit.device.board import Light
from kvit.device.ipp.vocabulary import JobState, PrinterState
from kvit.device.spool.model import Job, State


class Standing(msgspec.Struct, frozen=True):
    """A state, its reasons (keywords), and a sentence for whoever reads it (English: IPP clients show it as it is)."""

    state: int
    reasons: tuple[str, ...]
    message: str


_JOBS: Final = {
    State.QUEUED: Standing(JobState.PENDING, ("job-queued",), "It waits for the printer."),
    State.BLOCKED: Standing(
        JobState.PENDING,
        ("printer-stopped", "resources-are-not-ready"),
        "The printer does not take it; nothing is lost.",
    ),
    State.SENDING: Standing(JobState.PROCESSING, ("job-outgoing",), "It goes to the printer."),
    State.CONFIRMING: Standing(JobState.PROCESSING, ("job-printing",), "The printer has it; its word is awaited."),
    State.PAUSED: Standing(
        JobState.STOPPED, ("printer-stopped",), "The printer stopped with it inside and goes on by itself."
    ),
    State.PRINTED: Standing(JobState.COMPLETED, ("job-completed-successfully",), "It is on paper."),
    State.SENT: Standing(
        JobState.COMPLETED, ("queued-in-device",), "It was handed over; this printer can not say whether it printed."
    ),
    State.UNKNOWN: Standing(
        JobState.STOPPED, ("job-suspended",), "Nobody knows whether it printed: look at the paper and answer in Kvit."
    ),
    State.EXPIRED: Standing(
        JobState.ABORTED, ("aborted-by-system", "job-completed-with-errors"), "It was not printed in its time."
    ),
    State.CANCELLED: Standing(JobState.CANCELED, ("job-canceled-by-user",), "Somebody took it back."),
}
_COPIED: Final = Standing(
    JobState.ABORTED, ("aborted-by-system", "job-completed-with-errors"),
    "Nobody knows whether it printed; a paper marked COPY was made.",
)  # fmt: skip
OPEN: Final = Standing(JobState.HELD, ("job-incoming",), "Its document has not come yet.")
NEVER_CAME: Final = Standing(
    JobState.ABORTED, ("aborted-by-system", "submission-interrupted"), "Its document never came."
)
TAKEN_BACK: Final = Standing(
    JobState.CANCELED, ("job-canceled-by-user",), "It was taken back before its document came."
)

_ORDER: Final = (JobState.PROCESSING, JobState.STOPPED, JobState.PENDING, JobState.ABORTED, JobState.CANCELED)
"""Of several papers the first of these that one is in is the job's; completed when all are."""


def of_job(job: Job) -> Standing:
    """Say how one paper stands."""
    return _COPIED if job.state is State.UNKNOWN and job.copied else _JOBS[job.state]


def of_papers(papers: Sequence[Job]) -> Standing:
    """Say how a job of one or more papers stands."""
    found = [of_job(each) for each in papers]
    for state in _ORDER:
        for standing in found:
            if standing.state == state:
                return standing
    return next((each for each in found if "queued-in-device" in each.reasons), found[0])


_TROUBLES: Final = {
    "held": ("paused",),
    "mismatch": ("other-error",),
    "account": ("other-error",),
    "away": ("offline-error", "connecting-to-device"),
    "cover": ("cover-open-error",),
    "paper": ("media-empty-error", "media-needed-error"),
    "cutter": ("cutter-error",),
    "error": ("other-error",),
    "offline": ("offline-error",),
}
_SENTENCES: Final = {
    "held": "Somebody stopped it in Kvit.",
    "mismatch": "Another machine answers in its place.",
    "account": "Its cloud turns the shop's account away. Jobs wait.",
    "away": "It does not answer. Jobs wait.",
    "cover": "Its cover is open. Jobs wait.",
    "paper": "It is out of paper. Jobs wait.",
    "cutter": "Its cutter is stuck. Jobs wait.",
    "error": "It reports an error. Jobs wait.",
    "offline": "It says it is offline. Jobs wait.",
}


def of_printer(light: Light, held: bool, flying: int) -> Standing:
    """Say how a printer stands: its last known light, whether a person holds it, how many jobs are in flight on it."""
    trouble = "held" if held else light.trouble
    if trouble:
        return Standing(PrinterState.STOPPED, _TROUBLES[trouble], _SENTENCES[trouble])
    reasons = ("media-low-warning",) if light.paper == "near" else ("none",)
    state = PrinterState.PROCESSING if flying or light.busy else PrinterState.IDLE
    heard = "" if light.link == "up" else "Kvit has not heard of it lately; jobs are kept until it answers."
    return Standing(state, reasons, heard)
