"""The hourly look: every shop's old receipts go, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

from kvit.app.keeping import Keeping
from kvit.db import open_database
from kvit.receipt import service
from kvit.receipt.printout import prepare
from kvit.receipt.settings import ReceiptsSettings
from kvit.refusal import Refusal
from tests.receipt.printouts import DAY_MS, printout


async def test_old_receipts_of_all_shops_go(tmp_path: Path) -> None:
    now_ms, logged = int(time.time() * 1000), []
    with open_database(tmp_path / "kvit.db", ["kvit.receipt", "kvit.notify"]) as db:
        made = {}
        for shop in ("one", "two", "unknown"):
            for days in (1, 20):
                one = prepare(shop, printout(days, taken_at_ms=now_ms - days * DAY_MS))
                made[shop, days] = one.id
                await db.write(service.take, shop, one)
        keeping = Keeping(
            db, lambda: ("one", "two"), ReceiptsSettings(content_days=10), lambda *said: logged.append(said)
        )
        assert await keeping.look() == (2, 0)
        gone = {key for key, id_ in made.items() if isinstance(await db.read(service.get, key[0], id_), Refusal)}
        assert gone == {("one", 20), ("two", 20)}
        assert await keeping.look() == (0, 0)
