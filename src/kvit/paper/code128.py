"""Code 128 as a printer builds it: the sender chooses the code sets.

In ``GS k`` the data carry their own orders, each after a brace: ``{A {B {C`` choose a set (one must stand first), ``{S``
shifts one letter between A and B, ``{1 {2 {3 {4`` are the function letters, ``{{`` is a brace. In set C every data byte is
a pair of digits: a byte 0..99 by its value, as Epson's manual has it, or two ASCII digits, as most senders write it.
A symbol drawn by a library would choose sets by itself and come out with other widths than the paper; so this one is
built here, from ISO/IEC 15417's table.

Out: module widths (bar, space, bar, …) and the letters for people.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

# The 107 symbol characters: six widths each (the stop character seven), as ISO/IEC 15417 numbers them.
_CHARACTERS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDTHS = [tuple(map(int, widths)) for widths in _CHARACTERS.split(" ")]

START = {"A": 103, "B": 104, "C": 105}
SWITCH = {"A": 101, "B": 100, "C": 99}
SHIFT, FNC1, FNC2, FNC3 = 98, 102, 97, 96
FNC4 = {"A": 101, "B": 100}
STOP = 106
REFUSED, NOTHING = -1, -2
"""What an order may come to besides a value: not allowed here; allowed and changing nothing."""

MAX_VALUES = 256
"""``GS k`` form B has at most 255 data bytes."""


class Built(msgspec.Struct, frozen=True):
    """A symbol: its values from start to check, and the letters for people; ``fault`` says why there is none."""

    values: tuple[int, ...] = ()
    letters: str = ""
    fault: str = ""

    @property
    def modules(self) -> int:
        """Width of the whole symbol: eleven modules a character, thirteen the stop."""
        return 11 * len(self.values) + 13


def bars(values: tuple[int, ...]) -> list[int]:
    """Widths of bars and spaces in turn, stop included."""
    return [width for value in (*values, STOP) for width in _WIDTHS[value]]


@lru_cache(maxsize=256)
def build(data: bytes) -> Built:
    """Read data with their brace orders (``GS k`` 73); a first order other than a set is a fault, as on the head."""
    if len(data) < 2 or data[:1] != b"{" or chr(data[1]) not in START:
        return Built(fault="symbol.code_set")
    chosen = chr(data[1])
    values, letters = [START[chosen]], ""
    place, shifted = 2, False
    while place < len(data):
        byte, following = data[place], data[place + 1] if place + 1 < len(data) else -1
        if byte == 0x7B and following != 0x7B:
            order = chr(following) if following >= 0 else ""
            value, chosen, shifted = _order(order, chosen)
            if value == REFUSED:
                return Built(fault="symbol.letters")
            if value != NOTHING:
                values.append(value)
            place += 2
            continue
        place += 2 if byte == 0x7B else 1
        current = chosen if not shifted else ("B" if chosen == "A" else "A")
        shifted = False
        if current == "C" and 0x30 <= byte <= 0x39 and 0x30 <= following <= 0x39:
            value, place = (byte - 0x30) * 10 + following - 0x30, place + 1
        else:
            value = _value(byte, current)
        if value < 0:
            return Built(fault="symbol.letters")
        values.append(value)
        letters += f"{value:02d}" if current == "C" else (chr(byte) if 0x20 <= byte < 0x7F else " ")
    return _checked(values, letters)


def _order(order: str, chosen: str) -> tuple[int, str, bool]:
    """The value of a brace order, the set in force behind it, and whether the next letter is shifted."""
    if order in SWITCH:
        return (SWITCH[order] if order != chosen else NOTHING), order, False
    if order == "S" and chosen in "AB":
        return SHIFT, chosen, True
    if order == "4":
        return FNC4.get(chosen, -1), chosen, False
    return (
        {"1": FNC1, "2": FNC2 if chosen != "C" else -1, "3": FNC3 if chosen != "C" else -1}.get(order, -1),
        chosen,
        False,
    )


def _value(byte: int, chosen: str) -> int:
    """The value of one data byte in a set, -1 where the set has none."""
    if chosen == "C":
        return byte if byte <= 99 else -1
    if 0x20 <= byte < 0x60:
        return byte - 0x20
    if chosen == "A":
        return byte + 0x40 if byte < 0x20 else -1
    return byte - 0x20 if 0x60 <= byte <= 0x7F else -1


def _checked(values: list[int], letters: str) -> Built:
    if len(values) < 2:
        return Built(fault="symbol.empty")
    if len(values) > MAX_VALUES:
        return Built(fault="symbol.too_long")
    check = (values[0] + sum(place * value for place, value in enumerate(values) if place)) % 103
    return Built((*values, check), letters)


@lru_cache(maxsize=256)
def build_automatic(data: bytes, gs1: bool = False) -> Built:
    """Choose the sets for plain data (``GS k`` 79, GS1-128, dialects without braces): pairs of digits in C, rest in B or A.

    ``gs1``: FNC1 goes first; parentheses and spaces of the human form are no data, a brace order ``{1`` is FNC1.
    """
    if not data:
        return Built(fault="symbol.empty")
    chosen, values, place, shown = "", [], 0, ""
    while place < len(data):
        byte = data[place]
        if gs1 and data[place : place + 2] == b"{1":
            values.append(FNC1)
            place += 2
            continue
        if gs1 and byte in b"() *":
            shown += chr(byte)
            place += 1
            continue
        wanted = _best_set(data, place, chosen)
        if not wanted:
            return Built(fault="symbol.letters")
        if wanted != chosen:
            values.append(SWITCH[wanted] if chosen else START[wanted])
            if gs1 and not chosen:
                values.append(FNC1)
            chosen = wanted
        if chosen == "C":
            values.append(int(data[place : place + 2]))
            shown += data[place : place + 2].decode("ascii")
            place += 2
            continue
        values.append(_value(byte, chosen))
        shown += chr(byte) if 0x20 <= byte < 0x7F else " "
        place += 1
    return _checked(values, shown)


def braced(data: bytes) -> bytes:
    """Write plain data with the brace orders ``GS k`` 73 wants, sets chosen as ``build_automatic`` does.

    The twin of ``build``: ``build(braced(data))`` has the letters of ``data``. Data no set has come back as they are.
    """
    made, chosen, place = bytearray(), "", 0
    while place < len(data):
        wanted = _best_set(data, place, chosen)
        if not wanted:
            return data
        if wanted != chosen:
            made += b"{" + wanted.encode("ascii")
            chosen = wanted
        if chosen == "C":
            made.append(int(data[place : place + 2]))
            place += 2
            continue
        made += b"{{" if data[place] == 0x7B else data[place : place + 1]
        place += 1
    return bytes(made)


def _best_set(data: bytes, place: int, chosen: str) -> str:
    """The set to write the next letter in: C where it pays (four digits ahead, or any pair while in C)."""
    digits = 0
    while place + digits < len(data) and digits < 4 and 0x30 <= data[place + digits] <= 0x39:
        digits += 1
    if digits >= 2 and (chosen == "C" or digits == 4 or (digits == len(data) and digits % 2 == 0)):
        return "C"
    byte = data[place]
    fits = [name for name in ("B", "A") if _value(byte, name) >= 0]
    return chosen if chosen in fits else (fits[0] if fits else "")
