"""Pages of the list: every question is answered in looks of bounded size, and going on finds all, once, in order."""

from __future__ import annotations

import pytest

from kvit.db import Database
from kvit.receipt import finding, service
from kvit.receipt.model import Kind, Reading
from kvit.receipt.store import Filter
from tests.databases import OpenDatabase
from tests.receipt.printouts import SHOP, prepared

COUNT = 60


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    made = database("kvit.receipt")
    for number in range(COUNT):
        reading = Reading(kind=Kind.REFUND if number == 1 else Kind.SALE, total=number)
        made.write_now(service.take, SHOP, prepared(number, f"Latte {number}\n", reading=reading))
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "LOOK_FIRST", 2)
    monkeypatch.setattr(finding, "LOOK_GROWTH", 3)
    monkeypatch.setattr(finding, "LOOK_MAX", 10)


QUESTIONS = {
    "all": Filter(),
    "a kind": Filter(kind=Kind.REFUND),
    "a line": Filter(line="till-1"),
    "a line and a rare kind": Filter(line="till-1", kind=Kind.REFUND),
    "a line and a kind that never is": Filter(line="till-1", kind=Kind.X_REPORT),
    "a word": Filter(search="latte"),
    "a word and a rare kind": Filter(search="latte", kind=Kind.REFUND),
    "a word and a kind that never is": Filter(search="latte", kind=Kind.X_REPORT),
    "a rare word": Filter(search="latte 7"),
    "a word nobody has": Filter(search="absinthe"),
}
ANSWERS = {"all": COUNT, "a kind": 1, "a line": COUNT, "a line and a rare kind": 1, "a word": COUNT,
           "a word and a rare kind": 1, "a rare word": 1}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_going_on_finds_all_once_in_order(db: Database, small: None, name: str, limit: int) -> None:
    found: list[int] = []
    cursor, pages = "", 0
    while True:
        page = db.read_now(service.list_page, SHOP, QUESTIONS[name], cursor, limit)
        assert isinstance(page, service.Page)
        found += [one.n for one in page.receipts]
        pages += 1
        if page.next is None:
            assert page.looked_to_ms is None
            break
        assert len(page.receipts) == limit or page.looked_to_ms is not None
        cursor = page.next
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == ANSWERS.get(name, 0)
    assert pages <= COUNT + 2


def test_no_look_reads_more_than_its_measure(db: Database, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    looked_at = finding._looked_at

    def counted(*given: object) -> list[object]:
        rows = looked_at(*given)  # type: ignore[arg-type]
        sizes.append(len(rows))
        return rows  # type: ignore[return-value]

    monkeypatch.setattr(finding, "_looked_at", counted)
    page = db.read_now(service.list_page, SHOP, QUESTIONS["a word and a kind that never is"], "", 5)
    assert isinstance(page, service.Page)
    assert (page.receipts, page.next is None) == ((), False)
    assert sizes == [2, 6, 2]


def test_a_bunch_is_fetched_in_order(db: Database) -> None:
    for limit in (1, 8, 9, 60):
        page = db.read_now(service.list_page, SHOP, Filter(), "", limit)
        assert isinstance(page, service.Page)
        assert [one.n for one in page.receipts] == list(range(COUNT, COUNT - limit, -1))


def test_a_shop_sees_its_own(db: Database) -> None:
    for question in QUESTIONS.values():
        page = db.read_now(service.list_page, "another", question, "", 50)
        assert page == service.Page((), None)


@pytest.mark.parametrize("most", [0, 1, 3, 100])
@pytest.mark.parametrize("search", ["latte", "latte 1", "1", "la", "5", "absinthe", "latte 5"])
def test_a_beginning_is_found_however_many_words_it_has(
    db: Database, monkeypatch: pytest.MonkeyPatch, most: int, search: str
) -> None:
    monkeypatch.setattr(finding, "ENDINGS_MAX", most)
    page = db.read_now(service.list_page, SHOP, Filter(search=search), "", 200)
    assert isinstance(page, service.Page)
    words = search.split()
    wanted = [n for n in range(COUNT) if all(any(w.startswith(word) for w in ("latte", str(n))) for word in words)]
    assert len(page.receipts) == len(wanted)
