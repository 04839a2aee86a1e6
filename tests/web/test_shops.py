"""Many shops on one server: nobody of one shop sees, changes or learns anything of another, on whatever route.

Walked over the tables of routes: a new route is covered, and so is a new table with a ``shop`` column.
"""

from __future__ import annotations

import enum
import secrets
import types
import typing
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from kvit.access import PERMISSIONS, SCOPES, staff
from kvit.access.key import fresh_key
from kvit.access.model import Identity, user_actor
from kvit.access.role import permissions
from kvit.chain import pairing
from kvit.chain.pairing import fresh_code
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool import order as orders
from kvit.device.spool import service as spool
from kvit.receipt import service as receipts
from kvit.receipt.links import make_token
from kvit.receipt.printout import prepare
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web.routes import PUBLIC, Route
from kvit.web.windows import staff_table
from tests.receipt.printouts import SHOP, printout
from tests.web.house import STAFF, House, _add_user, csrf, open_house

OTHER = "harbour"
SHOPS = {SHOP: ShopSettings(id=SHOP, name="Corner Cafe"), OTHER: ShopSettings(id=OTHER, name="Harbour Canary Cafe")}
CANARY, SPARROW = "canary", "sparrow"
"""In what the two shops wrote down; no id has it, so that a page may say which id it does not know."""


