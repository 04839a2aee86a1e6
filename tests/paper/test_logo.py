"""The library of stored logos."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from kvit.paper.logo import Logo, Logos, key_of, read, read_pbm, write_pbm

CROSS = Logo(8, 2, b"\x81\x42")


def test_pbm_twins() -> None:
    assert read_pbm(write_pbm(CROSS)) == CROSS


PLAIN = [b"P1\n8 2\n10000001\n01000010\n", b"P1 # a comment\n8\n2\n1 0 0 0 0 0 0 1 0 1 0 0 0 0 1 0"]


@pytest.mark.parametrize("data", PLAIN)
def test_plain_pbm(data: bytes) -> None:
    assert read(data) == CROSS


def test_png() -> None:
    picture = Image.frombytes("1", (8, 2), bytes(byte ^ 0xFF for byte in CROSS.bits))
    file = io.BytesIO()
    picture.save(file, "PNG")
    assert read(file.getvalue()) == CROSS


BAD = [b"", b"P4\n0 0\n", b"P4\n99999 2\n", b"P7\n", b"hello", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_picture_is_unknown(data: bytes) -> None:
    assert read(data) is None


@pytest.mark.parametrize(("stem", "key"), [("nv-1", "nv:1"), ("nv-48-49", "nv:48/49"), ("dl-65-66", "dl:65/66")])
def test_keys(stem: str, key: str) -> None:
    assert key_of(stem) == key


def test_a_later_folder_wins(tmp_path: Path) -> None:
    for name, logo in (("model", Logo(8, 1, b"\x00")), ("shop", CROSS)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "nv-1.pbm").write_bytes(write_pbm(logo))
    (tmp_path / "shop" / "nv-2.pbm").write_bytes(b"broken")
    logos = Logos.load(tmp_path / "model", tmp_path / "shop")
    assert logos.get("nv:1") == CROSS
    assert logos.get("nv:2") is None
    assert len(logos) == 1
