"""A line process that withholds, killed from outside; and what the shop may delete meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.device.emulator import Emulator
from kvit.relay import capture
from kvit.relay.control import ask
from kvit.relay.holder import Holder
from kvit.relay.leftover import AGAIN
from tests.relay.running import until
from tests.relay.simulated import Shop, TillScript, simulate

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """
import json, sys
from pathlib import Path
import msgspec
from kvit.relay.line import run_line
from kvit.relay.settings import RelaySettings
settings = msgspec.convert({"line": json.loads(sys.argv[2])}, RelaySettings)
run_line(lambda: settings, Path(sys.argv[1]), ready=lambda house: print("ready", flush=True))
"""
RECEIPT = b"\x1b@Shop\nTea 5.00\nTOTAL 5.00\n\x1bp\x00\x19\x19\x1dV\x00"
PAPER = RECEIPT.replace(b"\x1bp\x00\x19\x19", b"")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="holder and pseudo-terminals are Linux's")


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    for process in STARTED:
        process.kill()
        process.wait()
    STARTED.clear()
    Holder(tmp_path / "run" / "holder.sock").end()


def start(folder: Path, line: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), json.dumps([line])],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    STARTED.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


async def test_kill_9_loses_no_paper(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    line = {"name": "t", "till": "pty://t", "printer": f"tcp://127.0.0.1:{port}", "profile": "TM-T88V", "hold_s": 50}
    process = await asyncio.to_thread(start, tmp_path, line)

    async def say(**question: Any) -> dict[str, Any]:
        return await asyncio.to_thread(ask, tmp_path / "run", question)

    till = os.open(tmp_path / "ports" / "t", os.O_RDWR | os.O_NOCTTY)
    attend = {"do": "attend", "lines": ["t"], "lease_s": 60}
    await say(**attend)
    os.write(till, RECEIPT)
    held: list[dict[str, Any]] = []
    while not held:
        held = [each for each in (await say(**attend))["held"] if each["closed"]]
    await until(lambda: printer.machine.pulses == 1)
    assert b"TOTAL" not in printer.received
    process.kill()
    await asyncio.to_thread(process.wait)
    assert process.stdout is not None
    process.stdout.close()
    process = await asyncio.to_thread(start, tmp_path, line)
    await until(lambda: b"TOTAL" in printer.received)
    await until(lambda: PAPER in printer.machine.paper)
    assert AGAIN not in printer.received
    assert printer.machine.pulses == 1
    assert (await say(do="route", line="t", offset=held[0]["offset"], paper=False))["code"] == "relay.not_held"
    os.close(till)
    assert (await say(do="stop", for_good=True))["ok"]
    assert await asyncio.to_thread(process.wait, 60) == 0
    assert process.stdout is not None
    process.stdout.close()
    await printer.close()


def files(shop: Shop) -> list[str]:
    return [path.name for _, path in capture.segments(shop.folder)]


async def all_day(shop: Shop) -> None:
    """A port that is withheld all day: the shop's cutting never touches what is needed, and the rest goes."""
    shop.start()
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    till.say(b"\x10\x04\x01")
    await asyncio.sleep(1)
    shop.holding.attend(50)
    assert shop.pump is not None
    for number in range(3):
        till.say(b"\x1b@#%d#\nTOTAL 5.00\n\x1dV\x00" % number)
        await asyncio.sleep(0.1)
        [held] = shop.holding.attend(50)
        shop.pump.writer.rotate()
        before = files(shop)
        assert capture.cut(shop.folder, 1 << 60) == 0 or files(shop) != before
        needed = capture.read_floor(shop.folder)
        assert needed is not None
        assert any(base <= needed for base, _ in capture.segments(shop.folder))
        assert shop.holding.route(held.offset, False, (), None) is None
        await asyncio.sleep(1.2)
        shop.holding.attend(50)
        capture.cut(shop.folder, 1 << 60)
        assert len(files(shop)) == 1, "what is over is deleted"
    till.say(b"\x1b@#9#\nTOTAL 5.00\n\x1dV\x00")
    await asyncio.sleep(0.1)
    shop.pump.writer.rotate()
    capture.cut(shop.folder, 1 << 60)
    shop.kill()
    shop.start()
    await asyncio.sleep(5)
    assert shop.printer.paper.count(b"#") == 2
    assert b"#9#" in shop.printer.paper
    assert capture.read_floor(shop.folder) is None
    await shop.pump.stop()