class Town:
    """A house with two shops, each with one of everything."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ids: dict[str, list[str]] = {shop: self._furnish(shop) for shop in SHOPS}

    def browser(self, shop: str, role: str = "owner") -> TestClient:
        """Somebody of a shop, signed in."""
        browser = self.house.staff()
        token, user_id = "s" * 30 + secrets.token_hex(7)[:13], secrets.token_hex(6)
        self.house.db.write_now(_add_user, shop, user_id, role, token, int(self.house.now_s[0]))
        browser.cookies.set("kvit-session", token)
        return browser

    def program(self, shop: str, scopes: Collection[str] = SCOPES) -> dict[str, str]:
        """The headers of a program of a shop that may do everything, or so much."""
        made = fresh_key(secrets.token_bytes)
        by = Identity(shop, user_actor("0" * 12), "owner", permissions("owner"))
        self.house.db.write_now(staff.issue_key, by, made, "program", sorted(scopes), int(self.house.now_s[0]))
        return {"authorization": f"Bearer {made.text}"}

    def _furnish(self, shop: str) -> list[str]:
        word = CANARY if shop == OTHER else SPARROW
        db, now = self.house.db, int(self.house.now_s[0])
        owner = Identity(shop, user_actor(secrets.token_hex(6)), "owner", permissions("owner"))
        made = prepare(shop, printout(7 if shop == OTHER else 3, f"{word} latte\nTOTAL 4.50\n", till=f"{word} till"))
        assert not isinstance(db.write_now(receipts.take, shop, made), Refusal)
        token = make_token(secrets.token_bytes(16))
        db.write_now(receipts.make_link, shop, made.id, token, owner.actor, now)
        user_id = secrets.token_hex(12)
        assert not isinstance(
            db.write_now(staff.create_user, owner, user_id, f"{word}-anna", "x", "cashier", now), Refusal
        )
        fresh = fresh_key(secrets.token_bytes)
        assert not isinstance(
            db.write_now(staff.issue_key, owner, fresh, f"{word} key", ["receipts.read"], now), Refusal
        )
        code = fresh_code(secrets.token_bytes)
        assert not isinstance(db.write_now(pairing.new_code, owner, code, f"{word} station", now), Refusal)
        station = db.write_now(pairing.pair, code, fresh_key(secrets.token_bytes).text, secrets.token_hex(8), now)
        assert not isinstance(station, Refusal)
        near = Printer(f"{word}-printer", "escpos+tcp://10.0.0.9:9100", Origin.FILE)
        named = Printer(f"bar-{len(word)}", f"escpos+tcp://{word}.example:9100", Origin.FILE)
        db.write_now(printers.settle, shop, [near, named], now * 1000)
        order = orders.order_raw(
            f"{word}-job", f"{word}-printer", b"\x1b@" + word.encode(), "default", title=f"{word} job"
        )
        assert not isinstance(order, Refusal)
        accepted = db.write_now(spool.accept, shop, order, now * 1000)
        assert not isinstance(accepted, Refusal)
        return [
            made.id,
            token,
            user_id,
            fresh.id,
            station.id,
            named.name,
            accepted.jobs[0].id,
            shop,
        ]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_house(tmp_path, shops=SHOPS.get, shop_ids=lambda: tuple(SHOPS)) as house:
        yield Town(house)


def rows_of(house: House, shop: str) -> list[tuple[str, Any]]:
    """All rows of a shop, table by table."""

    def read(tx: Any) -> list[tuple[str, Any]]:
        tables = [name for (name,) in tx.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        found = []
        for table in tables:
            columns = [row[1] for row in tx.all(f"SELECT * FROM pragma_table_info('{table}')")]
            if "shop" in columns:
                found.append((table, tx.all(f"SELECT * FROM {table} WHERE shop = $1", shop)))
        return found

    return house.db.read_now(read)


def filled(kind: Any, word: str) -> Any:
    """A value of a type, with the word wherever a word can be."""
    origin, told = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return filled(told[0], word)
    if origin in (types.UnionType, typing.Union):
        return filled(next(one for one in told if one is not type(None)), word)
    if origin is typing.Literal:
        return told[0]
    if origin in (list, tuple, set, frozenset) or kind in (list, tuple):
        return [filled(told[0], word)] if told else []
    if origin is dict or kind is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind)).value
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {field.encode_name: filled(field.type, word) for field in msgspec.structs.fields(kind)}
    plain: dict[Any, Any] = {bool: True, int: 1, float: 1.0, str: word, bytes: "eA=="}
    return plain.get(kind, {} if kind in (msgspec.Raw, Any) else word)


def address(route: Route, word: str) -> str:
    pieces = route.path.split("{")
    path = pieces[0] + "".join(word + piece.partition("}")[2] for piece in pieces[1:])
    ending = "ending" in route.path
    return path.replace(f"/{word}/{word}", f"/{word}/json", 1) if ending else path


def call(browser: TestClient, route: Route, word: str, headers: dict[str, str], token: str) -> Any:
    """Ask a route for a word, in its path, its query, its body or form."""
    sent: dict[str, Any] = {}
    if route.query_type is not None and route.method == "GET":
        sent["params"] = {
            field.encode_name: word
            for field in msgspec.structs.fields(route.query_type)
            if filled(field.type, word) == word
        }
    if route.form_type is not None:
        fields = {name: str(value) for name, value in filled(route.form_type, word).items()}
        sent["data"] = fields | ({"csrf": token} if token else {})
    elif route.body_type is bytes:
        sent["content"] = b"x"
        headers = headers | {"content-type": "application/octet-stream"}
    elif route.body_type is not None:
        sent["json"] = filled(route.body_type, word)
    headers = headers | {"idempotency-key": secrets.token_hex(8)}
    if token:
        headers |= {"x-csrf-token": token, "origin": STAFF}
    return browser.request(route.method, address(route, word), headers=headers, **sent)


def routes(house: House) -> list[Route]:
    return [route for route in staff_table(house.context).routes if not route.stream]


@pytest.mark.parametrize("who", ["owner", "program"])
@pytest.mark.parametrize("mine", [SHOP, OTHER])
def test_no_route_shows_or_changes_what_another_shop_has(town: Town, mine: str, who: str) -> None:
    """Every route × every id of the other shop, as its owner's browser and as a program with every scope."""
    theirs = OTHER if mine == SHOP else SHOP
    browser = town.browser(mine) if who == "owner" else town.house.staff()
    headers = {} if who == "owner" else town.program(mine)
    token = csrf(browser.get("/admin").text) if who == "owner" else ""
    secret = CANARY if theirs == OTHER else SPARROW
    before = rows_of(town.house, theirs)
    seen = 0
    for route in routes(town.house):
        alone = route.path.startswith(("/sign-", "/first", "/account/"))  # means its caller, nobody else
        if alone or route.by_machine:
            continue
        for word in town.ids[theirs]:
            if (
                "{" not in route.path
                and word != town.ids[theirs][0]
                and route.method == "GET"
                and route.query_type is None
            ):
                continue
            answer = call(browser, route, word, headers, token)
            shown = answer.text.lower()
            assert secret not in shown, (route.method, route.path, word)
            assert answer.status_code != 500, (route.method, route.path, word)
            seen += 1
    assert seen > 300
    after = [(table, rows) for table, rows in rows_of(town.house, theirs)]
    assert dict(after) == dict(before)
    if who == "owner":
        assert browser.get("/api/v1/session").status_code == 200, (
            "the caller was shut out on the way: nothing was tried"
        )


