"""The verbs of the counter, on both engines: one route a receipt, one customer, and nothing kept that was refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kvit.access import service as access
from kvit.counter import service
from kvit.counter.model import Routed, Share, Stage
from kvit.counter.routing import Route
from kvit.counter.service import Hands, Who
from kvit.db import Database, Tx
from kvit.receipt import service as receipts
from kvit.receipt.links import make_token
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import NOON_MS, SHOP, prepared

TOKEN = make_token(bytes(range(16)))
NOW = NOON_MS
ANN = Who(customer="a" * 24, how="code")
BOB = Who(customer="b" * 24, how="card")
ELECTRONIC = Route(False, True, "wish")
UNCLAIMED = Route(True, False, "unclaimed")


class Wallets:
    """What other trades were asked to do, one row a call, in a table of the same transaction."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.full = False
        db.write_now(lambda tx: tx.run("CREATE TABLE told (n INTEGER, what TEXT, who TEXT)"))

    def hands(self) -> Hands:
        def row(tx: Tx, what: str, who: str) -> None:
            tx.run("INSERT INTO told (n, what, who) VALUES (0, $1, $2)", what, who)

        def keep(tx: Tx, customer: str, shop: str, id_: str, now_s: int, how: str) -> object:
            row(tx, f"keep {how}", customer)
            return Refusal("wallet.full") if self.full else None

        def drop(tx: Tx, customer: str, shop: str, id_: str) -> None:
            row(tx, "drop", customer)

        def notice(tx: Tx, shop: str, event: str, route: Routed) -> None:
            row(tx, event, route.customer)

        return Hands(keep, drop, notice)

    def told(self) -> list[tuple[str, str]]:
        return sorted(self.db.read_now(lambda tx: tx.all("SELECT what, who FROM told")))


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access", "kvit.receipt", "kvit.counter")


@pytest.fixture
def wallets(db: Database) -> Wallets:
    return Wallets(db)


def stored(db: Database, offset: int = 0) -> str:
    done = db.write_now(receipts.take, SHOP, prepared(offset))
    assert not isinstance(done, Refusal)
    return done.id


def new(id_: str, **changes: Any) -> Routed:
    made = Routed(id_, "till-1", Stage.OPEN, True, False, False, "wait", "", "", "", 120, NOW, NOW, 1)
    return msgspec.structs.replace(made, **changes)


def decide(db: Database, wallets: Wallets, route: Routed, token: str = "") -> Routed | Refusal:
    return db.write_now(service.decide, SHOP, route, token, wallets.hands())


def change(db: Database, wallets: Wallets, id_: str, route: Route, who: Who, after_ms: int = 1000) -> Routed | Refusal:
    return db.write_now(service.change, SHOP, id_, route, who, wallets.hands(), NOW + after_ms)


