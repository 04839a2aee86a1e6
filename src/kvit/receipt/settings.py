"""The receipts' settings: the ``[receipts]`` table of kvit.toml. Two of the three clocks of an e-receipt.

The link a customer was given is short-lived, and whoever holds it may renew it. The receipt itself the shop keeps as
long as its law asks (eight to ten years in Germany). The third clock, of the address a link was sent to, stops when it is
sent (`kvit.notify`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec

LINK_DAYS = 90
"""A season: long enough to give a thing back, short enough that a paper found in the street leads nowhere."""
CONTENT_DAYS = 3653
"""Ten years."""


class ReceiptsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[receipts]`` table."""

    link_days: Annotated[int, msgspec.Meta(ge=1, le=3653)] = LINK_DAYS
    """How long a customer's link opens; each renewal begins this anew."""
    content_days: Annotated[int, msgspec.Meta(ge=0, le=36525)] = CONTENT_DAYS
    """When a receipt's content is erased; 0: never."""
