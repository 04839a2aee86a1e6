"""What is known of a shop's printed forms, at hand for every printout that is read: looked up again when it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from kvit.db import Database
from kvit.receipt.forms import service
from kvit.receipt.reading.prior import Prior


class KnownForms:
    """The forms of one shop; ``known`` costs nothing while nobody confirms receipts."""

    def __init__(self, db: Database, shop: str) -> None:
        self._db, self._shop = db, shop
        self._known: Mapping[str, Prior] = {}
        self._fresh = False
        self._listening: asyncio.Task[None] | None = None

    async def known(self) -> Mapping[str, Prior]:
        """Give the forms by their heads."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="forms")
        if not self._fresh:
            self._fresh = True
            self._known = await self._db.read(service.priors, self._shop)
        return self._known

    async def _listen(self) -> None:
        """Until the data base closes."""
        with self._db.listen(service.FORM_TOPIC) as keys:
            self._fresh = False  # something may have changed between the first look and this
            async for _ in keys:
                self._fresh = False
