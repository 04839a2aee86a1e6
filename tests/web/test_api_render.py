"""The one call for clients that print themselves, and the one that prints here."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from kvit import __version__
from kvit.device.board import Board
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.store import Filter
from kvit.paper.languages.table import PackLanguage, read
from kvit.refusal import Refusal
from kvit.template.builtin import recipes, samples
from kvit.template.fill import Filled, FillWanted, Forms, fill
from kvit.template.library import service
from kvit.template.library.model import Key, Layout, Recipe
from kvit.web.delivery import NoDelivery
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house
from tests.web.test_api_templates import Caller

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "packs"
SALE = samples()["shopping"]


class Pressing(NoDelivery):
    """Presses here and now, as the process would."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board(lambda: 0.0)

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        return press(wanted)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    forms = Forms()

    async def fills(wanted: FillWanted) -> Filled | Refusal:
        return fill(wanted, forms)

    with open_house(tmp_path, delivery=Pressing(), fill=fills) as made:
        made.db.write_now(service.settle_base, recipes(), 0)
        made.db.write_now(printers.keep, SHOP, Printer("counter", "escpos+tcp://10.0.0.5?paper=58"), 0)
        yield made


@pytest.fixture
def ask(house: House) -> Caller:
    return Caller(house.user("manager"))


def render(ask: Caller, status: int = 200, **values: Any) -> Any:
    answer = ask("POST", "/render", {"business": "shopping", "data": SALE, **values})
    assert answer.status_code == status, answer.text
    return answer.json()


def data_of(told: Any) -> bytes:
    kinds = {"base64": base64.b64decode, "hex": bytes.fromhex, "text": str.encode}
    return bytes(kinds[told["encoding"]](told["data"]))


@pytest.mark.parametrize(
    ("printer", "paper", "encoding", "media_type"),
    [
        ("", 0, "base64", "application/octet-stream"), ("counter", 0, "base64", "application/octet-stream"),
        ("sunmi", 58, "base64", "application/octet-stream"), ("sprt58", 0, "base64", "application/octet-stream"),
        ("xprinter", 80, "base64", "application/octet-stream"), ("aclas", 80, "base64", "application/octet-stream"),
        ("365wifi", 58, "text", "text/plain; charset=utf-8"), ("wangpos", 58, "text", "application/json"),
        ("epos", 80, "text", "text/xml; charset=utf-8"),
        ("escpos+tcp://10.0.0.5?profile=TM-T88V", 80, "base64", "application/octet-stream"),
    ],
)  # fmt: skip
def test_every_kind_of_printer_gets_its_own(
    ask: Caller, printer: str, paper: int, encoding: str, media_type: str
) -> None:
    told = render(ask, printer=printer, paper=paper)
    assert (told["encoding"], told["media_type"]) == (encoding, media_type)
    assert hashlib.sha256(data_of(told)).hexdigest() == told["hash"]
    assert told["template"] == {"business": "shopping", "variant": "", "id": told["template"]["id"], "version": 1}


