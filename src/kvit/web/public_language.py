"""A language somebody chose is kept in a cookie."""

from __future__ import annotations

from starlette.responses import Response

from kvit.web.door import LANGUAGE_AGE_S, LANGUAGE_COOKIE, Call, set_cookie


def remember_language(call: Call, response: Response) -> Response:
    """Keep the language of the address, where one stands there."""
    if "lang" in call.request.query_params:
        set_cookie(call.request, response, LANGUAGE_COOKIE, call.language, LANGUAGE_AGE_S)
    return response
