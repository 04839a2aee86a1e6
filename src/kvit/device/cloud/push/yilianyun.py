"""Yilianyun (易联云; K2S, K3S, M1 and others): what it answers, and what else it is asked.

Sources: doc2.10ss.net and the older kancloud.cn/elind-dev pages. Every answer is
``{"error": "0", "error_description": "success", "body": …}``. The address has the interface's version before the device's
number: ``yilianyun+https://open-api.10ss.net/v2/4004563725``. ``origin_id`` is ours (64 letters at most); with
``idempotence`` 1 it is looked at, but what a second one is answered is not documented, so nothing is handed over twice: an
order whose answer was lost is looked for in the list of the latest orders. One order can be taken back. A cancelled order
is 2 in the question for one order; in the list it is "not printed", so there it proves nothing.

The access token of an application of one's own does not run out, but is given twenty times a day: see
`kvit.device.cloud.push.tokens`. Left out: applications for many merchants (the OAuth code), pictures, call-backs.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from kvit.device.adapters.clouds import CLOUDS, Paper, Request, device_of, yilianyun_form
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
    order_of,
    taken,
)
from kvit.net import Reply

STALE: Final = 18
CODES: Final = {
    0: Took.TAKEN,
    8: Took.CLOSED,  # no such printer
    10: Took.CLOSED,  # not allowed
    11: Took.CLOSED,  # the signature
    12: Took.CLOSED,  # a parameter is missing
    STALE: Took.STALE,
    19: Took.CLOSED,  # the application is not released
    33: Took.CLOSED,  # no UUID
}
"""``error`` of print/index."""
WENT: Final = {0: Went.WAITING, 1: Went.PRINTED, 2: Went.GONE}
STANDINGS: Final = {0: Standing("down"), 1: Standing("up", "ok"), 2: Standing("up", "out")}
LISTED: Final = 20
"""Orders of a page in which ours is looked for: a busy printer's last minutes. The service gives 100 at most."""


def uuid4(chance: bytes) -> str:
    """A UUID of version 4 out of 16 bytes of chance."""
    return str(UUID(bytes=chance[:16], version=4))


def token_request(call: Call) -> Request:
    """Ask for an access token, as an application of one's own (client credentials)."""
    fields = {"grant_type": "client_credentials", "scope": "all"}
    return yilianyun_form(call.path, call.account, call.moment, "oauth/oauth", fields)


def token_of(reply: Reply) -> str:
    """Read the access token; empty where none was given."""
    fields = fields_of(reply) or {}
    body = fields.get("body")
    return order_of(body.get("access_token")) if number(fields.get("error")) == 0 and isinstance(body, dict) else ""


def _ask(call: Call, verb: str, fields: dict[str, str | int]) -> Request:
    common = {"access_token": call.account.token, "machine_code": device_of(call.path)}
    return yilianyun_form(call.path, call.account, call.moment, verb, {**common, **fields})


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["yilianyun"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, _call: Call) -> Answer:
    return coded(reply, "error", CODES, _accepted)


def _accepted(fields: dict[str, Any]) -> Answer:
    body = fields.get("body")
    return taken(body.get("id") if isinstance(body, dict) else None)


def _body(reply: Reply) -> Any:
    fields = fields_of(reply) or {}
    return fields.get("body") if number(fields.get("error")) == 0 else None


def _about(call: Call, order: str) -> Request:
    return _ask(call, "printer/getorderstatus", {"order_id": order})


def _went(reply: Reply) -> Progress:
    body = _body(reply)
    state = number(body.get("status")) if isinstance(body, dict) else None
    return Progress(Went.UNSURE if state is None else WENT.get(state, Went.UNSURE))


def _find(call: Call, _key: str) -> Request:
    return _ask(call, "printer/getorderpaginglist", {"page_index": 1, "page_size": LISTED})


def _found(reply: Reply, key: str) -> Progress:
    body = _body(reply)
    if not isinstance(body, list):
        return Progress(Went.UNSURE)
    ours = [each for each in body if isinstance(each, dict) and each.get("origin_id") == key]
    if not ours or not order_of(ours[0].get("id")):
        return Progress(Went.LOST)
    printed = number(ours[0].get("status")) == 1
    return Progress(Went.PRINTED if printed else Went.WAITING, order=order_of(ours[0].get("id")))


def _stand(call: Call) -> Request:
    return _ask(call, "printer/getprintstatus", {})


def _stood(reply: Reply) -> Standing:
    body = _body(reply)
    state = number(body.get("state")) if isinstance(body, dict) else None
    return Standing() if state is None else STANDINGS.get(state, Standing())


def _drop(call: Call, order: str) -> Request:
    return _ask(call, "printer/cancelone", {"order_id": order})


def _clear(call: Call) -> Request:
    return _ask(call, "printer/cancelall", {})


def _done(reply: Reply) -> bool:
    return number((fields_of(reply) or {}).get("error")) == 0


YILIANYUN: Final = Service(
    "yilianyun", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood, find=_find, found=_found,
    recover=Recover.ASK, drop=_drop, clear=_clear, done=_done, nonce=uuid4, token=True,
)  # fmt: skip
