"""A printer asked over the wire: whoever it is, whatever is wrong with it, and whoever answers in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from kvit.device.address import Address, parse
from kvit.device.emulator import Emulator
from kvit.device.interview import Deadlines, interview
from kvit.device.printer import Mechanism, Session
from kvit.device.probe import Findings
from kvit.device.suggestion import suggest
from kvit.escpos import Parser, Profile, load_profile
from kvit.i18n import LANGUAGES, say
from kvit.paper.languages.escpos import play
from kvit.refusal import Refusal

PATIENT = Deadlines(listen=0.05, first=4, answer=1, last=1)
"""Long enough for a busy machine; only what stays unanswered takes so long."""
SHORT = Deadlines(listen=0.05, first=0.5, answer=0.1, last=5)
"""For those who say nothing."""
HARMLESS = {"DLE EOT", "GS I", "GS r"}


def address(port: int) -> Address:
    found = parse(f"127.0.0.1:{port}")
    assert isinstance(found, Address)
    return found


async def asked(emulator: Emulator, deadlines: Deadlines = PATIENT) -> Findings | Refusal:
    port = await emulator.listen()
    try:
        return await interview(address(port), Path(), deadlines)
    finally:
        await emulator.close()


def named(name: str, **facts: object) -> Profile:
    return msgspec.structs.replace(load_profile(name), **facts)


async def test_what_a_printer_says() -> None:
    printer = Emulator(named("TM-T88V", firmware="30.21 ESC/POS", serial="J5FF012345", model_id=0x20))
    found = await asked(printer)
    assert isinstance(found, Findings)
    assert found.texts == {
        "firmware": "30.21 ESC/POS",
        "maker": "EPSON",
        "model": "TM-T88V",
        "serial": "J5FF012345",
        "fonts": "",
    }
    assert found.ids == {"model_id": 0x20, "type_id": 0x02, "rom_id": 0x01}
    assert (found.status, found.offline, found.reports) == ("asb", False, 0)
    assert suggest(found)[0].name == "TM-T88V"


IDENTITIES = [
    ({"model": "RP326-USE", "maker": "Rongta", "firmware": "1.17"}, "rongta", "RP326"),
    ({"model": "TM-T88V-i", "maker": "EPSON"}, "epson", "TM-T88V"),
    ({"model": "BTP-R880NP", "maker": "SNBC"}, "epson-chinese", "chinese"),
    ({"model": "SRP-Q300", "maker": "BIXOLON"}, "bixolon-korean", "bixolon-korean"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "behaves", "nearest"), IDENTITIES)
async def test_who_it_says_it_is(identity: dict[str, str], behaves: str, nearest: str) -> None:
    found = await asked(Emulator(named(behaves, **identity)))
    assert isinstance(found, Findings)
    assert {key: found.texts[key] for key in identity} == identity
    assert suggest(found)[0].name == nearest


async def test_a_silent_printer() -> None:
    printer = Emulator("TM-T88V")
    printer.tell("silent")
    found = await asked(printer, SHORT)
    assert isinstance(found, Refusal)
    assert found.code == "device.probe_silent"
    assert printer.received == b"\x10\x04\x01"


async def test_a_clone_that_lies_is_believed() -> None:
    printer = Emulator("TH230")
    printer.tell("paper out")
    printer.tell("lies")
    found = await asked(printer, Deadlines(listen=0.05, first=4, answer=0.1))
    assert isinstance(found, Findings)
    assert not found.offline


@pytest.mark.parametrize("name", ["TM-T88V", "POS-5890", "aclas", "custom"])
async def test_nothing_is_printed_changed_or_left_behind(name: str) -> None:
    printer = Emulator(name)
    await asked(printer)
    profile = printer.machine.profile
    parser = Parser(profile)
    commands = [*parser.feed(bytes(printer.received)), *parser.close()]
    assert {command.name for command in commands} <= HARMLESS
    names = [command.name for command in commands]
    live = [place for place, name in enumerate(names) if name == "DLE EOT"]
    assert live == list(range(len(live)))
    sheet = play(commands, profile)
    assert (sheet.boxes, sheet.events, sheet.height_dots) == ([], [], 0)
    assert (printer.machine.cuts, printer.machine.pulses, printer.machine.status.asb) == (0, 0, 0)


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("paper out", {"paper_end"}),
        ("cover open", {"cover_open"}),
        ("error cutter", {"cutter_error", "error"}),
        ("offline", set[str]()),
    ],
)
async def test_an_offline_printer_is_asked_why_and_no_more(words: str, flags: set[str]) -> None:
    printer = Emulator("TM-T88V")
    printer.tell(words)
    found = await asked(printer)
    assert isinstance(found, Findings)
    assert found.offline
    assert flags <= {name for name, is_so in found.state.items() if is_so}
    assert b"\x1d" not in printer.received
    assert found.texts == {}


async def test_a_printer_that_knows_realtime_status_only() -> None:
    found = await asked(Emulator("TH230"))
    assert isinstance(found, Findings)
    assert (found.status, found.ids, found.texts) == ("basic", {}, {})
    assert found.unanswered == ("GS I 1", "GS I 2", "GS I 3")
    assert "GS r 1" in found.answered


async def test_a_slow_printer_is_waited_for() -> None:
    printer = Emulator("TM-T88V")
    printer.tell("slow 900")
    found = await asked(printer)
    assert isinstance(found, Findings)
    assert found.texts["model"] == "TM-T88V"


async def test_a_printer_behind_a_serial_pair(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    printer.serial(tmp_path, "till")
    try:
        found = await interview(Address("pty", path="till"), tmp_path, PATIENT)
    finally:
        await printer.close()
    assert isinstance(found, Findings)
    assert found.texts["model"] == "TM-T88V"


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def somebody(talk: Talk) -> AsyncIterator[Address]:
    """A server in the printer's place."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)  # type: ignore[misc]
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield address(server.sockets[0].getsockname()[1])
    finally:
        server.close()


