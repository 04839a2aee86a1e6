"""Xpyun (芯烨云, Xprinter's cloud): what it answers, and what else it is asked.

Sources: www.xpyun.net/open, its published sample programs and its table of codes. Every answer is
``{"code": 0, "msg": "ok", "data": …}``. ``mode`` 0: an order for a printer that is off line (30 s of silence) is refused
(1003) and not kept, so Kvit keeps it. ``idempotent`` (50 letters at most): a key is taken once, a second time is 1013; that
answer does not name the order, so it can not be asked about and a person is. Left out: labels, voices, call-backs.
"""

from __future__ import annotations

from typing import Any, Final

from kvit.device.adapters.clouds import CLOUDS, Paper, Request, device_of, xpyun_json
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
    taken,
)
from kvit.net import Reply

UNKNOWN_ORDER: Final = 1005
CODES: Final = {
    0: Took.TAKEN,
    -1: Took.CLOSED,  # a header
    -2: Took.CLOSED,  # a parameter
    -3: Took.CLOSED,  # the signature
    -4: Took.CLOSED,  # the user
    1001: Took.CLOSED,  # another account's printer
    1002: Took.CLOSED,  # no such printer
    1003: Took.AWAY,
    1004: Took.REFUSED,  # tags it can not read
    1007: Took.REFUSED,  # more than 12 KiB
    1010: Took.CLOSED,  # no cloud printer's number
    1013: Took.PRESENT,
    1014: Took.REFUSED,  # a key of more than 50 letters
    1022: Took.CLOSED,  # a printer of another maker's account
}
"""``code`` of print."""
STANDINGS: Final = {0: Standing("down"), 1: Standing("up", "ok"), 2: Standing("up", error="abnormal")}
"""2 is mostly "no paper", but not said to be."""


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["xpyun"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, _call: Call) -> Answer:
    return coded(reply, "code", CODES, _accepted)


def _accepted(fields: dict[str, Any]) -> Answer:
    return taken(fields.get("data"))


def _about(call: Call, order: str) -> Request:
    return xpyun_json(call.path, call.account, call.moment, "queryOrderState", {"orderId": order})


def _went(reply: Reply) -> Progress:
    fields = fields_of(reply) or {}
    code, data = number(fields.get("code")), fields.get("data")
    if code == UNKNOWN_ORDER:
        return Progress(Went.LOST)
    if code != 0 or not isinstance(data, bool):
        return Progress(Went.UNSURE)
    return Progress(Went.PRINTED if data else Went.WAITING)


def _stand(call: Call) -> Request:
    return xpyun_json(call.path, call.account, call.moment, "queryPrinterStatus", {"sn": device_of(call.path)})


def _stood(reply: Reply) -> Standing:
    fields = fields_of(reply) or {}
    state = number(fields.get("data")) if number(fields.get("code")) == 0 else None
    return Standing() if state is None else STANDINGS.get(state, Standing())


def _clear(call: Call) -> Request:
    return xpyun_json(call.path, call.account, call.moment, "delPrinterQueue", {"sn": device_of(call.path)})


def _done(reply: Reply) -> bool:
    return number((fields_of(reply) or {}).get("code")) == 0


XPYUN: Final = Service(
    "xpyun", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood, recover=Recover.AGAIN,
    clear=_clear, done=_done,
)  # fmt: skip
