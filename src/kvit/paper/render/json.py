"""A sheet as JSON, whole, and back: the one rendering that loses nothing.

Field names are those of ``paper.sheet``; bytes become base64, box kinds are told by ``"type"`` (``run picture symbol
rule``), letters drawn by the sender are kept. ``parse`` refuses what is not such a document.
"""

from __future__ import annotations

import msgspec

from kvit.paper.render.escape import quiet_json
from kvit.paper.sheet import Sheet
from kvit.wire import WireError

MAX_BYTES = 64 * 1024 * 1024
"""A sheet at the player's own limits; a receipt has 20 KB."""


def render(sheet: Sheet) -> bytes:
    """The sheet as UTF-8 JSON."""
    return quiet_json(msgspec.json.encode(sheet))


def parse(data: bytes) -> Sheet:
    """The twin of ``render``. Raises WireError for bytes that are no sheet."""
    if len(data) > MAX_BYTES:
        raise WireError("sheet too long", data[:64], MAX_BYTES)
    try:
        return msgspec.json.decode(data, type=Sheet)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"no sheet: {error}", data[:64], 0) from error
