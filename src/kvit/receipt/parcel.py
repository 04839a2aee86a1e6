"""How a receipt goes from the station that took it in to the server: as a parcel of what the till printed.

Not what was read from it: the server takes the bytes apart itself, with its own reader, and can do so again when that has
learned more. A parcel says what is there now, tails and all, so a later one of the same receipt stands over an earlier one,
and a parcel told twice changes nothing. The links of a receipt go apart, each with the hash of its token alone.

``parcel`` and ``links_of`` are the station's verbs, ``unpack`` and ``unpack_links`` the server's. A place at the server
names the station too (in ``Place.capture``): every station has a first line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from kvit.db import ERASED, Tx
from kvit.receipt import store
from kvit.receipt.forms.keeping import kept_whole
from kvit.receipt.printout import RAW_BYTES_MAX, TITLE_LETTERS_MAX, Happening, Place, Prepared, Tail
from kvit.receipt.service import LINK_TOPIC, TOPIC
from kvit.receipt.store import Link
from kvit.refusal import Refusal

LINKS_MAX = 100
TAILS_MAX = 1000
HEARD_MAX = 200
PAGE = 500

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
MOMENT_MS_MAX = 7_258_118_400_000
"""The year 2200: calendars end in 9999, time zones some hours before, and one receipt past it would end every list."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=MOMENT_MS_MAX)]
Second = Annotated[int, msgspec.Meta(ge=0, le=MOMENT_MS_MAX // 1000)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]


class Spot(msgspec.Struct, frozen=True):
    """Where a printout stood at its station: together with the station's id its identity for ever."""

    line: Name
    offset: Offset
    capture: Annotated[str, msgspec.Meta(max_length=128)] = ""


class TailTold(msgspec.Struct, frozen=True):
    """A tail that is in the bytes."""

    offset: Offset
    sha256: Hash


class Parcel(msgspec.Struct, frozen=True):
    """A receipt on the wire. ``raw`` and ``setting`` have their card numbers masked already; the server masks again."""

    spot: Spot
    forgotten_at_s: Second | None = None
    """It was erased: nothing else is told."""
    version: Annotated[int, msgspec.Meta(ge=1, le=1 << 31)] = 1
    sha256: Hash = bytes(32)
    taken_at_ms: Moment = 0
    till: Annotated[str, msgspec.Meta(max_length=128)] = ""
    profile: Name = "unknown"
    raw: Annotated[bytes, msgspec.Meta(max_length=RAW_BYTES_MAX)] = b""
    setting: Annotated[bytes, msgspec.Meta(max_length=RAW_BYTES_MAX)] = b""
    tails: Annotated[tuple[TailTold, ...], msgspec.Meta(max_length=TAILS_MAX)] = ()
    heard: Annotated[tuple[Happening, ...], msgspec.Meta(max_length=HEARD_MAX)] = ()
    """What the printer said while it printed: in no byte of the till."""


class LinkTold(msgspec.Struct, frozen=True):
    """A public link. Times: seconds since 1970."""

    sha256: Hash
    made_at_s: Second
    made_by: Annotated[str, msgspec.Meta(max_length=128)]
    expires_at_s: Second
    revoked_at_s: Second | None = None


class Links(msgspec.Struct, frozen=True):
    """All links of a receipt."""

    spot: Spot
    links: Annotated[tuple[LinkTold, ...], msgspec.Meta(max_length=LINKS_MAX)]


def everything(tx: Tx, shop: str) -> Iterator[tuple[str, str]]:
    """Give what there is to tell, as topic and receipt's id, in the order it came in."""
    last = 0
    while rows := tx.all(
        "SELECT r.n, r.id, (SELECT count(*) FROM receipt_link l WHERE l.n = r.n) FROM receipt r"  # noqa: S608
        f" WHERE r.shop = $1 AND r.n > $2 ORDER BY r.n LIMIT {PAGE}",
        shop, last,
    ):  # fmt: skip
        for _, id_, links in rows:
            yield TOPIC, id_
            if links:
                yield LINK_TOPIC, id_
        last = rows[-1][0]


def parcel(tx: Tx, shop: str, id_: str) -> Parcel | None:
    """Pack a receipt as it is now; None where there is none of that id."""
    row = tx.one(
        "SELECT r.n, r.line, r.at_offset, r.capture, r.forgotten_at, r.version, r.sha256, r.taken_at, r.till, r.profile,"
        " r.events, b.raw, b.setting FROM receipt r LEFT JOIN receipt_body b ON b.n = r.n WHERE r.shop = $1 AND r.id = $2",
        shop, id_,
    )  # fmt: skip
    if row is None:
        return None
    n, line, offset, capture, forgotten_at, version, sha256, taken_at, till, profile, events, raw, setting = row
    spot = Spot(line, offset, capture)
    if forgotten_at is not None:
        return Parcel(spot, forgotten_at)
    tails = tx.all("SELECT at_offset, sha256 FROM receipt_tail WHERE n = $1 ORDER BY at_offset", n)
    happened = msgspec.json.decode(events, type=tuple[Happening, ...])
    return Parcel(
        spot, None, version, bytes(sha256), taken_at, till, profile, bytes(raw), bytes(setting),
        tuple(TailTold(at, bytes(hash_)) for at, hash_ in tails[:TAILS_MAX]),
        tuple(one for one in happened if one.kind == "status")[:HEARD_MAX],
    )  # fmt: skip


def links_of(tx: Tx, shop: str, id_: str) -> Links | None:
    """Pack the links of a receipt."""
    spot = spot_of(tx, shop, id_)
    if spot is None:
        return None
    told = [
        LinkTold(link.hash, link.made_at_s, link.made_by, link.expires_at_s, link.revoked_at_s)
        for link in store.links(tx, shop, id_)[:LINKS_MAX]
    ]
    return Links(spot, tuple(told))


def spot_of(tx: Tx, shop: str, id_: str, *, erased: bool = False) -> Spot | None:
    """Give where a receipt stands; None where there is none, or (without ``erased``) no more."""
    row = tx.one("SELECT line, at_offset, capture, forgotten_at FROM receipt WHERE shop = $1 AND id = $2", shop, id_)
    return None if row is None or (row[3] is not None and not erased) else Spot(*row[:3])


def place_of(station: str, spot: Spot) -> Place:
    """Give a spot's place at the server."""
    return Place(spot.line, spot.offset, f"{station}/{spot.capture}" if spot.capture else station)


def as_told(prepared: Prepared, told: Parcel) -> Prepared:
    """Give what the server made of the bytes the identity the station told: hash and tails of the printout there."""
    happened = (*prepared.printout.happenings, *told.heard)
    return msgspec.structs.replace(
        prepared,
        sha256=told.sha256,
        tails=tuple(Tail(tail.offset, tail.sha256) for tail in told.tails),
        printout=msgspec.structs.replace(prepared.printout, happenings=happened),
        happenings_json=msgspec.json.encode(happened).decode(),
        title=prepared.title[:TITLE_LETTERS_MAX],
    )


def unpack(tx: Tx, shop: str, prepared: Prepared, version: int) -> Refusal | None:
    """Store a parcel's receipt, or lengthen the one there is. Refused: ``receipt.conflict`` (another printout is there)."""
    known = store.identity(tx, shop, prepared.id)
    if known is None:
        (n,) = store.insert(tx, shop, [prepared])
        assert n is not None
    else:
        n, sha256, forgotten = known
        if forgotten:
            return None
        if sha256 != prepared.sha256:
            return Refusal("receipt.conflict", {"receipt": prepared.id})
        if version <= store.version(tx, n):
            return None
        store.replace(tx, n, kept_whole(tx, n, prepared))
    for tail in prepared.tails:
        store.add_tail(tx, n, tail.offset, tail.sha256)
    store.set_version(tx, n, version)
    tx.tell(TOPIC, prepared.id)
    return None


def unpack_forgotten(tx: Tx, shop: str, id_: str, now_s: int) -> Refusal | None:
    """Erase a receipt that was erased at its station; one that never came needs nothing."""
    known = store.identity(tx, shop, id_)
    if known is not None and not known[2]:
        store.forget(tx, known[0], now_s)
        tx.tell(TOPIC, id_)
        tx.tell(ERASED)
    return None


def unpack_links(tx: Tx, shop: str, id_: str, told: Sequence[LinkTold], station: str) -> Refusal | None:
    """Keep the links of a receipt, and which were taken back. Refused: ``receipt.unknown``, ``receipt.conflict`` (a link's
    hash leads to another receipt already).
    """
    known = store.identity(tx, shop, id_)
    if known is None:
        return Refusal("receipt.unknown")
    n, _, forgotten = known
    if forgotten:
        return None
    there = {link.hash for link in store.links(tx, shop, id_)}
    fresh = [link for link in told if link.sha256 not in there]
    if any(store.link_taken(tx, link.sha256) for link in fresh):
        return Refusal("receipt.conflict", {"receipt": id_})
    for link in fresh:
        store.insert_link(tx, n, Link(link.sha256, link.made_at_s, f"station:{station}", link.expires_at_s, None))
    for link in told:
        if link.revoked_at_s is not None:
            store.revoke_links(tx, n, [link.sha256], link.revoked_at_s)
    tx.tell(TOPIC, id_)
    return None


def sha256_of(raw: bytes) -> bytes:
    """Give the hash a printout is known by."""
    return hashlib.sha256(raw).digest()
