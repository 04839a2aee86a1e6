"""Rebuild ``src/kvit/escpos/profiles/database.json`` from two public collections.

    python tools/profiles.py [FOLDER]            FOLDER holds profiles/ and encoder-oracle/
    python tools/profiles.py --check [FOLDER]    only say whether the committed file is what the sources give

Without FOLDER: ``../shared/data/escpos`` beside the checkout. The collections (NOTICE beside the data says more):
escpos-printer-db (CC BY 4.0: 50 models, their fonts, widths and pages) and the mappings and printers of
ReceiptPrinterEncoder (MIT: 15 vendors' number tables, 29 models with cells, symbologies and cutter distance). Names
become ours, obvious slips are put right here, each with its reason; what neither collection knows (dialect, multibyte
state, quirks) is written by hand in ``profiles/models/*.toml`` and never here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/kvit/escpos/profiles/database.json"
SOURCE = ROOT.parent / "shared/data/escpos"
SNAPSHOT = "escpos-printer-db 26.07.27; ReceiptPrinterEncoder 4.0.1"

Row = dict[str, Any]

FAMILIES = {
    "Epson": "epson", "Star Micronics": "star-emulation", "Star": "starprnt", "Bixolon": "bixolon",
    "Citizen": "citizen", "Rongta": "rongta", "Netum": "netum", "Zjiang": "netum", "ZiJiang": "netum", "Sunmi": "sunmi",
    "Xprinter": "xprinter",
    "Kefar": "chinese", "Munbyn": "chinese", "PBM": "chinese", "EPOS": "chinese", "Youku": "chinese",
    "YHDAA Shenzhen Yuhengda Technology Co., Ltd.": "chinese", "Aures": "display", "Oxhoo": "display",
    "Generic": "epson", "Seiko": "epson", "Metapace": "epson", "Wincor Nixdorf": "epson", "Fujitsu": "epson",
    "HP": "epson",
}  # fmt: skip
"""Maker to the family (``models/<family>.toml``) whose facts it inherits."""

NUMBER_TABLES = {"netum": "pos-5890", "bixolon": "bixolon", "citizen": "citizen", "starprnt": "starprnt"}
"""Families whose number table of the second collection may fill what the first left unknown."""

LANGUAGE_FAMILIES = {"star-prnt": "starprnt", "star-line": "star"}

PAGES = {
    "CP932": "katakana",  # page 1 prints single-byte half-width katakana; the collection names the nearest codec it had
    "KATAKANA": "katakana", "epson/katakana": "katakana", "Unknown": "unknown", "TCVN-3-1": "tcvn3",
    "TCVN-3-2": "tcvn3-capitals", "tcvn3capitals": "tcvn3-capitals", "OXHOO-EUROPEAN": "oxhoo-european",
    "CP747": "cp737",  # a slip for 737, Greek: no page of that number was ever registered
    "epson/iso8859-2": "iso8859-2", "cp885": "cp855",  # a slip in the Bixolon table: its manual has 855
    "star/cp928": "cp928", "star/cp874": "cp874", "ISO_8859-1": "iso8859-1",
}  # fmt: skip
"""Names of the collections that do not become ours by rule."""

EPSON_UNNAMED = {
    6: "hiragana", 7: "kanji-1", 8: "kanji-2", 20: "thai42", 21: "thai11", 22: "thai13", 23: "thai14", 24: "thai16",
    25: "thai17", 26: "thai18", 66: "devanagari", 67: "bengali", 68: "tamil", 69: "telugu", 70: "assamese", 71: "oriya",
    72: "kannada", 73: "malayalam", 74: "gujarati", 75: "punjabi", 82: "marathi", 254: "user", 255: "user",
}  # fmt: skip
"""Epson's manual names these numbers; the collection has them as Unknown."""

FONT_LETTERS = {"0": "A", "1": "B", "2": "C", "3": "D", "97": "a", "98": "b"}
CELLS = {"A": (12, 24), "B": (9, 17), "C": (9, 24), "D": (10, 24), "E": (8, 16), "a": (12, 24), "b": (9, 24)}
FEATURES = {
    "barcodeA": "barcode_a", "barcodeB": "barcode_b", "bitImageColumn": "bit_image", "bitImageRaster": "raster",
    "graphics": "graphics", "highDensity": "high_density", "paperFullCut": "cut_full", "paperPartCut": "cut_partial",
    "pdf417Code": "pdf417", "pulseBel": "pulse_bel", "pulseStandard": "pulse", "qrCode": "qr",
    "starCommands": "star_commands",
}  # fmt: skip
SYMBOLOGIES = {
    "gs1-databar-omni": "databar", "gs1-databar-truncated": "databartruncated", "gs1-databar-limited": "databarlimited",
    "gs1-databar-expanded": "databarexpanded", "gs1-128": "gs1128", "code128-auto": "code128",
}  # fmt: skip


