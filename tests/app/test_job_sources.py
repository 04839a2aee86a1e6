"""What brings jobs in, put together as the shop does: a till on a port, a page through the worker process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from kvit.app.job_sources import JobSources
from kvit.app.pages import PageReader
from kvit.app.settings import read
from kvit.config import ConfigError
from kvit.db import open_database
from kvit.device.board import Board
from kvit.device.cloud.door import Desk
from kvit.device.ipp import raster
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Form, Payload
from kvit.device.spool.store import Filter
from kvit.paper.document import Cut, Image, parse
from kvit.refusal import Refusal
from tests.ports import free_port

RECEIPT = b"\x1b@Milk 450\nTOTAL 450\n\x1dV\x00"
ROOMS = ("kvit.device.spool", "kvit.device.printers", "kvit.device.ipp")


async def no_press(wanted: Wanted) -> Pressed | Refusal:
    return Refusal("device.press_failed", {"reason": "none here"})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    db = open_database(tmp_path / "kvit.db", ROOMS)
    board, chance = Board(lambda: 0.0), itertools.count(1)
    made = Desk(
        db, "shop-1", no_press, board, lambda: 0.0, lambda: 0.0, lambda size: next(chance).to_bytes(size, "big"),
        lambda what, values: None, "http://127.0.0.1:7004",
    )  # fmt: skip
    await db.write(printers.settle, "shop-1", [Printer("counter", "escpos+tcp://127.0.0.1:9")], 0)
    yield made
    board.close()
    db.close()


def configured(folder: Path, **more: str) -> Path:
    values = {
        "name": "office",
        "listen": f"127.0.0.1:{free_port()}",
        "printer": "counter",
        "profile": "TM-T88V",
        **more,
    }
    lines = "".join(f'{key} = "{value}"\n' for key, value in values.items())
    (folder / "kvit.toml").write_text(f"[[jobs.port]]\n{lines}")
    return folder / "kvit.toml"


async def print_on(listen: str) -> bytes:
    reader, writer = await asyncio.open_connection(*listen.split(":"))
    writer.write(RECEIPT)
    writer.write_eof()
    try:
        return await reader.read()
    finally:
        writer.close()


async def test_a_tills_receipt_is_a_job(tmp_path: Path, desk: Desk) -> None:
    settings = read(configured(tmp_path), {})
    sources = JobSources(settings, desk)
    await sources.start()
    assert await print_on(settings.jobs.port[0].listen) == b""
    (job,) = desk.db.read_now(spool.search, "shop-1", Filter())
    assert desk.db.read_now(spool.payload, "shop-1", job.id) == Payload(Form.ESCPOS, "TM-T88V", RECEIPT)
    await sources.stop()


async def test_a_printer_that_is_none_keeps_nothing(tmp_path: Path, desk: Desk) -> None:
    settings = read(configured(tmp_path, printer="nobody"), {})
    sources = JobSources(settings, desk)
    await sources.start()
    with pytest.raises(ConnectionResetError):
        await print_on(settings.jobs.port[0].listen)
    assert desk.db.read_now(spool.search, "shop-1", Filter()) == []
    await sources.stop()


async def test_a_port_that_is_taken_leaves_the_others(tmp_path: Path, desk: Desk) -> None:
    settings = read(configured(tmp_path), {})
    first, second = JobSources(settings, desk), JobSources(settings, desk)
    await first.start()
    await second.start()
    assert await print_on(settings.jobs.port[0].listen) == b""
    await second.stop()
    await first.stop()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"profile": "TM-T88"}, "There is no printer profile TM-T88."),
        ({"listen": "pty://x"}, "kind pty can not stand here"),
        ({"unheard": "perhaps"}, "unheard"),
    ],
)
def test_what_can_not_be_is_said_at_the_start(tmp_path: Path, more: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(configured(tmp_path, **more), {})
    assert words in str(raised.value)


async def test_networks_are_networks(tmp_path: Path) -> None:
    (tmp_path / "kvit.toml").write_text('[ipp]\nallow = ["192.168.1"]\n')
    with pytest.raises(ConfigError) as raised:
        read(tmp_path / "kvit.toml", {})
    assert "192.168.1 is no network" in str(raised.value)


async def test_pages_are_read_in_a_process_of_their_own() -> None:
    said: list[str] = []
    reader = PageReader(lambda what, values: said.append(what))
    greys = np.full((300, 576), 255, dtype=np.uint8)
    greys[10:40, 10:40] = 0
    made = await reader.read("image/pwg-raster", raster.encode([raster.Page(greys, 203)]), 576, "utf-8")
    assert isinstance(made, bytes)
    assert [type(block) for block in parse(made).blocks] == [Image, Cut]
    refused = await reader.read("image/pwg-raster", b"RaS2", 576, "utf-8")
    assert isinstance(refused, Refusal)
    assert refused.code == "device.ipp_document"
    await reader.close()
    assert said == []
