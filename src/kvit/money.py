"""Money is counted in the smallest coin, quantity in thousandths, both as ``int``: no float in this house comes near.

The wound: 0.1 + 0.2 is not 0.3 in binary, and a drawer that is one tiyn off at night is searched for an hour. So
sums, prices and taxes are integers, text is turned into them exactly or not at all, and where a division can not come
out even, one rule is named: `Rounding.HALF_UP`, half a coin goes away from zero, as shops and tax offices of the
countries served count.

Decimals by ISO 4217. What a country does with its coins in cash (no 1 tenge coins) is not that table's matter:
`round_to`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

AMOUNT_LIMIT = 10**15
"""The largest sum taken from outside, in the smallest coin.

Ten trillion tenge; products with a quantity still fit SQLite's 64 bits.
"""

QUANTITY_ONE = 1000
"""One piece, one kilogram, one litre, as a quantity."""

QUANTITY_LIMIT = 10**12
"""The largest quantity taken from outside, in thousandths."""

RATE_ONE = 10_000
"""A rate of 100 %: rates count hundredths of a percent."""

_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
    "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG "
)
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

DECIMALS: dict[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}
"""Currency (ISO 4217, three capital letters) to the digits behind the point of its smallest coin."""


class Rounding(enum.Enum):
    """What becomes of a part of a coin."""

    HALF_UP = "half_up"
    """The nearest coin; a half goes away from zero. The rule of this house."""
    HALF_EVEN = "half_even"
    """The nearest coin; a half goes to the even one. For foreign books that count so."""
    DOWN = "down"
    """Towards zero: points are granted by full coins only."""


def decimals(currency: str) -> int:
    """Give a currency's digits behind the point; a ValueError for a code ISO 4217 does not have."""
    digits = DECIMALS.get(currency)
    if digits is None:
        raise ValueError(f"{currency!r} is not a currency code")
    return digits


_NUMBER = re.compile(r"(-?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


def _parse(text: str, digits: int, limit: int) -> int:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a decimal number")
    sign, whole, part = match[1], match[2], match[3] or ""
    if part[digits:].strip("0"):
        raise ValueError(f"{text!r} has more than {digits} digits behind the point")
    value = int(whole + part[:digits].ljust(digits, "0"))
    if value > limit:
        raise ValueError(f"{text!r} is beyond the limit")
    return -value if sign else value


def _format(value: int, digits: int) -> str:
    if digits == 0:
        return str(value)
    whole, part = divmod(abs(value), 10**digits)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{digits}}"


def parse_amount(text: str, currency: str) -> int:
    """Read a decimal string (``"1234.50"``, ``"-3"``) as a sum in the smallest coin, exactly.

    A point, never a comma; no sign ``+``, no blanks, no groups, no exponent; zeros beyond the currency's digits are
    let pass. Anything else, and a sum beyond `AMOUNT_LIMIT`, is a ValueError. Figures printed for people are read by
    the receipt trade.
    """
    return _parse(text, decimals(currency), AMOUNT_LIMIT)


def format_amount(amount: int, currency: str) -> str:
    """Write a sum as a decimal string with all the currency's digits: the twin of `parse_amount`."""
    return _format(amount, decimals(currency))


def parse_quantity(text: str) -> int:
    """Read a decimal string with at most three digits behind the point as a quantity in thousandths."""
    return _parse(text, 3, QUANTITY_LIMIT)


def format_quantity(quantity: int) -> str:
    """Write a quantity without idle zeros: ``"2"``, ``"0.35"``."""
    return _format(quantity, 3).rstrip("0").rstrip(".")


def divide(numerator: int, denominator: int, rule: Rounding = Rounding.HALF_UP) -> int:
    """Divide integers and round by a rule. ``denominator`` is above zero."""
    assert denominator > 0
    whole, rest = divmod(abs(numerator), denominator)
    if rule is not Rounding.DOWN:
        twice = 2 * rest
        whole += twice > denominator or (twice == denominator and (rule is Rounding.HALF_UP or whole % 2 == 1))
    return -whole if numerator < 0 else whole


def round_to(amount: int, step: int, rule: Rounding = Rounding.HALF_UP) -> int:
    """Round a sum to a multiple of ``step`` smallest coins, as cash without small coins needs."""
    return divide(amount, step, rule) * step


def line_total(price: int, quantity: int, rule: Rounding = Rounding.HALF_UP) -> int:
    """Price of one (smallest coin) times quantity (thousandths), in the smallest coin."""
    return divide(price * quantity, QUANTITY_ONE, rule)


def rate_of(amount: int, rate: int, rule: Rounding = Rounding.HALF_UP) -> int:
    """Give a rate (hundredths of a percent) of a sum: a tax on top, a discount, points."""
    return divide(amount * rate, RATE_ONE, rule)


def tax_within(amount: int, rate: int, rule: Rounding = Rounding.HALF_UP) -> int:
    """Give the tax that is contained in a sum, ``rate`` being of the sum without it (1200 = 12 %)."""
    assert rate >= 0
    return divide(amount * rate, RATE_ONE + rate, rule)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Part a sum by weights so that the parts add up to it again: a discount over lines, a payment over taxes.

    Weights are zero or more, one at least above zero. Each part is the exact share cut to a whole coin; the coins
    left go one each to the largest remainders, the earlier line first.
    """
    whole = sum(weights)
    assert whole > 0
    assert min(weights) >= 0
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    shares = [divmod(size * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    by_rest = sorted(range(len(parts)), key=lambda place: -shares[place][1])
    for place in by_rest[: size - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]
