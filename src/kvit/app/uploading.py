"""A station's sender: takes news from the outbox to the server, in order, for as long as the shop runs.

One batch is under way at a time. What the server answers is compared with what was sent (`kvit.chain.outbox.answered`) and
only then counted as told. While the line is down it tries again after 0.5, 1, 2 … up to `AGAIN_MAX_S` seconds; the shop
works on. Every `SPEAK_S` it says how it stands, also when there is no news, so that the server can tell a quiet station
from a dead one. Waiting is by the loop's clock: a wall clock that jumps delays nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kvit import __version__
from kvit.app import centre as centres
from kvit.app.centre import Asking, Centre, Lost
from kvit.app.log import Log
from kvit.chain import outbox, wire
from kvit.chain.model import BATCH_BYTES, EPOCH_BYTES, MARK_BYTES, Answer, Batch, LineTold, News, Told, Waiting
from kvit.chain.outbox import Heard
from kvit.db import Database, Tx
from kvit.refusal import Refusal

SPEAK_S = 30.0
AGAIN_FIRST_S = 0.5
AGAIN_MAX_S = 30.0
"""A shop whose line comes back waits that long at most; a server that comes back meets its stations spread over it."""
DAY_MS = 24 * 3600 * 1000
NEWS_PATH, STATE_PATH = "/api/v1/station/news", "/api/v1/station/state"

Compose = Callable[[Tx, str, str], msgspec.Struct | None]
"""Puts together what is to be said of a subject now, by shop and key; None where nothing is left to say."""
Everything = Callable[[Tx], Iterable[tuple[str, str]]]


class Spoken(msgspec.Struct, frozen=True):
    """The server's answer to a heartbeat."""

    version: str = ""
    public_url: str = ""
    shop_name: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the station stands with its server."""

    contact_ms: int = 0
    """When it last answered (wall clock; 0: not since the start)."""
    trouble: str = ""
    """What went wrong since: a refusal's code, or the wire's word."""
    sent: int = 0
    """News taken by the server since the start."""


class Uploading:
    """Sends until stopped."""

    def __init__(
        self, db: Database, shop: str, folder: Path, kinds: Mapping[str, Compose], everything: Everything, asking: Asking,
        random: Callable[[int], bytes], clock: Callable[[], float], log: Log, keep_days: int = 30,
        lines: Callable[[], Sequence[LineTold]] = tuple,
    ) -> None:  # fmt: skip
        self.standing = Standing()
        self._db, self._shop, self._folder, self._kinds, self._everything = db, shop, folder, kinds, everything
        self._asking, self._random, self._clock, self._log = asking, random, clock, log
        self._keep_ms, self._lines = keep_days * DAY_MS, lines
        self._task: asyncio.Task[None] | None = None
        self._server_version: str | None = None
        self._told_backlog = 0
        self._empty = True

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what is under way is told again at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def mark(self) -> str:
        """Give a fresh mark."""
        return self._random(MARK_BYTES).hex()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        again_s, speak_at = AGAIN_FIRST_S, loop.time()
        with self._db.listen(outbox.TOPIC) as news:
            heard = aiter(news)
            while True:
                try:
                    if loop.time() >= speak_at:
                        went, speak_at = await self.speak(), loop.time() + SPEAK_S
                    else:
                        went = True
                    more = went and await self.send()
                    trouble = bool(self.standing.trouble)
                except Exception as error:
                    self._log("chain.not_sent", {"error": f"{type(error).__name__}: {error}"})
                    more, trouble = False, True
                if more:
                    again_s = AGAIN_FIRST_S
                elif trouble:
                    await asyncio.sleep(again_s)
                    again_s = min(again_s * 2, AGAIN_MAX_S)
                    speak_at = min(speak_at, loop.time())  # what begins again begins with how it stands
                else:
                    again_s = AGAIN_FIRST_S
                    if (
                        self._told_backlog and self._empty
                    ):  # it is gone: whoever looks at the station's row should see that
                        speak_at = loop.time()
                        continue
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(anext(heard), max(0.0, speak_at - loop.time()))

    async def send(self) -> bool:
        """Send one batch; say whether to go on at once."""
        centre = centres.read(self._folder)
        if centre is None or not centre.station:
            return self._fails("chain.not_paired")
        waiting = await self._db.read(outbox.waiting)
        self._empty = waiting is None or not waiting.news
        if waiting is None or not waiting.news:
            return False
        batch = await self._db.read(composed, self._shop, waiting, self._kinds)
        body = await asyncio.to_thread(wire.packed, batch)
        answer = await centres.ask(self._asking, centre, NEWS_PATH, body, Answer, media_type="application/octet-stream")
        if isinstance(answer, Lost):
            return self._fails(answer.why)
        if isinstance(answer, Refusal):
            return self._fails(answer.code)
        heard = await self._db.write(outbox.answered, answer, self._now_ms())
        if heard is Heard.FORKED:
            self._log("chain.begun_again", {"epoch": waiting.epoch, "received": answer.received})
            await self._db.write(
                outbox.begin, self._random(EPOCH_BYTES).hex(), self._everything, self.mark, self._now_ms()
            )
        elif heard is Heard.BACK:
            self._log("chain.server_lost", {"from": answer.received + 1, "to": waiting.after})
        for one in answer.refused:
            self._log("chain.news_refused", {"n": one.n, "code": one.code})
        sent = max(0, answer.received - waiting.after)
        self._does_well(sent)
        return sent > 0 or heard is not Heard.ON

    async def speak(self) -> bool:
        """Say how this station stands; say whether the server heard it."""
        centre = centres.read(self._folder)
        if centre is None or not centre.station:
            return self._fails("chain.not_paired")
        waits = await self._db.read(outbox.backlog)
        told = Told(__version__, waits.count, waits.oldest_ms, waits.refused, self._now_ms(), tuple(self._lines()))
        answer = await centres.ask(self._asking, centre, STATE_PATH, msgspec.json.encode(told), Spoken)
        if isinstance(answer, Lost):
            return self._fails(answer.why)
        if isinstance(answer, Refusal):
            return self._fails(answer.code)
        self._told_backlog = waits.count
        if self._server_version not in (None, answer.version):
            await self._db.write(outbox.retry_refused, self.mark, self._now_ms())
        self._server_version = answer.version
        await self._db.write(outbox.prune, self._now_ms() - self._keep_ms)
        self._renew(centre, answer)
        self._does_well(0)
        return True

    def _renew(self, centre: Centre, answer: Spoken) -> None:
        """Keep where customers' links lead now."""
        now = msgspec.structs.replace(
            centre, public_url=answer.public_url or centre.public_url, shop_name=answer.shop_name or centre.shop_name
        )
        if now != centre:
            centres.write(self._folder, now)

    def _does_well(self, sent: int) -> None:
        self.standing = Standing(self._now_ms(), "", self.standing.sent + sent)

    def _fails(self, trouble: str) -> bool:
        if trouble != self.standing.trouble:
            self._log("chain.no_contact", {"trouble": trouble})
        self.standing = replace(self.standing, trouble=trouble)
        return False


def composed(tx: Tx, shop: str, waiting: Waiting, kinds: Mapping[str, Compose]) -> Batch:
    """Put a batch together from what is so now; what is told twice in it is told the first time.

    Where it gets long it ends early: a slow line gets through with less.
    """
    told: set[tuple[str, str]] = set()
    news: list[News] = []
    size = 0
    for n, mark, kind, subject in waiting.news:
        body = None
        if (kind, subject) not in told and kind in kinds:
            told.add((kind, subject))
            body = kinds[kind](tx, shop, subject)
        raw = msgspec.json.encode(body)
        if news and size + len(raw) > BATCH_BYTES:
            break
        size += len(raw)
        news.append(News(n, mark, kind, subject, msgspec.Raw(raw)))
    return Batch(waiting.epoch, waiting.after, waiting.after_mark, tuple(news))
