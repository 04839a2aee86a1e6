"""MaxiCode: thirty-three rows of hexagons around a target, one size for all data (ISO/IEC 16023).

Modes 4 and 6 (and 5, with more correction) hold any letters and are made by zxing-cpp. Modes 2 and 3 are those of parcel
carriers: the middle holds postal code (up to nine digits, or up to six letters and digits), country and class of service,
the rest the message. Nothing at hand makes them, so they are encoded here: 144 symbol characters of six bits, ten and
twice twenty of them for correction (Reed-Solomon over GF(64), x^6+x+1).

Data of these modes: ``[)>`` RS ``01`` GS ``yy``, postal code GS country GS service GS message, as the carriers' format has
it, or the same without the opening. Where each bit stands was found out by drawing known data and looking.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
import numpy as np

from kvit.paper.fonts import Bits
from kvit.paper.symbology import MAXICODE_DOTS

ROWS, COLUMNS = 33, 30
WIDE, HIGH = MAXICODE_DOTS
PITCH_X, PITCH_Y = 7.45, 5.99
"""Dots from one hexagon to the next along a row, and from row to row; odd rows stand half a hexagon to the right."""
HEXAGON = 3.1
"""Dots from the middle of a hexagon to its edge."""
CENTRE = (14.5, 16.0)
"""The middle of the target, in hexagons of an even row and rows."""
RINGS = ((3.87, True), (3.20, False), (2.53, True), (1.86, False), (1.18, True), (0.51, False))
"""Radii in millimetres, and whether it is dark within."""
DOTS_PER_MM = 8

MIDDLE_TOP, MIDDLE_LEFT = 9, 6
_MIDDLE = """
  . . 79 78  D  D 13 12 37 36  2  . 44 43 109 108
  . . 81 80 40  D 15 14 39 38  3  .  . 45 111 110
  . . 83 82 41  .  .  .  .  .  5  4 47 46 113 112
103 102 55 54 16  . . . . . . . 20 19 85 84
105 104 57 56  .  . . . . . . . 22 21 87 86
107 106 59 58  .  . . . . . . .  . 23 89 88
 48  D 30  .  . . . . . . . . .  0 53 52
 49  .  D  .  . . . . . . . . .  .  D  .
 51 50 31  .  . . . . . . . . .  1  D 42
 97 96 61 60  . . . . . . . . . 26 91 90
 99 98 63 62  . . . . . . . . 28 27 93 92
101 100 65 64 17 . . . . . . . 18 29 95 94
  . . 73 72 32  .  .  .  .  .  . 10 67 66 115 114
  . . 75 74  D  .  7  6 35 34 11  D 69 68 117 116
  . . 77 76  D 33  9  8 25 24  .  D 71 70 119 118
"""
"""Bits of the first twenty characters, row by row from `MIDDLE_TOP` and `MIDDLE_LEFT`; D: always dark, ``.`` none."""
CORNER = ((0, 28), (0, 29))
"""Hexagons that are always dark."""
BANDS = ((20, 14, 0), (34, 14, 0), (48, 14, 0), (62, 4, 3), (69, 3, 3), (75, 3, 3), (81, 3, 3), (87, 4, 3), (94, 14, 0),
         (108, 14, 0), (122, 14, 0))  # fmt: skip
"""Three rows each: first character, how many blocks of 2 x 3 stand left and right of the middle. Odd bands run back."""
STRIP = 136
"""The characters that run down the right edge."""


CARRIER_MODES = (2, 3)


class Address(msgspec.Struct, frozen=True):
    """What the middle of a carrier's symbol holds, and the message around it."""

    postal: str
    country: int
    service: int
    message: str


_CARRIER = re.compile(r"(\[\)>\x1e01\x1d\d\d)?([^\x1d]{1,9})\x1d(\d{1,3})\x1d(\d{1,3})\x1d?(.*)\Z", re.DOTALL)


