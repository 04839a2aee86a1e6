"""The verbs of coming in and going out: first code, log-in, session, key at the door, audit.

Who works here and which keys exist is `kvit.access.staff`. Each verb takes ``tx`` first; clock and randomness are
arguments.

A log-in is two transactions with the weighing of the password between them, outside of any (it takes a tenth of a second,
and the writer has tills waiting): `begin_log_in` counts the try and says what to weigh against, `finish_log_in` or
`fail_log_in` ends it; `kvit.access.door` strings them together. The count must not hang on a refusal, which undoes all
its verb wrote: so the try is counted before, and success takes it back.

Refusals come in the order in which each verb's docstring names them.
"""

from __future__ import annotations

import hmac

from kvit.access import audit as chain
from kvit.access import code as first
from kvit.access import key as keys
from kvit.access import role, session, store, throttle, totp
from kvit.access.model import Attempt, Identity, User, clean_name, folded, key_actor, user_actor
from kvit.db import Tx
from kvit.refusal import Refusal

CONSOLE = "console"
"""The actor of what was done on the machine itself."""

PAGE_LIMIT = 500
"""Audit rows a page may ask for."""


def audit(
    tx: Tx, shop: str, actor: str, act: str, subject: str, now: int, detail: dict[str, str | int] | None = None
) -> int:
    """Write a row into the shop's audit log; give its number. Ids only: no names, phones, addresses, no secrets."""
    n, previous = store.take_head(tx, shop)
    text = chain.detail_text(detail or {})
    made = chain.row_hash(shop, n, now, actor, act, subject, text, previous)
    store.add_entry(tx, chain.Entry(shop, n, now, actor, act, subject, text, previous, made))
    return n


def verify_audit(tx: Tx, shop: str) -> int | chain.Broken:
    """Prove the shop's audit log from its rows alone; give how many rows it has, or where it breaks."""
    n, hash_ = store.head(tx, shop)
    return chain.check(store.entries(tx, shop), n, hash_) or n


def read_audit(tx: Tx, by: Identity, before: int = 1 << 62, limit: int = 100) -> list[chain.Entry] | Refusal:
    """Give rows below a number, newest first, at most `PAGE_LIMIT`. Refused: ``not_allowed``."""
    if not by.may("audit.read"):
        return Refusal("access.not_allowed")
    return store.last_entries(tx, by.shop, before, min(limit, PAGE_LIMIT))


def audit_names(tx: Tx, by: Identity) -> dict[str, str] | Refusal:
    """Give the names people know actors by, to be shown beside rows and kept nowhere. Refused: ``not_allowed``."""
    if not by.may("audit.read"):
        return Refusal("access.not_allowed")
    return names(tx, by.shop)


def names(tx: Tx, shop: str) -> dict[str, str]:
    """Give the names of a shop's users and keys by actor, for colleagues to see who did a thing; kept nowhere."""
    people = {user_actor(user.id): user.name for user in store.users(tx, shop)}
    return people | {key_actor(key.id): key.name for key in store.keys(tx, shop)}


def audit_length(tx: Tx, by: Identity) -> int:
    """Give how many rows the log has."""
    return store.head(tx, by.shop)[0]


def awaits_code(tx: Tx, shop: str, now: int) -> bool:
    """Say whether a first code can be used: the shop is new, or one was made on the console because nobody got in."""
    row = store.code(tx, shop)
    return not store.has_users(tx, shop) or (row is not None and row[2] is None and now < row[1])


def is_set_up(tx: Tx, shop: str) -> bool:
    """Say whether the shop has an account, so that no first code is needed."""
    return store.has_users(tx, shop)


def first_code(tx: Tx, shop: str, text: str, now: int, recover: bool = False) -> int | Refusal:
    """Put a fresh code (`kvit.access.code.fresh_code`) in force; give when it ends. The one before it is void.

    ``recover`` is for the machine's own console, when nobody can log in. Refused: ``already_set_up``.
    """
    audit(tx, shop, CONSOLE, "first_code.made", "", now)
    if store.has_users(tx, shop) and not recover:
        return Refusal("access.already_set_up")
    store.put_code(tx, shop, first.code_hash(text), now + first.LIFE_S)
    return now + first.LIFE_S


def count_claim(tx: Tx, shop: str, address: str, now: int) -> Refusal | None:
    """Count an address's try of a first code, before a password is hashed for it. Refused: ``too_many_tries``."""
    wait_s = store.count_try(tx, throttle.address_slot(shop, address), throttle.ADDRESS, now)
    return Refusal("access.too_many_tries", {"wait_s": wait_s}) if wait_s else None


def weigh_first_code(tx: Tx, shop: str, typed: str, now: int) -> Refusal | None:
    """Say whether a code is in force. Refused: ``code_wrong``, ``code_used``, ``code_expired``."""
    row = store.code(tx, shop)
    if row is None or not hmac.compare_digest(row[0], first.code_hash(typed)):
        return Refusal("access.code_wrong")
    if row[2] is not None:
        return Refusal("access.code_used")
    return Refusal("access.code_expired") if now >= row[1] else None


