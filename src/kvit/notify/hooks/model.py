"""The words of webhooks: an endpoint, what it wants to hear, how it stands."""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from kvit.notify.model import DAY_MS

ENDPOINTS_MAX: Final = 20
"""Of one shop: every event is written once for each."""
NAME_CHARS_MAX: Final = 64
ROTATION_MS: Final = DAY_MS
"""How long the secret before the last is still signed with: a receiver changes its own within a working day."""
FAILED_AFTER_MS: Final = 3 * DAY_MS
"""An endpoint that took nothing for so long is switched off; a person switches it on again."""


class Standing(enum.StrEnum):
    """How an endpoint stands."""

    ON = "on"
    OFF = "off"
    """A person switched it off."""
    FAILED = "failed"
    """It took nothing for `FAILED_AFTER_MS`."""


class Endpoint(msgspec.Struct, frozen=True):
    """Somebody who hears of events."""

    id: str
    shop: str
    url: str
    name: str
    events: tuple[str, ...]
    """Names of events; empty: all, those to come too."""
    state: Standing
    made_by: str
    made_ms: int
    changed_ms: int
    before_until_ms: int = 0
    """Until when the secret before the last is signed with, too."""

    @property
    def lane(self) -> str:
        """Its lane in the queue."""
        return f"hook:{self.id}"

    def hears(self, event: str) -> bool:
        """Say whether it wants an event."""
        return not self.events or event in self.events


class Stands(msgspec.Struct, frozen=True):
    """How deliveries to an endpoint stand: of the last day, and what waits."""

    done: int = 0
    waiting: int = 0
    failed: int = 0
    """Refused, expired or taken back, in the last day."""
    fails: int = 0
    """Failures in a row, now."""
    next_ms: int = 0
    """When it is tried again."""
    reason: str = ""


class Secrets(msgspec.Struct, frozen=True):
    """What an endpoint's calls are signed with, sealed; ``before`` is empty where no change is under way."""

    now: bytes
    before: bytes = b""
