"""The words of the shop's printers.

A printer is a name people use ("counter", "kitchen") and an address (`kvit.device.adapters.address`). What it was found
to be able to prove (its evidence class) and what it told about itself is kept with it. Where it stands now, paper and
cover, is not kept: that is `kvit.device.board`.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from kvit.device.adapters.address import PrinterAddress
from kvit.device.address import CALLING_IN
from kvit.device.spool.model import Evidence

FACTS_MAX: Final = 40
"""What a printer may tell about itself: a model, a MAC, widths, encodings; not a diary."""
FACT_LETTERS_MAX: Final = 400


class Way(enum.StrEnum):
    """Who begins the talk."""

    WIRE = "wire"
    """We reach it: network, serial, USB, Bluetooth, a queue of the operating system, a file."""
    CALLS = "calls"
    """It asks us for its jobs: CloudPRNT, Server Direct Print."""
    CLOUD = "cloud"
    """A service, or a printer's own web service, takes the content by HTTP."""


class Origin(enum.StrEnum):
    """Where a printer is written down: only what a page wrote, a page may change."""

    FILE = "file"
    PAGE = "page"


class Printer(msgspec.Struct, frozen=True):
    """One printer of the shop."""

    name: str
    """`kvit.device.address.NAME`."""
    address: str
    """As `kvit.device.adapters.address.show` writes it. No secret stands in it."""
    origin: Origin = Origin.PAGE
    able: Evidence | None = None
    """The class it was found to have, or was said to have; None: not probed, taken for C."""
    fail_over: str = ""
    """The printer that takes its jobs while it can not; empty: none."""
    held: bool = False
    """A person stopped it: jobs wait."""
    token_hash: bytes | None = None
    """Of one that calls in: SHA-256 of the word in its URL."""
    facts: dict[str, str] = {}
    """What it told about itself (model, MAC, firmware, encodings, widths)."""


def way_of(address: PrinterAddress) -> Way:
    """Say who begins the talk with a printer."""
    if address.transport.kind in CALLING_IN:
        return Way.CALLS
    return Way.CLOUD if address.transport.kind in ("http", "https") else Way.WIRE
