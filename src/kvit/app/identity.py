"""Who stands at a till, as counters ask it: from this machine's own books, or from the server by the station's proxy.

A server that does not answer within `LIMITS` is away, and then the station decides what it can by itself
(`kvit.access.customers.proxy`): a customer at the till waits at most that long. Nothing is asked twice: a code that the
server used up while its answer was lost is believed by its signature.

What a station keeps over a restart (public key, revocations, the difference of the clocks) stands in `NAME` in its data
folder.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from kvit.access.customers import service as customers
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Known
from kvit.access.customers.proxy import Kept, Proxy
from kvit.access.session import Randomness
from kvit.app import centre as centres
from kvit.app.log import Log
from kvit.app.settings import Settings
from kvit.chain.settings import Role
from kvit.db import Database
from kvit.device.reader.model import Identity
from kvit.net import Ask, Failed, Limits, Reply, ask
from kvit.refusal import Refusal

Identify = Callable[[Identity], Awaitable[Known | Refusal]]
Asks = Callable[[Ask, Limits], Awaitable[Reply | Failed]]

NAME = "customers.station"
LIMITS = Limits(connect_s=1.5, silence_s=2.0, whole_s=2.5, answer_bytes=1 << 20)
REFRESH_S = 60.0
SALT_BYTES = 32
NOES = frozenset({
    "customers.unknown", "customers.code_bad", "customers.code_old", "customers.code_ended", "customers.code_used",
})  # fmt: skip
"""The server's own "no"; any other one is a trouble of the line."""


class _Identified(msgspec.Struct):
    token: str
    how: str
    revoked: dict[str, int]
    now: int


class _Keys(msgspec.Struct):
    public: str
    revoked: dict[str, int]
    now: int


class _No(msgspec.Struct):
    code: str = ""


def local(db: Database, keys: Keys, shop: str, clock: Callable[[], float]) -> Identify:
    """Recognise customers from this machine's own books."""

    async def identify(identity: Identity) -> Known | Refusal:
        kind = str(identity.kind)
        return await db.write(customers.identify, identity.value, kind, keys, int(clock()), shop)

    return identify


class Remote:
    """Recognises customers at a station. ``run`` keeps key and revocations fresh while the station lives."""

    def __init__(
        self,
        ask: Asks,
        server_url: str,
        station_key: str,
        folder: Path,
        shop: str,
        clock: Callable[[], float],
        randomness: Randomness,
        log: Log,
    ) -> None:
        self._ask = ask
        self._url = server_url.rstrip("/")
        self._headers = {"authorization": f"Bearer {station_key}", "content-type": "application/json"}
        self._path = folder / NAME
        self._clock = clock
        self._log = log
        self._proxy = Proxy(shop, randomness(SALT_BYTES), _read(self._path))

    async def identify(self, identity: Identity) -> Known | Refusal:
        """Say who presented something."""
        text, kind = identity.value, str(identity.kind)
        no = self._proxy.refuse(text, self._now())
        if no is not None:
            return no
        if not self._proxy.kept.public:
            await self.refresh()
        reply = await self._call("POST", "/api/v1/station/identify", msgspec.json.encode({"text": text, "kind": kind}))
        answer = _answer(reply, _Identified)
        if isinstance(answer, _Identified):
            self._settle(self._proxy.kept.public, answer.revoked, answer.now)
            known = self._proxy.took(text, kind, answer.how, answer.token, self._now())
            if isinstance(known, Known) or not await self.refresh():
                return known
            return self._proxy.took(text, kind, answer.how, answer.token, self._now())  # the server had new keys
        if isinstance(answer, Refusal):
            self._refused(text, kind, answer)
            return answer
        return self._proxy.offline(text, kind, self._now())

    async def refresh(self) -> bool:
        """Fetch the server's key and what is revoked; False when it is away."""
        answer = _answer(await self._call("GET", "/api/v1/station/identity", b""), _Keys)
        if isinstance(answer, Refusal):
            self._refused("", "", answer)
        if not isinstance(answer, _Keys):
            return False
        self._settle(answer.public, answer.revoked, answer.now)
        return True

    async def run(self) -> None:
        """Refresh for ever."""
        while True:
            await self.refresh()
            self._proxy.tidy(self._now())
            await asyncio.sleep(REFRESH_S)

    def _refused(self, text: str, kind: str, refusal: Refusal) -> None:
        """Hear a "no": nobody is known by this, or this station is let in no more and forgets all it knows."""
        if refusal.code == "customers.station_shut":
            self._log("identity.station_shut", {"server": self._url})
            self._proxy.shut()
            self._path.unlink(missing_ok=True)
        else:
            self._proxy.unknown(text, kind)

    def _settle(self, public: str, revoked: dict[str, int], server_now: int) -> None:
        before = self._proxy.kept
        kept = self._proxy.settle(public, revoked, server_now, self._now())
        if isinstance(kept, Refusal):
            self._log("identity.no_key", {"server": self._url})
        elif (kept.public, kept.revoked) != (before.public, before.revoked) or abs(kept.skew_s - before.skew_s) > 1:
            _write(self._path, kept)

    def _now(self) -> int:
        return int(self._clock())

    async def _call(self, method: str, path: str, body: bytes) -> Reply | Failed:
        plain = self._url.startswith("http://")
        return await self._ask(Ask(self._url + path, body, self._headers, method, plain=plain, house=True), LIMITS)


class Recognising:
    """Who stands at this machine's tills: by its own books, or as a paired station by its server."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        keys: Keys,
        log: Log,
        asks: Asks = ask,
        clock: Callable[[], float] = time.time,
    ) -> None:
        station = settings.chain.role is Role.STATION
        centre = centres.read(settings.folder) if station else None
        self._remote: Remote | None = None
        self._task: asyncio.Task[None] | None = None
        self.identify: Identify = local(db, keys, settings.shop.id, clock)
        if centre is not None and centre.station:
            self._remote = Remote(
                asks, centre.url, centre.key, settings.folder, centre.shop, clock, secrets.token_bytes, log
            )
            self.identify = self._remote.identify

    def start(self) -> None:
        """Begin to keep up with the server."""
        if self._remote is not None:
            self._task = asyncio.create_task(self._remote.run())

    async def stop(self) -> None:
        """Stop it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


Shape = TypeVar("Shape", bound=msgspec.Struct)


def _answer(reply: Reply | Failed, shape: type[Shape]) -> Shape | Refusal | None:
    """Read an answer: what was wanted, the server's own "no", or None where nobody spoke who may.

    A station that is let in no more gets ``station_shut``: it must not go on by itself.
    """
    if isinstance(reply, Failed):
        return None
    try:
        if reply.status == 200:
            return msgspec.json.decode(reply.body, type=shape)
        code = msgspec.json.decode(reply.body, type=_No).code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # a page that somebody put in the way
    if reply.status in (401, 403):
        return Refusal("customers.station_shut")
    return Refusal(code) if code in NOES else None


def _read(path: Path) -> Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return Kept()  # the next contact brings all of it


def _write(path: Path, kept: Kept) -> None:
    """Replace the file in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(kept))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
