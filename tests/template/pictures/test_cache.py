"""Pictures from elsewhere: the last good copy, one fetch for many who ask, and what is no picture."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kvit.net import Ask, Failed, Reply, Trouble
from kvit.refusal import Refusal
from kvit.template.pictures import cache
from kvit.template.pictures.cache import AGAIN_S, FRESH_S, Pictures
from kvit.template.pictures.kinds import BYTES_MAX, kind_of

LOGO = b"\x89PNG\r\n\x1a\n" + b"logo"
NEWER = b"\x89PNG\r\n\x1a\n" + b"newer"
URL = "https://shop.example/logo.png"
Answer = Reply | Failed | Callable[[Ask], Reply | Failed]
AWAY = Failed(Trouble.AWAY)


def page(body: bytes = LOGO, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


class World:
    def __init__(self, folder: Path) -> None:
        self.now = 1_000_000.0
        self.answers: dict[str, Reply | Failed] = {URL: page()}
        self.asked: list[Ask] = []
        self.gate: asyncio.Event | None = None
        self.folder = folder
        self.open()

    def open(self) -> None:
        self.pictures = Pictures(self.folder, self.ask, lambda: self.now)

    async def ask(self, wanted: Ask) -> Reply | Failed:
        self.asked.append(wanted)
        if self.gate is not None:
            await self.gate.wait()
        return self.answers.get(wanted.url, page(b"", 404))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "pictures")


async def test_a_picture_is_fetched_once_and_kept_over_a_restart(world: World) -> None:
    assert await world.pictures.get(URL) == LOGO
    assert await world.pictures.get(URL) == LOGO
    world.open()
    assert await world.pictures.get(URL) == LOGO
    assert len(world.asked) == 1
    assert not world.asked[0].house


async def test_an_old_copy_is_looked_at_again_by_its_mark(world: World) -> None:
    world.answers[URL] = page(etag='"1"', last_modified="Sat, 21 Nov 2026 00:00:00 GMT")
    await world.pictures.get(URL)
    world.now += FRESH_S
    world.answers[URL] = page(b"", 304)
    assert await world.pictures.get(URL) == LOGO
    assert world.asked[1].headers == {"If-None-Match": '"1"', "If-Modified-Since": "Sat, 21 Nov 2026 00:00:00 GMT"}
    assert await world.pictures.get(URL) == LOGO
    assert len(world.asked) == 2
    world.now += FRESH_S
    world.answers[URL] = page(NEWER)
    assert await world.pictures.get(URL) == NEWER


@pytest.mark.parametrize(
    "bad",
    [AWAY, Failed(Trouble.SLOW, sent=True), page(b"", 500), page(b"<html>log in</html>"), page(b""), page(b"", 304),
     page(b"", 302), page(LOGO + bytes(BYTES_MAX))],
)  # fmt: skip
async def test_the_last_good_copy_prints_when_nothing_good_comes(world: World, bad: Reply | Failed) -> None:
    await world.pictures.get(URL)
    world.now += FRESH_S
    world.answers[URL] = bad
    assert await world.pictures.get(URL) == LOGO
    assert await world.pictures.get("https://shop.example/other.png") == Refusal(
        "template.picture", {"address": "https://shop.example/other.png"}
    )


async def test_a_dead_server_does_not_hold_up_every_receipt(world: World) -> None:
    world.answers[URL] = AWAY
    for _ in range(5):
        assert isinstance(await world.pictures.get(URL), Refusal)
    assert len(world.asked) == 1
    world.now += AGAIN_S
    world.answers[URL] = page()
    assert await world.pictures.get(URL) == LOGO


async def test_many_who_ask_share_one_fetch(world: World) -> None:
    world.gate = asyncio.Event()
    tasks = [asyncio.create_task(world.pictures.get(URL)) for _ in range(20)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    world.gate.set()
    assert await asyncio.gather(*tasks[1:]) == [LOGO] * 19
    assert len(world.asked) == 1
    await world.pictures.close()


async def test_several_come_side_by_side(world: World) -> None:
    other = "https://shop.example/b.png"
    world.answers[other] = page(NEWER)
    assert await world.pictures.get_all([URL, other, URL]) == {URL: LOGO, other: NEWER}


async def test_a_redirect_is_a_new_address_and_ends(world: World) -> None:
    world.answers[URL] = page(b"", 302, location="/moved.png")
    world.answers["https://shop.example/moved.png"] = page(NEWER)
    assert await world.pictures.get(URL) == NEWER
    ring = "https://ring.example/a"
    world.answers[ring] = page(b"", 302, location=ring)
    assert isinstance(await world.pictures.get(ring), Refusal)


async def test_a_damaged_copy_is_fetched_anew(world: World) -> None:
    await world.pictures.get(URL)
    for path in world.folder.iterdir():
        path.write_bytes(b"{")
    assert await world.pictures.get(URL) == LOGO
    assert len(world.asked) == 2


async def test_the_least_used_copies_go_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT_FILES", 3)
    for n in range(4):
        url = f"https://shop.example/{n}.png"
        world.answers[url] = page()
        await world.pictures.get(url)
        for path in world.folder.iterdir():
            if path.stat().st_mtime > 1000:
                os.utime(path, (n, n))
    assert len([path for path in world.folder.iterdir() if len(path.name) == 64]) == 3
    await world.pictures.get("https://shop.example/0.png")
    assert len(world.asked) == 5, "the first one had gone"


async def test_a_full_disk_costs_the_copy_and_not_the_receipt(world: World) -> None:
    world.folder.rmdir()
    assert await world.pictures.get(URL) == LOGO


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (LOGO, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif"), (b"BM..", "image/bmp"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"), (b"RIFF\0\0\0\0WAVE", ""), (b"<svg", ""), (b"", ""), (b"%PDF", ""),
        (LOGO + bytes(BYTES_MAX), ""),
    ],
)  # fmt: skip
def test_kinds(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind
