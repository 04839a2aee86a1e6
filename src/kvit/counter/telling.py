"""Receipts come and go, and other programs hear of it: the verbs of receipts with the event beside them.

Both are in one transaction. What was there before, or was refused, is no event. An erasure is told too, so that
whoever has a copy can erase it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kvit.db import Tx
from kvit.notify import events
from kvit.receipt import retention
from kvit.receipt import service as receipts
from kvit.receipt.model import Kind
from kvit.receipt.printout import Prepared
from kvit.receipt.service import Taken
from kvit.refusal import Refusal


def take_all(tx: Tx, shop: str, ready: Sequence[Prepared]) -> list[Taken | Refusal]:
    """Store printouts (`kvit.receipt.service.take_all`) and tell of the fresh ones."""
    taken = receipts.take_all(tx, shop, ready)
    if events.is_heard(tx, shop, "receipt.stored"):
        for prepared, answer in zip(ready, taken, strict=True):
            if isinstance(answer, Taken) and answer.fresh:
                stored(tx, shop, prepared)
    return taken


def stored(tx: Tx, shop: str, prepared: Prepared) -> None:
    """Tell of a receipt that has just been stored."""
    printout = prepared.printout
    kind = Kind.OTHER if printout.reading is None else printout.reading.kind
    events.receipt_stored(tx, shop, prepared.id, printout.place.line, kind.value, printout.taken_at_ms)


def take(tx: Tx, shop: str, prepared: Prepared) -> Taken | Refusal:
    """Store one printout likewise."""
    return take_all(tx, shop, [prepared])[0]


def erase_content(tx: Tx, shop: str, now_ms: int, content_days: int) -> int:
    """Erase what has become too old (`kvit.receipt.retention.erase_content`) and tell of it; give how many."""
    erased = retention.erase_content(tx, shop, now_ms, content_days)
    if erased and events.is_heard(tx, shop, "receipt.erased"):
        for id_ in erased:
            events.receipt_erased(tx, shop, id_, now_ms)
    return len(erased)


def forget(tx: Tx, shop: str, id_: str, now_s: int) -> str | Refusal:
    """Erase a receipt (`kvit.receipt.service.forget`) and tell of it."""
    done = receipts.forget(tx, shop, id_, now_s)
    if not isinstance(done, Refusal):
        events.receipt_erased(tx, shop, id_, now_s * 1000)
    return done
