"""An adapter: one printer's address turned into what it is sent.

``adapter_of("escpos+tcp://192.168.1.50:9100?profile=tm-t88v")`` gives an `Adapter` or a `Refusal`; ``make(document)``
gives the bytes, the sheet they are written from, and what could not be had as asked. All bytes of a receipt are one
value, so that one write sends them. Nothing here opens anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from kvit.device.adapters.address import PrinterAddress, parse
from kvit.device.adapters.cutting import with_cut
from kvit.device.adapters.kinds import KINDS
from kvit.device.address import Address
from kvit.escpos.profiles import Profile, UnknownProfileError, load, load_file
from kvit.paper.document import Document
from kvit.paper.languages import registry
from kvit.paper.layout import on_paper
from kvit.paper.sheet import Problem, Sheet
from kvit.refusal import Refusal

OWN: Final = ".toml"
"""A profile's name that ends so is a file of the shop's own."""


@dataclass(frozen=True, slots=True)
class Made:
    """One receipt ready to send."""

    data: bytes
    sheet: Sheet
    warnings: tuple[Problem, ...]
    """What could not be had as asked, each with the number of its block (``start``)."""
    media_type: str
    copies: int = 1
    """How often the service or the sender shall print it; 1 where the copies are in the data already."""

    @property
    def bytes_count(self) -> int:
        """How many bytes the printer gets."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A language and a printer's facts behind one address."""

    name: str
    profile: Profile
    transport_address: Address | None = None
    """None: nobody said where the printer is; its bytes can be made all the same."""
    cut: str = ""
    """``yes no full partial``, or empty: as the document says."""
    copies: int = 0
    """0: as the document says."""

    @property
    def language(self) -> str:
        """What the printer is written in."""
        return self.profile.language

    @property
    def paper_mm(self) -> int:
        """The paper laid out for."""
        return self.profile.paper_mm

    @property
    def media_type(self) -> str:
        """Of the data."""
        return registry.language_of(self.profile).media_type

    def make(self, document: Document) -> Made:
        """Lay out and write one receipt. Never raises for anything a `Document` can hold."""
        row = registry.language_of(self.profile)
        copies = self.copies or document.copies
        asked = with_cut(document, self.cut)
        sheet = registry.compose(msgspec.structs.replace(asked, copies=1 if row.tags else copies), self.profile)
        data = registry.write(sheet, self.profile)
        blocks = len(document.blocks)
        warnings = [*sheet.problems, *self._long(data, blocks), *self._open(blocks)]
        return Made(data, sheet, tuple(warnings), row.media_type, copies if row.tags else 1)

    def look(self, made: Made) -> Sheet:
        """The sheet the very bytes print."""
        return registry.play(made.data, self.profile)

    def _long(self, data: bytes, blocks: int) -> list[Problem]:
        """A service that refuses long contents is named before it does."""
        most = registry.bytes_max(self.profile)
        if not most or len(data) <= most:
            return []
        return [Problem("content.long", 0, blocks, {"bytes": len(data), "limit": most})]

    def _open(self, blocks: int) -> list[Problem]:
        """Receipts that leave the house unencrypted are named: names and links on them can be read on the way."""
        kind, place = KINDS.get(self.name), self.transport_address
        if kind is None or kind.house or place is None or place.kind != "http":
            return []
        return [Problem("content.plain", 0, blocks, {"host": place.host})]


def adapter_of(text: str) -> Adapter | Refusal:
    """The adapter an address names; a `Refusal` of ``device.adapter_*`` or ``device.address_*`` says why there is none."""
    given = parse(text)
    return given if isinstance(given, Refusal) else adapter_at(given)


def adapter_at(given: PrinterAddress) -> Adapter | Refusal:
    """The adapter of an address that has been read."""
    kind = KINDS[given.adapter]
    paper = given.paper_mm or (0 if given.profile else kind.papers[0])
    made = adapter_for(given.profile or kind.profiles[paper], paper)
    if isinstance(made, Refusal):
        return made
    expected = load(kind.profiles[kind.papers[0]]).language
    if made.language != expected:
        values: dict[str, str | int] = {
            "profile": made.profile.name,
            "language": made.language,
            "adapter": given.adapter,
        }
        return Refusal("device.adapter_language", values)
    return replace(made, name=given.adapter, transport_address=given.transport, cut=given.cut, copies=given.copies)


def adapter_for(profile_name: str, paper_mm: int = 0) -> Adapter | Refusal:
    """The adapter of a profile wherever the printer is; ``paper_mm`` 0: the profile's own paper.

    A name that ends in ``.toml`` is a file of the shop's own (`kvit.escpos.profiles.load_file`).
    """
    profile = _profile(profile_name)
    if isinstance(profile, Refusal):
        return profile
    try:
        row = registry.language_of(profile)
    except registry.NoWriterError:
        return Refusal("device.adapter_unknown", {"name": profile.name, "known": ", ".join(KINDS)})
    if paper_mm and row.tags:
        fitted = _on_its_paper(profile, paper_mm)
    else:
        fitted = on_paper(profile, paper_mm) if paper_mm else profile
    return fitted if isinstance(fitted, Refusal) else Adapter(profile.language, fitted)


def _profile(name: str) -> Profile | Refusal:
    if name.endswith(OWN):
        try:
            return load_file(Path(name))
        except (LookupError, ValueError, OSError) as error:
            return Refusal("device.adapter_file", {"file": name, "problem": str(error)})
    try:
        return load(name)
    except UnknownProfileError as error:
        return Refusal("device.adapter_profile", {"name": error.name, "nearest": ", ".join(error.nearest) or "-"})


def _on_its_paper(profile: Profile, paper_mm: int) -> Profile | Refusal:
    """The profile of a service's printer for another paper: such a printer has one width, and each width a profile."""
    profiles = KINDS[profile.language].profiles
    if paper_mm not in profiles:
        known = ", ".join(str(paper) for paper in profiles)
        return Refusal("device.address_option", {"option": "paper", "value": str(paper_mm), "known": known})
    return load(profiles[paper_mm]) if profile.name in profiles.values() else on_paper(profile, paper_mm)
