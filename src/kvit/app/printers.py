"""The printers of kvit.toml as the shop keeps them, and the accounts at their clouds.

A shop that names no printer prints to the virtual one, under the name ``counter``.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvit.app.settings import PrinterSettings
from kvit.device.adapters.address import parse, show
from kvit.device.adapters.clouds import Account
from kvit.device.printers.model import Origin, Printer, Way, way_of
from kvit.device.printers.service import token_hash
from kvit.device.settings import NamedPrinter
from kvit.device.spool.model import Evidence
from kvit.refusal import Refusal

VIRTUAL = "counter"
"""What the virtual printer is called."""


def configured(settings: PrinterSettings) -> list[Printer]:
    """Give the printers of the file, by the order of the file."""
    named = [_printer(name, each) for name, each in settings.named.items()]
    if named or not settings.virtual:
        return named
    address = f"escpos+tcp://127.0.0.1:{settings.port}?profile={settings.profile}"
    return [Printer(VIRTUAL, address, Origin.FILE)]


def _printer(name: str, given: NamedPrinter) -> Printer:
    address = parse(given.address)
    assert not isinstance(address, Refusal), "the settings were checked (kvit.app.sense)"
    word = given.key if way_of(address) is Way.CALLS else ""
    return Printer(
        name, show(address), Origin.FILE, Evidence(given.evidence) if given.evidence else None, given.fail_over,
        token_hash=token_hash(word) if word else None,
    )  # fmt: skip


def accounts(settings: PrinterSettings) -> Mapping[str, Account]:
    """Give the account each printer's cloud is asked with, by printer."""
    return {name: Account(each.user, each.key, each.token, each.device_key) for name, each in settings.named.items()}


def logins(settings: PrinterSettings) -> Mapping[str, tuple[str, str]]:
    """Give the login (user, password) of each printer that has one of its own at our door, by printer."""
    return {name: (each.user, each.password) for name, each in settings.named.items() if each.password}
