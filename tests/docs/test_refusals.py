"""Every refusal in the source is on the page of refusals and has its sentence, and the page names none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

from kvit.i18n import codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "refusals.md").read_text("utf-8")
SOURCE = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "src" / "kvit").rglob("*.py")))
REFUSAL = re.compile(r"Refusal\(\s*\"([a-z_]+\.[a-z_]+)\"")


def test_every_refusal_has_a_row_and_a_sentence() -> None:
    said = set(REFUSAL.findall(SOURCE))
    assert len(said) > 20
    assert {code for code in said if f"`{code}`" not in PAGE} == set()
    assert said - set(codes()) == set()


def test_no_row_is_of_a_refusal_that_is_gone() -> None:
    rows = {
        code
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z_.]+)`", line.split("|")[1])
    }
    assert {code for code in rows if f'"{code}"' not in SOURCE} == set()
