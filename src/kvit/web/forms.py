"""A receipt in every form: picture, PDF, text, page, bytes, data; the same for staff and for who has a link."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import msgspec
from starlette.responses import Response

from kvit.receipt import service
from kvit.receipt.exports import plain
from kvit.receipt.exports.ekabs import ekabs
from kvit.receipt.exports.source import Source
from kvit.receipt.exports.table import csv_of
from kvit.receipt.exports.ubl import ubl
from kvit.receipt.model import Reading
from kvit.receipt.store import Receipt
from kvit.refusal import Refusal
from kvit.web.context import Context, RenderFailed
from kvit.web.harmless import plain_text
from kvit.web.pages import time_zone
from kvit.web.problem import Problem, status_of

KINDS = {
    "png": "image/png",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ekabs": "application/json",
    "ubl": "application/xml",
    "bin": "application/octet-stream",
    "sheet": "application/json",
}
"""By the ending of the address. ``json`` is what was read, ``csv`` its lines as a table, ``ekabs`` and ``ubl`` the trade's
own forms (docs/protocols/exports.md), ``sheet`` the paper box by box, ``bin`` the printer's bytes."""
FILE_ENDINGS = {"sheet": "json", "ekabs": "ekabs.json", "ubl": "ubl.xml"}

PUBLIC_KINDS = ("png", "pdf", "txt", "html", "json", "csv", "ekabs", "ubl")
"""What the customer gets; the printer's bytes are the shop's."""

DRAWN = {"png": "png", "pdf": "pdf", "svg": "svg", "html": "html", "sheet": "json"}

MADE: dict[str, Callable[[Source], bytes | Refusal]] = {
    "csv": lambda source: csv_of([source]),
    "ekabs": ekabs,
    "ubl": ubl,
}

_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)


async def form_of(context: Context, shop: str, receipt: Receipt, ending: str, *, download: bool) -> Response:
    """Give a receipt in a form; ``download`` asks the browser to keep it as a file."""
    if ending not in KINDS:
        raise Problem(404, "web.not_found")
    data = await _data(context, shop, receipt, ending)
    name = f"receipt-{receipt.summary.id}.{FILE_ENDINGS.get(ending, ending)}"
    headers = {
        "content-disposition": f'{"attachment" if download or ending == "bin" else "inline"}; filename="{name}"',
        "content-security-policy": _policy(data) if ending == "html" else "default-src 'none'; sandbox",
    }
    return Response(data, media_type=KINDS[ending], headers=headers)


async def _data(context: Context, shop: str, receipt: Receipt, ending: str) -> bytes:
    if ending == "txt":
        return plain_text(receipt.text).encode()
    if ending == "json":
        return msgspec.json.format(msgspec.json.encode(plain(receipt.reading or Reading())))
    if ending in MADE:
        settings = context.shops(shop) or context.shop
        made = MADE[ending](Source(receipt, settings, time_zone(settings)))
        if isinstance(made, Refusal):
            raise Problem(status_of(made), made.code)
        return made
    if ending == "bin":
        return await raw_of(context, shop, receipt.summary.id)
    return await draw(
        context, await played_of(context, shop, receipt.summary.id), receipt.summary.profile, DRAWN[ending]
    )


async def raw_of(context: Context, shop: str, id_: str) -> bytes:
    """Give the stored bytes; a receipt forgotten a moment ago is not there."""
    raw = await context.db.read(service.raw, shop, id_)
    if isinstance(raw, Refusal):
        raise Problem(404, raw.code)
    return raw


async def played_of(context: Context, shop: str, id_: str) -> bytes:
    """Give what is played to see a printout: what was set before it, and its bytes."""
    played = await context.db.read(service.played, shop, id_)
    if isinstance(played, Refusal):
        raise Problem(404, played.code)
    return b"".join(played)


async def draw(context: Context, raw: bytes, profile: str, form: str) -> bytes:
    """Have a form drawn; when the worker can not, say so in words."""
    try:
        return await context.render(raw, profile, form)
    except RenderFailed as failed:
        context.log("web.render_failed", {"form": form, "reason": str(failed)})
        raise Problem(503, "web.picture_failed") from None


def _policy(html: bytes) -> str:
    """A page to keep carries its style sheet; the policy names that very text and allows no other."""
    hashes = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(html)]
    styles = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
    closed = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; style-src {styles}; img-src data:; {closed}"
