"""Pressing in the worker process: papers, refusals and a process that dies come back as values."""

from __future__ import annotations

import sys

import pytest

from kvit.app import pressing
from kvit.app.pressing import Presser, answer
from kvit.device.press import Pressed, Wanted, press
from kvit.device.spool.model import Form, Payload
from kvit.refusal import Refusal

PAYLOAD = Payload(Form.DOCUMENT, "", b'{"blocks":[{"type":"text","content":"Milk"}]}')
WANTED = Wanted(PAYLOAD, 1, "escpos+tcp://10.0.0.5")


async def test_a_paper_comes_back_from_the_process_as_it_would_be_made_here() -> None:
    presser = Presser(lambda event, values: None)
    try:
        assert await presser.press(WANTED) == press(WANTED)
        refused = await presser.press(Wanted(PAYLOAD, 1, "fax://1"))
    finally:
        await presser.close()
    assert isinstance(refused, Refusal)
    assert refused.code == "device.address_kind"


async def test_a_process_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressing, "COMMAND", (sys.executable, "-c", "raise SystemExit"))
    said: list[str] = []
    presser = Presser(lambda event, values: said.append(event))
    assert await presser.press(WANTED) == Refusal("device.press_failed", {"reason": "died"})
    await presser.close()
    assert said == ["press.failed"]


def test_the_processs_side_never_raises_for_a_refusal() -> None:
    import msgspec

    assert b"No" in answer(msgspec.msgpack.encode(Wanted(PAYLOAD, 1, "fax://1")))
    assert isinstance(press(WANTED), Pressed)
