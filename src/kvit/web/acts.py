"""What staff do to a receipt, each with its row in the audit log, in one transaction.

A verb here is one of ``kvit.receipt.service`` behind its audit row: so that who shared a receipt and who erased one can be
told afterwards. The row holds the receipt's id, never the link's token or anything the receipt said.
"""

from __future__ import annotations

from collections.abc import Sequence

from kvit.access.model import Identity
from kvit.access.service import audit
from kvit.counter import telling
from kvit.db import Tx
from kvit.receipt import service
from kvit.receipt.store import Link
from kvit.refusal import Refusal


def make_link(tx: Tx, by: Identity, id_: str, token: str, now_s: int, lifetime_s: int) -> Link | Refusal:
    """Make a public link."""
    audit(tx, by.shop, by.actor, "link.made", id_, now_s)
    return service.make_link(tx, by.shop, id_, token, by.actor, now_s, lifetime_s)


def revoke_link(tx: Tx, by: Identity, id_: str, hashes: Sequence[bytes], now_s: int) -> int | Refusal:
    """End public links."""
    audit(tx, by.shop, by.actor, "link.revoked", id_, now_s)
    return service.revoke_link(tx, by.shop, id_, hashes, now_s)


def forget(tx: Tx, by: Identity, id_: str, now_s: int) -> str | Refusal:
    """Erase a receipt."""
    audit(tx, by.shop, by.actor, "receipt.forgotten", id_, now_s)
    return telling.forget(tx, by.shop, id_, now_s)
