"""What the clouds want to be asked: one HTTP request for a made receipt, as a value. Nothing is sent here.

``request_of(adapter, made, account, moment)`` gives the `Request`; time, nonce and the job's own id are given, so a request
is the same for the same job. Signatures are the pure functions below. Figures and fields: docs/protocols/adapters.md.

Keys come from the shop's configuration and stand in no address. 365 has no TLS and sends its key in clear; who sends a
receipt there has to know (`Cloud.plain`).

What else the clouds are asked, and what their answers mean: `kvit.device.cloud.push`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlencode

import msgspec

from kvit.device.adapters.adapter import Adapter
from kvit.device.adapters.kinds import KINDS
from kvit.paper.languages.epos_write import envelope

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json; charset=utf-8"
Fields = Mapping[str, str | int]
FEIE_AHEAD_S_MAX: Final = 24 * 60 * 60 - 60
"""Feie: at most 24 hours; a minute for clocks that differ."""
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
    """Names the attempt, letters and digits, 32 at most (Sunmi): the key by which a service knows it again."""
    until_s: int = 0
    """Behind it the service shall not print any more, where it has a word for that; 0: for ever."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: what stands behind the host, headers, body."""

    target: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


class Paper(Protocol):
    """A made receipt, as far as services ask for it."""

    @property
    def data(self) -> bytes:
        """What the language wrote."""

    @property
    def copies(self) -> int:
        """How often it is to be printed."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One service. ``plain``: no TLS, keys and text travel in clear."""

    make: Callable[[str, Paper, Account, Moment], Request]
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


def request_of(adapter: Adapter, made: Paper, account: Account, moment: Moment) -> Request | None:
    """What to ask the adapter's cloud; None where the adapter has none or its bytes go over a wire."""
    kind, place = KINDS.get(adapter.name), adapter.transport_address
    if kind is None or place is None or not kind.cloud or place.kind not in ("http", "https"):
        return None
    return CLOUDS[kind.cloud].make(place.path, made, account, moment)


def device_of(path: str) -> str:
    """The device's number is the last step of the path."""
    return path.rstrip("/").rpartition("/")[2]


def base_of(path: str) -> str:
    """What stands before the device's number: a service's version, or a proxy's folder."""
    return path.rstrip("/").rpartition("/")[0]


def feie_form(path: str, account: Account, moment: Moment, name: str, fields: Fields) -> Request:
    """One of Feie's questions, by its ``apiname``."""
    time = str(moment.unix_s)
    signed = {"user": account.user, "stime": time, "sig": sha1(account.user, account.key, time), "apiname": name}
    return _form(base_of(path) + "/Api/Open/", {**signed, **fields})


def wifi365_form(path: str, account: Account, verb: str, fields: Fields) -> Request:
    """One of 365's questions. The key travels in clear."""
    keys = {"deviceNo": device_of(path), "key": account.device_key or account.key}
    return _form(f"{base_of(path)}/{verb}", {**keys, **fields})


def yilianyun_form(path: str, account: Account, moment: Moment, verb: str, fields: Fields) -> Request:
    """One of Yilianyun's questions; ``nonce`` is its ``id``, a UUID 4."""
    time = str(moment.unix_s)
    signed = {
        "client_id": account.user, "timestamp": time, "sign": md5(account.user, time, account.key), "id": moment.nonce,
    }  # fmt: skip
    return _form(f"{base_of(path)}/{verb}", {**signed, **fields})


def xpyun_json(path: str, account: Account, moment: Moment, verb: str, fields: Fields) -> Request:
    """One of Xpyun's questions."""
    time = str(moment.unix_s)
    signed = {"user": account.user, "timestamp": time, "sign": sha1(account.user, account.key, time)}
    return _json(f"{base_of(path)}/api/openapi/xprinter/{verb}", {**fields, **signed})


def sunmi_json(path: str, account: Account, moment: Moment, verb: str, fields: Fields) -> Request:
    """One of Sunmi's questions; ``nonce`` is six digits."""
    time, raw = str(moment.unix_s), msgspec.json.encode(fields)
    sign = hmac_sha256(account.key, raw.decode(), account.user, time, moment.nonce)
    headers = {
        "Content-Type": JSON, "Source": "openapi", "Sunmi-Appid": account.user, "Sunmi-Timestamp": time,
        "Sunmi-Nonce": moment.nonce, "Sunmi-Sign": sign,
    }  # fmt: skip
    return Request(f"{base_of(path)}/v2/printer/open/open/{verb}", headers, raw)


def _form(target: str, fields: Fields) -> Request:
    return Request(target, {"Content-Type": FORM}, urlencode(fields).encode())


def _json(target: str, fields: Fields) -> Request:
    return Request(target, {"Content-Type": JSON}, msgspec.json.encode(fields))


def _feie(path: str, made: Paper, account: Account, moment: Moment) -> Request:
    """``expired``: behind it the order is thrown away unprinted; at most a day ahead, or it is refused."""
    fields: dict[str, str | int] = {"sn": device_of(path), "content": made.data.decode(), "times": made.copies}
    until_s = min(moment.until_s, moment.unix_s + FEIE_AHEAD_S_MAX)
    return feie_form(
        path, account, moment, "Open_printMsg", {**fields, "expired": until_s} if until_s > moment.unix_s else fields
    )


def _wifi365(path: str, made: Paper, account: Account, _moment: Moment) -> Request:
    return wifi365_form(path, account, "addOrder", {"printContent": made.data.decode(), "times": made.copies})


def _yilianyun(path: str, made: Paper, account: Account, moment: Moment) -> Request:
    head = f"<MN>{made.copies}</MN>" if made.copies > 1 else ""
    fields: dict[str, str | int] = {
        "access_token": account.token, "machine_code": device_of(path), "content": head + made.data.decode(),
        "origin_id": moment.job, "idempotence": 1,
    }  # fmt: skip
    return yilianyun_form(path, account, moment, "print/index", fields)


def _xpyun(path: str, made: Paper, account: Account, moment: Moment) -> Request:
    """``mode`` 0: an absent printer's order is refused and not kept; ``idempotent``: taken once."""
    fields: dict[str, str | int] = {
        "sn": device_of(path), "content": made.data.decode(), "copies": made.copies, "mode": 0, "idempotent": moment.job,
    }  # fmt: skip
    return xpyun_json(path, account, moment, "print", fields)


def _sunmi(path: str, made: Paper, account: Account, moment: Moment) -> Request:
    fields: dict[str, str | int] = {
        "sn": device_of(path), "trade_no": moment.job, "content": made.data.hex(), "count": made.copies,
        "order_type": 1, "cycle": 1,
    }  # fmt: skip
    return sunmi_json(path, account, moment, "device/pushContent", fields)


def _wangpos(path: str, made: Paper, _account: Account, moment: Moment) -> Request:
    """No cloud but a program on the terminal, which takes the list of calls as it is."""
    return Request(path or "/", {"Content-Type": JSON, "Idempotency-Key": moment.job}, made.data)


def _epos(path: str, made: Paper, _account: Account, _moment: Moment) -> Request:
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
