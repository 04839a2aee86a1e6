"""The API's business data: a receipt as a template takes it, and what is nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP, prepared
from tests.web.house import House
from tests.web.test_api_templates import Caller


@pytest.fixture
def ask(house: House) -> Caller:
    return Caller(house.user("cashier"))


def test_a_receipts_data_fill_a_template(house: House, ask: Caller) -> None:
    (id_,) = house.keep(prepared())
    told: Any = ask("GET", f"/data/shopping/{id_}?shopId={SHOP}").json()
    whole = ask("GET", f"/receipts/{id_}").json()["reading"]
    assert len(told["items"]) == len(whole["items"])
    assert isinstance(told["total"], int)
    assert told["shop"]["name"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/data/shopping/nothing", 404, "receipt.unknown"),
        ("/data/delivery/1", 404, "template.no_source"),
        ("/data/shopping/1?shopId=another", 404, "web.not_found"),
    ],
)
def test_what_is_nobodys(ask: Caller, path: str, status: int, code: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_another_business_has_an_adapter(house: House) -> None:
    async def source(id_: str) -> bytes | Refusal:
        return b'{"total":1}' if id_ == "1" else Refusal("template.no_source", {"business": "delivery"})

    house.context = replace(house.context, sources={"delivery": source})
    ask = Caller(house.user("owner"))
    assert ask("GET", "/data/delivery/1").json() == {"total": 1}
    assert ask("GET", "/data/delivery/2").status_code == 404