REPORT = b"\x14\x00\x00\x0f"


async def babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Automatic status on by a switch: a report at once, and one around every answer, even inside a text."""
    session = Session(Mechanism(load_profile("TM-T88V")))
    writer.write(REPORT + b"\x11")
    while data := await reader.read(100):
        said = session.feed(data)
        _, more = session.print(float("inf"))
        answer = said + more
        middle = len(answer) // 2 if answer[:1] == b"_" and answer[1:2] != b"\0" else 0
        writer.write(REPORT + answer[:middle] + b"\x13\x11" + answer[middle:] + REPORT)


async def test_a_printer_that_babbles() -> None:
    async with somebody(babbles) as where:
        found = await interview(where, Path(), PATIENT)
    assert isinstance(found, Findings)
    assert found.reports > 10
    assert (found.texts["model"], found.texts["maker"], found.asb_tail) == ("TM-T88V", "EPSON", 0x0F)
    assert found.state["drawer_high"] is False


async def reports_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(REPORT)
        await reader.readexactly(3)


async def test_a_printer_that_only_reports() -> None:
    async with somebody(reports_only) as where:
        found = await interview(where, Path(), Deadlines(listen=0.05, first=0.05, answer=0.05))
    assert isinstance(found, Findings)
    assert (found.status, found.answered) == ("asb", ())


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def web_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n<html></html>")


async def web_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b'<!DOCTYPE HTML>\n<html lang="en"><head><title>Error response</title></head></html>\n')


async def shell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await reader.read(-1)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def noise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(100):
        writer.write(b"\xe6\xf0\x98\xfe")


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"\xff" * 4096)
        await writer.drain()


STRANGERS: list[tuple[Talk, str]] = [
    (silent, "device.probe_silent"), (web_at_once, "device.probe_web"), (web_at_the_end, "device.probe_web"),
    (shell, "device.probe_stranger"), (echo, "device.probe_echo"), (hangs_up, "device.probe_closed"),
    (noise, "device.probe_noise"), (flood, "device.probe_stranger"),
]  # fmt: skip


@pytest.mark.parametrize(("talk", "code"), STRANGERS, ids=[talk.__name__ for talk, _ in STRANGERS])
async def test_who_is_no_printer_is_told_so_in_a_sentence(talk: Talk, code: str) -> None:
    async with somebody(talk) as where:
        found = await interview(where, Path(), SHORT)
    assert isinstance(found, Refusal)
    assert found.code == code
    sentences = {say(language, found.code, **found.values) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)
    assert all(str(where) in sentence and "{" not in sentence for sentence in sentences)


async def test_who_kept_silent_is_asked_one_thing_only() -> None:
    heard = bytearray()

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(-1))

    async with somebody(listens) as where:
        await interview(where, Path(), SHORT)
    assert heard == b"\x10\x04\x01"


async def test_a_closed_port(unused_tcp_port: int) -> None:
    found = await interview(address(unused_tcp_port), Path(), SHORT)
    assert found == Refusal(
        "device.probe_port", {"address": f"tcp://127.0.0.1:{unused_tcp_port}", "port": unused_tcp_port}
    )


async def test_ends_that_are_no_wire(tmp_path: Path) -> None:
    found = await interview(Address("file", path=str(tmp_path / "a")), tmp_path, SHORT)
    assert isinstance(found, Refusal)
    assert found.code == "device.probe_file"
    gone = await interview(Address("usb", path=str(tmp_path / "lp0")), tmp_path, SHORT)
    assert isinstance(gone, Refusal)
    assert gone.code == "device.probe_unopened"
    assert "No such file" in say("en", gone.code, **gone.values)


async def test_a_printer_that_dies_in_the_middle() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    printer.die(after=9)
    found = await interview(address(port), Path(), PATIENT)
    await printer.close()
    assert isinstance(found, Findings)
    assert "GS I 1" in found.answered
    assert "model" not in found.texts
