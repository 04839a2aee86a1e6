"""The door of the running shop: one JSON line each way, for its owner only."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kvit.app import control
from kvit.app.control import ControlError, NotRunning, ask, socket_path


async def echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"said": request["word"]}


async def fail(_: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("the target is there already")


@asynccontextmanager
async def serving(folder: Path, verbs: Mapping[str, control.Verb]) -> AsyncIterator[None]:
    """Serve, and end when all who asked have gone."""
    server = await control.serve(folder, verbs)
    yield
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait([task], timeout=30)
    await asyncio.sleep(0)


async def test_questions_and_answers(tmp_path: Path) -> None:
    async with serving(tmp_path, {"echo": echo, "fail": fail}):
        assert await asyncio.to_thread(ask, tmp_path, "echo", word="né 한") == {"said": "né 한"}
        with pytest.raises(ControlError, match="there already"):
            await asyncio.to_thread(ask, tmp_path, "fail")
        with pytest.raises(ControlError, match="another version"):
            await asyncio.to_thread(ask, tmp_path, "dance")


async def test_only_the_owner_may_open_it(tmp_path: Path) -> None:
    async with serving(tmp_path, {}):
        assert stat.S_IMODE(socket_path(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize("line", [b"\n", b"no json\n", b"[]\n", b'{"verb": 5}\n', b'{"verb": []}\n', b'"\xff"\n'])
async def test_nonsense_is_answered_and_ends_nothing(tmp_path: Path, line: bytes) -> None:
    async with serving(tmp_path, {"echo": echo}):
        reader, writer = await asyncio.open_unix_connection(str(socket_path(tmp_path)))
        writer.write(line + b'{"verb": "echo", "word": 1}\n')
        assert b'"error"' in await reader.readline()
        assert await reader.readline() == b'{"ok": {"said": 1}}\n'
        writer.close()
        await writer.wait_closed()


async def test_a_line_without_an_end_is_hung_up(tmp_path: Path) -> None:
    async with serving(tmp_path, {"echo": echo}):
        reader, writer = await asyncio.open_unix_connection(str(socket_path(tmp_path)))
        writer.write(b"x" * (control.REQUEST_BYTES_MAX * 3))
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.filterwarnings("ignore")
def test_ending_with_somebody_connected_is_silent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """asyncio tells of a cancelled connection as of a fault; an owner would see a trace at every stop."""

    async def scene() -> asyncio.StreamWriter:
        await control.serve(tmp_path, {"echo": echo})
        reader, writer = await asyncio.open_unix_connection(str(socket_path(tmp_path)))
        writer.write(b'{"verb": "echo", "word": 1}\n')
        await reader.readline()
        writer.close()
        return writer

    asyncio.run(scene())
    assert caplog.records == []


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        ask(tmp_path, "describe")
    socket_path(tmp_path).touch()
    with pytest.raises(NotRunning):
        ask(tmp_path, "describe")


async def test_a_long_folder_has_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    assert len(str(socket_path(folder))) < 100
    async with serving(folder, {"echo": echo}):
        assert await asyncio.to_thread(ask, folder, "echo", word="x") == {"said": "x"}
    socket_path(folder).unlink(missing_ok=True)
