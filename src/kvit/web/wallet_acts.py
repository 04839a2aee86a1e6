"""What happens to customer and wallet in one transaction: the first receipt makes both.

The shop's staff find who kept one of its receipts from then on, and its webhooks hear that a receipt was claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access.customers import service as customers
from kvit.db import Tx
from kvit.notify import events
from kvit.receipt.wallet import service as wallet
from kvit.receipt.wallet.model import Kept
from kvit.refusal import Refusal

BY_LINK = "link"


@dataclass(frozen=True)
class Fresh:
    """A wallet to be, with its first device: random ids, the hash of the device's secret, what the device is called."""

    customer: str
    device: str
    token: str
    hash: bytes
    label: str


def begin(tx: Tx, fresh: Fresh, now_s: int) -> str | Refusal:
    """Begin a wallet; give the customer's id."""
    customers.new_customer(tx, fresh.customer, now_s)
    added = customers.add_device(tx, fresh.customer, fresh.device, fresh.hash, fresh.label, now_s)
    return added if isinstance(added, Refusal) else fresh.customer


def keep(tx: Tx, customer: str, fresh: Fresh | None, shop: str, id_: str, now_s: int) -> Kept | Refusal:
    """Keep a receipt for a customer, or for the one that begins with it."""
    if fresh is not None:
        begun = begin(tx, fresh, now_s)
        if isinstance(begun, Refusal):
            return begun
        customer = begun
    kept = wallet.keep(tx, customer, shop, id_, now_s, BY_LINK)
    if isinstance(kept, Kept):
        customers.meet(tx, shop, customer, now_s)
    if isinstance(kept, Kept) and kept.fresh:
        events.receipt_claimed(tx, shop, id_, BY_LINK, now_s * 1000)
    return kept
