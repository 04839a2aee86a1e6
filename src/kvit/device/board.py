"""The board: what is known of every printer at this moment, in memory, with one owner.

Whoever talks with a printer (a worker, a poll that came in, a cloud's answer) writes what it heard; pages, alarms and
figures read. It is gone with the process, on purpose: what a printer said before a restart says nothing about now. What a
printer is able to prove and told about itself is kept in the data base (`kvit.device.printers`).

A change that changes nothing is told to nobody. Times are wall clock milliseconds, given by the clock handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from kvit.db import Subscription
from kvit.db.listen import Hub

TOPIC: Final = "board"
TROUBLES: Final = ("held", "mismatch", "account", "away", "cover", "paper", "cutter", "error", "offline")
"""In the order in which they are told where several are true at once."""

ACCOUNT: Final = "account"
"""An ``error`` of the service and not of the printer: the shop's account there, or the printer's number, is turned away."""


class Light(msgspec.Struct, frozen=True):
    """One printer, as last heard."""

    printer: str
    link: str = "unknown"
    """``unknown up down``."""
    paper: str = "unknown"
    """``unknown ok near out``."""
    cover_open: bool | None = None
    error: str = ""
    """What keeps it from printing by its own word: ``cutter mechanical fatal auto`` …; empty: nothing."""
    online: bool | None = None
    """What it says itself; None: it said nothing."""
    drawer_open: bool | None = None
    busy: bool = False
    """A job is in it."""
    mismatch: str = ""
    """Another machine called in under its word: what that one said it is."""
    seen_ms: int = 0
    """When it last said anything."""
    trouble: str = ""
    """The first of `TROUBLES` that keeps it from printing; empty: well, as far as is known."""
    trouble_since_ms: int = 0


class Board:
    """All lights. Call it on the event loop's thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the wall clock, seconds since 1970."""
        self._clock = clock
        self._lights: dict[str, Light] = {}
        self._hub = Hub()

    def light(self, printer: str) -> Light:
        """Give what is known of a printer; of one nobody heard of, that."""
        return self._lights.get(printer) or Light(printer)

    def lights(self) -> list[Light]:
        """Give all that was ever heard of, by name."""
        return [self._lights[name] for name in sorted(self._lights)]

    def seen(self, printer: str, **values: Any) -> None:
        """A printer said something just now: fields of `Light` as they are now; its link is up."""
        self.change(printer, link="up", seen_ms=int(self._clock() * 1000), **values)

    def change(self, printer: str, **values: Any) -> None:
        """Write fields of `Light`; the trouble follows from them. Listeners hear of it unless only ``seen_ms`` moved."""
        before = self.light(printer)
        after = msgspec.structs.replace(before, **values)
        trouble = trouble_of(after)
        if trouble != before.trouble:
            since = int(self._clock() * 1000) if trouble else 0
            after = msgspec.structs.replace(after, trouble=trouble, trouble_since_ms=since)
        self._lights[printer] = after
        if msgspec.structs.replace(after, seen_ms=before.seen_ms) != before:
            self._hub.publish([(TOPIC, printer)])

    def forget(self, printer: str) -> None:
        """There is no such printer any more."""
        if self._lights.pop(printer, None) is not None:
            self._hub.publish([(TOPIC, printer)])

    def listen(self) -> Subscription:
        """Begin to listen: names of printers whose light changed."""
        return self._hub.listen(TOPIC)

    def close(self) -> None:
        """End all listening."""
        self._hub.close()


def trouble_of(light: Light) -> str:
    """Say what keeps a printer from printing, the first of `TROUBLES`; ``held`` is told by who holds it."""
    checks = {
        "mismatch": bool(light.mismatch),
        "account": light.error == ACCOUNT,  # before "away": nothing is wrong with its cable
        "away": light.link == "down",
        "cover": light.cover_open is True,
        "paper": light.paper == "out",
        "cutter": light.error == "cutter",
        "error": bool(light.error),
        "offline": light.online is False,
    }
    return next((name for name in TROUBLES if checks.get(name)), "")
