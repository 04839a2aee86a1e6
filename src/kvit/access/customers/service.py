"""The verbs on customers: beginning a wallet, recognising who stands at a till, wishes, devices, cards, consents.

Each takes ``tx`` first; clock, randomness and keys are arguments. Proofs of phones are `kvit.access.customers.proving`,
merge and erasure `kvit.access.customers.joining`, what staff do `kvit.access.customers.desk`. Refusals come in the order in
which the docstrings name them.
"""

from __future__ import annotations

from kvit.access.customers import cards, codes, store
from kvit.access.customers.devices import clean_label, clean_name
from kvit.access.customers.joining import NAME, REVOKED_S
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Card, Consent, Customer, Device, Known, Wish
from kvit.access.session import Randomness
from kvit.db import ERASED, Tx
from kvit.refusal import Refusal


def new_customer(tx: Tx, customer: str, now: int) -> Customer:
    """Begin a customer with a fresh random id (`kvit.access.customers.model.ID_BYTES`, hexadecimal)."""
    store.add_customer(tx, customer, now)
    return Customer(customer, now, Wish.UNSAID, False)


def settle_keys(tx: Tx, keys: Keys, now: int) -> bool:
    """Say whether the customers here were kept with these keys; the first ones to come are written down."""
    return store.settle_keys(tx, keys.fingerprint, now)


def right_keys(tx: Tx, keys: Keys) -> bool:
    """Say the same and write nothing."""
    return store.knows_keys(tx, keys.fingerprint)


def find(tx: Tx, customer: str) -> Customer | None:
    """Find a customer by id, also by one that a merge replaced."""
    return store.customer(tx, customer) or store.customer(tx, store.successor(tx, customer))


def device_customer(tx: Tx, device_hash: bytes, now: int) -> Customer | None:
    """Say whose wallet a device opens; None when it is unknown, ended, or long unused. Writes nothing."""
    found = store.visitor(tx, device_hash, now)
    return found[0] if found else None


def visitor(tx: Tx, device_hash: bytes, now: int) -> tuple[Customer, Device] | None:
    """Say whose wallet a device opens, and which device it is. Writes nothing."""
    return store.visitor(tx, device_hash, now)


def keep_alive(tx: Tx, device_hash: bytes, now: int) -> None:
    """Write down that a device is used; to be called when `kvit.access.customers.devices.TOUCH_S` has passed."""
    store.touch_device(tx, device_hash, now)


def add_device(
    tx: Tx, customer: str, device: str, device_hash: bytes, label: str, now: int, *, proven: bool = False
) -> Device | Refusal:
    """Give a customer another device with a fresh random id and the hash of a fresh token. Refused: ``unknown``."""
    if not store.hold(tx, customer):
        return Refusal("customers.unknown")
    made = Device(device, customer, clean_label(label), now, now, now if proven else None)
    store.add_device(tx, made, device_hash)
    return made


def set_wish(tx: Tx, customer: str, wish: Wish, now: int) -> Customer | Refusal:
    """Keep how a customer wants receipts. Refused: ``unknown``."""
    found = find(tx, customer)
    if found is None or not store.set_wish(tx, found.id, wish, now):
        return Refusal("customers.unknown")
    return Customer(found.id, found.made_at, wish, found.proven)


def make_codes(keys: Keys, visit: tuple[Customer, Device], now: int, count: int, randomness: Randomness) -> list[str]:
    """Make a device's member codes for the windows from now on, at most `kvit.access.customers.codes.BATCH_MAX`."""
    who, device = visit
    first = codes.window(now)
    starts = range(first, first + codes.WINDOW_S * min(count, codes.BATCH_MAX), codes.WINDOW_S)
    return [codes.make(codes.fresh(who.id, device.id, who.wish, at, randomness), keys) for at in starts]


def identify(tx: Tx, text: str, kind: str, keys: Keys, now: int, shop: str = "") -> Known | Refusal:
    """Say who presented something at a reader of a shop; ``kind`` is the reader's word for what was read.

    A member code is used up by this. Refused: ``code_bad``, ``code_old``, ``code_ended`` (the device was ended),
    ``code_used``, ``unknown``.
    """
    known = _by_code(tx, text, keys, now) if codes.is_code(text) else _by_card(tx, text, kind, keys)
    if isinstance(known, Known) and shop:
        store.meet(tx, shop, known.customer, now)
    return known


def _by_code(tx: Tx, text: str, keys: Keys, now: int) -> Known | Refusal:
    code = codes.read(text, keys.public)
    if isinstance(code, Refusal):
        return code
    late = codes.in_time(code, now)
    if late is not None:
        return late
    device = store.device(tx, code.device)
    who = find(tx, code.customer)
    if device is None or who is None or device.customer != who.id:
        return Refusal("customers.code_ended")
    if not store.use_code(tx, code.number, code.ends_at, now):
        return Refusal("customers.code_used")
    return Known(who.id, who.wish, "code")


def _by_card(tx: Tx, text: str, kind: str, keys: Keys) -> Known | Refusal:
    sort = cards.card_kind(kind)
    clean = cards.clean_card(text, sort)
    who = store.card_owner(tx, cards.card_hash(keys, clean, sort)) if clean else None
    return Known(who.id, who.wish, sort) if who else Refusal("customers.unknown")


