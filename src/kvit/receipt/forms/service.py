"""The verbs of corrections: confirm a receipt's data, keep them whatever is read anew, know the shop's forms.

Confirming and correcting are one verb: a person says how it is. What it teaches is counted once a receipt. Refusal:
``receipt.unknown``. Data that do not add up are kept as they are said, and are not verified.
"""

from __future__ import annotations

from kvit.db import Tx
from kvit.receipt import store as receipts
from kvit.receipt.forms import lessons, store
from kvit.receipt.forms.model import Confirmed, Lesson, as_reading, changed
from kvit.receipt.forms.store import Correction
from kvit.receipt.model import TOPIC, Reading
from kvit.receipt.reading.prior import Prior
from kvit.refusal import Refusal

FORM_TOPIC = "receipt.form"
"""Told the shop when what is known of its forms has changed."""


def confirm(
    tx: Tx, shop: str, id_: str, confirmed: Confirmed, taught: Lesson | None, by: str, now_s: int
) -> Reading | Refusal:
    """Keep a receipt's data as a person says they are; give the reading they make."""
    known, found = receipts.identity(tx, shop, id_), receipts.get(tx, shop, id_)
    if known is None or found is None:
        return Refusal("receipt.unknown")
    n, reading = known[0], as_reading(confirmed)
    before = store.correction(tx, n)
    seen = changed(found.reading or Reading(), confirmed)
    fields = tuple(sorted({*seen, *(before.changed if before else ())}))
    store.keep_correction(tx, n, Correction(now_s, by, confirmed, fields))
    store.put_reading(tx, n, reading)
    if taught is not None and before is None:
        learned, count = store.form(tx, shop, taught.head)
        store.put_form(tx, shop, taught.head, lessons.learn(learned, taught), count + 1, now_s)
        tx.tell(FORM_TOPIC, shop)
    tx.tell(TOPIC, id_)
    return reading


def correction(tx: Tx, shop: str, id_: str) -> Correction | Refusal | None:
    """Give what a person confirmed of a receipt; None where nobody has looked."""
    known = receipts.identity(tx, shop, id_)
    if known is None or known[2]:
        return Refusal("receipt.unknown")
    return store.correction(tx, known[0])


def priors(tx: Tx, shop: str) -> dict[str, Prior]:
    """Give what is known of a shop's forms, by their heads."""
    return lessons.priors_of(store.forms(tx, shop))
