"""An Epson printer's own web service: ePOS-Print XML in SOAP, posted to the printer in the shop's network.

The answer comes when the paper is out (class B), and says how that ended: `kvit.device.cloud.sdp.verdict`, as for the same
printers when they call in. With the printer's spooler on it comes at once and means only "taken"; then the same service is
asked after the job by its name, with a print of nothing. A print of nothing without a name is answered with the printer's
state: the look before a job. Nothing is handed over again when an answer is lost: a repeated name is printed again.
Source: ePOS-Print XML User's Manual, "Using the Spooler Function".
"""

from __future__ import annotations

from typing import Final

from kvit.device.adapters.clouds import Paper, Request
from kvit.device.cloud.push.model import Answer, Call, Progress, Service, Standing, Took, Went, by_status
from kvit.device.cloud.sdp import response
from kvit.device.cloud.sdp.request import DEVICE, EMPTY
from kvit.device.cloud.sdp.response import Result
from kvit.device.cloud.sdp.status import values_of
from kvit.device.cloud.sdp.verdict import End, of_result
from kvit.net import Reply
from kvit.paper.languages import epos_names
from kvit.paper.languages.epos_write import escaped
from kvit.wire import WireError

TIMEOUT_MS: Final = 60_000
"""How long the printer may try, here and in the target; 5,000 to 300,000 are taken. A roll is changed in less."""
PATH: Final = "/cgi-bin/epos/service.cgi"
HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_TOOK: Final = {"full": Took.BUSY, "busy": Took.BUSY}
"""Of what the printer surely has not begun; for other reasons a person has to see to it."""


def letter(document: bytes, name: str = "", timeout_ms: int = TIMEOUT_MS) -> bytes:
    """Give the SOAP around an ``epos-print``; with a name, its header says it."""
    told = f"<devid>{DEVICE}</devid><timeout>{timeout_ms}</timeout><printjobid>{escaped(name)}</printjobid>"
    header = f'<s:Header><parameter xmlns="{epos_names.NAMESPACE}">{told}</parameter></s:Header>' if name else ""
    head = f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{epos_names.SOAP}">{header}<s:Body>'
    return head.encode("ascii") + document + b"</s:Body></s:Envelope>"


def _request(call: Call, document: bytes, name: str = "") -> Request:
    target = call.path or f"{PATH}?devid={DEVICE}&timeout={TIMEOUT_MS}"
    return Request(target, dict(HEADERS), letter(document, name))


def _submit(call: Call, paper: Paper) -> Request:
    return _request(call, paper.data, call.moment.job)


def _result(reply: Reply) -> Result | None:
    """The printer's result; None where there is none to read."""
    if not 200 <= reply.status < 300:
        return None
    try:
        return response.read(reply.body).results[0]
    except (WireError, IndexError):
        return None


def _submitted(reply: Reply, call: Call) -> Answer:
    result = _result(reply)
    if result is None:
        return by_status(reply)
    verdict = of_result(result)
    if verdict.end is End.PRINTED:
        return Answer(Took.PRINTED)
    if verdict.end in (End.SPOOLED, End.GOING):
        return Answer(Took.TAKEN, call.moment.job)
    if verdict.end is End.ABSENT:
        return Answer(_TOOK.get(verdict.reason, Took.CLOSED), reason=verdict.reason)
    return Answer(Took.REFUSED if verdict.end is End.REFUSED else Took.UNSURE, reason=verdict.reason)


def _about(call: Call, order: str) -> Request:
    return _request(call, EMPTY, order)


def _went(reply: Reply) -> Progress:
    result = _result(reply)
    if result is None:
        return Progress(Went.UNSURE)
    verdict = of_result(result, asked=True)
    if verdict.end is End.PRINTED:
        return Progress(Went.PRINTED)
    if verdict.end is not End.GOING:
        return Progress(Went.LOST)
    return Progress(Went.WAITING, "paper" if values_of(result.status).get("paper") == "out" else "")


def _stand(call: Call) -> Request:
    return _request(call, EMPTY)


def _stood(reply: Reply) -> Standing:
    result = _result(reply)
    if result is None:
        return Standing("up", error="error")
    told = values_of(result.status)
    if not told:
        reason = "" if result.success else of_result(result).reason
        return Standing("up", "out" if reason == "paper" else "unknown", "" if reason == "paper" else reason)
    error = "cover" if told["cover_open"] else str(told["error"])
    paper = str(told["paper"])
    idle = not told["online"] and not error and paper != "out"
    return Standing("up", paper, "offline" if idle else error)


EPOS: Final = Service(
    "epos", _submit, _submitted, about=_about, went=_went, stand=_stand, stood=_stood, house=True,
    work_s=TIMEOUT_MS / 1000,
)  # fmt: skip
