"""What goes over the broker: topics and the JSON in them. Pure.

Star CloudPRNT Protocol Guide 2.4, "MQTT Message Topic Specification" and "MQTT Message Payload Specification"; where
the public text ends, Star's sample server. Topics are ``PREFIX/to-device/MAC/METHOD`` and
``PREFIX/to-server/MAC/METHOD``, the MAC in small letters with colons. A printer remembers its last ten job tokens: the
same again is answered by a print-result that it is a duplicate and was not printed, so a message that may have been
lost can be sent again.

Not proven: the number of that answer's status code is not public, so it is known by its word. Left out:
``claim-barcode-reader``, ``output-to-display``, ``apply-starconfiguration`` (their payloads are not public either).
"""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec

from kvit.device.cloud.cloudprnt import media
from kvit.device.cloud.cloudprnt.answer import Ask
from kvit.device.cloud.cloudprnt.codes import Code, read_code
from kvit.device.cloud.cloudprnt.media import Extras
from kvit.device.cloud.cloudprnt.poll import NAME_MAX, POLL_BYTES_MAX, Poll, mac_of, poll_of

RAW_BYTES_MAX: Final = 64 << 10
"""Of a job that goes through the broker whole: brokers in clouds take 128 KB a message, base64 makes four of three."""
DUPLICATE: Final = "duplicat"
METHOD_MAX: Final = 40


class Heard(msgspec.Struct, frozen=True):
    """A message from a printer: exactly one of the last three is there."""

    mac: str
    """Twelve digits, from the topic."""
    poll: Poll | None = None
    """``client-status``: the same words as a poll."""
    result: Result | None = None
    """``print-result``."""
    gone: bool = False
    """``client-will``: it was switched off, or the broker lost it."""


class Result(msgspec.Struct, frozen=True):
    """What became of a job."""

    token: str
    succeeded: bool
    code: Code

    @property
    def is_duplicate(self) -> bool:
        """The printer had this token before, and printed nothing now."""
        return DUPLICATE in self.code.text.lower()


def colons(mac: str) -> str:
    """A MAC as it stands in topics."""
    return ":".join(mac[at : at + 2] for at in range(0, 12, 2))


def to_device(prefix: str, mac: str, method: str) -> str:
    """Where a printer hears."""
    return f"{prefix}/to-device/{colons(mac)}/{method}"


def from_devices(prefix: str) -> str:
    """All that printers say, as a subscription."""
    return f"{prefix}/to-server/#"


def request(method: str) -> bytes:
    """``request-post``, ``request-client-status``, ``request-get-server-info``: nothing but the title."""
    return msgspec.json.encode({"title": method})


def client_action(asks: tuple[Ask, ...]) -> bytes:
    """``order-client-action``: what a poll's answer asks otherwise."""
    asked = [{"request": each.request, "options": each.options} for each in asks]
    return msgspec.json.encode({"title": "order-client-action", "clientAction": asked})


def print_job(token: str, media_type: str, data: bytes, extras: Extras, url: str = "") -> bytes:
    """``print-job``; with a URL the printer fetches the data there."""
    said: dict[str, Any] = {
        "title": "print-job",
        "jobToken": token,
        "jobType": "url" if url else "raw",
        "mediaTypes": [media_type],
    }
    said["printData"] = url or (data.decode() if media_type == media.TEXT else base64.b64encode(data).decode())
    if media_type in media.BARE:
        said["printerControl"] = control(extras)
    return msgspec.json.encode(said)


def control(extras: Extras) -> dict[str, Any]:
    """What is told beside bare types. Only the cutter's words are public: the drawer is opened by commands alone."""
    return {"cutter": {"type": extras.cut or "none", "feed": True}}


def read(prefix: str, topic: str, payload: bytes) -> Heard | None:
    """Read a message; None: it is none of a printer's (another topic, no JSON, too long, another method)."""
    head, _, rest = topic.partition(f"{prefix}/to-server/")
    place, _, method = rest.partition("/")
    mac = mac_of(place)
    if head or not mac or len(method) > METHOD_MAX or len(payload) > POLL_BYTES_MAX:
        return None
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    if method == "client-status":
        return Heard(mac, poll=poll_of(found))
    if method == "print-result":
        return Heard(mac, result=_result(found))
    return Heard(mac, gone=True) if method == "client-will" else None


def _result(found: dict[str, Any]) -> Result:
    token, code = found.get("jobToken"), found.get("statusCode")
    return Result(
        token[:NAME_MAX] if isinstance(token, str) else "",
        found.get("printSucceeded") is True,
        read_code(code if isinstance(code, str) else str(code) if isinstance(code, int) else ""),
    )