def address_of(mode: int, data: str) -> Address | None:
    """Read a carrier's data; None when they are not what the mode asks for."""
    found = _CARRIER.match(data)
    if found is None:
        return None
    opening, postal, country, service, message = found.groups()
    fits = re.fullmatch(r"[0-9]{1,9}" if mode == 2 else r"[A-Z0-9 ]{1,6}", postal)
    return Address(postal, int(country), int(service), (opening or "") + message) if fits else None


@lru_cache(maxsize=1)
def _places() -> dict[int, tuple[int, int]]:
    """Row and column of every bit."""
    places: dict[int, tuple[int, int]] = {}
    for row, line in enumerate(_MIDDLE.strip().splitlines(), MIDDLE_TOP):
        for column, word in enumerate(line.split(), MIDDLE_LEFT):
            if word.isdigit():
                places[int(word)] = row, column
    for band, (first, left, right) in enumerate(BANDS):
        blocks = [*range(left), *range(14 - right, 14)]
        for number, block in enumerate(blocks if band % 2 == 0 else reversed(blocks)):
            for bit in range(6):
                places[6 * (first + number) + bit] = 3 * band + bit // 2, 2 * block + 1 - bit % 2
    bit = 6 * STRIP
    for row in range(1, ROWS):
        for column in (28,) if row % 2 else (29, 28):
            places[bit] = row, column
            bit += 1
    return places


@lru_cache(maxsize=1)
def _always_dark() -> list[tuple[int, int]]:
    lines = enumerate(_MIDDLE.strip().splitlines(), MIDDLE_TOP)
    marks = [
        (row, column) for row, line in lines for column, word in enumerate(line.split(), MIDDLE_LEFT) if word == "D"
    ]
    return [*marks, *CORNER]


def hexagons_of(mode: int, data: str) -> Bits | None:
    """The hexagons (33 x 30, True = dark) of a carrier's symbol; None when the data do not fit it."""
    address = address_of(mode, data)
    message = _characters(address.message) if address is not None else None
    if address is None or message is None or len(message) > MESSAGE_MAX:
        return None
    grid = np.zeros((ROWS, COLUMNS), np.bool_)
    for row, column in _always_dark():
        grid[row, column] = True
    places = _places()
    for number, character in enumerate(_whole(_primary(mode, address), message)):
        for bit in range(6):
            grid[places[6 * number + bit]] = bool(character >> 5 - bit & 1)
    return grid


def hexagons_in(picture: Bits) -> Bits:
    """The hexagons of zxing-cpp's picture of a symbol (133 x 149)."""
    grid = np.zeros((ROWS, COLUMNS), np.bool_)
    for row in range(ROWS):
        count = COLUMNS - row % 2
        grid[row, :count] = picture[4 * row + 2, 2 + 2 * (row % 2) :: 5][:count]
    return grid


def draw(grid: Bits) -> Bits:
    """The dots of a symbol: hexagons and target."""
    page = np.zeros((HIGH, WIDE), np.bool_)
    stamp = _hexagon()
    high, wide = stamp.shape
    for row, column in np.argwhere(grid).tolist():
        y, x = round(row * PITCH_Y), round((column + row % 2 / 2) * PITCH_X)
        part = page[y : y + high, x : x + wide]
        part |= stamp[: part.shape[0], : part.shape[1]]
    within, target = _target()
    page[within] = target[within]
    return page


@lru_cache(maxsize=1)
def _target() -> tuple[Bits, Bits]:
    """Where the target is, and which of its dots are dark."""
    rows, columns = np.indices((HIGH, WIDE))
    middle_x, middle_y = CENTRE[0] * PITCH_X + HEXAGON, CENTRE[1] * PITCH_Y + HEXAGON
    away = np.hypot(rows - middle_y, columns - middle_x) / DOTS_PER_MM
    dark = np.zeros((HIGH, WIDE), np.bool_)
    for radius, is_dark in RINGS:
        dark[away <= radius] = is_dark
    return away <= RINGS[0][0], dark


