"""Sunmi's cloud, version 2 (NT21x, NT31x, NT32x; "direct push"): what it answers, and what else it is asked.

Source: developer.sunmi.com, "cloud printer, 3: interfaces" (2026-04) with its two tables of codes: the gateway's, where
10000 is good, and the printers', where 1 is. ``trade_no`` is ours, 32 letters at most, and known once for ever: a second
time is 10071705 ("order has been pushed"), and printStatus takes it, so an order whose answer was lost is asked for by our
key. ``is_print`` 0 not yet, 1 printed, 2 deleted. The printer is told to be on line or not; paper and cover are not told.
50000, 50001 and 10071500 are errors of the server: nobody knows. 20001 means that our clock and Sunmi's differ.

Left out: version 1 (form and MD5, for old devices) and voices. Printers that fetch from us: `kvit.device.cloud.sunmi`.
"""

from __future__ import annotations

from typing import Any, Final

from kvit.device.adapters.clouds import CLOUDS, Paper, Request, device_of, sunmi_json
from kvit.device.cloud.push.model import (
    Answer,
    Call,
    Progress,
    Recover,
    Service,
    Standing,
    Took,
    Went,
    coded,
    fields_of,
    number,
)
from kvit.net import Reply

GOOD: Final = (1, 10000)
UNKNOWN_ORDER: Final = 10071706
CODES: Final = {
    1: Took.TAKEN,
    10000: Took.TAKEN,
    20000: Took.CLOSED,  # a header is missing
    20001: Took.CLOSED,  # too old: the clock
    30000: Took.CLOSED,  # the application, or this address is not on its white list
    30001: Took.CLOSED,  # the application may not print
    40000: Took.CLOSED,  # the signature
    50000: Took.UNSURE,
    50001: Took.UNSURE,
    10071400: Took.REFUSED,  # a parameter
    10071500: Took.UNSURE,
    10071701: Took.CLOSED,  # no such printer
    10071704: Took.CLOSED,  # another partner's printer
    10071705: Took.PRESENT,
    10071707: Took.CLOSED,
}
"""``code`` of pushContent."""
WENT: Final = {0: Went.WAITING, 1: Went.PRINTED, 2: Went.GONE}
STANDINGS: Final = {0: Standing("down"), 1: Standing("up")}


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["sunmi"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, call: Call) -> Answer:
    """The order is named by our own key; an answer that names another one is not believed."""

    def accepted(fields: dict[str, Any]) -> Answer:
        data = fields.get("data")
        named = data.get("trade_no", call.moment.job) if isinstance(data, dict) else call.moment.job
        return Answer(Took.TAKEN, call.moment.job) if named == call.moment.job else Answer(Took.UNSURE, reason="answer")

    return coded(reply, "code", CODES, accepted)


def _about(call: Call, order: str) -> Request:
    return sunmi_json(call.path, call.account, call.moment, "ticket/printStatus", {"trade_no": order})


def _went(reply: Reply) -> Progress:
    fields = fields_of(reply) or {}
    code, data = number(fields.get("code")), fields.get("data")
    if code == UNKNOWN_ORDER:
        return Progress(Went.LOST)
    state = number(data.get("is_print")) if code in GOOD and isinstance(data, dict) else None
    return Progress(Went.UNSURE if state is None else WENT.get(state, Went.UNSURE))


def _found(reply: Reply, key: str) -> Progress:
    progress = _went(reply)
    return Progress(progress.went, order=key)


def _stand(call: Call) -> Request:
    return sunmi_json(call.path, call.account, call.moment, "device/onlineStatus", {"sn": device_of(call.path)})


def _stood(reply: Reply) -> Standing:
    fields = fields_of(reply) or {}
    data = fields.get("data")
    listed = data.get("list") if number(fields.get("code")) in GOOD and isinstance(data, dict) else None
    first = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
    online = number(first.get("is_online")) if isinstance(first, dict) else None
    return Standing() if online is None else STANDINGS.get(online, Standing())


def _clear(call: Call) -> Request:
    return sunmi_json(call.path, call.account, call.moment, "device/clearPrintJob", {"sn": device_of(call.path)})


def _done(reply: Reply) -> bool:
    return number((fields_of(reply) or {}).get("code")) in GOOD


def digits(chance: bytes) -> str:
    """Six digits."""
    return f"{int.from_bytes(chance[:8], 'big') % 1_000_000:06d}"


SUNMI: Final = Service(
    "sunmi", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood, find=_about, found=_found,
    recover=Recover.AGAIN, clear=_clear, done=_done, nonce=digits,
)  # fmt: skip
