"""The member code: a QR code that says at the till whose phone this is, new every half minute.

The page fetches a batch of codes ahead and draws the one of the moment by itself, so it works without a network until the
batch is used up; its service worker keeps the page and its files. A code goes over the wire as the modules of its drawing,
packed eight to a byte: a phone that can draw rectangles needs no QR library. Without a script the page shows one code and
comes anew when that one is over.
"""

from __future__ import annotations

import base64

import msgspec
import numpy as np
from starlette.responses import Response

from kvit.access.customers import codes
from kvit.access.customers import service as customers
from kvit.paper.symbol import matrix_of
from kvit.web import static_files
from kvit.web.door import Call
from kvit.web.public_language import remember_language
from kvit.web.qr import qr_svg
from kvit.web.routes import CUSTOMER, PUBLIC, Table
from kvit.web.wallet_door import CSP, wallet_page

BATCH = 120
"""An hour of codes, some 40 kB: the way to the shop and a queue at the till."""
SCOPE = "/wallet"
WORKER_FILE = "wallet-worker.js"
FILES = ("kvit.css", "wallet.css", "kvit.svg", "wallet.js", "wallet-code.js")
KEPT = {"cache-control": "no-cache"}


class CodeOut(msgspec.Struct):
    """A code's window, and its modules row by row, packed and in base64."""

    at: int
    modules: str


class CodesOut(msgspec.Struct):
    """A batch of codes. ``now`` is the server's clock: a phone's may be wrong."""

    now: int
    window_s: int
    side: int
    codes: list[CodeOut]


def add_wallet_code(table: Table) -> None:
    """Add the code's page, its batch, and what makes the wallet an app on a phone's home screen."""

    @table.get("/wallet/code", needs=CUSTOMER, page=True)
    async def wallet_code(call: Call) -> Response:
        """Show the code of the moment."""
        assert call.visitor is not None
        (text,) = customers.make_codes(call.context.customer_keys, call.visitor, call.now_s, 1, call.context.random)
        files = [static_files.address(name) for name in FILES]
        svg = qr_svg(text, call.say("wallet.code"))
        return remember_language(
            call, wallet_page(call, "wallet_code.html", svg=svg, files=files, every=codes.WINDOW_S)
        )

    @table.get("/wallet/codes", needs=CUSTOMER)
    async def wallet_codes(call: Call) -> CodesOut:
        """Give a batch of codes for the next hour."""
        assert call.visitor is not None
        keys, now = call.context.customer_keys, call.now_s
        texts = customers.make_codes(keys, call.visitor, now, BATCH, call.context.random)
        drawn = [packed(text) for text in texts]
        begun = codes.window(now)
        made = [CodeOut(begun + at * codes.WINDOW_S, modules) for at, (_, modules) in enumerate(drawn)]
        return CodesOut(now, codes.WINDOW_S, drawn[0][0], made)

    @table.get("/wallet/manifest.json", needs=PUBLIC)
    async def wallet_manifest(call: Call) -> Response:
        """Describe the wallet for a phone's home screen."""
        manifest = {
            "name": call.say("wallet.title"), "short_name": call.say("wallet.title"), "start_url": "/wallet",
            "scope": SCOPE, "display": "standalone", "background_color": "#f6f5f1", "theme_color": "#14614f",
            "lang": call.language, "icons": _icons(),
            "shortcuts": [{"name": call.say("wallet.code"), "url": "/wallet/code"}],
        }  # fmt: skip
        return Response(msgspec.json.encode(manifest), media_type="application/manifest+json", headers=KEPT)

    @table.get("/wallet/worker.js", needs=PUBLIC)
    async def wallet_worker(call: Call) -> Response:
        """Give the service worker; its text changes with the version of the static files."""
        text = static_files.files()[WORKER_FILE].replace(b"VERSION", static_files.version().encode())
        headers = KEPT | {"service-worker-allowed": SCOPE, "content-security-policy": CSP}
        return Response(text, media_type="text/javascript; charset=utf-8", headers=headers)


def packed(text: str) -> tuple[int, str]:
    """Give a code's side in modules, and the modules packed."""
    matrix = matrix_of("qr", text.encode(), "M", ())
    assert matrix is not None
    return len(matrix), base64.b64encode(np.packbits(matrix.astype(np.uint8).ravel()).tobytes()).decode()


def _icons() -> list[dict[str, str]]:
    icons = [{"src": static_files.address("kvit.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    for size in (192, 512):
        source = static_files.address(f"kvit-{size}.png")
        icons += [{"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}]
    return icons
