"""``money number quantity percent``: figures as the shop's country writes them.

A sum is a whole number of the smallest coin (``123450`` in tenge is 1 234,50 ₸), or a decimal text (``"1234.50"``) or a
decimal in the template: units then. A float is refused: nobody can say which sum it was.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kvit.i18n import format_money, format_number, format_quantity
from kvit.i18n.format import format_sum
from kvit.money import AMOUNT_LIMIT, QUANTITY_LIMIT, decimals, parse_amount
from kvit.template.handlebars.block import Call, Helper
from kvit.template.words.exact import number, rounded, whole
from kvit.template.words.place import Place

DIGITS_MAX = 12
"""Behind the point, when a template asks for so many."""


def words(place: Place) -> dict[str, Helper]:
    """Give the helpers for a place."""

    def money(call: Call, amount: Any = None, currency: Any = None) -> str:
        code = str(currency or call.hash.get("currency") or place.currency)
        value = _amount(amount, code)
        if call.hash.get("sign") is False:
            return format_sum(value, decimals(code), *place.tongue(call))
        return format_money(value, code, *place.tongue(call))

    def plain_number(call: Call, value: Any = None) -> str:
        found = number(value)
        digits = call.hash.get("digits")
        if digits is None:
            return format_number(found, *place.tongue(call))
        return _digits(found, whole(digits, 0, DIGITS_MAX), *place.tongue(call))

    def quantity(call: Call, value: Any = None) -> str:
        return format_quantity(whole(value, -QUANTITY_LIMIT, QUANTITY_LIMIT), *place.tongue(call))

    def percent(call: Call, rate: Any = None) -> str:
        return format_number((number(rate) / 100).normalize() + 0, *place.tongue(call)) + "%"

    return {"money": money, "number": plain_number, "quantity": quantity, "percent": percent}


def _amount(amount: Any, currency: str) -> int:
    if isinstance(amount, Decimal):
        amount = format(amount, "f")
    if isinstance(amount, str):
        return parse_amount(amount.strip(), currency)
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError("a sum is wanted: a whole number of the smallest coin, or a decimal text")
    if abs(amount) > AMOUNT_LIMIT:
        raise ValueError("a sum beyond the limit")
    return amount


def _digits(value: Decimal, digits: int, language: str, country: str) -> str:
    """All the digits asked for, zeros too."""
    return format_sum(int(rounded(value, digits).scaleb(digits)), digits, language, country)
