"""Every chained book of the shop, proven from its rows alone. Later trades add a line here."""

from __future__ import annotations

from kvit.access import service as access
from kvit.access.audit import Broken
from kvit.db import Tx


def verify(tx: Tx, shop: str) -> dict[str, str]:
    """Return, for each book, how many rows were proven or where it breaks."""
    found = access.verify_audit(tx, shop)
    said = f"breaks at row {found.n} ({found.reason})" if isinstance(found, Broken) else f"{found} rows proven"
    return {"audit": said}
