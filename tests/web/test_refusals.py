"""Every code the rooms receipt and web say has a sentence in five languages and a row in the docs."""

from __future__ import annotations

import re
from pathlib import Path

from kvit.i18n import LANGUAGES, codes
from kvit.i18n.sentence import texts
from kvit.receipt.model import Kind

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "src/kvit/web").glob("*.py"), *(ROOT / "src/kvit/receipt").glob("*.py")]
NO_ROWS = {"web.fault", "web.refused", "web.render_failed", "web.links_guessed"}
"""Words of the log."""


def said() -> set[str]:
    """Codes the source names as refusals or problems."""
    pattern = re.compile(r'(?:Refusal\(|Problem\(\d+, |return \d+, )"((?:web|receipt)\.[a-z_]+)"')
    return {code for file in SOURCES for code in pattern.findall(file.read_text())}


def test_every_refusal_has_a_sentence_and_a_row() -> None:
    page = (ROOT / "docs" / "refusals.md").read_text()
    assert said()
    for code in said() | {"web.fault"}:
        assert code in codes(), code
        assert f"`{code}`" in page, code


def test_every_word_of_a_page_is_a_sentence() -> None:
    for template in (ROOT / "src/kvit/web/templates").glob("*.html"):
        for code in re.findall(r'say\("([a-z_.]+)"[,)]|say\(\'([a-z_.]+)\'[,)]', template.read_text()):
            assert "".join(code) in codes(), (template.name, code)
    for kind in Kind:
        assert f"receipt.kind_{kind}" in codes()


def test_five_languages_and_the_same_values() -> None:
    for room in ("web", "receipt"):
        for code, by_language in texts(room):
            assert set(by_language) == set(LANGUAGES), code
            values = {frozenset(re.findall(r"\{([a-z_]+)", text)) for text in by_language.values()}
            assert len(values) == 1, code
