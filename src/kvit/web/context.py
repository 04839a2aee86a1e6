"""What the windows are given: everything they need and can not know themselves.

``app`` builds one ``Context`` and hands it to ``public_app`` and ``staff_app``. Clock, randomness, drawing and the
relay come in here, so that a test gives its own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Protocol

import msgspec

from kvit.access.customers import keys as customer_keys
from kvit.access.customers.keys import Keys
from kvit.access.door import Door
from kvit.chain.model import Answer, Silent, Station
from kvit.db import Database
from kvit.device.reader.readings import Readings
from kvit.notify.sealer import Sealer
from kvit.notify.sealing import KEY_BYTES, Seal
from kvit.receipt.links import LIFETIME_S
from kvit.receipt.printout import Prepared
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.shop import ShopSettings
from kvit.template.fill import Filled, FillWanted
from kvit.template.scripts.runner import NoRunner, Runner
from kvit.web.delivery import Delivery, NoDelivery
from kvit.web.figures import Figures
from kvit.web.limit import MissAlarm
from kvit.web.station_desk import NoStation, StationDesk
from kvit.web.wallet_world import WalletWorld

Render = Callable[[bytes, str, str], Awaitable[bytes]]
"""Draws a stored printout: masked bytes, profile name, form (one of ``FORMS``); raises ``RenderFailed``."""

FORMS = ("text", "html", "fragment", "svg", "png", "pdf", "json")
"""``kvit.paper.render``'s forms, and ``fragment``: the HTML of the receipt alone, for a page that links the style sheet."""

Network = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class RenderFailed(Exception):  # noqa: N818 - it reads as the sentence it is
    """The picture could not be made in time; the receipt itself is safe."""


class LineState(msgspec.Struct, frozen=True):
    """One line between a till and its printer, as it stands now."""

    name: str
    till: str
    source: str
    """Where the till prints to: ``port 9100``, ``COM5`` …"""
    target: str
    """Where it goes on to."""
    state: str
    """``ready``, ``busy``, ``waiting`` (the printer is slow or away) or ``down``."""
    waiting_bytes: int = 0
    printed_bytes: int = 0
    trouble: tuple[str, ...] = ()
    """What the printer itself told last, by the names of `kvit.escpos.status.StatusModel`, or ``away``; lines that may
    withhold paper hear it."""


class PairState(msgspec.Struct, frozen=True):
    """A virtual serial pair: what is written to one end is read from the other."""

    name: str
    till_end: str
    kvit_end: str
    state: str
    """``ready``, ``gone``."""


class RelayControl(Protocol):
    """What the relay page needs of the relay. Answers are values; an absent relay answers empty lists."""

    async def lines(self) -> Sequence[LineState]:
        """Give the lines."""

    async def pairs(self) -> Sequence[PairState]:
        """Give the virtual pairs."""

    async def create_pair(self, name: str) -> PairState | Refusal:
        """Make a pair."""

    async def test_pair(self, name: str) -> PairState | Refusal:
        """Send bytes through a pair, both ways."""

    async def remove_pair(self, name: str) -> str | Refusal:
        """Remove a pair; give its name."""


class NoRelay:
    """Stands in where no relay runs beside the windows."""

    async def lines(self) -> Sequence[LineState]:
        """Give no line."""
        return ()

    async def pairs(self) -> Sequence[PairState]:
        """Give no pair."""
        return ()

    async def create_pair(self, name: str) -> PairState | Refusal:
        """Refuse."""
        return Refusal("web.relay_absent")

    async def test_pair(self, name: str) -> PairState | Refusal:
        """Refuse."""
        return Refusal("web.relay_absent")

    async def remove_pair(self, name: str) -> str | Refusal:
        """Refuse."""
        return Refusal("web.relay_absent")


class SettingRow(Protocol):
    """A row of the effective configuration (``kvit.config.Setting``)."""

    @property
    def key(self) -> str:
        """The dotted name."""

    @property
    def value(self) -> str:
        """The value, secrets masked."""

    @property
    def origin(self) -> str:
        """File and line, the environment, or default."""


Fill = Callable[[FillWanted], Awaitable[Filled | Refusal]]
TakeApart = Callable[[ShopSettings, relay.Printout, str, str], Awaitable[Prepared | Refusal]]
"""Takes a printout apart beside the event loop: for a shop, a till's name, a printer's profile."""