def test_a_printer_whose_language_a_pack_brings(ask: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render(ask, 409, printer="pack.slips")["code"] == "device.adapter_unknown"
    slips = PackLanguage("pack.slips", read((EXAMPLES / "tagprinter" / "profiles" / "slips.json").read_bytes()))

    async def with_pack(_: Pressing, wanted: Wanted) -> Pressed | Refusal:
        return press(msgspec.structs.replace(wanted, brought=slips))

    monkeypatch.setattr(Pressing, "press", with_pack)
    sale = {**SALE, "shop": {**SALE["shop"], "name": "[CUT] {x}"}}
    told = render(ask, printer="pack.slips", data=sale, copies=2)
    assert (told["encoding"], told["copies"], "[CUT]" in told["data"]) == ("text", 2, False)
    assert "［CUT］ {x}" in told["data"]
    shown = render(ask, printer="pack.slips", data=sale, form="png", copies=2)
    assert shown["hash"] == told["hash"]
    assert render(ask, printer="pack.slips", paper=58)["hash"] != told["hash"]


def test_bytes_hexadecimal_picture_and_document_are_one_paper(ask: Caller) -> None:
    made = {form: render(ask, printer="counter", form=form) for form in ("bytes", "hex", "png", "document")}
    assert len({each["hash"] for each in made.values()}) == 1
    assert data_of(made["bytes"]) == data_of(made["hex"])
    with Image.open(io.BytesIO(data_of(made["png"]))) as picture:
        assert picture.width == 384
    assert "Flat white" in made["document"]["data"]


def test_copies_are_in_the_bytes_or_told(ask: Caller) -> None:
    one, three = (render(ask, printer="sprt80", copies=copies) for copies in (1, 3))
    assert three["bytes"] > 2 * one["bytes"]
    assert (three["copies"], render(ask, printer="365wifi", copies=3)["copies"]) == (1, 3)


def test_the_richest_template_whose_fields_are_there_is_taken(house: House, ask: Caller) -> None:
    loyal = Recipe(
        (Layout("header", "Hi", '[{"content":"Hello {{member.name}}"}]'),), ("total", "items", "member.name")
    )
    house.db.write_now(service.save_draft, Key(SHOP, "shopping", "loyal"), loyal, lambda text: "", 0)
    house.db.write_now(service.publish, Key(SHOP, "shopping", "loyal"), "u", "", 0)
    assert render(ask, data={**SALE, "member": {"name": "Ann"}})["template"]["variant"] == "loyal"
    assert render(ask)["template"]["variant"] == ""
    assert render(ask, data={"number": "1"})["template"]["variant"] == "offline"
    assert render(ask, business="kitchen", status=409, data={})["code"] == "template.lacking"
    assert render(ask, variant="offline")["template"]["variant"] == "offline"


def test_layouts_may_be_brought_along(ask: Caller) -> None:
    layouts = [{"name": "Hi", "content": '[{"content":"Hello {{name}} {{money 4990}}"}]'}]
    told = render(ask, business="", layouts=layouts, data={"name": 'A "b"\\\n{{x}}'}, currency="EUR", form="document")
    assert 'A \\"b\\"\\\\' in told["data"]
    assert "49.90" in told["data"]
    assert told["template"] is None


def test_a_picture_that_is_nowhere_is_a_warning(ask: Caller) -> None:
    told = render(ask, data={**SALE, "shop": {"name": "A", "logo": "https://shop.example/logo.png"}})
    assert any("shop.example" in warning for warning in told["warnings"])


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"business": "nothing"}, 404, "template.unknown"),
        ({"shopId": "another"}, 404, "web.not_found"),
        ({"printer": "nokia"}, 409, "device.adapter_unknown"),
        ({"printer": "escpos?profile=/etc/shadow.toml"}, 409, "device.adapter_profile"),
        ({"printer": "sprt58", "paper": 80}, 409, "device.address_option"),
        ({"data": [1]}, 409, "template.data"),
        ({"data": [1], "variant": ""}, 409, "template.data"),
        ({"layouts": [{"name": "", "content": "{"}]}, 409, "template.layout"),
        ({"layouts": [{"name": "", "content": '[{"content":"{{#if"}]'}]}, 409, "template.syntax"),
        ({"layouts": [{"name": "", "content": '[{"content":"{{nothing 1}}"}]'}]}, 409, "template.missing_helper"),
        ({"data": {"items": [{"name": "x", "price": 1.5}], "total": 1}}, 409, "template.data_shape"),
        ({"copies": 10}, 422, "web.not_understood"),
        ({"form": "exe"}, 422, "web.not_understood"),
    ],
)
def test_what_can_not_be_made_says_why(ask: Caller, values: dict[str, Any], status: int, code: str) -> None:
    assert render(ask, status, **values)["code"] == code


