"""Numbers as tills print them.

A till writes ``1,234.56``, ``1.234,56``, ``1 234.56``, ``1'234.56``, ``12,50``, ``4100`` or ``2,980``; with the sign in
front, behind or as brackets; with a currency on either side, a tax letter behind. What a comma means can not be told from
one number, but it can from a whole receipt: ``Notation`` is that decision, ``notations`` proposes the few that fit the
paper, and the reader keeps the one under which the arithmetic holds.

Every number of a row becomes an ``Amount``: as a sum in the smallest coin where it can be one, as pieces in thousandths
where it can be those. What hangs on a date, a time, a phone or a code is neither and is left out.
"""

from __future__ import annotations

import re

import msgspec

BLANKS = " \u00a0\u2009\u202f"
MINUS = "-\u2212\u2013\u2010\uff0d"
TIMES = "xX×хХ✕@*"
"""Multiplication on paper: Latin and Cyrillic letters, signs, and ``@`` before a price."""
DIGITS_MAX = 12
"""A number longer than this is a code, never a sum."""
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
    }
    | {ord(letter): 0x20 for letter in _GROUPERS}
)
"""Digits and marks as Japanese and Chinese tills print them, two cells wide; blanks of every kind."""

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
_UNIT = re.compile(
    r"\s?(?:kgs?|gr?|lbs?|oz|ltr?|l|ml|pcs?|pz|stk|stck|st|ea|each|szt|opak|шт|кг|г|гр|л|дана|дн|уп|пач|m|个|個|件|瓶|개|병|입|잔|点|份|杯|"
    r"ks|ud|uds|un|uni|unid|und|qty|adet|ad|к-т|порц)\b\.?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,'’]\d+)*")
_NUMBER_BLANK = re.compile(r"\d{1,3}(?: \d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*")
_NUMBER_DASH = re.compile(r"\d+-\d\d(?![\d-])|\d+(?:[.,'’]\d+)*")


class Notation(msgspec.Struct, frozen=True):
    """What the marks mean on this receipt: decimal mark, group mark (may be empty), digits behind the decimal mark."""

    mark: str
    group: str
    decimals: int


NOTATIONS = (
    Notation(".", ",", 2),
    Notation(",", ".", 2),
    Notation(",", " ", 2),
    Notation(".", " ", 2),
    Notation(".", "'", 2),
    Notation("-", "", 2),
    Notation("", ",", 0),
    Notation("", ".", 0),
    Notation("", " ", 0),
    Notation(".", ",", 3),
)
"""All that were met on receipts, the commoner first; ``12-50`` is an old Russian habit, three decimals the Gulf's."""


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


def normal(text: str) -> str:
    """Digits, marks and blanks in their plain width, so that places in the text stay the same."""
    return text if text.isascii() else text.translate(FULL_WIDTH)


def amounts(text: str, notation: Notation) -> list[Amount]:
    """Return the numbers of one line in order; ``text`` must be ``normal``."""
    shape = _NUMBER_BLANK if notation.group == " " else _NUMBER_DASH if notation.mark == "-" else _NUMBER
    found = []
    length = len(text)
    for match in shape.finditer(text):
        start, end = match.span()
        raw = match.group()
        if end < length or (start and text[start - 1 : start] != " ") or (start > 1 and text[start - 2] != " "):
            amount = _beside(text, raw, start, end, notation)
        else:
            value, exact = _value(raw, notation)
            amount = (
                Amount(value, start, end, exact, _pieces(raw), point=_point(raw))
                if value is not None or _pieces(raw)
                else None
            )
        if amount is not None:
            found.append(amount)
    return found


def _value(raw: str, notation: Notation) -> tuple[int | None, bool]:
    """The number as a sum: (value, all decimals there)."""
    decimals, coins = notation.decimals, ""
    if decimals and len(raw) > decimals + 1 and raw[-decimals - 1] == notation.mark:
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
    whole = raw[: -point - 1]
    if not 0 < point < 4 or raw[-point - 1] not in ".," or not whole.isdigit() or length > 9 or not raw.isascii():
        return None
    return int(whole) * 1000 + int(raw[-point:].ljust(3, "0")) or None


def _point(raw: str) -> int:
    return len(raw) - 1 - max(raw.rfind("."), raw.rfind(",")) if not raw.isdigit() and ("." in raw or "," in raw) else 0


def _beside(text: str, raw: str, start: int, end: int, notation: Notation) -> Amount | None:
    """Take in what clings to a number; None when it is part of a date, a time, a word or a code."""
    before, after = text[start - 1 : start], text[end : end + 2]
    if after and _cut_off(after):
        return None
    lonely = not after or text[end : end + 4].lstrip()[:1].isdigit()  # nothing behind, or the next column
    unit = None if lonely else _UNIT.match(text, end)
    times = _times(text, start, unit.end() if unit else end)
    left = None
    if before and not times & 2:
        if _part_of_more(text, raw, start, before) or (notation.group != " " and _grouped(text, raw, start)):
            return None
        if before != " " or _may_be_sign(text, start):
            left = _LEFT.search(text, max(0, start - 8), start)
            if left is None:
                return None
    right = None if lonely else _RIGHT.match(text, end)
    stop = end + len(right[0].rstrip()) if right else end
    if after[:1].isalpha() and stop == end and unit is None and not times & 1:
        return None
    sign = (left and left["sign"]) or (right and right["sign"]) or ""
    value, exact = _value(raw, notation)
    pieces = _pieces(raw)
    if unit is not None and not sign:
        value, stop = (value if exact and notation.decimals else None), unit.end()
    if value is None and pieces is None:
        return None
    if value is not None and _negative(left, right):
        value, pieces = -value, None
    begin = start if left is None else left.start() + len(left[0]) - len(left[0].lstrip())
    letter = (right and right["letter"]) or ""
    return Amount(
        value, begin, stop, exact, pieces, sign.lower().strip("."), letter, times, unit is not None, _point(raw)
    )


