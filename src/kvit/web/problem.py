"""One shape for everything that goes wrong: RFC 9457 problem details with an id, never a trace.

``Problem`` is raised by the rim only (a path that is not there, a body that does not fit, a missing right); trades say
no by ``Refusal`` values, which ``status_of`` turns into a status. The id stands in the answer and in the log, so that a
person can read it out and somebody else can find what happened.
"""

from __future__ import annotations

import secrets

import msgspec
from starlette.responses import Response

from kvit.refusal import Refusal

MEDIA_TYPE = "application/problem+json"

PLACE_LETTERS_MAX = 200

STATUSES = {
    "unknown": 404,
    "job_unknown": 404,
    "no_source": 404,
    "printer_unknown": 404,
    "no_such_user": 404,
    "no_such_key": 404,
    "no_such_station": 404,
    "no_line": 404,
    "no_route": 404,
    "no_such_card": 404,
    "no_such_device": 404,
    "card_bad": 422,
    "station_unknown": 403,
    "batch_bad": 422,
    "told_sum": 422,
    "told_text": 422,
    "batch_long": 413,
    "not_allowed": 403,
    "cursor": 400,
    "job_document": 422,
    "text": 422,
    "script_unknown": 404,
    "script_failed": 422,
    "other_shop": 403,
    "job_order": 422,
    "body_unclear": 422,
    "endpoint_unknown": 404,
    "endpoint_url": 422,
    "endpoint_name": 422,
    "endpoint_event": 422,
    "too_many": 429,
    "too_many_to_one": 429,
    "too_many_tries": 429,
    "busy": 503,
}
"""By the last word of a refusal's code; any other is 409: the request was right and the state says no."""


class ProblemDetails(msgspec.Struct, omit_defaults=False):
    """What the API answers instead of what was asked for."""

    type: str
    title: str
    status: int
    id: str
    code: str
    detail: str = ""


class Problem(Exception):  # noqa: N818 - it is the RFC's word
    """A request that can not be answered: status, code (``web.…``), and what is wrong in our own words."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail


def status_of(refusal: Refusal) -> int:
    """Give the HTTP status of a refusal."""
    return STATUSES.get(refusal.code.rpartition(".")[2], 409)


def place_of(path: str) -> str:
    """Give an address as the log may hold it: who has a link sees a receipt, so no link is written down."""
    if path.startswith("/wallet/r/"):
        return "/wallet/r/*"
    return "/r/*" if path.startswith("/r/") else path[:PLACE_LETTERS_MAX]


def problem_id() -> str:
    """Make an id short enough to be read out."""
    return secrets.token_hex(6)


def problem_response(status: int, code: str, title: str, detail: str, id_: str) -> Response:
    """Answer with problem details."""
    details = ProblemDetails("about:blank", title, status, id_, code, detail)
    return Response(msgspec.json.encode(details), status, media_type=MEDIA_TYPE)
