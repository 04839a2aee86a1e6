"""The shop this installation belongs to: its id, name, country and language.

Country decides how dates, money, phone numbers and paper look; language is the shop's own (a customer's page follows
the customer). Every row that belongs to a shop carries ``id``, so that many shops can share one data base later.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

ShopId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", description="letters, digits and dashes")]
CountryCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$", description="two capital letters, as in KR or KZ")]


class ShopSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[shop]`` table of kvit.toml."""

    id: ShopId = "shop-1"
    name: str = "My shop"
    country: CountryCode = "GB"
    language: str = "en"
    time_zone: str = ""
    """IANA name; empty takes the country's (or the machine's where a country has several)."""