def page_name(name: str) -> str:
    """Turn a collection's page name into ours: ``cp866``, ``iso8859-7``, ``katakana``."""
    if name in PAGES:
        return PAGES[name]
    plain = name.lower().replace("iso_8859", "iso8859").replace("windows", "cp")
    return plain.replace("/", "-")


def build(source: Path) -> Row:
    """Make the whole data base from the folder that holds the two collections."""
    tables = _number_tables(source / "encoder-oracle/mappings")
    models: dict[str, Row] = {}
    for path in sorted((source / "encoder-oracle/printers").glob("*.json")):
        name, row = _encoder_model(json.loads(path.read_text("utf-8")))
        models[name] = row
    capabilities = json.loads((source / "profiles/capabilities.json").read_text("utf-8"))
    for name, entry in capabilities["profiles"].items():
        twin = next((known for known in models if known.casefold() == name.casefold()), None)
        models[name] = _database_model(entry, models.pop(twin) if twin else {}, tables)
    return {
        "about": "Made by tools/profiles.py; do not edit. Sources and licences: NOTICE.",
        "snapshot": SNAPSHOT,
        "number_tables": tables,
        "models": dict(sorted(models.items(), key=lambda item: item[0].casefold())),
    }


def _number_tables(folder: Path) -> dict[str, dict[str, str]]:
    tables = {}
    for path in sorted(folder.glob("*/*.txt")):
        name = "starprnt" if path.parent.name == "star-prnt" else path.stem
        tables[name] = dict(_number_lines(path.read_text("utf-8")))
    return tables


def _number_lines(text: str) -> list[tuple[str, str]]:
    """Read ``0x10<tab>windows1252``; a commented line counts when its comment says only that it is a duplicate."""
    found = []
    for line in text.splitlines():
        duplicate = "Duplicate" in line or "Rendering errors" in line
        words = (line.lstrip("#") if duplicate else line.split("#")[0]).split()
        if len(words) >= 2:
            found.append((str(int(words[0], 16)), page_name(words[1])))
    return found


def _encoder_model(entry: Mapping[str, Any]) -> tuple[str, Row]:
    can = entry["capabilities"]
    dpi, paper = entry["media"]["dpi"], entry["media"]["width"]
    fonts = {letter: _cell(font["size"], font["columns"]) for letter, font in can["fonts"].items()}
    family = LANGUAGE_FAMILIES.get(can["language"]) or FAMILIES.get(entry["vendor"], "chinese")
    row: Row = {
        "inherits": family, "vendor": entry["vendor"], "model": entry["model"], "dpi": dpi, "paper_mm": paper,
        "width_dots": _width(fonts["A"]["columns"] * fonts["A"]["width"]), "fonts": fonts,
        "number_table": _table_name(can["codepages"], can["language"]),
        "symbologies": _symbologies(can), "source": "ReceiptPrinterEncoder",
    }  # fmt: skip
    row |= _motion(dpi)
    if "cutter" in can:
        row["cutter_dots"] = can["cutter"]["feed"] * 30
    return entry["model"], row


def _motion(dpi: int) -> Row:
    """Motion units after power-on: the 180 dpi heads step half dots down (TM-T88III: x 180, y 360), others dots."""
    return {"motion_x": dpi, "motion_y": 360 if dpi == 180 else dpi}


def _table_name(pages: str, language: str) -> str:
    return "starprnt" if language.startswith("star") else pages.replace("/", "-")


def _cell(size: str, columns: int) -> Row:
    width, height = (int(side) for side in size.split("x"))
    if not width:  # 0x0: the collection did not know; 64 columns of an 80 mm head are 9 dots wide
        width, height = 9, 17
    return {"width": width, "height": height, "columns": columns}


def _width(dots: int) -> int:
    """Round a font's line up to the head it lies on: 42 columns of 12 dots stand on a 512 dot head."""
    return next((head for head in (384, 416, 512, 576) if dots <= head), dots)


