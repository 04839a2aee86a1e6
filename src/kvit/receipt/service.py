"""The verbs of receipts: take one in, find it, show it to who has a link, forget it.

Every verb takes ``tx`` first (``kvit.db``) and the shop next. Taking a printout in is idempotent for ever: its place on
the line names it, the same bytes told again get the same answer, other bytes a refusal. After the commit the topic
``"receipt"`` is told the receipt's id: the live page listens to that.

Refusals: ``receipt.conflict``, ``receipt.unknown``, ``receipt.gap``, ``receipt.forgotten``, ``receipt.cursor``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

import msgspec

from kvit.db import ERASED, Tx
from kvit.receipt import finding, model, store
from kvit.receipt.forms.keeping import kept_whole
from kvit.receipt.links import LIFETIME_S, is_token, token_hash
from kvit.receipt.printout import Prepared
from kvit.receipt.store import Filter, Link, Receipt, Summary
from kvit.refusal import Refusal

TOPIC = model.TOPIC
LINK_TOPIC = "receipt.link"
"""Told the id of a receipt whose links changed."""
PAGE_LIMIT = 200
"""Receipts on one page: a screen shows twenty, a program that wants all is quicker with two hundred."""


class Taken(msgspec.Struct, frozen=True):
    """A printout is in the store: the receipt's id, and whether it came in now."""

    id: str
    fresh: bool


class Page(msgspec.Struct, frozen=True):
    """Receipts, newest first, and the cursor of what is behind them (None at the end).

    A page with a cursor may be short, or empty, where little fits: then all back to ``looked_to_ms`` were looked at.
    """

    receipts: tuple[Summary, ...]
    next: str | None
    looked_to_ms: int | None = None


def take(tx: Tx, shop: str, prepared: Prepared) -> Taken | Refusal:
    """Store a printout. Told before with the same bytes: the same answer; with others: ``receipt.conflict``."""
    return take_all(tx, shop, [prepared])[0]


def take_all(tx: Tx, shop: str, ready: Sequence[Prepared]) -> list[Taken | Refusal]:
    """Store printouts in one go: for each what `take` says of it. One that is refused does not keep the others out."""
    numbers = store.insert(tx, shop, ready)
    return [_taken(tx, shop, prepared, n) for prepared, n in zip(ready, numbers, strict=True)]


def _taken(tx: Tx, shop: str, prepared: Prepared, n: int | None) -> Taken | Refusal:
    """Finish a printout that has the number ``n`` now, or that was there before (None)."""
    if n is not None:
        for tail in prepared.tails:
            store.add_tail(tx, n, tail.offset, tail.sha256)
        tx.tell(TOPIC, prepared.id)
        return Taken(prepared.id, fresh=True)
    known = store.identity(tx, shop, prepared.id)
    assert known is not None
    if known[1] != prepared.sha256:
        return Refusal("receipt.conflict", {"receipt": prepared.id})
    return Taken(prepared.id, fresh=False)


def amend(tx: Tx, shop: str, tail: bytes, longer: Prepared, at: int | None = None) -> Taken | Refusal:
    """Add a tail that came late (a cut, a logo, the drawer) to a stored printout.

    ``longer`` is prepared from the whole printout, stored bytes and tail together, at the same place. ``at`` names the
    tail: where it stood in the till's stream, counted from the printout's first byte (None: right behind the stored
    bytes). The same tail told again changes nothing.
    """
    known = store.identity(tx, shop, longer.id)
    if known is None:
        return Refusal("receipt.unknown")
    n, _, forgotten = known
    if forgotten:
        return Refusal("receipt.forgotten", {"receipt": longer.id})
    start = len(longer.printout.raw) - len(tail)
    told = hashlib.sha256(longer.printout.raw[start:]).digest()
    before = store.add_tail(tx, n, start if at is None else at, told)
    if before is not None:
        return Taken(longer.id, fresh=False) if before == told else Refusal("receipt.conflict", {"receipt": longer.id})
    if len(store.raw(tx, shop, longer.id) or b"") != start:
        return Refusal("receipt.gap", {"receipt": longer.id})
    store.replace(tx, n, kept_whole(tx, n, longer))
    tx.tell(TOPIC, longer.id)
    return Taken(longer.id, fresh=True)


def list_page(tx: Tx, shop: str, wanted: Filter, cursor: str = "", limit: int = 50) -> Page | Refusal:
    """Give one page of receipts, newest first; ``cursor`` is the ``next`` of the page before."""
    after = _opened(cursor)
    if isinstance(after, Refusal):
        return after
    found = finding.page(tx, shop, wanted, after, max(1, min(limit, PAGE_LIMIT)))
    behind = None if found.next is None else _closed(found.next)
    return Page(tuple(found.receipts), behind, found.next[0] if found.next and found.cut else None)


