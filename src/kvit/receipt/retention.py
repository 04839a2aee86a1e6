"""Retention: what has become too old is erased, a few rows at a time so that nobody waits for it.

A receipt whose content's time is over is forgotten as by hand (`kvit.receipt.service.forget`): its place and hash stay,
so that no replay brings it back. A link that has ended is kept for `LINK_REMEMBERED_S`, for staff who are asked why it
does not open; then its row goes.

Verbs give which or how many rows they took: ``BATCH`` means that there may be more.
"""

from __future__ import annotations

from kvit.db import ERASED, Tx
from kvit.receipt import store
from kvit.receipt.service import TOPIC

BATCH = 200
"""Erased in one transaction: some milliseconds of the one writer."""
LINK_REMEMBERED_S = 30 * 24 * 3600
DAY_MS = 24 * 3_600_000


def erase_content(tx: Tx, shop: str, now_ms: int, content_days: int) -> list[str]:
    """Erase receipts printed more than ``content_days`` ago (0: none); give their ids."""
    if not content_days:
        return []
    found = store.older_than(tx, shop, now_ms - content_days * DAY_MS, BATCH)
    for n, id_ in found:
        store.forget(tx, n, now_ms // 1000)
        tx.tell(TOPIC, id_)
    if found:
        tx.tell(ERASED)
    return [id_ for _, id_ in found]


def drop_links(tx: Tx, now_s: int) -> int:
    """Drop the rows of links that ended long ago, of all shops; give how many."""
    return store.drop_links(tx, now_s - LINK_REMEMBERED_S, BATCH)
