"""Sums, numbers, dates, times and phone numbers as a person of a language in a country writes them.

Every function takes ``language`` (one of `kvit.i18n.LANGUAGES`) and, last, ``country`` (two letters, empty when none is
known). Where the CLDR knows the pair (Russian in Kazakhstan) its words hold, otherwise those of the language at home;
English away from home is international English. Babel's words do the work.

What is not Babel's: won are written as Koreans do (``1,234원``), signs are the short ones (``₸`` and not ``KZT``) where
they can mean one currency only, the clock follows the country's table, and the narrow space U+202F becomes U+00A0,
which every printer font and page font has.

Babel is loaded by the first call that needs it: a process that only says plain sentences never pays for it.

Sums come in the smallest coin, quantities in thousandths, and are never a float on the way.
"""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from kvit.i18n.country import HOURS_OF
from kvit.i18n.digits import Frame, Marks, framed, scaled
from kvit.money import QUANTITY_ONE, decimals

if TYPE_CHECKING:
    from babel import Locale

HOME = {"en": "en_001", "ko": "ko_KR", "ru": "ru_RU", "kk": "kk_KZ", "zh": "zh_CN"}
"""The locale of each language where the country says nothing."""

SCRIPTS = {"kk": "Cyrl", "zh": "Hans"}
"""The script our sentences have: Kazakh of China or Chinese of Taiwan would bring their own."""

SIGNS = {"KZT": "₸", "RUB": "₽", "KRW": "₩", "EUR": "€", "GBP": "£", "KGS": "с", "UZS": "сум", "UAH": "₴", "INR": "₹"}
"""Short signs CLDR keeps for the home country alone though they are nobody else's."""

NOON_FIRST = ("ko", "zh")
"""Languages that say "afternoon" before the hour."""

WORDS = {("ko", "KRW"): "{}원"}
"""Where a sum is written with a word instead of a sign."""


@functools.cache
def locale_of(language: str, country: str = "") -> Locale:
    """Give Babel's locale for a language in a country."""
    from babel import Locale, UnknownLocaleError

    if country:
        try:
            found = Locale.parse(f"{language}_{country}")
        except (UnknownLocaleError, ValueError):
            found = None
        if found and found.script in (None, SCRIPTS.get(language)):
            return found
    return Locale.parse(HOME.get(language, language))


@functools.cache
def marks_of(language: str, country: str = "") -> Marks:
    """Give what stands between a number's digits in a place, in Babel's words."""
    from babel import numbers

    locale = locale_of(language, country)
    last, others = locale.decimal_formats[None].grouping
    return Marks(
        _plain(numbers.get_decimal_symbol(locale)), _plain(numbers.get_group_symbol(locale)), last, others,
        _plain(numbers.get_minus_sign_symbol(locale)),
    )  # fmt: skip


def format_money(amount: int, currency: str, language: str, country: str = "") -> str:
    """Write a sum given in the smallest coin: ``format_money(123450, "KZT", "ru", "KZ")`` is ``1 234,50 ₸``."""
    digits, marks, frame = _money_of(currency, language, country)
    return framed(amount, digits, marks, frame)


def format_sum(amount: int, digits: int, language: str, country: str = "") -> str:
    """Write a whole number of the smallest coin without a sign of the currency: ``1 234,50``; all digits are written."""
    marks = marks_of(language, country)
    return f"{marks.minus if amount < 0 else ''}{scaled(amount, digits, marks)}"


@functools.cache
def _money_of(currency: str, language: str, country: str) -> tuple[int, Marks, Frame]:
    """A currency's digits, marks and frame in a place; the frame is read off a sum of one that Babel wrote."""
    digits, marks = decimals(currency), marks_of(language, country)
    ones = [_money_by_babel(sign * 10**digits, currency, language, country) for sign in (1, -1)]
    number = scaled(10**digits, digits, marks)
    (before, found, behind), (before_minus, found_minus, behind_minus) = (each.partition(number) for each in ones)
    assert found, "a sum holds its digits"
    assert found_minus, "a sum holds its digits"
    return digits, marks, Frame(before, behind, before_minus, behind_minus)


def _money_by_babel(amount: int, currency: str, language: str, country: str) -> str:
    from babel import numbers

    digits = decimals(currency)
    value = Decimal(amount).scaleb(-digits)
    locale = locale_of(language, country)
    word = WORDS.get((language, currency))
    if word:
        return word.format(_plain(numbers.format_decimal(value, format="#,##0", locale=locale)))
    pattern = locale.currency_formats["standard"].pattern.replace("¤", _sign(currency, locale))
    pattern = re.sub(r"0\.00|0(?!\.)", "0." + "0" * digits if digits else "0", pattern, count=1)
    return _plain(numbers.format_decimal(value, format=pattern, locale=locale))


