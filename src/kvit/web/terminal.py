"""The terminal: a page for phones and tablets that sells by hand and prints, also when nobody answers it.

It stays on a device's home screen (a manifest, a service worker that keeps the page and its files) and does its work over
the API with the client others use, too (static/kvit-client.js, docs/protocols/client.md). The page holds nothing of a
session, so what a device keeps of it says nothing: who calls is asked when it opens.

Its headers differ from other pages in three words: printers at the device (Web Serial, WebUSB, Web Bluetooth) are allowed
to it, the manifest and the worker of our own may be loaded. The worker's reach is this page alone.
"""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from kvit.device.adapters.adapter import adapter_of
from kvit.device.adapters.kinds import KINDS
from kvit.i18n import country
from kvit.i18n.sentence import texts
from kvit.money import decimals
from kvit.web import static_files
from kvit.web.door import Call
from kvit.web.guard import STAFF_CSP
from kvit.web.pages import page
from kvit.web.rights import PRINT_JOBS, SEE_TEMPLATES
from kvit.web.routes import PUBLIC, Table

CSP = STAFF_CSP + "; manifest-src 'self'; worker-src 'self'"
PERMISSIONS = (
    "camera=(), microphone=(), geolocation=(), payment=(), interest-cohort=(), "
    "usb=(self), serial=(self), bluetooth=(self)"
)
HEADERS = {"content-security-policy": CSP, "permissions-policy": PERMISSIONS}
SCOPE = "/terminal"
WORKER_FILE = "terminal-worker.js"
FILES = ("kvit.css", "terminal.css", "kvit.svg", "terminal.js", "terminal-sale.js", "kvit-client.js", "kvit-slots.js",
         "kvit-printers.js")  # fmt: skip
"""What the page needs when nobody answers; the worker keeps them."""
FORM_WORDS = tuple(
    f"form.{word}" for word in ("cash", "card", "mobile", "points_paid", "sale", "refund", "total", "change")
)
"""What the page says with the receipt's own words."""


def add_terminal(table: Table) -> None:
    """Add the page, its manifest and its worker."""

    @table.get(SCOPE, needs=SEE_TEMPLATES, page=True)
    async def terminal_page(call: Call) -> Response:
        """Show the terminal."""
        home = country(call.shop.country)
        shown = page(
            call, "terminal.html", words=words(call), currency=home.currency, decimals=decimals(home.currency),
            kinds=direct_kinds(), may_print=call.may(PRINT_JOBS), files=[static_files.address(name) for name in FILES],
        )  # fmt: skip
        shown.headers.update(HEADERS)
        return shown

    @table.get("/terminal/manifest.json", needs=PUBLIC)
    async def terminal_manifest(call: Call) -> Response:
        """Say how the terminal stands on a home screen; asked for without a session, so it names no shop."""
        manifest = {
            "id": SCOPE, "name": f"Kvit {call.say('terminal.title')}", "short_name": "Kvit", "start_url": SCOPE,
            "scope": SCOPE, "display": "standalone", "background_color": "#f6f5f1", "theme_color": "#14614f",
            "description": call.say("terminal.what_for"), "lang": call.language, "icons": _icons(),
        }  # fmt: skip
        headers = {"cache-control": "no-cache"}
        return Response(msgspec.json.encode(manifest), media_type="application/manifest+json", headers=headers)

    @table.get("/terminal/worker.js", needs=PUBLIC)
    async def terminal_worker(call: Call) -> Response:
        """Give the service worker; its text changes with the version of the static files, so browsers take the new one."""
        text = static_files.files()[WORKER_FILE].replace(b"VERSION", static_files.version().encode())
        headers = {"cache-control": "no-cache", "service-worker-allowed": SCOPE, "content-security-policy": CSP}
        return Response(text, media_type="text/javascript", headers=headers)


def _icons() -> list[dict[str, str]]:
    icons = [{"src": static_files.address("kvit.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    for size in (192, 512):
        source = static_files.address(f"kvit-{size}.png")
        icons.append({"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"})
    return icons


def words(call: Call) -> dict[str, str]:
    """Everything the page says by itself, by code, in the caller's language; places for values stay as they are."""
    codes = [code for code, _ in texts("terminal")]
    codes += [code for code, _ in texts("printing") if code.startswith("printing.state_")]
    return {code: call.say(code) for code in (*codes, *FORM_WORDS)}


def direct_kinds() -> dict[str, list[int]]:
    """Printers a device can write to by itself: those that take bytes over a wire, by name with their papers."""
    found = {}
    for name, kind in KINDS.items():
        made = adapter_of(f"{name}+file:///dev/null") if "usb" in kind.transports else None
        if made is not None and hasattr(made, "language"):
            found[name] = list(kind.papers)
    return found