def test_what_belongs_to_the_machine_is_shown_to_its_own_shop_alone(town: Town) -> None:
    ours, theirs = town.browser(SHOP), town.browser(OTHER)
    for path, word in (("/relay", "10.0.0.5:9100"), ("/settings", "web.port")):
        assert word in ours.get(path).text, path
        assert word not in theirs.get(path).text, path
    assert "Harbour Canary Cafe" in theirs.get("/admin").text


def test_everybody_signs_in_to_the_shop_that_is_his(town: Town) -> None:
    page = town.house.staff().get("/sign-in").text
    assert 'name="shop"' in page
    for shop, typed, status in (
        (OTHER, OTHER, 303),
        (OTHER, "", 409),
        (SHOP, "", 303),
        (SHOP, OTHER, 409),
        (OTHER, "x", 409),
    ):
        name = "canary-anna" if shop == OTHER else "sparrow-anna"
        browser = town.house.staff()
        token = csrf(browser.get("/sign-in").text)
        town.house.db.write_now(_set_password, shop, name)
        answer = browser.post(
            "/sign-in", data={"csrf": token, "name": name, "password": "seven green bicycles", "shop": typed},
            headers={"origin": STAFF},
        )  # fmt: skip
        assert answer.status_code == status, (shop, typed)


def test_a_shop_that_is_gone_has_nobody(town: Town) -> None:
    browser = town.browser(OTHER)
    town.house.context = replace(town.house.context, shops=lambda id_: SHOPS[SHOP] if id_ == SHOP else None, others={})
    gone = town.house.staff()
    gone.cookies = browser.cookies
    assert gone.get("/api/v1/session").status_code == 401


def test_a_route_for_machines_looks_at_no_cookie(town: Town) -> None:
    browser = town.browser(SHOP)
    for route in routes(town.house):
        if route.by_machine:
            assert route.needs == PUBLIC
            answer = browser.post(route.path, json={"code": "AAAAA-AAAAA", "key": fresh_key(secrets.token_bytes).text})
            assert answer.status_code == 409, route.path


def _set_password(tx: Any, shop: str, name: str) -> None:
    from kvit.access.password import Hasher

    kept = Hasher().hash("seven green bicycles", b"0" * 16)
    tx.run("UPDATE access_user SET password_hash = $3 WHERE shop = $1 AND name = $2", shop, name, kept)


@pytest.mark.parametrize(
    "scopes", [("receipts.read",), ("receipts.deliver",), ("templates.write",), tuple(sorted(SCOPES))]
)
def test_a_program_does_what_its_key_may_and_nothing_else(town: Town, scopes: tuple[str, ...]) -> None:
    """Every route × keys: what needs another right, or none a key can have, is a 403."""
    browser, headers = town.house.staff(), town.program(SHOP, scopes)
    for route in routes(town.house):
        if route.needs in PERMISSIONS and not route.by_machine:
            answer = call(browser, route, "a" * 16, headers, "")
            refused = answer.status_code == 403 and "not_allowed" in answer.text.replace(
                "web.not_allowed", "not_allowed"
            )
            if route.needs not in scopes:
                assert answer.status_code == 403, (route.method, route.path, answer.status_code)
            elif not route.page:
                assert not refused or route.path.startswith("/api/v1/station"), (route.method, route.path)
