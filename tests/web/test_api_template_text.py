"""Templates as text over the API, large drafts, and a template that goes from one shop to another."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kvit.access import key, store
from kvit.access.key import Key as AccessKey
from kvit.template import builtin
from kvit.template.library import service
from kvit.template.library.model import Key, Layout, Recipe
from kvit.template.pictures import service as pictures
from kvit.web.body_limit import BODY_BYTES_MAX, NAMED_BYTES_MAX, BodyLimits
from tests.receipt.printouts import SHOP
from tests.web.house import House
from tests.web.test_api_templates import Caller

OTHER = "shop-2"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


@pytest.fixture
def api(house: House) -> Caller:
    house.db.write_now(service.settle_base, builtin.recipes(), 0)
    return Caller(house.user("manager"))


def test_a_template_is_read_and_kept_as_text(api: Caller) -> None:
    got = api("GET", "/templates/kitchen/recipe?base=true&form=text").json()
    text = got["text"]
    assert "{{#each items}}" in text
    assert api("GET", "/templates/kitchen/recipe?base=true").json()["text"] is None
    done = api("PUT", "/templates/kitchen/draft", {"text": text.replace("-\n", "{rule: double}\n")})
    assert done.status_code == 200, done.text
    kept = api("GET", "/templates/kitchen/recipe?version=0&form=text").json()
    assert kept["hash"] == done.json()["hash"]
    assert kept["requires"] == got["requires"]


def test_a_mistake_in_a_text_has_its_place(api: Caller) -> None:
    said = api("PUT", "/templates/kitchen/draft", {"text": "a\n=\n"})
    assert said.status_code == 422
    assert said.json()["code"] == "template.text"
    assert "line 2, column 1" in said.json()["title"]
    both = {"text": "a", "layouts": [{"type": "a", "name": "", "content": "[]"}]}
    assert api("PUT", "/templates/kitchen/draft", both).json()["code"] == "template.text"


def test_an_editor_converts_both_ways(api: Caller) -> None:
    layouts = [
        {"type": "title", "name": "T", "sort_weight": 0, "content": '[{"content":"{{a}}","textAlign":"center"}]'}
    ]
    text = api("POST", "/template-text", {"layouts": layouts, "requires": ["a"]}).json()["recipe"]["text"]
    assert text == "{requires: a}\n{layout: title; name: T}\n{{a}}\n"
    back = api("POST", "/template-text", {"text": text}).json()["recipe"]
    assert (back["layouts"], back["requires"]) == (layouts, ["a"])
    raw = [{**layouts[0], "content": '[{"content":"\\\\{{a}}"}]'}]
    unsaid = api("POST", "/template-text", {"layouts": raw}).json()
    assert (unsaid["recipe"], unsaid["fault"]["line"]) == (None, 0)
    fault = api("POST", "/template-text", {"text": "a\nb }\n"}).json()["fault"]
    assert (fault["line"], fault["column"]) == (2, 3)
    assert "line 2, column 3" in fault["says"]


def test_drafts_may_be_as_large_as_templates_may(api: Caller) -> None:
    content = msgspec.json.encode([[{"content": "и" * 15_000}]] * 2).decode()
    layouts = [{"type": "a", "name": "", "content": content}] * 8
    sent = api("PUT", "/templates/kitchen/draft", {"layouts": layouts})
    assert sent.status_code == 200, sent.text
    assert len(sent.request.content) > BODY_BYTES_MAX
    assert api("PUT", "/templates/kitchen/draft", {"text": "x" * NAMED_BYTES_MAX}).status_code == 413
    assert api("POST", "/templates/kitchen/publish", {"note": "x" * BODY_BYTES_MAX}).status_code == 413


LIMITS = BodyLimits([("PUT", "/a/{b}/c", 1 << 20), ("POST", "/a", 24 << 20)])


@pytest.mark.parametrize(
    ("method", "path", "bytes_max"),
    [
        ("PUT", "/a/x/c", 1 << 20),
        ("POST", "/a/x/c", BODY_BYTES_MAX),
        ("PUT", "/a/x/d", BODY_BYTES_MAX),
        ("PUT", "/a/x/y/c", BODY_BYTES_MAX),
        ("POST", "/a", 24 << 20),
        ("PUT", "/a", BODY_BYTES_MAX),
        ("PUT", "", BODY_BYTES_MAX),
    ],
)
def test_a_limit_is_of_a_method_and_a_path(method: str, path: str, bytes_max: int) -> None:
    assert LIMITS.of(method, path) == bytes_max


def _other_shop(house: House, *scopes: str) -> str:
    """A key of another shop that has a template with a picture."""
    fresh = key.fresh_key(house.context.random)
    row = AccessKey(fresh.id, "their till", scopes, "user:x", int(house.now_s[0]), None, None)
    house.db.write_now(store.add_key, OTHER, row, key.key_hash(fresh.text))
    kept = house.db.write_now(pictures.keep, OTHER, PNG, "logo", "user:x", 0)
    assert isinstance(kept, pictures.Picture)
    content = msgspec.json.encode([{"content": kept.address, "contentType": "image"}]).decode()
    theirs = Key(OTHER, "kitchen")
    house.db.write_now(service.save_draft, theirs, Recipe((Layout("logo", "Logo", content),)), lambda _: "", 0)
    house.db.write_now(service.publish, theirs, "user:x", "", 0)
    return fresh.text


def test_a_template_comes_from_another_shop_with_its_picture(house: House, api: Caller) -> None:
    given = _other_shop(house, "templates.write")
    body = {"business": "kitchen", "shopId": OTHER, "key": given}
    done = api("POST", "/templates/kitchen/copy", body)
    assert done.status_code == 200, done.text
    draft: Any = house.db.read_now(service.recipe, Key(SHOP, "kitchen"), 0)
    address = msgspec.json.decode(draft.layouts[0].content)[0]["content"]
    assert house.db.read_now(pictures.picture, SHOP, address) == PNG
    rows = house.db.read_now(lambda tx: tx.all("SELECT shop, act FROM access_audit ORDER BY shop, n"))
    assert (OTHER, "template.given") in [tuple(row) for row in rows]
    assert (SHOP, "template.copied") in [tuple(row) for row in rows]


@pytest.mark.parametrize("scopes", [("templates.read",), ()])
def test_a_key_without_the_right_copies_nothing(house: House, api: Caller, scopes: tuple[str, ...]) -> None:
    given = _other_shop(house, *scopes) if scopes else "kvit_nobody"
    said = api("POST", "/templates/kitchen/copy", {"business": "kitchen", "shopId": OTHER, "key": given})
    assert (said.status_code, said.json()["code"]) == (403, "template.other_shop")
    mine = {"business": "kitchen", "shopId": "shop-3", "key": given}
    assert api("POST", "/templates/kitchen/copy", mine).status_code == 403
