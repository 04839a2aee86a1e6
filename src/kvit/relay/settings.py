"""The relay's settings: the ``[relay]`` table of kvit.toml.

    [[relay.line]]
    name = "till1"
    till = "tcp://127.0.0.1:9100"          # where the till prints to: a port to listen on, a serial port, a virtual pair
    printer = "tcp://192.168.1.50:9100"    # where the paper is
    profile = "epson-tm-t88v"

Types only; what can not be (two lines on one port, a file as a till) is found by `check`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit.device.address import Address, parse
from kvit.refusal import Refusal

LineName = Annotated[
    str,
    msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="Latin letters, digits, dots, dashes"),
]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86400)]
LINES_MAX = 1000
"""Measured: 1,000 lines are 30 MB and 5 % of a core; nobody has more at one machine."""


class LineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: a till's side, a printer's side."""

    name: LineName
    till: str
    """``tcp://HOST:PORT`` to listen on, ``pty://NAME`` for our end of a pair, ``serial://…`` or ``com://…``."""
    printer: str
    profile: str = ""
    """What the shop reads the bytes with; empty: found out from the bytes. The line looks at them only with `hold_s`."""
    per_till: bool = False
    """True opens one printer connection for each till connection; False lets one till at a time have the printer."""
    allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks tills may come from."""
    connections_max: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 256
    """At one port at a time; what comes beyond is closed at once."""
    connections_per_peer_max: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 64
    """From one address at a time, so that one broken till leaves room for the others."""
    idle_drop_s: Seconds = 0
    """Hang up a network till that is silent this long; 0: never (tills may keep a connection for days)."""
    turn_s: Seconds = 5
    """While others wait: a till that sent next to nothing for this long gives the printer away."""
    wait_s: Seconds = 600
    """How long bytes of a till that has hung up wait for a printer that is away."""
    hold_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0
    """The longest time a finished printout waits for a decision before it comes out on paper; 0: nothing is withheld.
    With more the line reads the bytes with ``profile``."""


class RelaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[relay]`` table."""

    line: tuple[LineSettings, ...] = ()
    quiet_s: Seconds = 30
    """A line silent for this long begins a new capture segment, so that the stored one can go."""


TILL_KINDS = ("tcp", "pty", "serial")
PRINTER_KINDS = ("tcp", "serial", "usb", "bluetooth", "file", "pty")


def check(settings: RelaySettings) -> Refusal | None:
    """Say what is wrong with the lines taken together; None when nothing is."""
    if len(settings.line) > LINES_MAX:
        return Refusal("relay.too_many_lines", {"max": LINES_MAX})
    seen: dict[str, str] = {}
    for line in settings.line:
        ends = ends_of(line)
        if isinstance(ends, Refusal):
            return ends
        if line.hold_s and line.per_till:
            return Refusal("relay.hold_per_till", {"line": line.name})
        for word in (f"name {line.name}", f"till {ends[0]}" if ends[0].port or ends[0].kind != "tcp" else ""):
            if word and word in seen:
                return Refusal("relay.taken_twice", {"line": line.name, "other": seen[word], "what": word})
            seen[word] = line.name
    return None


def ends_of(line: LineSettings) -> tuple[Address, Address] | Refusal:
    """Read both addresses of a line; a `Refusal` when one is wrong or of a kind that can not stand there."""
    till, printer = parse(line.till), parse(line.printer)
    for address, kinds in ((till, TILL_KINDS), (printer, PRINTER_KINDS)):
        if isinstance(address, Refusal):
            return address
        if address.kind not in kinds:
            return Refusal("relay.wrong_kind", {"line": line.name, "kind": address.kind, "known": ", ".join(kinds)})
    assert isinstance(till, Address)
    assert isinstance(printer, Address)
    return till, printer