def _may_be_sign(text: str, start: int) -> bool:
    """The word before a number is a currency, or ends in a sign; most are plain words."""
    word = text[max(0, start - 10) : start - 1].rpartition(" ")[2]
    return word != "" and (not (word[0].isalpha() and word[-1].isalpha()) or word.lower().strip(".") in _ALL_SIGNS)


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


def _times(text: str, start: int, end: int) -> int:
    """Where multiplication signs stand beside a number and its unit (see ``Amount.times``)."""
    found = 0
    behind = text[end : end + 6].lstrip()
    if behind and behind[0] in TIMES and _TIMES_NUMBER.match(behind):
        found |= 1
        if behind[0] == "@":
            found |= 4
    front = text[max(0, start - 4) : start].rstrip()
    if front and front[-1] in TIMES and (len(front) == 1 or not front[-2].isalpha()):
        if front[-1] != "*" or re.search(r"\d\s?\*\s?$", text[:start]):
            found |= 2
            if front[-1] == "@":
                found |= 4
    elif (behind[:2] in ("à ", "a ", "á ")) and text[end : end + 1] == " ":
        found |= 1
    return found


_SHAPE = re.compile(
    r"(?<![\w.,'’/:])(?<!\d-)(?:(?P<comma>\d{1,3}(?:,\d{3})+)|(?P<point>\d{1,3}(?:\.\d{3})+)"
    r"|(?P<blank>\d{1,3}(?: \d{3})+)|(?P<tick>\d{1,3}(?:['’]\d{3})+)|(?P<plain>\d+))"
    r"(?:(?P<mark>[.,])(?P<three>\d{3})(?!\d)|(?P<mark2>[.,])(?P<two>\d\d)(?!\d)|-(?P<dash>\d\d)(?= *$))?"
    r"(?![\d%/:]|[.,]\d)",
    re.MULTILINE,
)
_PLAIN = re.compile(r"(?:^|[\s¥\\₩*=])[-−]?\d{2,7}(?:원|円|元| ?тг| ?₸)?(?: ?[A-Z※](?!\w))?[ \t]*$", re.MULTILINE)


_THOUSANDTHS = re.compile(r"\b(?:KWD|KD|BHD|BD|OMR|JOD|JD|TND|IQD|LYD)\b|(?:^| )0\.\d{3} *$", re.MULTILINE)
"""Signs of money with three decimals, or a sum at a row's end that can be nothing else."""


COINS_SEEN = 3
"""Numbers with two decimals from which a paper's money has coins; one without coins has one or two (a weight, a rate)."""


def notations(paper: str) -> list[Notation]:
    """Return the notations worth trying on these (normal) lines, the likeliest first (at most three)."""
    tally = [0.0] * len(NOTATIONS)
    if _THOUSANDTHS.search(paper):
        tally[9] += 20
    for match in _SHAPE.finditer(paper):
        for index, weight in _spoken_for(match):
            tally[index] += weight
    whole = 0.3 * len(_PLAIN.findall(paper))
    tally[6] += whole
    for rare, common in ((2, 1), (3, 0), (4, 0)):
        if tally[rare]:  # its rarer group mark was seen: the plain amounts speak for it as well
            tally[rare] += 2 * tally[common]
    if tally[8]:
        tally[8] += 2 * whole
    coins = max(tally[:6])
    if coins >= COINS_SEEN and coins > max(tally[6:9]):
        tally[6:9] = (0.0, 0.0, 0.0)  # a paper full of coins is not read without them: 12 pieces are no sum
    ranked = sorted(range(len(NOTATIONS)), key=lambda index: -tally[index])
    return [NOTATIONS[index] for index in ranked if tally[index] > 0][:3] or [NOTATIONS[0]]


_SPEAKS = {
    ("comma", "."): ((0, 1.0),), ("plain", "."): ((0, 1.0),), ("point", ","): ((1, 1.0),), ("plain", ","): ((1, 1.0),),
    ("blank", ","): ((2, 1.0), (1, 1.0)), ("blank", "."): ((3, 1.0), (0, 1.0)), ("tick", "."): ((4, 1.0), (0, 1.0)),
    ("comma", None): ((6, 1.0),), ("point", None): ((7, 1.0), (9, 0.9)), ("blank", None): ((8, 1.0),),
}  # fmt: skip
"""Group seen and decimal mark seen -> rows of NOTATIONS it speaks for, with weights (weights print three decimals too)."""
_THREE = {("comma", "."): ((9, 2.0),), ("plain", "."): ((9, 0.9),)}


def _spoken_for(match: re.Match[str]) -> tuple[tuple[int, float], ...]:
    comma, point, blank, _, plain, mark, three, mark2, _, dash = match.groups()
    if dash:
        return ((5, 1.0),)
    group = "plain" if plain else "comma" if comma else "point" if point else "blank" if blank else "tick"
    return _THREE.get((group, mark), ()) if three else _SPEAKS.get((group, mark2), ())
