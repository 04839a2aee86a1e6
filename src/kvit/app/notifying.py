"""Messages to people and machines, in the shop process: keys, ways, worker, and the events that are told of printers.

Two files in the data folder, both made at the first start, readable by their owner alone: ``notify.key`` seals
addresses and words, ``push.key`` signs pushes. Neither is in the data base. A file that is there and can not be read is
never replaced: with another seal no waiting message could be opened, with another signature no browser would take a
push.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from kvit.app.log import Log
from kvit.app.settings import Settings
from kvit.db import Database
from kvit.device.board import Board
from kvit.net import Ask, Asking, Failed, Reply, Trouble, ask
from kvit.notify import browsers, events
from kvit.notify import endpoints as hooks
from kvit.notify.hooks.call import call, read
from kvit.notify.mail import server as mail_server
from kvit.notify.mail.letter import write
from kvit.notify.model import Due, Kind, Letter, Outcome, Verdict
from kvit.notify.push import vapid
from kvit.notify.push.sender import Pusher
from kvit.notify.sealer import Limits, Sealer
from kvit.notify.sealing import KEY_BYTES, Seal
from kvit.notify.segments import Rule
from kvit.notify.sms.services import texter
from kvit.notify.worker import Seen, Way, Worker

SEAL_FILE: Final = "notify.key"
PUSH_FILE: Final = "push.key"


class KeyUnreadable(Exception):  # noqa: N818 - it reads as the sentence it is
    """A key file is there and is none."""


class Notifying:
    """The messages of one shop process. ``start`` and ``stop`` are its whole life."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        board: Board,
        log: Log,
        asking: Asking = ask,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._db = db
        self._board = board
        self._ask = asking
        self._clock = clock
        self._log = log
        self._told: dict[str, str] = {}
        """Printers and the trouble that was last told of them."""
        self._telling: asyncio.Task[None] | None = None
        self._worker: Worker | None = None
        mail, sms, push = settings.mail, settings.sms, settings.push
        self._push_key = read_push_key(settings.folder) if push.contact else None
        ways = (
            {Kind.SMS, Kind.HOOK} | ({Kind.MAIL} if mail.server else set()) | ({Kind.PUSH} if push.contact else set())
        )
        self.sealer = Sealer(
            Seal(read_seal_key(settings.folder), secrets.token_bytes), clock,
            Limits(sms.per_number_day, sms.per_day, mail.per_address_day, mail.per_day, push.per_browser_day),
            Rule.KOREA if sms.korean else Rule.WORLD, frozenset(ways),
        )  # fmt: skip

    @property
    def push_key(self) -> str:
        """What a browser subscribes with; empty: there are no pushes."""
        return "" if self._push_key is None else vapid.public_text(self._push_key)

    async def start(self, seen: Seen = lambda kind, verdict, seconds: None) -> None:
        """Take up the queue; ``seen`` hears of every try."""
        self._worker = Worker(self._db, self._ways(), self._clock, time.monotonic, self._log, seen)
        await self._worker.start()
        self._telling = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        """End what is under way."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        if self._worker is not None:
            await self._worker.stop()

    def _ways(self) -> dict[Kind, Way]:
        ways: dict[Kind, Way] = {Kind.SMS: self._sms_way(), Kind.HOOK: self._hook}
        if self._settings.mail.server:
            ways[Kind.MAIL] = self._mail_way()
        if self._push_key is not None:
            ways[Kind.PUSH] = self._push_way(self._push_key)
        return ways

    def _opened(self, due: Due) -> tuple[str, Letter] | None:
        """Address and words; None: they were sealed with another key."""
        to = self.sealer.seal.open(due.target, f"to.{due.kind.value}")
        words = self.sealer.seal.open(due.content, f"words.{due.kind.value}")
        return None if to is None or words is None else (to.decode(), msgspec.json.decode(words, type=Letter))

    def _sms_way(self) -> Way:
        sender = texter(self._settings.sms, self._ask, self._clock, secrets.token_bytes)

        async def send(due: Due) -> Outcome:
            found = self._opened(due)
            return (
                Outcome(Verdict.REFUSED, "seal")
                if found is None
                else await sender.send(due.id, found[0], found[1].text)
            )

        return send

    def _mail_way(self) -> Way:
        mail = self._settings.mail
        server = mail_server.Server(mail.server, mail.security, mail.port, mail.user, mail.password, mail.house)
        name = mail.sender_name or self._settings.shop.name

        async def send(due: Due) -> Outcome:
            found = self._opened(due)
            if found is None:
                return Outcome(Verdict.REFUSED, "seal")
            letter = write(found[1], due.id, mail.sender, name, found[0], due.made_ms)
            return await mail_server.send(server, letter, mail.sender, found[0])

        return send

    def _push_way(self, key: ec.EllipticCurvePrivateKey) -> Way:
        push = self._settings.push
        pusher = Pusher(key, push.contact, push.hosts, push.house, self._ask, self._clock, secrets.token_bytes)

        async def send(due: Due) -> Outcome:
            found = self._opened(due)
            if found is None:
                return Outcome(Verdict.REFUSED, "seal")
            live_s = due.not_after_ms // 1000 - int(self._clock())
            outcome = await pusher.send(due.id, found[0], found[1], live_s)
            if outcome.verdict is Verdict.GONE:
                await self._db.write(browsers.gone, self.sealer.slot(Kind.PUSH, found[0]))
            return outcome

        return send

    async def _hook(self, due: Due) -> Outcome:
        now_ms = int(self._clock() * 1000)
        found = await self._db.read(hooks.target, due.shop, due.endpoint, now_ms)
        if found is None:
            return Outcome(Verdict.REFUSED, "off")
        url, sealed = found
        opened = [self.sealer.seal.open(each, hooks.USE) for each in sealed]
        keys = [key for key in opened if key is not None]
        if not keys:
            return Outcome(Verdict.REFUSED, "seal")
        house = self._settings.webhooks.house
        asked: Ask = call(url, due.event, due.content, keys, now_ms // 1000, house=house)
        reply: Reply | Failed = await self._ask(asked)
        outcome = read(reply, self._clock())
        if outcome.verdict is Verdict.GONE:
            await self._db.write(hooks.gone, due.shop, due.endpoint, now_ms)
            self._log("notify.hook_gone", {"shop": due.shop, "endpoint": due.endpoint})
        if isinstance(reply, Failed) and reply.trouble is Trouble.ADDRESS:
            self._log("notify.hook_address", {"shop": due.shop, "endpoint": due.endpoint})
        return outcome

    async def _tell(self) -> None:
        """Tell of printers that can not print, and that can again."""
        with self._board.listen() as names:
            async for _ in names:
                for light in self._board.lights():
                    before = self._told.get(light.printer, "")
                    if light.trouble == before:
                        continue
                    self._told[light.printer] = light.trouble
                    try:
                        await self._tell_one(light.printer, light.trouble, light.trouble_since_ms)
                    except Exception as error:
                        self._log("notify.failed", {"error": repr(error)[:300]})

    async def _tell_one(self, printer: str, trouble: str, since_ms: int) -> None:
        shop = self._settings.shop.id
        if trouble:
            await self._db.write(events.printer_trouble, shop, printer, trouble, since_ms)
        else:
            await self._db.write(events.printer_well, shop, printer, int(self._clock() * 1000))


def read_seal_key(folder: Path) -> bytes:
    """Read the seal's key, or make it. Raises `KeyUnreadable`, OSError."""
    found = kept(folder / SEAL_FILE, lambda: secrets.token_bytes(KEY_BYTES))
    if len(found) != KEY_BYTES:
        raise KeyUnreadable(
            f"{folder / SEAL_FILE} holds no key. Put it back from a backup, or take it away: then what waits is lost."
        )
    return found


def read_push_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Read the key pushes are signed with, or make it. Raises `KeyUnreadable`, OSError."""
    found = vapid.read_key(kept(folder / PUSH_FILE, lambda: vapid.key_text(vapid.fresh_key())))
    if found is None:
        raise KeyUnreadable(
            f"{folder / PUSH_FILE} holds no key. Put it back from a backup; with another no browser takes a push."
        )
    return found


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read a file of secret bytes, or make it in one step: of two that make it at once both take the first one's."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        new.unlink()
    inside = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(inside)
    finally:
        os.close(inside)
    return path.read_bytes()
