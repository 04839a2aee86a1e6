"""What the clouds want to be asked: one HTTP request for a made receipt, as a value. Nothing is sent here.

``request_of(adapter, made, account, moment)`` gives the `Request`; time, nonce and the job's own id are given, so a request
is the same for the same job. Signatures are the pure functions below. Figures and fields: docs/protocols/adapters.md.

Keys come from the shop's configuration and stand in no address. 365 has no TLS and sends its key in clear; who sends a
receipt there has to know (`Cloud.plain`).

Left out: binding devices, asking for states, Yilianyun's token (it is fetched twenty times a day at most and kept).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import msgspec

from kvit.device.adapters.adapter import Adapter, Made
from kvit.device.adapters.kinds import KINDS
from kvit.paper.languages.epos_write import envelope

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json; charset=utf-8"
EPOS_TIMEOUT_MS: Final = 10_000
"""How long a TM waits for itself before it answers that it could not print."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: the names the clouds give are in docs/protocols/adapters.md. Never shown."""

    user: str = ""
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """Yilianyun's access token."""
    device_key: str = field(default="", repr=False)
    """365: the key on the printer's label."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What makes one asking differ from another, all given: seconds since 1970, chance, the job's id."""

    unix_s: int
    nonce: str = ""
    job: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: what stands behind the host, headers, body."""

    target: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One service. ``plain``: no TLS, keys and text travel in clear."""

    make: Callable[[str, Made, Account, Moment], Request]
    plain: bool = False
    host: str = ""
    """Its usual place, for the docs and the configuration."""


def sha1(*parts: str) -> str:
    """Feie and Xpyun: SHA-1 over user, key and time, small hex letters."""
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def md5(*parts: str) -> str:
    """Yilianyun: MD5 over client, time and secret, small hex letters."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def hmac_sha256(key: str, *parts: str) -> str:
    """Sunmi: HMAC-SHA256 over body, application, time and nonce, small hex letters."""
    return hmac.new(key.encode(), "".join(parts).encode(), hashlib.sha256).hexdigest()


def request_of(adapter: Adapter, made: Made, account: Account, moment: Moment) -> Request | None:
    """What to ask the adapter's cloud; None where the adapter has none or its bytes go over a wire."""
    kind, place = KINDS.get(adapter.name), adapter.transport_address
    if kind is None or place is None or not kind.cloud or place.kind not in ("http", "https"):
        return None
    return CLOUDS[kind.cloud].make(place.path, made, account, moment)


def _device(path: str) -> str:
    """The device's number is the last step of the path."""
    return path.rstrip("/").rpartition("/")[2]


def _form(target: str, fields: dict[str, str | int]) -> Request:
    return Request(target, {"Content-Type": FORM}, urlencode(fields).encode())


def _json(target: str, fields: dict[str, str | int], headers: dict[str, str] | None = None) -> Request:
    return Request(target, {"Content-Type": JSON, **(headers or {})}, msgspec.json.encode(fields))


def _feie(path: str, made: Made, account: Account, moment: Moment) -> Request:
    time = str(moment.unix_s)
    return _form(
        "/Api/Open/",
        {
            "user": account.user, "stime": time, "sig": sha1(account.user, account.key, time),
            "apiname": "Open_printMsg", "sn": _device(path), "content": made.data.decode(), "times": made.copies,
        },
    )  # fmt: skip


def _wifi365(path: str, made: Made, account: Account, _moment: Moment) -> Request:
    fields: dict[str, str | int] = {"deviceNo": _device(path), "key": account.device_key or account.key}
    return _form("/addOrder", fields | {"printContent": made.data.decode(), "times": made.copies})


def _yilianyun(path: str, made: Made, account: Account, moment: Moment) -> Request:
    time = str(moment.unix_s)
    head = f"<MN>{made.copies}</MN>" if made.copies > 1 else ""
    return _form(
        "/print/index",
        {
            "client_id": account.user, "access_token": account.token, "machine_code": _device(path),
            "content": head + made.data.decode(), "origin_id": moment.job, "timestamp": time,
            "sign": md5(account.user, time, account.key), "id": moment.nonce,
        },
    )  # fmt: skip


def _xpyun(path: str, made: Made, account: Account, moment: Moment) -> Request:
    time = str(moment.unix_s)
    return _json(
        "/api/openapi/xprinter/print",
        {
            "sn": _device(path), "content": made.data.decode(), "copies": made.copies, "user": account.user,
            "timestamp": time, "sign": sha1(account.user, account.key, time),
        },
    )  # fmt: skip


def _sunmi(path: str, made: Made, account: Account, moment: Moment) -> Request:
    body = {
        "sn": _device(path), "trade_no": moment.job, "content": made.data.hex(), "count": made.copies, "order_type": 1,
        "cycle": 1,
    }  # fmt: skip
    time = str(moment.unix_s)
    raw = msgspec.json.encode(body)
    sign = hmac_sha256(account.key, raw.decode(), account.user, time, moment.nonce)
    headers = {
        "Content-Type": JSON, "Source": "openapi", "Sunmi-Appid": account.user, "Sunmi-Timestamp": time,
        "Sunmi-Nonce": moment.nonce, "Sunmi-Sign": sign,
    }  # fmt: skip
    return Request("/v2/printer/open/open/device/pushContent", headers, raw)


def _wangpos(path: str, made: Made, _account: Account, moment: Moment) -> Request:
    """No cloud but a program on the terminal, which takes the list of calls as it is."""
    return Request(path or "/", {"Content-Type": JSON, "Idempotency-Key": moment.job}, made.data)


def _epos(path: str, made: Made, _account: Account, _moment: Moment) -> Request:
    target = path or f"/cgi-bin/epos/service.cgi?devid=local_printer&timeout={EPOS_TIMEOUT_MS}"
    return Request(target, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}, envelope(made.data))


CLOUDS: Final[dict[str, Cloud]] = {
    "feie": Cloud(_feie, host="api.feieyun.cn"),
    "365wifi": Cloud(_wifi365, plain=True, host="open.printcenter.cn:8080"),
    "yilianyun": Cloud(_yilianyun, host="open-api.10ss.net"),
    "xpyun": Cloud(_xpyun, host="open.xpyun.net"),
    "sunmi": Cloud(_sunmi, host="openapi.sunmi.com"),
    "wangpos": Cloud(_wangpos),
    "epos": Cloud(_epos),
}
