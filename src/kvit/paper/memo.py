"""A memory of made pictures, bounded by bytes.

A shop's logo is read, scaled and dithered once; the next ten thousand receipts take the finished dots. Keys are what a
picture was made from (the file's bytes and the wishes), so forgetting changes nothing but time. Past the limit the oldest
go first. Bytes keep their own hash: asking with the same object does not read it again.

Not for whole receipts: only what comes again (logos, their bands) is worth its room.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")

SHARE = 4
"""A single value larger than this part of all the room is not kept: it would push out everything else."""


class Memo(Generic[Made]):
    """Values by key, together at most ``bytes_max``; whoever keeps one says how many bytes it holds alive."""

    def __init__(self, bytes_max: int) -> None:
        self.held_bytes = 0
        self._bytes_max = bytes_max
        self._known: dict[Hashable, tuple[Made, int]] = {}

    def get(self, key: Hashable) -> Made | None:
        """What is remembered under the key."""
        found = self._known.get(key)
        return None if found is None else found[0]

    def keep(self, key: Hashable, made: Made, size_bytes: int) -> Made:
        """Remember a value and give it back."""
        if size_bytes > self._bytes_max // SHARE:
            return made
        before = self._known.pop(key, None)
        self.held_bytes += size_bytes - (before[1] if before else 0)
        self._known[key] = made, size_bytes
        if self.held_bytes > self._bytes_max:
            self._forget()
        return made

    def _forget(self) -> None:
        """Let the oldest go until the rest fits. Another thread may have done it already."""
        for key in list(self._known):
            if self.held_bytes <= self._bytes_max:
                return
            gone = self._known.pop(key, None)
            self.held_bytes -= gone[1] if gone else 0

    def __len__(self) -> int:
        return len(self._known)
