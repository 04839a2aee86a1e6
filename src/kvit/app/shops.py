"""The shops of this installation in memory, and what command-line tools do to them.

The installation's own shop comes from kvit.toml, the others from the data base; this process alone changes them.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import msgspec

from kvit.access import service as access
from kvit.access import shops
from kvit.access.code import fresh_code
from kvit.app.sense import COUNTRIES
from kvit.db import Database
from kvit.i18n import LANGUAGES
from kvit.refusal import Refusal
from kvit.shop import ShopSettings


class Shops:
    """Call it with an id: the shop's settings, or None."""

    def __init__(self, db: Database, own: ShopSettings) -> None:
        self._db, self._own = db, own
        self._others = {shop.id: shop for shop in db.read_now(shops.all_shops)}

    def __call__(self, id_: str) -> ShopSettings | None:
        """Give a shop."""
        return self._own if id_ == self._own.id else self._others.get(id_)

    def ids(self) -> tuple[str, ...]:
        """Give all ids, the installation's own first."""
        return (self._own.id, *sorted(self._others.keys() - {self._own.id}))

    def verbs(self) -> dict[str, Any]:
        """Give what command-line tools may ask for."""
        return {"shops": self._list, "shop_add": self._add, "shop_change": self._change, "shop_code": self._code}

    async def _list(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"shops": [msgspec.to_builtins(self(id_)) for id_ in self.ids()], "own": self._own.id}

    async def _add(self, request: dict[str, Any]) -> dict[str, Any]:
        made = _settings(request["shop"], self._own)
        if isinstance(made, Refusal):
            return {"refusal": made.code, "values": made.values}
        refusal = await self._db.write(shops.add, made, self._own.id, int(time.time()))
        return await self._done(refusal, made)

    async def _change(self, request: dict[str, Any]) -> dict[str, Any]:
        known = self._others.get(str(request["shop"].get("id")))
        if known is None:
            return {"refusal": "access.no_such_shop", "values": {"shop": str(request["shop"].get("id"))[:40]}}
        made = _settings(request["shop"], known)
        if isinstance(made, Refusal):
            return {"refusal": made.code, "values": made.values}
        return await self._done(await self._db.write(shops.change, made, int(time.time())), made)

    async def _done(self, refusal: Refusal | None, made: ShopSettings) -> dict[str, Any]:
        if refusal is not None:
            return {"refusal": refusal.code, "values": refusal.values}
        self._others[made.id] = made
        return {"shop": msgspec.to_builtins(made)}

    async def _code(self, request: dict[str, Any]) -> dict[str, Any]:
        """A first code for a shop's owner; with ``recover`` also where it has one."""
        id_ = str(request["id"])
        if self(id_) is None:
            return {"refusal": "access.no_such_shop", "values": {"shop": id_[:40]}}
        code = fresh_code(secrets.token_bytes)
        ends = await self._db.write(access.first_code, id_, code, int(time.time()), bool(request.get("recover")))
        return {"refusal": ends.code, "values": ends.values} if isinstance(ends, Refusal) else {"code": code}


def _settings(told: dict[str, Any], before: ShopSettings) -> ShopSettings | Refusal:
    """Lay what was told over what there is; a new shop begins with the country and language of the installation's own."""
    merged = {**msgspec.to_builtins(before), **{name: value for name, value in told.items() if value is not None}}
    try:
        made = msgspec.convert(merged, ShopSettings)
    except msgspec.ValidationError as error:
        return Refusal("access.shop_bad", {"why": str(error)[:200]})
    if made.country not in COUNTRIES or made.language not in LANGUAGES:
        return Refusal("access.shop_bad", {"why": f"{made.country} {made.language}"})
    return made
