"""GS1 element strings: what stands in GS1-128, DataBar Expanded and composite symbols.

An element is an application identifier (AI) and its value: ``(01)09501101530003(10)AB`` says which goods and which lot.
Three writings, all read by ``read``: *people's*, with the AI in parentheses; *raw*, as a scanner hands it over, with GS
(1Dh) behind values whose length is open; and a printer's *command*, people's writing with ``{1`` for FNC1 and a brace
before parentheses, star and brace that are data.

Checked: the AI exists, its value has the letters and the length it asks for, dates are dates, check digits are right. A
key that lacks only its check digit (AI 00, 01, 02 …) gets it.

Source: GS1 General Specifications, section 3 (AIs and formats), 7.8.5 (lengths fixed by the first two digits), 7.11
(letters). Left out: rules between elements (02 goes with 37), the country lists.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from kvit.paper.check import mod10

GS = "\x1d"

_FORMATS = """
00 n18k|01 n14k|02 n14k|03 n14k|10 x..20|11 d|12 d|13 d|15 d|16 d|17 d|20 n2|21 x..20|22 x..20|235 x..28|240 x..30
241 x..30|242 n..6|243 x..20|250 x..30|251 x..30|253 n13k?x..17|254 x..20|255 n13k?n..12|30 n..8|37 n..8|31[0-6]. n6
32[0-9]. n6|33[0-7]. n6|34[0-9]. n6|35[0-7]. n6|36[0-9]. n6|390. n..15|391. n3+n..15|392. n..15|393. n3+n..15|394. n4
395. n6|400 x..30|401 x..30|402 n17k|403 x..30|41[0-7] n13k|420 x..20|421 n3+x..9|422 n3|423 n3?n..12|424 n3
425 n3?n..12|426 n3|427 x..3|4300 x..35|4301 x..35|430[2-6] x..70|4307 x2|4308 x..30|4309 n20|431[01] x..35
431[2-6] x..70|4317 x2|4318 x..20|4319 x..30|4320 x..35|432[1-3] n1|432[45] n10|4326 d|433[0-3] n6?x..1|7001 n13
7002 x..30|7003 n10|7004 n..4|7005 x..12|7006 d|7007 d?d|7008 x..3|7009 x..10|7010 x..2|7011 d?n4|702[0-2] x..20
7023 x..30|703. n3+x..27|7040 n1+x3|7041 x..4|71[0-7] x..20|723. x2+x..28|7240 x..20|7241 n2|7242 x..25|7250 n8
7251 n12|7252 n1|7253 x..40|7254 x..40|7255 x..10|7256 x..90|7257 x..70|7258 x3|7259 x..40|8001 n14|8002 x..20
8003 n14k?x..16|8004 x..30|8005 n6|8006 n14k+n4|8007 x..34|8008 n8?n..4|8009 x..50|8010 x..30|8011 n..12|8012 x..20
8013 x..25|8014 x..25|8017 n18k|8018 n18k|8019 n..10|8020 x..25|8026 n14k+n4|8030 x..90|8040 x..20|8110 x..70|8111 n4
8112 x..70|8200 x..70|90 x..30|9[1-9] x..90
"""
"""AI (``.`` any digit) and format: n digits, x letters, d a date YYMMDD; ``..`` at most; k ends in a check digit; ``?`` the
rest may be absent."""

FIXED = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8,
    "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip
"""Length of AI and value by the first two digits, where no FNC1 is needed behind; all others end with one."""

_LETTERS = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
_DATE = r"\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
_PART = re.compile(r"([nxd])(\.\.)?(\d*)(k?)([+?]?)")

Element = tuple[str, str]
"""AI and value."""


class Elements(msgspec.Struct, frozen=True):
    """Elements read, or the fault: its code and the AI it is at."""

    found: tuple[Element, ...] = ()
    fault: str = ""
    ai: str = ""


class _Format(msgspec.Struct, frozen=True):
    """The format of one AI: what its value looks like, and how many digits the key at its head has (0: no check digit)."""

    value: re.Pattern[str]
    key: int


@lru_cache(maxsize=1)
def _formats() -> list[tuple[re.Pattern[str], _Format]]:
    rows = [row.split(" ") for row in _FORMATS.strip().replace("\n", "|").split("|")]
    return [(re.compile(ai.replace(".", r"\d")), _format(text)) for ai, text in rows]


def _format(text: str) -> _Format:
    """``n13k?x..17`` as a pattern: thirteen digits, the last a check digit, perhaps up to seventeen letters."""
    pattern, tail, key = "", "", 0
    for sort, most, count, check, link in _PART.findall(text):
        letter = {"n": r"\d", "x": _LETTERS, "d": _DATE}[sort]
        many = "" if sort == "d" else f"{{1,{count}}}" if most else f"{{{count}}}"
        pattern += letter + many
        if check:
            key = int(count)
        if link == "?":
            pattern, tail = pattern + "(?:", tail + ")?"
    return _Format(re.compile(pattern + tail), key)


@lru_cache(maxsize=256)
def _format_of(ai: str) -> _Format | None:
    return next((known for pattern, known in _formats() if pattern.fullmatch(ai)), None)


@lru_cache(maxsize=256)
def read(data: str) -> Elements:
    """The elements of any of the three writings, checked; ``fault`` is a code of `kvit.paper.symbol`."""
    if not data:
        return Elements(fault="symbol.empty")
    pairs = _spelled(data) if data[0] == "(" else _raw(data)
    if isinstance(pairs, Elements):
        return pairs
    found: list[Element] = []
    for ai, value in pairs:
        whole, fault = _checked(ai, value)
        if fault:
            return Elements(fault=fault, ai=ai)
        found.append((ai, whole))
    return Elements(tuple(found), "" if found else "symbol.empty")


def _checked(ai: str, value: str) -> Element:
    """The value with its check digit, and a fault or nothing."""
    known = _format_of(ai)
    if known is None:
        return value, "symbol.elements"
    if known.key and len(value) == known.key - 1 and value.isdigit():
        value += mod10(value)
    if not known.value.fullmatch(value):
        odd = re.fullmatch(f"{_LETTERS}*", value) is None or (value and known.key and not value[: known.key].isdigit())
        return value, "symbol.letters" if odd else "symbol.elements"
    key = value[: known.key]
    return value, "symbol.check_digit" if key and mod10(key[:-1]) != key[-1] else ""


_SPELLED = re.compile(r"\(([0-9]{2,4})\)((?:\{[^0-9]|[^({])*)(?:\{1|\x1d)?")


def _spelled(data: str) -> list[Element] | Elements:
    """People's and the command's writing: AIs in parentheses; a brace makes the next letter data."""
    pairs: list[Element] = []
    at = 0
    while at < len(data):
        match = _SPELLED.match(data, at)
        if match is None or (value := _value(match[2])) is None:
            return Elements(fault="symbol.elements", ai=data[at:].lstrip("(").partition(")")[0][:4])
        pairs.append((match[1], value))
        at = match.end()
    return pairs


def _value(written: str) -> str | None:
    """A value without the braces of the command's writing; parentheses that are data need one."""
    parts = re.split(r"\{(.)", written)
    return None if any(")" in plain for plain in parts[::2]) else "".join(parts)


