"""The ``[customers]`` table of kvit.toml."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit.shop import CountryCode


class CustomersSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proving a phone or mail address may cost."""

    codes_a_day: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 300
    """One-time codes to phones in a day, for all customers together; to mail addresses as many again."""
    countries: tuple[CountryCode, ...] = ()
    """Countries whose phones get codes, besides the shop's own."""
