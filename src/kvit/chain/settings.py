"""The ``[chain]`` table of kvit.toml: which part of the house this machine is, and where the others are."""

from __future__ import annotations

import enum
import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

import msgspec


class Role(enum.StrEnum):
    """What runs on this machine."""

    ALL = "all"
    """A whole shop."""
    STATION = "station"
    """The lines of the tills and a small shop behind them; what it takes in goes on to a server."""
    SERVER = "server"
    """No line: the books and pages of shops whose stations send."""


class ChainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[chain]`` table."""

    role: Role = Role.ALL
    silent_s: Annotated[int, msgspec.Meta(ge=60, le=86400)] = 300
    """A server rings its alarm when a station was silent for so long; stations speak every half minute."""
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 30
    """How long a station remembers which news it has told, so that a server whose backup was put back gets them again."""


def is_safe(url: str) -> bool:
    """Say whether a server may be reached at this address: https, or http on this very machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
