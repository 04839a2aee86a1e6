"""Tokens a service gives a few times a day: fetched when needed, kept in a file, never in the data base or a log.

Yilianyun gives an application its access token twenty times a day and the token does not run out. So it is kept
(mode 600, in the shop's data folder, under a hash of the account), and fetched again only when the service says
it is stale, at most `FETCHES_MAX` times a day over all starts: a shop that starts in a loop must not lock itself out.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec

FETCHES_MAX: Final = 12
"""A day; the service's limit is 20, and other programs of the shop may ask as well."""
RETRY_S: Final = 15 * 60
"""After a fetch that gave none: a wrong secret is not right a second later."""
DAY_S: Final = 24 * 60 * 60
Fetch = Callable[[], Awaitable[str]]
"""Ask the service; empty: it gave none."""


class Kept(msgspec.Struct):
    """A file's content."""

    token: str = ""
    fetched_s: list[int] = msgspec.field(default_factory=list)
    """When it was asked for, the last day's."""

    def __repr__(self) -> str:
        """Without the token."""
        return f"Kept({len(self.fetched_s)} fetches)"


class Tokens:
    """The tokens of one folder."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock

    def kept(self, name: str) -> str:
        """Give the token of an application (by whatever names the account); empty: none yet."""
        return self._read(name).token

    async def renew(self, name: str, stale: str, fetch: Fetch) -> str:
        """Give another token than ``stale``: what somebody fetched meanwhile, else a fetched one; empty: none to be had."""
        known = self._read(name)
        if known.token and known.token != stale:
            return known.token
        now_s = int(self._clock())
        recent = [each for each in known.fetched_s if now_s - DAY_S < each <= now_s]
        in_vain = bool(recent) and not known.token
        if len(recent) >= FETCHES_MAX or (in_vain and now_s - recent[-1] < RETRY_S):
            return ""
        self._write(name, Kept("", [*recent, now_s]))  # counted before it is asked: a crash must not ask for nothing
        token = await fetch()
        self._write(name, Kept(token, [*recent, now_s]))
        return token

    def _path(self, name: str) -> Path:
        return self._folder / f"token-{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"

    def _read(self, name: str) -> Kept:
        try:
            return msgspec.json.decode(self._path(name).read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return Kept()

    def _write(self, name: str, kept: Kept) -> None:
        """Replace the file in one step, readable by its owner alone from the first byte."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(name)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(kept))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
