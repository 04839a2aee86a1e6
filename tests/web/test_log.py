"""The log never holds what a receipt says, who somebody is, a card's number, a password, a key or a link."""

from __future__ import annotations

import re

import msgspec

from kvit.receipt.model import Kind, Line, Reading
from kvit.web.context import RenderFailed
from tests.receipt.printouts import prepared
from tests.web.house import PASSWORD, House, post

CARD = "4111 1111 1111 1111"
TEXT = f"Apotheke Sonnenschein\nHerr Mustermann\nIbuprofen 400 12.90\nVISA {CARD}\n"
SECRETS = ("Sonnenschein", "Mustermann", "Ibuprofen", "12.90", "1290", "4111", "Anna", "Ludmila", PASSWORD, "bicycles")


async def broken(raw: bytes, profile: str, form: str) -> bytes:
    raise RenderFailed("the worker took too long")


def _without_id(values: dict[str, object]) -> dict[str, object]:
    """A line's values but for its own random digits, among which any number may stand."""
    return {name: value for name, value in values.items() if name != "id"}


def test_a_whole_day_leaves_no_word_in_the_log(house: House) -> None:
    reading = Reading(
        kind=Kind.SALE, shop="Apotheke Sonnenschein", items=(Line("Ibuprofen", 1000, 1290, 1290),), total=1290
    )
    (id_,) = house.keep(prepared(0, TEXT, reading=reading))
    anna = house.staff()
    post(anna, "/first", "/first", code="0000-0000-0000-0000", name="Anna", password=PASSWORD)
    post(anna, "/first", "/first", code=house.first_code(), name="Anna", password=PASSWORD)
    post(anna, "/users", "/users", name="Ludmila", password=PASSWORD, role="cashier")
    post(house.staff(), "/sign-in", "/sign-in", name="Ludmila", password="wrong " + PASSWORD)
    made = post(anna, f"/receipts/{id_}/link", f"/receipts/{id_}")
    link = re.search(r'href="http://127\.0\.0\.1:7001(/r/[^"]+)"', made.text)
    fresh = post(anna, "/keys", "/keys", name="books of Ludmila", days="30", **{"scope.receipts.read": "on"})
    key = re.search(r"kvit_[A-Za-z0-9]{12}_([\w-]{43})", fresh.text)
    assert link is not None
    assert key is not None
    public = house.public(raise_server_exceptions=False)
    assert [public.get(link[1]).status_code for _ in range(70)][-1] == 429
    house.now_s[0] += 120
    for path in ("/live?search=Mustermann", "/api/v1/receipts?search=Ibuprofen&limit=9999", "/live?kind=Ibuprofen"):
        anna.get(path)
    house.staff().get("/api/v1/receipts", headers={"authorization": f"Bearer {key[0]}x"})
    post(anna, "/relay/pairs", "/relay", name="Mustermann/../x")
    draw = house.context.render
    object.__setattr__(house.context, "render", broken)
    public.get(link[1])
    object.__setattr__(house.context, "render", _fails)
    public.get(link[1])
    object.__setattr__(house.context, "render", draw)
    post(anna, f"/receipts/{id_}/forget", f"/receipts/{id_}")
    lines = [msgspec.json.encode([event, _without_id(values)]).decode() for event, values in house.told]
    events = {event for event, _ in house.told}
    assert {"web.refused", "web.render_failed", "web.fault"} <= events
    for secret in (*SECRETS, CARD, link[1].removeprefix("/r/"), key[1]):
        assert not [line for line in lines if secret in line], secret


async def _fails(raw: bytes, profile: str, form: str) -> bytes:
    raise ValueError("a fault of ours")
