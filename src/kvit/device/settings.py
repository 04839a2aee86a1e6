"""A shop's named printers and the door they call at: the ``[printer.NAME]`` and ``[printing]`` tables of kvit.toml.

    [printer.kitchen]
    address = "sprt80+tcp://192.168.1.50:9100?cut=full"

Keys of clouds stand here and not in the address, which is shown on pages and in logs. Types only; an address that can not
be is found by `kvit.app.sense`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class PrintingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[printing]`` table: the door for printers that call in and for those who print to Kvit."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 7004
    base_url: str = ""
    """How printers reach that door (``http://192.168.1.10:7004``); empty: the address above."""
    confirm_by_get: bool = False
    """Star printers confirm by GET: for a host before us that lets no DELETE through."""
    claim_readers: bool = False
    """Scanners on Star printers read for Kvit, and for nobody else."""
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 30
    """How long what a job printed is kept after it has ended; its history and its hash stay."""


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
    password: str = ""
    """Of a printer that calls in: its own login at our door (HTTP Digest), together with ``user``."""
    fail_over: str = ""
    """The printer that takes its jobs while it can not."""
    evidence: Literal["", "A", "B", "C"] = ""
    """The class it is able to give (docs/protocols/delivery.md), where asking it is not wanted; empty: it is asked."""

    def __repr__(self) -> str:
        """The address alone: secrets never come into a log by way of a message."""
        return f"NamedPrinter({self.address!r})"
