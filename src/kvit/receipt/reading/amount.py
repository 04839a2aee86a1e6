"""Numbers as tills print them.

A till writes ``1,234.56``, ``1.234,56``, ``1 234.56``, ``1'234.56``, ``12,50``, ``4100`` or ``2,980``; with the sign in
front, behind or as brackets; with a currency on either side, a tax letter behind. What comma, point and blank mean is
told beforehand (``notation``).

Every number of a row becomes an ``Amount``: as a sum in the smallest coin where it can be one, as pieces in thousandths
where it can be those. What hangs on a date, a time, a phone or a code is neither and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from kvit.receipt.reading.notation import Notation

BLANKS = " \u00a0\u2009\u202f"
MINUS = "-\u2212\u2013\u2010\uff0d"
TIMES = "xX×хХ✕@*"
"""Multiplication on paper: Latin and Cyrillic letters, signs, and ``@`` before a price."""
_ONLY_TIMES = frozenset("x×х✕@")
"""Those of them that can be nothing else behind a number: no unit, no currency, no tax letter."""
DIGITS_MAX = 12
"""A number longer than this is a code, never a sum."""
RAW_MAX = 24
"""Digits and marks of a number that are looked at; 12 digits in groups have 15, some codes a few more."""
_GROUPERS = "\u00a0\u2009\u202f"
FULL_WIDTH = (
    {0xFF10 + n: 0x30 + n for n in range(10)}
    | {
        0xFF0C: 0x2C,
        0xFF0E: 0x2E,
        0xFFE5: 0xA5,
        0xFF05: 0x25,
        0xFF1A: 0x3A,
        0x3000: 0x20,
        0xFF0A: 0x2A,
        0xFF0D: 0x2D,
        0xFFE6: 0x20A9,
        0xFF04: 0x24,
        0xFFE1: 0xA3,
        0xFFFD: 0x3F,
    }
    | {ord(letter): 0x20 for letter in _GROUPERS}
)
"""Digits and marks as Japanese and Chinese tills print them, two cells wide; blanks of every kind; a letter the printer's
table has a hole for is as good as the ``?`` that others print."""

SIGNS = {
    "€": "EUR", "£": "GBP", "₩": "KRW", "₸": "KZT", "₽": "RUB", "₴": "UAH", "₺": "TRY", "₹": "INR", "zł": "PLN",
    "円": "JPY", "원": "KRW", "元": "CNY", "тг": "KZT", "тнг": "KZT", "руб": "RUB", "грн": "UAH", "kč": "CZK",
    "r$": "BRL", "eur": "EUR", "gbp": "GBP", "usd": "USD", "krw": "KRW", "jpy": "JPY", "cny": "CNY", "rmb": "CNY",
    "kzt": "KZT", "rub": "RUB", "uah": "UAH", "pln": "PLN", "czk": "CZK", "try": "TRY", "brl": "BRL", "chf": "CHF",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "huf": "HUF", "ron": "RON", "mxn": "MXN", "aud": "AUD", "cad": "CAD",
    "inr": "INR", "теңге": "KZT", "тенге": "KZT", "us$": "USD", "a$": "AUD", "c$": "CAD", "kd": "KWD", "kwd": "KWD",
    "bhd": "BHD", "omr": "OMR", "jod": "JOD", "bd": "BHD", "jd": "JOD", "aed": "AED", "sar": "SAR", "fr": "CHF",
    "ft": "HUF", "lei": "RON", "ils": "ILS", "₪": "ILS", "฿": "THB", "thb": "THB", "₫": "VND", "vnd": "VND",
    "idr": "IDR", "sgd": "SGD", "hkd": "HKD", "hk$": "HKD", "nt$": "TWD", "twd": "TWD", "₾": "GEL", "gel": "GEL",
    "֏": "AMD", "amd": "AMD", "₼": "AZN", "azn": "AZN", "uzs": "UZS", "сум": "UZS", "kgs": "KGS", "сом": "KGS",
    "mdl": "MDL", "byn": "BYN", "bgn": "BGN", "лв": "BGN", "rsd": "RSD", "дин": "RSD", "isk": "ISK", "nzd": "NZD",
    "zar": "ZAR", "php": "PHP", "₱": "PHP", "myr": "MYR", "tnd": "TND", "tl": "TRY",
}  # fmt: skip
AMBIGUOUS_SIGNS = ("$", "¥", "\\", "kr", "р", "p", "rs", "rm", "rp", "s/", "q")
"""A sign several currencies share: it marks an amount but names no currency by itself."""

_ALL_SIGNS = frozenset((*SIGNS, *AMBIGUOUS_SIGNS))
_SIGN = "|".join(re.escape(sign) for sign in sorted([*SIGNS, *AMBIGUOUS_SIGNS], key=len, reverse=True))
_LEFT = re.compile(
    rf"(?:(?<=\s)|(?<=[^\W\d_a-zA-Zа-яА-Я])|(?<=[:=*(x@])|^)(?P<open>\()?(?P<minus>[{re.escape(MINUS)}])?[=≡*?]*\s?"
    rf"(?P<sign>(?:{_SIGN})\.?)?\s?(?P<minus2>[{re.escape(MINUS)}])?\s?[=≡*]*$",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    rf"(?P<close>\))?(?P<minus>[{re.escape(MINUS)}](?!\d))?(?:\s?(?:\?|(?P<sign>(?:{_SIGN})(?![^\W\d_])\.?)))?(?P<close2>\))?"
    r"(?:(?:\s{1,2}|(?<=[.,]\d\d)|(?<=\d))(?P<letter>(?-i:[A-ZА-Я*#※軽])(?!\w)))?",
    re.IGNORECASE,
)
_RIGHT_FIRST = re.compile(
    rf"\s?[)?{re.escape(MINUS)}{re.escape(''.join({sign[0] for sign in _ALL_SIGNS if not sign[0].isalpha()}))}]"
    r"|\s{0,2}[A-ZА-Я*#※軽](?!\w)|\s?[^\W\d_]+[$/]|\s?([^\W\d_]+)"
)
"""What ``_RIGHT`` may begin with, a word (group 1) perhaps."""
_LEFT_LAST = (
    frozenset("(=≡*?.") | set(MINUS) | {letter for sign in _ALL_SIGNS for letter in (sign[-1], sign[-1].upper())}
)
"""What the left side of a number may end with, before a blank."""
_UNITS = frozenset((
    "kg", "kgs", "g", "gr", "lb", "lbs", "oz", "lt", "ltr", "l", "ml", "pc", "pcs", "pz", "stk", "stck", "st", "ea",
    "each", "szt", "opak", "шт", "кг", "г", "гр", "л", "дана", "дн", "уп", "пач", "m", "个", "個", "件", "瓶", "개", "병",
    "입", "잔", "点", "份", "杯", "ks", "ud", "uds", "un", "uni", "unid", "und", "qty", "adet", "ad", "к-т", "порц",
))  # fmt: skip
_UNIT = re.compile(r"\s?((?i:к-т)\b|[^\W\d_]+\b)")
"""The word a unit would be."""
_NUMBER = re.compile(r"\d+(?:[.,'’]\d+)*")
_NUMBER_BLANK = re.compile(r"\d{1,3}(?: \d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*")
_NUMBER_DASH = re.compile(r"\d+-\d\d(?![\d-])|\d+(?:[.,'’]\d+)*")


class Amount(msgspec.Struct, gc=False):
    """A number on the paper: what it may be as a sum and as pieces, where it stood in its row, what clung to it."""

    value: int | None
    """As a sum in the smallest coin; None where it can be none."""
    start: int
    end: int
    exact: bool
    """Printed with all its decimals (or the currency has none)."""
    pieces: int | None = None
    """As a quantity in thousandths; None where it can be none."""
    sign: str = ""
    """The currency sign printed with it, in small letters."""
    letter: str = ""
    """The tax letter behind it."""
    times: int = 0
    """Bit 0: a multiplication sign stands behind it; bit 1: before it; bit 2: that sign is ``@``."""
    unit: bool = False
    """A unit of pieces or weight stands behind it."""
    point: int = 0
    """Digits behind its last mark, as printed."""

    @property
    def sum(self) -> bool:
        """A sum beyond doubt: all its decimals are there, or a currency stands beside it."""
        return self.value is not None and (self.exact or self.sign != "")


def sums_of(numbers: Sequence[Amount], *, loose: bool) -> list[Amount]:
    """The numbers that are sums; ``loose`` takes those that lack their decimals too."""
    return [
        number
        for number in numbers
        if number.value is not None and (number.exact or number.sign or (loose and not number.unit))
    ]


_NOT_NORMAL = re.compile("[" + "".join(map(chr, FULL_WIDTH)) + "]")


def normal(text: str) -> str:
    """Digits, marks and blanks in their plain width, so that places in the text stay the same."""
    return text if text.isascii() or _NOT_NORMAL.search(text) is None else text.translate(FULL_WIDTH)


def amounts(text: str, notation: Notation) -> list[Amount]:
    """Return the numbers of one line in order; ``text`` must be ``normal``."""
    shape = _NUMBER_BLANK if notation.group == " " else _NUMBER_DASH if notation.mark == "-" else _NUMBER
    found = []
    length = len(text)
    for match in shape.finditer(text):
        start, end = match.span()
        if end == length and (not start or (text[start - 1] == " " and text[start - 2 : start - 1] in (" ", ""))):
            value, exact, pieces, point = _read(match.group(), notation)
            amount = (
                Amount(value, start, end, exact, pieces, "", "", 0, False, point)
                if value is not None or pieces
                else None
            )
        else:
            amount = _beside(text, match.group(), start, end, notation)
        if amount is not None:
            found.append(amount)
    return found


@lru_cache(maxsize=4096)
def _read(raw: str, notation: Notation) -> tuple[int | None, bool, int | None, int]:
    """What a number may be: (as a sum, all decimals there, as pieces, digits behind its last mark)."""
    if len(raw) > RAW_MAX:
        return None, False, None, 0
    return *_value(raw, notation), _pieces(raw), _point(raw)


def _value(raw: str, notation: Notation) -> tuple[int | None, bool]:
    """The number as a sum: (value, all decimals there)."""
    decimals, coins = notation.decimals, ""
    if decimals and len(raw) > decimals + 1 and raw[-decimals - 1] == notation.mark and raw[-decimals:].isdigit():
        coins, raw = raw[-decimals:], raw[: -decimals - 1]
    whole = raw
    if not raw.isdigit():
        head, *groups = raw.replace("’", "'").split(notation.group) if notation.group else (raw,)
        if (
            not 0 < len(head) < 4
            or any(len(group) != 3 for group in groups)
            or not all(map(str.isdigit, (head, *groups)))
        ):
            return None, False
        whole = "".join((head, *groups))
    if len(whole) > DIGITS_MAX or (whole[0] == "0" and len(whole) > 1) or not (whole.isascii() and coins.isascii()):
        return None, False
    value = int(whole + coins) if coins else int(whole) * 10**decimals
    if not decimals:
        return (
            (value, True) if value > 9 or value == 0 else (None, False)
        )  # nothing costs 5 won or yen: these are pieces
    return value, bool(coins)


def _pieces(raw: str) -> int | None:
    """``2``, ``0,355``, ``1.50`` in thousandths."""
    length = len(raw)
    if raw.isdigit():
        return int(raw) * 1000 if length < 5 and (raw[0] != "0") and raw.isascii() else None
    point = _point(raw)
    whole, part = raw[: -point - 1], raw[-point:]
    if not 0 < point < 4 or raw[-point - 1] not in ".," or length > 9 or not raw.isascii():
        return None
    return int(whole) * 1000 + int(part.ljust(3, "0")) or None if whole.isdigit() and part.isdigit() else None


def _point(raw: str) -> int:
    return len(raw) - 1 - max(raw.rfind("."), raw.rfind(",")) if not raw.isdigit() and ("." in raw or "," in raw) else 0


def _beside(text: str, raw: str, start: int, end: int, notation: Notation) -> Amount | None:
    """Take in what clings to a number; None when it is part of a date, a time, a word or a code.

    Called for every number of a paper: that most of them have blanks around is told by letters, and the expressions are
    asked only where something stands.
    """
    tail = text[end : end + 6]
    times, unit, stop, right = _times_before(text, start), 0, end, None
    if tail and not tail.isspace():
        after, behind = tail[:2], tail.lstrip()
        if _cut_off(after) or (not start and after in _NUMBERED and tail[2:3].isalpha()):
            return None
        near = tail[:4].lstrip()[:1]
        lonely = near.isdigit()  # the next column
        if not lonely:
            unit = 0 if near in _ONLY_TIMES or after.isspace() else _unit(text, end)
            times |= _times_behind(text[unit : unit + 6].lstrip() if unit else behind, text, unit or end, times)
            if near and not (near in _ONLY_TIMES and times & 1) and _may_cling(text, end):
                right = _RIGHT.match(text, end)
                stop = end + len(right[0].rstrip()) if right else end
            if after[0].isalpha() and stop == end and not unit and not times & 1:
                return None
    left = _left(text, raw, start, notation) if start and not times & 2 else None
    if left is False:
        return None
    sign = (left and left["sign"]) or (right and right["sign"]) or ""
    value, exact, pieces, point = _read(raw, notation)
    if unit and not sign:
        value, stop = (value if exact and notation.decimals else None), unit
    if value is None and pieces is None:
        return None
    if (left or right) and _negative(left, right):
        if value is None and not notation.decimals and raw.isdigit():
            value, exact = int(raw), True  # nothing costs 5 won, but that much can be taken off
        if value is not None:
            value, pieces = -value, None
    begin = left.start() + len(left[0]) - len(left[0].lstrip()) if left else start
    letter = (right and right["letter"]) or ""
    return Amount(value, begin, stop, exact, pieces, sign and sign.lower().strip("."), letter, times, unit > 0, point)


def _left(text: str, raw: str, start: int, notation: Notation) -> re.Match[str] | Literal[False] | None:
    """What clings to a number's left side, None where nothing does; False where it is no number of its own."""
    before = text[start - 1]
    if before != " ":
        return not _part_of_more(text, raw, start, before) and (_LEFT.search(text, max(0, start - 8), start) or False)
    near = text[start - 2 : start - 1]
    if near.isdigit():
        return False if notation.group != " " and _grouped(text, raw, start) else None
    return _LEFT.search(text, max(0, start - 8), start) if near in _LEFT_LAST and _may_be_sign(text, start) else None


