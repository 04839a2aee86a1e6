"""The API that takes receipts in: from any till program, as data or as the bytes it sent to its printer.

The key names a receipt for ever, also after it was erased: the same key and content give the same receipt, the same key
with other content a 409. Nothing is answered before it is durable.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
from typing import Annotated

import msgspec

from kvit.counter import telling
from kvit.counter.pushed import ReceiptTold, paper_of, reading_of, text_of
from kvit.device.adapters.adapter import Adapter, adapter_for
from kvit.escpos.profiles import UnknownProfileError, load
from kvit.receipt.model import Reading
from kvit.receipt.parcel import MOMENT_MS_MAX
from kvit.receipt.printout import Place, Prepared, Printout, prepare, receipt_id
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.relay.reading import PRINTOUT_BYTES_MAX
from kvit.relay.settings import LineName
from kvit.web.api_jobs import ProfileName
from kvit.web.door import Call
from kvit.web.rights import DELIVER_RECEIPTS
from kvit.web.routes import Table

PUSH_BYTES_MAX = PRINTOUT_BYTES_MAX * 3 // 2
"""The longest printout a till's line takes, in base 64 and JSON."""
LINE = "api"
"""The line of receipts whose program says none."""
DATA_PROFILE = "TM-T88V"
"""The paper data are laid out on: 80 mm."""

Till = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$")]
"""What a page shows of it: no control letters, none that turn the direction."""


class Pushed(msgspec.Struct, forbid_unknown_fields=True):
    """A receipt: exactly one of ``receipt`` (data) and ``raw`` (base 64, the bytes for a printer of ``profile``)."""

    receipt: ReceiptTold | None = None
    raw: bytes | None = None
    profile: ProfileName = "unknown"
    line: LineName = LINE
    till: Till = ""
    time: datetime.datetime | None = None
    """When it was printed, with its zone; else now."""


class Kept(msgspec.Struct):
    """It is in the store; ``fresh`` false: it was before."""

    id: str
    fresh: bool


def add_api_push(table: Table) -> None:
    """Add the routes."""

    @table.post("/api/v1/receipts", needs=DELIVER_RECEIPTS, bytes_max=PUSH_BYTES_MAX)
    async def push_receipt(call: Call, body: Pushed, idempotency_key: str) -> Kept | Refusal:
        """Hand in a receipt from any till program.

        ``receipt`` are its data (the shape `GET /api/v1/receipts/{id}` gives a reading in), ``raw`` what was sent to a
        printer: that is read as a line's printouts are. The same Idempotency-Key and content again: the same receipt,
        ``fresh`` false, for ever; with other content a 409. Card numbers are masked before anything is stored.
        """
        if (body.receipt is None) == (body.raw is None):
            return Refusal("web.body_unclear")
        if body.raw is not None:
            return await _keep_raw(call, body, body.raw, idempotency_key)
        assert body.receipt is not None
        made = await asyncio.to_thread(_prepared, call.shop.id, body, body.receipt, idempotency_key, _when(call, body))
        return made if isinstance(made, Refusal) else await _keep(call, made)

    @table.post("/api/v1/receipts/raw", needs=DELIVER_RECEIPTS, bytes_max=PRINTOUT_BYTES_MAX)
    async def push_raw_receipt(
        call: Call, body: bytes, idempotency_key: str, profile: ProfileName = "unknown", line: LineName = LINE,
        till: Till = "", time: datetime.datetime | None = None,
    ) -> Kept | Refusal:  # fmt: skip
        """Hand in the bytes of one printout as they are.

        As `POST /api/v1/receipts` with ``raw``, without the base 64.
        """
        return await _keep_raw(call, Pushed(None, body, profile, line, till, time), body, idempotency_key)


async def _keep_raw(call: Call, body: Pushed, raw: bytes, key: str) -> Kept | Refusal:
    if not raw or len(raw) > PRINTOUT_BYTES_MAX:
        return Refusal("web.body_unclear")
    try:
        profile = load(body.profile).name
    except UnknownProfileError as error:
        return Refusal("device.adapter_profile", {"name": error.name, "nearest": ", ".join(error.nearest) or "-"})
    when = _when(call, body)
    found = relay.Printout(body.line, 0, raw, b"", when, when, body.till, "cut")
    prepared = await call.context.take_apart(call.shop, found, body.till or body.line, profile)
    if isinstance(prepared, Refusal):
        return prepared
    place = _place(body, key)
    printout = msgspec.structs.replace(prepared.printout, place=place)
    told = b"\0".join((b"raw", profile.encode(), body.line.encode(), body.till.encode(), printout.raw))
    prepared = msgspec.structs.replace(
        prepared, id=receipt_id(call.shop.id, place), printout=printout, sha256=hashlib.sha256(told).digest()
    )
    return await _keep(call, prepared)


async def _keep(call: Call, prepared: Prepared) -> Kept | Refusal:
    taken = await call.context.db.write(telling.take, call.shop.id, prepared)
    return taken if isinstance(taken, Refusal) else Kept(taken.id, taken.fresh)


def _prepared(shop: str, body: Pushed, told: ReceiptTold, key: str, when: int) -> Prepared | Refusal:
    reading = reading_of(told)
    if isinstance(reading, Refusal):
        return reading
    adapter = adapter_for(DATA_PROFILE)
    assert isinstance(adapter, Adapter)
    raw = adapter.make(paper_of(told)).data
    printout = Printout(
        _place(body, key), raw, text_of(told), when, body.till or body.line, DATA_PROFILE, "", reading
    )  # fmt: skip
    prepared = prepare(shop, printout)
    content = b"\0".join((b"data", body.line.encode(), body.till.encode(), _reading_bytes(prepared.printout.reading)))
    return msgspec.structs.replace(prepared, sha256=hashlib.sha256(content).digest(), reader=-1)


def _reading_bytes(reading: Reading | None) -> bytes:
    """What was told, card numbers masked already: a hash of the bytes as they came would let a thief try numbers."""
    return msgspec.json.encode(reading)


def _place(body: Pushed, key: str) -> Place:
    """The key is the place: the same key is the same receipt for ever."""
    return Place(body.line, 0, f"key-{hashlib.sha256(key.encode()).hexdigest()[:32]}")


def _when(call: Call, body: Pushed) -> int:
    """When it was printed; a moment no receipt of ours has, or one without a zone, is now."""
    if body.time is not None and body.time.tzinfo is not None:
        told_ms = max(0, int(body.time.timestamp() * 1000))
        if told_ms <= MOMENT_MS_MAX:
            return told_ms
    return int(call.context.clock() * 1000)
