from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from kvit.device.emulator import Emulator
from kvit.device.printer import Mechanism, Session
from kvit.escpos import load_profile


async def ask(port: int, question: bytes, count: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(question)
    said = await asyncio.wait_for(reader.readexactly(count), 60)
    writer.close()
    await writer.wait_closed()
    return said


ANSWERS = [
    ("", b"\x10\x04\x01", b"\x12"),
    ("paper out", b"\x10\x04\x01", b"\x1a"),
    ("paper out", b"\x10\x04\x04", b"\x7e"),
    ("paper near", b"\x1dr\x01", b"\x03"),
    ("cover open", b"\x10\x04\x02", b"\x16"),
    ("offline", b"\x10\x04\x01", b"\x1a"),
    ("", b"\x1da\xff", b"\x10\x00\x00\x0f"),
    ("", b"text\n\x1d(H\x06\x00\x30\x30ABCD", b"\x37\x22ABCD\x00"),
]


@pytest.mark.parametrize(("words", "question", "said"), ANSWERS)
async def test_answers(words: str, question: bytes, said: bytes) -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    if words:
        assert printer.tell(words) == "ok"
    assert await ask(port, question, len(said)) == said
    await printer.close()


async def test_a_lying_clone_says_all_is_well() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    printer.tell("paper out")
    printer.tell("lies")
    assert await ask(port, b"\x10\x04\x04", 1) == b"\x12"
    await printer.close()


async def test_automatic_status_on_change() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x1da\xff")
    assert await reader.readexactly(4) == b"\x10\x00\x00\x0f"
    printer.tell("cover open")
    assert (await reader.readexactly(4))[0] == 0x38
    writer.close()
    await writer.wait_closed()
    await printer.close()


async def test_paper_ends_at_line_k_and_nothing_is_said_to_be_printed() -> None:
    printer = Emulator("TM-T88V")
    await printer.listen()
    printer.tell("lines 3")
    session = Session(printer.machine)
    session.feed(b"a\nb\nc\nd\n\x1d(H\x06\x00\x30\x30ABCD")
    done, said = session.print(1e9)
    assert done == 6
    assert said == b""
    assert printer.machine.status.paper_end
    printer.machine.change(paper_end=False)
    assert session.print(1e9)[1] == b"\x37\x22ABCD\x00"
    await printer.close()


def test_realtime_overtakes_a_full_buffer() -> None:
    machine = Mechanism(load_profile("TM-T88V"), buffer_bytes=256)
    machine.change(cover_open=True)
    session = Session(machine)
    session.feed(b"x" * 300)
    assert session.room_bytes == 0
    assert session.feed(b"\x10\x04\x02") == b"\x16"


async def test_dies_in_the_middle() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    printer.die(5)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"a\nb\nc\nd\n" * 3)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await reader.readexactly(1)
    writer.close()
    assert printer.state()["dead"]
    printer.revive()
    assert await ask(port, b"\x10\x04\x01", 1) == b"\x12"
    await printer.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Linux's")
async def test_behind_a_serial_port_it_says_xoff(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V", kept=tmp_path / "kept")
    path = printer.serial(tmp_path, "printer")
    printer.tell("buffer 64")
    printer.tell("cover open")
    till = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    os.write(till, b"text\n" * 40)
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(till, came.set)
    await asyncio.wait_for(came.wait(), 60)
    assert os.read(till, 10) == b"\x13"
    came.clear()
    printer.tell("cover closed")
    await asyncio.wait_for(came.wait(), 60)
    assert os.read(till, 10) == b"\x11"
    loop.remove_reader(till)
    os.close(till)
    await printer.close()
    assert (tmp_path / "kept").read_bytes() == b"text\n" * 40


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_words_on_the_control_socket(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    await printer.control(tmp_path / "c")
    assert (tmp_path / "c").stat().st_mode & 0o077 == 0
    reader, writer = await asyncio.open_unix_connection(tmp_path / "c")
    talk = [
        ("paper out", "ok"),
        ("paper blue", "paper does not go with 'blue'"),
        ("slow 960", "ok"),
        ("buffer 100", "ok"),
    ]
    for words, said in talk:
        writer.write(words.encode() + b"\n")
        assert (await reader.readline()).decode().strip() == said
    writer.write(b"state\nfly\n")
    assert json.loads(await reader.readline())["paper_end"]
    assert (await reader.readline()).startswith(b"unknown word 'fly'")
    writer.close()
    await writer.wait_closed()
    await printer.close()


async def test_a_picture_larger_than_the_buffer_is_taken(tmp_path: Path) -> None:
    """Also one that declares four gigabytes and never comes: the printer waits for more, it is not busy."""
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    for data in (
        b"\x1dv0\x00\x40\x00\x00\x04" + bytes(64 * 1024),
        b"\x1d8L\xff\xff\xff\xff0p0\x01\x011" + bytes(300_000),
    ):
        before = printer.received_bytes
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        async with asyncio.timeout(60):
            while printer.received_bytes < before + len(data):  # noqa: ASYNC110 - bytes on their way through the kernel
                await asyncio.sleep(0.005)
        writer.close()
        await writer.wait_closed()
    await printer.close()
