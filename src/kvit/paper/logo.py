"""Logos stored in printers, known by key.

A till that prints its shop's logo from the printer's own memory sends only a key (``FS p 1``, ``GS ( L`` fn 69 with two
letters): the dots never cross the wire. So the house keeps a library: a folder for each printer or shop with one
picture a key, read once. What a stream itself defines (``FS q``, fn 67, ``GS D``) is remembered by the player and wins.

Files are PBM (P1 or P4), or PNG where Pillow is at hand, named after the key with ``-`` for ``/``: ``nv-1.pbm``,
``nv-48-49.png``. A picture wider or taller than ``paper.image`` allows, or one that can not be read, counts as unknown:
the sheet then shows an outline with the key.

The other way round, a document's logo is printed by its key where the printer is known to hold it: its profile names the
key (``logos``), or whoever prints says so (`holding`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import image

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 1_000_000
"""A 1-bit picture of the largest size allowed takes 2.5 MB raw; logos are a tenth of one percent of that."""

MISSING_SIZE = (192, 96)
"""The outline of a logo nobody knows: as large as the usual one, so that the layout below it is about right."""
HELD_MAX = 64
"""Profiles with logos of a shop's own, remembered."""

_PBM = re.compile(rb"(P[14])(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})\s")


class Logo(msgspec.Struct, frozen=True):
    """Dots of one stored picture, rows as ``paper.image`` has them."""

    columns: int
    rows: int
    bits: bytes


class Logos:
    """Pictures by key. ``Logos({...})`` from memory, ``Logos.load(folder)`` from disk."""

    def __init__(self, known: dict[str, Logo] | None = None) -> None:
        self._known = dict(known or {})

    @classmethod
    def load(cls, *folders: Path) -> Logos:
        """Read every picture of the folders; a later folder wins (a shop's own over its printer model's)."""
        known: dict[str, Logo] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.p[bn][mg]")):
                logo = read(path.read_bytes()) if path.stat().st_size <= MAX_FILE_BYTES else None
                if logo is not None:
                    known[key_of(path.stem)] = logo
        return cls(known)

    def get(self, key: str) -> Logo | None:
        """The picture stored under a key (``nv:1``, ``nv:48/49``), None when nobody knows it."""
        return self._known.get(key)

    def __len__(self) -> int:
        return len(self._known)


def holding(profile: Profile, keys: Iterable[str]) -> Profile:
    """The profile of a printer that holds pictures under these keys, beside those its file names; one record a set."""
    wanted = frozenset(keys) | profile.logos
    if wanted == profile.logos:
        return profile
    known = _HOLDING.get((id(profile), wanted))
    if known is None or known[0] is not profile:
        if len(_HOLDING) >= HELD_MAX:
            _HOLDING.clear()
        known = _HOLDING[id(profile), wanted] = profile, msgspec.structs.replace(profile, logos=wanted)
    return known[1]


_HOLDING: dict[tuple[int, frozenset[str]], tuple[Profile, Profile]] = {}


def enlarged(logo: Logo, across: int, down: int) -> Logo:
    """Every dot repeated so many times across and down."""
    if across == down == 1:
        return logo
    import numpy as np

    rows = np.frombuffer(logo.bits, np.uint8).reshape(logo.rows, -1)
    dots = np.unpackbits(rows, axis=1)[:, : logo.columns].repeat(across, axis=1).repeat(down, axis=0)
    return Logo(dots.shape[1], dots.shape[0], np.packbits(dots, axis=1).tobytes())


def key_of(stem: str) -> str:
    """The key a file name stands for: ``nv-48-49`` is ``nv:48/49``."""
    kind, _, rest = stem.partition("-")
    return f"{kind}:{rest.replace('-', '/')}" if rest else f"nv:{kind}"


def read(data: bytes) -> Logo | None:
    """Dots of a PBM or PNG file; None when it is neither or too large."""
    return read_pbm(data) if data[:1] == b"P" else _read_png(data)


def read_pbm(data: bytes) -> Logo | None:
    """A portable bitmap, plain or raw."""
    head = _PBM.match(data)
    if head is None:
        return None
    columns, rows = int(head[2]), int(head[3])
    if not _allowed(columns, rows):
        return None
    body = data[head.end() :]
    if head[1] == b"P4":
        return Logo(columns, rows, image.complete(body, columns, rows))
    dots = re.sub(rb"[^01]", b"", body).ljust(columns * rows, b"0")
    lines = [[byte & 1 for byte in dots[row * columns : (row + 1) * columns]] for row in range(rows)]
    return Logo(columns, rows, image.pack(lines))


def write_pbm(logo: Logo) -> bytes:
    """The twin of ``read_pbm``, in the raw form."""
    return b"P4\n%d %d\n" % (logo.columns, logo.rows) + logo.bits


def _read_png(data: bytes) -> Logo | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or not _allowed(*(int.from_bytes(data[at : at + 4], "big") for at in (16, 20))):
        return None
    import io

    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    black = paper.convert("L").point(lambda grey: 255 if grey < 128 else 0).convert("1")
    return Logo(picture.width, picture.height, black.tobytes())


def _allowed(columns: int, rows: int) -> bool:
    return 0 < columns <= image.MAX_COLUMNS and 0 < rows <= image.MAX_ROWS