def _symbologies(can: Mapping[str, Any]) -> list[str]:
    found = [SYMBOLOGIES.get(name, name) for name in can["barcodes"].get("symbologies", [])]
    found += ["qr"] if can["qrcode"]["supported"] else []
    found += ["pdf417"] if can["pdf417"]["supported"] else []
    return list(dict.fromkeys(found))


def _database_model(entry: Mapping[str, Any], twin: Row, tables: Mapping[str, Mapping[str, str]]) -> Row:
    """Make a row of escpos-printer-db; ``twin`` is the same model of the other collection (it knows the cells)."""
    row: Row = dict(twin)
    family = FAMILIES[entry["vendor"]]
    if entry["features"]["starCommands"] and family == "star-emulation" and "StarPRNT" in entry["notes"]:
        family = "starprnt"
    row |= {"inherits": family, "vendor": entry["vendor"], "model": entry["name"]}
    media = entry["media"]
    if isinstance(media.get("dpi"), int):
        row["dpi"] = media["dpi"]
        row |= _motion(media["dpi"])
    row |= _paper(media["width"], entry["fonts"], family)
    if not twin:
        row["fonts"] = _fonts(entry["fonts"], row.get("width_dots", 576))
    row.pop("number_table", None)
    row["code_pages"] = _pages(entry["codePages"], family, tables)
    row["colors"] = list(entry["colors"].values())
    row["features"] = sorted(FEATURES[name] for name, has in entry["features"].items() if has)
    row["features"] += sorted("-" + FEATURES[name] for name, has in entry["features"].items() if not has)
    row["notes"] = entry["notes"].strip()
    row["source"] = "escpos-printer-db" + (", ReceiptPrinterEncoder" if twin else "")
    return row


def _paper(width: Mapping[str, Any], fonts: Mapping[str, Any], family: str) -> Row:
    """Tell paper from print width: the collection mixes the two."""
    row: Row = {}
    dots, mm = width.get("pixels"), width.get("mm")
    if family == "display":
        return {"width_dots": fonts["0"]["columns"] * 12, "paper_mm": round(float(mm or 0))}
    if isinstance(dots, int):
        if dots == 640 and fonts["0"]["columns"] == 48:
            dots = 576  # 640 is the 80 mm paper at 203 dpi; 48 columns of 12 dots print on it
        row["width_dots"] = dots - dots % 8 if dots > 800 else dots
    if isinstance(mm, int | float):
        row["paper_mm"] = 58 if mm <= 58 else 80 if mm <= 83 else round(mm + 8)
    return row


def _fonts(fonts: Mapping[str, Any], width_dots: int) -> Row:
    """Work out the cells: what divides the width when it is a cell's size, else the usual cell and its columns."""
    made: Row = {}
    for number, font in fonts.items():
        if not font["name"].startswith(("Font", "Special")):
            continue  # a Kanji or Chinese font is the multibyte cell, not one of ESC M
        letter = FONT_LETTERS[number]
        width, height = CELLS[letter]
        columns = font["columns"]
        natural = width_dots // columns
        copied = (
            columns in (42, 56) and natural * columns < width_dots - width
        )  # the collection's default, not the model's
        if columns <= 12 or copied or natural > 14:
            columns = width_dots // width  # 12 and 9 are NT-80-V-UL's dots in the wrong field
        elif natural != width:
            width, height = natural, {8: 16, 13: 24, 10: 24}.get(natural, height)
        made[letter] = {"width": width, "height": height, "columns": columns}
    return made


def _pages(pages: Mapping[str, str], family: str, tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Name the pages; what this collection left unknown is taken from Epson's manual or the family's number table."""
    made = {}
    for number, name in pages.items():
        page = page_name(name)
        if page == "unknown" and family == "epson":
            page = EPSON_UNNAMED.get(int(number), "unknown")
        elif page == "unknown" and family in NUMBER_TABLES:
            page = tables[NUMBER_TABLES[family]].get(number, "unknown")
        if page == "cp874" and family == "epson" and number == "21":
            page = "thai11"
        made[number] = page
    return made


def main(arguments: list[str]) -> int:
    """Write or check; 1 when ``--check`` finds a difference."""
    check = "--check" in arguments
    folders = [Path(word) for word in arguments if not word.startswith("-")]
    text = json.dumps(build(folders[0] if folders else SOURCE), ensure_ascii=False, indent=1) + "\n"
    if check:
        same = TARGET.read_text("utf-8") == text
        print("the data base is what the sources give" if same else "the data base differs from the sources")
        return 0 if same else 1
    TARGET.write_text(text, "utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
