"""The last identities and the state of each reader, in memory; and who listens is told.

Nothing here is stored: an identity is forgotten after `KEPT_S`, and when the process ends. The hub is the one the data base
uses (`kvit.db.listen`), with nothing of the data base behind it: a listener that is slow is told once of what it missed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from kvit.db import Subscription
from kvit.db.listen import Hub
from kvit.device.reader.identity import Recent, identify
from kvit.device.reader.model import Identity, Scan
from kvit.refusal import Refusal

KEPT_S: Final = 180.0
"""Long enough to find the customer of the sale that is being rung up; no longer."""
KEPT_MAX: Final = 256
TOPIC: Final = "identity"
"""Told with the number of each reading, never with what was read."""


class Reading(msgspec.Struct, frozen=True):
    """One thing a reader gave: an identity, or why it is none. Numbered in the order of arrival."""

    number: int
    reader: str
    identity: Identity | None
    refusal: Refusal | None = None


class ReaderLight(msgspec.Struct, frozen=True):
    """How a reader is."""

    reader: str
    address: str
    link: str = "unknown"
    """``unknown``, ``up`` or ``down``."""
    trouble: Refusal | None = None
    """Why it is down."""
    read: int = 0
    refused: int = 0
    repeated: int = 0
    seen_ms: int = 0


class Readings:
    """One for the process."""

    def __init__(self, clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """``clock``: wall clock in seconds since 1970, ``monotonic``: for what passes."""
        self._clock, self._monotonic = clock, monotonic
        self._kept: deque[tuple[float, Reading]] = deque(maxlen=KEPT_MAX)
        self._lights: dict[str, ReaderLight] = {}
        self._recent = Recent()
        self._hub = Hub()
        self._number = 0

    def scanned(self, reader: str, scan: Scan | Refusal) -> Identity | None:
        """Take what a reader gave; the identity, where it is one and no repetition of the last moments."""
        at_ms = int(self._clock() * 1000)
        found = identify(scan, reader, at_ms) if isinstance(scan, Scan) else scan
        light = self.light(reader)
        if isinstance(found, Refusal):
            self._lights[reader] = msgspec.structs.replace(light, refused=light.refused + 1, seen_ms=at_ms)
            self._tell(Reading(self._next(), reader, None, found))
            return None
        if not self._recent.is_new(found, self._monotonic()):
            self._lights[reader] = msgspec.structs.replace(light, repeated=light.repeated + 1, seen_ms=at_ms)
            return None
        self._lights[reader] = msgspec.structs.replace(light, read=light.read + 1, seen_ms=at_ms)
        self._tell(Reading(self._next(), reader, found))
        return found

    def change(self, reader: str, address: str, link: str, trouble: Refusal | None = None) -> None:
        """Say how a reader is now."""
        light = msgspec.structs.replace(self.light(reader), address=address, link=link, trouble=trouble)
        self._lights[reader] = light
        self._hub.publish([(TOPIC, "")])

    def light(self, reader: str) -> ReaderLight:
        """How a reader is."""
        return self._lights.get(reader) or ReaderLight(reader, "")

    def lights(self) -> list[ReaderLight]:
        """How all readers are, by name."""
        return [self._lights[name] for name in sorted(self._lights)]

    def since(self, number: int) -> list[Reading]:
        """The readings behind this number that are not forgotten yet."""
        self._forget()
        return [reading for _, reading in self._kept if reading.number > number]

    @property
    def last_number(self) -> int:
        """The number of the last reading; 0 before the first."""
        return self._number

    def listen(self) -> Subscription:
        """Begin to listen: numbers of readings as text, empty where a reader came or went. Look with `since`."""
        return self._hub.listen(TOPIC)

    def close(self) -> None:
        """End all listening."""
        self._hub.close()

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _tell(self, reading: Reading) -> None:
        self._forget()
        self._kept.append((self._monotonic(), reading))
        self._hub.publish([(TOPIC, str(reading.number))])

    def _forget(self) -> None:
        oldest = self._monotonic() - KEPT_S
        while self._kept and self._kept[0][0] <= oldest:
            self._kept.popleft()
