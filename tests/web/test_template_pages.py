"""The templates' pages without script: list, draft as text, publish, past, difference, the way back, the shop's words."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from kvit.template.builtin import recipes
from kvit.template.library import service
from kvit.template.library.model import NONE, Integrated, Key, Recipe
from tests.receipt.printouts import SHOP
from tests.web.house import STAFF, House, csrf, post
from tests.web.templating import templating


@pytest.fixture
def owner(house: House) -> Any:
    templating(house)
    return house.user("owner")


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?(?:value="([^"]*)"|>([^<]*)<)', page)
    assert found is not None
    return html.unescape(found[1] or found[2] or "")


def drafted(owner: Any, change: Any, business: str = "shopping") -> Any:
    """Keep a changed draft as a person without script would."""
    page = owner.get(f"/editor/{business}").text
    recipe = json.loads(field(page, "recipe"))
    change(recipe)
    told = {"csrf": csrf(page), "over": field(page, "over"), "recipe": json.dumps(recipe)}
    return owner.post(f"/editor/{business}", data=told, headers={"origin": STAFF})


def test_from_the_list_to_a_published_version_and_back(house: House, owner: Any) -> None:
    listed = owner.get("/templates").text
    assert "/editor/shopping" in listed
    assert "shopping?variant=offline" in listed
    for text in ("Hello one", "Hello two"):
        done = drafted(
            owner, lambda recipe, text=text: recipe["layouts"][0].update(content=f'[{{"content":"{text}"}}]')
        )
        assert (done.status_code, done.headers["location"]) == (303, "/templates/shopping")
        page = owner.get("/templates/shopping").text
        done = post(owner, "/templates/shopping/publish", "/templates/shopping", note=text, over=field(page, "over"))
        assert done.status_code == 303
    page = owner.get("/templates/shopping?old=1&new=2").text
    assert "Hello two" in page.split("<ins>")[1].split("</ins>")[0]
    assert post(owner, "/templates/shopping/rollback", "/templates/shopping", version="1").status_code == 303
    now = house.db.read_now(service.recipe, Key(SHOP, "shopping"))
    assert isinstance(now, Recipe)
    assert now.layouts[0].content == '[{"content":"Hello one"}]'
    assert "user-" in owner.get("/templates/shopping").text
    assert owner.get("/templates/shopping/paper").headers["content-type"] == "image/png"


def test_another_ones_draft_is_not_overwritten(owner: Any) -> None:
    page = owner.get("/editor/refund").text
    assert drafted(owner, lambda recipe: recipe["layouts"].pop(), "refund").status_code == 303
    late = {"csrf": csrf(page), "over": field(page, "over") or "0" * 64, "recipe": field(page, "recipe")}
    answer = owner.post("/editor/refund", data=late, headers={"origin": STAFF})
    assert answer.status_code == 409
    assert field(answer.text, "recipe") == late["recipe"]


def test_what_can_not_be_read_is_neither_kept_nor_published(owner: Any) -> None:
    assert drafted(owner, lambda recipe: recipe["layouts"][0].update(content="[{")).status_code == 409
    page = owner.get("/editor/shopping").text
    assert (
        owner.post("/editor/shopping", data={"csrf": csrf(page), "recipe": "{"}, headers={"origin": STAFF}).status_code
        == 422
    )
    token = owner.get("/api/v1/session").json()["csrf"]
    told = {"x-csrf-token": token, "origin": STAFF}
    broken = {"layouts": [{"type": "header", "name": "a", "content": '[{"content":"{{#if"}]'}]}
    assert owner.put("/api/v1/templates/shopping/draft", json=broken, headers=told).status_code == 200
    answer = owner.post("/api/v1/templates/shopping/publish", json={}, headers=told)
    assert (answer.status_code, answer.json()["code"]) == (409, "template.syntax")
    assert post(owner, "/templates/shopping/publish", "/templates/shopping").status_code == 409
    assert post(owner, "/templates/shopping/drop", "/templates/shopping").status_code == 303


def test_what_is_deleted_does_not_come_back_from_the_base(house: House, owner: Any) -> None:
    def change(recipe: Any) -> None:
        recipe["layouts"] = [each for each in recipe["layouts"] if each["type"] != "footer"]
        recipe["layouts"].append({"type": "footer", "name": "", "content": NONE})

    drafted(owner, change)
    post(owner, "/templates/shopping/publish", "/templates/shopping")
    found = house.db.read_now(service.integrated, Key(SHOP, "shopping"))
    assert isinstance(found, Integrated)
    assert not [each for each in found.layouts if "thanks" in each.content or each.content == NONE]
    assert "thanks" in str(recipes()["shopping", ""])


def test_a_copy_of_another_template_is_a_draft(owner: Any) -> None:
    done = post(owner, "/templates/refund/copy", "/templates/refund", source="base shopping offline")
    assert done.headers["location"] == "/editor/refund"
    assert "form.offline" in field(owner.get("/editor/refund").text, "recipe")
    assert post(owner, "/templates/refund/copy", "/templates/refund", source="base nothing ").status_code == 404


def test_the_shops_words(owner: Any) -> None:
    page = owner.get("/template-values?business=shopping").text
    assert "value.slogan" in page
    fields = {"business": "*", "value.slogan": 'Fresh "daily"\r\n& good', "name": "wifi", "value": "guest"}
    assert post(owner, "/template-values", "/template-values", **fields).status_code == 303
    page = owner.get("/template-values").text
    assert "Fresh &#34;daily&#34;\n&amp; good" in page
    assert "value.wifi" in page
    assert 'placeholder="Fresh' in owner.get("/template-values?business=shopping").text
    bad = {"business": "*", "value.slogan": "{{total}}"}
    assert post(owner, "/template-values", "/template-values", **bad).status_code == 409
    assert owner.get("/template-values?business=nothing").status_code == 404


def test_who_may_look_may_not_change(house: House) -> None:
    templating(house)
    cashier = house.user("cashier")
    assert cashier.get("/templates/shopping").status_code == 200
    assert "/editor/" not in cashier.get("/templates").text
    assert cashier.get("/editor/shopping").status_code == 403
    assert post(cashier, "/templates/shopping/publish", "/templates/shopping").status_code == 403
    assert house.user("auditor").get("/templates").status_code == 403


@pytest.mark.parametrize(
    "place", ["/editor/a%2Fb", "/editor/9", "/templates/nothing", "/editor/shopping?variant=%3Cb%3E"]
)
def test_names_that_are_none_are_not_found(owner: Any, place: str) -> None:
    assert owner.get(place).status_code == 404


def test_every_built_in_template_can_be_drafted_as_it_is(owner: Any) -> None:
    token = owner.get("/api/v1/session").json()["csrf"]
    for business, variant in recipes():
        place = f"/api/v1/templates/{business}"
        recipe = owner.get(f"{place}/recipe?base=true&variant={variant}").json()
        body = {"layouts": recipe["layouts"], "requires": recipe["requires"]}
        answer = owner.put(
            f"{place}/draft?variant={variant}", json=body, headers={"x-csrf-token": token, "origin": STAFF}
        )
        assert answer.status_code == 200, answer.text
        assert owner.get(f"/editor/{business}?variant={variant}").status_code == 200


def test_a_draft_of_a_version_that_prints_no_more_is_not_kept_unasked(owner: Any) -> None:
    old = owner.get("/editor/label").text
    drafted(owner, lambda recipe: recipe["layouts"].pop(), "label")
    post(owner, "/templates/label/publish", "/templates/label")
    late = {"csrf": csrf(old), "over": field(old, "over"), "recipe": field(old, "recipe")}
    assert owner.post("/editor/label", data=late, headers={"origin": STAFF}).status_code == 409
    assert drafted(owner, lambda recipe: recipe["layouts"].pop(), "label").status_code == 303
