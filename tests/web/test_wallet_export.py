from __future__ import annotations

import csv
import io
import json
import zipfile

from kvit.receipt.model import Kind, Line, Reading
from kvit.web.context import RenderFailed
from tests.receipt.printouts import prepared
from tests.web.house import House
from tests.web.wallets import send, with_wallet

FORMULA = Reading(kind=Kind.SALE, items=(Line("=HYPERLINK(1)", 1000, 450, 450),), total=450, currency="USD")


def test_everything_as_json(house: House) -> None:
    first, second = house.keep(prepared(0), prepared(1, "Other Shop\nTee 2.00\n"))
    phone = with_wallet(house, first, second)
    page = f"/wallet/r/{first}"
    send(phone, f"{page}/note", page, note="For the office")
    send(phone, f"{page}/remind", page, day="2026-01-01", words="Warranty")
    got = phone.get("/wallet/export.json")
    assert got.headers["content-disposition"] == 'attachment; filename="kvit-wallet.json"'
    told = json.loads(got.content)
    assert [one["id"] for one in told["receipts"]] == [second, first]
    assert told["receipts"][1]["note"] == "For the office"
    assert told["receipts"][1]["reminder"] == {"day": "2026-01-01", "words": "Warranty"}
    assert told["receipts"][1]["data"]["total"] == "4.50"
    assert told["receipts"][1]["category"] == "eating"


def test_everything_as_a_table(house: House) -> None:
    phone = with_wallet(house, *house.keep(prepared(0), prepared(1, "Evil\n", reading=FORMULA)))
    rows = list(csv.DictReader(io.StringIO(phone.get("/wallet/export.csv").content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Latte"]


def test_everything_with_pictures(house: House) -> None:
    first, second = house.keep(prepared(0), prepared(1))
    phone = with_wallet(house, first, second)
    got = phone.get("/wallet/export.zip")
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert names == {"wallet.json", "wallet.csv"} | {
            f"receipts/{id_}.{form}" for id_ in (first, second) for form in ("txt", "pdf", "png")
        }
        assert archive.read(f"receipts/{first}.pdf").startswith(b"%PDF")
        assert archive.read(f"receipts/{first}.png").startswith(b"\x89PNG")
        assert json.loads(archive.read("wallet.json"))["receipts"][0]["id"] == second
    assert phone.get("/wallet/export.zip").content == got.content


async def broken(raw: bytes, profile: str, form: str) -> bytes:
    raise RenderFailed("the worker took too long")


def test_a_picture_that_fails_is_left_out(house: House) -> None:
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    object.__setattr__(house.context, "render", broken)
    with zipfile.ZipFile(io.BytesIO(phone.get("/wallet/export.zip").content)) as archive:
        assert set(archive.namelist()) == {"wallet.json", "wallet.csv", f"receipts/{id_}.txt"}


def test_a_wallet_longer_than_a_batch(house: House) -> None:
    ids = house.keep(*(prepared(number) for number in range(70)))
    phone = with_wallet(house, ids[0])
    from kvit.access.customers import service as customers
    from kvit.access.customers.devices import device_hash
    from kvit.receipt.wallet import service

    found = house.db.read_now(customers.visitor, device_hash(phone.cookies["kvit-wallet"]), int(house.now_s[0]))
    assert found is not None
    for id_ in ids:
        house.db.write_now(service.keep, found[0].id, "shop-1", id_, 1, "till")
    assert len(json.loads(phone.get("/wallet/export.json").content)["receipts"]) == 70
    assert phone.get("/wallet/export.exe").status_code == 404
