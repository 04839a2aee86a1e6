"""python-escpos beside us: the same receipts through its Dummy printer mean the same.

It is no dependency: where it can not be imported these tests are skipped and say so. A folder made by
``pip install --target FOLDER python-escpos==3.1`` may be named in ``KVIT_PYTHON_ESCPOS``; it is read by another process, so
nothing of it enters this one. What it does otherwise stands in the tests by name (section 2 of the reference on documents).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from kvit.escpos import load_profile
from kvit.paper.builder import Builder
from kvit.paper.document import Align
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out
from tests.paper.outside.meaning import begins, letters_of, meaning
from tests.paper.printing import printed

PROFILE = "TM-T88V"
STARTED_S = 60
FOLDER = Path(os.environ.get("KVIT_PYTHON_ESCPOS", Path(tempfile.gettempdir()) / "kvit-bench-peers" / "python-escpos"))
Step = dict[str, Any]
Receipt = list[Step]

DRIVER = r"""
import json, sys
import logging; logging.disable(logging.CRITICAL)
from escpos.printer import Dummy
told, sys.stdout = sys.stdout, sys.stderr
receipts = json.load(sys.stdin)
streams = []
for receipt in receipts:
    printer = Dummy(profile=receipt[0]["profile"])
    for step in receipt[1:]:
        if "text" in step:
            look = {"align": "left", "font": "a", "bold": False, "underline": 0, "invert": False, "width": 1, "height": 1}
            look.update(step.get("look", {}))
            printer.set(custom_size=True, **look)
            printer.textln(step["text"])
        elif "barcode" in step:
            printer.set(align=step.get("align", "left"))
            printer.barcode(step["data"], step["barcode"], height=80, width=3, pos=step.get("pos", "BELOW"), align_ct=False,
                            function_type="B", check=False)
        elif "qr" in step:
            printer.set(align=step.get("align", "left"))
            printer.qr(step["qr"], ec=step.get("level", 1), size=step.get("size", 4), model=2, native=True)
        elif "cut" in step:
            printer.cut(mode=step["cut"])
        elif "drawer" in step:
            printer.cashdraw(step["drawer"])
    streams.append(printer.output.hex())
