"""The windows for customers and staff: two ASGI applications and what they must be given."""

from kvit.web.context import Context, LineState, NoRelay, PairState, RelayControl, Render, RenderFailed
from kvit.web.delivery import Delivery, NoDelivery, Spotted
from kvit.web.windows import public_app, staff_app

__all__ = [
    "Context",
    "Delivery",
    "LineState",
    "NoDelivery",
    "NoRelay",
    "PairState",
    "RelayControl",
    "Render",
    "RenderFailed",
    "Spotted",
    "public_app",
    "staff_app",
]
