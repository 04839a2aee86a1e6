"""Dates and times as tills print them.

The order of day and month is a country's habit: a four-digit year leads (ISO, Korea, China, Japan) or ends; day
before month everywhere but in the United States, unless the number says otherwise (a "month" above 12). Two-digit
years are of this century; ``26-01-15`` leads with the year in Korea, China and Japan only. The answer is ISO 8601
without a zone; a date alone where no time stands near it.
"""

from __future__ import annotations

import datetime
import re

_YEAR_FIRST = re.compile(
    r"(?<!\d)(20\d{2})\s?(?:[-./]|年|년)\s?(\d{1,2})\s?(?:[-./]|月|월)\s?(\d{1,2})(?:日|일|(?!\d))"
)
_YEAR_LAST = re.compile(r"(?<![\d.,])(\d{1,2})([-./ ]) ?(\d{1,2})\2 ?(20\d{2}|\d{2})(?![\d])")
_COMPACT = re.compile(
    r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)"
)
_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[. -]{1,2}(?:(?:of|de) )?([^\W\d_]{3,10})\.?,?(?: de)?[ -]{1,2}(20\d{2}|\d{2})(?!\d)"
)
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,10})\.? (\d{1,2}),? (20\d{2})(?!\d)")
_TIME = re.compile(
    r"(?<![\d:])(?:(오전|오후|上午|下午|午前|午後)\s?)?([01]?\d|2[0-3])(?::|時|시\s?|点)([0-5]\d)(?::([0-5]\d)|分|분)?\s?([AaPp]\.?[Mm]\.?)?(?![\d:])"
)
_AFTERNOON = {"오후", "下午", "午後"}
_MORNING = {"오전", "上午", "午前"}

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene janeiro gennaio stycznia января янв січня қаңтар ocak leden",
            "feb february februar février fevrier fév febrero fevereiro fev lutego февраля фев лютого ақпан şubat",
            "mar march märz mrz mars marzo março marca марта мар березня наурыз mart",
            "apr april avril avr abril abr kwietnia апреля апр квітня сәуір nisan",
            "may mai mayo maio maja мая травня мамыр mayıs",
            "jun june juni juin junio junho czerwca июня июн червня маусым haziran",
            "jul july juli juillet julio julho lipca июля июл липня шілде temmuz",
            "aug august août aout agosto ago sierpnia августа авг серпня тамыз ağustos",
            "sep sept september septembre septiembre setembro set września сентября сен вересня қыркүйек eylül",
            "oct okt october oktober octobre octubre outubro out października октября окт жовтня қазан ekim",
            "nov november novembre noviembre novembro listopada ноября ноя листопада қараша kasım",
            "dec dez december dezember décembre diciembre dic dezembro grudnia декабря дек грудня желтоқсан aralık",
        ),
        start=1,
    )
    for name in names.split()
}


MAY_BE = re.compile(
    r"[0-9](?:([-./]) ?\d{1,2}\1 ?\d\d|0\d\d ?[-./年년]|0\d{6}(?!\d)|[. -]{1,2}[^\W\d_]{3,10}\.?,?[ -]{1,2}\d\d|,? 20\d\d"
    r"|(?:[snrt][tdh] (?:of )?| de )[^\W\d_]{3,10},?(?: de)? \d)"
)
"""What every date has, from the last digit of its first number on; spares most rows four searches."""


def find_date(text: str, order: str = "dmy") -> datetime.date | None:
    """Return the first date of a line; ``order`` (``dmy``, ``mdy``, ``ymd``) decides what its numbers leave open."""
    if MAY_BE.search(text) is None:
        return None
    for reader in (_iso, _last, _compact, _named):
        found = reader(text, order)
        if found is not None:
            return found
    return None


def _made(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _iso(text: str, _: str) -> datetime.date | None:
    match = _YEAR_FIRST.search(text)
    return _made(*map(int, match.groups())) if match else None


_ORDERS = {"dmy": ("dmy", "mdy", "ymd"), "mdy": ("mdy", "dmy", "ymd"), "ymd": ("ymd", "dmy", "mdy")}


def _last(text: str, order: str) -> datetime.date | None:
    for match in _YEAR_LAST.finditer(text):
        if len(match[4]) == 2 and match[2] == " ":
            continue
        numbers = int(match[1]), int(match[3]), int(match[4])
        for wanted in _ORDERS[order]:
            if wanted == "ymd" and len(match[4]) == 4:
                continue
            part = dict(zip(wanted, numbers, strict=True))
            if found := _made(part["y"], part["m"], part["d"]):
                return found
    return None


def _compact(text: str, _: str) -> datetime.date | None:
    match = _COMPACT.search(text)
    return _made(int(match[1]), int(match[2]), int(match[3])) if match else None


def _named(text: str, _: str) -> datetime.date | None:
    if (match := _NAMED.search(text)) and (month := MONTHS.get(match[2].casefold())):
        return _made(int(match[3]), month, int(match[1]))
    if (match := _NAMED_FIRST.search(text)) and (month := MONTHS.get(match[1].casefold())):
        return _made(int(match[3]), month, int(match[2]))
    return None


def find_time(text: str) -> datetime.time | None:
    """Return the first time of day of a line."""
    if match := _TIME.search(text):
        hour = int(match[2])
        half = (match[5] or "").replace(".", "").lower()
        if (match[1] in _AFTERNOON or half == "pm") and hour < 12:
            hour += 12
        elif (match[1] in _MORNING or half == "am") and hour == 12:
            hour = 0
        return datetime.time(hour, int(match[3]), int(match[4] or 0))
    if (match := _COMPACT.search(text)) and match[4]:
        return datetime.time(int(match[4]), int(match[5]), int(match[6] or 0))
    return None


def iso(date: datetime.date, time: datetime.time | None, *, seconds: bool) -> str:
    """Write what was read: no more precise than the paper."""
    if time is None:
        return date.isoformat()
    return f"{date.isoformat()}T{time.isoformat('seconds' if seconds else 'minutes')}"


def has_seconds(text: str) -> bool:
    """True when a time with seconds stands in the line."""
    match = _TIME.search(text)
    return bool(match and match[4]) or bool((found := _COMPACT.search(text)) and found[6])
