"""Late paper: a receipt that was kept back is printed after all, through the line its till prints on.

The line gives the printer to its own house like to a till (`kvit.device.transports.own_door`). What a till's bytes do
beside printing is left out: the drawer was opened when it asked for it, and nobody is there to hear answers.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from kvit.device.address import parse
from kvit.device.delivery.wire import Wire
from kvit.escpos import Parser
from kvit.receipt.printout import known_profile
from kvit.refusal import Refusal
from kvit.relay.ends import own_door
from kvit.relay.marks import classify
from kvit.relay.settings import LineSettings

TURN_S: Final = 10.0
"""A till that prints has its turn first; a cashier does not wait longer for an answer."""
STUCK_S: Final = 15.0
LINGER_S: Final = 2.0
NO_PAPER: Final = frozenset(("pulse", "ask", "poll", "off"))


async def print_late(folder: Path, line: LineSettings, data: bytes) -> Refusal | None:
    """Print on a line's printer; ``folder`` is the data folder."""
    refused = Refusal("counter.not_printed", {"line": line.name})
    address = parse(line.printer)
    if isinstance(address, Refusal):
        return refused
    try:
        async with asyncio.timeout(TURN_S):
            wire = await Wire.open(address, folder / "ports", own_door(folder, line.name))
    except OSError:
        return refused
    wire.write(b"\x1b@" + paper_alone(data, line.profile))
    return None if await wire.finish(LINGER_S, STUCK_S) else refused


def paper_alone(data: bytes, profile: str) -> bytes:
    """Give a printout without what opens drawers and asks questions."""
    parser = Parser(known_profile(profile))
    commands = [*parser.feed(data), *parser.close()]
    return b"".join(each.raw for each in commands if classify(each, parser.dialect) not in NO_PAPER)
