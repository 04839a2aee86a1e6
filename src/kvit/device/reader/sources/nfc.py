"""NFC and card readers of PC/SC: waits for a card, reads it once, waits until it is taken away.

PC/SC's calls block, so each reader has a thread of its own; the event loop is told of each card. A reader that is
unplugged ends the watch, as does the service's end.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from kvit.device.reader.card import read_card
from kvit.device.reader.model import Scan
from kvit.device.reader.sources import Place, Scanned
from kvit.device.reader.sources.pcsc import Pcsc, PcscError, State, connect
from kvit.device.transports.unreachable import UnreachableError
from kvit.refusal import Refusal

WAIT_MS: Final = 500
"""Of one wait; so long may ending take, too."""
COMMANDS_MAX: Final = 600
"""8 KiB in pieces of 16 bytes are 512; a card that wants more is up to something."""


async def watch(place: Place, scanned: Scanned, opened: Callable[[], None]) -> None:
    """Read cards until the reader is gone."""
    await watch_with(connect, place, scanned, opened)


async def watch_with(reach: Callable[[], Pcsc], place: Place, scanned: Scanned, opened: Callable[[], None]) -> None:
    """As `watch`, with a service of the caller's."""
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def tell(what: Callable[..., None], *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            if not stop.is_set():
                loop.call_soon_threadsafe(what, *values)

    thread = ThreadPoolExecutor(1, thread_name_prefix="nfc")
    try:
        await loop.run_in_executor(thread, _work, reach, place.address.name, scanned, opened, tell, stop)
    finally:
        stop.set()
        thread.shutdown(wait=False)


def _work(
    reach: Callable[[], Pcsc],
    part: str,
    scanned: Scanned,
    opened: Callable[[], None],
    tell: Callable[..., None],
    stop: threading.Event,
) -> None:
    pcsc = reach()
    try:
        reader = _choose(pcsc.readers(), part)
        tell(opened)
        state, had_card = State(0, b""), False
        while not stop.is_set():
            state = pcsc.wait(reader, state.bits, WAIT_MS)
            if state.is_gone:
                raise OSError(errno.ENODEV, "the reader was unplugged")
            if state.has_card and not had_card:
                tell(scanned, read(pcsc, reader, state.atr))
            had_card = state.has_card
    finally:
        pcsc.close()


def _choose(names: list[str], part: str) -> str:
    for name in names:
        if part.lower() in name.lower():
            return name
    raise UnreachableError("device.reader_absent", errno.ENODEV, reader=f"nfc://{part}")


def read(pcsc: Pcsc, reader: str, atr: bytes) -> Scan | Refusal:
    """Read the card that lies on a reader; a `Refusal` when it was taken away too soon or tells nothing."""
    try:
        card = pcsc.connect(reader)
    except PcscError:
        return Refusal("device.reading_card", {})
    try:
        asking = read_card(atr)
        command = next(asking)
        for _ in range(COMMANDS_MAX):
            command = asking.send(card.transmit(command))
    except StopIteration as end:
        found: Scan | Refusal = end.value
        return found
    except PcscError:
        pass
    finally:
        card.close()
    return Refusal("device.reading_card", {})
