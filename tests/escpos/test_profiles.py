from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kvit.escpos.multibyte import SYSTEMS
from kvit.escpos.profiles import Profile, UnknownProfileError, load, names, number_tables
from kvit.escpos.status import LEVELS

ROOT = Path(__file__).resolve().parents[2]

FAMILIES = (
    "default", "unknown", "epson", "xprinter", "rongta", "netum", "bixolon", "sunmi", "citizen", "star", "starprnt",
    "bematech", "daruma", "diebold", "sprt80", "sprt58", "aclas", "escp", "wangpos", "generic-80mm", "generic-58mm",
)  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_every_profile_is_whole(name: str) -> None:
    profile = load(name)
    assert profile.name == name
    assert profile.multibyte.system in SYSTEMS
    assert profile.status in LEVELS
    assert profile.fs_2_bytes in (32, 60, 72)
    assert 0 < profile.width_dots <= 1300
    assert profile.font.columns * profile.font.width <= profile.width_dots
    assert profile.code_page in profile.code_pages or not profile.code_pages
    assert all(0 <= number <= 255 for number in profile.code_pages)


@pytest.mark.parametrize("name", FAMILIES)
def test_families_and_generics_are_there(name: str) -> None:
    assert load(name).name == name


def test_names_match_without_case() -> None:
    assert load("tm-t88v") is not None
    assert load("tm-t88v").name == load("TM-T88V").name == "TM-T88V"
    assert load(None).name == load().name == "default"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(LookupError, match="TM-T88V") as caught:
        load("TM-T88")
    assert isinstance(caught.value, UnknownProfileError)
    assert "TM-T88V" in caught.value.nearest


PAGES = [
    ("epson", 17, "cp866"), ("epson", 46, "cp1251"), ("epson", 6, "hiragana"), ("epson", 20, "thai42"),
    ("epson", 53, "rk1048"), ("RP326", 6, "cp1251"), ("rongta", 6, "cp1251"), ("rongta", 17, "cp1253"),
    ("RP326", 7, "cp866"), ("RP326", 17, "cp1253"),
    ("xprinter", 23, "cp1251"), ("xprinter", 6, "iso8859-1"), ("POS-5890", 23, "cp1251"), ("bixolon", 28, "cp1251"),
    ("CT-S651", 7, "cp866"), ("starprnt", 10, "cp866"), ("starprnt", 34, "cp1251"), ("KR-306", 34, "cp861"),
    ("bematech", 8, "utf-8"), ("TM-T88V", 0, "cp437"), ("TM-T88V", 1, "katakana"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "number", "page"), PAGES)
def test_numbers_are_the_vendors(name: str, number: int, page: str) -> None:
    assert load(name).code_pages[number] == page


GEOMETRY = [
    ("TM-T88V", 512, 180, 42, 56), ("TM-T20II", 576, 203, 48, 64), ("POS-5890", 384, 203, 32, 42),
    ("NT-80-V-UL", 576, 203, 48, 64), ("TSP800", 832, 203, 69, 92), ("generic-58mm", 384, 203, 32, 42),
    ("CT-S651", 576, 203, 48, 64), ("TSP800II", 832, 203, 69, 92),
]  # fmt: skip


@pytest.mark.parametrize(("name", "width", "dpi", "a", "b"), GEOMETRY)
def test_geometry(name: str, width: int, dpi: int, a: int, b: int) -> None:
    profile = load(name)
    assert (profile.width_dots, profile.dpi) == (width, dpi)
    assert (profile.fonts["A"].columns, profile.fonts["B"].columns) == (a, b)


LANGUAGES = [
    ("TM-T88V", "escpos"), ("star", "star-line"), ("TSP650II", "star-line"), ("TSP800II", "star-line"),
    ("TSP100IV", "starprnt"),
    ("star-emulation", "escpos"), ("epos", "epos"), ("365wifi", "365wifi"), ("wangpos", "wangpos"), ("feie58", "feie"),
    ("feie80", "feie"), ("yilianyun", "yilianyun"), ("xpyun58", "xpyun"), ("xpyun80", "xpyun"), ("unknown", "escpos"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_each_profile_says_what_it_is_written_in(name: str, language: str) -> None:
    assert load(name).language == language


def test_chinese_models_wake_up_reading_pairs() -> None:
    for name in ("RP326", "xprinter", "sunmi", "POS-5890", "sprt80"):
        assert (load(name).multibyte.system, load(name).multibyte.power_on) == ("gb18030", True)
    assert load("unknown").multibyte.system == "open"
    assert load("unknown").dialect is None


def test_a_shops_own_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_text('inherits = "RP326"\n', "utf-8")
    first = load("till", tmp_path)
    assert load("till", tmp_path) is first
    path.write_text('inherits = "TM-T88V"\nmodel = "another"\n', "utf-8")
    (tmp_path / "second.toml").write_text('inherits = "till"\n', "utf-8")
    assert load("till", tmp_path).model == load("second", tmp_path).model == "another"


def test_a_shops_own_file(tmp_path: Path) -> None:
    (tmp_path / "till-7.toml").write_text(
        'inherits = "RP326"\nquirks = ["cr_is_lf", "-esc_t_ignored"]\n[code_pages]\n0 = "cp866"\n', "utf-8"
    )
    profile = load("TILL-7", tmp_path)
    assert profile.code_pages == {0: "cp866"}
    assert profile.has("cr_is_lf")
    assert profile.dialect == "rongta"
    assert "till-7" in names(tmp_path)
    assert "till-7" not in names()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('inherits = "nowhere"\n', "nowhere"),
        ('inherits = "bad"\n', "circle"),
        ('inherits = "epson"\nwidth_dots = "wide"\n', "width_dots"),
        ('inherits = "epson"\nnumber_table = "acme"\n', "acme"),
        ('inherits = "epson"\nwidth_dotz = 3\n', "width_dotz"),
        ('inherits = "epson"\nquirks = ["cr_is_if"]\n', "quirk called 'cr_is_if'; nearest: cr_is_lf"),
        ('inherits = "epson"\nfeatures = ["rasters"]\n', "nearest: raster"),
        ('inherits = "epson"\n[code_pages]\n7 = "cp8666"\n', "nearest: cp866"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=says):
        load("bad", tmp_path)


def test_loading_is_lazy() -> None:
    code = (
        "import sys, kvit.escpos.profiles.loader as l; assert not l._database.cache_info().misses;"
        "assert not {'numpy', 'PIL', 'tomllib', 'difflib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "src")


def test_fifteen_vendors_tables() -> None:
    assert len(number_tables()) >= 15
    assert number_tables()["hp"][13] == "cp1251"


@pytest.mark.shared
def test_committed_data_are_what_the_tool_makes(shared: Path) -> None:
    sys.path.insert(0, str(ROOT))
    from tools import profiles as tool

    made = json.dumps(tool.build(shared / "escpos"), ensure_ascii=False, indent=1) + "\n"
    assert tool.TARGET.read_text("utf-8") == made


def test_a_profile_is_frozen() -> None:
    with pytest.raises(AttributeError):
        load().name = "x"  # type: ignore[misc]
    assert isinstance(load(), Profile)
