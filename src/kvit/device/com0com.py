"""com0com on Windows: the commands to give ``setupc`` and what its answers mean.

com0com (GPL, installed apart, never shipped by us) makes pairs of COM ports, CNCA0 joined to CNCB0 and so on. Its
``setupc`` is a console program for administrators, run from its own folder::

    setupc install PortName=COM3 PortName=COM2,EmuBR=yes     CNCA0 is COM3 (the till's), CNCB0 is COM2 (ours)
    setupc list                                              one line a port, name=value pairs
    setupc remove 0                                          the pair CNCA0/CNCB0
    setupc change CNCA0 EmuBR=no
    setupc busynames COM*                                    names taken in the system

Pure: builds argument lists, reads texts; whoever has a Windows machine runs them. The grammar is that of com0com 3.0's
ReadMe and of ``setupc help``; it was not run on a device here, as no Windows was at hand.

``EmuBR`` on the till's end and ``EmuOverrun`` on ours keep a till from hanging when nobody reads, by *dropping* what is not
read: `Pairing.drop_when_unread` is therefore off unless losing a receipt is better than a blocked till.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kvit.refusal import Refusal

COM_NAME: Final = re.compile(r"COM[1-9]\d{0,2}")
_PORT: Final = re.compile(r"^\s*CNC([AB])(\d+)\s+(.*?)\s*$", re.MULTILINE)
_NO: Final = "-"
"""How setupc writes a parameter that has its default."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pair as com0com has it: the number, the names of both ends."""

    number: int
    till: str
    ours: str
    drop_when_unread: bool = False


def install(till: str, ours: str, *, drop_when_unread: bool = False) -> list[str] | Refusal:
    """Build the arguments that make a pair: ``till`` is the port the till will be told of, ``ours`` the one Kvit opens."""
    for name in (till, ours):
        if not COM_NAME.fullmatch(name):
            return Refusal("device.com_name", {"name": name[:40]})
    if till == ours:
        return Refusal("device.com_same", {"name": till})
    extra_till, extra_ours = (",EmuBR=yes", ",EmuOverrun=yes") if drop_when_unread else ("", "")
    return ["install", f"PortName={till}{extra_till}", f"PortName={ours}{extra_ours}"]


def remove(number: int) -> list[str]:
    """Build the arguments that remove a pair."""
    assert number >= 0
    return ["remove", str(number)]


def listing() -> list[str]:
    """Build the arguments that list all pairs."""
    return ["list"]


def silent(arguments: list[str]) -> list[str]:
    """The same without message boxes, for a service."""
    return ["--silent", *arguments]


def read_listing(text: str) -> list[Pairing]:
    """Read what ``setupc list`` printed. Ports without a partner and lines of other kinds are passed over."""
    ends: dict[int, dict[str, dict[str, str]]] = {}
    for side, number, rest in _PORT.findall(text.replace("\r\n", "\n")):
        ends.setdefault(int(number), {})[side] = _values(rest)
    found = []
    for number, both in sorted(ends.items()):
        if both.keys() == {"A", "B"}:
            till, ours = _name(both["A"], f"CNCA{number}"), _name(both["B"], f"CNCB{number}")
            drops = both["A"].get("emubr") == "yes" and both["B"].get("emuoverrun") == "yes"
            found.append(Pairing(number, till, ours, drops))
    return found


def _values(rest: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in rest.split(","))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _name(values: dict[str, str], port: str) -> str:
    """``PortName=COM#`` gets its number from Windows, said in ``RealPortName``; ``-`` is the port's own name."""
    real, name = values.get("realportname", ""), values.get("portname", _NO)
    if name == "COM#":
        return real or name
    return port if name in (_NO, "") else name
