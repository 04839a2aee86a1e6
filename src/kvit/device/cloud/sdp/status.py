"""What a printer says of itself: 32 bits, decimal in a result (``status``), hex in a status notification (``asbstatus``).

The bits are those of the automatic status (`GS a`) with three of the service's own: no answer from the printer, printed,
spooler stopped. A printer that was asked for its state always has bit 10h set; a service that only took a job into its
spooler says 2 or 80000000h and no bit more, so of the paper it says nothing.
Source: ePOS-Print XML User's Manual, ``response`` and "Using the Spooler Function"; Server Direct Print User's Manual,
"Status Notification".
"""

from __future__ import annotations

import enum
import re
from typing import Final

from kvit.device.cloud.sdp import element
from kvit.device.cloud.sdp.request import DEVICE
from kvit.wire import WireError

STATUS_MAX: Final = 0xFFFF_FFFF


class Bit(enum.IntFlag):
    """The bits with a meaning on every model."""

    SILENT = 0x0000_0001
    """The service had no answer from the printer."""
    PRINTED = 0x0000_0002
    DRAWER_HIGH = 0x0000_0004
    """Pin 3 of the drawer's plug, which is high on an open drawer or on a closed one, as the drawer is wired, and where
    there is none; on models with a battery: off line because of it."""
    OFFLINE = 0x0000_0008
    ASKED = 0x0000_0010
    """Fixed in the automatic status."""
    COVER = 0x0000_0020
    FEEDING = 0x0000_0040
    WAITING = 0x0000_0100
    """Waits to come back on line."""
    FEED_BUTTON = 0x0000_0200
    MECHANICAL = 0x0000_0400
    CUTTER = 0x0000_0800
    FATAL = 0x0000_2000
    AUTO = 0x0000_4000
    """An error that ends by itself: a hot head."""
    PAPER_NEAR = 0x0002_0000
    PAPER_END = 0x0008_0000
    BUZZER = 0x0100_0000
    """The buzzer sounds; on label models: a label waits to be taken."""
    LABEL = 0x4000_0000
    SPOOLER_STOPPED = 0x8000_0000


SPOOLED: Final = Bit.PRINTED | Bit.SPOOLER_STOPPED
"""Without any bit beside these, nobody asked the printer."""
ERRORS: Final = {Bit.FATAL: "fatal", Bit.CUTTER: "cutter", Bit.MECHANICAL: "mechanical", Bit.AUTO: "auto"}
"""In the words of `kvit.device.board.Light.error`, the gravest first."""
Values = dict[str, str | bool | None]
_HEX: Final = re.compile(r"\s*0[xX]([0-9A-Fa-f]{1,8})\s*")


def told_by_printer(status: int) -> bool:
    """Say whether a status is the printer's own, and not only the service's."""
    return bool(status & ~(SPOOLED | Bit.SILENT))


def values_of(status: int) -> Values:
    """Give what a status tells, as fields of `kvit.device.board.Light`; empty where the printer was not asked."""
    if not told_by_printer(status):
        return {"online": False} if status & Bit.SILENT else {}
    paper = "out" if status & Bit.PAPER_END else "near" if status & Bit.PAPER_NEAR else "ok"
    error = next((word for bit, word in ERRORS.items() if status & bit), "")
    online = not status & (Bit.OFFLINE | Bit.SILENT)
    return {"paper": paper, "cover_open": bool(status & Bit.COVER), "error": error, "online": online}


def read(data: bytes) -> dict[str, int]:
    """Read a status notification: device name to status; raises `WireError`. What has no status in hex is left out."""
    root = element.read(data)
    if root.name.lower() != "statusmonitor":
        raise WireError("no statusmonitor", data)
    found: dict[str, int] = {}
    for each in root.every("printerstatus"):
        status = _HEX.fullmatch(each.attributes.get("asbstatus", ""))
        if status is not None:
            found[each.attributes.get("devicename", "")] = int(status[1], 16)
    return found


def of_printer(statuses: dict[str, int]) -> int | None:
    """Give the status of the printer itself: that of ``local_printer``, or the only one there is."""
    if DEVICE in statuses or len(statuses) != 1:
        return statuses.get(DEVICE)
    return next(iter(statuses.values()))


def write(status: int, device: str = DEVICE) -> bytes:
    """Write a status notification as a printer does; the twin of `read`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<statusmonitor Version="1.00">'
        f'<printerstatus devicename="{device}" asbstatus="0x{status:08X}"/></statusmonitor>'
    ).encode("ascii")
