"""Our own style sheets, modules and letters, served under an address that names their content.

``/static/<hash>/kvit.css`` never changes, so browsers keep it for ever; another version has another hash. The receipt's
style sheet and its font lie with what draws receipts, and are served beside ours.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from kvit.web.problem import Problem

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"


@cache
def files() -> dict[str, bytes]:
    """Give all files by name."""
    own = (resources.files("kvit.web") / "static").iterdir()
    found = {file.name: file.read_bytes() for file in own if file.name.rpartition(".")[2] in KINDS}
    found["receipt.css"] = (resources.files("kvit.paper.render") / "receipt.css").read_bytes()
    found["kvit-mono.woff2"] = (resources.files("kvit.paper") / "fonts" / "kvit-mono.woff2").read_bytes()
    return found


@cache
def version() -> str:
    """Give the hash over all files."""
    told = hashlib.sha256()
    for name, data in sorted(files().items()):
        told.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    return told.hexdigest()[:16]


def address(name: str) -> str:
    """Give the address a page links."""
    assert name in files(), name
    return f"/static/{version()}/{name}"


async def serve(request: Request) -> Response:
    """Answer a static file; a hash of another version is answered too, but not kept."""
    data = files().get(request.path_params["name"])
    if data is None:
        raise Problem(404, "web.not_found")
    kept = FOREVER if request.path_params["version"] == version() else "no-store"
    kind = KINDS[request.path_params["name"].rpartition(".")[2]]
    return Response(data, media_type=kind, headers={"cache-control": kept})
