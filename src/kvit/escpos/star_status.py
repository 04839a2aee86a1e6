"""Star's automatic status (ASB): what a Star printer says of itself, in nine bytes as a rule.

By the STAR Line Mode Command Specifications, "Status": two header bytes, then the printer's state from the third byte
on. The first one counts: bits 5, 3, 2, 1 are the number of bytes, bit 0 is 1, bits 7 and 4 are 0 (``23`` is nine bytes,
``0F`` seven). Printers that poll (CloudPRNT) send it as hex digits with spaces between, leading noughts left out: ``23
6 0 0 0 0 0 0 0``.

Left out: presenters, black marks, the version in the second byte. Only a device would teach on which side the
drawer's switch is closed (`StarStatus.drawer_switch`): that depends on the drawer.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.wire import WireError

BYTES_MIN: Final = 6
"""Up to the paper sensors; shorter ones say nothing of paper."""
BYTES_MAX: Final = 15
"""What four bits count to."""
TEXT_MAX: Final = 3 * BYTES_MAX
"""Letters of the hex form."""
HEADER: Final = bytes((0x23, 0x06))


class StarStatus(msgspec.Struct, frozen=True):
    """The state of a Star printer; the fields' bits stand in `_BITS`."""

    offline: bool = False
    cover_open: bool = False
    drawer_switch: bool = False
    """The compulsion switch is closed; which side of a drawer that is, its cable decides."""
    overheated: bool = False
    fatal_error: bool = False
    cutter_error: bool = False
    mechanical_error: bool = False
    buffer_overflow: bool = False
    presenter_jam: bool = False
    head_up: bool = False
    paper_end: bool = False
    paper_near_end: bool = False
    finished: int = 0
    """How many documents ended (ETB), modulo 32."""

    @property
    def error(self) -> str:
        """The error that stops printing, in a word; empty: none."""
        return next((name for name in _ERRORS if getattr(self, name)), "")


_ERRORS: Final = (
    "fatal_error", "mechanical_error", "cutter_error", "presenter_jam", "head_up", "overheated", "buffer_overflow",
)  # fmt: skip
_BITS: Final = {
    "cover_open": (2, 5),
    "offline": (2, 3),
    "drawer_switch": (2, 2),
    "overheated": (3, 6),
    "fatal_error": (3, 5),
    "cutter_error": (3, 3),
    "mechanical_error": (3, 2),
    "buffer_overflow": (4, 6),
    "presenter_jam": (4, 2),
    "head_up": (4, 1),
    "paper_end": (5, 3),
    "paper_near_end": (5, 2),
}
"""Place of the byte from 0, and its bit."""
_NEAR_END_OUTER: Final = (5, 1)
"""A second sensor on some models: near the end as well."""
_COUNTER: Final = ((7, 1), (7, 2), (7, 3), (7, 5), (7, 6))
"""The bits of the count of documents, lowest first."""


def length_of(header: int) -> int:
    """How many bytes a status has by its first byte; 0: it is no first byte."""
    if header & 0x91 != 0x01:
        return 0
    return (header >> 1 & 0x07) | (header >> 2 & 0x08)


def read(data: bytes) -> StarStatus:
    """Read a status; bytes behind the ones known are passed over. Raises `WireError`."""
    if len(data) < BYTES_MIN or not length_of(data[0]):
        raise WireError("this is no automatic status of a Star printer", data)
    found = {name: bool(data[at] >> bit & 1) for name, (at, bit) in _BITS.items()}
    at, bit = _NEAR_END_OUTER
    found["paper_near_end"] |= bool(data[at] >> bit & 1)
    counted = (
        sum((data[at] >> bit & 1) << n for n, (at, bit) in enumerate(_COUNTER)) if len(data) > _COUNTER[0][0] else 0
    )
    return StarStatus(**found, finished=counted)


def write(status: StarStatus) -> bytes:
    """Give the nine bytes of a status; the twin of `read`."""
    data = bytearray(HEADER + bytes(7))
    for name, (at, bit) in _BITS.items():
        data[at] |= bool(getattr(status, name)) << bit
    for n, (at, bit) in enumerate(_COUNTER):
        data[at] |= (status.finished >> n & 1) << bit
    return bytes(data)


def read_text(text: str) -> StarStatus:
    """Read the hex form of polls. Raises `WireError`."""
    try:
        data = bytes(int(word, 16) for word in text[:TEXT_MAX].split())
    except ValueError:
        raise WireError(
            "a status is hexadecimal bytes with spaces", text[:TEXT_MAX].encode("utf-8", "replace")
        ) from None
    return read(data)


def write_text(status: StarStatus) -> str:
    """Write the hex form of polls, as printers do: leading noughts left out, a space behind each byte."""
    return "".join(f"{byte:x} " for byte in write(status))
