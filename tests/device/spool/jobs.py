"""Jobs and orders for the tests of the spool."""

from __future__ import annotations

from typing import Any

import msgspec

from kvit.device.spool.model import Evidence, Job, Kind, State
from kvit.device.spool.order import Order, order
from kvit.paper.document import Beep, Cut, Document, Pulse, Text, print_document

SHOP = "shop-1"
NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000
PID = b"  !~"
RECEIPT = print_document(Document([Text("Milk 1 l"), Text("Total 900"), Cut(), Pulse(), Beep()]))


def job(**values: Any) -> Job:
    """A job as it stands after its first attempt began, with what is given changed."""
    plain = Job(
        1, "a", "sale 1", 1, 1, None, "front", Kind.RECEIPT, "1", bytes(32), 5, NOW_MS, NOW_MS, NOW_MS + HOUR_MS,
        State.SENDING, 1, PID, Evidence.A, None, "", "", False, 2,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **values)


def ordered(key: str = "sale 1", printer: str = "front", document: bytes = RECEIPT, **values: Any) -> Order:
    """An order that is good."""
    made = order(key, printer, document, **values)
    assert isinstance(made, Order)
    return made