told.write(json.dumps(streams))
"""


def theirs(receipts: list[Receipt]) -> list[bytes]:
    """Their bytes, made in a process of its own; the test is skipped where the library is not there."""
    environment = dict(os.environ, PYTHONPATH=str(FOLDER), ESCPOS_CAPABILITIES_PICKLE_DIR=tempfile.gettempdir())
    asked = json.dumps([[{"profile": PROFILE}, *receipt] for receipt in receipts])
    done = subprocess.run(
        [sys.executable, "-c", DRIVER], input=asked, capture_output=True, text=True, env=environment, timeout=STARTED_S
    )
    if "No module named 'escpos'" in done.stderr:
        pytest.skip(f"python-escpos is neither installed nor in {FOLDER} (KVIT_PYTHON_ESCPOS names another folder)")
    assert done.returncode == 0, done.stderr[-2_000:]
    return [bytes.fromhex(stream) for stream in json.loads(done.stdout)]


ALIGNS: dict[str, Align] = {"left": "left", "center": "centre", "right": "right"}
KINDS = {
    "EAN13": "ean13", "EAN8": "ean8", "UPC-A": "upca", "CODE39": "code39", "ITF": "itf", "NW7": "codabar",
    "CODE93": "code93", "CODE128": "code128",
}  # fmt: skip
LETTERS = {"BELOW": "below", "ABOVE": "above", "BOTH": "both", "OFF": "none"}


def ours(receipt: Receipt) -> bytes:
    """The same steps as a document of ours, written for the same printer."""
    made = Builder()
    for step in receipt:
        align = ALIGNS[step.get("align", "left")]
        if "text" in step:
            look = dict(step.get("look", {}))
            align = ALIGNS[look.pop("align", "left")]
            look["font"] = look.get("font", "a").upper()
            made.text(step["text"], align=align, wrap="character", **look)
        elif "barcode" in step:
            made.code(
                KINDS[step["barcode"]], step["data"].removeprefix("{B"), module=3, height=80, align=align,
                letters=LETTERS[step.get("pos", "BELOW")],
            )  # fmt: skip
        elif "qr" in step:
            made.code("qr", step["qr"], module=step.get("size", 4), level="LMQH"[step.get("level", 1)], align=align)
        elif "cut" in step:
            made.cut(full=step["cut"] == "FULL")
        else:
            made.pulse(step["drawer"])
    profile = load_profile(PROFILE)
    return registry.write(lay_out(made.document(), profile), profile)


def text(letters: str, **look: Any) -> Step:
    return {"text": letters, "look": look} if look else {"text": letters}


SAME: dict[str, Receipt] = {
    "looks": [
        text("plain"), text("bold", bold=True), text("one dot under", underline=1), text("two dots under", underline=2),
        text("white on black", invert=True), text("font B", font="b"), text("wide", width=2), text("high", height=2),
        text("eight", width=8, height=8), text("all", bold=True, underline=1, width=2, height=3, invert=True),
    ],
    "alignment": [
        text("left"), text("middle", align="center"), text("right", align="right"), text("odd one", align="center"),
        text("wide middle", align="center", width=2), text("B at the right", align="right", font="b"), text("left again"),
    ],
    "languages": [
        text("Cafè crème, jordbær, Größe"), text("В чащах юга жил бы цитрус"), text("Ξεσκεπάζω την"),
        text("Pchnąć w tę łódź"),
        text("Árvíztűrő tükörfúrógép"), text("Pijamalı hasta, yağız"), text("5 € ½ ± °C"), text("Glāžšķūņa rūķīši"),
    ],
    "mixed lines": [text("Café Größe Привет"), text("Привет Café Größe, łódź"), text("Ж€ł½Ω end")],
    "codes": [
        {"barcode": "EAN13", "data": "978020137962"}, {"barcode": "EAN8", "data": "9638507", "pos": "ABOVE"},
        {"barcode": "UPC-A", "data": "01234567890", "pos": "BOTH"},
        {"barcode": "CODE39", "data": "ABC-123", "align": "center"},
        {"barcode": "ITF", "data": "12345678", "pos": "OFF"}, {"barcode": "NW7", "data": "A12345B", "align": "right"},
        {"barcode": "CODE93", "data": "ABC123"}, {"barcode": "CODE128", "data": "{BHello"},
    ],
    "qr": [
        {"qr": "https://example.org/r/17"}, {"qr": "ПРИВЕТ 안녕 你好", "size": 6, "level": 3},
        {"qr": "0123456789", "size": 2, "level": 0}, {"qr": "ABC", "size": 16, "level": 2},
    ],
    "machine": [
        text("one"), {"cut": "PART"}, text("two"), {"cut": "FULL"}, {"drawer": 2}, {"drawer": 5},
    ],
}  # fmt: skip


def test_the_same_receipts_mean_the_same() -> None:
    profile = load_profile(PROFILE)
    for name, stream in zip(SAME, theirs(list(SAME.values())), strict=True):
        wanted, found = printed(stream, profile), printed(ours(SAME[name]), profile)
        assert meaning(found) == meaning(wanted), name
        assert begins(found) == begins(wanted), name


LOST: Receipt = [text("김치찌개"), text("Итого 합계 12,000"), text("合计 12.00")]
"""Korean goes out as question marks there, and any line with Han of the common block whole as GB18030, without a mode."""


def test_korean_and_chinese_are_not_lost_here() -> None:
    (stream,) = theirs([LOST])
    korean = load_profile("bixolon-korean")
    assert "?" in letters_of(printed(stream, PROFILE))
    made = Builder()
    for step in LOST:
        made.text(step["text"])
    sheet = lay_out(made.document(), korean)
    assert not [each for each in sheet.problems if each.code == "letters.lost"]
    for letter in "김치찌개Итого합계合计":
        said = letters_of(registry.play(registry.write(sheet, korean), korean))
        drawn = "".join(str(each.values.get("text", "")) for each in sheet.problems)
        assert letter in said or letter in drawn, letter


def test_a_drawer_is_not_opened_by_an_item_name() -> None:
    """There an item name may hold the command; here what arrives has no byte below 20 hex but ours."""
    receipt = [text("tea \x1bp\x00\x19\xfa cup")]
    (stream,) = theirs([receipt])
    assert "pulse" in [each.kind for each in printed(stream, PROFILE).events]
    assert "pulse" not in [each.kind for each in printed(ours(receipt), PROFILE).events]
    assert b"\x1bp" not in ours(receipt)


def test_a_wrong_check_digit_is_refused() -> None:
    """There an EAN-13 with a wrong last digit leaves for the head; here it is told and nothing is printed."""
    receipt: Receipt = [{"barcode": "EAN13", "data": "9780201379625"}]
    (stream,) = theirs([receipt])
    assert b"978020137962" in stream
    assert b"978020137962" not in ours(receipt)
