"""Old readings made new: from the stored bytes, each receipt in one go, what people and other programs said left alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from kvit.app.digester import Digester
from kvit.app.rereading import Rereading
from kvit.db import Database, Tx
from kvit.receipt import rereading, service
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import Prepared, prepare
from kvit.receipt.reading.version import VERSION
from kvit.receipt.store import Filter
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import SHOP, printout

PAPER = b"\x1b@Corner Cafe\nLatte            4.50\nTOTAL            4.50\n\x1dVB\x00"


def badly_read(offset: int, reader: int = 0) -> Prepared:
    """As a reader that knew nothing left it."""
    made = prepare(SHOP, printout(offset, raw=PAPER, text="?", profile="TM-T88V", reading=Reading(kind=Kind.OTHER)))
    return msgspec.structs.replace(made, reader=reader)


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access", "kvit.receipt")


async def reread(
    db: Database, reader: int = VERSION, corrected: rereading.Corrected = rereading.uncorrected
) -> tuple[int, int]:
    digester = Digester(processes=0)
    try:
        return await Rereading(db, digester, lambda shop: None, lambda event, values: None, reader, corrected).all()
    finally:
        await digester.close()


def total(db: Database, id_: str) -> int | None:
    found = db.read_now(service.get, SHOP, id_)
    assert not isinstance(found, Refusal)
    return found.summary.total


async def test_what_an_older_reader_read_is_read_again(db: Database) -> None:
    made = [badly_read(number) for number in range(3)]
    for one in made:
        db.write_now(service.take, SHOP, one)
    assert [total(db, one.id) for one in made] == [None] * 3
    assert db.read_now(rereading.count_older, VERSION) == 3
    assert await reread(db) == (3, 0)
    assert [total(db, one.id) for one in made] == [450] * 3
    found = db.read_now(service.list_page, SHOP, Filter(search="latte"))
    assert not isinstance(found, Refusal)
    assert len(found.receipts) == 3
    assert {one.version for one in found.receipts} == {1}
    assert {one.kind for one in found.receipts[0].happenings} == {"reset", "cut"}
    assert await reread(db) == (0, 0)
    assert await reread(db, VERSION + 1) == (3, 0)


async def test_what_was_told_erased_or_corrected_is_left_alone(db: Database) -> None:
    told, erased, corrected = badly_read(1, reader=-1), badly_read(2), badly_read(3)
    for one in (told, erased, corrected):
        db.write_now(service.take, SHOP, one)
    db.write_now(service.forget, SHOP, erased.id, 5)

    def right(tx: Tx, n: int, reading: Reading) -> Reading:
        return msgspec.structs.replace(reading, total=999)

    assert await reread(db, corrected=right) == (1, 0)
    assert total(db, told.id) is None
    assert total(db, corrected.id) == 999
    assert db.read_now(service.get, SHOP, erased.id) == Refusal("receipt.unknown")


def test_a_receipt_that_got_a_tail_meanwhile_is_another_one(db: Database) -> None:
    made = badly_read(1)
    db.write_now(service.take, SHOP, made)
    (old,) = db.read_now(rereading.older, VERSION, 0, 10)
    longer = prepare(SHOP, printout(1, raw=PAPER + b"\x1bp\x002\xfa", text="longer", profile="TM-T88V"))
    assert not isinstance(db.write_now(service.amend, SHOP, b"\x1bp\x002\xfa", longer), Refusal)
    assert not db.write_now(rereading.reread, old, made, VERSION + 1)
    found = db.read_now(service.get, SHOP, made.id)
    assert not isinstance(found, Refusal)
    assert found.text == "longer"


async def test_one_the_reader_fails_on_stands_in_nobodys_way(db: Database) -> None:
    made = [badly_read(number) for number in range(2)]
    for one in made:
        db.write_now(service.take, SHOP, one)

    class Failing(Digester):
        failed = False

        async def digest(self, make: object, size: int) -> Prepared:
            if not self.failed:
                self.failed = True
                raise ValueError("a bug")
            return await super().digest(make, size)  # type: ignore[arg-type]

    digester, log = Failing(processes=0), []
    again = Rereading(db, digester, lambda shop: None, lambda event, values: log.append(event))
    assert await again.all() == (1, 1)
    assert log == ["receipt.not_reread"]
    assert [total(db, one.id) for one in made] == [None, 450]
    await digester.close()


async def test_it_can_be_stopped_at_any_moment(db: Database, tmp_path: Path) -> None:
    for number in range(5):
        db.write_now(service.take, SHOP, badly_read(number))
    digester = Digester(processes=0)
    with db.listen(service.TOPIC) as heard:
        task = asyncio.create_task(Rereading(db, digester, lambda shop: None, lambda event, values: None).all(0.01))
        await anext(aiter(heard))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    left = db.read_now(rereading.count_older, VERSION)
    assert await reread(db) == (left, 0)
    await digester.close()
