"""Card numbers become stars of the same length before anything is stored.

What counts as a card number: 13 to 19 digits, standing together or in groups of at least four (the last may be
shorter) joined by one blank or dash, not part of a longer group of digits, with an issuer's prefix and length (ISO/IEC
7812) and a right Luhn digit. An EAN-13 with a right check digit is left alone: goods that begin with 4 outnumber the
13-digit cards, which are issued no more. Nothing else changes, no length changes, and masking twice is masking once.

In a till's bytes only printed text is looked at. A number keeps being one number across commands that only change how
letters look or where on the line they stand; anything else (a line feed, a picture, a bar code) ends it. Data of bar
codes and pictures is never touched: fiscal numbers and GTINs live there. Double-byte digits of GBK and KS X 1001
(A3 B0 to A3 B9) are masked by their double-byte star.

Left out: numbers spelt with one blank between all digits, or with several blanks; numbers drawn as pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

from kvit.escpos import Command

STAR = "*"
WIDE_STAR = b"\xa3\xaa"

LOOKS_ONLY = frozenset(
    (
        *("HT", "ESC !", "ESC -", "ESC E", "ESC G", "ESC M", "ESC 4", "ESC 5", "ESC r", "ESC $", "ESC \\", "ESC SP"),
        *("ESC {", "ESC V", "ESC t", "ESC R", "GS !", "GS B", "GS b", "FS !", "FS -", "FS &", "FS .", "FS W", "FS S"),
    )
)
"""Commands that may stand inside a number as it lies on the paper."""

_LONG_RAW = re.compile(rb"[0-9](?<![0-9].)(?:[ -]?[0-9]){12}")
_LONG = re.compile(r"[0-9](?<![0-9].)(?:[ -]?[0-9]){12}")
"""Thirteen digits with at most one blank or dash between two: most papers have none, and nothing more is asked."""
_RUN = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
_WIDE = re.compile(rb"(?:\xa3[\xb0-\xb9]){13,19}")
_NARROW = {0xFF10 + digit: 0x30 + digit for digit in range(10)}
"""Full-width digits of text count as digits."""
_FULL_WIDTH = re.compile("[\uff10-\uff19]")

DIGITS = range(13, 20)
RUN_GROUPS = 64
"""Groups of digits in a row that are looked at together; a longer table of figures is looked at in pieces."""

ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14, 16, 17, 18, 19)),  # Diners Club
    (3095, 3095, (14, 16, 17, 18, 19)),
    (36, 36, (14, 15, 16, 17, 18, 19)),
    (38, 39, (14, 16, 17, 18, 19)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (6011, 6011, (16, 17, 18, 19)),  # Discover
    (644, 659, (16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (81, 81, (16, 17, 18, 19)),
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (50, 50, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (56, 58, (13, 14, 15, 16, 17, 18, 19)),
    (60, 61, (16, 17, 18, 19)),  # RuPay, Maestro
    (63, 63, (16, 17, 18, 19)),
    (66, 69, (16, 17, 18, 19)),
    (94, 94, (16,)),  # cards for use in Korea only
    (9792, 9792, (16,)),  # Troy
    (9860, 9860, (16,)),  # Humo
    (8600, 8600, (16,)),  # Uzcard
)
"""First and last prefix, lengths. Russian fiscal drives (16 digits from 71, 72, 73, 87, 92, 99) match none."""

_LUHN = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def is_card(digits: str) -> bool:
    """Say whether bare digits are a card number: prefix, length, Luhn, and no EAN-13."""
    if len(digits) not in DIGITS or not _issued(digits) or not _luhn(digits):
        return False
    return not (len(digits) == 13 and _ean(digits))


def _issued(digits: str) -> bool:
    size = len(digits)
    return any(first <= int(digits[: len(str(first))]) <= last and size in sizes for first, last, sizes in ISSUERS)


def _luhn(digits: str) -> bool:
    places = [int(digit) for digit in reversed(digits)]
    return (sum(places[::2]) + sum(_LUHN[place] for place in places[1::2])) % 10 == 0


def _ean(digits: str) -> bool:
    places = [int(digit) for digit in digits]
    return (sum(places[::2]) + 3 * sum(places[1::2])) % 10 == 0


Span = tuple[int, int]


def card_spans(text: str) -> Iterator[Span]:
    """Find card numbers: where each begins and ends."""
    for run in _RUN.finditer(text):
        if len(run[0]) < DIGITS.start:
            continue
        groups = [(found.start() + run.start(), found.end() + run.start()) for found in re.finditer(r"[0-9]+", run[0])]
        for first in range(0, len(groups), RUN_GROUPS):
            yield from _cards_of(text, groups[first : first + RUN_GROUPS])


def _cards_of(text: str, groups: list[Span]) -> Iterator[Span]:
    first = 0
    while first < len(groups):
        last = _card_end(text, groups, first)
        if last is not None:
            yield groups[first][0], groups[last][1]
        first = first + 1 if last is None else last + 1


def _card_end(text: str, groups: list[Span], first: int) -> int | None:
    """The last group of the longest card number that begins with group ``first``."""
    digits, best = "", None
    for last in range(first, len(groups)):
        start, end = groups[last]
        digits += text[start:end]
        if len(digits) > DIGITS[-1]:
            break
        if is_card(digits):
            best = last
        if end - start < 4:  # only the last group may be so short
            break
    return best


def may_hold_card(text: str) -> bool:
    """Say whether a card number may stand in a text; nearly all texts have no thirteen digits side by side."""
    narrow = text if text.isascii() or not _FULL_WIDTH.search(text) else text.translate(_NARROW)
    return _LONG.search(narrow) is not None


def mask_text(text: str) -> str:
    """Return the text with the digits of card numbers as ``*``; length and everything else unchanged."""
    letters: list[str] | None = None
    narrow = text if text.isascii() or not _FULL_WIDTH.search(text) else text.translate(_NARROW)
    if not _LONG.search(narrow):
        return text
    for start, end in card_spans(narrow):
        letters = letters or list(text)
        letters[start:end] = [STAR if letter.isdigit() else letter for letter in letters[start:end]]
    return text if letters is None else "".join(letters)


Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def mask_plain(value: Plain) -> Plain:
    """Mask every string of a JSON value; numbers are sums and stay."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, list | tuple):  # msgspec leaves the tuples of a Struct what they are
        return [mask_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: mask_plain(part) for key, part in value.items()}
    return value