def claim_first_code(
    tx: Tx, shop: str, typed: str, user_id: str, name: str, password_hash: str, token: str, now: int
) -> Identity | Refusal:
    """Use the code up: make the owner's account and log it in with a fresh session ``token``.

    Refused: ``code_wrong``, ``code_used``, ``code_expired``, ``name_bad``, ``name_taken``. Of two at once, one wins.
    """
    audit(tx, shop, user_actor(user_id), "first_code.used", user_id, now)
    refusal = weigh_first_code(tx, shop, typed, now)
    if refusal is not None:
        return refusal
    cleaned = clean_name(name)
    if cleaned is None:
        return Refusal("access.name_bad")
    if not store.use_code(tx, shop, first.code_hash(typed), now):
        return Refusal("access.code_used")
    owner = User(user_id, shop, cleaned, role.OWNER, now, None, False)
    if not store.add_user(tx, owner, folded(cleaned), password_hash):
        return Refusal("access.name_taken")
    return _open_session(tx, owner, token, now)


def begin_log_in(tx: Tx, shop: str, name: str, address: str, now: int) -> Attempt | Refusal:
    """Count a try and give what the password is to be weighed against. The same work for every name.

    Refused: ``too_many_tries`` (``wait_s``).
    """
    known = folded(clean_name(name) or "")
    slot = throttle.account_slot(shop, known or name[:200])
    line = throttle.address_slot(shop, address)
    wait_s = store.count_try(tx, line, throttle.ADDRESS, now)
    wait_s = wait_s or store.count_try(tx, slot, throttle.ACCOUNT, now)
    if wait_s:
        return Refusal("access.too_many_tries", {"wait_s": wait_s})
    account = store.account_by_name(tx, shop, known)
    if account is None:
        return Attempt(shop, "", "", slot, line)
    return Attempt(shop, account.user.id, account.password_hash, slot, line)


def fail_log_in(tx: Tx, attempt: Attempt, now: int) -> None:
    """Write down that a password was wrong; for a name nobody has, the same row without an id."""
    actor = user_actor(attempt.user_id) if attempt.user_id else ""
    audit(tx, attempt.shop, actor, "log_in.failed", attempt.user_id, now)


def finish_log_in(
    tx: Tx, attempt: Attempt, token: str, now: int, digits: str = "", old_token: str = "", fresh_hash: str = ""
) -> Identity | Refusal:
    """Log a user in whose password was right; ``token`` is fresh, ``old_token`` (what the browser came with) is void.

    ``digits`` are those of the authenticator app where the user has one; ``fresh_hash`` replaces an outdated hash.
    Refused: ``log_in_wrong`` (the password was changed meanwhile), ``user_disabled``, ``second_factor_needed``,
    ``second_factor_wrong``.
    """
    audit(tx, attempt.shop, user_actor(attempt.user_id), "log_in", attempt.user_id, now)
    account = store.account(tx, attempt.shop, attempt.user_id)
    if account is None or account.password_hash != attempt.password_hash:
        return Refusal("access.log_in_wrong")
    if account.user.disabled_at is not None:
        return Refusal("access.user_disabled")
    refusal = _second_factor(tx, account, digits, now)
    if refusal is not None:
        return refusal
    if fresh_hash:
        store.set_password(tx, account.user.id, fresh_hash)
    if old_token:
        store.drop_session(tx, session.token_hash(old_token))
    store.take_back_try(tx, attempt.address, throttle.ADDRESS)
    store.clear_tries(tx, attempt.account, now)
    return _open_session(tx, account.user, token, now)


def _second_factor(tx: Tx, account: store.Account, digits: str, now: int) -> Refusal | None:
    if account.totp_secret is None:
        return None
    if not digits.strip():
        return Refusal("access.second_factor_needed")
    step = totp.check(account.totp_secret, digits, now, account.totp_step)
    if step is None or not store.take_step(tx, account.user.id, step):
        return Refusal("access.second_factor_wrong")
    return None


def _open_session(tx: Tx, user: User, token: str, now: int) -> Identity:
    assert session.looks_like_token(token), "a session token must come from fresh_token"
    hash_ = session.token_hash(token)
    store.add_session(tx, hash_, user.id, now)
    return Identity(user.shop, user_actor(user.id), user.role, role.permissions(user.role), hash_, now)


def who(tx: Tx, token: str, now: int) -> Identity | None:
    """Say who a session belongs to; None when it is unknown, ended, or its user switched off. Writes nothing."""
    if not session.looks_like_token(token):
        return None
    hash_ = session.token_hash(token)
    row = store.session(tx, hash_)
    if row is None or not session.alive(row[3], row[4], now):
        return None
    shop, user_id, name, _, seen_at = row
    return Identity(shop, user_actor(user_id), name, role.permissions(name), hash_, seen_at)


def keep_alive(tx: Tx, identity: Identity, now: int) -> None:
    """Write down that a session is used; to be called when `kvit.access.session.needs_touch` says so."""
    store.touch_session(tx, identity.session, now)


def log_out(tx: Tx, identity: Identity, now: int) -> None:
    """End the session. A second time does nothing."""
    if store.session(tx, identity.session) is not None:
        audit(tx, identity.shop, identity.actor, "log_out", identity.user_id, now)
        store.drop_session(tx, identity.session)


def check_key(tx: Tx, text: str, now: int) -> Identity | None:
    """Say who a key belongs to; None when it is unknown, revoked or past its end. Writes nothing."""
    found = store.key(tx, keys.key_id(text)) if keys.key_id(text) else None
    if found is None:
        return None
    shop, hash_, key = found
    if not keys.matches(hash_, text) or key.revoked_at is not None:
        return None
    if key.expires_at is not None and now >= key.expires_at:
        return None
    return Identity(shop, key_actor(key.id), "", frozenset(key.scopes) & role.SCOPES)
