"""The words of corrections: a receipt's data as a person confirmed them, and what its paper teaches about the form."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.receipt.reading.equations import proven

LINES_MAX = 500
"""Things on one receipt; the longest met had some 400."""
OTHERS_MAX = 50
"""Taxes, payments and adjustments of one receipt."""


class Confirmed(msgspec.Struct, frozen=True):
    """A receipt's data as a person says they are. Sums in the smallest coin, quantities in thousandths."""

    kind: Kind
    shop: str | None = None
    tax_id: str | None = None
    number: str | None = None
    time: str | None = None
    currency: str | None = None
    items: tuple[Line, ...] = ()
    subtotal: int | None = None
    taxes: tuple[Tax, ...] = ()
    total: int | None = None
    payments: tuple[Payment, ...] = ()
    change: int | None = None
    adjustments: tuple[int, ...] = ()
    decimals: int = 2


FIELDS = tuple(name for name in Confirmed.__struct_fields__ if name != "decimals")


def of_reading(reading: Reading) -> Confirmed:
    """The data of a reading, to be looked at."""
    return Confirmed(**{name: getattr(reading, name) for name in Confirmed.__struct_fields__})


def as_reading(confirmed: Confirmed) -> Reading:
    """The reading of confirmed data: every field that is there is certain, verified only where the sums prove it."""
    fields = {name: getattr(confirmed, name) for name in Confirmed.__struct_fields__}
    sure = {name: 1.0 for name in FIELDS if name != "kind" and fields[name] not in (None, ())}
    made = Reading(**fields, confidence=sure)
    return msgspec.structs.replace(made, verified=proven(made))


def changed(before: Reading, confirmed: Confirmed) -> list[str]:
    """Name the fields a person saw otherwise than the reader did."""
    return [name for name in FIELDS if getattr(before, name) != getattr(confirmed, name)]


class Lesson(msgspec.Struct, frozen=True):
    """What one confirmed receipt teaches about its form. It holds no words of the paper but the shop's name."""

    head: str
    """The form's name (``reading.prior.head_of``)."""
    labels: Mapping[str, str] = {}
    """Hash of a row's words to what it told."""
    breaks: int | None = None
    """Letters of the column of names where one was broken in mid-word; 0 where between words; None: none was broken."""
    shop: str | None = None
    currency: str | None = None
    order: str = ""


class Learned(msgspec.Struct, frozen=True):
    """What the confirmed receipts of one form taught so far: how often each was seen."""

    labels: Mapping[str, Mapping[str, int]] = {}
    breaks: Mapping[str, int] = {}
    shops: Mapping[str, int] = {}
    currencies: Mapping[str, int] = {}
    orders: Mapping[str, int] = {}
