"""Write the command tables of docs/protocols/escpos.md from the grammar, so page and parser can not disagree.

.venv/bin/python tools/escpos_table.py          rewrite the page's tables
.venv/bin/python tools/escpos_table.py --check  say whether they are current (exit code 1 if not)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from kvit.escpos.dialects import display_grammar, grammar, names
from kvit.escpos.dialects.loader import notes, own_rows
from kvit.escpos.row import Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "protocols" / "escpos.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def table(rows: Iterable[Row]) -> str:
    """Make a Markdown table of rows."""
    lines = ["| command | bytes | operands | what it does |", "|---|---|---|---|"]
    for row in rows:
        cells = (row.name, row.prefix, row.layout, row.says)
        name, prefix, layout, says = (cell.replace("|", "\\|") for cell in cells)
        lines.append(f"| `{name}` | {prefix} | {f'`{layout}`' if layout else ''} | {says} |")
    return "\n".join(lines)


def tables() -> str:
    """Make all tables: the common one, the display's, and what each dialect adds or changes."""
    parts = ["### Epson and the families that share its bytes", table(grammar(None).rows)]
    parts += [
        "### Customer display (behind `ESC =`)",
        table(row for row in display_grammar().rows if row.prefix[:2] != "10"),
    ]
    for name in names():
        parts.append(f"### Dialect `{name}`")
        if notes(name):
            parts.append(" ".join(notes(name).split()))
        if own_rows(name):
            parts.append(table(own_rows(name)))
    return "\n\n".join(parts)


def page(text: str) -> str:
    """Put the tables between the marks of the page."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def main() -> int:
    """Rewrite or check the page."""
    text = PAGE.read_text("utf-8")
    current = page(text)
    if "--check" in sys.argv:
        print("current" if text == current else "docs/protocols/escpos.md is not current: run tools/escpos_table.py")
        return int(text != current)
    PAGE.write_text(current, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