def _sign(currency: str, locale: Locale) -> str:
    from babel import numbers

    sign = SIGNS.get(currency) or numbers.get_currency_symbol(currency, locale=locale)
    quoted = "'" + sign.replace("'", "''") + "'"
    prefixed = locale.currency_formats["standard"].pattern.startswith("¤")
    return quoted + "\u00a0" if prefixed and sign[-1:].isalpha() else quoted


def format_number(value: int | Decimal, language: str, country: str = "") -> str:
    """Write a whole or decimal number with the marks of the place; all its digits are kept, zeros at the end are not."""
    if isinstance(value, int):
        return format_sum(value, 0, language, country)
    sign, figures, exponent = value.as_tuple()
    if not isinstance(exponent, int) or exponent > 0:
        return _number_by_babel(value, language, country)
    digits = "".join(map(str, figures))
    idle = min(len(digits) - len(digits.rstrip("0")), -exponent) if digits.strip("0") else -exponent
    amount = int(digits[: len(digits) - idle] or "0")
    return format_sum(-amount if sign else amount, -exponent - idle, language, country)


def _number_by_babel(value: Decimal, language: str, country: str) -> str:
    from babel import numbers

    return _plain(numbers.format_decimal(value, locale=locale_of(language, country), decimal_quantization=False))


def format_quantity(quantity: int, language: str, country: str = "") -> str:
    """Write a quantity given in thousandths, without idle zeros: 1500 is ``1.5`` or ``1,5``."""
    return format_number((Decimal(quantity) / QUANTITY_ONE).normalize() + 0, language, country)


def format_date(day: datetime.date, language: str, country: str = "") -> str:
    """Write a day with its year. A datetime gives its own day: nothing is shifted to another time zone."""
    from babel import dates

    return _plain(dates.format_date(day, "medium", locale=locale_of(language, country)))


def format_month(day: datetime.date, language: str, country: str = "", *, short: bool = False) -> str:
    """Write the month a day lies in: with its year, or (``short``) its name alone, as below a chart's bar."""
    from babel import dates

    locale = locale_of(language, country)
    if short:
        return _plain(dates.format_date(day, "LLL", locale=locale))
    return _plain(dates.format_skeleton("yMMMM", day, locale=locale))


def format_time(
    moment: datetime.time | datetime.datetime, language: str, country: str = "", seconds: bool = False
) -> str:
    """Write the time of day as the value has it, in 24 hours or, in the United States, 12."""
    from babel import dates

    clock = "h:mm" if HOURS_OF.get(country) == 12 else "HH:mm"
    pattern = clock + ":ss" * seconds
    if clock == "h:mm":
        pattern = f"a {pattern}" if language in NOON_FIRST else f"{pattern} a"
    time = moment.time() if isinstance(moment, datetime.datetime) else moment
    return _plain(dates.format_time(time, pattern, locale=locale_of(language, country)))


def format_date_time(moment: datetime.datetime, language: str, country: str = "", seconds: bool = False) -> str:
    """Write day and time, the day first, as they stand in the value."""
    return f"{format_date(moment, language, country)} {format_time(moment, language, country, seconds)}"


def _plain(text: str) -> str:
    return text.replace("\u202f", "\u00a0")


PHONES: tuple[tuple[str, str, str, str], ...] = (
    ("KR", "+82", r"(1\d)(\d{3,4})(\d{4})", "0{}-{}-{}"),
    ("KR", "+82", r"(2)(\d{3,4})(\d{4})", "0{}-{}-{}"),
    ("KR", "+82", r"([3-6]\d|70)(\d{3,4})(\d{4})", "0{}-{}-{}"),
    ("RU KZ", "+7", r"(\d{3})(\d{3})(\d{2})(\d{2})", "+7 ({}) {}-{}-{}"),
    ("CN", "+86", r"(1\d{2})(\d{4})(\d{4})", "{} {} {}"),
    ("US CA", "+1", r"(\d{3})(\d{3})(\d{4})", "({}) {}-{}"),
    ("GB", "+44", r"(7\d{3})(\d{6})", "0{} {}"),
    ("GB", "+44", r"(2\d)(\d{4})(\d{4})", "0{} {} {}"),
)
"""Home countries, calling code, the digits after it and how they are written at home; the first that fits counts."""


def format_phone(number: str, country: str = "") -> str:
    """Write an E.164 number (``+821012345678``) as people at home write it, abroad with its calling code.

    A number of a plan that is not in the table, or text that is no such number, comes back as it is.
    """
    for homes, calling, pattern, shape in PHONES:
        found = re.fullmatch(re.escape(calling) + pattern, number, re.ASCII)
        if found and (country in homes.split() or shape.startswith("+")):
            return shape.format(*found.groups())
        if found:
            return f"{calling} {'-'.join(found.groups())}"
    return number
