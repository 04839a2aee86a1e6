"""The shelf: who goes together, what each is answered, and that one bad printout stands in nobody's way."""

from __future__ import annotations

import asyncio

import pytest

from kvit.app import shelf
from kvit.app.shelf import TOGETHER, Shelf
from kvit.receipt.printout import Place, Prepared, Printout, prepare
from kvit.receipt.service import Taken
from kvit.refusal import Refusal


def ready(number: int, raw: bytes = b"Latte 4.50\n") -> Prepared:
    return prepare("shop-1", Printout(Place("till-1", number), raw, "Latte", 0, profile="default"))


class Books:
    """Takes what is written when it is let."""

    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.bad: set[int] = set()
        self.let = asyncio.Event()

    async def write(self, together: list[Prepared]) -> list[Taken | Refusal]:
        numbers = [one.printout.place.offset for one in together]
        self.writes.append(numbers)
        await self.let.wait()
        if self.bad & set(numbers):
            raise OSError("disk full")
        return [Refusal("receipt.conflict") if not one.printout.raw else Taken(one.id, fresh=True) for one in together]


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lone_one_goes_at_once_and_the_others_together_behind_it() -> None:
    books = Books()
    put = Shelf(books.write).put
    first = asyncio.create_task(put(ready(0)))
    await turns()
    others = [asyncio.create_task(put(ready(number))) for number in range(1, 4)]
    await turns()
    assert books.writes == [[0]]
    books.let.set()
    answers = await asyncio.gather(first, *others)
    assert books.writes == [[0], [1, 2, 3]]
    assert answers == [Taken(ready(number).id, fresh=True) for number in range(4)]


async def test_each_hears_its_own_answer() -> None:
    books = Books()
    books.let.set()
    put = Shelf(books.write).put
    answers = await asyncio.gather(put(ready(0)), put(ready(1, b"")), put(ready(2)))
    assert [type(answer) for answer in answers] == [Taken, Refusal, Taken]
    assert books.writes == [[0, 1, 2]]


async def test_one_that_can_not_be_written_keeps_none_out() -> None:
    books = Books()
    books.let.set()
    books.bad = {1}
    put = Shelf(books.write).put
    answers = await asyncio.gather(*(put(ready(number)) for number in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Taken, OSError, Taken]
    assert books.writes == [[0, 1, 2], [0], [1], [2]]
    books.bad.clear()
    assert await put(ready(1)) == Taken(ready(1).id, fresh=True)


async def test_not_too_many_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    books = Books()
    books.let.set()
    monkeypatch.setattr(shelf, "TOGETHER_BYTES", 100)
    put = Shelf(books.write).put
    sizes = [10] * (TOGETHER + 5) + [90, 50, 60, 500]
    await asyncio.gather(*(put(ready(number, b"x" * size)) for number, size in enumerate(sizes)))
    assert [number for numbers in books.writes for number in numbers] == list(range(len(sizes)))
    assert all(len(numbers) == 1 or sum(sizes[number] for number in numbers) <= 100 for numbers in books.writes)


async def test_who_no_longer_waits_harms_nobody() -> None:
    books = Books()
    put = Shelf(books.write).put
    waiting = [asyncio.create_task(put(ready(number))) for number in range(3)]
    await turns()
    waiting[1].cancel()
    await turns()
    books.let.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Taken, asyncio.CancelledError, Taken]
