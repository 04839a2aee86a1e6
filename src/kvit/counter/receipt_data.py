"""A receipt that a foreign till printed, as the data a template is filled with. Pure.

The receipt trade reads paper (`kvit.receipt`), the template trade fills forms (`kvit.template`); neither knows the other.
What the paper did not say is absent, so a template that can not do without it is not taken.
"""

from __future__ import annotations

import msgspec

from kvit.receipt.model import Reading
from kvit.template.data import ItemData, PaymentData, SaleData, ShopData, TaxData


def of_reading(reading: Reading, shop: ShopData, link: str = "") -> SaleData:
    """The data of a receipt that a foreign till printed; what its paper did not say is absent."""
    words = msgspec.structs.replace(shop, name=reading.shop or shop.name, tax_id=reading.tax_id or shop.tax_id)
    discount = -sum(each for each in reading.adjustments if each < 0)
    return SaleData(
        currency=reading.currency or "",
        number=reading.number or "",
        time=reading.time or "",
        shop=words,
        items=tuple(ItemData(line.name, line.quantity, "", line.price, line.total) for line in reading.items),
        subtotal=reading.subtotal,
        discount=discount or None,
        taxes=tuple(TaxData(tax.amount, tax.rate) for tax in reading.taxes),
        total=reading.total,
        payments=tuple(PaymentData(payment.kind, payment.amount) for payment in reading.payments),
        change=reading.change,
        link=link,
    )
