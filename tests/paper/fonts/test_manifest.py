"""The committed fonts are what the manifest says, carry no reserved name, and are what the tool makes."""

import hashlib
import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import features

import kvit.paper.fonts.cell
from kvit.paper.fonts.strike import Strike

FONTS = Path(kvit.paper.fonts.cell.__file__).parent
MANIFEST: dict[str, Any] = tomllib.loads((FONTS / "MANIFEST.toml").read_text())


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = Path(__file__).parents[3] / "tools" / "fonts.py"
    spec = importlib.util.spec_from_file_location("kvit_tools_fonts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("made", MANIFEST["made"], ids=lambda made: made["file"])
def test_digests(made: dict[str, Any]) -> None:
    data = (FONTS / made["file"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (made["bytes"], made["sha256"])


def test_licence_is_beside_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in text
    assert "NAVER" in text
    assert "Unifont" in text


def test_the_reserved_name_is_not_used() -> None:
    names = [made["file"].lower() for made in MANIFEST["made"]]
    assert not any("d2" in name for name in names)


def test_size_is_kept_in_bounds() -> None:
    sizes = {made["file"]: made["bytes"] for made in MANIFEST["made"]}
    assert sum(size for name, size in sizes.items() if name.endswith(".strike")) <= 3_000_000
    assert sizes["kvit-mono.woff2"] <= 1_500_000


def _needs_sources(tool: ModuleType) -> None:
    if tool.installed() != tool.PACKAGES:
        pytest.skip(f"the font packages {tool.PACKAGES} are not installed")
    if features.version("freetype2") != MANIFEST["tools"]["freetype"]:
        pytest.skip("another FreeType rasterises differently")


@pytest.mark.slow
def test_strikes_are_what_the_tool_makes(tool: ModuleType) -> None:
    _needs_sources(tool)
    for name, cells in tool.strikes().items():
        committed = Strike(FONTS / f"{name}.strike")
        assert committed.letters() == list(cells)
        assert all((committed.cell(chr(code)) == cell).all() for code, cell in cells.items())


def test_a_sample_of_the_strikes_is_what_the_tool_makes(tool: ModuleType) -> None:
    _needs_sources(tool)
    sharp = tool.CrispFace(tool.D2CODING, 24, tool.BASELINE_24)
    plain = tool.Face(tool.UNIFONT, 16, tool.BASELINE_16)
    large, small = Strike(FONTS / "kvit-24.strike"), Strike(FONTS / "kvit-16.strike")
    for letter in "AjgQПқҢ가힣あ":
        assert (large.cell(letter) == sharp.cell(letter)).all(), letter
    for letter in "谢發ดءש":
        assert (small.cell(letter) == plain.cell(letter)).all(), letter
        assert (large.cell(letter) == tool.grow(plain.cell(letter))).all(), letter


def test_the_page_font_is_what_the_tool_makes(tool: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("fontTools", reason="fontTools is not installed")
    pytest.importorskip("brotli", reason="brotli is not installed")
    _needs_sources(tool)
    tool.page_font(tmp_path / "made.woff2")
    assert (tmp_path / "made.woff2").read_bytes() == (FONTS / "kvit-mono.woff2").read_bytes()
