"""``kvit render``: every form, the paper, the warnings, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kvit.cli.render import FORMS, command, render

DOCUMENT = (
    b'{"blocks": [{"type": "text", "content": "Cafe", "align": "centre"}, '
    b'{"type": "pair", "left": "Latte", "right": "4.50"}, {"type": "cut"}]}'
)
BEGINNINGS = {
    "bytes": b"\x1b@", "hex": b"1b 40", "text": b" ", "html": b"<!doctype html>", "svg": b"<svg",
    "png": b"\x89PNG", "pdf": b"%PDF-", "json": b"{",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_form(form: str) -> None:
    made, told = render(DOCUMENT, "epson", None, form)
    assert made.startswith(BEGINNINGS[form])
    assert len(told) == 1


def test_paper_bytes_and_warnings(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(DOCUMENT.replace(b"Latte", "우유".encode()))
    said = CliRunner().invoke(command, [str(path), "--profile", "epson", "--paper", "58"])
    assert said.exit_code == 0
    assert "4.50".rjust(32) in said.stdout.splitlines()
    assert "letters.drawn" in said.stderr
    raw = tmp_path / "a.bin"
    CliRunner().invoke(command, [str(path), "--profile", "xprinter", "--to", "bytes", "-o", str(raw)])
    assert raw.read_bytes().endswith(b"\x1dVB\x00")


@pytest.mark.parametrize("profile", ["default", "unknown", "generic-58mm", "xprinter", "TM-T88V"])
def test_the_look_has_the_letters_of_the_document(profile: str) -> None:
    words = "Итого Zażółć naïve ΩΨ"
    made, _ = render(DOCUMENT.replace(b"Cafe", words.encode()), profile, None, "text")
    assert words in made.decode()


@pytest.mark.parametrize(
    ("data", "profile", "word"),
    [(b"{", "epson", "document"), (DOCUMENT, "nobody", "nobody"), (DOCUMENT, "star", "star")],
)
def test_refusals_say_what_to_do(data: bytes, profile: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVIT_LANG", "en")
    with pytest.raises(click.ClickException) as refused:
        render(data, profile, None, "text")
    assert word in refused.value.message
