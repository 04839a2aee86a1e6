"""The words of the readers: what was read, from what, by whom.

An identity is personal: it is kept in memory for minutes, never stored here and never logged. So its ``repr`` has no
value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

VALUE_CHARS_MAX: Final = 1024
"""A customer's token, a coupon or a link has some hundred letters; the largest QR code holds 4,296."""
VALUE_BYTES_MAX: Final = 4 * VALUE_CHARS_MAX


class Kind(StrEnum):
    """What was read."""

    QR = "qr"
    BARCODE = "barcode"
    """Any other printed symbol; ``symbology`` says which, where the scanner does."""
    CODE = "code"
    """A printed symbol of a scanner that does not say which: a bar code or a QR code."""
    NFC = "nfc"
    """What is written on a tag: a text or a link."""
    CARD = "card"
    """A card's or tag's own number."""


OPTICAL: Final = frozenset((Kind.QR, Kind.BARCODE, Kind.CODE))


class Scan(msgspec.Struct, frozen=True):
    """What a source gave, before anything is made of it."""

    text: str
    kind: Kind = Kind.CODE
    symbology: str = ""

    def __repr__(self) -> str:
        """Without the text."""
        return f"Scan({self.kind}, {len(self.text)} letters)"


class Identity(msgspec.Struct, frozen=True):
    """What somebody presented at a reader."""

    kind: Kind
    value: str
    """At most `VALUE_CHARS_MAX` letters without control characters (but for the separator of GS1 codes, 1Dh)."""
    symbology: str
    """Such as ``qr``, ``ean``, ``gs1-128``, ``uri``, ``text``, ``uid``; empty where the scanner does not say."""
    reader: str
    """The reader's name in kvit.toml."""
    at_ms: int
    """Wall clock, milliseconds since 1970."""

    def __repr__(self) -> str:
        """Without the value: a log must not have it by accident."""
        return f"Identity({self.kind}, {self.symbology or '?'}, {self.reader})"
