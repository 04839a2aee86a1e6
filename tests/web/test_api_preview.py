"""The preview: both widths at once, faults in their place, pictures, and printing just what was looked at."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.template.builtin import samples
from tests.receipt.printouts import SHOP
from tests.web.house import STAFF, House
from tests.web.templating import templating
from tests.web.test_api_templates import Caller

SALE = samples()["shopping"]


@pytest.fixture
def ask(house: House) -> Caller:
    templating(house)
    return Caller(house.user("manager"))


def layouts(ask: Caller) -> list[Any]:
    found: list[Any] = ask("GET", "/templates/shopping/recipe?base=true").json()["layouts"]
    return found


def preview(ask: Caller, given: list[Any], **values: Any) -> Any:
    answer = ask("POST", "/preview", {"business": "shopping", "layouts": given, "data": SALE, **values})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_both_widths_with_the_hash_of_what_is_printed(ask: Caller) -> None:
    told = preview(ask, layouts(ask), printer="counter")
    assert [(each["paper"], each["printer"]) for each in told["sheets"]] == [(80, ""), (58, "counter")]
    for each, width in zip(told["sheets"], (576, 384), strict=True):
        with Image.open(io.BytesIO(base64.b64decode(each["png"]))) as picture:
            assert picture.width == width
    rendered = ask(
        "POST", "/render", {"business": "shopping", "data": SALE, "printer": "counter", "variant": ""}
    ).json()
    assert rendered["hash"] == told["sheets"][1]["hash"]
    assert (told["missing"], told["fault"]) == (["slogan"], None)


def test_what_a_paper_lacks_is_told_at_its_layout(ask: Caller) -> None:
    extra = {"type": "footer", "name": "Note", "content": '[{"content":"ᚠ {{number}}"}]', "sort_weight": 999}
    given = [*layouts(ask), extra]
    for sheet in preview(ask, given)["sheets"]:
        assert [(each["layout"], "ᚠ" in each["says"]) for each in sheet["remarks"]] == [(len(given) - 1, True)]
        assert [("₸" in each) for each in sheet["warnings"]] == [True]  # of a table that several layouts share


def test_a_fault_is_told_at_its_layout(ask: Caller) -> None:
    given = layouts(ask)
    given[3]["content"] = '[{"content":"{{#if"}]'
    told = preview(ask, given)
    assert (told["sheets"], told["fault"]["layout"]) == ([], 3)
    given[3]["content"] = '[{"content":"x","fontSize":"giant"}]'
    assert preview(ask, given)["fault"]["layout"] == 3
    assert preview(ask, layouts(ask), data=[1])["fault"]["layout"] == -1
    body = {"business": "shopping", "layouts": layouts(ask), "data": SALE, "printer": "nokia"}
    assert ask("POST", "/preview", body).json()["code"] == "device.adapter_unknown"


def printed(ask: Caller, key: str, **values: Any) -> Any:
    body = {"business": "shopping", "data": SALE, "printer": "counter", **values}
    return ask("POST", "/print", body, **{"idempotency-key": key})


def test_print_this_prints_that_or_nothing(house: House, ask: Caller) -> None:
    given = layouts(ask)
    sheet = preview(ask, given, printer="counter")["sheets"][1]
    done = printed(ask, "one", draft=given, expect_hash=sheet["hash"])
    assert done.status_code == 200, done.text
    assert done.json()["jobs"][0]["printer"] == "counter"
    ask("PUT", "/params/shopping", {"slogan": "Another paper from now on"})
    assert printed(ask, "one", draft=given, expect_hash=sheet["hash"]).json()["fresh"] is False
    assert printed(ask, "late", draft=given, expect_hash=sheet["hash"]).json()["code"] == "template.other_paper"
    ask("PUT", "/params/shopping", {})
    given[1]["content"] = '[{"content":"another"}]'
    for values in ({"draft": given}, {"draft": layouts(ask), "data": {**SALE, "number": "2"}}):
        refused = printed(ask, f"two {len(values)}", expect_hash=sheet["hash"], **values)
        assert (refused.status_code, refused.json()["code"]) == (409, "template.other_paper")
    house.db.write_now(printers.keep, SHOP, Printer("bar", "escpos+tcp://10.0.0.6?paper=80"), 0)
    assert printed(ask, "three", draft=layouts(ask), expect_hash=sheet["hash"], printer="bar").status_code == 409


def png(colour: int) -> bytes:
    data = io.BytesIO()
    Image.new("L", (64, 32), colour).save(data, "PNG")
    return data.getvalue()


def uploaded(ask: Caller, data: bytes, name: str = "logo.png", kind: str = "application/octet-stream") -> Any:
    told = {"x-csrf-token": ask.token, "origin": STAFF, "content-type": kind}
    return ask.browser.post(f"/api/v1/pictures?name={name}", content=data, headers=told)


def test_pictures_are_kept_listed_given(house: House, ask: Caller) -> None:
    data = png(0)
    told = uploaded(ask, data).json()
    assert told["address"] == f"picture:{hashlib.sha256(data).hexdigest()}"
    assert uploaded(ask, data, "again.png").json()["address"] == told["address"]
    assert [each["name"] for each in ask("GET", "/pictures").json()["pictures"]] == ["again.png"]
    answer = ask("GET", f"/pictures/{told['address'].removeprefix('picture:')}")
    assert (answer.content, answer.headers["content-type"]) == (data, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    rows = house.user("owner").get("/audit").text
    assert "Picture for templates uploaded" in rows


def test_what_is_no_picture_is_refused(house: House, ask: Caller) -> None:
    assert uploaded(ask, b"<svg/>").json()["code"] == "template.picture_kind"
    assert uploaded(ask, png(0), kind="image/png").status_code == 415
    assert uploaded(ask, b"x" * (5 << 20)).status_code == 413
    assert ask("GET", "/pictures/" + "0" * 64).status_code == 404
    assert ask("GET", "/pictures/..%2f").status_code in (404, 422)
    assert uploaded(Caller(house.user("cashier")), png(0)).status_code == 403
