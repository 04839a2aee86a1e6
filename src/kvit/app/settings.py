"""The whole configuration: which file, which rooms, and the shop that runs when nothing is configured.

The file is the one named by ``--config``, else ``$KVIT_CONFIG``, else ``kvit.toml`` in the current folder, else the one in
the checkout. Without any, Kvit runs a whole demonstration shop: a print port and a virtual serial pair for the till, a
virtual printer behind them, everything on loopback, its data in ``var`` beside the checkout.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kvit.access.customers.settings import CustomersSettings
from kvit.app import sense
from kvit.chain.settings import ChainSettings, Role
from kvit.config import NAMED, Config, load
from kvit.counter.settings import RoutingSettings
from kvit.device.cloud.mqtt.settings import MqttSettings
from kvit.device.ipp.settings import IppSettings
from kvit.device.reader.settings import ReadersSettings
from kvit.device.settings import NamedPrinter, PrintingSettings
from kvit.notify.settings import MailSettings, PushSettings, SmsSettings, WebhooksSettings
from kvit.receipt.settings import ReceiptsSettings
from kvit.relay.jobs.settings import JobsSettings
from kvit.relay.settings import LineSettings, RelaySettings
from kvit.shop import ShopSettings

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
DEMONSTRATION_HOLD_S = 8
"""Time to look at the station's page and to press a key, or to scan the code on the customer's display."""
CHECKOUT = Path(__file__).resolve().parents[3]


class DataSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[data]`` table: where things are kept."""

    folder: str = ""
    """Captures, embedded data base, secret key. Empty: ``var`` in the checkout."""
    database: str = ""
    """``postgresql://…``; empty: the embedded SQLite file in the folder."""


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[printer]`` table: the virtual printer of ``kvit up``, and the shop's own printers by name."""

    virtual: bool = True
    """False: no virtual printer is started."""
    port: Port = 9101
    profile: str = "TM-T88V"
    named: dict[str, NamedPrinter] = msgspec.field(default_factory=dict, name=NAMED)
    """``[printer.NAME]``: the printers ``--printer NAME`` means."""


class WebSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[web]`` table: the windows for customers and staff."""

    host: str = "127.0.0.1"
    """Where the customers' pages listen."""
    port: Port = 7001
    staff_host: str = "127.0.0.1"
    """Where the staff's pages listen."""
    staff_port: Port = 7003
    base_url: str = ""
    """What customers' links begin with (``https://r.example.com``); empty: the address above."""
    staff_url: str = ""
    """How staff reach their pages, where it is not the address above."""
    names: tuple[str, ...] = ()
    """Public names the pages answer to, beside those in ``base_url`` and ``staff_url``."""
    proxies: tuple[str, ...] = ()
    """Addresses of our own reverse proxies: only their ``X-Forwarded-For`` is believed."""


class PacksSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[packs]`` table: whose packs of templates and scripts the shop takes."""

    keys: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")], ...] = ()
    """Public keys (Ed25519), 64 hexadecimal digits each, as ``kvit pack keygen`` shows them. None: no pack is taken."""
    threshold: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    """How many of them must have signed."""
    number: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Of this list: above that of a list taken in since (``kvit pack renew``), this one counts again."""


ROOMS: dict[str, type[msgspec.Struct]] = {
    "shop": ShopSettings,
    "data": DataSettings,
    "relay": RelaySettings,
    "printer": PrinterSettings,
    "printing": PrintingSettings,
    "mqtt": MqttSettings,
    "reader": ReadersSettings,
    "ipp": IppSettings,
    "jobs": JobsSettings,
    "web": WebSettings,
    "packs": PacksSettings,
    "customers": CustomersSettings,
    "receipts": ReceiptsSettings,
    "routing": RoutingSettings,
    "chain": ChainSettings,
    "mail": MailSettings,
    "sms": SmsSettings,
    "push": PushSettings,
    "webhooks": WebhooksSettings,
}


class Settings(msgspec.Struct, frozen=True):
    """Everything configured, in the rooms' own types."""

    config: Config
    path: Path | None
    shop: ShopSettings
    data: DataSettings
    relay: RelaySettings
    printer: PrinterSettings
    printing: PrintingSettings
    reader: ReadersSettings
    web: WebSettings
    ipp: IppSettings
    jobs: JobsSettings
    mqtt: MqttSettings
    packs: PacksSettings
    customers: CustomersSettings
    receipts: ReceiptsSettings
    routing: RoutingSettings
    chain: ChainSettings
    mail: MailSettings
    sms: SmsSettings
    push: PushSettings
    webhooks: WebhooksSettings

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        if self.data.folder:
            base = self.path.parent if self.path else Path.cwd()
            return (base / Path(self.data.folder).expanduser()).resolve()
        return (self.path.resolve().parent if self.path else CHECKOUT) / "var"

    @property
    def database(self) -> str | Path:
        """The data base's URL or file."""
        return self.data.database or self.folder / "kvit.db"

    @property
    def printing_url(self) -> str:
        """How printers that call in reach us."""
        return (self.printing.base_url or f"http://{self.printing.host}:{self.printing.port}").rstrip("/")

    @property
    def public_url(self) -> str:
        """What customers' links begin with."""
        return (self.web.base_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")

    @property
    def staff_url(self) -> str:
        """Where staff find their pages."""
        return (self.web.staff_url or f"http://{self.web.staff_host}:{self.web.staff_port}").rstrip("/")


def find(named: Path | None, env: Mapping[str, str]) -> Path | None:
    """Return the configuration file to read; None where there is none."""
    if named is not None:
        return named
    if "KVIT_CONFIG" in env:
        return Path(env["KVIT_CONFIG"])
    return next((path for path in (Path.cwd() / "kvit.toml", CHECKOUT / "kvit.toml") if path.is_file()), None)


def read(named: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration; raises ``kvit.config.ConfigError`` with a sentence a person can act on."""
    env = os.environ if env is None else env
    path = find(named, env)
    config = load(path, ROOMS, {key: value for key, value in env.items() if key != "KVIT_CONFIG"})
    sense.refuse(config)
    relay: RelaySettings = config["relay"]
    if not relay.line and config["chain"].role is not Role.SERVER:
        relay = msgspec.structs.replace(relay, line=demonstration(config["printer"]))
    rooms: dict[str, Any] = {room: config[room] for room in ROOMS}
    if config["chain"].role is Role.SERVER:  # no till prints there, on paper or otherwise
        rooms["printer"] = msgspec.structs.replace(config["printer"], virtual=False)
    return Settings(config=config, path=path, **{**rooms, "relay": relay})


def demonstration(printer: PrinterSettings) -> tuple[LineSettings, ...]:
    """The lines of a shop that configured none, all to the virtual printer: a print port, a virtual serial port, and a
    port whose paper is held for a while (docs/howto/station.md)."""
    paper = f"tcp://127.0.0.1:{printer.port}"
    return (
        LineSettings(name="till-1", till="tcp://127.0.0.1:9100", printer=paper),
        LineSettings(name="till-2", till="pty://till-2", printer=paper),
        LineSettings(
            name="till-3",
            till="tcp://127.0.0.1:9102",
            printer=paper,
            hold_s=DEMONSTRATION_HOLD_S,
        ),
    )
