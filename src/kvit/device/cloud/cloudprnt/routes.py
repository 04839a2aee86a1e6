"""CloudPRNT's paths behind the printers' door: ``/cloudprnt/{token}``, and ``/poll`` behind it for who likes a last word.

The printer's page gets one URL; POST polls, GET fetches, DELETE (or a GET with a bare ``delete``) confirms. The token
is in the path because firmware encodes a configured query. Every answer says ``no-store``: caches between have fed
printers old answers. A firmware with MQTT asks for ``cloudprnt-setting.json`` in place of the last segment first
(`kvit.device.cloud.mqtt`); 404 there means: HTTP only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kvit.device.cloud.cloudprnt import media
from kvit.device.cloud.cloudprnt.answer import CONTENT_TYPE, Answer, write_answer
from kvit.device.cloud.cloudprnt.ask import is_confirmation, read_confirmation, read_fetch
from kvit.device.cloud.cloudprnt.guest import CALLS, Guest
from kvit.device.cloud.cloudprnt.poll import POLL_BYTES_MAX, read_poll
from kvit.device.cloud.cloudprnt.reception import Handed, No, Reception, Scanned
from kvit.device.cloud.door import NO_STORE, BodyTooLong, Desk, body_of, nobody
from kvit.wire import WireError

PATH: Final = "/cloudprnt/{token}"
SETTING: Final = "cloudprnt-setting.json"
_JSON: Final = {**NO_STORE, "content-type": CONTENT_TYPE}

Setting = Callable[[Guest, Request], Awaitable[bytes | None]]
"""What a printer that asks how it shall call is answered; None: by HTTP only."""


def routes(desk: Desk, scanned: Scanned | None = None) -> Sequence[BaseRoute]:
    """Give the paths for a desk."""
    reception = Reception(desk, scanned)
    desk.watches.append(reception.watch)
    return paths(reception)


def paths(reception: Reception, setting: Setting | None = None) -> list[BaseRoute]:
    """Give the paths for a reception, which somebody else watches."""
    calls = Calls(reception, setting)
    methods = ["POST", "GET", "DELETE"]
    return [
        Route(f"/cloudprnt/{SETTING}", calls.setting, methods=["GET"]),
        Route(f"{PATH}/{SETTING}", calls.setting, methods=["GET"]),
        Route(PATH, calls.call, methods=methods),
        Route(f"{PATH}/poll", calls.call, methods=methods),
    ]


class Calls:
    """HTTP in, HTTP out."""

    def __init__(self, reception: Reception, setting: Setting | None) -> None:
        self._reception = reception
        self._setting = setting

    async def call(self, request: Request) -> Response:
        """Answer whatever a printer does at its URL."""
        found = await self._reception.guest(request.path_params["token"])
        if found is None:
            return nobody()
        if request.method == "POST":
            return await self._poll(found, request)
        if request.method == "DELETE" or is_confirmation(request.query_params):
            said = read_confirmation(request.query_params, request.headers)
            refused = await self._reception.confirm(found, said)
            return Response(status_code=200 if refused is None else refused, headers=NO_STORE)
        asked = read_fetch(request.query_params, request.headers)
        handed = await self._reception.fetch(found, asked, lambda: _is_there(request))
        return _refused(handed) if isinstance(handed, No) else self._job(handed)

    async def _poll(self, found: Guest, request: Request) -> Response:
        try:
            poll = read_poll(await body_of(request, POLL_BYTES_MAX))
        except (BodyTooLong, WireError):
            return _refused(No.NOT_READABLE)
        answer = await self._reception.poll(found, poll)
        return Response(write_answer(answer), headers=_JSON) if isinstance(answer, Answer) else _refused(answer)

    def _job(self, handed: Handed) -> Response:
        pressed = handed.pressed
        extras = media.Extras(pressed.cut, pressed.pulse, pressed.beeps)
        told = {**NO_STORE, "content-type": handed.media_type, **media.headers(handed.media_type, extras)}
        return Response(pressed.data, headers=told, background=BackgroundTask(self._reception.out, handed))

    async def setting(self, request: Request) -> Response:
        """Tell a printer how it shall call: the word is its path's last segment, or stands before."""
        token = request.path_params.get("token") or request.query_params.get("replaced_path", "")
        found = await self._reception.guest(token)
        if found is None:
            return nobody()
        if self._setting is None:
            await self._reception.learn(found, {CALLS: ""} if found.facts.get(CALLS) else {})
            return nobody()
        told = await self._setting(found, request)
        return nobody() if told is None else Response(told, headers=_JSON)


async def _is_there(request: Request) -> bool:
    return not await request.is_disconnected()


def _refused(why: No) -> Response:
    return Response(status_code=int(why), headers=NO_STORE)
