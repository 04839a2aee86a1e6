"""Which of several packs runs: one rule, pure.

The source takes a delivered file whenever there is one, whatever its version: an application update then brings a newer
bundled file, and the stale delivered one shadows it. Here delivered and bundled are candidates alike. Out go those that do
not fit this Kvit, that are blocked, and that failed; a pin wins over all the others; else the highest version does. So
going back is a pin, needs no network, and nothing is ever shadowed. Where nothing is left there is a named error.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.refusal import Refusal
from kvit.template.packs.manifest import API, Manifest, fits

FAILURES_MAX: Final = 3
"""So many in `WINDOW_S` and a pack steps back for the one before it."""
WINDOW_S: Final = 600
FAILURES_KEPT: Final = 16


class Origin(enum.StrEnum):
    """Where a candidate came from."""

    BUNDLED = "bundled"
    """With this Kvit."""
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pack that could run."""

    manifest: Manifest
    sha256: str
    origin: Origin


class Wishes(msgspec.Struct, frozen=True):
    """What is decided about the packs of one name, kept over starts."""

    pin: str = ""
    """A version a person wants, whatever else there is; empty: none."""
    blocked: tuple[str, ...] = ()
    """SHA-256 of manifests that never run: recalled, or stepped back from."""
    failures: dict[str, tuple[int, ...]] = {}
    """By manifest: when it failed lately, seconds since 1970."""


def choose(name: str, candidates: Iterable[Candidate], wishes: Wishes, api: int = API) -> Candidate | Refusal:
    """Give the pack that runs; ``template.pack_none`` where none does, with what there was."""
    mine = [each for each in candidates if each.manifest.name == name]
    good = [each for each in mine if fits(each.manifest, api) and each.sha256 not in wishes.blocked]
    pinned = [each for each in good if each.manifest.version == wishes.pin]
    if wishes.pin and pinned:
        return max(pinned, key=_rank)
    if not good:
        return Refusal("template.pack_none", {"name": name, "candidates": len(mine)})
    return max(good, key=_rank)


def _rank(candidate: Candidate) -> tuple[tuple[int, int, int], bool]:
    """By version; of two with the same one the bundled, which nobody could have changed on the way."""
    return candidate.manifest.order, candidate.origin is Origin.BUNDLED


def failed(wishes: Wishes, sha256: str, now_s: int) -> Wishes:
    """A pack failed in use: after the third time within the window it is blocked, and a pin on it is undone by that."""
    lately = (*(at for at in wishes.failures.get(sha256, ()) if now_s - at < WINDOW_S), now_s)
    blocked = wishes.blocked
    if len(lately) >= FAILURES_MAX and sha256 not in blocked:
        blocked = (*blocked, sha256)
    failures = {**wishes.failures, sha256: lately[-FAILURES_KEPT:]}
    return msgspec.structs.replace(wishes, blocked=blocked, failures=failures)


def pinned(wishes: Wishes, version: str) -> Wishes:
    """A person wants this version (empty: whichever is best)."""
    return msgspec.structs.replace(wishes, pin=version)


def unblocked(wishes: Wishes, sha256: str) -> Wishes:
    """A person gives a pack another chance."""
    blocked = tuple(each for each in wishes.blocked if each != sha256)
    failures = {key: value for key, value in wishes.failures.items() if key != sha256}
    return msgspec.structs.replace(wishes, blocked=blocked, failures=failures)
