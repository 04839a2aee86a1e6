"""Notices without a data base: joined, bounded, ended, from any thread."""

from __future__ import annotations

import asyncio

from kvit.db.listen import EVERYTHING, WAITING_LIMIT, Hub


async def test_keys_that_wait_count_once_and_keep_their_order() -> None:
    hub = Hub()
    with hub.listen("a") as told:
        hub.publish([("a", "1"), ("b", "x"), ("a", "2"), ("a", "1")])
        assert [await anext(told), await anext(told)] == ["1", "2"]
        hub.publish([("a", "1")])
        assert await anext(told) == "1"


async def test_a_slow_listener_is_told_to_look_at_everything() -> None:
    hub = Hub()
    with hub.listen("a") as told:
        hub.publish([("a", str(n)) for n in range(WAITING_LIMIT + 1)])
        hub.publish([("a", "last")])
        assert [await anext(told), await anext(told)] == [EVERYTHING, "last"]


async def test_every_listener_hears_and_one_that_left_does_not() -> None:
    hub = Hub()
    with hub.listen("a") as first:
        with hub.listen("a") as second:
            pass
        hub.publish([("a", "1")])
        assert await anext(first) == "1"
        assert await anext(second, "ended") == "ended"


async def test_told_from_a_thread() -> None:
    hub = Hub()
    with hub.listen("a") as told:
        await asyncio.to_thread(hub.publish, [("a", "1")])
        await asyncio.to_thread(hub.publish_everything)
        assert [await anext(told), await anext(told)] == ["1", EVERYTHING]


def test_a_listener_whose_loop_is_gone_is_no_trouble() -> None:
    hub = Hub()

    async def listen() -> None:
        hub.listen("a")

    asyncio.run(listen())
    hub.publish([("a", "1")])
    hub.close()
