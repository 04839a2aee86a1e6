"""What the pages point to is there: every relative link, and every path written between back-ticks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("bench/*.md"), *ROOT.glob("docs/**/*.md"))
    if page.is_file()
)
FILES = [
    "/" + path.relative_to(ROOT).as_posix()
    for folder in ("src", "docs", "bench", "tests", "tools", "deploy", "examples", "fuzz", "requirements", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if "__pycache__" not in path.parts
]
OUTSIDE = {"kvit.toml", "module/"}
"""What the reader writes, and folders of other projects."""
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PATH = re.compile(r"[\w.*<>-]+(?:/[\w.*<>-]+)*(?:/|\.(?:py|toml|md|json|sql|css|js|txt|strike|service|sh))")


def links(text: str) -> set[str]:
    return {found for found in _LINK.findall(text) if "://" not in found and not found.startswith("mailto:")}


def paths(text: str) -> set[str]:
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return {found for found in re.findall(r"`([^`\n]+)`", prose) if _PATH.fullmatch(found)} - OUTSIDE


def is_there(path: str) -> bool:
    """Whether some file of the repository ends in ``path``; ``*`` and ``<name>`` stand for anything but a slash."""
    if (ROOT / path).exists():
        return True
    wanted = re.sub(r"<[^>]*>|\*", "*", path.rstrip("/"))
    pattern = re.compile("/" + "[^/]*".join(re.escape(part) for part in wanted.split("*")))
    return any(found.end() == len(file) for file in FILES for found in pattern.finditer(file))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    path = ROOT / page
    assert [link for link in sorted(links(path.read_text("utf-8"))) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_named_is_there(page: str) -> None:
    assert [path for path in sorted(paths((ROOT / page).read_text("utf-8"))) if not is_there(path)] == []


def test_the_search_finds_what_is_missing() -> None:
    assert links("[a](no/such.md) [b](https://example.com/x)") == {"no/such.md"}
    assert paths("`escpos/parser.py` `no/such.py` `kvit up`") == {"escpos/parser.py", "no/such.py"}
    assert is_there("escpos/parser.py")
    assert is_there("models/<name>.toml")
    assert not is_there("no/such.py")
    assert not is_there("parser")
