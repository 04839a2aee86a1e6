"""``kvit profiles``: list, show, search, ask a printer, print all it can."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kvit.device.emulator import Emulator
from kvit.escpos.profiles import load, names
from kvit.i18n import LANGUAGES
from tests.cli.running import good, kvit, refused


@contextmanager
def printer(profile: str, *words: str) -> Iterator[tuple[Emulator, str]]:
    """An emulated printer in a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    emulator = Emulator(profile)
    port = loop.run_until_complete(emulator.listen())
    for word in words:
        emulator.tell(word)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield emulator, f"tcp://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(emulator.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_all_are_listed() -> None:
    lines = good("profiles").decode().splitlines()
    assert len(lines) == len(names())
    assert good("profiles", "list").decode().splitlines() == lines
    assert any(line.split() == ["TM-T88V", "80", "mm", "512", "dots", "epson", "Epson", "TM-T88V"] for line in lines)


def test_searching() -> None:
    found = good("profiles", "search", "RONGTA")
    assert found == good("profiles", "--search", "rongta") == good("profiles", "list", "--search", "rongta")
    assert {line.split()[0] for line in found.decode().splitlines()} == {"rongta", "RP326", "RP332"}
    assert "nothing-like-it" in refused("profiles", "search", "nothing-like-it")
    rows = json.loads(good("profiles", "search", "rongta", "--json"))
    assert {row["name"] for row in rows} == {"rongta", "RP326", "RP332"}


def test_one_is_shown() -> None:
    said = good("profiles", "show", "tm-t88v").decode()
    assert said == good("profiles", "TM-T88V").decode()
    for line in ("width_dots: 512", "    17: cp866", "cutter_dots: 106  (unproven)", "buffer_bytes: 4096  (unproven)"):
        assert line in said.splitlines()
    facts = json.loads(good("profiles", "--json", "TM-T88V"))
    assert (facts["name"], facts["code_pages"]["17"]) == ("TM-T88V", "cp866")
    assert "cutter_dots" in facts["unproven"]


@pytest.mark.parametrize("words", [("show", "TM-T88"), ("TM-T88",), ("test", "TM-T88")])
def test_a_name_nobody_knows(words: tuple[str, ...]) -> None:
    assert "TM-T88V" in refused("profiles", *words)


def test_a_printer_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "till-7.toml"
    with printer("RP326") as (emulator, address):
        said = good("profiles", "probe", address, "-o", path).decode()
        facts = json.loads(good("profiles", "probe", address, "--json"))
        korean = good("profiles", "probe", f"escpos+{address}?paper=80", KVIT_LANG="ko").decode()
    for word in ("maker: Rongta", "model: RP326", "two-byte letters: CHINA GB18030", "Nearest profile: RP326", "ready"):
        assert word in said
    assert "가장 가까운 프로필: RP326" in korean
    assert facts["nearest"][0]["name"] == "RP326"
    assert facts["said"]["texts"]["model"] == "RP326"
    assert load("till-7", tmp_path).code_pages == load("RP326").code_pages
    assert emulator.machine.printed == emulator.received_bytes - 3 * 4 * 3


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "till-7.toml"
    path.write_text('inherits = "RP326"\nmodel = "my own"\n', "utf-8")
    assert "model: my own" in good("profiles", "show", path).decode()
    assert "my own" in good("profiles", "test", path, "--only", "columns").decode()
    (tmp_path / "bad.toml").write_text('inherits = "RP326"\nmodell = "my own"\n', "utf-8")
    assert "modell" in refused("profiles", tmp_path / "bad.toml")
    for absent in ("none.toml", "TM-T88V.toml"):
        assert "there is no file" in refused("profiles", tmp_path / absent, KVIT_LANG="en")


def test_what_is_wrong_with_a_printer_is_said() -> None:
    with printer("TM-T88V", "cover open", "paper out") as (_, address):
        said = good("profiles", "probe", address).decode()
        no = refused("profiles", "test", "--address", address)
    assert "state: offline, cover open, paper out, paper nearly out" in said
    assert "cover open" in no


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_there_is_one_sentence(language: str, unused_tcp_port: int) -> None:
    said = refused("profiles", "probe", f"127.0.0.1:{unused_tcp_port}", KVIT_LANG=language)
    assert f"tcp://127.0.0.1:{unused_tcp_port}" in said
    assert said.count("\n") == 1


def test_what_is_no_address() -> None:
    assert "HOST:PORT" in refused("profiles", "probe", "no address at all")
    assert "file" in refused("profiles", "probe", "file:///tmp/paper.bin")


def test_a_test_print_goes_to_the_printer_that_was_asked() -> None:
    with printer("RP326") as (emulator, address):
        said = kvit("profiles", "test", "--address", address, "--only", "columns,looks,lacks")
        assert said.exit_code == 0, said.stderr
        received = bytes(emulator.received)
    assert "RP326" in said.stderr
    assert "bytes sent to" in said.stderr
    assert b"12345678901234567890" in received
    assert received.endswith(b"\x1dVB\x00")
    assert emulator.machine.cuts == 1


def test_an_address_that_names_its_profile_is_not_asked(tmp_path: Path) -> None:
    with printer("TM-T88V") as (emulator, address):
        config = tmp_path / "kvit.toml"
        config.write_text(f'[printer.kitchen]\naddress = "sprt58+{address}"\n', "utf-8")
        good("profiles", "test", "--address", f"escpos+{address}?profile=rp326", "--only", "places")
        good("profiles", "test", "--address", "kitchen", "--config", config, "--only", "places")
        received = bytes(emulator.received)
    assert b"\x10\x04" not in received
    assert b"RP326" in received
    assert b"sprt58" in received


def test_a_printer_of_the_configuration_is_asked_by_its_name(tmp_path: Path) -> None:
    with printer("TM-T88V") as (_, address):
        config = tmp_path / "kvit.toml"
        config.write_text(f'[printer.kitchen]\naddress = "{address}"\n', "utf-8")
        assert "TM-T88V" in good("profiles", "probe", "kitchen", "--config", config).decode()


def test_a_test_print_by_name_to_an_address(unused_tcp_port: int) -> None:
    with printer("TM-T88V", "silent") as (emulator, address):
        good("profiles", "test", "TM-T88V", "--address", address, "--only", "places")
        assert b"|left|" in emulator.received
    refused("profiles", "test", "TM-T88V", "--address", f"127.0.0.1:{unused_tcp_port}")


BEGINNINGS = {"bytes": b"\x1b@", "hex": b"1b 40", "text": b" ", "html": b"<!doctype html>", "svg": b"<svg",
              "png": b"\x89PNG", "pdf": b"%PDF-", "json": b"{"}  # fmt: skip


@pytest.mark.parametrize("form", BEGINNINGS)
def test_each_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "test"
    good("profiles", "test", "TM-T88V", "--paper", "58", "--to", form, "--only", "looks", "-o", path)
    assert path.read_bytes().startswith(BEGINNINGS[form])


def test_what_lacks_is_told() -> None:
    said = kvit("profiles", "test", "simple", "--only", "looks")
    assert "italic" in said.stderr
    assert "ABC abc 0123" in said.stdout


def test_what_a_test_print_needs() -> None:
    assert "--address" in refused("profiles", "test")
    assert "looks" in refused("profiles", "test", "TM-T88V", "--only", "everything")
    assert "display" in refused("profiles", "test", "display")
