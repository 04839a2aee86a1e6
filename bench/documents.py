"""How fast documents become bytes: the standard receipt (12 items of 4 columns, sums, QR, EAN-13, cut) at 48 columns.

    python bench/documents.py [FOLDER]     FOLDER holds receipt.json and logo.png; ../shared/data/escpos/streams by default

Rows: English and a mix of Korean, Russian and Chinese, on a head without a two-byte set (scripts drawn) and one with
GB18030 (Korean drawn). *built*: the document is made, laid out and written each time, with every price another;
*written*: the document is at hand. Medians of three rounds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from kvit.escpos import Profile, load_profile
from kvit.paper.builder import Builder, span
from kvit.paper.document import Column, Document
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "escpos" / "streams"
COLUMNS = [Column(width=22), *(Column(width=width, align="right") for width in (5, 10, 11))]
SECONDS = 0.7
ROUNDS = 3


def receipt(facts: dict[str, Any], qr: str, ean: str, logo: bytes | None, number: int) -> Document:
    made = Builder()
    if logo:
        made.image(logo)
    made.text(facts["shop"], align="centre", bold=True)
    for line in facts["lines"]:
        made.text(line, align="centre")
    made.line("dashed")
    items = [[*item[:3], f"{number % 97}.{row:02}"] for row, item in enumerate(facts["items"])]
    made.table(COLUMNS, [facts["head"], *items], gap=0)
    made.line("dashed")
    for left, right in facts["sums"]:
        made.pair(left, right)
    made.pair(span(facts["total"][0], bold=True, height=2), span(facts["total"][1], bold=True, height=2))
    for left, right in [*facts["pay"], *facts["points"]]:
        made.pair(left, right)
    made.code("qr", qr, module=4).code("ean13", ean)
    for line in facts["thanks"]:
        made.text(line, align="centre")
    return made.cut().document()


def per_second(act: Any) -> float:
    rounds = []
    for _ in range(ROUNDS):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            act(count)
            count += 1
        rounds.append(count / (time.perf_counter() - start))
    return statistics.median(rounds)


def row(name: str, facts: dict[str, Any], all_facts: dict[str, Any], profile: Profile, logo: bytes | None) -> None:
    def document(number: int) -> Document:
        return receipt(facts, all_facts["qr"], all_facts["ean13"], logo, number)

    held = document(0)
    sheet = lay_out(held, profile)
    built = per_second(lambda number: write(lay_out(document(number), profile), profile))
    written = per_second(lambda number: write(lay_out(held, profile), profile))
    lost = sum(problem.code == "letters.lost" for problem in sheet.problems)
    print(f"{name:34}{built:>9,.0f}{written:>11,.0f}{len(write(sheet, profile)):>9,}{lost:>7}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    facts = json.loads((folder / "receipt.json").read_text("utf-8"))
    logo = (folder / "logo.png").read_bytes()
    english, mix = facts["receipts"]["en"], facts["receipts"]["mix"]
    plain, chinese = load_profile("epson"), load_profile("xprinter")
    print(f"{'':34}{'built/s':>9}{'written/s':>11}{'bytes':>9}{'lost':>7}")
    row("English", english, facts, plain, None)
    row("English, a logo seen before", english, facts, plain, logo)
    row("mix, Korean drawn (GB18030 head)", mix, facts, chinese, None)
    row("mix, Korean and Chinese drawn", mix, facts, plain, None)


if __name__ == "__main__":
    main()
