"""The routing's settings: the ``[routing]`` table of kvit.toml. What each rule does with them: `kvit.counter.routing`.

[routing]
unknown = "wait"
kinds = ["sale", "refund"]
foot = "unclaimed"
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

ElectronicKind = Literal["sale", "refund", "copy"]
"""What customers take home. Reports and kitchen tickets are the shop's; card slips have a setting of their own."""
Foot = Literal["off", "unclaimed", "always"]
Stretch = Annotated[float, msgspec.Meta(ge=0, le=600)]


class RoutingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the shop decides where a receipt goes."""

    known: Literal["paper", "electronic", "both"] = "electronic"
    """For a customer who was recognised and never said how receipts are wished."""
    unknown: Literal["wait", "paper"] = "wait"
    """Nobody was recognised: hold the paper as long as the line may (``hold_s``), or print at once."""
    kinds: tuple[ElectronicKind, ...] = ("sale", "refund", "copy")
    """What may be electronic."""
    card_slips: bool = False
    """True: card slips go where their customer's receipts go; else they are paper."""
    fiscal_slips: bool = False
    """True: paper of fiscal slips may be left out (only where the law allows it); else they are always printed."""
    foot: Foot = "unclaimed"
    """Which papers get a QR code with the link: none, those nobody claimed, all that may be electronic."""
    before_s: Stretch = 120
    """How long somebody recognised waits for the receipt; also how long a key pressed ahead holds."""
    after_s: Stretch = 15
    """How long after a receipt came out unclaimed somebody recognised still gets it. Short: the next customer is near."""
