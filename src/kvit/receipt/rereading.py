"""Reading stored receipts again, because the reader has learned since: verbs, ``tx`` first.

What a till printed never changes; what was read from it does. A receipt is read again from its stored bytes outside of any
transaction, then everything the reading says is exchanged in one (`reread`): kind, sums, text, words to search for. Nothing
is exchanged where the receipt got a tail meanwhile, was erased, or its data were told by another program. What people have
corrected stands over every reader: ``corrected`` puts it back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from kvit.db import Tx
from kvit.receipt import store
from kvit.receipt.model import Reading
from kvit.receipt.printout import Happening, Prepared, title_of
from kvit.receipt.service import TOPIC

Corrected = Callable[[Tx, int, Reading], Reading]
"""Puts back what people corrected in the receipt of that number."""


@dataclass(frozen=True, slots=True)
class Old:
    """A receipt an older reader read, with what is needed to read it again."""

    n: int
    shop: str
    id: str
    line: str
    offset: int
    taken_at_ms: int
    till: str
    profile: str
    version: int
    setting: bytes
    raw: bytes
    heard: tuple[Happening, ...]
    """What the printer said: in none of the bytes."""


def uncorrected(tx: Tx, n: int, reading: Reading) -> Reading:
    """Leave a reading as it is."""
    return reading


def older(tx: Tx, reader: int, after: int, limit: int) -> list[Old]:
    """Give receipts of all shops an older reader read, by number, behind one."""
    rows = tx.all(
        "SELECT r.n, r.shop, r.id, r.line, r.at_offset, r.taken_at, r.till, r.profile, r.version, b.setting, b.raw,"
        " r.events FROM receipt r JOIN receipt_body b ON b.n = r.n"
        " WHERE r.n > $1 AND r.reader >= 0 AND r.reader < $2 AND r.forgotten_at IS NULL ORDER BY r.n LIMIT $3",
        after,
        reader,
        limit,
    )
    found = []
    for n, shop, id_, line, offset, taken_at, till, profile, version, setting, raw, events in rows:
        heard = tuple(one for one in _happened(events) if one.kind == "status")
        found.append(
            Old(n, shop, id_, line, offset, taken_at, till, profile, version, bytes(setting), bytes(raw), heard)
        )
    return found


def count_older(tx: Tx, reader: int) -> int:
    """Count the receipts an older reader read."""
    row = tx.one("SELECT count(*) FROM receipt WHERE reader >= 0 AND reader < $1 AND forgotten_at IS NULL", reader)
    return int(row[0]) if row else 0


def again(tx: Tx, ids: list[str], shop: str) -> int:
    """Have receipts read again though this very reader read them; give how many there are."""
    return sum(
        tx.run("UPDATE receipt SET reader = 0 WHERE shop = $1 AND id = $2 AND reader > 0", shop, id_) for id_ in ids
    )


def again_all(tx: Tx) -> int:
    """Have every receipt read again that a reader read."""
    return tx.run("UPDATE receipt SET reader = 0 WHERE reader > 0")


def reread(tx: Tx, old: Old, prepared: Prepared, reader: int, corrected: Corrected = uncorrected) -> bool:
    """Exchange what was read; False where the receipt is another one by now, or gone."""
    taken = tx.run(
        "UPDATE receipt SET reader = $3"
        " WHERE n = $1 AND version = $2 AND forgotten_at IS NULL AND reader >= 0 AND reader < $3",
        old.n,
        old.version,
        reader,
    )
    if not taken:
        return False
    happened = (*prepared.printout.happenings, *old.heard)
    reading = prepared.printout.reading
    right = None if reading is None else corrected(tx, old.n, reading)
    printout = msgspec.structs.replace(prepared.printout, happenings=happened, reading=right)
    exchanged = msgspec.structs.replace(
        prepared,
        printout=printout,
        reading_json=prepared.reading_json if right == reading else msgspec.json.encode(right).decode(),
        happenings_json=msgspec.json.encode(happened).decode(),
        title=title_of(printout.text, right),
    )
    store.replace(tx, old.n, exchanged)
    store.set_version(tx, old.n, old.version)
    tx.tell(TOPIC, old.id)
    return True


def leave(tx: Tx, n: int, reader: int) -> None:
    """Let a receipt this reader fails on be as it is, until the next reader."""
    tx.run("UPDATE receipt SET reader = $2 WHERE n = $1 AND reader >= 0", n, reader)


def _happened(events: str) -> tuple[Happening, ...]:
    return msgspec.json.decode(events, type=tuple[Happening, ...])
