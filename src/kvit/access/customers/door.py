"""The way in with a one-time code, for any window: two transactions, so that the count of a wrong try stays.

For a phone of a customer and for one of nobody the same is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kvit.access.customers import proving
from kvit.access.customers.devices import device_hash, fresh_device_token
from kvit.access.customers.joining import Hooks
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES
from kvit.access.customers.proving import Fresh, Proved
from kvit.access.session import Randomness
from kvit.db import Database
from kvit.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Entered:
    """A contact was proven; ``token`` is for the device's cookie."""

    proved: Proved
    token: str = field(repr=False)


async def prove(
    db: Database,
    keys: Keys,
    hooks: Hooks,
    randomness: Randomness,
    proof: str,
    typed: str,
    bound: bytes,
    old_device: bytes,
    label: str,
    now: int,
) -> Entered | Refusal:
    """Type a code in on the device it was asked for. Refused: ``proof_over``, ``proof_wrong``."""
    attempt = await db.write(proving.count_try, keys, proof, bound, typed, now)
    if isinstance(attempt, Refusal):
        return attempt
    token = fresh_device_token(randomness)
    fresh = Fresh(randomness(ID_BYTES).hex(), randomness(DEVICE_ID_BYTES).hex(), device_hash(token), label)
    made = await db.write(proving.finish_proof, keys, attempt, fresh, old_device, hooks, randomness, now)
    return made if isinstance(made, Refusal) else Entered(made, token)
