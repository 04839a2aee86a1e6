"""The hourly sweep: all who can not be reached go, batch by batch, and a data base in trouble ends nothing."""

from __future__ import annotations

from pathlib import Path

from kvit.access.customers import devices, joining, service
from kvit.access.customers.joining import Hooks
from kvit.app.customer_sweeping import Sweeping
from kvit.db import open_database
from tests.access.customers.wallets import NOW, Wallets


async def test_all_go_batch_by_batch(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.access"]) as db:
        wallets = Wallets(db)
        many = 2 * joining.SWEPT_MAX + 3
        for _ in range(many):
            wallets.open()
        kept = wallets.open(NOW + 10)
        sweeping = Sweeping(db, Hooks(), lambda: NOW + devices.IDLE_S, lambda event, values: None)
        assert await sweeping.look() == many
        assert await sweeping.look() == 0
        assert await db.read(service.find, kept.customer.id) is not None


async def test_a_task_begins_and_ends(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.access"]) as db:
        sweeping = Sweeping(db, Hooks(), lambda: NOW, lambda event, values: None)
        await sweeping.stop()
        sweeping.start()
        await sweeping.stop()
