"""365 (365智能云打印, devices "kdt…"): what it answers, and what else it is asked.

Source: the maker's page for S1 2.0, as published programs quote it. Every answer is ``{"responseCode": 0, "msg": …}``; the
same numbers mean other things by question. 0 to 3 to an order: it has it, never send it again, not even out of paper or
off line. 15 says "the order is there already" and not by what it knows; nobody knows then. No key of ours, no taking back,
no TLS: key and text go in clear.
"""

from __future__ import annotations

from typing import Final

from kvit.device.adapters.clouds import CLOUDS, Paper, Request, wifi365_form
from kvit.device.cloud.push.model import (
    UNREAD,
    Answer,
    Call,
    Progress,
    Service,
    Standing,
    Took,
    Went,
    by_status,
    fields_of,
    number,
    order_of,
)
from kvit.net import Reply

CODES: Final = {
    0: Took.PRINTED,
    1: Took.TAKEN,
    2: Took.TAKEN,  # no paper
    3: Took.TAKEN,  # off line
    10: Took.UNSURE,  # "internal server error"
    11: Took.CLOSED,  # a parameter
    12: Took.CLOSED,  # no such printer
    13: Took.CLOSED,  # not allowed to print there
    14: Took.CLOSED,
    15: Took.PRESENT,
}
"""``responseCode`` of addOrder."""
WENT: Final = {
    0: Progress(Went.PRINTED),
    1: Progress(Went.WAITING),
    2: Progress(Went.WAITING, "paper"),
    3: Progress(Went.WAITING, "away"),
    16: Progress(Went.LOST),
}
STANDINGS: Final = {0: Standing("up", "ok"), 2: Standing("up", "out"), 3: Standing("down")}


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["365wifi"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, _call: Call) -> Answer:
    fields = fields_of(reply)
    if fields is None:
        return by_status(reply)
    code = number(fields.get("responseCode"))
    if code is None:
        return UNREAD
    took, order = CODES.get(code, Took.REFUSED), order_of(fields.get("orderindex"))
    if took in (Took.TAKEN, Took.PRINTED):
        return Answer(took, order) if order or took is Took.PRINTED else UNREAD
    return Answer(took, reason=f"code {code}")


def _about(call: Call, order: str) -> Request:
    return wifi365_form(call.path, call.account, "queryOrder", {"orderindex": order})


def _went(reply: Reply) -> Progress:
    code = number((fields_of(reply) or {}).get("responseCode"))
    return Progress(Went.UNSURE) if code is None else WENT.get(code, Progress(Went.UNSURE))


def _stand(call: Call) -> Request:
    return wifi365_form(call.path, call.account, "queryPrinterStatus", {})


def _stood(reply: Reply) -> Standing:
    code = number((fields_of(reply) or {}).get("responseCode"))
    return Standing() if code is None else STANDINGS.get(code, Standing())


WIFI365: Final = Service("365wifi", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood)