def mask_commands(commands: Iterable[Command]) -> bytes:
    """Return the joined bytes of commands, card numbers in their text masked."""
    commands = list(commands)
    whole = b"".join([command.raw for command in commands])
    if not _is_worth_a_look(_lines(commands)):
        return whole
    raw = bytearray(whole)
    for spans in _printed(commands):
        _mask_spans(raw, spans)
    return bytes(raw)


def _lines(commands: list[Command]) -> bytes:
    """All printed text; whatever ends a number is a line feed."""
    parts = [
        command.raw if command.name == "text" else b"" if command.name in LOOKS_ONLY else b"\n" for command in commands
    ]
    return b"".join(parts)


def _is_worth_a_look(printed: bytes) -> bool:
    return _LONG_RAW.search(printed) is not None or (b"\xa3" in printed and _WIDE.search(printed) is not None)


def _printed(commands: list[Command]) -> Iterator[list[Span]]:
    """Stretches of text that lie side by side on the paper, as lists of byte spans."""
    spans: list[Span] = []
    ends = accumulate(len(command.raw) for command in commands)
    for command, end in zip(commands, ends, strict=True):
        if command.name == "text":
            spans.append((end - len(command.raw), end))
        elif command.name not in LOOKS_ONLY and spans:
            yield spans
            spans = []
    if spans:
        yield spans


def _mask_spans(raw: bytearray, spans: list[Span]) -> None:
    line = b"".join(raw[start:end] for start, end in spans)
    if not _is_worth_a_look(line):
        return
    for start, end in card_spans(line.decode("latin-1")):
        _write(raw, spans, ((at, 0x2A) for at in range(start, end) if 0x30 <= line[at] <= 0x39))
    for found in _WIDE.finditer(line):
        if is_card("".join(chr(byte - 0x80) for byte in found[0][1::2])):
            _write(raw, spans, ((at, WIDE_STAR[(at - found.start()) % 2]) for at in range(*found.span())))


def _write(raw: bytearray, spans: list[Span], stars: Iterable[tuple[int, int]]) -> None:
    starts = list(accumulate((end - start for start, end in spans), initial=0))
    span = 0
    for at, byte in stars:
        while at >= starts[span + 1]:
            span += 1
        raw[spans[span][0] + at - starts[span]] = byte
