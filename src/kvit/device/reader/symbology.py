"""AIM symbology identifiers (ISO/IEC 15424): ``]Q1`` before a code says that it was a QR code.

A scanner sends them when it is told to; three letters, the middle one the symbology (upper and lower case differ), the
last one how it was read. GS1 codes keep their separator (1Dh) between fields.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kvit.device.reader.model import Kind

MARK: Final = "]"
NAMES: Final = {
    "A": "code39",
    "C": "code128",
    "E": "ean",
    "F": "codabar",
    "G": "code93",
    "H": "code11",
    "I": "itf",
    "J": "dotcode",
    "L": "pdf417",
    "M": "msi",
    "P": "plessey",
    "Q": "qr",
    "R": "2of5",
    "S": "2of5",
    "U": "maxicode",
    "X": "other",
    "d": "datamatrix",
    "e": "databar",
    "h": "hanxin",
    "z": "aztec",
}
GS1: Final = {
    "C1": "gs1-128",
    "d2": "gs1-datamatrix",
    "e0": "gs1-databar",
    "e1": "gs1-databar",
    "e2": "gs1-databar",
    "Q3": "gs1-qr",
    "J1": "gs1-dotcode",
}
"""Which of them are GS1, by letter and modifier."""
QR_NAMES: Final = frozenset(("qr", "gs1-qr"))


class Told(NamedTuple):
    """What an identifier says, and the code behind it."""

    kind: Kind
    symbology: str
    rest: str


def told(text: str) -> Told:
    """Take an identifier off a code; without one, or with an unknown one, nothing is taken off."""
    letter, modifier = text[1:2], text[2:3]
    if not text.startswith(MARK) or letter not in NAMES or not (modifier.isascii() and modifier.isalnum()):
        return Told(Kind.CODE, "", text)
    name = GS1.get(letter + modifier, NAMES[letter])
    return Told(Kind.QR if name in QR_NAMES else Kind.BARCODE, name, text[3:])


def is_gs1(symbology: str) -> bool:
    """Whether the separator belongs to codes of this symbology."""
    return symbology.startswith("gs1-")
