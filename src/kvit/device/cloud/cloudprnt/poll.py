"""A poll: the JSON a printer posts every few seconds, read leniently.

Star CloudPRNT Protocol Guide 2.4, "JSON Request". Only ``statusCode`` is sure to be there; every other key may be
missing or null, and firmware differs in types, so a key of another type is passed over like a missing one. What can not
be a poll at all (no JSON, no object, too long, too deep) is a `WireError`.

Scans and key presses are what a person held to the reader: they go to whoever asked for them and never into a log.
"""

from __future__ import annotations

import binascii
import re
from typing import Any, Final

import msgspec

from kvit.device.cloud.cloudprnt.codes import Code, read_code
from kvit.escpos import star_status
from kvit.escpos.star_status import StarStatus
from kvit.wire import WireError

POLL_BYTES_MAX: Final = 64 << 10
"""A poll is half a kilobyte; one with a full reader and every answer is a few."""
RESULTS_MAX: Final = 16
"""Answers to what was asked: six questions are asked at most."""
DEVICES_MAX: Final = 8
SCANS_MAX: Final = 64
TEXT_MAX: Final = 4096
"""Letters of one answer, one scan, one run of keys."""
NAME_MAX: Final = 64
_NOT_HEX: Final = re.compile(r"[^0-9a-f]")


class Result(msgspec.Struct, frozen=True):
    """An answer to a client action: text, or texts by name (PageInfo)."""

    request: str
    text: str = ""
    values: dict[str, str] = {}


class Scan(msgspec.Struct, frozen=True):
    """A bar code a reader read."""

    device: str
    data: bytes
    """What the reader said; on the wire it is base64."""
    symbology: str = ""


class Peripheral(msgspec.Struct, frozen=True):
    """A device behind the printer: its kind is the poll's key."""

    kind: str
    name: str
    connected: bool = False
    claimed: bool = False
    keys: str = ""
    """Keys pressed since the last poll."""
    weight: str = ""
    """What a scale shows, as the printer writes it."""


class Poll(msgspec.Struct, frozen=True):
    """What a printer said."""

    code: Code
    mac: str = ""
    """Twelve digits, small letters; empty: none, or none that can be one."""
    unique_id: str = ""
    printing: bool | None = None
    """None: the firmware does not say."""
    token: str = ""
    """Of the job it is busy with."""
    status: StarStatus | None = None
    results: tuple[Result, ...] = ()
    peripherals: tuple[Peripheral, ...] = ()
    scans: tuple[Scan, ...] = ()


_KINDS: Final = ("barcodeReader", "keyboard", "scale", "display")


def read_poll(body: bytes) -> Poll:
    """Read a poll. Raises `WireError` where the body can not be one."""
    if len(body) > POLL_BYTES_MAX:
        raise WireError(f"a poll has at most {POLL_BYTES_MAX} bytes", body)
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("a poll is JSON", body) from None
    if not isinstance(found, dict):
        raise WireError("a poll is a JSON object", body)
    return poll_of(found)


def poll_of(found: dict[str, Any]) -> Poll:
    """Give the poll an object says; the same keys stand in what a printer publishes over MQTT (``client-status``)."""
    printing = found.get("printingInProgress")
    return Poll(
        code=read_code(_text(found.get("statusCode"))),
        mac=mac_of(_text(found.get("printerMAC"))),
        unique_id=_text(found.get("uniqueID"))[:NAME_MAX],
        printing=printing if isinstance(printing, bool) else None,
        token=_text(found.get("jobToken"))[:NAME_MAX],
        status=_status(_text(found.get("status"))),
        results=tuple(map(_result, _objects(found.get("clientAction"), RESULTS_MAX))),
        peripherals=tuple(
            _peripheral(kind, each) for kind in _KINDS for each in _objects(found.get(kind), DEVICES_MAX)
        ),
        scans=tuple(
            _scan(_text(reader.get("name")), scan)
            for reader in _objects(found.get("barcodeReader"), DEVICES_MAX)
            for scan in _objects(reader.get("scan"), SCANS_MAX)
        ),
    )


def mac_of(text: str) -> str:
    """Twelve hexadecimal digits of however a MAC is written; empty where it is none."""
    digits = re.sub(r"[:.\-\s]", "", text.strip().lower())
    return digits if len(digits) == 12 and not _NOT_HEX.search(digits) else ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value[:TEXT_MAX]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _objects(value: object, most: int) -> list[dict[str, Any]]:
    """The objects of a list; one object alone is a list of one."""
    each = value if isinstance(value, list) else [value]
    return [one for one in each[:most] if isinstance(one, dict)]


def _status(text: str) -> StarStatus | None:
    try:
        return star_status.read_text(text) if text else None
    except WireError:
        return None


def _result(found: dict[str, Any]) -> Result:
    said = found.get("result")
    values = (
        {str(name)[:NAME_MAX]: _text(value) for name, value in list(said.items())[:RESULTS_MAX]}
        if isinstance(said, dict)
        else {}
    )
    return Result(_text(found.get("request"))[:NAME_MAX], _text(said), values)


def _peripheral(kind: str, found: dict[str, Any]) -> Peripheral:
    said = found.get("status")
    status = said if isinstance(said, dict) else {}
    return Peripheral(
        kind,
        _text(found.get("name"))[:NAME_MAX],
        status.get("connected") is True,
        status.get("claimed") is True,
        _text(found.get("keyPresses")),
        _text(found.get("weight"))[:NAME_MAX],
    )


def _scan(device: str, found: dict[str, Any]) -> Scan:
    return Scan(device[:NAME_MAX], _bytes(_text(found.get("data"))), _text(found.get("symbology"))[:NAME_MAX])


def _bytes(text: str) -> bytes:
    """Base64 read; letters that are none are taken as they are, as the oldest boards send them."""
    try:
        return binascii.a2b_base64(text.encode(), strict_mode=True)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")
