"""Services in the shop's own network: what a program on a terminal answers to a paper.

`wangpos`: a program on a WangPOS terminal takes the list of calls; any 2xx means it took them, and there is nothing more to
ask (class C). Its answer's body is not looked at. The protocol is ours: docs/protocols/adapters.md.
"""

from __future__ import annotations

from typing import Final

from kvit.device.adapters.clouds import CLOUDS, Paper, Request
from kvit.device.cloud.push.model import Answer, Call, Service, Took, by_status
from kvit.net import Reply


def _submit(call: Call, paper: Paper) -> Request:
    return CLOUDS["wangpos"].make(call.path, paper, call.account, call.moment)


def _submitted(reply: Reply, _call: Call) -> Answer:
    return Answer(Took.TAKEN) if 200 <= reply.status < 300 else by_status(reply)


WANGPOS: Final = Service("wangpos", _submit, _submitted, house=True)
