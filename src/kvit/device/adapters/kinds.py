"""The table of adapters: which profile on which paper, over which wires.

A profile gives the language (`kvit.paper.languages.registry`). Most adapters are a name for a profile on the papers the
printer takes; where one machine takes two papers, the paper is told from outside and is 80 mm when nobody tells. Facts and
what is unproven: docs/protocols/adapters.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kvit.paper.languages.pack_names import BASE, is_of_pack

WIRES: Final = ("tcp", "serial", "usb", "bluetooth", "file", "pty", "ipp", "ipps")
"""Transports that carry bytes to a printer."""
WEB: Final = ("http", "https", "file")
"""Transports of services; a file takes what would be sent, for looking at it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One adapter. ``profiles`` by paper in mm; the first paper is the usual one."""

    name: str
    profiles: dict[int, str]
    transports: tuple[str, ...] = WIRES
    cloud: str = ""
    """The service that takes the content, a row of `kvit.device.adapters.clouds.CLOUDS`; over http and https only."""

    house: bool = False
    """What takes the content stands in the shop's own network: a printer or a terminal with a web service."""

    @property
    def papers(self) -> tuple[int, ...]:
        """The papers it takes, the usual one first."""
        return tuple(self.profiles)


def _same(profile: str, *papers: int) -> dict[int, str]:
    return dict.fromkeys(papers, profile)


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("escpos", _same("default", 80, 58, 112)),
        Kind("sunmi", _same("sunmi", 80, 58), (*WIRES, "https", "http", "sunmipull"), "sunmi"),
        Kind("sprt80", _same("sprt80", 80)),
        Kind("sprt58", _same("sprt58", 58)),
        Kind("xprinter", _same("xprinter", 80, 58)),
        Kind("aclas", _same("aclas", 80, 58)),
        Kind("365wifi", _same("365wifi", 58), WEB, "365wifi"),
        Kind("wangpos", _same("wangpos", 58), ("tcp", *WEB), "wangpos", house=True),
        Kind("epos", _same("epos", 80, 58), (*WEB, "sdp"), "epos", house=True),
        Kind("star", _same("star", 80, 58, 112), (*WIRES, "cloudprnt")),
        Kind("starprnt", _same("starprnt", 80, 58, 112), (*WIRES, "cloudprnt")),
        Kind("feie", {80: "feie80", 58: "feie58"}, WEB, "feie"),
        Kind("yilianyun", _same("yilianyun", 58), WEB, "yilianyun"),
        Kind("xpyun", {80: "xpyun80", 58: "xpyun58"}, WEB, "xpyun"),
    )
}
PACK_WIRES: Final = tuple(wire for wire in WIRES if not wire.startswith("ipp"))
"""Of printers a pack describes: what carries bytes."""
PACK_PAPERS: Final = (80, 58, 112)
ALIASES: Final = {"epson-epos": "epos", "star-line": "star"}
"""Other names people write."""


def kind_of(adapter: str) -> Kind | None:
    """The row of an adapter; one for every name a pack's language may have, whether such a pack runs or not.

    An address is kept with its printer for years, and packs come and go: whether there is such a language is asked when a
    paper is made.
    """
    if is_of_pack(adapter):
        return Kind(adapter, _same(BASE, *PACK_PAPERS), PACK_WIRES)
    return KINDS.get(adapter)
