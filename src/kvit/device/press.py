"""The press: a job's payload and a printer in, the bytes of one paper out. Pure, and slow where pictures are large.

A document is laid out for the printer the job ends at. Bytes of a till go to a printer of the same language as they are;
any other printer, and every COPY, gets the picture of what they print, pulses as pulses and cuts as cuts. A printer that
calls in may choose what it takes (``media_type``): another language of its maker, a PNG dot for dot, or plain letters; for
the last two the drawer, the buzzer and the cut are told beside the data, because no byte of it can say them.

The same `Wanted` gives the same bytes, so a printer may fetch a job twice. In the shop this runs in a process of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import msgspec
import numpy as np

from kvit.device.adapters.adapter import Adapter, Made, adapter_for, adapter_of
from kvit.device.adapters.kinds import KINDS
from kvit.device.adapters.scripted import Ask, ScriptedError
from kvit.device.spool.model import Form, Payload
from kvit.device.spool.paper import as_copy
from kvit.escpos import load_profile
from kvit.escpos.profiles import Profile
from kvit.paper.document import Beep, Block, Cut, Document, DocumentError, Image, Pulse, parse
from kvit.paper.fonts import Bits
from kvit.paper.languages.pack_names import is_of_pack
from kvit.paper.languages.stream import play_stream
from kvit.paper.languages.table import PackLanguage
from kvit.paper.raster import draw
from kvit.paper.render import png, text
from kvit.paper.sheet import Event, Problem, Sheet
from kvit.refusal import Refusal

PNG: Final = "image/png"
TEXT: Final = "text/plain"
OTHER_LANGUAGES: Final = {
    "application/vnd.star.starprnt": "starprnt",
    "application/vnd.star.line": "star",
    "application/vnd.star.raster": "star-raster",
}
"""Media types that are a language of their own, with the profile that is written in it."""
ROWS_OF_PICTURE: Final = 2_000
"""Of a paper drawn as pictures: a quarter of a metre, which every head and every memory takes."""
WIDTH_DOTS_MAX: Final = 1_280
"""Of a picture a printer asks for: wider than any receipt head."""


class Wanted(msgspec.Struct, frozen=True, tag="press"):
    """One paper of one job for one printer."""

    payload: Payload
    copy: int
    """As `kvit.device.spool.model.Job.copy`: 1 is the original, every other one is marked and silent."""
    address: str
    """The printer's (`kvit.device.adapters.address`)."""
    media_type: str = ""
    """Empty: what the address's adapter writes."""
    width_dots: int = 0
    """Printable dots the printer told of; 0: as its profile says."""
    brought: PackLanguage | None = None
    """The language of a printer a pack describes (``pack.NAME+…``); without it nothing is made for one."""


class Pressed(msgspec.Struct, frozen=True):
    """One paper ready to be handed over."""

    data: bytes
    media_type: str
    copies: int = 1
    """How often the service shall print it."""
    warnings: tuple[Problem, ...] = ()
    pulse: bool = False
    """The drawer is to open; only where ``data`` can not say it."""
    beeps: int = 0
    cut: str = ""
    """``full`` or ``partial``; likewise."""
    played: bytes = b""
    """Of a picture or letters: the SHA-256 of the printer's bytes they were played from."""

    @property
    def sha256(self) -> bytes:
        """Of the data."""
        return hashlib.sha256(self.data).digest()


Press = Callable[[Wanted], Awaitable[Pressed | Refusal]]
"""The press as everybody gets it: an argument."""


def press(wanted: Wanted, ask: Ask | None = None) -> Pressed | Refusal:
    """Make a paper; ``ask`` runs the script of a pack's language, in a process that may die of it.

    Refusals: those of the address, ``device.job_document`` for what can not be printed at all, ``device.pack_language`` for
    a pack's script that gives no paper.
    """
    adapter = _adapter(wanted, ask)
    if isinstance(adapter, Refusal):
        return adapter
    if _as_it_is(wanted, adapter):
        return Pressed(wanted.payload.body, adapter.media_type)
    try:
        document = document_of(wanted.payload)
    except DocumentError as error:
        return Refusal("device.job_document", {"problem": str(error)})
    if wanted.copy > 1:
        document = as_copy(document, wanted.copy)
    once = msgspec.structs.replace(document, copies=1)
    try:
        return _drawn(adapter, once, wanted.media_type) if wanted.media_type in (PNG, TEXT) else _written(adapter, once)
    except ScriptedError as error:
        return Refusal("device.pack_language", {"name": adapter.name, "reason": str(error)[:200]})


