"""The template library on both data bases: drafts, versions, return, copies, values, and the source's two tables."""

from __future__ import annotations

import pytest

from kvit.db import Database, Tx
from kvit.refusal import Refusal
from kvit.template.library import service
from kvit.template.library.model import BASE, DRAFT, SHARED, Integrated, Key, Layout, Recipe, Version
from tests.databases import OpenDatabase

NOW_MS = 1_800_000_000_000
SHOP = "111111"
SHOPPING = Key(SHOP, "shopping")
HEADER = Layout("header", "Phone", '[{"content":"Tel. {{$phone}} {{mobile}}","contentType":"text"}]', 1)
ITEMS = Layout("items", "Items", SHARED, 2)
ROW = Layout("items", "Row", '[{"content":"{{name}}"}]', 1)


def reads(_content: str) -> str:
    return ""


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.template")


def publish(db: Database, key: Key, *layouts: Layout, requires: tuple[str, ...] = (), by: str = "u1") -> Version:
    saved = db.write_now(service.save_draft, key, Recipe(layouts, requires), reads, NOW_MS)
    assert isinstance(saved, str), saved
    version = db.write_now(service.publish, key, by, "", NOW_MS)
    assert isinstance(version, Version), version
    return version


def integrated(db: Database, key: Key = SHOPPING) -> Integrated:
    found = db.read_now(service.integrated, key)
    assert isinstance(found, Integrated), found
    return found


def test_the_answer_is_the_sources(db: Database) -> None:
    publish(db, Key(BASE, "shared"), ROW)
    publish(db, Key(BASE, "shopping"), HEADER, ITEMS)
    db.write_now(service.set_params, SHOP, "shopping", "header", {"phone": '"1\\2"'}, "u1", NOW_MS)
    found = integrated(db)
    assert (found.business, found.shop_id, found.version) == ("shopping", 111111, 1)
    assert [(each.name, each.content) for each in found.layouts] == [
        ("Phone", '[{"content":"Tel. \\"1\\\\2\\" {{mobile}}","contentType":"text"}]'),
        ("Row", ROW.content),
    ]


