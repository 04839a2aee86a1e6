"""Every licence in the sources is declared, goes with the package, and is named where people look."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("LICENSE*", "NOTICE*", "OFL*")


def test_every_licence_is_declared_and_named() -> None:
    declared = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license-files"])
    there = {path.relative_to(ROOT).as_posix() for name in NAMES for path in (ROOT / "src").rglob(name)}
    assert there
    assert declared == there | {"LICENSE", "NOTICE"}
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert all(path in notice for path in there)