def document_of(payload: Payload) -> Document:
    """Give the document of a payload: bytes become their picture. Raises `DocumentError`."""
    if payload.form is Form.DOCUMENT:
        return parse(payload.body)
    return pictured(play_stream(payload.body, load_profile(payload.profile)).sheet)


def _adapter(wanted: Wanted, ask: Ask | None) -> Adapter | Refusal:
    brought = wanted.brought
    if brought is not None and brought.table.script and ask is None:
        brought = None
    found = adapter_of(wanted.address, brought, ask)
    if isinstance(found, Refusal):
        return found
    if is_of_pack(found.name):  # such a printer has one language and one width
        return (
            found
            if found.brought
            else Refusal("device.adapter_unknown", {"name": found.name, "known": ", ".join(KINDS)})
        )
    other = OTHER_LANGUAGES.get(wanted.media_type)
    if other is not None and load_profile(other).language != found.language:
        found = adapter_for(other, found.paper_mm)
        if isinstance(found, Refusal):
            return found
    if not 0 < wanted.width_dots <= WIDTH_DOTS_MAX or wanted.width_dots == found.profile.width_dots:
        return found
    profile = msgspec.structs.replace(found.profile, width_dots=wanted.width_dots // 8 * 8 or 8)
    return Adapter(found.name, profile, found.transport_address, found.cut, found.copies)


def _as_it_is(wanted: Wanted, adapter: Adapter) -> bool:
    """Bytes that were written for such a printer, printed for the first time."""
    if wanted.payload.form is not Form.ESCPOS or wanted.copy > 1 or wanted.media_type in (PNG, TEXT):
        return False
    written_for: Profile = load_profile(wanted.payload.profile)
    return written_for.language == adapter.language and written_for.width_dots <= adapter.profile.width_dots


def _written(adapter: Adapter, document: Document) -> Pressed:
    made: Made = adapter.make(document)
    return Pressed(made.data, made.media_type, made.copies, made.warnings)


def _drawn(adapter: Adapter, document: Document, media_type: str) -> Pressed:
    """Dots or letters alone; what else the paper does is told apart."""
    made = adapter.make(document)
    sheet = adapter.look(made)
    data = png.encode(_trimmed(draw(sheet).page), dpi=sheet.dpi) if media_type == PNG else _letters(sheet)
    pulses = any(isinstance(block, Pulse) for block in document.blocks)
    beeps = sum(block.times for block in document.blocks if isinstance(block, Beep))
    cuts = [event for event in sheet.events if event.kind == "cut"]
    cut = "" if not cuts else "full" if cuts[-1].values.get("full") else "partial"
    played = hashlib.sha256(made.data).digest()
    return Pressed(data, media_type, 1, made.warnings, pulses, beeps, cut, played)


def _letters(sheet: Sheet) -> bytes:
    return text.render(sheet, marks=False).encode()


def _trimmed(page: Bits) -> Bits:
    """Without the white below the last dot: paper a printer would feed for nothing."""
    rows = np.flatnonzero(page.any(axis=1))
    return page[: int(rows[-1]) + 1 if rows.size else 1]


def pictured(sheet: Sheet) -> Document:
    """A sheet as a document of pictures, cut where it was cut; the drawer and the buzzer where they were."""
    page = draw(sheet).page
    blocks: list[Block] = []
    top = 0
    for event in sorted(sheet.events, key=lambda each: each.y):
        made = _act(event)
        if made is None:
            continue
        blocks += [*_pictures(page[top : event.y]), made]
        top = max(top, min(event.y, page.shape[0]))
    blocks += _pictures(page[top:])
    return Document(blocks)


def _act(event: Event) -> Block | None:
    if event.kind == "cut":
        return Cut(full=bool(event.values.get("full")))
    if event.kind == "pulse":
        return Pulse(pin=5 if event.values.get("pin") == 5 else 2)
    return Beep(max(1, min(int(event.values.get("times", 1)), 9))) if event.kind == "beep" else None


def _pictures(page: Bits) -> Iterator[Block]:
    rows = np.flatnonzero(page.any(axis=1))
    if not rows.size:
        return
    used = page[: int(rows[-1]) + 1]
    for top in range(0, used.shape[0], ROWS_OF_PICTURE):
        yield Image(png.encode(used[top : top + ROWS_OF_PICTURE]), align="left", tone="line")
