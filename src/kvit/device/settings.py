"""A shop's named printers: the ``[printer.NAME]`` tables of kvit.toml.

    [printer.kitchen]
    address = "sprt80+tcp://192.168.1.50:9100?cut=full"

Keys of clouds stand here and not in the address, which is shown on pages and in logs. Types only; an address that can not
be is found by `kvit.app.sense`.
"""

from __future__ import annotations

import msgspec


class NamedPrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printer."""

    address: str
    """With its adapter (docs/protocols/adapters.md): ``escpos+tcp://192.168.1.50:9100?profile=tm-t88v``."""
    user: str = ""
    """The account at the printer's cloud: user, application or client, as the cloud calls it."""
    key: str = ""
    """The account's secret."""
    token: str = ""
    """Yilianyun: the access token."""
    device_key: str = ""
    """365: the key on the printer's label."""

    def __repr__(self) -> str:
        """The address alone: secrets never come into a log by way of a message."""
        return f"NamedPrinter({self.address!r})"
