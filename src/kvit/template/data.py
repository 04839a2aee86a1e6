"""What templates are filled with: the data of a sale and of other papers, as a contract. Pure.

Every field a template may name is here, so whoever writes templates and whoever delivers data look at one list
(``kvit.template.data.SCHEMA`` is its JSON Schema). Sums are whole numbers of the smallest coin and quantities whole
thousandths, as the helpers ``money`` and ``quantity`` take them; times are ISO 8601 with their offset, or as printed
where a foreign till printed them. What is not known is absent, so ``{{#if}}`` and a template's ``requires`` see it.

A purchase and a refund have the same items; a refund says what it returns (``original``) and its payments went to the
customer. More than these fields may come from an adapter of a business: what is not named here is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

REQUIRED_DEPTH: Final = 8


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What all parts have in common: what is not known is left out, and names are written as in JSON."""


class ShopData(Part, frozen=True):
    """Who sells."""

    name: str = ""
    address: str = ""
    phone: str = ""
    tax_id: str = ""
    logo: str = ""
    """A picture's address."""


class ItemData(Part, frozen=True):
    """One thing sold."""

    name: str
    quantity: int | None = None
    """Thousandths; absent where the paper did not say: one."""
    unit: str = ""
    price: int | None = None
    total: int | None = None
    discount: int | None = None
    code: str = ""
    note: str = ""
    """What the kitchen or the shelf should know."""


class TaxData(Part, frozen=True):
    """One rate. ``rate`` in hundredths of a percent."""

    amount: int
    rate: int | None = None
    name: str = ""


class PaymentData(Part, frozen=True):
    """One way it was paid, or paid back: ``cash card points mobile credit other``."""

    kind: str
    amount: int
    name: str = ""


class SaleData(Part, frozen=True):
    """A purchase, a refund, an order, a delivery."""

    currency: str = ""
    number: str = ""
    time: str = ""
    cashier: str = ""
    till: str = ""
    shop: ShopData = ShopData()
    items: tuple[ItemData, ...] = ()
    subtotal: int | None = None
    discount: int | None = None
    taxes: tuple[TaxData, ...] = ()
    total: int | None = None
    payments: tuple[PaymentData, ...] = ()
    change: int | None = None
    original: str = ""
    """Of a refund: the number of the purchase."""
    reason: str = ""
    link: str = ""
    """To the e-receipt."""
    queue: str = ""
    """The number that is called."""
    table: str = ""
    deliver_to: str = ""
    deliver_at: str = ""
    courier: str = ""
    points: int | None = None
    note: str = ""


class ShiftData(Part, frozen=True):
    """An X or Z report."""

    currency: str = ""
    number: str = ""
    opened: str = ""
    closed: str = ""
    cashier: str = ""
    till: str = ""
    shop: ShopData = ShopData()
    sales: int = 0
    """How many."""
    sales_total: int = 0
    refunds: int = 0
    refunds_total: int = 0
    payments: tuple[PaymentData, ...] = ()
    taxes: tuple[TaxData, ...] = ()
    cash_in: int = 0
    cash_out: int = 0
    cash_in_drawer: int | None = None


class LabelData(Part, frozen=True):
    """A price tag or a shelf label."""

    name: str
    code: str = ""
    price: int | None = None
    currency: str = ""
    unit: str = ""
    note: str = ""
    shop: ShopData = ShopData()


KINDS: Final[dict[str, type[Part]]] = {
    "shopping": SaleData, "refund": SaleData, "delivery": SaleData, "kitchen": SaleData, "queue": SaleData,
    "shift-x": ShiftData, "shift-z": ShiftData, "label": LabelData,
}  # fmt: skip
"""Which data a business of ours has; another one has whatever its adapter gives."""


def schema(business: str) -> dict[str, Any]:
    """The JSON Schema of a business' data; anything goes for one we do not know."""
    kind = KINDS.get(business)
    return {"type": "object"} if kind is None else msgspec.json.schema(kind)


def plain(data: Part) -> dict[str, Any]:
    """Data as a template takes them: dictionaries, lists, texts, whole numbers."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(data))
    return found


def has(data: Mapping[str, Any], field: str) -> bool:
    """Say whether a field (``shop.name``) is there and not empty: nothing, an empty text and an empty list are not."""
    value: Any = data
    for step in field.split(".", REQUIRED_DEPTH):
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return value is not None and value != "" and value != [] and value != {}


def lacking(data: Mapping[str, Any], requires: tuple[str, ...]) -> tuple[str, ...]:
    """The fields a template can not do without and that are not there."""
    return tuple(field for field in requires if not has(data, field))
