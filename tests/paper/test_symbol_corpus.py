"""Symbols in streams others wrote: each is drawn from our sheet and read back with the data that was sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zxingcpp

from kvit.escpos import load_profile
from kvit.paper import check, code128, symbol
from kvit.paper.sheet import Symbol
from kvit.paper.symbology import GTIN
from tests.paper.printing import printed, symbols

PROFILES = {"escpos-php": "epson", "escpos-tools": "epson", "python-escpos": "epson", "escpost": "NT-5890K",
            "CrossEscPosEmulator": "epson", "esc-pos-preview-tools": "epson"}  # fmt: skip


def streams(shared: Path) -> list[tuple[str, Path]]:
    """Streams with a printer they were made for."""
    folder = shared / "escpos"
    corpus = [path for path in sorted(folder.glob("corpus/*/*.bin")) if path.parent.name in PROFILES]
    found = [(PROFILES[path.parent.name], path) for path in corpus]
    return found + [("epson", path) for path in sorted(folder.glob("streams/*.bin"))]


def said(box: Symbol) -> str:
    """What a reader should find, as far as the kind's own dressing goes."""
    if box.kind == "code128" and box.data[:1] == b"{":
        return "".join(chr(value) for value in letters_of(code128.build(box.data)))
    if box.kind in GTIN:
        return "01" + box.data.decode()
    if box.kind == "upce":
        digits = box.data.decode()
        return check.expanded(digits[1:7]) + digits[-1]
    return box.data.decode("utf-8", "replace")


def letters_of(built: code128.Built) -> list[int]:
    """The letters of the symbol characters, decoded by the standard's rules."""
    chosen = {103: "A", 104: "B", 105: "C"}[built.values[0]]
    found: list[int] = []
    for value in built.values[1:-1]:
        if value in (99, 100, 101) and not (chosen == "C" and value == 99):
            chosen = {99: "C", 100: "B", 101: "A"}[value]
        elif chosen == "C":
            found += [*f"{value:02d}".encode()] if value < 100 else []
        elif value < 96:
            found.append(value + 32 if chosen == "B" or value < 64 else value - 64)
    return found


def test_every_symbol_is_read_back(shared: Path) -> None:
    kinds: dict[str, int] = {}
    for name, path in streams(shared):
        for box in symbols(printed(path.read_bytes(), load_profile(name))):
            if box.fault or box.direction:
                continue
            kinds[box.kind] = kinds.get(box.kind, 0) + 1
            wanted, texts = plain(said(box)), [plain(text) for text in read(box)]
            assert wanted in texts, (path.name, box)
    assert {"qr", "pdf417", "ean13", "upca", "ean8", "code39", "itf", "codabar", "code93", "code128"} <= set(kinds)
    assert sum(kinds.values()) > 40


def read(box: Symbol) -> list[str]:
    """What a reader finds in a symbol that stands alone; bars a dot high or wide are made larger."""
    dots = symbol.picture(box, 12)
    if box.module == 1:
        dots = dots.repeat(2, 0).repeat(2, 1)
    if symbol.KINDS[box.kind].flat and box.bar_height < 20:
        dots = dots.repeat(20, 0)
    found = zxingcpp.read_barcodes(np.where(dots, 0, 255).astype(np.uint8))
    return [each.text if symbol.KINDS[box.kind].flat else each.bytes.decode("utf-8", "replace") for each in found]


def plain(text: str) -> str:
    """Letters and digits, without the zeros and signs kinds add in front."""
    return "".join(letter for letter in text if letter.isalnum()).lstrip("0")
