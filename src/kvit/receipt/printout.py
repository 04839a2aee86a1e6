"""A printout on its way into the store: masked, cut into words, hashed, before any transaction begins.

``prepare`` does all the work that needs no data base, so that the one writer is not kept waiting. Only a ``Prepared``
can be stored: nothing unmasked gets past.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec

from kvit.escpos import Command, Parser, Profile, load_profile
from kvit.receipt import mask
from kvit.receipt.model import Reading
from kvit.receipt.reading.version import VERSION
from kvit.receipt.words import index_words

RAW_BYTES_MAX = 32 << 20
"""A roll of pictures is some 4 MB; the boundary of a printout is forced long before this."""
TITLE_LETTERS_MAX = 80
ID_BYTES = 10
"""80 bits of a hash: a shop with 10 million receipts meets a clash once in 24,000 million years of such shops."""


class Happening(msgspec.Struct, frozen=True):
    """What the printer did or said: a kind of ``kvit.paper.sheet.EVENT_KINDS`` or ``status``, and its values."""

    kind: str
    values: dict[str, int | str] = {}


class Place(msgspec.Struct, frozen=True):
    """Where a printout stood: the line's name, which of its capture files, the offset of its first byte there.

    For ever the printout's identity: told again with the same bytes it is the same receipt.
    """

    line: str
    offset: int
    capture: str = ""


class Printout(msgspec.Struct, frozen=True):
    """One run of a till's bytes and what was made of it. ``taken_at_ms`` is wall clock, since 1970."""

    place: Place
    raw: bytes
    text: str
    taken_at_ms: int
    till: str = ""
    """The name people know the till by; the line's name where empty."""
    profile: str = "default"
    profile_version: str = ""
    reading: Reading | None = None
    happenings: tuple[Happening, ...] = ()
    setting: bytes = b""
    """Commands the till gave before, still in force where the printout begins (its code page, say): played first."""


class Tail(msgspec.Struct, frozen=True):
    """A piece told apart from its printout that came early enough to be stored with it: where it begins, its hash."""

    offset: int
    sha256: bytes


class Prepared(msgspec.Struct, frozen=True):
    """A printout as it may be stored."""

    id: str
    printout: Printout
    sha256: bytes
    """Of the masked bytes: the same printout told again has the same. (A hash of the bytes as they came would let a thief
    try card numbers until one fits.)"""
    title: str
    reading_json: str | None
    happenings_json: str
    words: str
    reader: int = VERSION
    """Which reader read it (`kvit.receipt.reading.version`); -1: nobody, its data were told."""
    tails: tuple[Tail, ...] = ()
    """Tails stored along; ``sha256`` is then of the bytes before them."""


def receipt_id(shop: str, place: Place) -> str:
    """Name a receipt by its place: 16 letters and digits, the same on every replay."""
    told = "\0".join((shop, place.line, place.capture, str(place.offset)))
    return base64.b32encode(hashlib.sha256(told.encode()).digest()[:ID_BYTES]).decode().lower()


def prepare(shop: str, printout: Printout, commands: list[Command] | None = None) -> Prepared:
    """Mask, cut and hash a printout. ``commands`` spares a second parse where the caller has them."""
    assert len(printout.raw) <= RAW_BYTES_MAX
    reading, reading_json = _masked(printout.reading)
    text = mask.mask_text(printout.text).replace("\0", " ")
    raw = masked_raw(printout.raw, printout.profile, commands)
    return Prepared(
        id=receipt_id(shop, printout.place),
        printout=msgspec.structs.replace(printout, raw=raw, text=text, reading=reading),
        sha256=hashlib.sha256(raw).digest(),
        title=title_of(text, reading),
        reading_json=reading_json,
        happenings_json=mask.mask_text(msgspec.json.encode(printout.happenings).decode()),
        words=index_words(text),
    )


def masked_raw(raw: bytes, profile: str, commands: list[Command] | None = None) -> bytes:
    """Return a till's bytes with card numbers masked; an unknown profile is parsed as the default one."""
    if commands is None:
        parser = Parser(known_profile(profile))
        commands = [*parser.feed(raw), *parser.close()]
    masked = mask.mask_commands(commands)
    assert len(masked) == len(raw)
    return masked


def known_profile(name: str) -> Profile:
    """Load a profile; one that is gone since is replaced by the default, for old receipts must stay readable."""
    try:
        return load_profile(name or None)
    except LookupError:
        return load_profile(None)


def _masked(reading: Reading | None) -> tuple[Reading | None, str | None]:
    """A reading with its words masked, and its JSON; most have nothing that could be a card number."""
    if reading is None:
        return None, None
    told = msgspec.json.encode(reading).decode()
    if not mask.may_hold_card(told):
        return reading, told
    masked = masked_reading(reading)
    return masked, msgspec.json.encode(masked).decode()


def masked_reading(reading: Reading) -> Reading:
    """Mask the words of a reading."""
    return msgspec.convert(mask.mask_plain(msgspec.to_builtins(reading)), Reading)


def title_of(text: str, reading: Reading | None) -> str:
    """What a list calls a receipt: the shop as read, else the first line that says something."""
    if reading is not None and reading.shop:
        return reading.shop[:TITLE_LETTERS_MAX]
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if any(letter.isalnum() for letter in line)), "")[:TITLE_LETTERS_MAX]
