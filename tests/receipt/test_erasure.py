"""Erasure by the bytes: after forgetting, no file of the shop holds a word of the receipt, and its neighbours are whole."""

from __future__ import annotations

import random
import re
import zlib
from pathlib import Path

import pytest

from kvit.db import Database, open_database
from kvit.receipt import service
from kvit.receipt.store import Filter
from tests.receipt.printouts import SHOP, prepared

WORDS = "Quicksilver Marmalade №7719-4402 Жанаргуль 마멀레이드가게"
NEEDLES = [word.encode() for word in ("quicksilver", "marmalade", "7719", "жанаргуль", "마멀레")]
NEEDLES += [word.encode() for word in ("Quicksilver", "Marmalade", "Жанаргуль")]
NEEDLES += [b"icksilver", b"armalade", "анаргуль".encode()]
"""Also without the letters that a sorted index shares with the word before."""


def hits(folder: Path) -> list[tuple[str, str]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [(file.name, needle.decode()) for file in files for needle in NEEDLES if needle in file.read_bytes()]


def others(count: int) -> list[str]:
    """Texts whose words lie beside the secret ones in every index."""
    known = random.Random(5)
    near = ["quick", "quicksand", "marmot", "margin", "7718", "7720", "жанар", "жандос", "마이크", "latte"]
    return ["Corner Cafe\n" + " ".join(known.choices(near, k=9)) + f" {number}\n" for number in range(count)]


@pytest.mark.parametrize("before", [0, 40, 400])
def test_no_word_is_left(tmp_path: Path, before: int) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.receipt"]) as db:
        texts = others(before + 300)
        for number, text in enumerate(texts[:before]):
            db.write_now(service.take, SHOP, prepared(number, text))
        taken = db.write_now(service.take, SHOP, prepared(10_000, f"Corner Cafe\n{WORDS}\n"))
        for number, text in enumerate(texts[before:], before):
            db.write_now(service.take, SHOP, prepared(number, text))
        assert isinstance(taken, service.Taken)
        assert len({needle for _, needle in hits(tmp_path)}) == len(NEEDLES)
        db.write_now(service.forget, SHOP, taken.id, 1_700_000_000)
        assert hits(tmp_path) == []
        db.backup(tmp_path / "copy.db")
        assert hits(tmp_path) == []
        assert counted(db, "latte") == sum("latte" in text for text in texts)
        assert counted(db, "quicksilver") == 0
        db.write_now(lambda tx: tx.run("INSERT INTO receipt_words (receipt_words) VALUES ('integrity-check')"))
    assert hits(tmp_path) == []


def counted(db: Database, search: str) -> int:
    count, cursor = 0, ""
    while True:
        page = db.read_now(service.list_page, SHOP, Filter(search=search), cursor, 200)
        assert isinstance(page, service.Page)
        count += len(page.receipts)
        if page.next is None:
            return count
        cursor = page.next


def test_a_receipt_with_a_late_tail_goes_whole(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.receipt"]) as db:
        text = f"Corner Cafe\n{WORDS}\n"
        short = prepared(0, text)
        taken = db.write_now(service.take, SHOP, short)
        tail = b"\x1bp\x00\x19\xfa"
        longer = prepared(0, text, raw=short.printout.raw + tail)
        assert db.write_now(service.amend, SHOP, tail, longer) == service.Taken(short.id, fresh=True)
        assert isinstance(taken, service.Taken)
        assert counted(db, "마멀레이드") == 1
        db.write_now(service.forget, SHOP, taken.id, 1_700_000_000)
        assert hits(tmp_path) == []


def test_bodies_are_not_packed() -> None:
    """The search above would find nothing either if texts were compressed."""
    assert zlib.compress(WORDS.encode()) not in prepared(0, WORDS).printout.raw
    assert re.search(b"Quicksilver", prepared(0, WORDS).printout.raw)
