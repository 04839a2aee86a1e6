"""The API's templates: the source's answer, drafts to versions, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from kvit.template.library import service
from kvit.template.library.model import BASE, SHARED, Key, Layout, Recipe
from tests.receipt.printouts import SHOP
from tests.web.house import STAFF, House

PHONE = {"type": "header", "name": "Phone", "content": '[{"content":"Tel. {{$phone}} {{mobile}}"}]', "sort_weight": 1}
ITEMS = {"type": "items", "name": "Items", "content": SHARED, "sort_weight": 2}


class Caller:
    """A signed-in user's program."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser
        self.token = browser.get("/api/v1/session").json().get("csrf", "")

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        told = {"x-csrf-token": self.token, "origin": STAFF, **headers}
        return self.browser.request(method, f"/api/v1{path}", json=body, headers=told)


@pytest.fixture
def owner(house: House) -> Caller:
    return Caller(house.user("owner"))


def base(house: House) -> None:
    row = Layout("items", "Row", '[{"content":"{{name}}"}]', 1)
    house.db.write_now(service.settle_base, {("shared", ""): Recipe((row,))}, 0)


def test_from_a_draft_to_the_sources_answer(house: House, owner: Caller) -> None:
    base(house)
    saved = owner("PUT", "/templates/shopping/draft", {"layouts": [PHONE, ITEMS], "requires": ["total"]})
    assert saved.status_code == 200, saved.text
    assert owner("GET", "/templates/shopping").status_code == 404
    published = owner("POST", "/templates/shopping/publish", {"note": "first", "over": saved.json()["hash"]})
    assert (published.status_code, published.json()["version"]) == (200, 1)
    assert owner("PUT", "/params/shopping?type=header", {"phone": '"7"'}).json() == {"phone": '"7"'}
    answer = owner("GET", f"/templates/shopping?shopId={SHOP}")
    told = answer.json()
    assert {key: told[key] for key in ("business", "shopId", "version")} == {
        "business": "shopping", "shopId": SHOP, "version": 1,
    }  # fmt: skip
    assert told["layouts"] == [
        {"name": "Phone", "content": '[{"content":"Tel. \\"7\\" {{mobile}}"}]'},
        {"name": "Row", "content": '[{"content":"{{name}}"}]'},
    ]
    again = owner("GET", "/templates/shopping", None, **{"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    owner("PUT", "/params/*?type=", {"phone": "8"})
    owner("PUT", "/params/shopping?type=header", {})
    assert owner("GET", "/templates/shopping").headers["etag"] != answer.headers["etag"]


def test_versions_differences_and_the_way_back(owner: Caller) -> None:
    for weight in (1, 2):
        owner("PUT", "/templates/refund/draft", {"layouts": [{**PHONE, "sort_weight": weight}]})
        owner("POST", "/templates/refund/publish", {"note": f"weight {weight}"})
    lines = owner("GET", "/templates/refund/difference?old=1&new=2").json()["lines"]
    assert [line[:2] for line in lines[-2:]] == ["-1", "+2"]
    back = owner("POST", "/templates/refund/rollback", {"version": 1})
    assert (back.json()["version"], back.json()["of_version"]) == (3, 1)
    versions = owner("GET", "/templates/refund/versions").json()["versions"]
    assert [(each["version"], each["note"]) for each in versions] == [(3, ""), (2, "weight 2"), (1, "weight 1")]
    assert owner("GET", "/templates/refund/recipe?version=2").json()["layouts"][0]["sort_weight"] == 2
    assert owner("POST", "/templates/refund/rollback", {"version": 9}).status_code == 404


def test_copies_are_drafts(house: House, owner: Caller) -> None:
    base(house)
    copied = owner("POST", "/templates/mine/copy", {"business": "shared", "base": True})
    assert copied.status_code == 200
    assert owner("GET", "/templates/mine/recipe?version=0").json()["hash"] == copied.json()["hash"]
    listed = owner("GET", "/templates").json()
    assert [(each["business"], each["version"], each["draft"]) for each in listed["templates"]] == [("mine", 0, True)]
    assert [each["business"] for each in listed["base"]] == ["shared"]
    assert owner("DELETE", "/templates/mine/draft").json()["draft"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/templates/shopping?shopId=another", None, 404),
        ("PUT", "/params/shopping?shopId=another", {}, 404),
        ("PUT", "/params/shopping", {"phone": "{{x}}"}, 409),
        ("PUT", "/params/1x", {}, 409),
        ("PUT", "/templates/1x/draft", {"layouts": []}, 409),
        ("PUT", "/templates/a/draft", {"layouts": [{**PHONE, "content": "{"}]}, 409),
        ("PUT", "/templates/a/draft", {"layouts": [{**PHONE, "content": '["a"]'}]}, 409),
        ("PUT", "/templates/a/draft", {"layouts": [{}]}, 422),
        ("POST", "/templates/a/publish", {}, 409),
        ("GET", "/templates/a/recipe?version=0", None, 404),
        ("GET", "/templates/a/versions", None, 404),
    ],
)
def test_what_can_not_be_is_told(owner: Caller, method: str, path: str, body: Any, status: int) -> None:
    answer = owner(method, path, body)
    assert answer.status_code == status, answer.text


def test_who_may(house: House) -> None:
    cashier, auditor, nobody = Caller(house.user("cashier")), Caller(house.user("auditor")), Caller(house.staff())
    assert cashier("GET", "/templates").status_code == 200
    assert cashier("PUT", "/templates/a/draft", {"layouts": []}).status_code == 403
    assert auditor("GET", "/templates").status_code == 403
    assert nobody("GET", "/templates").status_code == 401
    manager = house.user("manager")
    assert manager.put("/api/v1/templates/a/draft", json={"layouts": []}).status_code == 403, (
        "a write without the token"
    )


def test_another_persons_draft_is_not_lost(house: House, owner: Caller) -> None:
    first = owner("PUT", "/templates/a/draft", {"layouts": [PHONE]}).json()["hash"]
    Caller(house.user("manager"))("PUT", "/templates/a/draft", {"layouts": [ITEMS], "over": first})
    refused = owner("PUT", "/templates/a/draft", {"layouts": [], "over": first})
    assert (refused.status_code, refused.json()["code"]) == (409, "template.changed")


def test_the_audit_log_has_every_act(house: House, owner: Caller) -> None:
    owner("PUT", "/templates/a/draft", {"layouts": [PHONE]})
    owner("POST", "/templates/a/publish", {})
    owner("POST", "/templates/a/rollback", {"version": 1})
    text = owner.browser.get("/audit").text
    for words in ("Draft of a template saved", "Template published", "Template taken back"):
        assert words in text
    assert Key(SHOP, "a").shop != BASE
