"""The terminal's page, its manifest and worker, and the minimal template it keeps for when nobody answers."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from kvit.i18n import LANGUAGE_NAMES
from kvit.template.library import service
from kvit.template.library.model import Key, Layout, Recipe
from kvit.template.slot_pack import SlotPack
from kvit.web import static_files
from kvit.web.terminal import FILES, direct_kinds
from tests.receipt.printouts import SHOP
from tests.template.slot_twin import filled
from tests.template.test_slots import adapter, dots
from tests.web.house import House
from tests.web.test_api_render import SALE, data_of, house
from tests.web.test_api_templates import Caller

__all__ = ["house"]


@pytest.fixture
def ask(house: House) -> Caller:
    return Caller(house.user("cashier"))


def pack(ask: Caller, query: str = "printer=sprt58", business: str = "shopping") -> SlotPack:
    answer = ask("GET", f"/offline/{business}?{query}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=SlotPack)


def test_the_page_may_reach_this_devices_printers_and_no_other_page_may(house: House) -> None:
    browser = house.user("cashier")
    page, other = browser.get("/terminal"), browser.get("/live")
    assert "serial=(self)" in page.headers["permissions-policy"]
    assert "usb=()" in other.headers["permissions-policy"]
    assert "manifest-src 'self'" in page.headers["content-security-policy"]
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert "https:" not in page.headers["content-security-policy"]
    assert 'name="csrf"' not in page.text  # a device keeps the page: nothing of a session is in it
    assert house.staff().get("/terminal").status_code == 303


def test_the_manifest_and_the_worker_are_there_without_a_session(house: House) -> None:
    browser = house.staff()
    manifest = browser.get("/terminal/manifest.json", headers={"accept-language": "ko"})
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert "단말기" in manifest.json()["name"]
    assert "Corner" not in manifest.text
    for icon in manifest.json()["icons"]:
        assert browser.get(icon["src"]).headers["content-type"] == icon["type"]
    worker = browser.get("/terminal/worker.js")
    assert worker.headers["service-worker-allowed"] == "/terminal"
    assert static_files.version() in worker.text
    assert "VERSION" not in worker.text


def test_every_file_a_module_needs_is_kept(house: House) -> None:
    found = {name for name in FILES if name.endswith(".js")}
    for name in sorted(found):
        wanted = set(re.findall(r'from "\./([\w-]+\.js)"', static_files.files()[name].decode()))
        assert wanted <= found, name
    assert set(FILES) <= set(static_files.files())


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_it_speaks_every_language(house: House, language: str) -> None:
    page = house.user("cashier").get(f"/terminal?lang={language}")
    assert f'lang="{language}"' in page.text
    assert "terminal." not in re.sub(r'data-words="[^"]*"|/static/\S+|/terminal\S+', "", page.text)


def test_a_device_writes_to_printers_that_take_bytes() -> None:
    assert direct_kinds()["sprt58"] == [58]
    assert direct_kinds()["sunmi"] == [80, 58]
    assert not {"365wifi", "feie", "epos"} & set(direct_kinds())


def test_what_a_device_fills_is_what_the_server_prints(ask: Caller) -> None:
    sale = {name: SALE[name] for name in ("number", "items", "total", "shop")} | {"currency": "GBP"}
    sale["shop"] = {"name": "Corner"}
    told = ask(
        "POST", "/render", {"business": "shopping", "variant": "offline", "data": sale, "printer": "sprt58"}
    ).json()
    made = filled(pack(ask), sale)
    device = adapter("sprt58")
    assert (dots(device, made) == dots(device, data_of(told))).all()


def test_a_pack_comes_with_a_tag_and_changes_with_the_template(house: House, ask: Caller) -> None:
    first = ask("GET", "/offline/shopping?printer=sprt58&paper=58")
    again = ask("GET", "/offline/shopping?printer=sprt58&paper=58", None, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    layout = Layout("header", "Hello", '[{"content":"Hello {{shop.name}}"}]')
    key = Key(SHOP, "shopping", "offline")
    house.db.write_now(service.save_draft, key, Recipe((layout,)), lambda text: "", 0)
    house.db.write_now(service.publish, key, "u", "", 0)
    changed = ask("GET", "/offline/shopping?printer=sprt58&paper=58")
    assert changed.headers["etag"] != first.headers["etag"]
    assert b"Hello Anna" in filled(pack(ask), {"shop": {"name": "Anna"}})


def test_a_printers_own_cut_follows_the_last_line(ask: Caller) -> None:
    assert pack(ask, "printer=sprt80").end == ""
    assert pack(ask, "printer=escpos%2Bfile:///dev/null%3Fcut%3Dfull").end != ""


def test_a_refund_has_the_minimal_template_of_a_sale(ask: Caller) -> None:
    assert (pack(ask, business="refund").business, pack(ask).business) == ("refund", "shopping")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/offline/shopping?printer=365wifi", "template.offline"), ("/offline/shopping?printer=aclas", "template.offline"),
        ("/offline/label?printer=sprt58", "template.unknown"),
        ("/offline/shopping?printer=nosuch", "device.adapter_unknown"),
        ("/offline/shopping?printer=sprt58&shopId=other", "web.not_found"),
    ],
)  # fmt: skip
def test_what_can_not_be_made_ready_is_said(ask: Caller, path: str, code: str) -> None:
    answer = ask("GET", path)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code


def test_who_may_not_see_templates_gets_none(house: House) -> None:
    assert house.staff().get("/api/v1/offline/shopping?printer=sprt58").status_code == 401


def test_the_files_named_are_plain_modules_without_foreign_addresses() -> None:
    for name in (*FILES, "terminal-worker.js"):
        if Path(name).suffix == ".js":
            code = re.sub(r"/\*.*?\*/|//[^\n]*", "", static_files.files()[name].decode(), flags=re.DOTALL)
            assert not re.findall(r"https?://|\beval\b|innerHTML|new Function", code), name
