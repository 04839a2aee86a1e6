"""The board: what is told, what is not, and which trouble comes first."""

from __future__ import annotations

import asyncio

import pytest

from kvit.device.board import Board, Light, trouble_of


@pytest.mark.parametrize(
    ("light", "trouble"),
    [
        (Light("a"), ""),
        (Light("a", link="up", paper="ok", online=True), ""),
        (Light("a", link="up", paper="near"), ""),
        (Light("a", link="down", paper="out"), "away"),
        (Light("a", link="up", paper="out", cover_open=True), "cover"),
        (Light("a", link="up", paper="out", online=False), "paper"),
        (Light("a", link="up", error="cutter", online=False), "cutter"),
        (Light("a", link="up", error="fatal"), "error"),
        (Light("a", link="up", online=False), "offline"),
        (Light("a", link="up", mismatch="001162ffffff"), "mismatch"),
        (Light("a", link="down", error="account"), "account"),
    ],
)
def test_the_first_trouble_is_the_one_that_is_told(light: Light, trouble: str) -> None:
    assert trouble_of(light) == trouble


async def test_only_what_changed_is_told() -> None:
    now = [1000.0]
    board = Board(lambda: now[0])
    with board.listen() as heard:
        board.seen("counter", paper="ok")
        assert await anext(heard) == "counter"
        now[0] = 1005.0
        board.seen("counter", paper="ok")
        assert board.light("counter").seen_ms == 1_005_000
        board.seen("kitchen")
        assert await anext(heard) == "kitchen", "a printer that said the same again is told to nobody"
        now[0] = 1010.0
        board.seen("counter", paper="out")
        assert await anext(heard) == "counter"
    assert (board.light("counter").trouble, board.light("counter").trouble_since_ms) == ("paper", 1_010_000)
    board.seen("counter", paper="ok")
    assert (board.light("counter").trouble, board.light("counter").trouble_since_ms) == ("", 0)
    assert [light.printer for light in board.lights()] == ["counter", "kitchen"]
    board.forget("counter")
    assert board.light("counter") == Light("counter")


async def test_listening_ends_with_the_board() -> None:
    board = Board(lambda: 0.0)
    heard = board.listen()
    board.close()
    async with asyncio.timeout(5):
        assert [name async for name in heard] == []
