"""An adapter: one printer's address turned into what it is sent.

``adapter_of("escpos+tcp://192.168.1.50:9100?profile=tm-t88v")`` gives an `Adapter` or a `Refusal`; ``make(document)``
gives the bytes, the sheet they are written from, and what could not be had as asked. All bytes of a receipt are one
value, so that one write sends them. Nothing here opens anything.

A language a pack brings (``pack.NAME+…``) is an argument: who has it gives it, and only then a paper can be made. Without
it the adapter still says what the printer is driven by: letters and tags over a wire, no answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from kvit.device.adapters.address import PrinterAddress, parse
from kvit.device.adapters.cutting import with_cut
from kvit.device.adapters.kinds import KINDS
from kvit.device.adapters.scripted import Ask, arranged
from kvit.device.address import Address
from kvit.escpos.profiles import Profile, UnknownProfileError, load, load_file
from kvit.paper.document import Document
from kvit.paper.languages import registry, tagged
from kvit.paper.languages.lines import lines_of
from kvit.paper.languages.pack_names import BASE, is_of_pack
from kvit.paper.languages.table import PackLanguage, profile_of, tongue_of
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
    brought: PackLanguage | None = None
    """The language, where a pack brought it."""
    ask: Ask | None = None
    """Runs the pack's script, where its language has one."""

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
        return self.brought.table.media_type if self.brought else registry.language_of(self.profile).media_type

    def make(self, document: Document) -> Made:
        """Lay out and write one receipt. Never raises for anything a `Document` can hold.

        Of a pack's language: `kvit.paper.languages.registry.NoWriterError` where it was not given,
        `kvit.device.adapters.scripted.ScriptedError` where its script gives no paper.
        """
        tags = self.brought is not None or registry.language_of(self.profile).tags
        copies = self.copies or document.copies
        asked = with_cut(document, self.cut)
        once = msgspec.structs.replace(asked, copies=1 if tags else copies)
        sheet, data = self._written(once)
        blocks = len(document.blocks)
        warnings = [*sheet.problems, *self._long(data, blocks), *self._open(blocks)]
        return Made(data, sheet, tuple(warnings), self.media_type, copies if tags else 1)

    def _written(self, document: Document) -> tuple[Sheet, bytes]:
        if self.brought is None:
            sheet = registry.compose(document, self.profile)
            return sheet, registry.write(sheet, self.profile)
        tongue = tongue_of(self.brought.table)
        sheet = registry.compose_tame(document, self.profile, tongue.manner)
        if not self.brought.table.script:
            return sheet, tagged.write(sheet, self.profile, tongue)
        assert self.ask is not None, "who brings a script brings its engine"
        return sheet, arranged(lines_of(sheet, self.profile), self.brought, self.ask)

    def look(self, made: Made) -> Sheet:
        """The sheet the very bytes print."""
        if self.brought is not None:
            return tagged.play(made.data, self.profile, tongue_of(self.brought.table))
        return registry.play(made.data, self.profile)

    def _long(self, data: bytes, blocks: int) -> list[Problem]:
        """A service that refuses long contents is named before it does."""
        most = self.brought.table.bytes_max if self.brought else registry.bytes_max(self.profile)
        if not most or len(data) <= most:
            return []
        return [Problem("content.long", 0, blocks, {"bytes": len(data), "limit": most})]

    def _open(self, blocks: int) -> list[Problem]:
        """Receipts that leave the house unencrypted are named: names and links on them can be read on the way."""
        kind, place = KINDS.get(self.name), self.transport_address
        if kind is None or kind.house or place is None or place.kind != "http":
            return []
        return [Problem("content.plain", 0, blocks, {"host": place.host})]


def adapter_of(text: str, brought: PackLanguage | None = None, ask: Ask | None = None) -> Adapter | Refusal:
    """The adapter an address names; a `Refusal` of ``device.adapter_*`` or ``device.address_*`` says why there is none.

    ``brought``: the language of a pack's printer, ``ask`` what runs its script.
    """
    given = parse(text)
    return given if isinstance(given, Refusal) else adapter_at(given, brought, ask)


def adapter_at(given: PrinterAddress, brought: PackLanguage | None = None, ask: Ask | None = None) -> Adapter | Refusal:
    """The adapter of an address that has been read."""
    if is_of_pack(given.adapter):
        return _of_pack(given, brought, ask)
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


def _of_pack(given: PrinterAddress, brought: PackLanguage | None, ask: Ask | None) -> Adapter | Refusal:
    """The adapter of a pack's language; one that can not make papers where the language is not at hand."""
    if given.profile:
        return Refusal("device.adapter_profile", {"name": given.profile[:80], "nearest": "-"})
    if brought is None or brought.name != given.adapter:
        absent = msgspec.structs.replace(load(BASE), name=given.adapter, language=given.adapter)
        return Adapter(given.adapter, absent, given.transport, given.cut, given.copies)
    paper = given.paper_mm or brought.papers[0]
    if paper not in brought.papers:
        known = ", ".join(map(str, brought.papers))
        return Refusal("device.address_option", {"option": "paper", "value": str(paper), "known": known})
    profile = profile_of(brought, paper)
    return Adapter(given.adapter, profile, given.transport, given.cut, given.copies, brought, ask)


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
