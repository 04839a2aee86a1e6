"""The shelf: the packs that lie in the shop, which of each name runs, and who hears when that changes.

A delivered pack is kept as the file it came in, named by version and hash and never changed afterwards; it is opened, its
signature and hashes looked at again, whenever the program starts. What is decided (pins, blocks, failures) is one small
JSON a name, written anew and swapped by a rename, the folder flushed: a power cut leaves the old one or the new one.

Before a pack may run it passes its own golden cases (`Trial`). What runs is handed out as a `Running`, which never changes:
work begun with one goes on with it, the next work takes the new one. Listeners hear the pack's name.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from kvit.db import Subscription
from kvit.db.listen import Hub
from kvit.refusal import Refusal
from kvit.template.packs import archive, choice, manifest
from kvit.template.packs.archive import Pack
from kvit.template.packs.choice import Candidate, Origin, Wishes
from kvit.template.packs.manifest import NAME, Fault, PackError
from kvit.template.packs.signing import Signature, Trust, renewed

TOPIC: Final = "packs"
SUFFIX: Final = ".kvitpack"
KEPT_MAX: Final = 20
"""Delivered versions of one name: years of updates; the oldest that neither runs nor is pinned makes room."""

_Kept = TypeVar("_Kept")

Trial = Callable[[Pack], str]
"""Runs a pack's golden cases; says what came out otherwise, empty: nothing did."""


@dataclass(frozen=True, slots=True)
class Running:
    """A pack at work."""

    pack: Pack
    origin: Origin

    @property
    def version(self) -> str:
        """Its version."""
        return self.pack.manifest.version


