"""How a station comes to a server: one code, typed in once. The server's verbs, ``tx`` first.

Staff make a code (`new_code`), good for `CODE_LIFE_S` and one station. The station makes its own key first, keeps it, and
sends it along with the code (`pair`): so a lost answer costs nothing, the same code with the same key gets the same answer,
and with another key a refusal.
"""

from __future__ import annotations

import hashlib
import hmac

from kvit.access import key as keys
from kvit.access import store as access_store
from kvit.access import throttle
from kvit.access.code import ALPHABET, MISTAKEN
from kvit.access.key import Key
from kvit.access.model import Identity
from kvit.access.service import audit
from kvit.access.session import Randomness
from kvit.chain import store
from kvit.chain.model import NAME_MAX, Station
from kvit.db import Tx
from kvit.refusal import Refusal

CODE_LIFE_S = 600
"""Long enough to walk to the till, short enough that a photo is worthless."""
CODE_LETTERS = 10
"""50 bits; an address may try twenty times in the ten minutes, then it waits (`kvit.access.throttle`)."""
SCOPES = ("receipts.deliver", "stations.identify")
"""What a station's key may."""


def fresh_code(randomness: Randomness) -> str:
    """Make a code: ``7QWK2-MXD9R``."""
    number = int.from_bytes(randomness(7), "big")
    letters = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(CODE_LETTERS))
    return f"{letters[:5]}-{letters[5:]}"


def code_hash(typed: str) -> bytes:
    """Give the 32 bytes a code is kept as; typed in any case, with or without dashes."""
    bare = "".join(letter for letter in typed[:100].upper().translate(MISTAKEN) if letter not in "- \t\r\n")
    return hashlib.sha256(b"kvit station code\0" + bare.encode("utf-8", "replace")).digest()


def new_code(tx: Tx, by: Identity, code: str, name: str, now: int) -> int | Refusal:
    """Put a code for a new station in force; give when it ends. Refused: ``not_allowed``, ``station_name``."""
    audit(tx, by.shop, by.actor, "station.code", "", now)
    if not by.may("stations.write"):
        return Refusal("access.not_allowed")
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_MAX or not cleaned.isprintable():
        return Refusal("chain.station_name", {"max": NAME_MAX})
    store.add_code(tx, code_hash(code), by.shop, cleaned, by.actor, now + CODE_LIFE_S)
    return now + CODE_LIFE_S


def count_try(tx: Tx, address: str, now: int) -> Refusal | None:
    """Count an address's try of a code. Refused: ``too_many_tries``."""
    wait_s = access_store.count_try(tx, throttle.address_slot("station code", address), throttle.ADDRESS, now)
    return Refusal("access.too_many_tries", {"wait_s": wait_s}) if wait_s else None


def pair(tx: Tx, code: str, key: str, station_id: str, now: int) -> Station | Refusal:
    """Let a station in with its own key. Refused: ``code_wrong``, ``code_used``, ``code_expired``.

    ``station_id`` is fresh; a station that asks again with the same code and key keeps the id it got.
    """
    key_id = keys.key_id(key)
    row = store.code(tx, code_hash(code))
    if row is None or not key_id:
        return Refusal("chain.code_wrong")
    shop, name, made_by, expires_at, used_by, used_hash = row
    told = keys.key_hash(key)
    if used_by is not None:
        again = store.station(tx, shop, used_by) if hmac.compare_digest(bytes(used_hash), told) else None
        return Refusal("chain.code_used") if again is None or again.revoked_at is not None else again
    if now >= expires_at:
        return Refusal("chain.code_expired")
    if access_store.key(tx, key_id) is not None:
        return Refusal("chain.code_wrong")
    if not store.use_code(tx, code_hash(code), station_id, told, now):
        return Refusal("chain.code_used")
    audit(tx, shop, made_by, "station.paired", station_id, now, {"key": key_id})
    access_store.add_key(tx, shop, Key(key_id, name, SCOPES, made_by, now, None, None), told)
    store.add_station(tx, station_id, shop, name, key_id, made_by, now)
    found = store.station(tx, shop, station_id)
    assert found is not None
    return found


def station_of(tx: Tx, by: Identity) -> Station | Refusal:
    """Give the station a caller is. Refused: ``station_unknown`` (a person, another program, a revoked one)."""
    found = store.station_by_key(tx, by.shop, by.actor.removeprefix("key:"))
    return found or Refusal("chain.station_unknown")


def stations(tx: Tx, shop: str) -> list[Station]:
    """Give a shop's stations by name, the revoked too."""
    return store.stations(tx, shop)


def living(tx: Tx) -> list[Station]:
    """Give the stations of all shops that may send."""
    return store.living(tx)


def revoke(tx: Tx, by: Identity, station_id: str, now: int) -> Refusal | None:
    """Shut a station out, from the next request on. Refused: ``not_allowed``, ``no_such_station``."""
    audit(tx, by.shop, by.actor, "station.revoked", station_id[:64], now)
    if not by.may("stations.write"):
        return Refusal("access.not_allowed")
    key_id = store.revoke_station(tx, by.shop, station_id, now)
    if key_id is None:
        return Refusal("chain.no_such_station")
    access_store.revoke_key(tx, by.shop, key_id, now)
    return None
