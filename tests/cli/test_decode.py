"""``kvit decode``: every form, from a file and from standard input, and what it refuses."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.cli.decode import FORMS, STEP_BYTES, decode, json_lines
from kvit.demo import day
from kvit.escpos import Profile, load_profile
from kvit.paper.languages.stream import parse
from tests.cli.running import good, refused

ROOT = Path(__file__).resolve().parents[2]
RECEIPT = (
    b"\x1b@\x1ba\x01Corner Cafe\n\x1ba\x00Receipt no 17   2026-05-04 09:15\n"
    b"2 x Latte            9.00\nCake                 3.50\nTOTAL               12.50\nVAT 20%              2.08\n"
    b"Cash                20.00\nChange               7.50\n\x1dVB\x00\x1bp\x002\xfa"
)
BEGINNINGS = {
    "text": b" ", "commands": b'{"offset": 0, "raw": "1b40"', "html": b"<!doctype html>", "svg": b"<svg", "png": b"\x89PNG",
    "pdf": b"%PDF-", "json": b"{", "receipt": b"{",
}  # fmt: skip


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.bin"
    path.write_bytes(RECEIPT)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_each_form_from_a_file_from_standard_input_and_into_a_file(form: str, stream: Path, tmp_path: Path) -> None:
    said = good("decode", stream, "--to", form)
    assert said.lstrip(b"\n").startswith(BEGINNINGS[form])
    assert good("decode", "-", "--to", form, data=RECEIPT) == said
    out = tmp_path / f"out.{form}"
    assert good("decode", stream, "--to", form, "-o", out) == b""
    assert out.read_bytes().rstrip(b"\n") == said.rstrip(b"\n")


def test_text_is_the_default_and_keeps_columns() -> None:
    lines = good("decode", "-", data=RECEIPT).decode().splitlines()
    assert "2 x Latte            9.00" in lines
    assert lines[0].strip() == "Corner Cafe"
    assert lines[0].startswith("      ")


def test_receipt_is_the_agreed_shape() -> None:
    said = json.loads(good("decode", "-", "--to", "receipt", data=RECEIPT))
    assert set(said) >= {
        "kind", "shop", "tax_id", "number", "time", "currency", "items", "subtotal", "taxes", "total", "payments", "change",
        "verified", "confidence",
    }  # fmt: skip
    assert said["total"] == "12.50"
    assert said["change"] == "7.50"
    assert said["verified"] is True
    assert said["tax_id"] is None
    assert [set(item) for item in said["items"]] == [{"name", "quantity", "price", "total"}] * 2
    assert [item["total"] for item in said["items"]] == ["9.00", "3.50"]


def laws(data: bytes, said: bytes) -> None:
    """JSON lines whose raw bytes, joined, are the input; offsets count."""
    at = 0
    for line in said.decode().splitlines():
        command = json.loads(line)
        assert set(command) == {"offset", "raw", "name", "fields"}
        assert command["offset"] == at
        at += len(bytes.fromhex(command["raw"]))
    assert b"".join(bytes.fromhex(json.loads(line)["raw"]) for line in said.decode().splitlines()) == data


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"(k", b"L", b"v0", b"A\n",
       b"\x00", b"\xff", b"@", b"*", b"!"]), max_size=30).map(b"".join)))  # fmt: skip
def test_commands_lose_no_byte(data: bytes) -> None:
    laws(data, decode(data, "commands", None))


def at_once(data: bytes, profile: Profile) -> bytes:
    """The same lines from one parse of the whole, written by the standard library."""
    said = []
    for found in parse(data, profile)[0]:
        fields = {name: value.hex() if isinstance(value, bytes) else value for name, value in found.fields.items()}
        line = {"offset": found.offset, "raw": found.raw.hex(), "name": found.name, "fields": fields}
        said.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(said).encode()


PARTS = [RECEIPT, b"\x1b", b"\x1d(k", b"\x1c", b"A", b"long text ", b"\n", b"\x00", b"\xe4", b"\x1dv0", b"\x1b=\x02"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=20).map(b"".join), st.integers(1, 50))
def test_commands_are_the_same_however_they_are_read(data: bytes, step_bytes: int) -> None:
    profile = load_profile("unknown")
    assert b"".join(json_lines(data, profile, step_bytes)) == at_once(data, profile)


def test_a_million_commands_are_not_held_at_once() -> None:
    pieces = json_lines(b"\n" * (1 << 20), load_profile("unknown"))
    assert next(pieces).startswith(b'{"offset": 0, "raw": "0a", "name": "LF"')
    longest = max(len(piece) for piece in pieces)
    assert longest < 128 * STEP_BYTES


def test_commands_of_a_whole_day() -> None:
    import datetime

    printouts = day(datetime.datetime(2026, 5, 4, 9), 25, random.Random(3))  # noqa: DTZ001 - a till's clock
    for printout in printouts:
        said = good("decode", "-", "--to", "commands", data=printout.data)
        laws(printout.data, said)
        assert b'"unknown"' not in said


def test_an_empty_stream_is_an_empty_receipt() -> None:
    for form in FORMS:
        assert good("decode", "-", "--to", form, data=b"") is not None
    assert good("decode", "-", "--to", "commands", data=b"") == b""


def test_a_profile_by_any_case(stream: Path) -> None:
    assert good("decode", stream, "--profile", "tm-t88v") == good("decode", stream, "--profile", "TM-T88V")


def test_what_it_refuses(stream: Path, tmp_path: Path) -> None:
    said = refused("decode", stream, "--profile", "TM-T88W")
    assert "TM-T88W" in said
    assert "TM-T88V" in said
    assert "kvit profiles" in said
    assert "No such file" in refused("decode", tmp_path / "none.bin")
    assert "directory" in refused("decode", tmp_path).lower()
    assert "xml" in refused("decode", stream, "--to", "xml")
    said = refused("decode", stream, "--to", "png", "-o", tmp_path / "no" / "such" / "folder.png")
    assert "folder.png" in said


def test_a_reader_that_hangs_up_is_no_fault_of_ours(stream: Path) -> None:
    """``kvit decode FILE | head -1``."""
    stream.write_bytes(RECEIPT * 2000)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m kvit decode {stream} --to commands | head -1"],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(b'{"offset": 0')
    assert done.stderr == b""


TEXTS = [
    ("feie58", "Latte<BR><B>4.50</B><BR><CUT>", ["Latte", "4.50"]),
    ("365wifi", "^N1^F1\nLatte\n^B24.50\n", ["Latte", "4.50"]),
    ("yilianyun", "<MN>2</MN>Latte\n<FS2>4.50</FS2>\n", ["Latte", "4.50"]),
    ("wangpos", '[{"call": "printString", "text": "Latte"}]', ["Latte"]),
    ("epos", "<epos-print><text>Latte&#10;</text></epos-print>", ["Latte"]),
]


@pytest.mark.parametrize(("profile", "data", "words"), TEXTS)
def test_what_clouds_and_services_take_is_read_in_its_own_language(profile: str, data: str, words: list[str]) -> None:
    assert decode(data.encode(), "text", profile).decode().split() == words
