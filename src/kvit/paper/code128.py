"""Code 128: which symbol characters a printer makes of its data, and which data to send for the shortest symbol.

In ``GS k`` 73 the data carry their own orders, each after a brace: ``{A {B {C`` choose a set (one must stand first), ``{S``
shifts one letter between A and B, ``{1 {2 {3 {4`` are the function letters, ``{{`` is a brace. In set C every data byte is
a pair of digits: a byte 0..99 by its value, as Epson's manual has it. Senders who do not know write ASCII digits; an even
number of bytes between two orders that are all ASCII digits is read so (``braced`` never writes pairs that look like it).
``GS k`` 74 (GS1-128) has no orders but ``{1`` (FNC1), ``{3`` (FNC3) and a brace before ``( ) * {`` that are data; FNC1
stands in front unasked.

``shortest`` chooses the sets: a walk from the end over the three sets, so no choice of sets, shifts and switches has fewer
symbol characters. A library would choose by itself and come out with other widths than the paper; so symbols are built
here, from ISO/IEC 15417's table.

Out: symbol characters with the check character, bar widths, and the letters for people.
"""

from __future__ import annotations

import re
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

Item = int
"""A letter 0..127 of the data, or ``F1``."""
F1 = 256
F3 = 258
_SPECIAL = {F1: FNC1, F3: FNC3}

Step = tuple[str, int]
"""What is sent: an order (``A B C S``) or nothing, and the symbol character it makes."""


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
        if chosen == "C":
            run = data[place:].partition(b"{")[0]
            pairs = _pairs(run)
            if max(pairs) > 99:
                return Built(fault="symbol.letters")
            values += pairs
            letters += "".join(f"{pair:02d}" for pair in pairs)
            place += len(run)
            continue
        place += 2 if byte == 0x7B else 1
        value = _value(byte, chosen if not shifted else "B" if chosen == "A" else "A")
        shifted = False
        if value < 0:
            return Built(fault="symbol.letters")
        values.append(value)
        letters += chr(byte) if 0x20 <= byte < 0x7F else " "
    return _checked(values, letters)


def _pairs(run: bytes) -> list[int]:
    """Pairs of digits of one stretch of set C: by value, or written as ASCII digits."""
    if not _looks_written(run):
        return list(run)
    return [int(run[at : at + 2]) for at in range(0, len(run), 2)]


def _looks_written(run: bytes) -> bool:
    return len(run) % 2 == 0 and run.isdigit()


def _order(order: str, chosen: str) -> tuple[int, str, bool]:
    """The value of a brace order, the set in force behind it, and whether the next letter is shifted."""
    if order in SWITCH:
        return (SWITCH[order] if order != chosen else NOTHING), order, False
    if order == "S" and chosen in "AB":
        return SHIFT, chosen, True
    if order == "4":
        return FNC4.get(chosen, REFUSED), chosen, False
    functions = {"1": FNC1} if chosen == "C" else {"1": FNC1, "2": FNC2, "3": FNC3}
    return functions.get(order, REFUSED), chosen, False


def _value(byte: int, chosen: str) -> int:
    """The value of one data byte in set A or B, -1 where the set has none."""
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
def build_automatic(data: bytes) -> Built:
    """The shortest symbol of plain letters (``GS k`` 79, dialects without braces)."""
    if not data:
        return Built(fault="symbol.empty")
    if not data.isascii():
        return Built(fault="symbol.letters")
    return _checked([value for _, value in shortest(tuple(data))], _shown(data))


_GS1 = re.compile(rb"\{1|\{3|\{[(){*]|[^{]", re.DOTALL)
_GS1_ITEMS = {b"{1": F1, b"{3": F3}


@lru_cache(maxsize=256)
def build_gs1(data: bytes) -> Built:
    """GS1-128 (``GS k`` 74): FNC1 in front; parentheses, stars and spaces of people's writing are no data."""
    parts = _GS1.findall(data)
    if sum(map(len, parts)) != len(data) or not data.isascii():
        return Built(fault="symbol.letters")
    items = [_GS1_ITEMS.get(part, part[-1]) for part in parts if part not in (b"(", b")", b"*", b" ")]
    if not items:
        return Built(fault="symbol.empty")
    if items[0] != F1:
        items.insert(0, F1)
    letters = "".join(" " if part in _GS1_ITEMS else _shown(part[-1:]) for part in parts if part != b"*")
    return _checked([value for _, value in shortest(tuple(items))], letters)


