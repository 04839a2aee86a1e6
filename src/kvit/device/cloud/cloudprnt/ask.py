"""What a printer asks of us: its job (GET), and that it is done with it (DELETE, or GET with a bare ``delete``).

Star CloudPRNT Protocol Guide 2.4, "Print job requests (GET)", "Print job confirmation (DELETE)", "Client HTTP Request
Headers". The query names the printer (``mac``, ``uid``), the type it chose and, with newer firmware, the job
(``token``); newer firmware says the same in headers. A query's words go before headers. MAC and uid tell printers
apart; the secret is in the path.

Job tokens are ours: the job's id and the number of the attempt, so that a confirmation names what it confirms however
late it comes, and whatever became of this process in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from kvit.device.cloud.cloudprnt.actions import DOTS_MAX, dots_of
from kvit.device.cloud.cloudprnt.codes import Code, read_code
from kvit.device.cloud.cloudprnt.media import plain
from kvit.device.cloud.cloudprnt.poll import NAME_MAX, mac_of

_TOKEN: Final = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,8})")
ROWS_MAX: Final = 1_000_000
"""Of a picture a printer may say its memory takes: more is as good as no limit."""


class Named(msgspec.Struct, frozen=True):
    """A job token read: which attempt of which job."""

    job: str
    attempt: int


class Fetch(msgspec.Struct, frozen=True):
    """A printer wants its job."""

    media_type: str
    mac: str = ""
    uid: str = ""
    token: str = ""
    width_dots: int = 0
    """Printable dots it told; 0: nothing told."""
    rows_max: int = 0
    """The longest picture its memory takes, in rows; 0: nothing told."""
    serial: str = ""
    codepages: str = ""


class Confirmation(msgspec.Struct, frozen=True):
    """A printer is done with a job."""

    code: Code
    mac: str = ""
    uid: str = ""
    token: str = ""
    retry: int = 0
    """How often it said so before without an answer."""


def token_of(job: str, attempt: int) -> str:
    """Name an attempt; the twin of `named`."""
    return f"{job}-{attempt}"


def named(token: str) -> Named | None:
    """Read a job token; None: it is none of ours."""
    found = _TOKEN.fullmatch(token)
    return Named(found[1], int(found[2])) if found else None


def is_confirmation(query: Mapping[str, str]) -> bool:
    """Say whether a GET is a confirmation."""
    return "delete" in query


def read_fetch(query: Mapping[str, str], headers: Mapping[str, str]) -> Fetch:
    """Read a request for a job; whatever is missing or strange is as if it was not told."""
    return Fetch(
        media_type=plain(query.get("type", ""))[:NAME_MAX],
        **_who(query, headers),
        width_dots=dots_of(headers.get("x-star-print-width", ""), headers.get("x-star-horizontal-resolution", "")),
        rows_max=_whole(query.get("mono_len", ""), ROWS_MAX),
        serial=headers.get("x-star-serial-number", "")[:NAME_MAX],
        codepages=headers.get("x-star-accept-codepages", "")[: 4 * NAME_MAX],
    )


def read_confirmation(query: Mapping[str, str], headers: Mapping[str, str]) -> Confirmation:
    """Read a confirmation."""
    who = _who(query, headers)
    return Confirmation(read_code(query.get("code", "")), **who, retry=_whole(query.get("retry", ""), DOTS_MAX))


def _who(query: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "mac": mac_of(query.get("mac") or headers.get("x-star-mac", "")),
        "uid": (query.get("uid") or headers.get("x-star-id", ""))[:NAME_MAX],
        "token": (query.get("token") or headers.get("x-star-token", ""))[:NAME_MAX],
    }


def _whole(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
