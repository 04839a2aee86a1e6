"""Packs and keys for the tests. The private keys are for nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

from kvit.template.packs import archive
from kvit.template.packs.archive import Pack
from kvit.template.packs.manifest import Manifest
from kvit.template.packs.signing import Trust, public_of

MAKER, OTHER, THIRD = (hashlib.sha256(name).digest() for name in (b"maker", b"other", b"third"))
TRUST = Trust((public_of(MAKER),))
FILES = {"templates/shopping.json": b'{"layouts":[]}', "golden/one.json": b"{}"}
NOW_S = 1_800_000_000


def manifest(version: str = "1.0.0", name: str = "base", **values: Any) -> Manifest:
    """A manifest without files."""
    return Manifest(name, version, {}, **values)


def sealed(
    version: str = "1.0.0", name: str = "base", *, files: dict[str, bytes] | None = None, **values: Any
) -> bytes:
    """A pack the maker signed."""
    return archive.sealed(manifest(version, name, **values), FILES if files is None else files, MAKER)


def pack(version: str = "1.0.0", name: str = "base", **values: Any) -> Pack:
    """The same, opened."""
    return archive.read(sealed(version, name, **values), TRUST)
