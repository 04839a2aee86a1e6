"""The verbs of a proof: who can read what is sent to a phone or mail address has it.

Asked for, a code is counted (`kvit.access.customers.limits`) and its message goes out in the caller's transaction.
Typed, it is two transactions: `count_try` counts before anything is weighed, since a refusal undoes what its verb wrote;
then `finish_proof` does what the right digits allow. `kvit.access.customers.door` strings the two together.

What the right digits do, on the device that asked:

=====================  ======================  ==========================================================
this device's wallet   the contact's owner     then
=====================  ======================  ==========================================================
none                   nobody                  a customer begins, with the contact
none                   somebody                the device opens that wallet
any                    nobody                  the contact is added to the wallet, instead of one before
the owner's            itself                  the proof is renewed
without any proof      somebody else           the wallet is merged into that one
with a proof           somebody else           the device changes to that wallet; the other stays as it was
=====================  ======================  ==========================================================

Telephone companies give numbers out again. A contact none of whose owner's devices was seen for `DORMANT_S` is taken for
given out again: it leaves its old wallet, whose receipts its new owner must not see.

The device's token is always a fresh one: a token that somebody planted in the browser beforehand opens nothing. In a merge
all devices of the wallet that never proved anything are ended.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from kvit.access import throttle
from kvit.access.customers import limits, mails, phones, proofs, store
from kvit.access.customers.devices import IDLE_S, clean_label
from kvit.access.customers.joining import Hooks, merge
from kvit.access.customers.keys import Keys
from kvit.access.customers.limits import Slot
from kvit.access.customers.model import Customer, Device
from kvit.access.customers.proofs import Attempt, Started, Wanted
from kvit.access.session import Randomness
from kvit.db import Tx
from kvit.refusal import Refusal

DORMANT_S = IDLE_S


@dataclass(frozen=True, slots=True)
class Fresh:
    """Ids and a token's hash for what a proof may have to make."""

    customer: str
    device: str
    device_hash: bytes = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A contact was proven."""

    customer: Customer
    device: Device
    merged: str
    """The id of the wallet that went into this one; empty when none did."""


def contact_hash(keys: Keys, kind: str, contact: str) -> bytes:
    """Give what a contact in its one form is found by."""
    return keys.hash(kind, mails.found_by(contact) if kind == proofs.MAIL else contact)


def start_proof(
    tx: Tx, keys: Keys, wanted: Wanted, proof: str, randomness: Randomness, now: int, a_day: int
) -> Started | Refusal:
    """Make a code for whoever has a contact; ``proof`` is a fresh random id, ``a_day`` the shop's limit for all together.

    Refused: ``wait`` (``wait_s``).
    """
    store.drop_old_slots(tx, now)
    for slot in sorted(_slots(keys, wanted, a_day), key=lambda slot: slot.key):  # one order of locks for all
        wait_s = store.count_slot(tx, slot, now)
        if wait_s:
            return Refusal("customers.wait", {"wait_s": wait_s})
    digits = proofs.fresh_digits(randomness)
    store.add_proof(
        tx,
        proof,
        wanted.kind,
        contact_hash(keys, wanted.kind, wanted.contact),
        keys.seal("proof", proof, wanted.contact, randomness),
        proofs.digits_hash(keys, proof, wanted.bound, digits),
        wanted.bound,
        now,
        now + proofs.LIFE_S,
    )
    return Started(proof, digits, now + proofs.LIFE_S)


def _slots(keys: Keys, wanted: Wanted, a_day: int) -> list[Slot]:
    made = [
        Slot(keys.hash(f"limit {wanted.kind}", contact_hash(keys, wanted.kind, wanted.contact).hex()), limits.PHONE),
        Slot(keys.hash("limit address", throttle.address_slot("", wanted.address).hex()), limits.ASKER),
        Slot(keys.hash("limit device", wanted.bound.hex()), limits.ASKER),
        Slot(everything_slot(keys, wanted.kind), limits.everything(a_day), limits.GRAIN_S),
    ]
    if wanted.kind == proofs.PHONE:
        made.append(Slot(keys.hash("limit range", phones.prefix(wanted.contact)), limits.RANGE))
    return made


def everything_slot(keys: Keys, kind: str) -> bytes:
    """Give the slot of all codes of a kind together."""
    return keys.hash("limit everything", kind)


def sent_today(tx: Tx, keys: Keys, now: int) -> int:
    """Say how many codes went to phones within a day, for who watches the bill."""
    return store.slot_count(tx, everything_slot(keys, proofs.PHONE), now - limits.DAY_S)


def count_try(tx: Tx, keys: Keys, proof: str, bound: bytes, typed: str, now: int) -> Attempt | Refusal:
    """Count a try of a code and say whether it is right. Refused: ``proof_over`` (unknown, too old, tried too often)."""
    row = store.count_proof(tx, proof, bound, proofs.TRIES, now)
    if row is None:
        return Refusal("customers.proof_over")
    kind, hash_, sealed, code, tries = row
    given = proofs.digits_hash(keys, proof, bound, proofs.clean_digits(typed))
    return Attempt(proof, kind, hash_, sealed, hmac.compare_digest(code, given), proofs.TRIES - tries)


def finish_proof(
    tx: Tx,
    keys: Keys,
    attempt: Attempt,
    fresh: Fresh,
    old_device: bytes,
    hooks: Hooks,
    randomness: Randomness,
    now: int,
) -> Proved | Refusal:
    """Do what the right digits allow; ``old_device`` is the hash of the token the browser came with, empty without one.

    Refused: ``proof_wrong`` (``left``), ``proof_over`` (that was the last try, it was used by another, or somebody
    proved the same contact just now).
    """
    if not attempt.right:
        return (
            Refusal("customers.proof_wrong", {"left": attempt.left})
            if attempt.left
            else Refusal("customers.proof_over")
        )
    contact = keys.unseal("proof", attempt.proof, attempt.sealed)
    if contact is None or not store.use_proof(tx, attempt.proof):
        return Refusal("customers.proof_over")
    here = store.visitor(tx, old_device, now) if old_device else None
    owner = _owner(tx, attempt, now)
    for one in sorted({who.id for who in (here[0] if here else None, owner) if who}):
        store.hold(tx, one)
    merged = ""
    if owner is None:
        target = here[0].id if here else _begin(tx, fresh.customer, now)
    else:
        target = owner.id
        if here and here[0].id != owner.id and not here[0].proven:
            merged = here[0].id
            merge(tx, keys, merged, target, hooks, randomness, now)
    sealed = keys.seal(attempt.kind, target, contact, randomness)
    if not store.put_contact(tx, target, attempt.kind, attempt.hash, sealed, now):
        return Refusal("customers.proof_over")
    if here:
        store.drop_device(tx, here[0].id, here[1].id)  # in a merge it is gone already
    device = Device(fresh.device, target, clean_label(fresh.label), now, now, now)
    store.add_device(tx, device, fresh.device_hash)
    customer = store.customer(tx, target)
    assert customer is not None
    return Proved(customer, device, merged)


def _owner(tx: Tx, attempt: Attempt, now: int) -> Customer | None:
    """Whose contact it is; a contact long unused leaves its owner."""
    found = store.contact_owner(tx, attempt.kind, attempt.hash)
    if found is None:
        return None
    owner, seen_at = found
    if now - seen_at < DORMANT_S:
        return owner
    store.drop_contact(tx, owner.id, attempt.kind)
    return None


def _begin(tx: Tx, customer: str, now: int) -> str:
    store.add_customer(tx, customer, now)
    return customer
