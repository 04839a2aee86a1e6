"""NFC Data Exchange Format: the text or link written on a tag.

NFC Forum: NDEF 1.0, RTD Text 1.0, RTD URI 1.0, RTD Smart Poster 1.0.

The first record that holds one of them counts. Left out: chunked records, signatures, application records.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kvit.wire import WireError

MESSAGE_BYTES_MAX: Final = 8192
"""The largest tags in use hold 8 KiB (NTAG I2C, DESFire EV1 8K)."""
RECORDS_MAX: Final = 32
DEPTH_MAX: Final = 2
"""A smart poster holds a message; in that there is none."""
CHUNKED, SHORT, HAS_ID, LAST = 0x20, 0x10, 0x08, 0x40
WELL_KNOWN, ABSOLUTE_URI = 1, 3
PREFIXES: Final = (
    "", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:", "ftp://anonymous:anonymous@",
    "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://", "ftp://", "dav://", "news:", "telnet://", "imap:", "rtsp://",
    "urn:", "pop:", "sip:", "sips:", "tftp:", "btspp://", "btl2cap://", "btgoep://", "tcpobex://", "irdaobex://",
    "file://", "urn:epc:id:", "urn:epc:tag:", "urn:epc:pat:", "urn:epc:raw:", "urn:epc:", "urn:nfc:",
)  # fmt: skip
"""What the first byte of a link's record stands for."""


class Written(NamedTuple):
    """What is written on a tag: ``uri`` or ``text``, and the words."""

    kind: str
    text: str


class Record(NamedTuple):
    """One record of a message."""

    format: int
    type: bytes
    payload: bytes


def written(message: bytes, depth: int = 1) -> Written | None:
    """Find the first text or link of a message; None where there is none. Raises WireError for what is no message."""
    for record in records(message):
        found = _read(record, depth)
        if found is not None:
            return found
    return None


def records(message: bytes) -> list[Record]:
    """Take a message apart. Raises WireError where a record goes beyond its end, or there are too many."""
    found: list[Record] = []
    at = 0
    while at < len(message):
        if len(found) == RECORDS_MAX:
            raise WireError("too many records", message, at)
        flags = message[at]
        if flags & CHUNKED:
            raise WireError("a chunked record", message, at)
        record, after = _record(message, at)
        found.append(record)
        at = after
        if flags & LAST:
            break
    return found


def _record(message: bytes, at: int) -> tuple[Record, int]:
    flags = message[at]
    size_bytes = 1 if flags & SHORT else 4
    type_at = at + 2 + size_bytes + (1 if flags & HAS_ID else 0)
    if type_at > len(message):
        raise WireError("a record without its head", message, at)
    size = int.from_bytes(message[at + 2 : at + 2 + size_bytes], "big")
    payload_at = type_at + message[at + 1] + (message[type_at - 1] if flags & HAS_ID else 0)
    after = payload_at + size
    if after > len(message):
        raise WireError("a record longer than its message", message, at)
    kind = message[type_at : type_at + message[at + 1]]
    return Record(flags & 7, kind, message[payload_at:after]), after


def _read(record: Record, depth: int) -> Written | None:
    if record.format == ABSOLUTE_URI:
        return Written("uri", record.type.decode("utf-8", "replace"))
    if record.format != WELL_KNOWN or not record.payload:
        return None
    if record.type == b"U":
        return _link(record.payload)
    if record.type == b"T":
        return _text(record.payload)
    if record.type == b"Sp" and depth < DEPTH_MAX:
        inside = [found for each in records(record.payload) if (found := _read(each, depth + 1))]
        links = [found for found in inside if found.kind == "uri"]
        return next(iter(links or inside), None)
    return None


def _link(payload: bytes) -> Written:
    prefix = PREFIXES[payload[0]] if payload[0] < len(PREFIXES) else ""
    return Written("uri", prefix + payload[1:].decode("utf-8", "replace"))


def _text(payload: bytes) -> Written:
    encoding = "utf-16" if payload[0] & 0x80 else "utf-8"  # UTF-16 without a mark is big-endian, says the standard
    words = payload[1 + (payload[0] & 0x3F) :]
    if encoding == "utf-16" and words[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-be"
    return Written("text", words.decode(encoding, "replace"))
