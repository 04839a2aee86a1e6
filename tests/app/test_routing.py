"""Routing in a shop's process: what is stored, scanned and pressed becomes what the line, a stand-in, is told."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.access.customers.model import Known, Wish
from kvit.access.model import Identity as Staff
from kvit.app.attending import LEASE_S, Attending
from kvit.app.counters import World
from kvit.app.relay_client import ABSENT, Held, Splice
from kvit.app.rooms import MIGRATIONS
from kvit.app.routing import Router
from kvit.app.station import TillDesk
from kvit.counter import service
from kvit.counter.model import Routed, Stage
from kvit.counter.service import Hands
from kvit.counter.settings import RoutingSettings
from kvit.db import Database, open_database
from kvit.device.reader.model import Kind as ReaderKind
from kvit.device.reader.model import Scan
from kvit.device.reader.readings import Readings
from kvit.receipt import service as receipts
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import Place, prepare, receipt_id
from kvit.refusal import Refusal
from kvit.relay.reading import Printout
from kvit.relay.settings import LineSettings
from kvit.shop import ShopSettings
from kvit.web.figures import Figures
from tests.receipt import printouts

SHOP = ShopSettings(id="shop-1", name="Corner Cafe")
LINE = LineSettings("till-1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:1", profile="TM-T88V", hold_s=30)
CASHIER = Staff("shop-1", "user:1", "1", frozenset({"station.use"}))
RAW = b"\x1b@Corner Cafe\nLatte 4.50\nTOTAL 4.50\n\x1dVB\x00"
ANN, BOB = "a" * 24, "b" * 24
PATIENCE_S = 60


class Line:
    """A line process: holds what it is given, does as it is told."""

    def __init__(self) -> None:
        self.held: dict[int, int] = {}
        """Offset to since when."""
        self.told: list[tuple[int, bool, int]] = []
        """Offset, paper or not, how many bytes of a foot."""
        self.away = False
        self.leases: list[float] = []

    async def attend(
        self, lines: Sequence[str], lease_s: float, again: Mapping[str, bytes] | None = None
    ) -> list[Held] | None:
        self.leases.append(lease_s)
        return None if self.away else [Held("till-1", offset, since, True) for offset, since in self.held.items()]

    async def route(
        self, line: str, offset: int, *, paper: bool, splices: Sequence[Splice] = (), size_bytes: int | None = None
    ) -> str:
        if self.away:
            return ABSENT
        if offset not in self.held:
            return "relay.not_held"
        del self.held[offset]
        self.told.append((offset, paper, sum(len(data) for _, data in splices)))
        return ""


class Till:
    """A whole counter with a stand-in for the line."""

    def __init__(self, db: Database, line: Line, lines: Sequence[LineSettings] = (LINE,), **rules: Any) -> None:
        self.db, self.line = db, line
        self.kept: list[tuple[str, str]] = []
        self.dropped: list[str] = []
        self.printed: list[bytes] = []
        self.full = False
        self.known: dict[str, Known | Refusal] = {}
        self.offsets = itertools.count(100, 100)
        self.readings = Readings(time.time, time.monotonic)
        self.logged: list[tuple[str, dict[str, object]]] = []
        world = World(
            db=db, shop=SHOP, rules=RoutingSettings(**rules), relay=line, readings=self.readings, readers={},  # type: ignore[arg-type]
            public_url="http://127.0.0.1:7001", clock=time.time, random=secrets.token_bytes, figures=Figures().station,
            log=lambda event, values: self.logged.append((event, values)), identify=self._identify,
            hands=Hands(self._keep, self._drop), print_late=self._print,
        )  # fmt: skip
        self.router = Router(world, lines)
        self.desk = TillDesk(self.router)
        self.attending = Attending(self.router)
        self.desk.start()

    def _keep(self, tx: Any, customer: str, shop: str, id_: str, now_s: int, how: str) -> object:
        if self.full:
            return Refusal("wallet.full")
        self.kept.append((customer, id_))
        return None

    def _drop(self, tx: Any, customer: str, shop: str, id_: str) -> None:
        self.dropped.append(customer)

    async def _print(self, line: LineSettings, data: bytes) -> Refusal | None:
        self.printed.append(data)
        return None

    async def _identify(self, identity: Any) -> Known | Refusal:
        return self.known.get(identity.value) or Refusal("customers.unknown")

    def customer(self, code: str, id_: str, wish: Wish = Wish.UNSAID) -> None:
        self.known[code] = Known(id_, wish, "code")

    def scan(self, code: str) -> None:
        self.readings.scanned("counter", Scan(code, ReaderKind.QR, "qr"))

    async def print(self, line: LineSettings = LINE, *, tell: bool = True, **changes: Any) -> str:
        """A printout the line holds is stored."""
        offset = next(self.offsets)
        if line.hold_s:
            self.line.held[offset] = int(time.time() * 1000)
        printout = printouts.printout(offset, raw=RAW, profile="TM-T88V", place=Place(line.name, offset), **changes)
        ready = prepare("shop-1", printout)
        await self.db.write(receipts.take, "shop-1", ready)
        found = Printout(line.name, offset, RAW, b"", 0, 0, "x", "cut")
        if tell:
            await self.router.stored(ready, found, line)
        return ready.id

    async def route(self, id_: str) -> Routed | None:
        found = await self.db.read(service.get, "shop-1", id_)
        return None if isinstance(found, Refusal) else found

    async def done(self, id_: str, stage: Stage = Stage.DONE) -> Routed:
        async def look() -> Routed | None:
            found = await self.route(id_)
            return found if found is not None and found.stage is stage else None

        found: Routed = await until(look)
        return found

    async def waits(self, *ids: str) -> None:
        async def look() -> bool:
            (till,) = [each for each in self.desk.tills("shop-1") if each.line == "till-1"]
            return tuple(each.id for each in till.held) == ids

        await until(look)

    async def close(self) -> None:
        await self.attending.stop()
        await self.desk.stop()
        await self.router.stop()


async def until(look: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await look()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)
    return found


@pytest.fixture
async def tills(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    made: list[Till] = []
    with open_database(tmp_path / "kvit.db", MIGRATIONS) as db:
        line = Line()

        async def make(lines: Sequence[LineSettings] = (LINE,), **rules: Any) -> Till:
            till = Till(db, line, lines, **rules)
            made.append(till)
            await till.attending.once()
            return till

        yield make
        for till in made:
            await till.close()


async def test_known_before(tills: Any) -> None:
    till = await tills()
    till.customer("KVIT-ANN", ANN)
    till.scan("KVIT-ANN")
    await until(lambda: _true(till.desk.tills("shop-1")[0].waits))
    id_ = await till.print()
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.customer, done.how) == (False, True, "known", ANN, "code")
    assert till.kept == [(ANN, id_)]
    assert till.line.told == [(100, False, 0)]
    assert not till.desk.tills("shop-1")[0].waits


async def _true(value: object) -> bool:
    return bool(value)


async def test_known_during_and_a_wish_for_paper(tills: Any) -> None:
    till = await tills()
    till.customer("KVIT-ANN", ANN, Wish.PAPER)
    till.customer("KVIT-BOB", BOB, Wish.BOTH)
    first = await till.print()
    await till.waits(first)
    till.scan("KVIT-ANN")
    assert ((await till.done(first)).why, till.kept) == ("wish", [])
    second = await till.print()
    await till.waits(second)
    till.scan("KVIT-BOB")
    done = await till.done(second)
    assert (done.paper, done.electronic, done.customer) == (True, True, BOB)
    assert till.line.told == [(100, True, 0), (200, True, 0)], "who is known gets no foot"


async def test_nobody_then_the_foot_then_somebody(tills: Any) -> None:
    line = msgspec.structs.replace(LINE, hold_s=0.3)
    till = await tills((line,))
    id_ = await till.print(line)
    done = await till.done(id_)
    assert (done.paper, done.why, done.foot) == (True, "unclaimed", True)
    ((_, paper, foot),) = till.line.told
    assert paper
    assert foot > 100
    shown = till.desk.tills("shop-1")[0].shown
    assert shown is not None
    assert (shown.id, len(shown.url) <= 49) == (id_, True)
    assert "7001" not in repr(shown)
    till.customer("KVIT-ANN", ANN)
    till.scan("KVIT-ANN")
    await until(lambda: _claimed(till, id_))
    after = await till.route(id_)
    assert after is not None
    assert (after.paper, after.electronic, after.why, after.customer) == (True, True, "after", ANN)
    assert till.desk.tills("shop-1")[0].shown is None


async def _claimed(till: Till, id_: str) -> bool:
    found = await till.route(id_)
    return found is not None and bool(found.customer)


@pytest.mark.parametrize(
    ("reading", "text", "why"),
    [
        (None, "?", "unreadable"),
        (Reading(kind=Kind.Z_REPORT, total=900), "Z REPORT\n", "kind"),
        (Reading(kind=Kind.CARD_SLIP, total=900), "CARD\n", "card_slip"),
    ],
)
async def test_what_is_no_customers_comes_out_at_once(tills: Any, reading: Any, text: str, why: str) -> None:
    till = await tills(foot="always")
    id_ = await till.print(reading=reading, text=text)
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.foot) == (True, False, why, False)
    assert till.line.told == [(100, True, 0)]
    assert await till.db.read(receipts.links, "shop-1", id_) == []


async def test_a_fiscal_slip_is_printed_without_a_foot(tills: Any) -> None:
    till = await tills(foot="always")
    till.customer("KVIT-ANN", ANN, Wish.ELECTRONIC)
    till.scan("KVIT-ANN")
    await until(lambda: _true(till.desk.tills("shop-1")[0].waits))
    id_ = await till.print(text="ФИСКАЛЬНЫЙ ЧЕК\nLatte 4.50\n")
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.customer) == (True, True, "fiscal", ANN)
    assert till.line.told == [(100, True, 0)]


async def test_keys_for_what_waits_and_for_the_next(tills: Any) -> None:
    till = await tills()
    first, second = await till.print(), await till.print()
    await till.waits(first, second)
    assert await till.desk.choose(CASHIER, "till-1", Wish.ELECTRONIC) == first
    assert ((await till.done(first)).why, (await till.done(first)).by) == ("key", "user:1")
    assert await till.desk.choose(CASHIER, "till-1", Wish.PAPER, second) == second
    assert await till.desk.choose(CASHIER, "till-1", Wish.BOTH, second) == Refusal("counter.decided")
    assert await till.desk.choose(CASHIER, "till-1", Wish.BOTH) == ""
    assert till.desk.tills("shop-1")[0].key is Wish.BOTH
    assert await till.desk.choose(CASHIER, "till-1", Wish.UNSAID) == ""
    assert await till.desk.choose(CASHIER, "till-1", Wish.ELECTRONIC) == ""
    third = await till.print()
    done = await till.done(third)
    assert (done.paper, done.electronic, done.why, done.by) == (False, True, "key", "user:1")
    assert till.desk.tills("shop-1")[0].key is Wish.UNSAID
    other = Staff("other", "user:1", "1", frozenset({"station.use"}))
    assert await till.desk.choose(other, "till-1", Wish.PAPER) == Refusal("station.no_line", {"line": "till-1"})
    assert await till.desk.take_back(other, third) == Refusal("counter.no_route")
    assert till.desk.tills("other") == ()


async def test_taken_back_the_paper_is_printed(tills: Any) -> None:
    till = await tills()
    till.customer("KVIT-ANN", ANN)
    id_ = await till.print()
    await till.waits(id_)
    till.scan("KVIT-ANN")
    await till.done(id_)
    assert await till.desk.take_back(CASHIER, id_) == id_
    assert till.printed == [RAW]
    assert till.dropped == [ANN]
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.customer) == (True, False, "taken_back", "")
    assert await till.desk.take_back(CASHIER, id_) == Refusal("counter.decided")
    assert len(till.printed) == 1


async def test_an_opened_link_lets_the_paper_be(tills: Any) -> None:
    till = await tills()
    id_ = await till.print()
    await till.waits(id_)
    await till.desk.opened("other-shop", id_)
    await till.desk.opened("shop-1", "unknown")
    await till.desk.opened("shop-1", id_, ANN)
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.customer, done.how) == (False, True, "opened", "", "link")
    assert till.kept == [], "to look is not to keep"


async def test_a_wallet_that_does_not_take_it_costs_paper(tills: Any) -> None:
    till = await tills()
    till.customer("KVIT-ANN", ANN)
    till.full = True
    id_ = await till.print()
    await till.waits(id_)
    till.scan("KVIT-ANN")
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why, done.customer) == (True, False, "not_kept", "")
    assert [event for event, _ in till.logged] == ["route.refused"]


async def test_paper_that_is_out_is_told_as_late(tills: Any) -> None:
    till = await tills()
    till.customer("KVIT-ANN", ANN)
    id_ = await till.print()
    await till.waits(id_)
    till.line.held.clear()
    till.scan("KVIT-ANN")
    done = await till.done(id_)
    assert (done.paper, done.electronic, done.why) == (True, True, "late")


async def test_the_line_lets_go_by_itself(tills: Any) -> None:
    till = await tills()
    id_ = await till.print()
    await till.waits(id_)
    till.line.held.clear()
    await till.attending.once()
    done = await till.done(id_)
    assert (done.paper, done.why) == (True, "unclaimed")


async def test_a_line_process_that_was_away_is_told_when_it_is_back(tills: Any) -> None:
    till = await tills()
    id_ = await till.print()
    await till.waits(id_)
    till.line.away = True
    await till.desk.choose(CASHIER, "till-1", Wish.ELECTRONIC)
    await till.done(id_, Stage.DECIDED)
    await till.attending.once()
    assert not till.desk.tills("shop-1")[0].attended
    till.line.away = False
    for _ in range(3):
        await till.attending.once()
    assert (await till.done(id_)).paper is False
    assert till.line.told == [(100, False, 0)]


async def test_a_new_life_takes_up_what_is_held(tills: Any) -> None:
    """One receipt nobody decided about, one whose route was begun, one whose paper is gone."""
    old = await tills()
    begun, gone = await old.print(), await old.print()
    await old.waits(begun, gone)
    del old.line.held[200]
    await old.close()
    new = await tills()
    new.offsets = itertools.count(300, 100)
    strange = await new.print(tell=False)
    for _ in range(3):
        await new.attending.once()
    await new.waits(begun, strange)
    assert ((await new.done(gone)).paper, (await new.done(gone)).why) == (True, "unclaimed")
    new.customer("KVIT-ANN", ANN)
    new.scan("KVIT-ANN")
    assert (await new.done(strange)).customer == ANN, "the one printed last"


async def test_a_line_that_holds_nothing(tills: Any) -> None:
    """Its paper is out; who is known before or right after gets the receipt, too. Nothing is written for nobody."""
    line = msgspec.structs.replace(LINE, hold_s=0)
    till = await tills((line,))
    till.customer("KVIT-ANN", ANN)
    till.customer("KVIT-BOB", BOB)
    first = await till.print(line)
    await until(lambda: _true(not till.router.under_way))
    assert await till.route(first) is None
    till.scan("KVIT-ANN")
    done = await till.done(first)
    assert (done.paper, done.electronic, done.why, done.customer) == (True, True, "after", ANN)
    till.scan("KVIT-BOB")
    await until(lambda: _true(till.desk.tills("shop-1")[0].waits))
    second = await till.print(line)
    done = await till.done(second)
    assert (done.paper, done.electronic, done.customer) == (True, True, BOB)
    assert till.line.told == []
    assert till.line.leases == [], "nobody attends a line that holds nothing"


async def test_what_was_read_and_is_nobody_is_told(tills: Any) -> None:
    till = await tills()
    till.scan("SOMETHING")
    await until(lambda: _true(till.desk.tills("shop-1")[0].trouble))
    assert till.desk.tills("shop-1")[0].trouble == Refusal("customers.unknown")


async def test_what_was_thought_to_be_out_and_is_held_comes_out(tills: Any) -> None:
    till = await tills()
    till.router.counters["till-1"].attended = False
    id_ = await till.print()
    assert ((await till.done(id_)).paper, till.line.told) == (True, [])
    for _ in range(3):
        await till.attending.once()
    await until(lambda: _true(till.line.told))
    assert till.line.told == [(100, True, 0)]


async def test_stopping_lets_the_papers_go(tills: Any) -> None:
    till = await tills()
    await till.attending.start()
    await till.close()
    assert till.line.leases[0] == LEASE_S
    assert till.line.leases[-1] == 0


def test_a_receipts_name_is_its_place() -> None:
    assert (
        receipt_id("shop-1", Place("till-1", 100))
        == prepare("shop-1", printouts.printout(100, place=Place("till-1", 100))).id
    )
