"""The key file of customers (`kvit.access.customers.keys`): read at start, made at the first one.

It is written in one step, readable by its owner alone from the first byte. A file that is there and can not be read is
never replaced: with other keys every phone and card would be lost.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from kvit.access.customers import keys
from kvit.access.customers.keys import Keys
from kvit.access.session import Randomness

NAME = "customers.key"


class KeysUnreadable(Exception):  # noqa: N818 - it reads as the sentence it is
    """The key file is there and is none."""


def customer_keys(folder: Path, randomness: Randomness) -> Keys:
    """Read the keys of a data folder, or make them. Raises `KeysUnreadable`, OSError."""
    path = folder / NAME
    with contextlib.suppress(FileNotFoundError):
        return _read(path)
    return _make(path, randomness)


def _read(path: Path) -> Keys:
    found = keys.read(path.read_bytes())
    if found is None:
        raise KeysUnreadable(f"{path} holds no keys. Put it back from a backup; with other keys no customer is found.")
    return found


def _make(path: Path, randomness: Randomness) -> Keys:
    """Of two that make it at once the first one's is taken by both."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{NAME}.{randomness(6).hex()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(keys.write(keys.make(randomness)))
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        new.unlink()
    inside = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(inside)
    finally:
        os.close(inside)
    return _read(path)
