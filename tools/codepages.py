"""Rebuild ``src/kvit/escpos/codepages.json``: the code pages Python has no codec for.

    python tools/codepages.py [FOLDER]            FOLDER holds profiles/capabilities.json of escpos-printer-db
    python tools/codepages.py --check [FOLDER]    only say whether the committed file is what the sources give

Without FOLDER: ``../shared/data/escpos`` beside the checkout. Four sources, each with its grade:

* ``standard``  published standards as the C library's ``iconv`` gives them, 1098 as ICU's ``uconv`` does
* ``observed``  the tables of escpos-printer-db (CC BY 4.0, see NOTICE): katakana, TCVN-3, Star 3011 and 3012, Oxhoo
* ``codepages.toml`` beside this file: what is written down by hand from a standard, or follows from a maker's name for
  the page (``inferred``), each with its source
* hiragana, ``inferred``: it stands where JIS X 0201 has the same katakana
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/kvit/escpos/codepages.json"
SOURCE = ROOT.parent / "shared/data/escpos"
WRITTEN = Path(__file__).with_suffix(".toml")
HOLE = "\ufffd"
BLANK = "\xa0"

Overruled = dict[int, str]

STANDARD = {
    "cp770": "CP770",
    "cp771": "CP771",
    "cp772": "CP772",
    "cp774": "CP774",
    "cp851": "CP851",
    "viscii": "VISCII",
}
"""Our name to glibc's."""

FROM_ICU = {"cp1098": "ibm-1098"}
"""Our name to that of ICU, which has IBM's whole registry."""

OVERRULED: dict[str, Overruled] = {
    "cp851": {0xB7: "Μ", 0xB8: "Ν", 0xF7: "¸"},  # RFC 1345 breaks the alphabet, and the sign 850 has at F7
    "cp1098": {0xBD: "﷼"},  # IBM's chart has the rial, ICU's older table a currency sign
}

OBSERVED: dict[str, tuple[str, Overruled]] = {
    "katakana": ("KATAKANA", {0x94: "▔", 0xA0: BLANK}),  # 94 is the upper line to the right one at 97, no macron
    "tcvn3": ("TCVN-3-1", dict(zip(range(0xA1, 0xA8), "ĂÂÊÔƠƯĐ", strict=True))),  # TCVN 5712 VN3 has its capitals here
    "tcvn3-capitals": ("TCVN-3-2", {0xA7: "Đ"}),  # the collection has the Icelandic letter that looks like it
    "cp3011": ("CP3011", {0xFF: BLANK}),
    "cp3012": ("CP3012", {0xFF: BLANK}),
    "oxhoo-european": ("OXHOO-EUROPEAN", {}),
}
"""Our name to that of escpos-printer-db, and cells laid over it; other spaces there are cells nobody read."""

HIRAGANA = (
    "。「」、・をぁぃぅぇぉゃゅょっーあいうえおかきくけこさしすせそた"
    "ちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん゛゜"
)
"""What stands at A1..DF of page 6, in the order JIS X 0201 gives katakana."""


def converted(program: str, name: str) -> str:
    """Ask ``iconv`` or ``uconv`` for the letters of 80..FF, a hole where it has none (or one for private use)."""
    return "".join(_letter(program, name, byte) for byte in range(0x80, 0x100))


def _letter(program: str, name: str, byte: int) -> str:
    command = [program, "-f", name, "-t", "UTF-8"]
    done = subprocess.run(command, input=bytes([byte]), capture_output=True, check=False)
    letter = done.stdout.decode()
    return letter if letter and unicodedata.category(letter) not in ("Cc", "Co") else HOLE


def observed(rows: list[str]) -> str:
    """Read eight rows of escpos-printer-db; a space is a cell nobody read."""
    return "".join(rows).replace(" ", HOLE)


def written(row: dict[str, Any]) -> str:
    """Make the letters of a table of ``codepages.toml``."""
    letters = list("".join(row["rows"]) if "rows" in row else _base(row.get("base")))
    for first, text in row.get("letters", []):
        letters[first - 0x80 : first - 0x80 + len(text)] = text
    for first, last in row.get("holes", []):
        letters[first - 0x80 : last - 0x7F] = HOLE * (last - first + 1)
    return "".join(letters)


def _base(name: str | None) -> str:
    if name is None:
        return HOLE * 128
    if name.islower():
        return bytes(range(0x80, 0x100)).decode(name, "replace")
    return converted("iconv", name)


def overruled(letters: str, cells: Overruled) -> str:
    """Lay single cells over a table."""
    return "".join(cells.get(byte, letter) for byte, letter in enumerate(letters, 0x80))


def build(folder: Path) -> dict[str, object]:
    """Make the whole data file."""
    tables = json.loads((folder / "profiles/capabilities.json").read_text("utf-8"))["encodings"]
    pages: dict[str, dict[str, str]] = {}
    for program, names in (("iconv", STANDARD), ("uconv", FROM_ICU)):
        for ours, theirs in names.items():
            letters = overruled(converted(program, theirs), OVERRULED.get(ours, {}))
            pages[ours] = {"grade": "standard", "letters": letters}
    for ours, (theirs, cells) in OBSERVED.items():
        pages[ours] = {"grade": "observed", "letters": overruled(observed(tables[theirs]["data"]), cells)}
    for ours, row in tomllib.loads(WRITTEN.read_text("utf-8")).items():
        pages[ours] = {"grade": row["grade"], "letters": written(row)}
    katakana = pages["katakana"]["letters"]
    pages["hiragana"] = {"grade": "inferred", "letters": katakana[:0x21] + HIRAGANA + katakana[0x60:]}
    assert all(len(page["letters"]) == 128 for page in pages.values()), {k: len(p["letters"]) for k, p in pages.items()}
    return {"about": "Made by tools/codepages.py; do not edit. Sources and licences: profiles/NOTICE.", "pages": pages}


def main(arguments: list[str]) -> int:
    """Write or check; 1 when ``--check`` finds a difference."""
    check = "--check" in arguments
    folders = [Path(word) for word in arguments if not word.startswith("-")]
    text = json.dumps(build(folders[0] if folders else SOURCE), ensure_ascii=False, indent=1) + "\n"
    if check:
        same = TARGET.read_text("utf-8") == text
        print("the code pages are what the sources give" if same else "the code pages differ from the sources")
        return 0 if same else 1
    TARGET.write_text(text, "utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
