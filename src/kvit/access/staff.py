"""The verbs on people and keys: who works here, with which role, and which machines are let in.

Each verb takes ``tx`` first and, where somebody does it, ``by``: the identity from the door. Each begins with its audit
row, which takes the shop's head: so two owners who demote each other at the same moment do it one after the other, and
the second is refused. Refusals come in the order in which the docstrings name them; ``not_allowed`` is always the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from kvit.access import key as keys
from kvit.access import role, store, throttle, totp
from kvit.access.model import Attempt, Identity, User, clean_name, folded
from kvit.access.service import audit
from kvit.db import Tx
from kvit.refusal import Refusal


def list_users(tx: Tx, by: Identity) -> list[User] | Refusal:
    """Give the shop's users by name. Refused: ``not_allowed``."""
    return store.users(tx, by.shop) if by.may("users.read") else Refusal("access.not_allowed")


def create_user(
    tx: Tx, by: Identity, user_id: str, name: str, password_hash: str, role_name: str, now: int
) -> User | Refusal:
    """Make a user. Refused: ``not_allowed``, ``name_bad``, ``no_such_role``, ``name_taken``."""
    audit(tx, by.shop, by.actor, "user.made", user_id, now, {"role": role_name[:64]})
    if not by.may("users.write"):
        return Refusal("access.not_allowed")
    cleaned = clean_name(name)
    if cleaned is None:
        return Refusal("access.name_bad")
    if role_name not in role.ROLES:
        return Refusal("access.no_such_role", {"role": role_name[:64]})
    user = User(user_id, by.shop, cleaned, role_name, now, None, False)
    return user if store.add_user(tx, user, folded(cleaned), password_hash) else Refusal("access.name_taken")


def set_role(tx: Tx, by: Identity, user_id: str, role_name: str, now: int) -> Refusal | None:
    """Give a user another role; the user's sessions end. Refused: ``not_allowed``, ``no_such_role``, ``no_such_user``,
    ``last_owner``.
    """
    audit(tx, by.shop, by.actor, "user.role", user_id, now, {"role": role_name[:64]})
    if not by.may("users.write"):
        return Refusal("access.not_allowed")
    if role_name not in role.ROLES:
        return Refusal("access.no_such_role", {"role": role_name[:64]})
    account = store.account(tx, by.shop, user_id)
    if account is None:
        return Refusal("access.no_such_user")
    if role_name != role.OWNER and _only_owner(tx, account.user):
        return Refusal("access.last_owner")
    store.set_role(tx, user_id, role_name)
    store.drop_sessions(tx, user_id)
    return None


def disable_user(tx: Tx, by: Identity, user_id: str, now: int) -> Refusal | None:
    """Switch a user off; the user's sessions end. Refused: ``not_allowed``, ``no_such_user``, ``last_owner``."""
    audit(tx, by.shop, by.actor, "user.disabled", user_id, now)
    account = _found(tx, by, user_id)
    if isinstance(account, Refusal):
        return account
    if _only_owner(tx, account.user):
        return Refusal("access.last_owner")
    store.set_disabled(tx, user_id, now)
    store.drop_sessions(tx, user_id)
    return None


def enable_user(tx: Tx, by: Identity, user_id: str, now: int) -> Refusal | None:
    """Switch a user on again. Refused: ``not_allowed``, ``no_such_user``."""
    audit(tx, by.shop, by.actor, "user.enabled", user_id, now)
    account = _found(tx, by, user_id)
    if isinstance(account, Refusal):
        return account
    store.set_disabled(tx, user_id, None)
    return None


def reset_password(tx: Tx, by: Identity, user_id: str, password_hash: str, now: int) -> Refusal | None:
    """Give a user who forgot it another password; the user's sessions end. Refused: ``not_allowed``, ``no_such_user``."""
    audit(tx, by.shop, by.actor, "user.password_reset", user_id, now)
    account = _found(tx, by, user_id)
    if isinstance(account, Refusal):
        return account
    store.set_password(tx, user_id, password_hash)
    store.drop_sessions(tx, user_id)
    return None


def _found(tx: Tx, by: Identity, user_id: str) -> store.Account | Refusal:
    if not by.may("users.write"):
        return Refusal("access.not_allowed")
    return store.account(tx, by.shop, user_id) or Refusal("access.no_such_user")


def _only_owner(tx: Tx, user: User) -> bool:
    if user.role != role.OWNER or user.disabled_at is not None:
        return False
    return store.other_owners(tx, user.shop, role.OWNER, user.id) == 0


def own_account(tx: Tx, by: Identity) -> User | Refusal:
    """Give the user who asks. Refused: ``no_such_user`` (a key is none)."""
    account = store.account(tx, by.shop, by.user_id) if by.user_id else None
    return account.user if account else Refusal("access.no_such_user")


