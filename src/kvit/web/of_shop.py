"""The windows' world as staff of a shop see it that is not the installation's own.

Printers, lines, readers, settings and figures are of this machine and its own shop: for others they are not there. A field
of `Context` is carried over only where it stands in `SHARED`; a new one is not until somebody has thought about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kvit.device.board import Board
from kvit.device.press import Pressed, Wanted
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web.context import Context
from kvit.web.delivery import Delivery, Spotted

SHARED = (
    "db", "render", "clock", "monotonic", "random", "public_url", "staff_url", "wallet", "link_s", "customer_keys",
    "sealer", "push_key", "hooks_house", "prefix_alarm", "shops", "shop_ids", "deliver", "take_apart", "silent",
    "fills", "proxies", "log",
)  # fmt: skip
"""What serves every shop alike, or asks for the shop itself."""


class OnlyPress:
    """Draws papers for previews; no printer is there."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self.board = Board(lambda: 0.0)

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        """Make a paper."""
        return await self._delivery.press(wanted)

    async def probe(self, printer: str) -> Refusal | None:
        """Refuse."""
        return Refusal("web.delivery_absent")

    async def find(self) -> Sequence[Spotted]:
        """Find none."""
        return ()

    def call_url(self, kind: str, token: str) -> str:
        """Give none."""
        return ""


def of_shop(context: Context, shop: ShopSettings) -> Context:
    """Give a shop's own world; made once for each."""
    if shop.id == context.shop.id:
        return context
    made = context.others.get(shop.id)
    if made is None or made.shop != shop:
        shared = {name: getattr(context, name) for name in SHARED}
        made = context.others[shop.id] = Context(
            door=replace(context.door, shop=shop.id), shop=shop, fill=context.fills(shop.id),
            delivery=OnlyPress(context.delivery), **shared,
        )  # fmt: skip
    return made
