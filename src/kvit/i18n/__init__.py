"""Sentences in five languages and formats by country: what people read is made here, never in the trades."""

from kvit.i18n.country import Country, country
from kvit.i18n.format import (
    format_date,
    format_date_time,
    format_money,
    format_number,
    format_phone,
    format_quantity,
    format_time,
)
from kvit.i18n.language import LANGUAGE_NAMES, LANGUAGES, choose, from_environment, match
from kvit.i18n.sentence import codes, say

__all__ = [
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "Country",
    "choose",
    "codes",
    "country",
    "format_date",
    "format_date_time",
    "format_money",
    "format_number",
    "format_phone",
    "format_quantity",
    "format_time",
    "from_environment",
    "match",
    "say",
]
