"""Every refusal of this room has a sentence and a line in the docs, and nothing else has."""

from __future__ import annotations

import re
from pathlib import Path

from kvit.i18n.sentence import texts

ROOT = Path(__file__).resolve().parents[2]


def said() -> set[str]:
    sources = (ROOT / "src" / "kvit" / "access").glob("*.py")
    return {code for file in sources for code in re.findall(r'Refusal\(\s*"(access\.[a-z_]+)"', file.read_text())}


def test_every_refusal_is_told_and_listed() -> None:
    listed = re.findall(r"^\| `(access\.[a-z_]+)` \|", (ROOT / "docs" / "refusals.md").read_text(), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == said() == {code for code, _ in texts("access")}
