"""The audit log: who did what to what, append-only, each row chained to the one before.

A row holds ids, never names, phones or addresses (an erasure must not break the chain). Its hash covers its number, all
its words and the hash before, so a changed, missing, added or moved row is found by `check`; a cut-off end is found by the
head, which knows the last number and hash. Whoever can rewrite all rows and the head can forge it unnoticed: keep a head
elsewhere (a backup, a printed report) to prove against that.

The hashed bytes: SHA-256 over the previous hash and the JSON array ``[shop, n, at, actor, act, subject, detail]`` without
blanks, non-ASCII as ``\\uXXXX``; ``detail`` is itself JSON text. The first row's previous hash is 32 zero bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

START = bytes(32)

DETAIL_LIMIT = 2000
"""Letters of detail: a settings change names its keys, not a whole file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    shop: str
    n: int
    at: int
    actor: str
    """``user:<id>``, ``key:<id>`` or ``console``."""
    act: str
    """What was done: ``log_in``, ``user.made``, ``settings.changed`` …"""
    subject: str
    """The id of what it was done to; may be empty."""
    detail: str
    """More, as a JSON object of short values."""
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, and why (``number``, ``previous``, ``hash``, ``end``)."""

    n: int
    reason: str


def detail_text(detail: Mapping[str, str | int]) -> str:
    """Write the detail in its one form."""
    text = json.dumps(dict(sorted(detail.items())), separators=(",", ":"), ensure_ascii=True)
    assert len(text) <= DETAIL_LIMIT, "an audit detail is too long"
    return text


def row_hash(shop: str, n: int, at: int, actor: str, act: str, subject: str, detail: str, previous: bytes) -> bytes:
    """Give the hash of a row."""
    words = json.dumps([shop, n, at, actor, act, subject, detail], separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(previous + words.encode()).digest()


def check(entries: Iterable[Entry], head_n: int, head_hash: bytes) -> Broken | None:
    """Prove a whole chain, from number 1 to its head; None when it holds."""
    n, previous = 0, START
    for entry in entries:
        n += 1
        if entry.n != n:
            return Broken(n, "number")
        if entry.previous != previous:
            return Broken(n, "previous")
        made = row_hash(
            entry.shop, entry.n, entry.at, entry.actor, entry.act, entry.subject, entry.detail, entry.previous
        )
        if made != entry.hash:
            return Broken(n, "hash")
        previous = entry.hash
    return None if (n, previous) == (head_n, head_hash) else Broken(n + 1, "end")
