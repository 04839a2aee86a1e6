"""The verbs of the shop's printers: list them, add one, change it, give it its word, learn what it can.

After the commit the topic ``"printers"`` is told the printer's name. Changing what stands in kvit.toml from a page is
refused: the file would say otherwise at the next start. What a person did (`hold`) and what was learned stays over starts.

Refusals: ``device.printer_unknown``, ``device.printer_file``, ``device.printer_name``, ``device.printer_fail_over``,
``device.printer_calls`` and those of `kvit.device.adapters.address.parse`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec

from kvit.db import Tx
from kvit.device.adapters import address
from kvit.device.address import NAME
from kvit.device.printers import store
from kvit.device.printers.model import FACT_LETTERS_MAX, FACTS_MAX, Origin, Printer, Way, way_of
from kvit.device.spool.model import Evidence
from kvit.refusal import Refusal

TOPIC = "printers"
TOKEN_BYTES = 20
"""160 bits: 32 letters of base 32, which survive every printer's address field, whatever it does to capitals."""
CHAIN_MAX = 8
"""Stand-ins of stand-ins that are followed to see that they form no ring."""


def printers(tx: Tx, shop: str) -> list[Printer]:
    """Give all printers by name."""
    return store.every(tx, shop)


def printer(tx: Tx, shop: str, name: str) -> Printer | Refusal:
    """Give a printer."""
    return store.get(tx, shop, name) or Refusal("device.printer_unknown", {"name": name[:80]})


def keep(tx: Tx, shop: str, given: Printer, now_ms: int) -> Printer | Refusal:
    """Add a printer or change the page's one of that name; token and facts stay where the address stays."""
    known = store.get(tx, shop, given.name)
    if known is not None and known.origin is Origin.FILE:
        return Refusal("device.printer_file", {"name": given.name})
    wrong = _wrong(tx, shop, given)
    if wrong is not None:
        return wrong
    written = msgspec.structs.replace(given, origin=Origin.PAGE)
    if known is not None and known.address == given.address:
        written = msgspec.structs.replace(written, token_hash=known.token_hash, facts=known.facts)
    return _put(tx, shop, written, now_ms)


def _wrong(tx: Tx, shop: str, given: Printer) -> Refusal | None:
    if not NAME.fullmatch(given.name):
        return Refusal("device.printer_name", {"name": given.name[:80]})
    parsed = address.parse(given.address)
    if isinstance(parsed, Refusal):
        return parsed
    return _ring(tx, shop, given)


def _ring(tx: Tx, shop: str, given: Printer) -> Refusal | None:
    """A stand-in that is no printer, or that comes back to where it began, is refused."""
    name = given.fail_over
    for _ in range(CHAIN_MAX):
        if not name:
            return None
        found = store.get(tx, shop, name)
        if found is None or name == given.name:
            break
        name = found.fail_over
    return Refusal("device.printer_fail_over", {"name": given.name, "other": given.fail_over[:80]})


def _put(tx: Tx, shop: str, given: Printer, now_ms: int) -> Printer:
    store.put(tx, shop, given, now_ms)
    tx.tell(TOPIC, given.name)
    return given


def remove(tx: Tx, shop: str, name: str) -> Printer | Refusal:
    """Forget the page's printer of that name; its jobs and their histories stay."""
    known = printer(tx, shop, name)
    if isinstance(known, Refusal):
        return known
    if known.origin is Origin.FILE:
        return Refusal("device.printer_file", {"name": name})
    store.delete(tx, shop, name)
    tx.tell(TOPIC, name)
    return known


def hold(tx: Tx, shop: str, name: str, held: bool, now_ms: int) -> Printer | Refusal:
    """Stop a printer, or let it go on; also one of kvit.toml."""
    known = printer(tx, shop, name)
    if isinstance(known, Refusal):
        return known
    return _put(tx, shop, msgspec.structs.replace(known, held=held), now_ms)


def learned(
    tx: Tx, shop: str, name: str, able: Evidence | None, facts: dict[str, str], now_ms: int
) -> Printer | Refusal:
    """Keep what a printer was found to prove (None: as before) and told about itself; nothing new writes nothing."""
    known = printer(tx, shop, name)
    if isinstance(known, Refusal):
        return known
    merged = {**known.facts, **{key: value[:FACT_LETTERS_MAX] for key, value in facts.items()}}
    kept = dict(list(merged.items())[-FACTS_MAX:])
    after = msgspec.structs.replace(known, able=able or known.able, facts=kept)
    return known if after == known else _put(tx, shop, after, now_ms)


def examine(tx: Tx, shop: str, name: str, now_ms: int) -> Printer | Refusal:
    """Forget what class a printer was found to have, so that whoever drives it finds it out anew."""
    known = printer(tx, shop, name)
    if isinstance(known, Refusal):
        return known
    return _put(tx, shop, msgspec.structs.replace(known, able=None), now_ms)


def token_hash(token: str) -> bytes:
    """Return what is kept of a printer's word: 32 bytes. Capitals do not count: printers' pages change them."""
    return hashlib.sha256(token.lower().encode()).digest()


def by_token(tx: Tx, shop: str, token: str) -> Printer | None:
    """Give the printer that calls in with a word."""
    return store.by_token(tx, shop, token_hash(token))


def fresh_token(tx: Tx, shop: str, name: str, random: Callable[[int], bytes], now_ms: int) -> str | Refusal:
    """Give a printer that calls in a new word, shown this once; the old one is worth nothing from now on."""
    known = printer(tx, shop, name)
    if isinstance(known, Refusal):
        return known
    parsed = address.parse(known.address)
    if isinstance(parsed, Refusal) or way_of(parsed) is not Way.CALLS:
        return Refusal("device.printer_calls", {"name": name})
    token = _letters(random(TOKEN_BYTES))
    _put(tx, shop, msgspec.structs.replace(known, token_hash=token_hash(token)), now_ms)
    return token


def _letters(random: bytes) -> str:
    """Base 32 in small letters without those that are mistaken for others (Crockford's)."""
    assert len(random) == TOKEN_BYTES
    number = int.from_bytes(random, "big")
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[number >> 5 * place & 31] for place in range(32))


def settle(tx: Tx, shop: str, configured: Iterable[Printer], now_ms: int) -> list[Printer]:
    """The program starts: kvit.toml's printers are these. Give all printers.

    One that went from the file goes; what a page calls by a name of the file gives way. Holds, facts, a word and a class
    that the file does not say stay while the address stays.
    """
    wanted = {each.name: each for each in configured}
    known = {each.name: each for each in store.every(tx, shop)}
    for name, old in known.items():
        if old.origin is Origin.FILE and name not in wanted:
            store.delete(tx, shop, name)
            tx.tell(TOPIC, name)
    for name, new in wanted.items():
        after = _merged(known.get(name), new)
        if after != known.get(name):
            _put(tx, shop, after, now_ms)
    return store.every(tx, shop)


def _merged(old: Printer | None, new: Printer) -> Printer:
    new = msgspec.structs.replace(new, origin=Origin.FILE)
    if old is None:
        return new
    new = msgspec.structs.replace(new, held=old.held)
    if old.address != new.address:
        return new
    return msgspec.structs.replace(
        new, able=new.able or old.able, token_hash=new.token_hash or old.token_hash, facts=old.facts
    )