def remember_card(
    tx: Tx, customer: str, card: str, text: str, kind: str, label: str, by: str, keys: Keys, now: int
) -> Card | Refusal:
    """Let a card, with a fresh random id, stand for a customer. A second time it is the same card.

    Refused: ``unknown``, ``card_bad``, ``card_taken``, ``cards_many``.
    """
    if not store.hold(tx, customer):
        return Refusal("customers.unknown")
    sort = cards.card_kind(kind)
    clean = cards.clean_card(text, sort)
    if not clean or codes.is_code(clean):
        return Refusal("customers.card_bad")
    hash_ = cards.card_hash(keys, clean, sort)
    made = Card(card, sort, clean_label(label), by, now)
    if len(store.cards(tx, customer)) < cards.CARDS_LIMIT and store.add_card(tx, customer, made, hash_):
        return made
    owner = store.card_owner(tx, hash_)
    if owner is None:
        return Refusal("customers.cards_many", {"max": cards.CARDS_LIMIT})
    if owner.id != customer:
        return Refusal("customers.card_taken")
    return store.card(tx, hash_) or Refusal("customers.card_taken")


def list_cards(tx: Tx, customer: str) -> list[Card]:
    """Give a customer's cards."""
    return store.cards(tx, customer)


def drop_card(tx: Tx, customer: str, card: str) -> str | Refusal:
    """Let a card stand for nobody any more; give its id. Refused: ``no_such_card``."""
    return card if store.drop_card(tx, customer, card) else Refusal("customers.no_such_card")


def meet(tx: Tx, shop: str, customer: str, now: int) -> Customer | Refusal:
    """Write down that a customer was at a shop, whose staff can find them from then on. Refused: ``unknown``."""
    found = find(tx, customer)
    if found is None:
        return Refusal("customers.unknown")
    store.meet(tx, shop, found.id, now)
    return found


def list_devices(tx: Tx, customer: str) -> list[Device]:
    """Give a customer's devices, the last used first."""
    return store.devices(tx, customer)


def end_device(tx: Tx, customer: str, device: str, now: int) -> str | Refusal:
    """End a device: its cookie opens nothing any more, and stations refuse the codes it fetched ahead.

    Refused: ``no_such_device``.
    """
    if not store.drop_device(tx, customer, device):
        return Refusal("customers.no_such_device")
    store.revoke(tx, f"device:{device}", now + REVOKED_S, now)
    return device


def end_other_devices(tx: Tx, customer: str, but: str, now: int) -> int:
    """End all devices of a customer but one; give how many."""
    others = [device.id for device in store.devices(tx, customer) if device.id != but]
    for device in others:
        end_device(tx, customer, device, now)
    return len(others)


def revocations(tx: Tx, now: int) -> dict[str, int]:
    """Give what stations must not believe, and until when that matters: ``device:`` and ``customer:`` ids."""
    return store.revoked(tx, now)


def consent(tx: Tx, customer: str, what: str, version: str, by: str, now: int) -> Consent | Refusal:
    """Write down that a customer agreed to something, in which version of its text. Refused: ``unknown``."""
    if not store.hold(tx, customer):
        return Refusal("customers.unknown")
    given = Consent(what, version, now, by, None)
    holding = [one for one in store.consents(tx, customer) if one.what == what and one.withdrawn_at is None]
    if any(one.version == version for one in holding):
        return holding[-1]
    store.withdraw_consent(tx, customer, what, now)
    store.add_consent(tx, customer, given)
    return given


def withdraw(tx: Tx, customer: str, what: str, now: int) -> int:
    """Write down that a customer takes a consent back; give how many held."""
    return store.withdraw_consent(tx, customer, what, now)


def consents(tx: Tx, customer: str) -> list[Consent]:
    """Give all a customer agreed to, the withdrawn too, from old to new."""
    return store.consents(tx, customer)


def agrees(tx: Tx, customer: str, what: str) -> bool:
    """Say whether a customer agrees to something now."""
    return any(one.what == what and one.withdrawn_at is None for one in store.consents(tx, customer))


def contact(tx: Tx, customer: str, kind: str, keys: Keys) -> str:
    """Give a customer's phone, mail address or name in clear, for the customer's own page or a message; empty without."""
    found = store.contact(tx, customer, kind)
    return (keys.unseal(kind, customer, found[0]) or "") if found else ""


def set_name(tx: Tx, customer: str, name: str, keys: Keys, randomness: Randomness) -> str | Refusal:
    """Keep the name a customer wants to be called by; an empty one forgets it. Refused: ``unknown``."""
    if not store.hold(tx, customer):
        return Refusal("customers.unknown")
    clean = clean_name(name)
    if clean:
        store.put_contact(tx, customer, NAME, None, keys.seal(NAME, customer, clean, randomness), None)
    else:
        store.drop_contact(tx, customer, NAME)
    return clean


def forget_contact(tx: Tx, customer: str, kind: str) -> str | Refusal:
    """Forget a phone, mail address or name; give its kind. Refused: ``unknown``."""
    if not store.hold(tx, customer):
        return Refusal("customers.unknown")
    for sort, hash_ in store.contact_hashes(tx, customer):
        if sort == kind:
            store.drop_proofs(tx, kind, hash_)
    store.drop_contact(tx, customer, kind)
    tx.tell(ERASED)
    return kind