def test_a_draft_never_prints(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    db.write_now(service.save_draft, SHOPPING, Recipe((ROW,)), reads, NOW_MS)
    assert [each.name for each in integrated(db).layouts] == ["Phone"]
    (template,) = db.read_now(service.templates, SHOP)
    assert (template.current, template.has_draft) == (1, True)
    db.write_now(service.drop_draft, SHOPPING, NOW_MS)
    assert db.read_now(service.recipe, SHOPPING, DRAFT) == Refusal("template.no_draft", {"business": "shopping"})


def test_versions_only_grow_and_a_return_is_a_new_one(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    publish(db, SHOPPING, HEADER, ROW)
    assert publish(db, SHOPPING, HEADER, ROW).version == 2, "what prints already is not published twice"
    back = db.write_now(service.roll_back, SHOPPING, 1, "u2", "rows were wrong", NOW_MS + 1)
    assert back == Version(3, NOW_MS + 1, "u2", "rows were wrong", service.sha256_of(Recipe((HEADER,))), 1)
    history = db.read_now(service.history, SHOPPING)
    assert isinstance(history, list)
    assert [each.version for each in history] == [3, 2, 1]
    assert [each.name for each in integrated(db).layouts] == ["Phone"]
    assert isinstance(db.write_now(service.roll_back, SHOPPING, 9, "u2", "", NOW_MS), Refusal)


def test_a_published_version_is_held_by_the_data_base(db: Database) -> None:
    publish(db, SHOPPING, HEADER)

    def forge(tx: Tx) -> None:
        tx.run("UPDATE template_layout SET content = '[]'")

    with pytest.raises(Exception, match="never changes"):
        db.write_now(forge)
    assert integrated(db).layouts[0].name == "Phone"


def test_two_people_do_not_overwrite_each_other(db: Database) -> None:
    first = db.write_now(service.save_draft, SHOPPING, Recipe((HEADER,)), reads, NOW_MS)
    assert isinstance(first, str)
    second = db.write_now(service.save_draft, SHOPPING, Recipe((ROW,)), reads, NOW_MS, first)
    assert isinstance(second, str)
    changed = Refusal("template.changed", {"business": "shopping"})
    assert db.write_now(service.save_draft, SHOPPING, Recipe(), reads, NOW_MS, first) == changed
    assert db.write_now(service.publish, SHOPPING, "u1", "", NOW_MS, first) == changed
    assert isinstance(db.write_now(service.publish, SHOPPING, "u1", "", NOW_MS, second), Version)


def test_a_bad_draft_leaves_nothing(db: Database) -> None:
    refused = db.write_now(service.save_draft, SHOPPING, Recipe((HEADER,)), lambda content: "no JSON", NOW_MS)
    assert refused == Refusal("template.recipe", {"layout": 1, "problem": "no JSON"})
    assert db.read_now(service.templates, SHOP) == []


def test_what_changed_is_told_as_lines(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    publish(db, SHOPPING, HEADER, ROW)
    lines = db.read_now(service.difference, SHOPPING, 1, 2)
    assert isinstance(lines, list)
    assert [line for line in lines if line.startswith("+") and not line.startswith("+++")] == [
        f"+1 items Row: {ROW.content}"
    ]


def test_a_copy_for_another_shop_is_a_draft_there(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    other = Key("222", "shopping")
    db.write_now(service.copy, SHOPPING, other, NOW_MS)
    assert db.read_now(service.recipe, other, DRAFT) == Recipe((HEADER,))
    assert isinstance(db.read_now(service.integrated, other), Refusal)


def test_the_richest_variant_comes_first(db: Database) -> None:
    publish(db, Key(BASE, "shopping"), HEADER, requires=("total",))
    publish(db, Key(BASE, "shopping", "offline"), ROW)
    publish(db, Key(SHOP, "shopping", "loyal"), ROW, requires=("total", "member.points"))
    found = db.read_now(service.choices, SHOP, "shopping")
    assert [each.variant for each in found] == ["loyal", "", "offline"]


def test_what_the_program_brings_along_is_published_once(db: Database) -> None:
    brought = {("shopping", ""): Recipe((HEADER,)), ("shared", ""): Recipe((ROW,))}
    assert db.write_now(service.settle_base, brought, NOW_MS) == 2
    assert db.write_now(service.settle_base, brought, NOW_MS) == 0
    assert integrated(db).version == 1


def test_values_missing_are_named_and_their_past_is_kept(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    assert integrated(db).missing == ("phone",)
    for phone in ("1", "1", "2"):
        db.write_now(service.set_params, SHOP, "*", "", {"phone": phone}, "u1", NOW_MS)
    assert "Tel. 2 " in integrated(db).layouts[0].content
    assert db.read_now(service.params, SHOP, "*") == {"phone": "2"}

    def past(tx: Tx) -> int:
        return len(tx.all("SELECT n FROM template_params_history"))

    assert db.read_now(past) == 2


def test_the_two_tables_of_the_source(db: Database) -> None:
    publish(db, SHOPPING, HEADER)
    db.write_now(service.set_params, SHOP, "shopping", "header", {"phone": "1"}, "u1", NOW_MS)

    def tables(tx: Tx) -> tuple[object, object]:
        names = '"shopId", "business", "type"'
        return (
            tx.all(f'SELECT {names}, "content", "sortWeight" FROM base_template'),
            tx.all(f'SELECT {names}, "params" FROM dynamic_params'),
        )

    rows, values = db.read_now(tables)
    assert rows == [(SHOP, "shopping", "header", HEADER.content, 1)]
    assert values == [(SHOP, "shopping", "header", '{"phone":"1"}')]