def _closed(key: finding.Key) -> str:
    return base64.urlsafe_b64encode(f"{key[0]}.{key[1]}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[int, int] | Refusal | None:
    if not cursor:
        return None
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        taken_at, _, n = told.partition(".")
        after = (int(taken_at), int(n))
    except (ValueError, binascii.Error):
        return Refusal("receipt.cursor")
    return after if all(abs(number) < 1 << 62 for number in after) else Refusal("receipt.cursor")


def since(tx: Tx, shop: str, n: int, limit: int = PAGE_LIMIT) -> list[Summary]:
    """Give what arrived behind number ``n``, oldest first: what a live page missed."""
    return store.since(tx, shop, n, min(limit, PAGE_LIMIT))


def get(tx: Tx, shop: str, id_: str) -> Receipt | Refusal:
    """Give a receipt."""
    return store.get(tx, shop, id_) or Refusal("receipt.unknown")


def raw(tx: Tx, shop: str, id_: str) -> bytes | Refusal:
    """Give a printout's bytes, card numbers masked."""
    found = store.raw(tx, shop, id_)
    return Refusal("receipt.unknown") if found is None else found


def played(tx: Tx, shop: str, id_: str) -> tuple[bytes, bytes] | Refusal:
    """Give what is to be played to see a printout again: the setting it was printed under, and its bytes."""
    return store.played(tx, shop, id_) or Refusal("receipt.unknown")


def make_link(
    tx: Tx, shop: str, id_: str, token: str, made_by: str, now_s: int, lifetime_s: int = LIFETIME_S
) -> Link | Refusal:
    """Make a public link by a fresh token (``links.make_token``); only the token's hash is kept."""
    assert is_token(token)
    known = store.identity(tx, shop, id_)
    if known is None or known[2]:
        return Refusal("receipt.unknown")
    link = Link(token_hash(token), now_s, made_by, now_s + lifetime_s, None)
    store.insert_link(tx, known[0], link)
    tx.tell(LINK_TOPIC, id_)
    return link


def by_link(tx: Tx, token: str, now_s: int) -> tuple[str, Receipt] | Refusal:
    """Give the shop and the receipt a link leads to; an unknown, old or revoked one is the same ``receipt.unknown``."""
    return store.linked(tx, token_hash(token), now_s) or Refusal("receipt.unknown")


def renew_link(tx: Tx, token: str, now_s: int, lifetime_s: int) -> int | Refusal:
    """Let a living link live so long from now, as whoever holds it may ask; give when it ends."""
    return store.renew_link(tx, token_hash(token), now_s, now_s + lifetime_s) or Refusal("receipt.unknown")


def stretch(
    tx: Tx, shop: str, from_ms: int, until_ms: int, after: tuple[int, int] = (0, 0), limit: int = PAGE_LIMIT
) -> list[Receipt]:
    """Give receipts of a stretch of time with what was read, oldest first; ``after`` is time and number of the last one."""
    return store.stretch(tx, shop, from_ms, until_ms, after, min(limit, PAGE_LIMIT))


def links(tx: Tx, shop: str, id_: str) -> list[Link]:
    """Give the links of a receipt, newest first, living and dead."""
    return store.links(tx, shop, id_)


def revoke_link(tx: Tx, shop: str, id_: str, hashes: Sequence[bytes], now_s: int) -> int | Refusal:
    """Revoke links of a receipt; give how many lived till now."""
    known = store.identity(tx, shop, id_)
    if known is None:
        return Refusal("receipt.unknown")
    tx.tell(LINK_TOPIC, id_)
    return store.revoke_links(tx, known[0], hashes, now_s)


def forget(tx: Tx, shop: str, id_: str, now_s: int) -> str | Refusal:
    """Erase what a receipt said, with its links; its place stays taken, so that no replay brings it back.

    Nothing of it is left in the data base's files (docs/howto/erasure.md says what of older backups).
    """
    known = store.identity(tx, shop, id_)
    if known is None:
        return Refusal("receipt.unknown")
    store.forget(tx, known[0], now_s)
    tx.tell(TOPIC, id_)
    tx.tell(ERASED)
    return id_


def lines(tx: Tx, shop: str) -> list[tuple[str, str]]:
    """Give the lines that have receipts, each with its till's name."""
    return store.lines(tx, shop)


def counts(tx: Tx, shop: str, from_ms: int, until_ms: int) -> dict[str, int]:
    """Count the receipts of a stretch of time (``until_ms`` not in it) by kind."""
    return dict(store.counts(tx, shop, from_ms, until_ms))