def _may_cling(text: str, end: int) -> bool:
    """Say whether ``_RIGHT`` may find something: a word behind a number is worth a look only where it is a currency."""
    first = _RIGHT_FIRST.match(text, end)
    return first is not None and (first[1] is None or first[1].lower() in _ALL_SIGNS)


def _unit(text: str, end: int) -> int:
    """Where the unit behind a number ends; 0 where there is none."""
    word = _UNIT.match(text, end)
    if word is None or word[1].lower() not in _UNITS:
        return 0
    return word.end() + (text[word.end() : word.end() + 1] == ".")


def _may_be_sign(text: str, start: int) -> bool:
    """The word before a number is a currency, or ends in a sign; most are plain words."""
    word = text[max(0, start - 10) : start - 1].rpartition(" ")[2]
    return word != "" and (not (word[0].isalpha() and word[-1].isalpha()) or word.lower().strip(".") in _ALL_SIGNS)


_NUMBERED = (". ", ") ")
"""Behind a number at the very front of a row they number it: "10. Milk"."""


def _cut_off(after: str) -> bool:
    """What follows makes it a date, a time, a phone, a code or a rate."""
    return (after[0] in ":/-'’" and after[1:].isdigit()) or after[0] in "%％‰" or after == " %"


def _part_of_more(text: str, raw: str, start: int, before: str) -> bool:
    """What stands before makes it a code, a date's rest or the end of a masked card number."""
    if before in "#№" or (before in "-/:.,'’" and text[start - 2 : start - 1].isalnum() and not _colon(text, start)):
        return True
    return before == "*" and text[start - 3 : start - 1] == "**" and raw.isdigit() and len(raw) == 4