def _shown(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else " " for byte in data)


@lru_cache(maxsize=256)
def braced(data: bytes) -> bytes:
    """Write plain letters with the brace orders ``GS k`` 73 wants, for the shortest symbol there is.

    The twin of ``build``: ``build(braced(data))`` has the letters of ``data``. Letters no set has come back as they are.
    """
    if not data.isascii():
        return data
    written = _written(data, shortest(tuple(data)))
    # Pairs between 48 and 57 would be read as ASCII digits: set C is left out then.
    mistaken = any(_looks_written(run) for run in re.findall(rb"\{C([^{]+)", written))
    return _written(data, _walk(tuple(data), pairs=False)) if mistaken else written


def _written(data: bytes, steps: list[Step]) -> bytes:
    made = bytearray()
    place, chosen = 0, ""
    for order, value in steps:
        if order:
            made += b"{" + order.encode("ascii")
            chosen = chosen if order == "S" else order
        elif chosen == "C":
            made.append(value)
            place += 2
        else:
            made += b"{{" if data[place] == 0x7B else data[place : place + 1]
            place += 1
    return bytes(made)


_PLAIN = re.compile(rb"(?!\d{4})(?:(?!\d{6}|\d{4}\Z)[\x20-\x7f])*\Z")
"""Letters for which set B alone is the shortest: nowhere digits enough to make set C pay."""


def shortest(items: tuple[Item, ...]) -> list[Step]:
    """Orders and symbol characters, the start first, of the fewest characters that say these items.

    Items are letters 0..127, ``F1`` and ``F3``; there must be one at least.
    """
    if max(items) < F1:
        data = bytes(items)
        if data.isdigit() and len(data) % 2 == 0:
            return [("C", START["C"]), *(("", int(data[at : at + 2])) for at in range(0, len(data), 2))]
        if _PLAIN.match(data):
            return [("B", START["B"]), *(("", byte - 0x20) for byte in data)]
    return _walk(items)


def _walk(items: tuple[Item, ...], pairs: bool = True) -> list[Step]:
    """From the end: the fewest characters for the rest in each set, then the way there. ``pairs``: set C may be used."""
    straight = _costs(items, pairs)
    steps: list[Step] = []
    chosen, at = "", 0
    while at < len(items):
        here = straight[at]
        best = min(here)
        if not chosen or here["ABC".index(chosen)] > best + 1:
            # C before B before A, where they cost the same.
            chosen = "ABC"[2 - here[::-1].index(best)]
            steps.append((chosen, SWITCH[chosen] if steps else START[chosen]))
        at = _spell(steps, items, at, chosen)
    return steps


def _costs(items: tuple[Item, ...], pairs: bool) -> list[tuple[int, int, int]]:
    """For each place and set A, B, C: the fewest characters for the rest when the next item is said in that set.

    An item the set has not is shifted, for one more; C has pairs of digits and FNC1 only.
    """
    never = 3 * len(items) + 9
    straight = [(0, 0, 0)] * len(items)
    a = b = c = c_behind = 0
    following = -1
    for at in range(len(items) - 1, -1, -1):
        item = items[at]
        is_pair = pairs and 0x30 <= item <= 0x39 and 0x30 <= following <= 0x39
        in_c = 1 + c_behind if is_pair else 1 + c if item == F1 and pairs else never
        in_a, in_b = a + (1 if item < 96 or item >= F1 else 2), b + (1 if item >= 32 else 2)
        straight[at] = in_a, in_b, in_c
        switched = min(in_a, in_b, in_c) + 1
        c_behind = c
        a = in_a if in_a < switched else switched
        b = in_b if in_b < switched else switched
        c = in_c if in_c < switched else switched
        following = item
    return straight


def _spell(steps: list[Step], items: tuple[Item, ...], at: int, chosen: str) -> int:
    """Say the item at this place in this set; the place behind it."""
    item = items[at]
    if item >= F1:
        steps.append(("", _SPECIAL[item]))
        return at + 1
    if chosen == "C":
        steps.append(("", (item - 0x30) * 10 + items[at + 1] - 0x30))
        return at + 2
    value = _value(item, chosen)
    if value < 0:
        steps.append(("S", SHIFT))
        value = _value(item, "B" if chosen == "A" else "A")
    steps.append(("", value))
    return at + 1
