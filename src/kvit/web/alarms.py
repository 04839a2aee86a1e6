"""Alarms: printers that can not print now, what is wrong with each, and what to do. Read from the board, in memory.

A printer is on the list from the moment its trouble is known until it is well; nobody has to put an alarm out. One that a
person stopped rings no alarm: they know.
"""

from __future__ import annotations

import msgspec

from kvit.chain.model import Silent
from kvit.web.door import Call
from kvit.web.rights import CHANGE_STATIONS


class Alarm(msgspec.Struct, frozen=True):
    """One printer in trouble."""

    printer: str
    trouble: str
    """One of `kvit.device.board.TROUBLES`."""
    what: str
    """In the caller's language."""
    todo: str
    """What somebody must do."""
    since_ms: int


def silent_stations(call: Call) -> list[Silent]:
    """Give the shop's stations that have gone silent, to those who look after them."""
    return [one for one in call.context.silent() if one.shop == call.shop.id] if call.may(CHANGE_STATIONS) else []


def alarms(call: Call) -> list[Alarm]:
    """Give the printers in trouble, the longest first."""
    found = [light for light in call.context.delivery.board.lights() if light.trouble]
    told = [
        Alarm(
            light.printer, light.trouble, call.say(f"printing.trouble_{light.trouble}"),
            call.say(f"printing.todo_{light.trouble}"), light.trouble_since_ms,
        )
        for light in found
    ]  # fmt: skip
    return sorted(told, key=lambda alarm: (alarm.since_ms, alarm.printer))
