"""What a printer's result means for a job: one table of its codes, and the bits that tell printed from spooled.

The manuals say that an error is answered "before printing" and a success "after printing is completed", and show the
end of the paper in the middle of a receipt under the same code. So of an error nobody knows how much is on paper,
unless the code itself says that nothing was begun. With the printer's spooler on, success only means that the job was
taken; such a success has status 2 or 80000000h and no bit more, and whoever wants to know asks again by the job's name.
Source: ePOS-Print XML User's Manual and its reference pages, ``response``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.status import told_by_printer


class End(enum.Enum):
    """How an attempt stands."""

    PRINTED = "printed"
    SPOOLED = "spooled"
    """Taken into the printer's own queue; nothing is known of the paper."""
    GOING = "going"
    """Asked for, the printer says that it is at it."""
    ABSENT = "absent"
    """Nothing was begun: it may be sent again once the printer is well."""
    REFUSED = "refused"
    """Nothing was begun, and this job will never be taken as it is."""
    LOST = "lost"
    """Any part may be on paper."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An end and, in a word, why (it stands in the job's history)."""

    end: End
    reason: str = ""


CODES: Final = {
    "EPTR_AUTOMATICAL": Verdict(End.LOST, "error"),
    "EPTR_BATTERY_LOW": Verdict(End.LOST, "battery"),
    "EPTR_COVER_OPEN": Verdict(End.LOST, "cover"),
    "EPTR_CUTTER": Verdict(End.LOST, "cutter"),
    "EPTR_MECHANICAL": Verdict(End.LOST, "error"),
    "EPTR_REC_EMPTY": Verdict(End.LOST, "paper"),
    "EPTR_UNRECOVERABLE": Verdict(End.LOST, "error"),
    "PrintSystemError": Verdict(End.LOST, "error"),
    "EX_BADPORT": Verdict(End.LOST, "away"),
    "EX_TIMEOUT": Verdict(End.LOST, "slow"),
    "EX_ENPC_TIMEOUT": Verdict(End.LOST, "away"),
    "ERROR_WAIT_EJECT": Verdict(End.LOST, "presenter"),
    "JobNotFound": Verdict(End.LOST, "forgotten"),
    "Printing": Verdict(End.GOING),
    "JobSpooling": Verdict(End.GOING),
    "EX_SPOOLER": Verdict(End.ABSENT, "full"),
    "EX_DEVICE_BUSY": Verdict(End.ABSENT, "busy"),
    "TooManyRequests": Verdict(End.ABSENT, "busy"),
    "DeviceNotFound": Verdict(End.ABSENT, "device"),
    "SchemaError": Verdict(End.REFUSED, "SchemaError"),
    "RequestEntityTooLarge": Verdict(End.REFUSED, "too large"),
}
"""By ``code`` of a result without success. A code nobody knows is `End.LOST`."""
SETTINGS: Final = "invalid printer settings"
"""``ErrorSummary`` of a printer whose ePOS-Print is switched off; all others are about the XML of this one job."""
AT_ONCE: Final[dict[str, dict[str, str | bool]]] = {
    "cover": {"cover_open": True},
    "paper": {"paper": "out"},
    "cutter": {"error": "cutter"},
}
"""Reasons that are lights of the board as well, where no status of the printer comes with them."""


def of_result(result: Result, *, asked: bool = False) -> Verdict:
    """Judge a result; ``asked``: it is the answer to a question after a job that was spooled."""
    if not result.success:
        return CODES.get(result.code, Verdict(End.LOST, result.code[:40] or "no code"))
    if asked or told_by_printer(result.status):
        return Verdict(End.PRINTED)
    return Verdict(End.SPOOLED)


def of_refused(report: Report) -> Verdict:
    """Judge an answer that says that the XML was not taken."""
    if report.summary.lower() == SETTINGS:
        return Verdict(End.ABSENT, "service_off")
    return Verdict(End.REFUSED, f"{report.summary}: {report.detail}"[:120])
