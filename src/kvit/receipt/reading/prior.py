"""What is known of a shop's form before a receipt of it is read: a help where the paper leaves something open.

A form is named by its head: the rows above the first drawn line, their digits, dates and numbers left out, so that all
receipts of one till share it. What a prior knows fills gaps only: a word the table of words has keeps its meaning, a
printed currency its sign, and whatever a prior says must hold in the equations like anything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence

import msgspec

from kvit.receipt.reading.rows import Row
from kvit.receipt.reading.vocabulary import compressed

HEAD_ROWS = 8
"""Rows a form is known by; below them stand address lines that change with every customer."""
_DIGITS = str.maketrans("0123456789", "#" * 10)


class Prior(msgspec.Struct, frozen=True):
    """What receipts of one form that people confirmed have in common."""

    labels: Mapping[str, str] = {}
    """Hash of a row's words (``label_hash``) to what it tells: "total", "card" …"""
    breaks: int | None = None
    """Letters of the column of names where they are broken in mid-word; 0: between words; None: not known."""
    shop: str | None = None
    currency: str | None = None
    order: str = ""


NOTHING_KNOWN = Prior()


def label_hash(label: str) -> str:
    """Name a row's words without keeping them."""
    return hashlib.sha256(compressed(label).encode()).hexdigest()[:16]


def head_of(rows: Sequence[Row], says: Sequence[str], dated: Container[int]) -> str:
    """Name the form a receipt is printed on; empty where it has no head."""
    head: list[str] = []
    for index, row in enumerate(rows):
        if row.rule:
            if head:
                break
            continue
        if len(head) >= HEAD_ROWS:
            break
        if index not in dated and not says[index]:
            head.append(compressed(row.text.translate(_DIGITS)))
    return hashlib.sha256("\n".join(head).encode()).hexdigest()[:24] if any(head) else ""