_HEAD_GROUP = re.compile(r"(?<![\d.,])[1-9]\d{0,2} $")


def _grouped(text: str, raw: str, start: int) -> bool:
    """``18 266`` may be one number: in a notation without blank groups its tail alone is never taken for a sum."""
    return (
        text[start - 1] == " "
        and text[start - 2 : start - 1].isdigit()
        and raw[:3].isdigit()
        and not raw[3:4].isdigit()
        and _HEAD_GROUP.search(text, max(0, start - 5), start) is not None
    )


def _negative(left: re.Match[str] | None, right: re.Match[str] | None) -> bool:
    if left is not None and (left["minus"] or left["minus2"]):
        return True
    if right is None:
        return False
    return bool(right["minus"] or (left is not None and left["open"] and (right["close"] or right["close2"])))


def _colon(text: str, start: int) -> bool:
    """A colon or point behind a letter is the label's own."""
    return text[start - 1] in ":." and text[start - 2].isalpha()


_TIMES_NUMBER = re.compile(
    rf"[{re.escape(TIMES)}] ?[^\W_]?[^\w\s]{{0,2}} ?\d|[xX×хХ]$|[{re.escape(TIMES)}] ?(?:{_SIGN})", re.IGNORECASE
)
"""A multiplication sign with a number (or its currency) behind it."""


_STAR_BEHIND = re.compile(r"\d\s?\*\s?$")


def _times_before(text: str, start: int) -> int:
    """Whether a multiplication sign stands before a number (see ``Amount.times``)."""
    front = text[max(0, start - 4) : start].rstrip()
    if not front or front[-1] not in TIMES or (len(front) > 1 and front[-2].isalpha()):
        return 0
    if front[-1] == "*":
        return 2 if _STAR_BEHIND.search(text, max(0, start - 4), start) else 0
    return 6 if front[-1] == "@" else 2


def _times_behind(behind: str, text: str, end: int, before: int) -> int:
    """Whether one stands behind a number and its unit, which end at ``end``; "2 à 1.50" only where none stood before."""
    if behind and behind[0] in TIMES and _TIMES_NUMBER.match(behind):
        return 5 if behind[0] == "@" else 1
    return 1 if not before and behind[:2] in ("à ", "a ", "á ") and text[end : end + 1] == " " else 0
