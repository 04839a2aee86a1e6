"""A line that withholds paper, with its real wires: tills on loopback, an emulated printer, the control socket's verbs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from kvit.device.emulator import Emulator
from kvit.escpos import load_profile
from kvit.relay import capture
from kvit.relay.control import ask
from kvit.relay.holding import Holding
from kvit.relay.house import House
from kvit.relay.reading import Printout, Reading
from kvit.relay.settings import LineSettings
from tests.relay.running import running, until

RECEIPT = b"\x1b@Shop\nTea 5.00\nTOTAL 5.00\n\x1dV\x00"
OTHER = b"\x1b@Shop\nCup 6.00\nTOTAL 6.00\n\x1dV\x00"


def line(printer: int, hold_s: float = 20) -> LineSettings:
    return LineSettings("till", "tcp://127.0.0.1:0", f"tcp://127.0.0.1:{printer}", profile="TM-T88V", hold_s=hold_s)


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
        assert await say(tmp_path, do="route", line="till", offset=second["offset"], paper=True) == {"ok": True}
        again = await say(tmp_path, do="route", line="till", offset=second["offset"], paper=False)
        assert again["code"] == "relay.not_held"
        assert (state(house)["released"], state(house)["withheld"], state(house)["held"]) == (1, 1, 0)
    await printer.close()


async def test_the_name_is_that_of_the_shops_reading(tmp_path: Path) -> None:
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


async def test_the_printers_own_answers_are_recorded_and_repeated(tmp_path: Path) -> None:
    profile = msgspec.structs.replace(
        load_profile("TM-T88V"), firmware="9.99 ESC", serial="J5NG012345", asb_tail=0x0A, model_id=0x21
    )
    printer = Emulator(profile)
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path)
        holding = house.lines["till"].pump.holding
        assert isinstance(holding, Holding)
        await until(lambda: (tmp_path / "capture" / "till" / "answers.json").exists())
        await until(lambda: holding.hold.answers.recorded.whole and holding.idle)
        before = printer.received_bytes
        reader, writer = await asyncio.open_connection("127.0.0.1", house.lines["till"].port)
        for question, answer in (
            (b"\x1dI\x01", b"\x21"),
            (b"\x1dIA", b"_9.99 ESC\x00"),
            (b"\x1dID", b"_J5NG012345\x00"),
            (b"\x10\x04\x01", b"\x12"),
            (b"\x1da\xff", b"\x10\x00\x00\x0a"),
        ):
            writer.write(question)
            assert await reader.readexactly(len(answer)) == answer
        assert b"\x1dI" not in bytes(printer.received[before:])
        assert (await say(tmp_path, do="record", line="till"))["ok"]
        writer.close()
        await writer.wait_closed()
    await printer.close()


async def test_trouble_of_the_printer_shows_through(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    printer.tell("paper out")
    async with running(tmp_path, line(await printer.listen())) as house:
        await attend(tmp_path)
        reader, writer = await asyncio.open_connection("127.0.0.1", house.lines["till"].port)

        async def asked() -> bytes:
            writer.write(b"\x10\x04\x04")
            return await reader.readexactly(1)

        async with asyncio.timeout(60):
            while await asked() != b"\x7e":  # noqa: ASYNC110 - a till that polls
                await asyncio.sleep(0.05)
            printer.tell("paper ok")
            while await asked() != b"\x12":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()
    await printer.close()