def test_the_shop_deletes_nothing_that_is_needed(tmp_path: Path) -> None:
    simulate(all_day(Shop(tmp_path, hold_s=50)))


async def after_a_power_cut(shop: Shop) -> None:
    """The machine was started anew: what was withheld comes out under the line the shop has laid out."""
    shop.start()
    shop.holding.attend(50, b"POWTORZENIE?\n")
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    till.say(RECEIPT)
    await asyncio.sleep(1)
    shop.kill()
    shop.wall_s += 1000
    shop.start()
    await asyncio.sleep(5)
    assert b"POWTORZENIE?\n" + PAPER in shop.printer.paper
    assert shop.pump is not None
    await shop.pump.stop()


def test_after_a_power_cut_it_may_be_a_repetition(tmp_path: Path) -> None:
    simulate(after_a_power_cut(Shop(tmp_path, hold_s=50)))


async def empty_floor(shop: Shop) -> None:
    """A power cut took the little file's bytes: then all there is of the capture is looked through."""
    shop.start()
    shop.holding.attend(50)
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    till.say(RECEIPT)
    await asyncio.sleep(1)
    shop.kill()
    (shop.folder / capture.FLOOR).write_bytes(b"")
    shop.start()
    await asyncio.sleep(5)
    assert PAPER in shop.printer.paper
    assert capture.read_floor(shop.folder) is None
    assert shop.pump is not None
    await shop.pump.stop()


def test_the_little_file_is_empty(tmp_path: Path) -> None:
    simulate(empty_floor(Shop(tmp_path, hold_s=50)))


