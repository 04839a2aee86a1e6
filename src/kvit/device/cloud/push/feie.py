"""Feie (飞鹅云): what it answers, and what else it is asked.

Sources: Feie's open platform (help.feieyun.com), its published samples with their answers. One address, ``apiname`` names
the question; every answer is ``{"ret": 0, "msg": "ok", "data": …}``, a ret that is not 0 means that nothing was done.
There is no key of ours: an order whose answer was lost can not be asked for, and a person is. ``expired`` is honoured:
behind it an order is thrown away unprinted.

The state of a printer is a sentence, in Chinese or English by account: off line after two minutes of silence; "not normal"
is mostly "no paper", but not said to be. Left out: adding printers, labels, the signed call-back (a public address is
needed, and the answer is the same).
"""

from __future__ import annotations

from typing import Any, Final

from kvit.device.adapters.clouds import CLOUDS, Paper, Request, device_of, feie_form
from kvit.device.cloud.push.model import (
    Answer,
    Call,
    Progress,
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

CODES: Final = {
    0: Took.TAKEN,
    -1: Took.CLOSED,  # no question of that name
    -2: Took.CLOSED,  # a parameter is empty; the user is not known
    -3: Took.CLOSED,  # the signature
    -4: Took.CLOSED,  # the user
    1001: Took.CLOSED,  # no such printer
    1002: Took.CLOSED,  # another account's printer
    1003: Took.AWAY,
}
"""``ret`` of Open_printMsg."""
STANDINGS: Final = (
    (("离线", "off-line", "offline"), Standing("down")),
    (("不正常", "abnormal", "not normal", "unusual"), Standing("up", error="abnormal")),
    (("正常", "normal"), Standing("up", "ok")),
)
"""Words in the sentence about a printer, the first that is in it counts."""


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["feie"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, _call: Call) -> Answer:
    return coded(reply, "ret", CODES, _accepted)


def _accepted(fields: dict[str, Any]) -> Answer:
    return taken(fields.get("data"))


def _about(call: Call, order: str) -> Request:
    return feie_form(call.path, call.account, call.moment, "Open_queryOrderState", {"orderid": order})


def _went(reply: Reply) -> Progress:
    fields = fields_of(reply) or {}
    data = fields.get("data")
    if number(fields.get("ret")) != 0 or not isinstance(data, bool):
        return Progress(Went.UNSURE)
    return Progress(Went.PRINTED if data else Went.WAITING)


def _stand(call: Call) -> Request:
    return feie_form(call.path, call.account, call.moment, "Open_queryPrinterStatus", {"sn": device_of(call.path)})


def _stood(reply: Reply) -> Standing:
    fields = fields_of(reply) or {}
    said = str(fields.get("data")).lower() if number(fields.get("ret")) == 0 else ""
    return next((standing for words, standing in STANDINGS if any(word in said for word in words)), Standing())


def _clear(call: Call) -> Request:
    return feie_form(call.path, call.account, call.moment, "Open_delPrinterSqs", {"sn": device_of(call.path)})


def _done(reply: Reply) -> bool:
    fields = fields_of(reply) or {}
    return number(fields.get("ret")) == 0 and fields.get("data") is True


FEIE: Final = Service(
    "feie", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood, clear=_clear, done=_done
)
