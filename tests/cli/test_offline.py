"""The verbs that need no running shop, or say so when they do."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sys
import threading
from pathlib import Path

import pytest

from kvit.app.rooms import MIGRATIONS
from kvit.db import open_database
from tests.cli.running import good, kvit, refused

ROOT = Path(__file__).resolve().parents[2]


def test_config_show_says_where_each_setting_came_from(config: Path) -> None:
    said = good("config", "show", "--config", config, KVIT_WEB__PORT="7999").decode()
    assert str(config) in said
    assert re.search(r"web\.port = 7999 +# environment KVIT_WEB__PORT", said)
    assert re.search(r'data\.folder = "?data"? +# .*line 2', said)
    rows = json.loads(good("config", "show", "--json", "--config", config))
    assert {"key", "value", "origin"} == set(rows[0])


MISTAKES = {
    "[web]\nprot = 1\n": ("line 2", "prot", "port"),
    "[wep]\nport = 1\n": ("wep", "web"),
    "[web]\nport = '7001'\n": ("line 2", "port"),
    "[web]\nport = 70000\n": ("line 2", "65535"),
    "[web\n": ("line 1",),
    "[shop]\ncountry = 'Korea'\n": ("line 2", "country"),
    "[[relay.line]]\nname = 'a b'\ntill = 'tcp://x:1'\nprinter = 'tcp://x:2'\n": ("line 2", "name"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_the_configuration_is_shown_with_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "kvit.toml"
    path.write_text(text, "utf-8")
    for verb in (("config", "show"), ("up",), ("backup", tmp_path / "x"), ("relay", "run"), ("verify",), ("demo",)):
        said = refused(*verb, "--config", path)
        assert all(word in said for word in MISTAKES[text]), said
    assert kvit("doctor", "--config", path).exit_code == 1


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    said = refused("config", "show", "--config", tmp_path / "none.toml")
    assert "none.toml" in said


def test_lines_that_can_not_stand_together(config: Path) -> None:
    text = config.read_text("utf-8")
    second = text[text.index("[[relay.line]]") :]
    config.write_text(text + second.replace('"net"', '"other"'), "utf-8")
    said = refused("relay", "run", "--config", config)
    assert "net" in said
    assert "other" in said


@pytest.mark.parametrize(
    "verb",
    [
        ("relay", "status"), ("relay", "reload"), ("relay", "pair", "create", "till1"), ("relay", "pair", "list"),
        ("relay", "pair", "test", "till1"), ("relay", "pair", "remove", "till1"),
    ],
)  # fmt: skip
def test_verbs_that_need_the_line_say_how_to_start_it(verb: tuple[str, ...], config: Path) -> None:
    said = refused(*verb, "--config", config)
    assert "kvit up" in said


def test_relay_run_without_a_line(tmp_path: Path) -> None:
    path = tmp_path / "kvit.toml"
    path.write_text('[data]\nfolder = "data"\n', "utf-8")
    assert "[[relay.line]]" in refused("relay", "run", "--config", path)


def test_a_backup_before_there_is_anything(config: Path, tmp_path: Path) -> None:
    assert "kvit up" in refused("backup", tmp_path / "saved.db", "--config", config)


def test_backup_restore_verify_and_code_without_a_running_shop(config: Path, tmp_path: Path) -> None:
    data, saved = config.parent / "data", tmp_path / "saved.db"
    data.mkdir()
    open_database(data / "kvit.db", MIGRATIONS).close()
    said = good("access", "code", "--config", config).decode()
    assert re.match(r"[A-Z0-9-]{8,}\n", said), said
    assert good("verify", "--config", config).startswith(b"audit: 1 rows proven")
    assert b"kvit restore" in good("backup", saved, "--config", config)
    assert "already there" in refused("backup", saved, "--config", config)
    good("access", "code", "--config", config)
    said = good("restore", saved, "--yes", "--config", config).decode()
    assert "former" in said
    assert good("verify", "--config", config).startswith(b"audit: 1 rows proven")
    saved.write_bytes(b"nonsense" * 1000)
    refused("restore", saved, "--yes", "--config", config)
    refused("restore", tmp_path / "none.db", "--yes", "--config", config)
    assert good("verify", "--config", config).startswith(b"audit: 1 rows proven")
    assert kvit("restore", saved, "--config", config, data=b"n\n").exit_code == 1


def test_a_backup_says_which_keys_are_not_in_it(config: Path, tmp_path: Path) -> None:
    data = config.parent / "data"
    data.mkdir()
    open_database(data / "kvit.db", MIGRATIONS).close()
    assert "customers.key" not in kvit("backup", tmp_path / "one.db", "--config", config).stderr
    (data / "customers.key").write_text("{}")
    said = kvit("backup", tmp_path / "two.db", "--config", config)
    assert str(data / "customers.key") in said.stderr
    assert "push.key" not in said.stderr


def test_verbs_that_need_books_say_so_where_there_are_none(config: Path) -> None:
    """No data base is made by asking for one."""
    refused("verify", "--config", config)
    assert not (config.parent / "data" / "kvit.db").exists()


def test_profiles(tmp_path: Path) -> None:
    listing = good("profiles").decode().splitlines()
    assert len(listing) > 50
    assert any(line.startswith("TM-T88V") for line in listing)
    assert [row["name"] for row in json.loads(good("profiles", "--search", "t88v", "--json"))]
    assert "width_dots: 512" in good("profiles", "tm-t88v").decode()
    assert json.loads(good("profiles", "TM-T88V", "--json"))["name"] == "TM-T88V"
    assert "kvit profiles" in refused("profiles", "TM-T8888")
    assert "zzz" in refused("profiles", "--search", "zzz")


def test_demo_writes_files_and_the_same_seed_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        good("demo", "--count", "6", "--seed", "5", "-o", tmp_path / name)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert one == other
    assert len(one) == 6


def test_demo_without_a_shop_says_how_to_start_one(config: Path) -> None:
    assert "kvit up" in refused("demo", "--count", "1", "--config", config)
    assert "HOST:PORT" in refused("demo", "--count", "1", "--to", "nowhere")


def test_demo_to_another_port() -> None:
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            client, _ = listener.accept()
            with client:
                while data := client.recv(65536):
                    got.extend(data)

        thread = threading.Thread(target=take)
        thread.start()
        port = listener.getsockname()[1]
        good("demo", "--count", "3", "--pause", "0", "--seed", "1", "--to", f"127.0.0.1:{port}")
        thread.join(20)
    assert got.count(b"\x1b@") == 3


async def test_emulate_printer_answers_and_obeys(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kvit", "emulate", "printer", "--port", "0", "--keep", str(tmp_path / "paper.bin"),
        "--serial", str(tmp_path / "port"), stdin=-1, stdout=-1, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int((await asyncio.wait_for(process.stdout.readline(), 30)).rpartition(b":")[2])
        await process.stdout.readline()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"Hello\n\x10\x04\x01")
        assert await reader.readexactly(1) == b"\x12"
        process.stdin.write(b"paper out\nnonsense\n")
        assert await process.stdout.readline() == b"ok\n"
        assert (await process.stdout.readline()).startswith(b"unknown word 'nonsense'; known: ")
        writer.write(b"\x10\x04\x04")
        assert (await reader.readexactly(1))[0] & 0x60 == 0x60
        writer.close()
        assert (tmp_path / "paper.bin").read_bytes().startswith(b"Hello\n")
        assert (tmp_path / "port").is_symlink()
    finally:
        process.kill()
        await process.wait()


def test_emulate_refuses(tmp_path: Path) -> None:
    assert "kvit profiles" in refused("emulate", "printer", "--port", "0", "--profile", "no-such")
    assert "65535" in refused("emulate", "printer", "--port", "99999")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in refused("emulate", "printer", "--port", str(port))


def test_doctor_on_a_machine_with_nothing(config: Path) -> None:
    result = kvit("doctor", "--config", config)
    assert result.exit_code == 1
    assert "kvit up" in result.stdout
    rows = json.loads(kvit("doctor", "--json", "--config", config).stdout)
    assert {"good", "note", "bad"} >= {row["level"] for row in rows}
    assert all(row["said"] and row["code"].startswith("app.doctor_") for row in rows)
    for language in ("ko", "ru", "kk", "zh"):
        assert kvit("doctor", "--config", config, LC_ALL=f"{language}.UTF-8").stdout != result.stdout
