"""Filling templates beside the shop: in the press's process, with pictures fetched in between.

A template that a stranger's data make slow or huge costs its own deadline and nobody else's. Pictures come from the shop's
own store (``picture:…``) or from elsewhere (`kvit.template.pictures.cache`); one that is nowhere is a warning.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from kvit.db import Database
from kvit.refusal import Refusal
from kvit.template.fill import Filled, FillWanted
from kvit.template.pictures.cache import Pictures
from kvit.template.pictures.service import SCHEME, picture

AskFill = Callable[[FillWanted], Awaitable[Filled | Refusal]]


class Filler:
    """Fills templates for one shop."""

    def __init__(self, ask: AskFill, db: Database, shop: str, pictures: Pictures) -> None:
        """Take who fills (the press's process), where the shop's pictures are, and who fetches others."""
        self._ask = ask
        self._db = db
        self._shop = shop
        self._pictures = pictures

    def of(self, shop: str) -> AskFill:
        """Fill for another shop: with its pictures."""
        return Filler(self._ask, self._db, shop, self._pictures).fill

    async def fill(self, wanted: FillWanted) -> Filled | Refusal:
        """Give the document; pictures it names are put in."""
        filled = await self._ask(wanted)
        if isinstance(filled, Refusal) or not filled.addresses:
            return filled
        found = await self._found(list(filled.addresses))
        if not found:
            return filled
        return await self._ask(msgspec.structs.replace(wanted, pictures={**wanted.pictures, **found}))

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._pictures.close()

    async def _found(self, addresses: list[str]) -> dict[str, bytes]:
        others = [each for each in addresses if not each.startswith(SCHEME)]
        found: dict[str, bytes | Refusal] = await self._pictures.get_all(others)
        for address in addresses:
            if address.startswith(SCHEME):
                found[address] = await self._db.read(picture, self._shop, address)
        return {address: data for address, data in found.items() if isinstance(data, bytes)}
