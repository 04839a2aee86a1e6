"""Where codes come from, one file a source: each opens its device, says so, gives scans, and ends by an OSError.

`Watch` is the shape of all: it takes the reader's address and settings and runs until the device is gone. What it
raises says why; `kvit.device.reader.worker` opens it again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from kvit.device.reader.address import ReaderAddress
from kvit.device.reader.model import Scan
from kvit.device.reader.settings import ReaderSettings
from kvit.refusal import Refusal

Scanned = Callable[[Scan | Refusal], None]
"""Takes what was read; called in the event loop's thread."""


@dataclass(frozen=True, slots=True)
class Place:
    """One reader to be watched."""

    address: ReaderAddress
    settings: ReaderSettings
    ports: Path
    """The folder of virtual ports (`kvit.device.transports.open_end`)."""


Watch = Callable[[Place, Scanned, Callable[[], None]], Awaitable[None]]
"""The reader, who takes scans, and who hears that it is open. Raises OSError when it can not be opened or is lost."""
