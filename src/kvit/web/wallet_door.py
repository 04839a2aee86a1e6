"""How a device comes to a wallet: its cookies, what it is called, and whose country's figures a page shows.

A device is known by a random secret in a cookie; nothing else tells who somebody is. Before there is one, a random cookie
of the visit stands in, so that the first form has a token of its own, too.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from kvit.access.customers import devices
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES
from kvit.shop import ShopSettings
from kvit.web.door import GUEST_COOKIE, Call, cookie, set_cookie
from kvit.web.guard import PUBLIC_CSP
from kvit.web.pages import Shown, page
from kvit.web.wallet_acts import Fresh

FIND_COOKIE = "kvit-find"
"""What was looked for last, till the browser is closed or the wallet left."""
CSP = PUBLIC_CSP + "; script-src 'self'; connect-src 'self'; worker-src 'self'"
"""The wallet's own pages run our modules; a receipt behind a link needs none."""

_BROWSERS = (("Edg", "Edge"), ("SamsungBrowser", "Samsung"), ("OPR/", "Opera"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def fresh_device(call: Call) -> Fresh:
    """Make the secrets of a wallet to be."""
    random = call.context.random
    token = devices.fresh_device_token(random)
    label = device_label(call.request.headers.get("user-agent", ""))
    return Fresh(random(ID_BYTES).hex(), random(DEVICE_ID_BYTES).hex(), token, devices.device_hash(token), label)


def device_label(agent: str) -> str:
    """Name a device coarsely, so that its owner tells it from the others and nobody else learns anything."""
    browser = next((name for mark, name in _BROWSERS if re.search(re.escape(mark), agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system)))


def device_opened(call: Call, response: Response, fresh: Fresh | None) -> Response:
    """Hand a new device its secret; the visit is over."""
    if fresh is not None:
        give_device(call, response, fresh.token)
    return response


def give_device(call: Call, response: Response, token: str) -> None:
    """Set a device's cookie; an empty token takes it away."""
    set_cookie(call.request, response, devices.COOKIE, token, devices.IDLE_S)
    set_cookie(call.request, response, GUEST_COOKIE, "")


def with_guest(call: Call, response: Response) -> Response:
    """Give who has no wallet yet the cookie the page's forms are bound to."""
    if call.visitor is None and not cookie(call.request, GUEST_COOKIE):
        set_cookie(call.request, response, GUEST_COOKIE, call.visit)
    return response


def wallet_page(call: Call, template: str, http_status: int = 200, /, **values: object) -> Response:
    """Make a page of the wallet."""
    made = page(call, template, http_status, here=template.removesuffix(".html"), **values)
    made.headers["content-security-policy"] = CSP
    return with_guest(call, made)


def shop_of(call: Call, shop: str) -> ShopSettings:
    """Give the settings of the shop a receipt came from."""
    return call.context.shops(shop) or call.context.shop


def shown_of(call: Call, shop: str) -> Shown:
    """Give what writes a shop's dates and money for this reader."""
    return Shown(call.language, shop_of(call, shop))
