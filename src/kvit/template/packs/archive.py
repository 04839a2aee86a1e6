"""A pack as one file: a zip of ``manifest.json``, ``signatures.json`` and the files the manifest names. Pure.

Nothing is unpacked by names from the archive: the manifest, once its signature held, says which names are read and how
long each is; whatever else lies in the archive is a reason to refuse it. A file is read up to its length and no further,
so a bomb costs what the manifest admits to.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.template.packs import manifest as manifests
from kvit.template.packs.manifest import FILES_MAX, MANIFEST_BYTES_MAX, PACK_BYTES_MAX, Fault, File, Manifest, PackError
from kvit.template.packs.signing import Signature, Trust, check, sign

MANIFEST: Final = "manifest.json"
SIGNATURES: Final = "signatures.json"
SIGNATURES_BYTES_MAX: Final = 16 << 10
ARCHIVE_BYTES_MAX: Final = PACK_BYTES_MAX + (2 << 20)
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file in a pack we write: the same content is the same archive."""
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose signature and hashes held."""

    manifest: Manifest
    raw: bytes
    """The manifest's very bytes."""
    signatures: tuple[Signature, ...]
    files: dict[str, bytes]

    @property
    def sha256(self) -> str:
        """Of the manifest: names the content, signatures apart."""
        return hashlib.sha256(self.raw).hexdigest()


def pack(manifest: Manifest, files: dict[str, bytes]) -> tuple[Manifest, bytes]:
    """The manifest with its files' hashes filled in, and its bytes, ready to be signed."""
    told = {path: File(len(data), hashlib.sha256(data).hexdigest()) for path, data in sorted(files.items())}
    whole = msgspec.structs.replace(manifest, files=told)
    raw = manifests.write(whole)
    return manifests.read(raw), raw


def write(raw: bytes, signatures: tuple[Signature, ...], files: dict[str, bytes]) -> bytes:
    """Make the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, MANIFEST, raw)
        _put(archive, SIGNATURES, msgspec.json.encode(signatures))
        for path, data in sorted(files.items()):
            _put(archive, path, data)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, FIRST_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def sealed(manifest: Manifest, files: dict[str, bytes], *privates: bytes) -> bytes:
    """Hash, sign and archive in one step."""
    _, raw = pack(manifest, files)
    return write(raw, tuple(sign(private, raw) for private in privates), files)


def read(data: bytes, trust: Trust) -> Pack:
    """Open an archive: its signature first, then every file it names. Raises `PackError`."""
    if len(data) > ARCHIVE_BYTES_MAX:
        raise PackError(Fault.ARCHIVE, f"{len(data)} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, trust)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, KeyError) as error:
        raise PackError(Fault.ARCHIVE, type(error).__name__) from None
    except (ValueError, OverflowError) as error:
        if isinstance(error, PackError):
            raise
        raise PackError(Fault.ARCHIVE, type(error).__name__) from None


def _read(archive: zipfile.ZipFile, trust: Trust) -> Pack:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) > FILES_MAX + 2 or len(set(names)) < len(names):
        raise PackError(Fault.ARCHIVE, f"{len(names)} entries")
    raw = _entry(archive, MANIFEST, MANIFEST_BYTES_MAX)
    try:
        signatures = msgspec.json.decode(_entry(archive, SIGNATURES, SIGNATURES_BYTES_MAX), type=tuple[Signature, ...])
    except msgspec.DecodeError as error:
        raise PackError(Fault.SIGNATURE, str(error)) from None
    check(raw, signatures, trust)
    manifest = manifests.read(raw)
    if set(names) != {MANIFEST, SIGNATURES, *manifest.files}:
        raise PackError(Fault.FILES, "the archive holds other files than the manifest names")
    files = {path: _file(archive, path, each) for path, each in manifest.files.items()}
    return Pack(manifest, raw, signatures, files)


def _entry(archive: zipfile.ZipFile, name: str, bytes_max: int) -> bytes:
    info = archive.getinfo(name)
    if info.flag_bits & 1 or info.compress_type not in METHODS:
        raise PackError(Fault.ARCHIVE, name)
    with archive.open(info) as entry:
        data = entry.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise PackError(Fault.ARCHIVE, f"{name} > {bytes_max} bytes")
    return data


def _file(archive: zipfile.ZipFile, path: str, told: File) -> bytes:
    data = _entry(archive, path, told.bytes)
    if len(data) != told.bytes or hashlib.sha256(data).hexdigest() != told.sha256:
        raise PackError(Fault.FILES, path)
    return data
