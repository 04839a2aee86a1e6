"""Every profile's facts: the 50 models of the collection and ours, their words explained, their values possible."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from kvit.escpos import codepage
from kvit.escpos.profiles import Profile, load, names
from kvit.escpos.profiles.loader import facts
from kvit.escpos.profiles.words import FEATURES, QUIRKS, check
from kvit.paper.symbol import KINDS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/kvit"
PAGE = (ROOT / "docs/howto/add-a-printer-profile.md").read_text("utf-8")
DATABASE = json.loads((SOURCE / "escpos/profiles/database.json").read_text("utf-8"))
COLLECTED = [name for name, row in DATABASE["models"].items() if "escpos-printer-db" in row["source"]]
OURS = ("multibyte", "buffer_bytes", "cutter_dots", "symbologies", "status", "quirks", "source", "notes")
"""What the collection does not know and the files must say of every model, by themselves or through the family."""
SAID_ELSEWHERE = {"name", "language", "learn", "colors", "model_id", "type_id", "rom_id", "firmware", "serial",
                  "asb_tail", "fs_2_bytes", "needle_dots", "logos"}  # fmt: skip
FIELDS = {field.name for field in msgspec.structs.fields(Profile)}


def words(heading: str) -> set[str]:
    """The words a table of the how-to explains."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    first = re.findall(r"^\| (`[^|]*`) \|", part, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", " ".join(first)))


def test_all_fifty_models_are_there() -> None:
    assert len(COLLECTED) == 50
    assert set(COLLECTED) <= set(names())


@pytest.mark.shared
def test_they_are_those_of_the_snapshot(shared: Path) -> None:
    snapshot = json.loads((shared / "escpos/profiles/capabilities.json").read_text("utf-8"))
    assert set(snapshot["profiles"]) == set(COLLECTED)


@pytest.mark.parametrize("name", COLLECTED)
def test_the_files_say_everything_of_a_collected_model(name: str) -> None:
    said = facts(name)
    assert set(OURS) <= said.keys()
    assert said.keys() >= FIELDS - SAID_ELSEWHERE


@pytest.mark.parametrize("name", names())
def test_what_is_unproven_is_named_in_the_notes(name: str) -> None:
    profile = load(name)
    assert profile.unproven <= FIELDS
    for field in profile.unproven:
        assert field in profile.notes
    assert profile.source


@pytest.mark.parametrize("name", names())
def test_values_are_possible(name: str) -> None:
    profile = load(name)
    assert set(profile.symbologies) <= KINDS.keys()
    assert all(codepage.canonical(page) for page in profile.code_pages.values())
    assert 16 <= profile.line_spacing <= 60
    assert 1 <= profile.needle_dots <= 3
    assert 1_024 <= profile.buffer_bytes <= 1 << 20
    assert 0 <= profile.cutter_dots <= 240
    assert "A" in profile.fonts
    for font in profile.fonts.values():
        assert font.columns * font.width <= profile.width_dots
        assert 16 <= font.height <= 32
    assert profile.dpi in (120, 144, 160, 180, 203)
    assert len(set(profile.colors)) == len(profile.colors) >= 1
    assert profile.has("display") or profile.width_dots * 25.4 / profile.dpi <= profile.paper_mm + 1
    assert len(profile.model.encode()) <= 80
    assert all(0 <= each <= 255 for each in (profile.model_id, profile.type_id, profile.rom_id, profile.asb_tail))


@pytest.mark.parametrize("name", names())
def test_what_a_head_has_agrees(name: str) -> None:
    profile = load(name)
    assert not profile.has("two_color") or len(profile.colors) > 1
    assert not profile.has("high_density") or profile.has("bit_image") or profile.has("raster")
    assert profile.has("qr") or "qr" not in profile.symbologies
    assert profile.has("pdf417") or "pdf417" not in profile.symbologies
    assert not profile.multibyte.power_on or profile.multibyte.system not in ("none", "open")


def test_every_field_is_explained() -> None:
    assert FIELDS | {"inherits", "number_table"} == words("Fields") - {"cell_width", "cell_height"}


def test_every_feature_is_explained_and_had() -> None:
    had = {word for name in names() for word in load(name).features}
    assert had == words("Features")


def test_every_quirk_is_explained_and_read_by_some_code() -> None:
    code = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.parent.name != "profiles")
    explained = words("Quirks")
    assert {word for name in names() for word in load(name).quirks} <= explained
    assert {word for word in explained if f'"{word}"' not in code} == set()


def test_the_words_of_a_shops_own_file_are_those_explained() -> None:
    assert words("Features") == FEATURES
    assert words("Quirks") == QUIRKS
    for name in names():
        check(load(name))


def test_stating_a_field_vouches_for_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "TM-T20II"\nbuffer_bytes = 65536\nnotes = "ours"\n', "utf-8")
    (tmp_path / "guess.toml").write_text(
        'inherits = "mine"\nbuffer_bytes = 1024\nunproven = ["buffer_bytes"]\n', "utf-8"
    )
    mine, guess = load("mine", tmp_path), load("guess", tmp_path)
    assert "buffer_bytes" not in mine.unproven
    assert "cutter_dots" in mine.unproven
    assert "buffer_bytes" in guess.unproven
    assert guess.notes.startswith("ours\n")
    assert "buffer_bytes" in guess.notes.splitlines()[-1]


def test_only_the_files_of_the_chain_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from kvit.escpos.profiles import loader

    read: list[str] = []

    def spying(name: str) -> dict[str, object]:
        read.append(name)
        return loader._parsed((SOURCE / f"escpos/profiles/models/{name}.toml").read_bytes())

    monkeypatch.setattr(loader, "_ours", spying)
    facts("RP326")
    assert sorted(read) == ["chinese", "epson", "rongta"]
