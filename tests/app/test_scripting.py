"""The executor of the source: load, call, read, hear of exceptions; with its process killed under it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import pytest

from kvit.app.scripting import Executor
from kvit.refusal import Refusal
from kvit.template.scripts.contract import ScriptError, Trouble

TEXTS = {
    "labels": "const version = '1'; function price(a) { return a / 100 } function loop() { for (;;) {} }",
    "broken": "function (",
}
NONE = Refusal("template.pack_none", {"name": "x", "candidates": 0})


class World:
    def __init__(self) -> None:
        self.texts = dict(TEXTS)
        self.heard: list[ScriptError] = []
        self.logged: list[dict[str, object]] = []
        self.executor = Executor(
            lambda name: self.texts.get(name, NONE), lambda event, values: self.logged.append(values)
        )
        self.executor.on_error(self.heard.append)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.executor.close()


async def test_load_call_read(world: World) -> None:
    executor = world.executor
    assert await executor.load("labels") is None
    assert await executor.call("labels", "price", 4990) == 49.9
    assert await executor.get("labels", "version") == "1"
    assert world.heard == []


async def test_exceptions_come_to_the_caller_and_to_the_handler(world: World) -> None:
    with pytest.raises(ScriptError) as caught:
        await world.executor.load("broken")
    assert caught.value.trouble is Trouble.SYNTAX
    with pytest.raises(ScriptError):
        await world.executor.call("labels", "nothing")
    assert [error.trouble for error in world.heard] == [Trouble.SYNTAX, Trouble.MISSING]
    assert [values["script"] for values in world.logged] == ["broken", "labels"]


async def test_a_script_that_is_nowhere_is_a_named_error(world: World) -> None:
    assert await world.executor.call("absent", "f") == NONE
    assert await world.executor.load("absent") == NONE


async def test_a_loop_ends_and_a_dead_process_is_replaced(world: World) -> None:
    executor = world.executor
    with pytest.raises(ScriptError) as caught:
        await executor.call("labels", "loop")
    assert caught.value.trouble is Trouble.TIME
    assert await executor.call("labels", "price", 100) == 1
    process = executor._worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert await executor.call("labels", "price", 100) == 1


async def test_a_new_text_under_the_same_name_is_the_next_calls(world: World) -> None:
    assert await world.executor.call("labels", "price", 100) == 1
    world.texts["labels"] = "function price(a) { return 'new' }"
    assert await world.executor.call("labels", "price", 100) == "new"