def test_decided_once_with_its_link(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    first = decide(db, wallets, new(id_), TOKEN)
    again = decide(db, wallets, new(id_, stage=Stage.DECIDED, why="kind"), make_token(bytes(16)))
    assert first == again == db.read_now(service.get, SHOP, id_)
    assert len(db.read_now(receipts.links, SHOP, id_)) == 1
    found = db.read_now(receipts.by_link, TOKEN, NOW // 1000)
    assert not isinstance(found, Refusal)
    assert found[1].summary.id == id_
    assert wallets.told() == []  # nothing is decided yet
    assert db.read_now(service.get, "other-shop", id_) == Refusal("counter.no_route")


def test_an_unknown_receipt_gets_no_route(db: Database, wallets: Wallets) -> None:
    assert decide(db, wallets, new("nobody"), TOKEN) == Refusal("receipt.unknown")
    assert db.read_now(service.get, SHOP, "nobody") == Refusal("counter.no_route")


def test_claimed_while_it_waits_then_settled(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(db, wallets, new(id_), TOKEN)
    done = change(db, wallets, id_, ELECTRONIC, ANN)
    assert isinstance(done, Routed)
    assert (done.stage, done.paper, done.electronic, done.customer, done.version) == (
        "decided",
        False,
        True,
        "a" * 24,
        2,
    )
    assert wallets.told() == [("keep code", "a" * 24), ("receipt.claimed", "a" * 24), ("receipt.routed", "a" * 24)]
    assert change(db, wallets, id_, ELECTRONIC, ANN) == done, "the same customer again: the same answer"
    assert change(db, wallets, id_, ELECTRONIC, BOB) == Refusal("counter.claimed")
    assert change(db, wallets, id_, UNCLAIMED, Who()) == Refusal("counter.decided")
    assert [one.id for one in db.read_now(service.unsettled, SHOP)] == [id_]
    settled = db.write_now(service.settle, SHOP, id_, False, False, NOW + 2000)
    assert isinstance(settled, Routed)
    assert (settled.stage, settled.paper, settled.why) == (Stage.DONE, False, "wish")
    assert db.write_now(service.settle, SHOP, id_, True, True, NOW + 3000) == settled, "the first word stands"
    assert db.read_now(service.unsettled, SHOP) == []


def test_paper_that_was_out_already_is_told_as_late(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(
        db,
        wallets,
        new(id_, stage=Stage.DECIDED, paper=False, electronic=True, why="wish", customer="a" * 24, how="code"),
    )
    settled = db.write_now(service.settle, SHOP, id_, True, False, NOW)
    assert isinstance(settled, Routed)
    assert (settled.paper, settled.electronic, settled.why) == (True, True, "late")


def test_unclaimed_then_claimed_after(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(db, wallets, new(id_), TOKEN)
    change(db, wallets, id_, UNCLAIMED, Who())
    db.write_now(service.settle, SHOP, id_, True, True, NOW + 1500)
    after = change(db, wallets, id_, Route(True, True, "after"), ANN)
    assert isinstance(after, Routed)
    assert (after.stage, after.paper, after.electronic, after.foot, after.customer) == (
        "done",
        True,
        True,
        True,
        "a" * 24,
    )
    assert change(db, wallets, id_, Route(True, True, "after"), BOB) == Refusal("counter.claimed")


def test_the_line_had_enough_of_waiting(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(db, wallets, new(id_))
    settled = db.write_now(service.settle, SHOP, id_, True, False, NOW)
    assert isinstance(settled, Routed)
    assert (settled.stage, settled.paper, settled.why) == (Stage.DONE, True, "unclaimed")


def test_a_wallet_that_refuses_undoes_the_decision(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    wallets.full = True
    route = new(id_, stage=Stage.DECIDED, paper=False, electronic=True, why="wish", customer="a" * 24, how="code")
    assert decide(db, wallets, route, TOKEN) == Refusal("wallet.full")
    assert db.read_now(service.get, SHOP, id_) == Refusal("counter.no_route")
    assert db.read_now(receipts.links, SHOP, id_) == []
    decide(db, wallets, new(id_))
    assert change(db, wallets, id_, ELECTRONIC, ANN) == Refusal("wallet.full")
    still = db.read_now(service.get, SHOP, id_)
    assert isinstance(still, Routed)
    assert (still.stage, still.paper, still.customer) == (Stage.OPEN, True, "")
    assert wallets.told() == []


def test_the_cashiers_key_is_in_the_audit_log(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(db, wallets, new(id_))
    done = change(db, wallets, id_, Route(False, True, "key"), Who(by="user:1"))
    assert isinstance(done, Routed)
    assert (done.by, done.why) == ("user:1", "key")
    assert db.read_now(access.verify_audit, SHOP) == 1


def test_taken_back(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    decide(db, wallets, new(id_), TOKEN)
    assert db.write_now(service.take_back, SHOP, id_, "user:1", wallets.hands(), NOW) == Refusal("counter.decided")
    change(db, wallets, id_, ELECTRONIC, ANN)
    db.write_now(service.settle, SHOP, id_, False, False, NOW)
    done = db.write_now(service.take_back, SHOP, id_, "user:1", wallets.hands(), NOW + 5000)
    assert isinstance(done, Routed)
    assert (done.paper, done.electronic, done.customer, done.why, done.by) == (True, False, "", "taken_back", "user:1")
    assert ("drop", "a" * 24) in wallets.told()
    assert isinstance(db.read_now(receipts.by_link, TOKEN, NOW // 1000 + 6), Refusal), "its link is revoked"
    again = db.write_now(service.take_back, SHOP, id_, "user:1", wallets.hands(), NOW + 5000)
    assert again == Refusal("counter.decided")
    other = change(db, wallets, id_, Route(True, True, "after"), BOB)
    assert isinstance(other, Routed)
    assert other.customer == "b" * 24


def test_figures_and_erasure(db: Database, wallets: Wallets) -> None:
    one, two, three = stored(db, 1), stored(db, 2), stored(db, 3)
    done = {"stage": Stage.DONE, "electronic": True, "customer": "a" * 24, "how": "code", "why": "wish"}
    decide(db, wallets, new(one, paper=False, paper_mm=100, **done))
    decide(db, wallets, new(two, paper=True, paper_mm=50, **done))
    decide(db, wallets, new(three, stage=Stage.DONE, why="unclaimed", paper_mm=30, began_ms=NOW + 10))
    assert db.read_now(service.share, SHOP, NOW, NOW + 11) == Share(3, 2, 1, 80, 100)
    assert db.read_now(service.share, SHOP, NOW, NOW + 10) == Share(2, 2, 1, 50, 100)
    assert db.read_now(service.share, "other-shop", NOW, NOW + 11) == Share()
    assert db.write_now(service.forget_customer, "a" * 24) == 2
    assert [one.customer for one in db.read_now(service.several, SHOP, [one, two, three, "x"]).values()] == ["", "", ""]


async def test_the_pages_are_told(db: Database, wallets: Wallets) -> None:
    id_ = stored(db)
    with db.listen("route") as heard:
        await db.write(service.decide, SHOP, new(id_), "", wallets.hands())
        assert await anext(heard) == id_
