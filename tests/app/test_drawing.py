"""Drawing in a process of its own: each form, and what can not be drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from kvit.app.drawing import Drawer, draw
from kvit.web.context import RenderFailed

RECEIPT = b"\x1b@Corner Cafe\nTOTAL 4.50\n\x1dV\x00"
BEGINNINGS = {
    "png": b"\x89PNG",
    "pdf": b"%PDF-",
    "svg": b"<svg",
    "text": b"Corner Cafe",
    "json": b"{",
    "fragment": b"<",
}


@pytest.fixture
async def drawer() -> AsyncIterator[tuple[Drawer, list[str]]]:
    logged: list[str] = []
    made = Drawer(lambda event, values: logged.append(f"{event} {values}"))
    made._worker._deadline_s = 60  # how fast a machine is today is no finding
    yield made, logged
    await made.close()


async def test_each_form(drawer: tuple[Drawer, list[str]]) -> None:
    for form, beginning in BEGINNINGS.items():
        assert (await drawer[0].render(RECEIPT, "TM-T88V", form)).startswith(beginning), form


async def test_a_form_nobody_knows_fails_alone_and_is_logged(drawer: tuple[Drawer, list[str]]) -> None:
    with pytest.raises(RenderFailed):
        await drawer[0].render(RECEIPT, "TM-T88V", "oil painting")
    assert await drawer[0].render(RECEIPT, "TM-T88V", "png")
    assert "drawing.failed" in drawer[1][0]
    assert "Corner" not in drawer[1][0]


def test_an_old_receipts_profile_may_be_gone() -> None:
    assert draw(msgspec.msgpack.encode((RECEIPT, "no-such-printer", "text"))).startswith(b"Corner Cafe")
