"""A line that withholds paper, with its real wires: tills on loopback, an emulated printer, the control socket's verbs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from kvit.device.emulator import Emulator
from kvit.relay import capture
from kvit.relay.control import ask
from kvit.relay.house import House
from kvit.relay.settings import LineSettings
from tests.relay.running import running, until

RECEIPT = b"\x1b@Shop\nTea 5.00\nTOTAL 5.00\n\x1dV\x00"
OTHER = b"\x1b@Shop\nCup 6.00\nTOTAL 6.00\n\x1dV\x00"


def line(printer: int, hold_s: float = 20, **more: object) -> LineSettings:
    return LineSettings(
        "till", "tcp://127.0.0.1:0", f"tcp://127.0.0.1:{printer}", profile="TM-T88V", hold_s=hold_s, **more
    )  # type: ignore[arg-type]


async def say(folder: Path, **question: Any) -> dict[str, Any]:
    return await asyncio.to_thread(ask, folder / "run", question)


async def attend(folder: Path, lease_s: float = 60) -> list[dict[str, Any]]:
    answer = await say(folder, do="attend", lines=["till"], lease_s=lease_s)
    assert answer["ok"], answer
    held: list[dict[str, Any]] = answer["held"]
    return held


async def send(house: House, data: bytes) -> bytes:
    """Print as a spooler does: connect, send, hang up; give what was heard."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.lines["till"].port)
    writer.write(data)
    writer.write_eof()
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    return heard


def state(house: House) -> dict[str, Any]:
    return house.lines["till"].state


async def test_paper_waits_and_comes_out_or_does_not(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        assert await attend(tmp_path) == []
        await send(house, RECEIPT)
        await send(house, OTHER)
        first, second = await attend(tmp_path)
        assert (first["bytes"], first["closed"]) == (len(RECEIPT), True)
        assert printer.received == b""
        assert await say(tmp_path, do="route", line="till", offset=first["offset"], paper=False) == {"ok": True}
        assert await say(tmp_path, do="route", line="till", offset=second["offset"], paper=True) == {"ok": True}
        await until(lambda: printer.received == OTHER)
        again = await say(tmp_path, do="route", line="till", offset=second["offset"], paper=True)
        assert again["code"] == "relay.not_held"
        assert (state(house)["released"], state(house)["withheld"], state(house)["held"]) == (1, 1, 0)
    await printer.close()


async def test_the_name_is_that_of_the_shops_reading(tmp_path: Path) -> None:
    from kvit.relay.reading import Printout, Reading

    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path)
        await send(house, RECEIPT)
        await send(house, OTHER)
        held = await attend(tmp_path)
        reader, reading = capture.Reader(tmp_path / "capture" / "till"), Reading("till", "TM-T88V")
        found = [each for record in reader.read() for each in reading.take(record)]
        reader.close()
    assert [(each.offset, len(each.raw)) for each in found if isinstance(each, Printout)] == [
        (each["offset"], each["bytes"]) for each in held
    ]
    await printer.close()


async def test_something_is_put_in_before_the_cut(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path)
        await send(house, RECEIPT)
        [held] = await attend(tmp_path)
        at = RECEIPT.index(b"\x1dV")
        splices = [{"at": at, "hex": b"[QR]\n".hex()}]
        await say(tmp_path, do="route", line="till", offset=held["offset"], paper=True, splices=splices)
        await until(lambda: printer.received == RECEIPT[:at] + b"[QR]\n" + RECEIPT[at:])
    await printer.close()


async def test_nobody_attends_any_more(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path, lease_s=0.4)
        await send(house, RECEIPT)
        await until(lambda: printer.received == RECEIPT)
        assert state(house)["reasons"] == ["lease"]
        await send(house, OTHER)
        await until(lambda: printer.received == RECEIPT + OTHER)
        assert state(house)["held"] == 0
    await printer.close()


async def test_a_decision_that_does_not_come(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen(), hold_s=0.3)) as house:
        await attend(tmp_path)
        await send(house, RECEIPT)
        await until(lambda: printer.received == RECEIPT)
        assert state(house)["reasons"] == ["time"]
    await printer.close()


async def test_questions_are_answered_and_the_drawer_opens_at_once(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path)
        reader, writer = await asyncio.open_connection("127.0.0.1", house.lines["till"].port)
        writer.write(b"\x10\x04\x01\x10\x04\x04")
        assert await reader.readexactly(2) == b"\x12\x12"
        writer.write(b"\x1b@Shop\nTea 5.00\nTOTAL 5.00\n\x1bp\x00\x19\x19\x1dV\x00\x1dr\x01\x1d(H\x06\x00\x30\x30abcd")
        assert await reader.readexactly(8) == b"\x00\x37\x22abcd\x00"
        await until(lambda: printer.machine.pulses == 1)
        [held] = await attend(tmp_path)
        await say(tmp_path, do="route", line="till", offset=held["offset"], paper=True)
        await until(lambda: printer.machine.cuts == 1)
        assert RECEIPT in printer.machine.paper
        assert printer.machine.pulses == 1
        writer.close()
        await writer.wait_closed()
    await printer.close()