class Shelf:
    """All packs of a shop. One owner; not for several threads."""

    def __init__(
        self, folder: Path, trust: Trust, bundled: Iterable[Pack], trial: Trial, clock: Callable[[], float]
    ) -> None:
        """Take the folder of delivered packs, whom to trust, what came with this Kvit, the trial, the wall clock (s)."""
        self._folder = folder
        self._trial = trial
        self._clock = clock
        self._hub = Hub()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._trust = self._kept_trust(trust)
        self._packs: dict[str, Running] = {each.sha256: Running(each, Origin.BUNDLED) for each in bundled}
        self.broken: list[str] = []
        """Files that lie here and can not be opened any more: named on the page, never run."""
        self._wishes: dict[str, Wishes] = {}
        self._load()

    def names(self) -> list[str]:
        """Give the names of all packs."""
        return sorted({each.pack.manifest.name for each in self._packs.values()})

    def candidates(self, name: str) -> list[Candidate]:
        """Give what lies here of a name, the newest first."""
        mine = [each for each in self._packs.values() if each.pack.manifest.name == name]
        found = [Candidate(each.pack.manifest, each.pack.sha256, each.origin) for each in mine]
        return sorted(found, key=lambda each: (each.manifest.order, each.origin), reverse=True)

    def wishes(self, name: str) -> Wishes:
        """Give what is decided about a name."""
        return self._wishes.get(name, Wishes())

    def running(self, name: str) -> Running | Refusal:
        """Give the pack that runs now; a `Refusal` of ``template.pack_none``."""
        chosen = choice.choose(name, self.candidates(name), self.wishes(name))
        return chosen if isinstance(chosen, Refusal) else self._packs[chosen.sha256]

    def take(self, data: bytes) -> Running | Refusal:
        """Take a pack in: signature, time, fit, golden cases; then it lies here for good. The same one twice is once."""
        try:
            return self._take(data)
        except PackError as error:
            return error.refusal()

    def _take(self, data: bytes) -> Running:
        pack = archive.read(data, self._trust)
        manifest.check_time(pack.manifest, int(self._clock()))
        if not manifest.fits(pack.manifest):
            raise PackError(Fault.API, f"{pack.manifest.api_min} - {pack.manifest.api_max}")
        known = self._packs.get(pack.sha256)
        if known is not None:
            return known
        for each in self.candidates(pack.manifest.name):
            if each.manifest.version == pack.manifest.version and each.origin is Origin.DELIVERED:
                raise PackError(Fault.SAME, pack.manifest.version)
        problem = self._trial(pack)
        if problem:
            raise PackError(Fault.GOLDEN, problem)
        write_file(self._path(pack), data)
        taken = self._packs[pack.sha256] = Running(pack, Origin.DELIVERED)
        self._make_room(pack.manifest.name)
        self._tell(pack.manifest.name)
        return taken

    def pin(self, name: str, version: str) -> Running | Refusal:
        """Run this version from now on, whatever else comes; an empty one: whichever is best. Needs no network."""
        there = any(each.manifest.version == version for each in self.candidates(name))
        if version and not there:
            return Refusal("template.pack_none", {"name": f"{name} {version}"[:120], "candidates": 0})
        wishes = choice.pinned(self.wishes(name), version)
        for each in self.candidates(name):
            if version and each.manifest.version == version:
                wishes = choice.unblocked(wishes, each.sha256)
        self._decide(name, wishes)
        return self.running(name)

    def block(self, name: str, sha256: str) -> None:
        """A pack is recalled: it runs no more."""
        wishes = self.wishes(name)
        if sha256 not in wishes.blocked:
            self._decide(name, msgspec.structs.replace(wishes, blocked=(*wishes.blocked, sha256)))

    def failed(self, running: Running) -> Running | Refusal:
        """Work done with a pack went wrong because of it; give what runs from now on."""
        name = running.pack.manifest.name
        self._decide(name, choice.failed(self.wishes(name), running.pack.sha256, int(self._clock())))
        return self.running(name)

    def renew(self, raw: bytes, signatures: tuple[Signature, ...]) -> Trust | Refusal:
        """Take a new list of keys that the old ones signed."""
        try:
            self._trust = renewed(self._trust, raw, signatures)
        except PackError as error:
            return error.refusal()
        write_file(self._folder / "trust.json", msgspec.json.encode(self._trust))
        return self._trust

    @property
    def trust(self) -> Trust:
        """The list of keys in force."""
        return self._trust

    def listen(self) -> Subscription:
        """Begin to listen: names of packs of which another one runs now."""
        return self._hub.listen(TOPIC)

    def close(self) -> None:
        """End all listening."""
        self._hub.close()

    def _decide(self, name: str, wishes: Wishes) -> None:
        before = self.running(name)
        write_file(self._folder / f"{name}.json", msgspec.json.encode(wishes))
        self._wishes[name] = wishes
        if self.running(name) != before:
            self._tell(name)

    def _tell(self, name: str) -> None:
        self._hub.publish([(TOPIC, name)])

    def _path(self, pack: Pack) -> Path:
        told = pack.manifest
        return self._folder / f"{told.name}-{told.version}-{pack.sha256[:16]}{SUFFIX}"

    def _make_room(self, name: str) -> None:
        mine = [each for each in self.candidates(name) if each.origin is Origin.DELIVERED]
        running = self.running(name)
        for each in mine[KEPT_MAX:]:
            needed = isinstance(running, Running) and each.sha256 == running.pack.sha256
            if not needed and each.manifest.version != self.wishes(name).pin:
                self._path(self._packs.pop(each.sha256).pack).unlink(missing_ok=True)

    def _kept_trust(self, given: Trust) -> Trust:
        """The newest list of keys: what this Kvit brings along, or what was handed in since."""
        kept = _read(self._folder / "trust.json", Trust)
        return kept if kept is not None and kept.number > given.number else given

    def _load(self) -> None:
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                pack = archive.read(path.read_bytes(), self._trust)
            except (PackError, OSError):
                self.broken.append(path.name)
            else:
                self._packs.setdefault(pack.sha256, Running(pack, Origin.DELIVERED))
        for path in sorted(self._folder.glob("*.json")):
            wishes = _read(path, Wishes) if NAME.fullmatch(path.stem) and path.stem != "trust" else None
            if wishes is not None:
                self._wishes[path.stem] = wishes


def _read(path: Path, kind: type[_Kept]) -> _Kept | None:
    """What a small file holds; None where it is not there or was damaged."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=kind)
    return None


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that after a power cut it is the old one or the new one, never half of it."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
