"""The page about the language says what the table says."""

from __future__ import annotations

from pathlib import Path

from kvit.escpos.dialects import display_grammar, grammar, names
from tools.escpos_table import PAGE, page

TEXT = PAGE.read_text("utf-8")


def test_the_tables_of_the_page_are_made_from_the_grammar() -> None:
    assert page(TEXT) == TEXT, "run tools/escpos_table.py"


def test_every_command_and_dialect_is_on_the_page() -> None:
    for dialect in (None, *names()):
        for row in grammar(dialect).rows:
            assert f"`{row.name.replace('|', chr(92) + '|')}`" in TEXT, row
    assert all(f"`{row.name}`" in TEXT for row in display_grammar().rows)
    assert all(f"`{name}`" in TEXT for name in names())


def test_every_reason_of_an_unknown_command_is_on_the_page() -> None:
    source = Path(__file__).parents[2] / "src" / "kvit" / "escpos"
    code = "".join(path.read_text("utf-8") for path in (source / "parser.py", source / "form.py"))
    for reason in ("unlisted", "truncated"):
        assert f'"reason": "{reason}"' in code
        assert f"`{reason}`" in TEXT