@lru_cache(maxsize=1)
def _hexagon() -> Bits:
    """One hexagon, a corner up."""
    side = round(2 * HEXAGON)
    y, x = np.indices((side + 1, side)) - np.array([side / 2, (side - 1) / 2])[:, None, None]
    inside: Bits = (np.abs(x) <= HEXAGON) & (np.abs(x) * 0.5 + np.abs(y) * 0.866 <= HEXAGON)
    return inside


# Characters

MESSAGE_MAX = 84
LATCH_B, LATCH_A, SHIFT_B, SHIFT_A, SHIFT_E, NUMERIC, PAD = 63, 63, 59, 59, 62, 31, 33
SET_A = {"\r": 0, "\x1c": 28, "\x1d": 29, "\x1e": 30, " ": 32} | {chr(code): code - 64 for code in range(65, 91)} | {
    chr(code): code for code in range(34, 59)
}  # fmt: skip
SET_B = {"\x1c": 28, "\x1d": 29, "\x1e": 30, "{": 32, "}": 34, "~": 35, "\x7f": 36, "|": 54, "`": 0} | {
    letter: number for number, letter in enumerate(";<=>?[\\]^_ ,./:@!", 37)
} | {chr(code): code - 96 for code in range(97, 123)}  # fmt: skip
NINE = re.compile(r"\d{9}")


def _characters(message: str) -> list[int] | None:
    """Symbol characters of a message: sets A and B, E for control letters, nine digits in six; None if not ASCII."""
    made: list[int] = []
    chosen, other, latch, at = SET_A, SET_B, LATCH_B, 0
    while at < len(message):
        letter = message[at]
        if NINE.match(message, at):
            made += [NUMERIC, *_sixes(int(message[at : at + 9]), 5)]
            at += 9
            continue
        if letter not in chosen and letter in other:
            following = message[at + 1 : at + 2]
            if following in other and following not in chosen and following:
                made.append(latch)
                chosen, other = other, chosen
            else:
                made += [SHIFT_B, other[letter]]
                at += 1
                continue
        elif letter not in chosen:
            if letter > "\x1a":
                return None
            made += [SHIFT_E, ord(letter)]
            at += 1
            continue
        made.append(chosen[letter])
        at += 1
    return made


def _sixes(number: int, count: int) -> list[int]:
    """A number as so many characters, the highest bits first."""
    return [number >> 6 * place & 63 for place in range(count - 1, -1, -1)]


def _primary(mode: int, address: Address) -> list[int]:
    """The ten characters of the middle: mode, postal code, country and service, the lowest bits first."""
    if mode == 2:
        postal = int(address.postal) | len(address.postal) << 30
    else:
        letters = [SET_A[letter] for letter in address.postal.ljust(6)]
        postal = sum(value << 6 * place for place, value in enumerate(reversed(letters)))
    whole = mode | postal << 4 | address.country << 40 | address.service << 50
    return [whole >> 6 * place & 63 for place in range(10)]


def _whole(primary: list[int], message: list[int]) -> list[int]:
    """All 144 characters: both messages, each with its correction."""
    filled = message + [PAD] * (MESSAGE_MAX - len(message))
    correction = [0] * 40
    correction[0::2], correction[1::2] = _correction(filled[0::2], 20), _correction(filled[1::2], 20)
    return [*primary, *_correction(primary, 10), *filled, *correction]


@lru_cache(maxsize=1)
def _powers() -> list[int]:
    powers = [1]
    for _ in range(62):
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0x43 if doubled & 64 else doubled)
    return powers


def _times(a: int, b: int) -> int:
    powers = _powers()
    return powers[(powers.index(a) + powers.index(b)) % 63] if a and b else 0


def _correction(data: list[int], count: int) -> list[int]:
    """Reed-Solomon characters: the rest of dividing by (x - 2)(x - 4)…"""
    powers = _powers()
    divisor = [1]
    for root in range(1, count + 1):
        divisor = [a ^ _times(b, powers[root]) for a, b in zip([*divisor, 0], [0, *divisor], strict=True)]
    rest = [0] * count
    for value in data:
        factor = value ^ rest[0]
        rest = [a ^ _times(b, factor) for a, b in zip([*rest[1:], 0], divisor[1:], strict=True)]
    return rest