def handed(ask: Caller, key: str, status: int = 200, **values: Any) -> Any:
    body = {"business": "shopping", "data": SALE, "printer": "counter", **values}
    answer = ask("POST", "/print", body, **{"idempotency-key": key})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_job_is_made_once_even_when_the_template_changes_in_between(house: House, ask: Caller) -> None:
    first = handed(ask, "sale 1", title="1742", copies=2)
    assert (len(first["jobs"]), first["fresh"]) == (2, True)
    house.db.write_now(
        service.save_draft, Key(SHOP, "shopping"), Recipe((Layout("header", "New", "[{}]"),)), lambda text: "", 0
    )
    house.db.write_now(service.publish, Key(SHOP, "shopping"), "u", "", 0)
    again = handed(ask, "sale 1", title="1742", copies=2)
    assert ([job["id"] for job in again["jobs"]], again["fresh"]) == ([job["id"] for job in first["jobs"]], False)
    assert handed(ask, "sale 1", 409, data={**SALE, "total": 1})["code"] == "device.job_conflict"
    assert len(house.db.read_now(spool.search, SHOP, Filter())) == 2


def test_who_may_look_may_not_print(house: House) -> None:
    assert Caller(house.user("auditor"))("POST", "/render", {"data": {}}).status_code == 403
    assert Caller(house.user("cashier"))("POST", "/print", {"data": {}}, **{"idempotency-key": "a"}).status_code != 403


def test_a_job_keeps_its_template_and_a_reprint_asks_for_nothing(house: House, ask: Caller) -> None:
    body = {"business": "shopping", "data": SALE, "printer": "counter", "copies": 2}
    told = ask("POST", "/print", body, **{"idempotency-key": "sale 1"}).json()
    assert told["series"] == {"asked": 2, "printed": 0, "state": "queued", "copy": 1, "error": ""}
    job = told["jobs"][0]
    assert job["title"] == f"Sales receipt {SALE['number']}"
    assert job["template"] == {
        "business": "shopping", "variant": "", "id": job["template"]["id"], "version": 1, "engine": __version__,
    }  # fmt: skip
    assert job["template"]["id"] > 0

    async def nobody(wanted: FillWanted) -> Filled | Refusal:
        raise AssertionError("a reprint fills nothing")

    object.__setattr__(house.context, "fill", nobody)
    object.__setattr__(house.context, "sources", {"shopping": nobody})
    for each in told["jobs"]:
        assert ask("POST", f"/jobs/{each['id']}/cancel", {}).status_code == 200
    series = ask("GET", f"/jobs/{job['id']}/series").json()
    assert (series["asked"], series["printed"], series["error"]) == (2, 0, "cancelled")
    again = ask("POST", f"/jobs/{job['id']}/reprint", {}, **{"idempotency-key": "again"})
    assert again.status_code == 200, again.text
    assert (again.json()["copy"], again.json()["sha256"]) == (3, job["sha256"])
    assert again.json()["template"] == job["template"]
    first, second = (house.db.read_now(spool.payload, SHOP, each) for each in (job["id"], again.json()["id"]))
    assert first == second
    page = ask.browser.get(f"/jobs/{job['id']}").text
    assert "/templates/shopping" in page
    assert f"Kvit {__version__}" in page


def test_a_job_of_a_draft_or_of_brought_layouts_says_so(ask: Caller) -> None:
    layout = {"type": "a", "name": "A", "content": '[{"content":"x"}]'}
    body = {"business": "queue", "data": {"number": 7}, "printer": "counter", "draft": [layout]}
    made = ask("POST", "/print", body, **{"idempotency-key": "1"}).json()["jobs"][0]
    assert (made["template"]["version"], made["title"]) == (0, "Queue ticket 7")
    body = {"layouts": [{"name": "A", "content": '[{"content":"x"}]'}], "data": {}, "printer": "counter"}
    made = ask("POST", "/print", body, **{"idempotency-key": "2"}).json()["jobs"][0]
    assert (made["template"], made["title"]) == (None, "")
    assert "Receipt" in ask.browser.get(f"/jobs/{made['id']}").text
