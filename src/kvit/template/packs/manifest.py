"""A pack's manifest: what it is called, which Kvit it fits, how long it may be taken in, and every file's hash. Pure.

A pack is data: layouts, profiles, scripts that run behind walls of their own, and the golden cases that prove it. Its name
and version say which of two is the newer; the signature is over the manifest's very bytes, and the manifest holds the
length and SHA-256 of each file, so nothing in a pack is unsigned. Times are whole seconds since 1970 (UTC).

Expiry stops an old pack from being handed to a shop as new (a freeze); one that lies in the shop already goes on, or the
shop would stop printing on a date. What is refused says which rule it broke (`PackError`).
"""

from __future__ import annotations

import enum
import re
from typing import Final

import msgspec

from kvit.refusal import Refusal

API: Final = 1
"""What this Kvit offers packs: grows when a pack of yesterday would not work any more."""
MANIFEST_BYTES_MAX: Final = 256 << 10
FILES_MAX: Final = 500
FILE_BYTES_MAX: Final = 4 << 20
"""A font or a picture; a template is some kilobytes."""
PACK_BYTES_MAX: Final = 32 << 20
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
VERSION: Final = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
STEP: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"
PATH: Final = re.compile(rf"(templates|profiles|scripts|golden|pictures)(/{STEP}){{1,3}}")
"""Every step begins with a letter or digit, so none is ``.`` or ``..``; no backslash, no drive, no device name's colon."""
HASH: Final = re.compile(r"[0-9a-f]{64}")
DEVICE_NAMES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Windows opens a device under these names, whatever stands behind the dot."""


class Fault(enum.StrEnum):
    """Which rule a pack broke."""

    ARCHIVE = "archive"
    """No readable archive, or more in it than allowed."""
    MANIFEST = "manifest"
    NAME = "name"
    PATH = "path"
    FILES = "files"
    """Files missing, not named, or other than the manifest says."""
    SIGNATURE = "signature"
    EARLY = "early"
    EXPIRED = "expired"
    API = "api"
    GOLDEN = "golden"
    """Its own cases do not come out as it says."""
    SAME = "same"
    """Another pack of that name and version lies here already."""


class PackError(ValueError):
    """A pack that is not taken in: which rule, and what about it."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail

    def refusal(self) -> Refusal:
        """As a sentence for people."""
        return Refusal("template.pack", {"fault": self.fault.value, "detail": self.detail[:200]})


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a pack."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pack says of itself."""

    name: str
    version: str
    files: dict[str, File]
    api_min: int = 1
    api_max: int = 1
    not_before: int = 0
    expires: int = 0
    """0: never."""
    notes: str = ""

    @property
    def order(self) -> tuple[int, int, int]:
        """The version as numbers."""
        return order_of(self.version)


def order_of(version: str) -> tuple[int, int, int]:
    """A version as numbers that can be compared. Raises `PackError`."""
    found = VERSION.fullmatch(version)
    if found is None:
        raise PackError(Fault.NAME, version[:40])
    return int(found[1]), int(found[2]), int(found[3])


def read(raw: bytes) -> Manifest:
    """Read a manifest and check all that can be said of it alone. Raises `PackError`."""
    if len(raw) > MANIFEST_BYTES_MAX:
        raise PackError(Fault.MANIFEST, f"{len(raw)} bytes")
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PackError(Fault.MANIFEST, str(error)) from None
    if not NAME.fullmatch(manifest.name):
        raise PackError(Fault.NAME, manifest.name[:80])
    order_of(manifest.version)
    _check_files(manifest.files)
    return manifest


def _check_files(files: dict[str, File]) -> None:
    if not 0 < len(files) <= FILES_MAX:
        raise PackError(Fault.FILES, f"{len(files)} files")
    folded = {path.casefold() for path in files}
    if len(folded) < len(files):
        raise PackError(Fault.PATH, "two names differ in capitals alone")
    for path, file in files.items():
        steps = [step.partition(".")[0].casefold() for step in path.split("/")]
        if not PATH.fullmatch(path) or path.endswith(".") or DEVICE_NAMES & set(steps):
            raise PackError(Fault.PATH, path[:80])
        if not 0 <= file.bytes <= FILE_BYTES_MAX or not HASH.fullmatch(file.sha256):
            raise PackError(Fault.FILES, path)
    if sum(file.bytes for file in files.values()) > PACK_BYTES_MAX:
        raise PackError(Fault.FILES, f"> {PACK_BYTES_MAX} bytes")


def write(manifest: Manifest) -> bytes:
    """The bytes a manifest is signed and kept as: keys in order, nothing between."""
    return msgspec.json.encode(manifest, order="deterministic")


def check_time(manifest: Manifest, now_s: int) -> None:
    """Refuse a pack that is handed in too early or too late. Raises `PackError`."""
    if now_s < manifest.not_before:
        raise PackError(Fault.EARLY, str(manifest.not_before))
    if manifest.expires and now_s >= manifest.expires:
        raise PackError(Fault.EXPIRED, str(manifest.expires))


def fits(manifest: Manifest, api: int = API) -> bool:
    """Say whether a pack is for a Kvit that offers so much."""
    return manifest.api_min <= api <= manifest.api_max
