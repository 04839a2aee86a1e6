"""Samples: letters, pictures and data that show what a head can do.

Letters of a code page are taken evenly from those of its upper half that stand elsewhere in page 437, which most other
pages begin like: a page that is not there is seen. Only letters of one cell, and none of Arabic: those would be drawn
joined. Pictures are made here, dot for dot as wide as the paper, so a test print needs no files: wedges of grey for the
ditherings, and a card of lines whose outermost dots are the first and the last the head has.
"""

from __future__ import annotations

from unicodedata import bidirectional

from kvit.escpos import codepage
from kvit.paper.width import cell_width

WEDGE_ROWS = 40
CARD_ROWS = 64
FIRST_UPPER = 0x80
USUAL = "cp437"
ARABIC = "AL"
"""As Unicode names the direction of Arabic letters."""
CHECKS = (1, 2, 4, 8)
"""Dots of the squares on the card."""

SCRIPTS = (
    ("ru", "Съешь ещё этих мягких французских булок"),
    ("kk", "Әлемді шағын үйден өзгертеміз, қыңыр құс"),
    ("ko", "키스의 고유조건은 입술끼리 만나야"),
    ("zh-CN", "简体中文小票打印机测试"),
    ("zh-TW", "繁體中文收據印表機測試"),
    ("ja", "いろはにほへと カタカナ 日本語"),
    ("el", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία"),
    ("th", "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า"),
    ("vi", "Con sói nhảy qua hàng rào, ăn phở"),
    ("pl", "Zażółć gęślą jaźń"),
    ("he", "דג סקרן שט בים"),
    ("ar", "نص عربي للطباعة"),
)
"""A line of letters each language can not do without."""

SYMBOLS = {
    "upca": "01234567890", "upce": "0123456", "ean13": "400638133393", "ean8": "9638507", "code39": "KVIT-39",
    "itf": "12345678", "codabar": "A40156B", "code93": "KVIT-93", "code128": "Kvit 128", "gs1128": "(01)09501101530003",
    "databar": "0950110153000", "databartruncated": "0950110153000", "databarlimited": "0950110153000",
    "databarexpanded": "(01)09501101530003(3103)001750", "databarstacked": "0950110153000",
    "databarstackedomni": "0950110153000", "databarexpandedstacked": "(01)09501101530003(3103)001750",
    "qr": "https://example.org/r/17", "microqr": "KVIT17", "rmqr": "KVIT 17", "pdf417": "Kvit PDF417",
    "micropdf417": "Kvit micro", "maxicode": "Kvit MaxiCode", "datamatrix": "Kvit DataMatrix", "aztec": "Kvit Aztec",
    "composite": "(01)09501101530003|(17)261121(10)KVIT",
}  # fmt: skip
"""Data by kind of symbol, check digits left to be added."""
OPTIONS = {"composite": {"linear": "gs1128"}}
"""What a kind can not do without."""


def letters_of(page: str, count: int) -> str:
    """At most ``count`` letters of a page's upper half, evenly spread, signs where it has too few letters."""
    usual = codepage.encoding(USUAL) if codepage.canonical(page) != USUAL else {}
    upper = sorted((byte, letter) for letter, byte in codepage.encoding(page).items() if _is_shown(letter, byte))
    telling = [letter for byte, letter in upper if usual.get(letter) != byte]
    words = [letter for letter in telling if letter.isalpha()]
    shown = words if len(words) >= count else words + [letter for letter in telling if not letter.isalpha()]
    if len(shown) > count:
        shown = [shown[place * len(shown) // count] for place in range(count)]
    return "".join(shown)


def _is_shown(letter: str, byte: int) -> bool:
    if byte < FIRST_UPPER or cell_width(letter) != 1 or letter.isspace() or not letter.isprintable():
        return False
    return bidirectional(letter) != ARABIC


def wedge(columns: int) -> bytes:
    """A wedge of grey from black to white as a PGM file."""
    row = bytes(column * 255 // max(columns - 1, 1) for column in range(columns))
    return b"P5\n%d %d\n255\n" % (columns, WEDGE_ROWS) + row * WEDGE_ROWS


def card(columns: int) -> bytes:
    """A card of lines as a PBM file: a frame one dot thick, squares of 1, 2, 4 and 8 dots, upright lines ever closer."""
    middle = columns // 2
    rows = []
    for row in range(CARD_ROWS):
        dots = [row in (0, CARD_ROWS - 1) or column in (0, columns - 1) for column in range(columns)]
        if 8 <= row < CARD_ROWS - 8:
            for place, size in enumerate(CHECKS):
                for column in range(8 + place * 48, min(8 + place * 48 + 40, middle)):
                    dots[column] = (column // size + row // size) % 2 == 0
            step, column = 12, middle
            while column < columns - 8:
                dots[column] = True
                step = max(step - 1, 2)
                column += step
        rows.append(bytes(0x31 if dot else 0x30 for dot in dots))
    return b"P1\n%d %d\n" % (columns, CARD_ROWS) + b"\n".join(rows) + b"\n"
