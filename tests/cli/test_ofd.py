"""``kvit ofd decode``: frames as hexadecimal text or raw, said in words what is wrong with others."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kvit.cli.ofd import command
from tests.fiscal.ofd.vectors import DEPOSIT, REPLY


@pytest.mark.parametrize("data", [DEPOSIT + REPLY, (DEPOSIT.hex(" ") + "\n" + REPLY.hex()).encode()])
def test_frames_are_shown(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "frames").write_bytes(data)
    said = CliRunner().invoke(command, ["decode", str(tmp_path / "frames")])
    assert said.exit_code == 0
    assert "# version 203, register 200001, token 0A0B0C0Dh, request 42, Request" in said.output
    assert "request 42, Response" in said.output
    assert "Қиыр Сауда" in said.output


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"hello, world, hello", "APPCODE"),
        (DEPOSIT[:-1], "ended after"),
        (DEPOSIT.replace(b"\xcb\x00", b"\x05\x00", 1), "VERSION"),
    ],
)
def test_what_is_no_frame(tmp_path: Path, data: bytes, word: str) -> None:
    (tmp_path / "frames").write_bytes(data)
    said = CliRunner().invoke(command, ["decode", str(tmp_path / "frames")])
    assert said.exit_code == 1
    assert word in said.output
