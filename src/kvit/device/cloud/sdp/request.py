"""``PrintRequestInfo``: what a printer that asked is given to print.

One ``ePOSPrint`` a job, with the device, how long the printer may try (ms), from version 2.00 on the job's name, and the
``epos-print`` itself. An ``epos-print`` without children prints nothing: with a job's name it asks what became of that
job, without one it is answered with the printer's status. No job at all is an empty body, not an empty document.
`write` and `read` are twins. Left out: ``ePOSDisplay`` of 3.00 (customer displays).
Source: Server Direct Print User's Manual, rev. E and J; ePOS-Print XML User's Manual, "Using the Spooler Function".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kvit.device.cloud.sdp import element
from kvit.paper.languages import epos_names
from kvit.paper.languages.epos_write import escaped
from kvit.wire import WireError

VERSIONS: Final = ("1.00", "2.00", "3.00")
NAMED: Final = ("2.00", "3.00")
"""Versions with ``printjobid``: TM-i firmware 4.1, TM-DT software 3.0, TM-T88VI and all later models."""
DEVICE: Final = "local_printer"
"""The printer itself; TM-i and TM-DT print on others by other names."""
TIMEOUT_MS: Final = 60_000
"""How long the printer may try; 5,000 to 300,000 are taken. Ten seconds, as in the manual, fail while a roll is changed
or the head wakes up."""
BYTES_MAX: Final = 2 << 20
"""Of the whole XML, version 3.00."""
UNITS_MAX: Final = 5_000
"""Units of print data in one answer, version 3.00; what a unit is, the manual does not tell: taken to be an element."""
EMPTY: Final = f'<epos-print xmlns="{epos_names.NAMESPACE}"></epos-print>'.encode("ascii")
"""Prints nothing."""
_UNIT: Final = re.compile(rb"<[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Print:
    """One ``ePOSPrint``: an ``epos-print`` document without XML declaration, and the job's name where there is one."""

    document: bytes
    name: str = ""
    device: str = DEVICE
    timeout_ms: int = TIMEOUT_MS


def write(prints: list[Print], version: str) -> bytes:
    """Write the answer to a poll. In version 1.00 names are left out: it has no word for them."""
    assert version in VERSIONS
    parts = [f'<?xml version="1.0" encoding="utf-8"?>\n<PrintRequestInfo Version="{version}">'.encode()]
    for each in prints:
        named = f"<printjobid>{escaped(each.name)}</printjobid>" if each.name and version in NAMED else ""
        told = f"<devid>{escaped(each.device)}</devid><timeout>{each.timeout_ms}</timeout>{named}"
        parts.append(f"<ePOSPrint><Parameter>{told}</Parameter><PrintData>".encode())
        parts.append(each.document)
        parts.append(b"</PrintData></ePOSPrint>")
    parts.append(b"</PrintRequestInfo>")
    return b"".join(parts)


def read(data: bytes) -> tuple[str, list[Print]]:
    """Read an answer as a printer does: its version and what is to be printed; raises `WireError`."""
    root = element.read(data, BYTES_MAX)
    version = root.attributes.get("Version", "")
    if root.name != "PrintRequestInfo" or version not in VERSIONS:
        raise WireError("no PrintRequestInfo of a known version", data)
    return version, [_print(data, each) for each in root.every("ePOSPrint")]


def read_soap(data: bytes) -> Print:
    """Read what is posted to a printer's own web service; raises `WireError`."""
    root = element.read(data, BYTES_MAX)
    body = root.first("Body", "epos-print")
    if root.name != "Envelope" or body is None:
        raise WireError("no SOAP with an epos-print", data)
    return Print(data[body.start : body.end], root.said("Header", "parameter", "printjobid"))


def _print(data: bytes, given: element.Element) -> Print:
    body = given.first("PrintData", "epos-print")
    if body is None:
        raise WireError("an ePOSPrint without epos-print", data[given.start :], given.start)
    timeout = given.said("Parameter", "timeout")
    timeout_ms = int(timeout) if timeout.isascii() and timeout.isdigit() and len(timeout) < 8 else TIMEOUT_MS
    name, device = given.said("Parameter", "printjobid"), given.said("Parameter", "devid")
    return Print(data[body.start : body.end], name, device, timeout_ms)


def too_large(document: bytes) -> str:
    """Say why no printer takes a document in one answer; empty where it does."""
    if len(document) > BYTES_MAX - 1024:  # what stands around it is under 400 bytes
        return f"{len(document)} > {BYTES_MAX - 1024} bytes"
    units = len(_UNIT.findall(document))
    return f"{units} > {UNITS_MAX} units" if units > UNITS_MAX else ""
