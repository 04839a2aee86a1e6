"""Addresses of printers with their adapter: what goes to which end, as what, on which paper.

    tcp://192.168.1.50:9100                                            ESC/POS, as far as all understand it
    escpos+tcp://192.168.1.50:9100?profile=tm-t88v&paper=80&cut=no     an adapter, a transport, options
    sprt80+serial:///dev/ttyUSB0?baud=9600&cut=full                    options of the transport stand among them
    sprt58+COM3                                                        the wire in short, as addresses have it elsewhere
    365wifi+http://open.printcenter.cn:8080/kdt1234567                 a cloud: behind the host the device's number
    pack.slips+tcp://192.168.1.50:9100                                 a language a pack brings (docs/howto/packs.md)

Options of every adapter: ``profile`` (a printer profile of the adapter's language), ``paper`` (mm), ``cut`` (``yes no
full partial``; absent: as the document says), ``copies`` (1 to 9). `parse` and `show` are twins. Keys and passwords
never stand in an address: it is shown on pages and in logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from kvit.device import address
from kvit.device.adapters.kinds import ALIASES, KINDS, Kind, kind_of
from kvit.device.address import Address
from kvit.refusal import Refusal

CUTS: Final = ("yes", "no", "full", "partial")
COPIES_MAX: Final = 9
OPTIONS: Final = ("profile", "paper", "cut", "copies")
WITH_OPTIONS: Final = ("serial", "bluetooth")
"""Kinds of wires that have options of their own."""
PLAIN: Final = "escpos"
"""What an address without an adapter speaks."""


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """An adapter's name, where the printer is, and the options that were given; 0 and empty: not given."""

    adapter: str
    transport: Address
    profile: str = ""
    paper_mm: int = 0
    cut: str = ""
    copies: int = 0

    def __str__(self) -> str:
        return show(self)


def parse(text: str) -> PrinterAddress | Refusal:
    """Read an address; a `Refusal` of ``device.adapter_*`` or ``device.address_*`` says what is wrong with it."""
    whole, _, query = text.strip().partition("?")
    scheme, mark, rest = whole.partition("://")
    adapter, plus, transport = scheme.partition("+")
    short = (
        kind_of(adapter.lower()) is not None or adapter.lower() in ALIASES
    )  # "sprt58+COM3", but a device's path may hold a plus
    if not plus or not (mark or short):
        adapter, transport = PLAIN, scheme
    adapter = ALIASES.get(adapter.lower(), adapter.lower())
    kind = kind_of(adapter)
    if kind is None:
        return Refusal("device.adapter_unknown", {"name": adapter[:40], "known": ", ".join(KINDS)})
    options, others = _split(query)
    plain = f"{transport}{mark}{rest}"
    place = address.parse(plain)
    if isinstance(place, Address) and place.kind in WITH_OPTIONS and others:
        place = address.parse(f"{plain}?{urlencode(others)}")
    elif others:
        return Refusal("device.adapter_option", {"option": others[0][0][:40], "known": ", ".join(OPTIONS)})
    if isinstance(place, Refusal):
        return place
    if place.kind not in kind.transports:
        known = ", ".join(kind.transports)
        return Refusal("device.adapter_transport", {"adapter": adapter, "kind": place.kind, "known": known})
    return _with_options(kind, place, options)


def adapter_name(text: str) -> str:
    """The adapter an address names; empty where it can not be read."""
    given = parse(text)
    return "" if isinstance(given, Refusal) else given.adapter


def show(given: PrinterAddress) -> str:
    """Write an address; the twin of `parse`."""
    named = (("profile", given.profile), ("paper", given.paper_mm), ("cut", given.cut), ("copies", given.copies))
    options = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in named if value)
    plain = address.show(given.transport)
    joined = f"{plain}{'&' if '?' in plain else '?'}{options}" if options else plain
    return f"{given.adapter}+{joined}"


def _split(query: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The adapter's options, and what is left for the transport."""
    mine: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key in OPTIONS:
            mine[key] = value
        else:
            others.append((key, value))
    return mine, others


def _with_options(kind: Kind, place: Address, options: dict[str, str]) -> PrinterAddress | Refusal:
    paper, copies, cut = options.get("paper", ""), options.get("copies", ""), options.get("cut", "")
    papers = tuple(str(each) for each in kind.papers)
    if paper and paper not in papers:
        return _refused("paper", paper, papers)
    if cut and cut not in CUTS:
        return _refused("cut", cut, CUTS)
    if copies and copies not in tuple(str(number) for number in range(1, COPIES_MAX + 1)):
        return _refused("copies", copies, (f"1 - {COPIES_MAX}",))
    return PrinterAddress(kind.name, place, options.get("profile", ""), int(paper or 0), cut, int(copies or 0))


def _refused(option: str, value: str, known: tuple[str, ...]) -> Refusal:
    return Refusal("device.address_option", {"option": option, "value": value[:40], "known": ", ".join(known)})
