"""The readers' page: how each scanner and card reader is, and what was read in the last minutes, for whoever stands there.

What was read is shown from the memory of the shop process and gone with it (`kvit.device.reader.readings`); it is in no
table and no log, and the page keeps nothing either.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.responses import Response

from kvit.device.reader.model import Kind
from kvit.device.reader.readings import Reading
from kvit.web.door import Call
from kvit.web.pages import page, render
from kvit.web.rights import SEE_READERS
from kvit.web.routes import Table
from kvit.web.watch import Names

SHOWN: Final = 10
"""Of the last readings: what a person at the counter has just done."""
VALUE_CHARS: Final = 80


def add_readers(table: Table) -> None:
    """Add the readers' page; it goes on by itself (`kvit.web.watch`)."""

    @table.get("/readers", needs=SEE_READERS, page=True)
    async def readers_page(call: Call) -> Response:
        """Show the readers and what they read."""
        return page(call, "readers.html", **_shown(call))


async def readers_parts(call: Call, _: str, __: Names) -> dict[str, str]:
    """Draw the lists; nothing for whoever may not see them."""
    return {"readers": render(call, "reader_list.html", **_shown(call))} if call.may(SEE_READERS) else {}


def _shown(call: Call) -> dict[str, object]:
    readings = call.context.readings
    return {"lights": readings.lights(), "read": [_row(call, each) for each in readings.since(0)[: -SHOWN - 1 : -1]]}


class Row(NamedTuple):
    """One reading: the value cut to a line and what it was, or why it was refused."""

    reader: str
    value: str = ""
    what: str = ""
    at_ms: int = 0
    refused: str = ""


def _row(call: Call, reading: Reading) -> Row:
    identity, refusal = reading.identity, reading.refusal
    if identity is None:
        return Row(reading.reader, refused=call.say(refusal.code, **refusal.values) if refusal else "")
    value = identity.value.replace("\x1d", "␝")
    cut = f"{value[:VALUE_CHARS]}…" if len(value) > VALUE_CHARS else value
    what = call.say(f"web.reading_{identity.kind}")
    if identity.kind is Kind.BARCODE and identity.symbology:
        what = f"{what} ({identity.symbology})"
    return Row(reading.reader, cut, what, identity.at_ms)
