"""Job ports: the ``[jobs]`` table of kvit.toml.

[[jobs.port]]
name = "kitchen-till"
listen = "127.0.0.1:9103"
printer = "kitchen"
profile = "TM-T88V"
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kvit.device.address import Address, parse
from kvit.refusal import Refusal
from kvit.relay.settings import LineName, Seconds

PORTS_MAX = 256
"""One for each printer and till of a large house."""


class JobPort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One port."""

    name: LineName
    listen: str
    """``HOST:PORT``."""
    printer: str
    """The name of a printer of the shop."""
    profile: str = ""
    """What the till believes it prints to (`kvit profiles`); empty: what all ESC/POS printers understand."""
    allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks tills may come from."""
    unheard: Literal["offline", "ready"] = "offline"
    """What a till hears about a printer Kvit has not heard of (write-only ones never speak: say ready)."""
    connections_max: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 1000
    """At one port at a time; what comes beyond is closed at once."""
    connections_per_peer_max: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 64
    """From one address at a time, so that one broken till leaves room for the others."""
    idle_drop_s: Seconds = 0
    """Hang up a till that is silent this long; 0: never."""


class JobsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[jobs]`` table."""

    port: tuple[JobPort, ...] = ()


def place_of(port: JobPort) -> Address | Refusal:
    """Read where a port listens."""
    found = parse(port.listen)
    if isinstance(found, Address) and found.kind != "tcp":
        return Refusal("relay.wrong_kind", {"line": port.name, "kind": found.kind, "known": "tcp"})
    return found


def check(settings: JobsSettings) -> Refusal | None:
    """Say what is wrong with the ports taken together; None when nothing is."""
    if len(settings.port) > PORTS_MAX:
        return Refusal("relay.too_many_lines", {"max": PORTS_MAX})
    seen: dict[str, str] = {}
    for port in settings.port:
        place = place_of(port)
        if isinstance(place, Refusal):
            return place
        for word in (f"name {port.name}", f"port {place}" if place.port else ""):
            if word and word in seen:
                return Refusal("relay.taken_twice", {"line": port.name, "other": seen[word], "what": word})
            seen[word] = port.name
    return None
