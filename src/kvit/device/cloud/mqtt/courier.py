"""The courier: brings printers their jobs by way of a broker, or rings for them to come.

``trigger``: when a job waits, ``request-post`` is published, the printer polls at once, and all else is HTTP. ``full``:
the job itself is published and the printer publishes what became of it. One job is in a printer at a time, begun
durably before it is published.

A message that may be lost because our connection broke is published again under the same token, when the printer's
status says that it is there to hear it: a printer prints a token once. Behind the printer's own disconnection it is not,
because it may have been off and its memory with it. When it answers that it had the token before, and then says that it
is well and not printing, and told of no trouble in between, the job is printed on its word (class B); otherwise nobody
knows.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from kvit.db import EVERYTHING
from kvit.device.cloud.cloudprnt import actions, media
from kvit.device.cloud.cloudprnt.ask import named
from kvit.device.cloud.cloudprnt.codes import OK, Code
from kvit.device.cloud.cloudprnt.guest import CALLS, LIVES_S, PRINT_S, Attempt, Guest
from kvit.device.cloud.cloudprnt.media import Extras
from kvit.device.cloud.cloudprnt.poll import Poll, mac_of
from kvit.device.cloud.cloudprnt.reception import Reception, is_ours
from kvit.device.cloud.door import Desk
from kvit.device.cloud.mqtt import words
from kvit.device.cloud.mqtt.link import Link
from kvit.device.cloud.mqtt.settings import MqttSettings, setting_for_printers
from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence
from kvit.device.spool.model import Heard as Told
from kvit.refusal import Refusal


class Courier:
    """All printers of a shop that hang on the broker. Call it on the event loop's thread."""

    def __init__(self, desk: Desk, reception: Reception, settings: MqttSettings, link: Link | None = None) -> None:
        """Take the reception that knows the printers, and the broker."""
        self._desk, self._reception, self._settings = desk, reception, settings
        topic = words.from_devices(settings.prefix)
        self.link = link or Link(settings, f"kvit-{desk.shop}", topic, desk.log)
        self._had: dict[str, str] = {}
        """By printer: the token it said it had before; its word that it is well is awaited."""
        self._unsure: set[str] = set()
        """Printers whose answer may have been lost with the broker; their next status has the job said again."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def setting(self, found: Guest, request: Request) -> bytes | None:
        """Tell a printer how it shall call."""
        mac = mac_of(request.query_params.get("mac", ""))
        if not mac or self._reception.stranger(found, mac, ""):
            return None
        await self._reception.learn(found, {"mac": mac, CALLS: self._settings.mode})
        return setting_for_printers(self._settings, LIVES_S)

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.link.run(self.came, self.connected))
                tasks.create_task(self._follow())
        finally:
            for task in self._tasks:
                task.cancel()

    async def _follow(self) -> None:
        with self._desk.db.listen(spool.TOPIC) as keys:
            async for key in keys:
                self._reception.handover.stir(key)
                for found in await self._those(key):
                    self._soon(found)

    async def _those(self, key: str) -> list[Guest]:
        """Printers of that name, or all, that hang on the broker."""
        db, shop = self._desk.db, self._desk.shop
        if key == EVERYTHING:
            known = await db.read(printers.printers, shop)
        else:
            one = await db.read(printers.printer, shop, key)
            known = [] if isinstance(one, Refusal) else [one]
        return [self._reception.named(each) for each in known if is_ours(each) and each.facts.get(CALLS)]

    def _soon(self, found: Guest) -> None:
        """Look after a printer without keeping the others waiting."""
        task = asyncio.create_task(self._send(found))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._desk.log("mqtt.failed", {"error": repr(task.exception())})

    async def _send(self, found: Guest) -> None:
        if found.attempt is not None or found.printer.held:
            return
        if found.facts.get(CALLS) == "trigger":
            if await self._reception.next(found) is not None:
                await self._publish(found, "request-post", words.request("request-post"))
        elif found.trouble == "":
            async with found.lock:
                await self._begin(found)

    async def _begin(self, found: Guest) -> None:
        """Hand over the next job: durable first, then published."""
        job = await self._reception.next(found) if found.attempt is None and self.link.is_up else None
        if job is None:
            return
        types, width_dots = found.types(job), found.width_dots(0)
        taken = await self._reception.handover.take(
            found.printer, job, Evidence.B, media_type=media.made_as(types[0]), width_dots=width_dots
        )
        if taken is None:
            return
        due_s = self._desk.monotonic() + PRINT_S
        self._unsure.discard(found.name)
        found.attempt = Attempt(taken.job, Evidence.B, types[0], taken.pressed, width_dots, due_s)
        await self._hand(found, found.attempt)

    async def _hand(self, found: Guest, attempt: Attempt) -> None:
        """Publish a job, for the first time or again: its token keeps it from being printed twice."""
        pressed = attempt.pressed
        extras = Extras(pressed.cut, pressed.pulse, pressed.beeps)
        url = ""
        if len(pressed.data) > words.RAW_BYTES_MAX and found.word:
            url = f"{self._desk.base_url}/cloudprnt/{found.word}"
        message = words.print_job(attempt.token, attempt.media_type, pressed.data, extras, url)
        if await self._publish(found, "print-job", message):
            await self._reception.handover.told(attempt.job.id, Told(Event.BYTES_OUT, attempt.pid))

    async def connected(self) -> None:
        """The broker is there (again): who is well is asked. What is said to a printer not yet back would be lost."""
        for found in await self._those(EVERYTHING):
            if found.facts.get(CALLS) == "full":
                self._unsure.add(found.name)
                await self._publish(found, "request-client-status", words.request("request-client-status"))
            else:
                self._soon(found)

    async def came(self, topic: str, payload: bytes) -> None:
        """A message came in; what is no printer's of ours is passed over."""
        heard = words.read(self._settings.prefix, topic, payload)
        found = None if heard is None else await self._guest(heard.mac)
        if heard is None or found is None:
            return
        if heard.gone:
            await self._gone(found)
        elif heard.poll is not None:
            await self._status(found, heard.poll)
        elif heard.result is not None:
            await self._result(found, heard.result)
        self._soon(found)

    async def _gone(self, found: Guest) -> None:
        """Switched off, or the broker lost it. Whether its memory of tokens is still there nobody knows: nothing is
        said again.
        """
        self._desk.board.change(found.name, link="down", busy=False)
        await self._reception.condition(found, "away")
        if found.attempt is not None:
            found.attempt.trouble = found.attempt.trouble or "away"

    async def _guest(self, mac: str) -> Guest | None:
        """The printer of a MAC that was told to call by the broker: the MAC was proven by the word in its URL then."""
        for found in self._reception.guests():
            if found.facts.get("mac") == mac and found.facts.get(CALLS) == "full":
                return found
        found_now = [each for each in await self._those(EVERYTHING) if each.facts.get("mac") == mac]
        return next((each for each in found_now if each.facts.get(CALLS) == "full"), None)

    async def _status(self, found: Guest, poll: Poll) -> None:
        await self._reception.heard(found, poll)
        now_s = self._desk.monotonic()
        if now_s - found.asked_s >= actions.ASK_AGAIN_S:
            found.asked_s = now_s
            await self._publish(found, "order-client-action", words.client_action(actions.asks()))
        attempt = found.attempt
        if attempt is not None and self._had.get(found.name) == attempt.token:
            await self._settle(found, attempt, poll)
        elif found.name in self._unsure:
            self._unsure.discard(found.name)
            if attempt is not None and not attempt.trouble:
                await self._hand(found, attempt)

    async def _settle(self, found: Guest, attempt: Attempt, poll: Poll) -> None:
        """It had the job before; now it says how it is."""
        if poll.printing is True or found.trouble:
            return
        del self._had[found.name]
        if attempt.trouble:
            await self._reception.lost(found, attempt, f"trouble meanwhile: {attempt.trouble}")
        else:
            await self._reception.ended(found, attempt, Code(OK, "had before"))

    async def _result(self, found: Guest, result: words.Result) -> None:
        attempt, wanted = found.attempt, named(result.token)
        if attempt is None or result.token != attempt.token:
            if wanted is not None and result.succeeded and not result.is_duplicate:
                await self._reception.late(found, wanted, result.code)
            return
        if result.is_duplicate:
            self._had[found.name] = attempt.token
            await self._publish(found, "request-client-status", words.request("request-client-status"))
            return
        believed = result.code if result.succeeded or result.code.family != 2 else Code(0, str(result.code))
        async with found.lock:
            await self._reception.ended(found, attempt, believed)

    async def _publish(self, found: Guest, method: str, message: bytes) -> bool:
        return await self.link.publish(
            words.to_device(self._settings.prefix, found.facts.get("mac", ""), method), message
        )
