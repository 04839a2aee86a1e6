"""The tables of the template library, and the SQL over them.

``template`` has a row a template with its draft (JSON) and which version prints; ``template_version`` and
``template_layout`` hold what was published, and the data base refuses any change of them. ``template_params`` has the
dynamic values, their past in ``template_params_history``.
"""

from __future__ import annotations

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row
from kvit.template.library.model import Key, Layout, Recipe, Template, Version

_TEMPLATE = "id, shop, business, variant, current, last, draft IS NOT NULL, changed_at"


def _template(row: Row) -> Template:
    id_, shop, business, variant, current, last, has_draft, changed = row
    return Template(id_, Key(shop, business, variant), current, last, bool(has_draft), changed)


def templates(tx: Tx, shop: str) -> list[Template]:
    """Give a shop's templates by business and variant."""
    sql = f"SELECT {_TEMPLATE} FROM template WHERE shop = $1 ORDER BY business, variant"  # noqa: S608 - our own words
    return [_template(row) for row in tx.all(sql, shop)]


def variants(tx: Tx, shop: str, business: str) -> list[Template]:
    """Give the templates of one business that have a published version."""
    sql = f"SELECT {_TEMPLATE} FROM template WHERE shop = $1 AND business = $2 AND current > 0 ORDER BY variant"  # noqa: S608
    return [_template(row) for row in tx.all(sql, shop, business)]


def get(tx: Tx, key: Key) -> Template | None:
    """Give a template."""
    row = tx.one(
        f"SELECT {_TEMPLATE} FROM template WHERE shop = $1 AND business = $2 AND variant = $3",  # noqa: S608
        key.shop, key.business, key.variant,
    )  # fmt: skip
    return None if row is None else _template(row)


def locked(tx: Tx, key: Key, now_ms: int) -> Template:
    """Give a template, made where there was none, and hold its row until the transaction ends."""
    row = tx.one(
        "INSERT INTO template (shop, business, variant, changed_at) VALUES ($1, $2, $3, $4)"  # noqa: S608
        " ON CONFLICT (shop, business, variant) DO UPDATE SET changed_at = excluded.changed_at"
        f" RETURNING {_TEMPLATE}",
        key.shop, key.business, key.variant, now_ms,
    )  # fmt: skip
    assert row is not None
    return _template(row)


def draft(tx: Tx, key: Key) -> Recipe | None:
    """Give what is being worked on."""
    row = tx.one(
        "SELECT draft FROM template WHERE shop = $1 AND business = $2 AND variant = $3",
        key.shop,
        key.business,
        key.variant,
    )
    return None if row is None or row[0] is None else msgspec.json.decode(row[0], type=Recipe)


def put_draft(tx: Tx, template: Template, recipe: Recipe | None) -> None:
    """Keep what is being worked on; None: nothing is."""
    text = None if recipe is None else msgspec.json.encode(recipe).decode()
    tx.run("UPDATE template SET draft = $2 WHERE id = $1", template.id, text)


def insert_version(tx: Tx, template: Template, version: Version, recipe: Recipe) -> None:
    """Write a version for ever and let it print."""
    tx.run(
        "INSERT INTO template_version (template, version, at, by_user, note, sha256, of_version, requires)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        template.id, version.version, version.at_ms, version.by, version.note, version.sha256, version.of_version,
        msgspec.json.encode(recipe.requires).decode(),
    )  # fmt: skip
    tx.many(
        "INSERT INTO template_layout (template, version, place, type, name, content, sort_weight)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            (template.id, version.version, place, each.type, each.name, each.content, each.sort_weight)
            for place, each in enumerate(recipe.layouts)
        ],
    )
    tx.run("UPDATE template SET current = $2, last = $2 WHERE id = $1", template.id, version.version)


def version(tx: Tx, template: Template, number: int) -> Version | None:
    """Give a version's who, when and why."""
    row = tx.one(
        "SELECT version, at, by_user, note, sha256, of_version FROM template_version WHERE template = $1 AND version = $2",
        template.id, number,
    )  # fmt: skip
    return None if row is None else Version(*row)


def versions(tx: Tx, template: Template, limit: int) -> list[Version]:
    """Give the versions, newest first."""
    rows = tx.all(
        "SELECT version, at, by_user, note, sha256, of_version FROM template_version WHERE template = $1"  # noqa: S608
        f" ORDER BY version DESC LIMIT {int(limit)}",
        template.id,
    )  # fmt: skip
    return [Version(*row) for row in rows]


def recipe(tx: Tx, template: Template, number: int) -> Recipe:
    """Give what a version holds; nothing for one there is not."""
    rows = tx.all(
        "SELECT type, name, content, sort_weight FROM template_layout WHERE template = $1 AND version = $2 ORDER BY place",
        template.id, number,
    )  # fmt: skip
    row = tx.one("SELECT requires FROM template_version WHERE template = $1 AND version = $2", template.id, number)
    requires = () if row is None else msgspec.json.decode(row[0], type=tuple[str, ...])
    return Recipe(tuple(Layout(*each) for each in rows), requires)


def params(tx: Tx, shop: str, business: str, type_: str) -> dict[str, str] | None:
    """Give the dynamic values of one place; None where nobody wrote any."""
    row = tx.one(
        "SELECT params FROM template_params WHERE shop = $1 AND business = $2 AND type = $3", shop, business, type_
    )
    return None if row is None else msgspec.json.decode(row[0], type=dict[str, str])


def all_params(tx: Tx, shop: str) -> dict[tuple[str, str], dict[str, str]]:
    """Give a shop's dynamic values by business and type."""
    rows = tx.all("SELECT business, type, params FROM template_params WHERE shop = $1", shop)
    return {(business, type_): msgspec.json.decode(text, type=dict[str, str]) for business, type_, text in rows}


def put_params(tx: Tx, shop: str, business: str, type_: str, values: dict[str, str], by: str, now_ms: int) -> None:
    """Write the dynamic values of one place, and into their past."""
    text = msgspec.json.encode(values).decode()
    tx.run(
        "INSERT INTO template_params (shop, business, type, params, changed_at, by_user) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (shop, business, type) DO UPDATE SET params = excluded.params, changed_at = excluded.changed_at,"
        " by_user = excluded.by_user",
        shop, business, type_, text, now_ms, by,
    )  # fmt: skip
    tx.run(
        "INSERT INTO template_params_history (shop, business, type, params, at, by_user) VALUES ($1, $2, $3, $4, $5, $6)",
        shop, business, type_, text, now_ms, by,
    )  # fmt: skip
