"""The line above a paper that may be a repetition, as a line process that died is to print it (docs/protocols/relay.md).

In the shop's language, laid out for the line's printer as a picture where letters other than ASCII are in it: what code
page and size a till had set is neither relied on nor changed. The line keeps it; it has no letters of its own.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.escpos import Profile
from kvit.i18n import say
from kvit.paper.builder import Builder
from kvit.paper.languages import registry

_BARE: Final[dict[str, object]] = {
    "features": frozenset({"raster"}),
    "symbologies": (),
    "code_pages": {},
    "learn": False,
    "dialect": "epson",
}


def again_line(language: str, profile: Profile) -> bytes:
    """Give the line; empty for printers of other languages than ESC/POS."""
    if profile.language != "escpos":
        return b""
    bare = msgspec.structs.replace(profile, **_BARE)
    document = Builder().text(say(language, "relay.again")).document()
    return registry.write(registry.compose(document, bare), bare).removeprefix(b"\x1b@")