def begin_confirm(tx: Tx, by: Identity, now: int) -> Attempt | Refusal:
    """Count a try of a logged-in user to prove the password again, as before changing it.

    Refused: ``not_allowed`` (a key has no password), ``no_such_user``, ``too_many_tries``.
    """
    if not by.user_id:
        return Refusal("access.not_allowed")
    account = store.account(tx, by.shop, by.user_id)
    if account is None:
        return Refusal("access.no_such_user")
    slot = throttle.account_slot(by.shop, folded(account.user.name))
    wait_s = store.count_try(tx, slot, throttle.ACCOUNT, now)
    if wait_s:
        return Refusal("access.too_many_tries", {"wait_s": wait_s})
    return Attempt(by.shop, by.user_id, account.password_hash, slot)


def end_confirm(tx: Tx, attempt: Attempt, now: int) -> None:
    """Take the tries back: the password was right."""
    store.clear_tries(tx, attempt.account, now)


def change_password(tx: Tx, by: Identity, attempt: Attempt, password_hash: str, now: int) -> Refusal | None:
    """Keep a user's own new password, the old one having been right; all other sessions of the user end.

    Refused: ``log_in_wrong`` (changed meanwhile).
    """
    audit(tx, by.shop, by.actor, "password.changed", by.user_id, now)
    account = store.account(tx, by.shop, by.user_id)
    if account is None or attempt.user_id != by.user_id or account.password_hash != attempt.password_hash:
        return Refusal("access.log_in_wrong")
    store.set_password(tx, by.user_id, password_hash)
    store.drop_sessions(tx, by.user_id, but=by.session)
    return None


def set_second_factor(tx: Tx, by: Identity, secret: bytes, digits: str, now: int) -> Refusal | None:
    """Switch the authenticator app on, proved by its digits; from then on a log-in asks for them.

    Refused: ``not_allowed``, ``no_such_user``, ``second_factor_wrong``.
    """
    audit(tx, by.shop, by.actor, "second_factor.on", by.user_id, now)
    if not by.user_id:
        return Refusal("access.not_allowed")
    if store.account(tx, by.shop, by.user_id) is None:
        return Refusal("access.no_such_user")
    step = totp.check(secret, digits, now, 0)
    if step is None:
        return Refusal("access.second_factor_wrong")
    store.set_second_factor(tx, by.user_id, secret, step)
    return None


def drop_second_factor(tx: Tx, by: Identity, user_id: str, now: int) -> Refusal | None:
    """Switch the app off, for oneself or, with ``users.write``, for one who lost the phone.

    Refused: ``not_allowed``, ``no_such_user``.
    """
    audit(tx, by.shop, by.actor, "second_factor.off", user_id, now)
    if not (by.may("users.write") or (by.user_id and by.user_id == user_id)):
        return Refusal("access.not_allowed")
    if store.account(tx, by.shop, user_id) is None:
        return Refusal("access.no_such_user")
    store.set_second_factor(tx, user_id, None, 0)
    return None


def list_keys(tx: Tx, by: Identity) -> list[keys.Key] | Refusal:
    """Give the shop's keys, the revoked too. Refused: ``not_allowed``."""
    return store.keys(tx, by.shop) if by.may("keys.write") else Refusal("access.not_allowed")


def issue_key(
    tx: Tx,
    by: Identity,
    fresh: keys.FreshKey,
    name: str,
    scopes: Sequence[str],
    now: int,
    expires_at: int | None = None,
) -> keys.Key | Refusal:
    """Let a machine in with a fresh key (`kvit.access.key.fresh_key`), whose text is shown now and never again.

    ``name`` says where it is used, cut at `kvit.access.key.NAME_LIMIT`. Refused: ``not_allowed``, ``no_such_scope``.
    """
    wanted = tuple(sorted(set(scopes)))
    audit(tx, by.shop, by.actor, "key.made", fresh.id, now, {"scopes": " ".join(wanted)[:1000]})
    if not by.may("keys.write"):
        return Refusal("access.not_allowed")
    for scope in wanted:
        if scope not in role.SCOPES:
            return Refusal("access.no_such_scope", {"scope": scope[:64]})
    key = keys.Key(fresh.id, name[: keys.NAME_LIMIT], wanted, by.actor, now, expires_at, None)
    store.add_key(tx, by.shop, key, keys.key_hash(fresh.text))
    return key


def revoke_key(tx: Tx, by: Identity, key_id: str, now: int) -> Refusal | None:
    """Shut a key out, from the next request on. Refused: ``not_allowed``, ``no_such_key``."""
    audit(tx, by.shop, by.actor, "key.revoked", key_id[:64], now)
    if not by.may("keys.write"):
        return Refusal("access.not_allowed")
    return None if store.revoke_key(tx, by.shop, key_id, now) else Refusal("access.no_such_key")
