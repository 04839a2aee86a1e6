"""A shop with the built-in templates that fills and presses in this process, for tests of its pages."""

from __future__ import annotations

from typing import Any

from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.refusal import Refusal
from kvit.template.builtin import recipes
from kvit.template.fill import Filled, FillWanted, Forms, fill
from kvit.template.library import service
from tests.receipt.printouts import SHOP
from tests.web.house import House
from tests.web.printing import Delivery


def templating(house: House) -> Delivery:
    """Give a house the built-in templates and the printer ``counter`` of 58 mm."""
    forms, delivery = Forms(), Delivery(lambda: house.now_s[0])

    async def fills(wanted: FillWanted) -> Filled | Refusal:
        return fill(wanted, forms)

    changes: dict[str, Any] = {"fill": fills, "delivery": delivery}
    for name, value in changes.items():
        object.__setattr__(house.context, name, value)
    house.db.write_now(service.settle_base, recipes(), 0)
    house.db.write_now(printers.keep, SHOP, Printer("counter", "escpos+tcp://10.0.0.5?paper=58"), 0)
    return delivery
