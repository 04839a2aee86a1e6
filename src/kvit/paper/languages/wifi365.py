"""365 cloud printers (365智能云打印, S1 and S2): text whose tags stand at the beginning of a line.

From public samples and the maker's page for S1 2.0: the first line is ``^N1^F1`` (copies); ``^Hn`` makes a line n
times as high, ``^Wn`` as wide, ``^Bn`` both; ``^Q`` and one letter whose code is the length, then a QR code's data;
``^O`` the same for a bar code of at most 13 digits. 32 columns. **A line that is too long prints over its own
beginning**, so lines are broken here, at 32 / n columns for ``^W`` and ``^B``; there is no tag that centres. The
caret never stands in data: it goes out as ``＾``.

The letter of length 10 is a line feed and that of 13 a carriage return, so a QR code of such a length is printed as
text. Unproven: that n is one digit and 3 the largest, which symbology ``^O`` prints (EAN-13 by its digits), devices
of version 1.

Left out: ``^P`` (a code for paying once).
"""

from __future__ import annotations

import re

from kvit.escpos.profiles import Profile
from kvit.paper.languages.lines import Act, Item, Look, Mark, Roll, Segment, Words, lines_of
from kvit.paper.languages.tame import Manner, harmless, is_ean13
from kvit.paper.sheet import Sheet
from kvit.paper.typeset import clean_text

HEAD = "^N1^F1"
QR_LETTERS_MAX = 49
LENGTHS_TAKEN = frozenset({10, 13})
"""Lengths whose letter would end the line."""
SIZES = {"H": (0, 1), "W": (1, 0), "B": (1, 1)}
"""Tags of size: what they magnify across and down."""
SIZE_MAX = 3
MARKS = {"^Q": "qr", "^P": "qr", "^O": "ean13"}
"""Tags of symbols, each with a letter for the length behind it."""
_TAG = re.compile(rf"\^([{''.join(SIZES)}])([1-9])(.*)", re.DOTALL)
_HEAD = re.compile(r"\^N[0-9]+(\^F[0-9]+)?$")


def takes_qr(data: str) -> bool:
    """True when such data can be a QR code here: ASCII, short, and not of the length of a line feed."""
    return data.isascii() and 0 < len(data) <= QR_LETTERS_MAX and len(data) not in LENGTHS_TAKEN


def takes_bars(data: str) -> bool:
    """Twelve digits without their check digit: thirteen would be a carriage return."""
    return is_ean13(data) and len(data) == 12


MANNER = Manner(
    sizes=tuple(
        (1 + across * (n - 1), 1 + down * (n - 1)) for across, down in SIZES.values() for n in range(1, SIZE_MAX + 1)
    ),
    uniform=True,
    twins={"^": "＾"},
    marks={"qr": takes_qr, "ean13": takes_bars},
)


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The ``printContent`` of an order, UTF-8."""
    lines = [HEAD, *(_written(item) for item in lines_of(sheet, profile, uniform=True) if not isinstance(item, Act))]
    return ("\n".join(lines) + "\n").encode()


def _written(item: Item) -> str:
    if isinstance(item, Mark):
        data = item.data[:12] if item.kind == "ean13" else item.data
        return f"^{'Q' if item.kind == 'qr' else 'O'}{chr(len(data))}{data}"
    assert isinstance(item, Words)
    text = harmless(clean_text(item.text), MANNER)
    look = item.segments[0].look if item.segments else Look()
    for tag, (across, down) in SIZES.items():
        n = max(look.width, look.height)
        if n > 1 and (look.width, look.height) == (1 + across * (n - 1), 1 + down * (n - 1)):
            return f"^{tag}{n}{text}"
    return text


def play(data: bytes, profile: Profile) -> Sheet:
    """What such a content prints."""
    roll = Roll(profile)
    text = data.decode("utf-8", "replace")
    lines = text.removesuffix("\n").split("\n") if text else []
    for number, line in enumerate(lines):
        if number or not _HEAD.match(line):
            _read(line, roll)
    return roll.done()


def _read(line: str, roll: Roll) -> None:
    """Print a line: symbols at its beginning, then letters of one size."""
    while line[:2] in MARKS and len(line) >= 3 and len(line) >= (end := 3 + ord(line[2])) > 3:
        roll.mark(MARKS[line[:2]], line[3:end])
        line = line[end:]
        if not line:
            return
    found = _TAG.match(line)
    if found is None:
        roll.words([Segment(line)])
        return
    across, down = SIZES[found[1]]
    n = int(found[2]) - 1
    roll.words([Segment(found[3], Look(min(1 + across * n, 8), min(1 + down * n, 8)))])
