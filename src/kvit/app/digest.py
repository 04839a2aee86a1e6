"""A printout taken apart for the store: parse, play, read, mask. Pure and heavy, a millisecond or so each.

Tails that came in before their printout was taken apart (the drawer's pulse behind the cut, mostly) are played with it:
the store gets both at once, and keeps of each where it began and its hash, so that each told again is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from kvit.escpos.profiles import Profile, UnknownProfileError, load
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Sheet
from kvit.receipt.printout import Happening, Place, Prepared, Printout, Tail, prepare
from kvit.receipt.reading import read
from kvit.receipt.reading.prior import Prior
from kvit.relay import reading as relay

UNKNOWN_PROFILE = "unknown"
"""The profile of a line nobody named a printer for: everything is learned from the bytes."""
HAPPENINGS_MAX = 200
"""A printout with more cuts and pulses than this is a fault of its till; the receipt page would not show them all."""


class Job(msgspec.Struct, frozen=True):
    """One printout to take apart, with the tails known so far."""

    shop: str
    found: relay.Printout
    till: str
    profile: str
    tails: tuple[tuple[int, bytes], ...] = ()
    """How far behind the printout's first byte each began in the till's stream, and its bytes."""
    date_order: str = ""
    """The country's habit, for dates whose numbers leave it open; empty guesses by the language."""
    priors: Mapping[str, Prior] = {}
    """What is known of the shop's forms."""


def digest(job: Job) -> Prepared:
    """Return the printout ready for the store: text, reading and happenings, card numbers masked."""
    found = job.found
    raw = b"".join((found.raw, *(tail for _, tail in job.tails)))
    profile = _profile(job.profile)
    played = play_stream(found.setting + raw, profile)
    before = len(found.setting)
    printout = Printout(
        place=Place(found.line, found.offset),
        raw=raw,
        text=RENDERERS["text"](played.sheet).decode(),
        taken_at_ms=found.ended_ms,
        till=job.till,
        profile=profile.name,
        reading=read(played.sheet, order=job.date_order, priors=job.priors),
        happenings=(*happenings(played.sheet, before), *heard(found)),
        setting=found.setting,
    )
    commands = [command for command in played.commands if command.offset >= before]
    return with_tails(prepare(job.shop, printout, commands), job)


def _profile(name: str) -> Profile:
    """Load a profile, letters' case aside; a name an update took away is found out from the bytes."""
    try:
        return load(name)
    except UnknownProfileError:
        return load(UNKNOWN_PROFILE)


def with_tails(prepared: Prepared, job: Job) -> Prepared:
    """Tell printout and tails apart again in the masked bytes, as if each had come alone."""
    if not job.tails:
        return prepared
    raw, at = prepared.printout.raw, len(job.found.raw)
    head = hashlib.sha256(raw[:at]).digest()
    tails = []
    for name, tail in job.tails:
        tails.append(Tail(name, hashlib.sha256(raw[at : at + len(tail)]).digest()))
        at += len(tail)
    return msgspec.structs.replace(prepared, sha256=head, tails=tuple(tails))


def happenings(sheet: Sheet, before: int) -> tuple[Happening, ...]:
    """Return what the printer did between the boxes (drawer, cuts, beeps), from byte ``before`` on."""
    events = [event for event in sheet.events if event.start >= before]
    return tuple(Happening(event.kind, dict(event.values)) for event in events[:HAPPENINGS_MAX])


def heard(found: relay.Printout) -> tuple[Happening, ...]:
    """Return what the printer said while it printed."""
    return tuple(Happening("status", {name: int(value) for name, value in said.values.items()}) for said in found.heard)


_decode_jobs = msgspec.msgpack.Decoder(list[Job]).decode
_decode_prepared = msgspec.msgpack.Decoder(list[Prepared]).decode


def pack(jobs: list[Job]) -> bytes:
    """Jobs as one message to a worker."""
    return msgspec.msgpack.encode(jobs)


def digest_all(message: bytes) -> bytes:
    """The worker's side: what ``pack`` made, taken apart; ``unpack`` reads the answer."""
    return msgspec.msgpack.encode([digest(job) for job in _decode_jobs(message)])


def unpack(answer: bytes) -> list[Prepared]:
    """What ``digest_all`` made, in the order of the jobs."""
    return _decode_prepared(answer)
