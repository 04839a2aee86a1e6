"""Every chained book of the installation, of all its shops, proven from its rows alone. Later trades add a line here."""

from __future__ import annotations

from kvit.access import service as access
from kvit.access import shops
from kvit.access.audit import Broken
from kvit.db import Tx


def verify(tx: Tx, own: str) -> dict[str, str]:
    """Return, for each book, how many rows were proven or where it breaks; the installation's own shop is not named."""
    others = {f"audit {shop.id}": shop.id for shop in shops.all_shops(tx) if shop.id != own}
    return {book: _proven(tx, shop) for book, shop in ({"audit": own} | others).items()}


def _proven(tx: Tx, shop: str) -> str:
    found = access.verify_audit(tx, shop)
    return f"breaks at row {found.n} ({found.reason})" if isinstance(found, Broken) else f"{found} rows proven"
