"""The whole ways in, for any window: each strings together the transactions and the weighing of a password between them.

The data base, the `kvit.access.worker.Weigher`, the clock's second and the randomness are arguments. For a known and an
unknown name the same is done: two transactions, one weighing, one audit row, one refusal.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access import password, service, staff
from kvit.access.code import clean_code
from kvit.access.model import ID_BYTES, Attempt, Identity, User
from kvit.access.session import Randomness, fresh_token
from kvit.access.worker import Weigher
from kvit.db import Database
from kvit.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Door:
    """What every way in needs."""

    db: Database
    weigher: Weigher
    shop: str
    randomness: Randomness
    """Gives random bytes; `secrets.token_bytes` in the product."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in: who, and the token for the cookie (`kvit.access.session.set_cookie`)."""

    identity: Identity
    token: str


async def claim(door: Door, typed: str, name: str, new: str, address: str, now: int) -> Entered | Refusal:
    """Make the owner's account with the first code and log it in.

    Refused: ``too_many_tries``, ``code_wrong``, ``code_used``, ``code_expired``, ``password_short``, ``password_long``,
    ``password_common``, ``busy``, ``name_bad``, ``name_taken``.
    """
    refusal = await door.db.write(service.count_claim, door.shop, address, now)
    refusal = refusal or await door.db.read(service.weigh_first_code, door.shop, clean_code(typed), now)
    refusal = refusal or password.weakness(new, (name,))
    if refusal is not None:
        return refusal
    kept = await door.weigher.hash(new, door.randomness(password.SALT_BYTES))
    if isinstance(kept, Refusal):
        return kept
    token = fresh_token(door.randomness)
    user_id = door.randomness(ID_BYTES).hex()
    made = await door.db.write(service.claim_first_code, door.shop, clean_code(typed), user_id, name, kept, token, now)
    return made if isinstance(made, Refusal) else Entered(made, token)


async def log_in(
    door: Door, name: str, given: str, address: str, now: int, digits: str = "", old_token: str = ""
) -> Entered | Refusal:
    """Log a user in by name and password; ``old_token`` is what the browser came with and is void afterwards.

    Refused: ``too_many_tries``, ``busy``, ``log_in_wrong``, ``user_disabled``, ``second_factor_needed``,
    ``second_factor_wrong``.
    """
    attempt = await door.db.write(service.begin_log_in, door.shop, name, address, now)
    if isinstance(attempt, Refusal):
        return attempt
    right = await door.weigher.matches(attempt.password_hash, given[: password.TYPED_LIMIT + 1])
    if isinstance(right, Refusal):
        return right
    if not right:
        await door.db.write(service.fail_log_in, attempt, now)
        return Refusal("access.log_in_wrong")
    fresh = await _fresh_hash(door, attempt.password_hash, given)
    token = fresh_token(door.randomness)
    made = await door.db.write(service.finish_log_in, attempt, token, now, digits, old_token, fresh)
    if isinstance(made, Identity):
        return Entered(made, token)
    if made.code == "access.second_factor_wrong":
        await door.db.write(service.fail_log_in, attempt, now)
    return made


async def _fresh_hash(door: Door, kept: str, given: str) -> str:
    """Give a hash of today's setting for one of yesterday's; empty when there is nothing to do or no time for it."""
    if not door.weigher.outdated(kept):
        return ""
    made = await door.weigher.hash(given, door.randomness(password.SALT_BYTES))
    return "" if isinstance(made, Refusal) else made


async def change_password(door: Door, by: Identity, given: str, new: str, now: int) -> Refusal | None:
    """Change a user's own password, the old one being given.

    Refused: ``password_short``, ``password_long``, ``password_common``, ``not_allowed``, ``no_such_user``,
    ``too_many_tries``, ``busy``, ``log_in_wrong``.
    """
    weak = password.weakness(new)
    if weak is not None:
        return weak
    attempt = await _confirm(door, by, given, now)
    if isinstance(attempt, Refusal):
        return attempt
    kept = await door.weigher.hash(new, door.randomness(password.SALT_BYTES))
    if isinstance(kept, Refusal):
        return kept
    return await door.db.write(staff.change_password, by, attempt, kept, now)


async def second_factor_on(
    door: Door, by: Identity, given: str, secret: bytes, digits: str, now: int
) -> Refusal | None:
    """Switch a user's own authenticator app on: the password proves the person, the digits prove the app.

    Refused: ``not_allowed``, ``no_such_user``, ``too_many_tries``, ``busy``, ``log_in_wrong``, ``second_factor_wrong``.
    """
    attempt = await _confirm(door, by, given, now)
    if isinstance(attempt, Refusal):
        return attempt
    return await door.db.write(staff.set_second_factor, by, secret, digits, now)


async def second_factor_off(door: Door, by: Identity, given: str, now: int) -> Refusal | None:
    """Switch a user's own app off; a session left open somewhere is not enough for that, so the password is asked for.

    Refused: ``not_allowed``, ``no_such_user``, ``too_many_tries``, ``busy``, ``log_in_wrong``.
    """
    attempt = await _confirm(door, by, given, now)
    if isinstance(attempt, Refusal):
        return attempt
    return await door.db.write(staff.drop_second_factor, by, by.user_id, now)


async def _confirm(door: Door, by: Identity, given: str, now: int) -> Attempt | Refusal:
    """Weigh the password of somebody who is logged in; a good one takes the counted tries back."""
    attempt = await door.db.write(staff.begin_confirm, by, now)
    if isinstance(attempt, Refusal):
        return attempt
    right = await door.weigher.matches(attempt.password_hash, given[: password.TYPED_LIMIT + 1])
    if isinstance(right, Refusal):
        return right
    if not right:
        await door.db.write(service.fail_log_in, attempt, now)
        return Refusal("access.log_in_wrong")
    await door.db.write(staff.end_confirm, attempt, now)
    return attempt


async def reset_password(door: Door, by: Identity, user_id: str, new: str, now: int) -> Refusal | None:
    """Give a user who forgot the password another one.

    Refused: ``not_allowed``, ``password_short``, ``password_long``, ``password_common``, ``busy``, ``no_such_user``.
    """
    kept = await _first_hash(door, by, new, ())
    return kept if isinstance(kept, Refusal) else await door.db.write(staff.reset_password, by, user_id, kept, now)


async def create_user(door: Door, by: Identity, name: str, new: str, role: str, now: int) -> User | Refusal:
    """Make a user with a first password.

    Refused: ``not_allowed``, ``password_short``, ``password_long``, ``password_common``, ``busy``, ``name_bad``,
    ``no_such_role``, ``name_taken``.
    """
    kept = await _first_hash(door, by, new, (name,))
    if isinstance(kept, Refusal):
        return kept
    return await door.db.write(staff.create_user, by, door.randomness(ID_BYTES).hex(), name, kept, role, now)


async def _first_hash(door: Door, by: Identity, new: str, names: tuple[str, ...]) -> str | Refusal:
    """Hash a password that one person makes for another; who may not is told so before any work is done."""
    if not by.may("users.write"):
        return Refusal("access.not_allowed")
    return password.weakness(new, names) or await door.weigher.hash(new, door.randomness(password.SALT_BYTES))