async def disk(shop: Shop) -> None:
    """The capture can not be written: nothing is withheld that could be lost."""
    shop.start()
    shop.holding.attend(50)
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    till.say(b"\x1b@Shop\n")
    await asyncio.sleep(0.1)
    assert shop.pump is not None

    def full(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    shop.pump.writer._write = full  # type: ignore[method-assign]
    till.say(b"TOTAL 5.00\n\x1dV\x00")
    await asyncio.sleep(0.1)
    assert b"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00" in shop.printer.paper
    till.say(RECEIPT)
    await asyncio.sleep(0.1)
    assert shop.printer.paper.endswith(RECEIPT)
    del shop.pump.writer._write
    await asyncio.sleep(70)
    shop.holding.attend(50)
    before = shop.printer.paper
    till.say(RECEIPT)
    await asyncio.sleep(0.1)
    assert shop.printer.paper == before + b"\x1bp\x00\x19\x19"
    await shop.pump.stop()


def test_a_full_disk_withholds_nothing(tmp_path: Path) -> None:
    simulate(disk(Shop(tmp_path, hold_s=50)))


async def away(shop: Shop) -> None:
    """A printer that can not be reached is offline in a till's eyes, and online again when it is back."""
    shop.start()
    shop.holding.attend(50)
    shop.printer.away = True
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    assert await till.ask(b"\x10\x04\x01", 1) == b"\x12"
    for _ in range(20):
        await asyncio.sleep(1)
        shop.holding.attend(50)
        assert await till.ask(b"\x10\x04\x01", 1) == b"\x1a"
    shop.printer.away = False
    await asyncio.sleep(3)
    assert await till.ask(b"\x10\x04\x01", 1) == b"\x12"
    assert shop.pump is not None
    await shop.pump.stop()


def test_a_printer_that_is_away_is_offline(tmp_path: Path) -> None:
    simulate(away(Shop(tmp_path, hold_s=50)))


async def mended(shop: Shop) -> None:
    """Trouble is over when the printer says so, though no till asks any more."""
    shop.start()
    shop.holding.attend(50)
    shop.printer.change(paper_end=True)
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    for _ in range(3):
        await asyncio.sleep(1)
        await till.ask(b"\x10\x04\x04", 1)
    assert shop.holding.state["trouble"] == ["paper_end", "paper_near_end"]
    shop.printer.change(paper_end=False)
    await asyncio.sleep(5)
    assert shop.holding.state["trouble"] == []
    assert shop.pump is not None
    await shop.pump.stop()


def test_trouble_that_is_over_is_over(tmp_path: Path) -> None:
    simulate(mended(Shop(tmp_path, hold_s=50)))


async def a_sounding_and_a_till(shop: Shop) -> None:
    """A till that is passed on owns the printer before the answers to a sounding are there: they are not its."""
    shop.start()
    shop.holding.attend(50)
    asks, prints = TillScript("A", random.Random(1)), TillScript("B", random.Random(1))
    shop.plug(asks)
    shop.printer.machine.silent = True
    await asyncio.sleep(5)
    asks.say(b"\x10\x04\x01")
    await asyncio.sleep(0.001)
    shop.plug(prints)
    shop.holding.attend(0)
    prints.say(b"\x1b@Shop\n")
    await asyncio.sleep(0.05)
    assert shop.pump is not None
    shop.pump.printer_said(shop.pump._shared, b"\x12\x12\x12\x12\x00")
    await asyncio.sleep(0.05)
    assert bytes(prints.heard) == b"\x00"
    await shop.pump.stop()


def test_answers_to_soundings_reach_no_till(tmp_path: Path) -> None:
    simulate(a_sounding_and_a_till(Shop(tmp_path, hold_s=50)))


async def while_another_waits(shop: Shop) -> None:
    """A till's second paper is decided while its first is on its way and another till's waits: it asks again."""
    shop.start()
    shop.holding.hold.answers.recorded.whole = True
    tills = [TillScript(name, random.Random(1)) for name in "AB"]
    for till in tills:
        shop.plug(till)
        till.say(b"\x10\x04\x01")
    await asyncio.sleep(1)
    shop.holding.attend(50)
    await asyncio.sleep(5)
    for till in tills:
        till.say(b"\x1b@#%b#\nTOTAL 5.00\n\x1dV\x00" % till.name.encode())
    await asyncio.sleep(0.1)
    first, second = shop.holding.attend(50)
    tills[0].say(b"\x1bp\x00\x19\x19")
    await asyncio.sleep(0.0015)
    assert shop.holding.route(second.offset, True, (), None) is None
    assert shop.holding.route(first.offset, True, (), None) is None
    await asyncio.sleep(5)
    assert shop.printer.paper.find(b"#B#") >= 0
    assert shop.printer.paper.find(b"#A#") > shop.printer.paper.find(b"#B#")
    assert shop.holding.idle
    assert shop.pump is not None
    await shop.pump.stop()


def test_a_till_asks_for_its_turn_again(tmp_path: Path) -> None:
    simulate(while_another_waits(Shop(tmp_path, hold_s=50)))


async def away_for_long(shop: Shop) -> None:
    """Decided for paper, the printer away, a new segment begun, killed: it is still there."""
    shop.start()
    till = TillScript("A", random.Random(1))
    shop.plug(till)
    till.say(b"\x10\x04\x01")
    await asyncio.sleep(1)
    shop.holding.attend(50)
    await asyncio.sleep(5)
    shop.printer.go_away()
    till.say(b"\x1b@#1#\nTOTAL 5.00\n\x1dV\x00")
    await asyncio.sleep(0.1)
    [held] = shop.holding.attend(50)
    assert shop.holding.route(held.offset, True, (), None) is None
    assert shop.pump is not None
    for _ in range(3):
        shop.pump.writer.rotate()
        await asyncio.sleep(2)
        shop.holding.attend(50)
        capture.cut(shop.folder, 1 << 60)
    shop.kill()
    shop.printer.away = False
    shop.start()
    await asyncio.sleep(5)
    assert b"#1#" in shop.printer.paper
    await shop.pump.stop()


def test_a_paper_for_an_absent_printer_outlives_the_process(tmp_path: Path) -> None:
    simulate(away_for_long(Shop(tmp_path, hold_s=50)))
