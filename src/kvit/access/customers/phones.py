"""Phone numbers: whatever people type becomes one form, or is refused with a reason.

A phone is a key here: whoever receives a code on it opens the wallet kept under it. So a number must be one only, in one
form (E.164, ``+821012345678``), and one that receives messages: a mobile number of a country the shop sends to. The library
knows the numbering plans of all countries; where a plan is looser than what is really given out, a stricter rule of ours
stands before it. Korea: ``010`` and eight digits, nothing else (the library also takes numbers two digits short, machines'
numbers, ``050`` safe numbers that change hands, ``070``).
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from kvit.refusal import Refusal

EVERYWHERE = ("*",)
"""Numbers of all countries are taken: to look somebody up, not to send anything."""
TYPED_LIMIT = 60
MASK = "*"
SHOWN_END = 4
"""Digits of a masked number that stay; of a short one, two."""

_BETWEEN = re.compile(r"[\s.()/\u00b7\u2010-\u2015\u2212\u30fc-]")
_DIGITS = re.compile(r"\+?[0-9]{4,20}", re.ASCII)
_STRICT = {"KR": ("10", 10)}
"""How a country's mobile numbers begin behind the country code, and their digits, where that says more than the library."""
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def normal(typed: str, country: str, countries: tuple[str, ...] = ()) -> str | Refusal:
    """Give a typed mobile number in its one form; ``country`` is where a number without a country code belongs.

    ``countries`` are those codes are sent to besides. Refused: ``phone_bad``, ``phone_not_mobile``, ``phone_foreign``.
    """
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:TYPED_LIMIT]))
    number = _parsed(bare, country) if len(typed) <= TYPED_LIMIT and _DIGITS.fullmatch(bare) else None
    if number is None:
        return Refusal("customers.phone_bad")
    region = phonenumbers.region_code_for_number(number) or ""
    if region and region != country and region not in countries and countries != EVERYWHERE:
        return Refusal("customers.phone_foreign", {"country": region})
    begin, length = _STRICT.get(region, ("", 0))
    national = str(number.national_number)
    if not national.startswith(begin):
        return Refusal("customers.phone_not_mobile")
    if length and len(national) != length:
        return Refusal("customers.phone_bad")
    if not region or not phonenumbers.is_valid_number(number):
        return Refusal("customers.phone_bad")
    if phonenumbers.number_type(number) not in _MOBILE:
        return Refusal("customers.phone_not_mobile")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parsed(bare: str, country: str) -> PhoneNumber | None:
    """Read digits: with a country code, in the country's own way, or with the country code but without its plus."""
    code = str(phonenumbers.country_code_for_region(country) or "")
    tries = [bare]
    if code and bare.startswith(code):
        tries.append(f"+{bare}")
    tries.append(f"0{bare}")  # spreadsheets eat the leading nought
    read = [number for number in (_read(one, country) for one in tries) if number is not None]
    return next((number for number in read if phonenumbers.is_valid_number(number)), read[0] if read else None)


def _read(text: str, country: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


def shown(phone: str, country: str) -> str:
    """Write a number as its country does; one of another country with its code."""
    number = phonenumbers.parse(phone)
    home = phonenumbers.region_code_for_number(number) == country
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def masked(phone: str, country: str) -> str:
    """Write a number so that its owner recognises it and nobody else can call it: ``010-****-5678``."""
    text = shown(phone, country)
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    head = len(str(phonenumbers.parse(phone).country_code)) if text.startswith("+") else 3
    tail = SHOWN_END if len(places) - head >= 2 * SHOWN_END else 2
    hidden = set(places[head : len(places) - tail])
    return "".join(MASK if at in hidden else letter for at, letter in enumerate(text))


def prefix(phone: str) -> str:
    """Give the range a number lies in, all but its last four digits: who pumps messages buys numbers by the range."""
    return phone[:-4]
