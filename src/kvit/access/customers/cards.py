"""Cards: a printed number, or the own number of a tag, by which a customer is recognised.

Whoever copies a card is taken for its owner, so a card says where receipts go and opens nothing. Kept is a keyed hash: the
numbers of a loyalty programme are counted up, and those of tags have four to ten bytes.

What a reader gave comes in as its text and its kind (`kvit.device.reader.model.Kind`, as a word): ``card`` is a tag's own
number, all others are something written or printed.
"""

from __future__ import annotations

import unicodedata

from kvit.access.customers.keys import Keys

NFC, PRINTED = "nfc", "card"
KINDS = (PRINTED, NFC)
CARD_CHARS_MIN, CARD_CHARS_MAX = 4, 200
CARDS_LIMIT = 10
"""Of one customer."""


def card_kind(read_as: str) -> str:
    """Give the kind of card a reader's kind means."""
    return NFC if read_as == "card" else PRINTED


def clean_card(text: str, kind: str) -> str:
    """Give a card's text in the one form it is kept by; empty where it can be none."""
    bare = unicodedata.normalize("NFKC", text[: 2 * CARD_CHARS_MAX]).strip()
    if kind == NFC:
        bare = "".join(letter for letter in bare.upper() if letter not in ": -")
    return bare if CARD_CHARS_MIN <= len(bare) <= CARD_CHARS_MAX and bare.isprintable() else ""


def card_hash(keys: Keys, text: str, kind: str) -> bytes:
    """Give what a card is found by; ``text`` is clean."""
    return keys.hash(f"card {kind}", text)
