"""From a printout to the store: once, in order, with its late tails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kvit.app.digester import Digester
from kvit.app.intake import Intake, NotYet
from kvit.db import Database, open_database
from kvit.receipt import service
from kvit.receipt.printout import Place, receipt_id
from kvit.receipt.store import Filter
from kvit.refusal import Refusal
from kvit.relay.reading import Amendment, Printout
from kvit.relay.settings import LineSettings

SHOP = "shop-1"
LINE = LineSettings("till-1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:1", profile="TM-T88V")
RECEIPT = b"\x1b@Corner Cafe\nLatte            4.50\nTOTAL            4.50\n"
CUT, PULSE = b"\x1dVB\x00", b"\x1bp\x002\xfa"
CARD = b"\x1b@CARD\n4111 1111 1111 1111\nTOTAL 9.00\n"


def printout(raw: bytes = RECEIPT, offset: int = 100, **more: Any) -> Printout:
    return Printout("till-1", offset, raw, b"", 1000, 2000, "127.0.0.1:5", "cut", **more)


def tail(raw: bytes, at: int, word: str, offset: int = 100) -> Amendment:
    return Amendment("till-1", offset, raw, 3000, word, at)


class Books:
    def __init__(self, db: Database, digester: Digester) -> None:
        self.db = db
        self.logged: list[tuple[str, dict[str, object]]] = []
        self.intake = Intake(db, SHOP, digester, lambda event, values: self.logged.append((event, values)))

    def raw(self, offset: int = 100) -> bytes | Refusal:
        return self.db.read_now(service.raw, SHOP, receipt_id(SHOP, Place("till-1", offset)))

    def happenings(self) -> list[str]:
        page = self.db.read_now(service.list_page, SHOP, Filter())
        assert not isinstance(page, Refusal)
        return [happening.kind for one in page.receipts for happening in one.happenings]


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    digester = Digester()
    with open_database(tmp_path / "kvit.db", ["kvit.access", "kvit.receipt"]) as db:
        yield Books(db, digester)
        await digester.close()


async def test_told_twice_it_is_stored_once(books: Books) -> None:
    for _ in range(2):
        await books.intake.take(printout(), LINE)
    page = books.db.read_now(service.list_page, SHOP, Filter())
    assert not isinstance(page, Refusal)
    (one,) = page.receipts
    assert (one.total, one.till, one.taken_at_ms, one.profile) == (450, "till-1", 2000, "TM-T88V")
    assert books.raw() == RECEIPT


async def test_other_bytes_at_the_same_place_are_refused_and_logged(books: Books) -> None:
    await books.intake.take(printout(), LINE)
    await books.intake.take(printout(RECEIPT + b"!"), LINE)
    assert books.raw() == RECEIPT
    assert [event for event, _ in books.logged] == ["receipt.refused"]


async def test_tails_told_with_their_printout_go_in_behind_it_in_order(books: Books) -> None:
    """All three begin at once, as the follower gives them."""
    size = len(RECEIPT)
    told = [
        books.intake.take(printout(), LINE),
        books.intake.amend(tail(CUT, size, "cut"), LINE),
        books.intake.amend(tail(PULSE, size + len(CUT), "pulse"), LINE),
    ]
    await asyncio.gather(*told)
    assert books.raw() == RECEIPT + CUT + PULSE
    assert books.happenings() == ["reset", "cut", "pulse"]
    assert books.logged == []


async def test_a_tail_told_again_after_a_crash_changes_nothing(books: Books) -> None:
    await books.intake.take(printout(), LINE)
    for _ in range(2):
        await books.intake.amend(tail(CUT, len(RECEIPT), "cut"), LINE)
        await books.intake.amend(tail(PULSE, len(RECEIPT) + 4, "pulse"), LINE)
    await books.intake.take(printout(), LINE)
    assert books.raw() == RECEIPT + CUT + PULSE
    assert books.logged == []


async def test_a_tail_waits_while_its_printout_could_not_be_stored(books: Books, monkeypatch: Any) -> None:
    write, full = books.db.write, [True]

    async def failing(*arguments: Any) -> Any:
        if full[0]:
            raise OSError("the disk is full")
        return await write(*arguments)

    monkeypatch.setattr(books.db, "write", failing)
    with pytest.raises(OSError, match="full"):
        await books.intake.take(printout(), LINE)
    with pytest.raises(NotYet):
        await books.intake.amend(tail(CUT, len(RECEIPT), "cut"), LINE)
    full[0] = False
    await books.intake.take(printout(), LINE)
    await books.intake.amend(tail(CUT, len(RECEIPT), "cut"), LINE)
    assert books.raw() == RECEIPT + CUT
    assert not books.intake._ways
    assert not books.intake._awaited


async def test_questions_are_no_receipt_but_an_opened_drawer_is_kept(books: Books) -> None:
    await books.intake.take(printout(b"\x1b@\x10\x04\x01", marked=False), LINE)
    await books.intake.amend(tail(b"\x10\x04\x04", 9, "ask"), LINE)
    assert books.happenings() == []
    await books.intake.amend(tail(PULSE, 12, "pulse"), LINE)
    await books.intake.take(printout(PULSE, 500, marked=False), LINE)
    assert books.happenings() == ["pulse", "pulse"]


async def test_no_card_number_reaches_the_store(books: Books) -> None:
    await books.intake.take(printout(CARD), LINE)
    stored = books.db.read_now(service.get, SHOP, receipt_id(SHOP, Place("till-1", 100)))
    assert not isinstance(stored, Refusal)
    assert "1111" not in stored.text
    assert b"1111" not in (books.raw() or b"")  # type: ignore[operator]
    await books.intake.amend(tail(CUT, len(CARD), "cut"), LINE)
    raw = books.raw()
    assert isinstance(raw, bytes)
    assert len(raw) == len(CARD + CUT)
    assert b"1111" not in raw


async def test_the_drawer_of_a_till_that_only_asked_is_kept_once_however_often_it_is_told(books: Books) -> None:
    for _ in range(2):
        await books.intake.take(printout(b"\x1b@\x10\x04\x01", marked=False), LINE)
        await books.intake.amend(tail(PULSE, 12, "pulse"), LINE)
    assert books.raw() == PULSE
    assert books.logged == []


@pytest.mark.parametrize("together", [True, False])
async def test_a_printout_known_without_its_tail_gets_it_when_both_are_told_again(books: Books, together: bool) -> None:
    """A crash between the two, and afterwards the tail comes along with its printout, or behind it."""
    await books.intake.take(printout(), LINE)
    take, amend = books.intake.take(printout(), LINE), books.intake.amend(tail(PULSE, len(RECEIPT), "pulse"), LINE)
    if together:
        await asyncio.gather(take, amend)
    else:
        await take
        await amend
    assert books.raw() == RECEIPT + PULSE
    assert books.logged == []


async def test_a_setting_of_before_is_in_force(books: Books) -> None:
    word = "Чай".encode("cp866")
    await books.intake.take(Printout("till-1", 100, word + b"\n", b"\x1bt\x11", 1, 2, "t", "cut"), LINE)
    stored = books.db.read_now(service.get, SHOP, receipt_id(SHOP, Place("till-1", 100)))
    assert not isinstance(stored, Refusal)
    assert "Чай" in stored.text
    assert books.raw() == word + b"\n"


async def test_a_backlog_is_stored_whole_with_every_tail(books: Books) -> None:
    """More than the thread takes: processes are called."""
    offsets = range(0, 60_000, 1000)
    told = []
    for offset in offsets:
        raw = RECEIPT + b"%d\n" % offset
        told.append(books.intake.take(printout(raw, offset), LINE))
        told.append(books.intake.amend(tail(PULSE, len(raw), "pulse", offset), LINE))
    await asyncio.gather(*told)
    assert [books.raw(offset) for offset in offsets] == [RECEIPT + b"%d\n" % offset + PULSE for offset in offsets]
    assert books.logged == []
