"""WangPOS (Weipass) terminals: no bytes but calls of the maker's Android service, a JSON list for a program there.

    [{"call": "printInit"}, {"call": "clearPrintDataCache"},
     {"call": "printString", "text": "Latte        4.50", "size": 24, "align": "LEFT", "bold": false, "italic": false},
     {"call": "printQRCode", "text": "https://…"}, {"call": "printFinish"}]

One object a call, in order; the arguments are named as here and the program on the device puts them in the service's
order. Sizes are pixels of the letter: 24 (32 columns of 384 dots) and 48 (16 columns); a Chinese letter takes two
columns. A call is a line, so a line has one look. There is no call that feeds: an empty line is a line with one
space.

Text is Unicode and drawn by Android: Latin, Greek, Cyrillic and the letters of East Asia lose nothing; scripts that
want joining or marks are question marks, because nobody tells how wide they come out. Unproven: Latin letters are
proportional on these devices, so columns drift; they stand under each other only where the program sets a monospaced
family. Names of calls are those of the newer service as published; ``printQRCode``, ``printBarCode`` and
``printFinish`` are known from samples only.

Left out: pictures, the sizes 16 and 32, the older service.
"""

from __future__ import annotations

from typing import Any

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper.languages.lines import Act, Item, Look, Mark, Roll, Segment, Words, lines_of
from kvit.paper.languages.tame import Manner, is_ean13
from kvit.paper.sheet import Sheet
from kvit.paper.typeset import clean_text

PIXELS = 24
QR_LETTERS_MAX = 300
"""Nobody tells; what still scans at 384 dots."""


def takes_qr(data: str) -> bool:
    """One line, not too long."""
    return 0 < len(data) <= QR_LETTERS_MAX and "\n" not in data


MANNER = Manner(
    sizes=((1, 1), (2, 2)), bold=True, uniform=True, marks={"qr": takes_qr, "ean13": is_ean13}
)  # fmt: skip
CALLS = {"qr": "printQRCode", "ean13": "printBarCode"}


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The calls as JSON, UTF-8."""
    calls: list[dict[str, Any]] = [{"call": "printInit"}, {"call": "clearPrintDataCache"}]
    calls += [_call(item) for item in lines_of(sheet, profile, uniform=True) if not isinstance(item, Act)]
    return msgspec.json.encode([*calls, {"call": "printFinish"}])


def _call(item: Item) -> dict[str, Any]:
    if isinstance(item, Mark):
        return {"call": CALLS[item.kind], "text": item.data}
    assert isinstance(item, Words)
    look = item.segments[0].look if item.segments else Look()
    text = clean_text(item.text) or " "
    size = PIXELS * look.height
    return {"call": "printString", "text": text, "size": size, "align": "LEFT", "bold": look.bold, "italic": False}


class Call(msgspec.Struct):
    """One call as read back."""

    call: str
    text: str = ""
    size: int = PIXELS
    align: str = "LEFT"
    bold: bool = False


def play(data: bytes, profile: Profile) -> Sheet:
    """What those calls print; a call nobody knows, and what is no list of calls, is a problem on the sheet."""
    roll = Roll(profile)
    try:
        calls = msgspec.json.decode(data, type=list[Call])
    except (msgspec.DecodeError, UnicodeDecodeError):
        roll.problem("calls.unreadable")
        return roll.done()
    kinds = {call: kind for kind, call in CALLS.items()}
    for each in calls:
        if each.call == "printString":
            size = min(max(each.size // PIXELS, 1), 8)
            align = {"CENTER": "centre", "RIGHT": "right"}.get(each.align, "left")
            roll.words([Segment(each.text.rstrip(" "), Look(size, size, each.bold))], align)
        elif each.call in kinds:
            roll.mark(kinds[each.call], each.text)
        elif each.call not in ("printInit", "clearPrintDataCache", "printFinish"):
            roll.problem("calls.unknown", call=each.call[:40])
    return roll.done()