def _raw(data: str) -> list[Element] | Elements:
    """A scanner's writing: the AI tells where the value ends."""
    pairs: list[Element] = []
    rest = data.replace("{1", GS).removeprefix(GS)
    while rest:
        ai = next((rest[:n] for n in (2, 3, 4) if _format_of(rest[:n]) is not None), "")
        if not ai:
            return Elements(fault="symbol.elements", ai=rest[:4])
        fixed = FIXED.get(rest[:2])
        value = rest[len(ai) : fixed] if fixed else rest[len(ai) :].partition(GS)[0]
        pairs.append((ai, value))
        rest = rest[len(ai) + len(value) :].removeprefix(GS)
    return pairs


def is_open(ai: str) -> bool:
    """True when FNC1 must stand behind the value before another element."""
    return ai[:2] not in FIXED


def command(elements: tuple[Element, ...]) -> bytes:
    """The printer's writing. Twin of ``read``: ``read(command(e).decode()).found == e``."""
    made = ""
    for number, (ai, value) in enumerate(elements):
        made += f"({ai})" + re.sub(r"([()*])", r"{\1", value)
        if is_open(ai) and number + 1 < len(elements):
            made += "{1"
    return made.encode("ascii")


def people(elements: tuple[Element, ...]) -> str:
    """People's writing, as it stands under the bars."""
    return "".join(f"({ai}){value}" for ai, value in elements)


def bracketed(elements: tuple[Element, ...]) -> str:
    """With square brackets, so that parentheses are free to be data: how zxing-cpp takes elements."""
    return "".join(f"[{ai}]{value}" for ai, value in elements)
