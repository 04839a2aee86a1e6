"""Every setting is on the page that explains the configuration, and the page names none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from kvit.app.settings import ROOMS
from kvit.config import NAMED
from kvit.device.reader.settings import ReaderSettings
from kvit.device.settings import NamedPrinter
from kvit.relay.settings import LineSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "configure.md").read_text("utf-8")


def keys(room: str) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(ROOMS[room])} - {NAMED}


def section(title: str) -> str:
    return PAGE.split(f"## {title}")[1].split("\n## ")[0]


def test_every_setting_is_explained() -> None:
    for room in ("shop", "data", "web", "printer", "routing", "customers", "chain", "mail", "sms", "push", "webhooks"):
        assert keys(room) == set(re.findall(r"`([a-z_]+)`", " ".join(rows(section(f"[{room}]")))))


def test_every_setting_of_a_line_is_explained() -> None:
    named = {field.encode_name for field in msgspec.structs.fields(LineSettings)}
    assert named == set(re.findall(r"`([a-z_]+)`", " ".join(rows(section("[relay] and [[relay.line]]")))))
    assert keys("relay") == {"line", "quiet_s"}


def test_every_setting_of_a_named_printer_is_explained() -> None:
    named = {field.encode_name for field in msgspec.structs.fields(NamedPrinter)}
    assert named == set(re.findall(r"`([a-z_]+)`", " ".join(rows(section("[printer.NAME]")))))


def test_every_setting_of_a_reader_is_explained() -> None:
    named = {field.encode_name for field in msgspec.structs.fields(ReaderSettings)}
    assert named == set(re.findall(r"`([a-z_]+)`", " ".join(rows(section("[reader.NAME]")))))


def rows(text: str) -> list[str]:
    """The first cells of a table."""
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
