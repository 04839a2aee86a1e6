"""Each finding of ``kvit doctor``, from a shop with that very trouble."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kvit.app import control, doctor
from kvit.app.doctor import examine
from kvit.app.finding import BAD, GOOD, NOTE
from kvit.app.rooms import MIGRATIONS
from kvit.app.settings import Settings, read
from kvit.db import open_database
from kvit.i18n import LANGUAGES, codes, say

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "kvit.toml"
    path.write_text('[data]\nfolder = "data"\n', "utf-8")
    return read(path, {})


def found(settings: Settings) -> dict[str, str]:
    """Codes (without their room) and levels; every one has its sentence in every language."""
    findings = list(examine(settings))
    for finding in findings:
        for language in LANGUAGES:
            assert say(language, finding.code, **finding.values)
    return {finding.code.removeprefix("app.doctor_"): finding.level for finding in findings}


def test_nothing_was_ever_started(settings: Settings) -> None:
    assert found(settings) == {
        "python": GOOD, "config_good": GOOD, "folder_missing": NOTE, "shop_down": NOTE, "line_down": BAD
    }  # fmt: skip


def test_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kvit.app.settings.CHECKOUT", tmp_path)
    assert found(read(None, {}))["config_none"] == NOTE


def test_a_folder_that_can_not_be_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.folder.mkdir()
    monkeypatch.setattr("kvit.app.doctor.os.access", lambda path, mode: False)
    assert found(settings)["folder_denied"] == BAD


def test_a_disk_that_is_nearly_full(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.folder.mkdir()
    assert found(settings)["folder_good"] == GOOD
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 << 30, 0, 5 << 20))
    assert found(settings)["disk_low"] == BAD


def test_books_good_and_spoilt(settings: Settings) -> None:
    settings.folder.mkdir()
    assert isinstance(settings.database, Path)
    open_database(settings.database, MIGRATIONS).close()
    assert found(settings)["books_good"] == GOOD
    settings.database.write_bytes(b"this is no data base" * 500)
    assert found(settings)["books_bad"] == BAD


def test_books_that_are_open_elsewhere(settings: Settings) -> None:
    settings.folder.mkdir()
    with open_database(settings.database, MIGRATIONS):
        assert found(settings)["books_bad"] == BAD


Answers = Callable[..., dict[str, Any]]


def test_a_running_shop_is_asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ask", lambda folder, verb: {"engine": "SQLite 3.53"})
    assert {"books_good", "shop_up"} <= found(settings).keys()


def no(folder: Path, verb: str) -> dict[str, Any]:
    raise control.ControlError("the books are closed")


def test_a_running_shop_that_says_no(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ask", no)
    assert found(settings)["books_bad"] == BAD


LINES = (
    ({"name": "a", "till": "t", "printer_address": "p", "printer": "up"}, {"line_good": GOOD}),
    ({"name": "a", "printer_address": "p", "printer": "dialling", "reason": "refused"}, {"line_waiting": BAD}),
    ({"name": "a", "problem": "relay.till_side", "reason": "in use"}, {"line_problem": BAD}),
    ({"name": "a", "till": "t", "uncaptured_bytes": 70}, {"line_good": GOOD, "uncaptured": BAD}),
)


@pytest.mark.parametrize(("line", "codes"), LINES, ids=lambda value: json.dumps(value)[:40])
def test_lines(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, line: dict[str, Any], codes: dict[str, str]
) -> None:
    monkeypatch.setattr(doctor, "ask", lambda run, question: {"ok": True, "lines": [line]})
    said = {code: level for code, level in found(settings).items() if code.startswith(("line", "uncaptured"))}
    assert said == codes


def test_readers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"code": "device.reader_absent", "values": {"reader": "nfc://"}}
    lights = [
        {"reader": "counter", "address": "serial:///dev/ttyACM0", "trouble": None},
        {"reader": "cards", "address": "nfc://", "trouble": absent},
    ]
    monkeypatch.setattr(control, "ask", lambda folder, verb: {"readers": lights} if verb == "readers" else {"a": "b"})
    said = found(settings)
    assert said["reader_good"] == GOOD
    assert said["device.reader_absent"] == BAD


QUIET = {"length": 0, "blocked": 0, "asking": 0}
PRINTER = {
    "name": "front", "address": "escpos+tcp://10.0.0.5", "trouble": "", "held": False, "link": "up", "able": "A",
    "queue": QUIET, "last": {"title": "", "kind": "receipt", "state": "printed"},
}  # fmt: skip
PRINTERS: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({}, {"printer_good": GOOD}),
    ({"last": None, "able": None}, {"printer_good": GOOD, "printer_class": NOTE}),
    ({"trouble": "paper"}, {"printer_trouble": BAD}),
    ({"trouble": "held", "held": True, "link": "down"}, {"printer_held": NOTE}),
    ({"link": ""}, {"printer_unseen": NOTE}),
    ({"queue": {**QUIET, "blocked": 2}}, {"printer_good": GOOD, "printer_blocked": BAD}),
    ({"queue": {**QUIET, "asking": 1}}, {"printer_good": GOOD, "printer_asking": BAD}),
)


@pytest.mark.parametrize(("changes", "expected"), PRINTERS, ids=lambda value: json.dumps(value)[:40])
def test_printers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], expected: dict[str, str]
) -> None:
    answers = {"printers": {"printers": [{**PRINTER, **changes}]}, "readers": {"readers": []}}
    monkeypatch.setattr(control, "ask", lambda folder, verb: answers.get(verb, {"a": "b"}))
    said = {code: level for code, level in found(settings).items() if code.startswith("printer")}
    assert said == expected
    finding = next(each for each in examine(settings) if each.code.startswith("app.doctor_printer"))
    coded = [value for value in finding.values.values() if str(value).startswith("printing.")]
    assert set(coded) <= codes()


def test_a_shop_without_printers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ask", lambda folder, verb: {"printers": [], "readers": []})
    assert found(settings)["printers_none"] == NOTE