async def _no_taking_apart(shop: ShopSettings, found: relay.Printout, till: str, profile: str) -> Prepared | Refusal:
    """Refuse."""
    return Refusal("web.relay_absent")


Shops = Callable[[str], ShopSettings | None]
"""The settings of a shop this installation keeps books for, by its id."""


Deliver = Callable[[Station, bytes], Awaitable[Answer | Refusal]]
"""Takes a station's batch (`kvit.chain.wire`)."""


async def _no_inbox(station: Station, data: bytes) -> Answer | Refusal:
    """Refuse."""
    return Refusal("chain.no_server")


def _own_shop_only(id_: str) -> ShopSettings | None:
    """Know no other shop than the installation's own."""
    return None


async def _no_fill(wanted: FillWanted) -> Filled | Refusal:
    """Refuse."""
    return Refusal("web.delivery_absent")


def _no_fills(shop: str) -> Fill:
    """Refuse for every shop."""
    return _no_fill


def _nothing(event: str, values: dict[str, object]) -> None:
    """Log nothing."""


@dataclass(frozen=True)
class Context:
    """The windows' world."""

    db: Database
    door: Door
    """The ways in (``kvit.access.door``)."""
    shop: ShopSettings
    """The installation's own; who is logged in may belong to another (``Call.shop``)."""
    render: Render
    clock: Callable[[], float]
    """Wall clock, seconds since 1970."""
    monotonic: Callable[[], float]
    random: Callable[[int], bytes]
    """So many random bytes (``secrets.token_bytes``)."""
    public_url: str = "http://127.0.0.1:7001"
    """What the links given to customers begin with, without a slash at the end."""
    staff_url: str = "http://127.0.0.1:7003"
    wallet: WalletWorld = field(default_factory=WalletWorld)
    """What the customers' pages need of the rest of the house."""
    link_s: int = LIFETIME_S
    """How long a link lives that is made or renewed now."""
    relay: RelayControl = field(default_factory=NoRelay)
    delivery: Delivery = field(default_factory=NoDelivery)
    readings: Readings = field(default_factory=lambda: Readings(time.time, time.monotonic))
    """What scanners and card readers read just now."""
    station: StationDesk = field(default_factory=NoStation)
    """Decides where receipts go."""
    fill: Fill = _no_fill
    """Fills a template beside the shop, with pictures in it."""
    scripts: Runner = field(default_factory=NoRunner)
    """Runs scripts of packs in a process of their own."""
    sources: Mapping[str, Callable[[str], Awaitable[bytes | Refusal]]] = field(default_factory=dict)
    """Adapters of businesses that are not ours: an id to its data as JSON."""
    customer_keys: Keys = field(default_factory=lambda: customer_keys.make(secrets.token_bytes))
    """By which customers are found, and member codes signed; without a key file new ones, good while this lives."""
    sealer: Sealer = field(
        default_factory=lambda: Sealer(Seal(secrets.token_bytes(KEY_BYTES), secrets.token_bytes), time.time)
    )
    """Makes messages to people (``kvit.notify.service.send``); without a key file sealed for as long as this lives."""
    push_key: str = ""
    """What a browser subscribes with to pushes; empty: there are none."""
    hooks_house: bool = False
    """Webhooks may lead into the shop's own network."""
    prefix_alarm: int = 0
    """So many text messages to numbers that begin alike are an alarm; 0: none is."""
    shops: Shops = _own_shop_only
    shop_ids: Callable[[], Sequence[str]] = tuple
    """The shops books are kept for here; empty or one: nobody is asked for his."""
    fills: Callable[[str], Fill] = _no_fills
    """``fill`` for another shop, by its id."""
    others: dict[str, Context] = field(default_factory=dict)
    """This world as the other shops see it (``kvit.web.of_shop``), made on need."""
    take_apart: TakeApart = _no_taking_apart
    deliver: Deliver = _no_inbox
    silent: Callable[[], Sequence[Silent]] = tuple
    """Stations of all shops that have not spoken for too long."""
    settings: Sequence[SettingRow] = ()
    figures: Figures = field(default_factory=Figures)
    alarm: MissAlarm = field(default_factory=MissAlarm)
    """Of guessed links: the public site rings it, the staff site shows it."""
    host_names: frozenset[str] = frozenset()
    """Public names the windows answer to, beside private ones (``kvit.web.host_names``)."""
    proxies: tuple[Network, ...] = ()
    """Peers whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""
    log: Callable[[str, dict[str, object]], None] = _nothing
