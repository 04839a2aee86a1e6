"""What a caller wants printed, checked before any transaction: no document is read in the data base's thread."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.device.spool.model import COPIES_MAX, PRIORITY_MAX, Kind
from kvit.paper.document import DocumentError, parse
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
    document: bytes
    title: str
    copies: int
    priority: int
    deadline_ms: int | None
    sha256: bytes
    fingerprint: bytes
    """Of all but the deadline, which a caller who asks again has counted anew."""


def order(
    key: str, printer: str, document: bytes, kind: Kind = Kind.RECEIPT, *, title: str = "",
    copies: int = 0, priority: int = 5, deadline_ms: int | None = None,
) -> Order | Refusal:  # fmt: skip
    """Check an order. ``copies`` 0: as the document says; ``deadline_ms`` None: by kind.

    Refusals: ``device.job_document``, ``device.job_order``.
    """
    if len(document) > DOCUMENT_BYTES_MAX:
        return Refusal("device.job_document", {"problem": f"{len(document)} > {DOCUMENT_BYTES_MAX}"})
    try:
        copies = copies or parse(document).copies
    except DocumentError as error:
        return Refusal("device.job_document", {"problem": str(error)})
    wrong = _wrong(key, printer, title, copies, priority)
    if wrong:
        return Refusal("device.job_order", {"what": wrong})
    sha256 = hashlib.sha256(document).digest()
    told = (key, printer, kind.value, title, copies, priority, sha256)
    fingerprint = hashlib.sha256(msgspec.json.encode(("order", *told))).digest()
    return Order(key, printer, kind, document, title, copies, priority, deadline_ms, sha256, fingerprint)


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
