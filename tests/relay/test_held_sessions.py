"""Tills of five kinds print through a line that withholds, in simulated time, while things go wrong.

What must hold, whatever happens: a till that is withheld waits for no answer in vain and hears nothing it did not ask
for; a receipt a till believes to be printed is on paper exactly once, or was kept from it by a decision that was
confirmed; a second one stands under the line that says so.
"""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path
from typing import Any

import pytest

from kvit.relay import capture
from kvit.relay.leftover import AGAIN
from kvit.relay.link import Link
from kvit.relay.reading import Printout, Reading
from kvit.relay.till import Till as LineTill
from tests.relay.simulated import Shop, TillScript, Wire, simulate

RUNS = 40
ALL_RUNS = 1000
FAULTS = ("none", "late", "dead", "dies", "restart", "restarts", "paper", "cover", "away")
STATUS = frozenset((0x12, 0x1A, 0x16, 0x1E, 0x32, 0x3A, 0x7E, 0x72, 0x5A, 0x52))


class Till(TillScript):
    """What all of them have."""

    def __init__(self, name: str, rng: random.Random, shop: Shop) -> None:
        super().__init__(name, rng)
        self.shop = shop
        self.number = 0
        self.believed: list[bytes] = []
        self.receipts: dict[bytes, bytes] = {}

    def receipt(self) -> bytes:
        self.number += 1
        lines = b"".join(b"Tea %d.00\n" % n for n in range(self.rng.randint(1, 30)))
        picture = b"\x1dv0\x00\x02\x00\x04\x00" + bytes(self.rng.choices(b"\x10\x04\x01\x1b\x40", k=8))
        middle = picture if self.rng.random() < 0.3 else b""
        made = b"\x1b@Shop\n%b%b%b\nTOTAL 5.00\n\x1dV\x00" % (middle, lines, self.mark())
        self.receipts[self.mark()] = made
        return made

    def mark(self) -> bytes:
        return b"#%b%03d#" % (self.name.encode(), self.number)

    async def send(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            size = self.rng.choice((1, 7, 64, 512, 4096))
            self.say(data[at : at + size])
            at += size
            if self.rng.random() < 0.2:
                await asyncio.sleep(self.rng.choice((0.001, 0.02, 0.3)))

    async def day(self, count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(self.rng.choice((0.01, 0.5, 3.0, 8.0)))
            await self.one()

    async def one(self) -> None:
        raise NotImplementedError


class Polling(Till):
    """A connection per receipt, as python-escpos with a status question before and one behind."""

    async def one(self) -> None:
        self.shop.come(self)
        for question in (b"\x10\x04\x01", b"\x10\x04\x04"):
            said = await self.ask(question, 1)
            if self.lost or not said:
                return self.leave()
            if said[0] & 0x93 != 0x12:
                self.faults.append(f"no status: {said.hex()}")
        await self.send(self.receipt())
        said = await self.ask(b"\x1dr\x01", 1)
        if said and not self.lost:
            self.believed.append(self.mark())
        return self.leave()

    def leave(self) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class Serial(Till):
    """A port that is always open, asked before and behind."""

    async def one(self) -> None:
        self.heard.clear()
        await self.ask(b"\x10\x04\x02", 1)
        await self.send(self.receipt())
        self.believed.append(self.mark())  # a port takes everything: no till knows better
        await self.ask(b"\x1dr\x01", 1)


class Careful(Serial):
    """The same; it believes nothing but the answer behind the receipt."""

    async def one(self) -> None:
        self.heard.clear()
        await self.ask(b"\x10\x04\x02", 1)
        await self.send(self.receipt())
        if await self.ask(b"\x1dr\x01", 1):
            self.believed.append(self.mark())


class Automatic(Till):
    """One connection all day; it wants to hear of every change, and waits for its drawer."""

    def leave(self) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None
        self.lost = True

    async def one(self) -> None:
        if self.wire is None or self.lost:
            self.shop.come(self)
            if self.wire is None or len(await self.ask(b"\x1da\xff", 4)) < 4:
                return self.leave()
        if self.rng.random() < 0.5:
            self.say(b"\x1bp\x00\x19\x19")
        await self.send(self.receipt())
        await asyncio.sleep(0.2)
        if not self.lost:
            self.believed.append(self.mark())
        return None

    def stray(self, data: bytes) -> None:
        """Whole automatic blocks may come at any time."""
        if len(data) % 4 or any(data[at] & 0x93 != 0x10 or data[at + 1] & 0x90 for at in range(0, len(data), 4)):
            super().stray(data)
        self.heard.clear()


class Confirming(Till):
    """It numbers its receipts and waits until the printer says the number."""

    async def one(self) -> None:
        self.shop.come(self)
        await self.send(self.receipt())
        id_ = b"%04d" % (self.number % 10000)
        said = await self.ask(b"\x1d(H\x06\x0000" + id_, 7)
        if said == b"\x37\x22" + id_ + b"\x00":
            self.believed.append(self.mark())
        elif said and not self.lost:
            self.faults.append(f"wrong id {said.hex()}")
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class Spooler(Till):
    """Connects, sends, half-closes, waits for the end: a print queue."""

    async def one(self) -> None:
        self.shop.come(self)
        self.failed = False
        await self.send(self.receipt())
        if self.wire is None:
            return
        self.wire.write_eof()
        async with asyncio.timeout(700):
            while not self.lost:
                self.came.clear()
                await self.came.wait()
        if not self.failed:
            self.believed.append(self.mark())

    def connection_lost(self, exc: Exception | None) -> None:
        self.failed = exc is not None
        super().connection_lost(exc)

    def eof_received(self) -> bool:
        return False


KINDS = (Polling, Serial, Automatic, Confirming, Spooler)


class Decider:
    """The shop: it attends, and decides by dice."""

    def __init__(self, shop: Shop, rng: random.Random, late: bool) -> None:
        self.shop, self.rng, self.late = shop, rng, late
        self.kept: set[int] = set()
        """Confirmed to stay away from paper."""
        self.asked: set[int] = set()
        """Wanted away from paper; where the line died before it said yes, nobody can tell."""
        self.alive = True
        self._seen: set[int] = set()

    async def work(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            self.look()

    def look(self) -> None:
        if not self.alive or self.shop.pump is None:
            return
        for held in self.shop.holding.attend(2.0):
            if held.closed and held.offset not in self._seen:
                self._seen.add(held.offset)
                wait_s = self.rng.choice((3.5, 1.0, 9.0) if self.late else (0.0, 0.1, 0.7))
                asyncio.get_running_loop().call_later(wait_s, self.decide, held.offset)

    def decide(self, offset: int) -> None:
        if not self.alive or self.shop.pump is None:
            return
        paper = self.rng.random() < 0.4
        if not paper:
            self.asked.add(offset)
        if self.shop.holding.route(offset, paper, (), None) is None and not paper:
            self.kept.add(offset)


async def trouble(shop: Shop, decider: Decider, rng: random.Random, fault: str) -> None:
    """Let something go wrong, and be right again."""
    for _ in range(3 if fault == "restarts" else 1):
        await asyncio.sleep(rng.uniform(0.5, 12.0))
        if fault in ("dead", "dies"):
            decider.alive = False
            await asyncio.sleep(15)
            decider.alive = fault == "dies"
        elif fault in ("restart", "restarts"):
            shop.kill()
            await asyncio.sleep(rng.choice((0.05, 0.4, 0.9)))
            shop.start()
        elif fault in ("paper", "cover"):
            name = {"paper": "paper_end", "cover": "cover_open"}[fault]
            shop.printer.change(**{name: True})
            await asyncio.sleep(12)
            shop.printer.change(**{name: False})
        elif fault == "away":
            shop.printer.go_away()
            await asyncio.sleep(12)
            shop.printer.away = False


async def session(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    fault = FAULTS[seed % len(FAULTS)]
    shop = Shop(folder, hold_s=3.0)
    shop.start()
    kinds = [KINDS[(seed // len(FAULTS)) % len(KINDS)]]
    if rng.random() < 0.4:
        kinds.append(rng.choice(KINDS))
    tills: list[Till] = [kind("ABC"[at], random.Random(seed * 7 + at), shop) for at, kind in enumerate(kinds)]
    for till in tills:
        if isinstance(till, Serial):
            shop.plug(till)
    decider = Decider(shop, rng, fault == "late")
    tasks = [asyncio.create_task(decider.work()), asyncio.create_task(trouble(shop, decider, rng, fault))]
    await asyncio.gather(*(till.day(5) for till in tills))
    await asyncio.gather(tasks[1])
    decider.alive = False
    await asyncio.sleep(60)
    tasks[0].cancel()
    judge(shop, tills, decider, fault)
    assert shop.pump is not None
    state = shop.holding.state
    assert (state["held"], state["held_bytes"]) == (0, 0)
    left = [till for till in tills if not isinstance(till, Serial) and till.wire is not None]
    assert len(shop.holding._tills) <= len(left) + len(shop.ports), "tills that have gone are forgotten"
    assert shop.holding.hold._flows.keys() >= shop.holding._tills.keys()
    await shop.pump.stop()


def judge(shop: Shop, tills: list[Till], decider: Decider, fault: str) -> None:
    paper = shop.printer.paper
    excused = fault in ("paper", "cover", "away", "restart", "restarts")
    kept, unsure = captured(shop, decider.kept), captured(shop, decider.asked)
    for till in tills:
        assert till.faults == [], till
        assert not any(till.silences), "withheld, and no answer"
        assert excused or len(tills) > 1 or till.silences == []  # of several that are passed on one waits for its turn
        places = [paper.index(mark) for mark in till.believed if mark in paper]
        assert places == sorted(places), "another order than the till's"
        for mark in till.believed:
            times = paper.count(mark)
            assert times == 0 if mark in kept else times >= 1 or mark in unsure, (mark, times)
            again = paper.find(AGAIN)
            assert not times or "restart" in fault or len(tills) > 1 or till.receipts[mark] in paper, (mark, "mixed")
            assert times <= 1 or (times == 2 and paper.rfind(mark) > again >= 0), (mark, times)


def captured(shop: Shop, offsets: set[int]) -> set[bytes]:
    """The marks of the printouts at these offsets, found as the shop finds them."""
    reader, reading = capture.Reader(shop.folder), Reading("till", "TM-T88V")
    marks: set[bytes] = set()
    while records := reader.read():
        for record in records:
            for found in reading.take(record):
                if isinstance(found, Printout) and found.offset in offsets:
                    marks.update(re.findall(rb"#\w\d{3}#", found.raw))
    reader.close()
    return marks


@pytest.mark.parametrize("runs", [RUNS, pytest.param(ALL_RUNS, marks=pytest.mark.slow)])
def test_no_till_waits_no_byte_strays_no_receipt_is_lost(tmp_path: Path, runs: int) -> None:
    for seed in range(runs):
        simulate(session(tmp_path / str(seed), seed))


class KilledError(BaseException):
    """The process is gone at this very point."""


async def killed(folder: Path, at: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Let the line process die at its ``at``-th touch of the outside; False when it has fewer."""
    touches = 0
    wrong: list[dict[str, Any]] = []
    write, send = capture.Writer._write, Wire.write

    def touch() -> None:
        nonlocal touches
        touches += 1
        if touches == at:
            shop.kill()
            loop.call_later(0.3, shop.start)
            raise KilledError

    def writing(self: capture.Writer, data: bytes) -> None:
        record = capture.decode(data, 0, 0)
        if record is not None and record.kind != capture.TILL:  # what was read and not written is lost, as on any wire
            touch()
        write(self, data)
        touch()

    def sending(self: Wire, data: bytes) -> None:
        ours = isinstance(self.near, Link | LineTill)
        if ours:
            touch()
        send(self, data)
        if ours:
            touch()

    loop = asyncio.get_running_loop()
    shop = Shop(folder, hold_s=2.0)
    shop.start()

    def die(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), KilledError):
            wrong.append(context)

    loop.set_exception_handler(die)
    rng = random.Random(at)
    tills: list[Till] = [Careful("A", random.Random(1), shop), Confirming("B", random.Random(2), shop)]
    shop.plug(tills[0])
    decider = Decider(shop, rng, late=False)

    def look() -> None:
        loop.call_later(0.25, look)
        decider.look()

    monkeypatch.setattr(capture.Writer, "_write", writing)
    monkeypatch.setattr(Wire, "write", sending)
    loop.call_later(0.1, look)
    await asyncio.gather(*(till.day(3) for till in tills))
    await asyncio.sleep(1)
    decider.alive = False
    await asyncio.sleep(60)
    monkeypatch.undo()
    assert wrong == []
    judge(shop, tills, decider, "restart")
    assert shop.holding.state["held_bytes"] == 0
    assert capture.read_floor(folder) is None
    await shop.pump.stop()  # type: ignore[union-attr]
    return touches >= at


def test_killed_at_every_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at, more = 0, [True]
    while more[0]:
        at += 1

        async def one() -> None:
            more[0] = await killed(tmp_path / str(at), at, monkeypatch)  # noqa: B023 - run at once

        simulate(one())
    assert at > 80
