"""Old readings made new, slowly: what an older reader read is taken apart again while the shop has nothing better to do.

One receipt at a time, with pauses, so that a shop of a million receipts is through in a day and nobody notices;
``kvit receipts reread`` does it without the pauses. A receipt the reader fails on is left as it was, and logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kvit.app.digest import Job
from kvit.app.digester import Digester
from kvit.app.log import Log
from kvit.db import Database
from kvit.i18n import country
from kvit.receipt import rereading
from kvit.receipt.forms import service as forms
from kvit.receipt.forms.keeping import kept
from kvit.receipt.printout import Prepared
from kvit.receipt.reading.version import VERSION
from kvit.receipt.rereading import Corrected, Old
from kvit.relay import reading as relay
from kvit.shop import ShopSettings

FIRST_S = 60.0
"""After the start: captures and pages come first."""
PAUSE_S = 0.05
"""Between two receipts: about a twentieth of the processor."""
LOOK_S = 3600.0
"""Then it looks whether there is anything new to do."""
PAGE = 16

CORRECTED: Corrected = kept
"""Puts back what people corrected."""


class Rereading:
    """The task, and the verb that hurries it."""

    def __init__(
        self, db: Database, digester: Digester, shops: Callable[[str], ShopSettings | None], log: Log,
        reader: int = VERSION, corrected: Corrected = CORRECTED,
    ) -> None:  # fmt: skip
        self._db, self._digester, self._shops, self._log = db, digester, shops, log
        self._reader, self._corrected = reader, corrected
        self._task: asyncio.Task[None] | None = None
        self._one = asyncio.Lock()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is under way is read again at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def all(self, pause_s: float = 0.0) -> tuple[int, int]:
        """Read all again that an older reader read; give how many were, and on how many it failed."""
        done = failed = after = 0
        async with self._one:
            while page := await self._db.read(rereading.older, self._reader, after, PAGE):
                for old in page:
                    after = old.n
                    try:
                        prepared = await self._digest(old)
                    except Exception as error:
                        self._log(
                            "receipt.not_reread", {"receipt": old.id, "error": f"{type(error).__name__}: {error}"}
                        )
                        await self._db.write(rereading.leave, old.n, self._reader)
                        failed += 1
                        continue
                    done += await self._db.write(rereading.reread, old, prepared, self._reader, self._corrected)
                    await asyncio.sleep(pause_s)
        return done, failed

    def verbs(self) -> dict[str, Any]:
        """Give what command-line tools may ask for."""
        return {"reread": self._reread}

    async def _reread(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("all"):
            await self._db.write(rereading.again_all)
        done, failed = await self.all()
        return {"reread": done, "failed": failed, "reader": self._reader}

    async def _run(self) -> None:
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                done, failed = await self.all(PAUSE_S)
                if done or failed:
                    self._log("receipts.reread", {"reread": done, "failed": failed, "reader": self._reader})
            except Exception as error:  # the books are in trouble: the next hour tries again
                self._log("receipts.reread_failed", {"error": f"{type(error).__name__}: {error}"})
            await asyncio.sleep(LOOK_S)

    async def _digest(self, old: Old) -> Prepared:
        shop = self._shops(old.shop)
        order = country(shop.country).date_order if shop is not None else ""
        found = relay.Printout(
            old.line, old.offset, old.raw, old.setting, old.taken_at_ms, old.taken_at_ms, old.till, "cut"
        )
        priors = await self._db.read(forms.priors, old.shop)
        job = Job(old.shop, found, old.till, old.profile, (), order, priors)
        return await self._digester.digest(lambda: job, len(old.raw))
