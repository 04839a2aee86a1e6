"""What a caller wants printed, checked before any transaction: nothing is read or hashed in the data base's thread.

`order` takes a document, `order_raw` the bytes a till or a desktop wrote for a printer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from kvit.device.spool.cards import bytes_without_cards, without_cards
from kvit.device.spool.model import COPIES_MAX, NO_TEMPLATE, PRIORITY_MAX, Form, Kind, Made, Payload
from kvit.escpos.profiles import UnknownProfileError
from kvit.paper.document import DocumentError, parse, print_document
from kvit.refusal import Refusal

DOCUMENT_BYTES_MAX: Final = 16 << 20
"""Of a document's JSON: two of the largest pictures."""
NAME_MAX: Final = 120
"""Letters of a key, a title, a printer's name."""


@dataclass(frozen=True, slots=True)
class Order:
    """A document for a printer, ready to be accepted under the caller's key. Made by `order`."""

    key: str
    printer: str
    kind: Kind
    payload: Payload
    title: str
    copies: int
    priority: int
    deadline_ms: int | None
    sha256: bytes
    fingerprint: bytes
    """Of all but the deadline, which a caller who asks again has counted anew."""
    secret: bool = False
    """What it says is wiped as soon as it has ended: a one-time code, a key."""
    made: Made = NO_TEMPLATE
    """By which template; like the deadline no part of what makes two orders the same."""


def order(
    key: str, printer: str, document: bytes, kind: Kind = Kind.RECEIPT, *, title: str = "",
    copies: int = 0, priority: int = 5, deadline_ms: int | None = None, asked: bytes = b"",
    secret: bool = False,
) -> Order | Refusal:  # fmt: skip
    """Check an order. ``copies`` 0: as the document says; ``deadline_ms`` None: by kind.

    ``asked``: what the caller sent, where the document was made of it (by a template, which may change): asking again
    with the same is then the same order, whatever the document would be by now.

    Refusals: ``device.job_document``, ``device.job_order``.
    """
    if len(document) > DOCUMENT_BYTES_MAX:
        return Refusal("device.job_document", {"problem": f"{len(document)} > {DOCUMENT_BYTES_MAX}"})
    try:
        read = parse(document)
    except DocumentError as error:
        return Refusal("device.job_document", {"problem": str(error)})
    copies = copies or read.copies
    wrong = _wrong(key, printer, title, copies, priority)
    if wrong:
        return Refusal("device.job_order", {"what": wrong})
    masked = without_cards(read)
    document = document if masked is read else print_document(masked)
    payload = Payload(Form.DOCUMENT, "", document)
    made = _ordered(key, printer, kind, payload, title, copies, priority, deadline_ms, document, secret)
    if not asked:
        return made
    told = ("asked", key, printer, kind.value, title, copies, priority, hashlib.sha256(asked).digest())
    return replace(made, fingerprint=hashlib.sha256(msgspec.json.encode(told)).digest())


def order_raw(
    key: str, printer: str, data: bytes, profile: str, kind: Kind = Kind.RECEIPT, *, title: str = "",
    copies: int = 1, priority: int = 5, deadline_ms: int | None = None, secret: bool = False,
) -> Order | Refusal:  # fmt: skip
    """Check an order of bytes written for a printer of ``profile`` (its name as `kvit.escpos.profiles` has it).

    Refusals: ``device.job_document`` (no bytes, or too many), ``device.job_order``.
    """
    if not 0 < len(data) <= DOCUMENT_BYTES_MAX:
        return Refusal("device.job_document", {"problem": f"{len(data)} bytes; 1 to {DOCUMENT_BYTES_MAX}"})
    wrong = _wrong(key, printer, title, copies, priority) or ("" if is_name(profile) else "profile")
    if wrong:
        return Refusal("device.job_order", {"what": wrong})
    try:
        data = bytes_without_cards(data, profile)
    except UnknownProfileError:
        return Refusal("device.job_order", {"what": "profile"})
    payload = Payload(Form.ESCPOS, profile, data)
    hashed = f"{Form.ESCPOS}\0{profile}\0".encode() + data  # the same bytes mean another paper on another printer
    return _ordered(key, printer, kind, payload, title, copies, priority, deadline_ms, hashed, secret)


def _ordered(
    key: str, printer: str, kind: Kind, payload: Payload, title: str, copies: int, priority: int, deadline_ms: int | None,
    hashed: bytes, secret: bool,
) -> Order:  # fmt: skip
    sha256 = hashlib.sha256(hashed).digest()
    told = (key, printer, kind.value, title, copies, priority, sha256)
    fingerprint = hashlib.sha256(msgspec.json.encode(("order", *told))).digest()
    return Order(key, printer, kind, payload, title, copies, priority, deadline_ms, sha256, fingerprint, secret)


def is_name(text: str) -> bool:
    """Say whether a key or a printer's name is one the data base takes."""
    return 0 < len(text) <= NAME_MAX and "\0" not in text


def _wrong(key: str, printer: str, title: str, copies: int, priority: int) -> str:
    """Name what is out of its range; empty when all is well."""
    checks = {
        "key": is_name(key),
        "printer": is_name(printer),
        "title": len(title) <= NAME_MAX and "\0" not in title,
        "copies": 1 <= copies <= COPIES_MAX,
        "priority": 0 <= priority <= PRIORITY_MAX,
    }
    return next((name for name, good in checks.items() if not good), "")
