"""Numbers out of data and templates, exact: whole numbers and decimals, never a binary fraction.

JSON's ``0.1`` arrives as a float; its shortest writing, which is what stood in the JSON, is taken as the decimal.
Beyond `DIGITS_MAX` digits a number is refused instead of rounded.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

DIGITS_MAX = 60
"""Of a number, before and behind the point: twice what any sum needs."""

CONTEXT = decimal.Context(
    prec=DIGITS_MAX,
    rounding=decimal.ROUND_HALF_UP,
    Emax=DIGITS_MAX,
    Emin=-DIGITS_MAX,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, decimal.Underflow, decimal.Inexact],
)
"""Half goes away from zero, as everywhere in this house; what would be rounded unasked is an error."""


def number(value: Any) -> Decimal:
    """Give a value as an exact decimal. ValueError for what is no number: null, a truth, a word, infinity."""
    if isinstance(value, bool) or value is None:
        raise ValueError("a number is wanted")
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str) and len(value) > 2 * DIGITS_MAX:
        raise ValueError(f"a number of more than {DIGITS_MAX} digits")
    if isinstance(value, int) and value.bit_length() > 4 * DIGITS_MAX:
        raise ValueError(f"a number of more than {DIGITS_MAX} digits")
    try:
        found = CONTEXT.create_decimal(value.strip() if isinstance(value, str) else value)
    except (decimal.DecimalException, TypeError, ValueError):
        raise ValueError("a number is wanted") from None
    if not found.is_finite():
        raise ValueError("a number is wanted")
    return found


def whole(value: Any, least: int, most: int) -> int:
    """Give a whole number within a range, both ends included."""
    found = number(value)
    if found != found.to_integral_value() or not least <= found <= most:
        raise ValueError(f"a whole number from {least} to {most} is wanted")
    return int(found)


def rounded(value: Decimal, digits: int) -> Decimal:
    """Round to so many digits behind the point, a half away from zero."""
    return value.quantize(Decimal(1).scaleb(-digits), decimal.ROUND_HALF_UP)


def tidy(value: Decimal) -> int | Decimal:
    """Give a decimal without digits behind the point as a whole number, any other as it is."""
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else value
