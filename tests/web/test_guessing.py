"""Guessing links: nothing is found, every answer looks the same, addresses are slowed, and staff hear of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from typing import Any

import pytest

from kvit.receipt import service
from kvit.receipt.links import make_token
from kvit.web import public_app
from kvit.web.limit import RINGS_S, MissAlarm
from tests.receipt.printouts import SHOP
from tests.web.house import House


async def ask(app: Any, path: str, address: str) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    """One request, without a socket: status, headers, body."""
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": [(b"host", b"127.0.0.1:7001")], "client": (address, 1),
        "server": ("127.0.0.1", 7001), "asgi": {"version": "3.0"}, "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in told)
    return told[0]["status"], tuple(sorted(told[0]["headers"])), body


@pytest.mark.parametrize("guesses", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_many_guesses_find_nothing_and_look_alike(house: House, guesses: int) -> None:
    (id_,) = house.keep()
    for _ in range(20):
        token = make_token(secrets.token_bytes(16))
        house.db.write_now(service.make_link, SHOP, id_, token, "user:1", int(house.now_s[0]))
    app = public_app(house.context)

    async def guess() -> Counter[Any]:
        shapes: Counter[Any] = Counter()
        for number in range(guesses):
            address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            shapes[await ask(app, f"/r/{make_token(secrets.token_bytes(16))}", address)] += 1
        shapes["good"] = (await ask(app, f"/r/{token}", "192.0.2.1"))[0]
        return shapes

    shapes = asyncio.run(guess())
    assert shapes.pop("good") == 200
    assert len(shapes) == 1
    ((status, _, _), count), = shapes.items()  # fmt: skip
    assert (status, count) == (404, guesses)
    figures = house.context.figures.registry
    assert figures.get_sample_value("kvit_link_misses_total") == guesses
    assert figures.get_sample_value("kvit_link_alarms_total") == 1
    assert [event for event, _ in house.told].count("web.links_guessed") == 1
    page = house.user().get("/admin").text
    assert 'role="alert"' in page
    assert f"{guesses:,}" in page


def test_one_address_gets_sixty_a_minute(house: House) -> None:
    app = public_app(house.context)

    async def guess() -> list[int]:
        return [(await ask(app, f"/r/{make_token(secrets.token_bytes(16))}", "10.0.0.1"))[0] for _ in range(600)]

    assert Counter(asyncio.run(guess())) == {404: 60, 429: 540}
    assert house.context.figures.registry.get_sample_value("kvit_link_limited_total") == 540


def test_staff_see_it_for_a_day_and_no_longer(house: House) -> None:
    assert 'role="alert"' not in house.user().get("/admin").text
    for _ in range(100):
        house.context.alarm.missed(house.now_s[0])
    assert 'role="alert"' in house.user().get("/admin").text
    house.now_s[0] += RINGS_S + 1
    assert 'role="alert"' not in house.user().get("/admin").text


def test_the_alarm_counts_from_the_first_of_them() -> None:
    alarm = MissAlarm(3)
    for at in (0.0, 500.0, 501.0, 502.0, 503.0):
        alarm.missed(at)
    assert alarm.ringing(504.0) == (500.0, 4)
    assert alarm.ringing(503.0 + RINGS_S) is None
