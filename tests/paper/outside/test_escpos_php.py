"""escpos-php's own examples by meaning: what their bytes print is what the same receipt, written here, prints.

Each receipt below is put together by hand from what the example says it prints; both streams are played, and letters with
their looks, symbols, pictures, cuts and the drawer must be the same, in the same order. What differs on purpose stands in
`DIFFERENT`, each with its reason, and nowhere else.
"""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from kvit.escpos import load_profile
from kvit.paper.builder import Builder, span
from kvit.paper.document import Column
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Sheet
from tests.paper.outside.meaning import Said, begins, dots_of, letters_of, meaning
from tests.paper.printing import pictures, printed, runs

pytestmark = pytest.mark.shared

PROFILE = load_profile("epson")
"""Has the pages of all letters the goldens hold."""
Receipt = Callable[[Path], Builder]


def theirs(shared: Path, name: str) -> Sheet:
    return printed((shared / "escpos" / "golden-escpos-php" / f"{name}.bin").read_bytes(), PROFILE)


def ours(receipt: Builder) -> Sheet:
    return registry.play(registry.write(lay_out(receipt.document(), PROFILE), PROFILE), PROFILE)


def titled(made: Builder, title: str, **look: Any) -> Builder:
    return made.text(title, width=2, height=2, **look)


def files_of(sheet: Sheet) -> list[bytes]:
    """The pictures they sent as picture files, dot for dot; those stretched by the head are stretched in the file."""
    return [
        b"P4\n%d %d\n" % dots.shape[::-1] + np.packbits(dots, axis=1).tobytes()
        for dots in map(dots_of, pictures(sheet))
    ]


def languages(shared: Path) -> Builder:
    folder = shared / "escpos" / "golden-escpos-php"
    made = Builder()
    for title, file in (("Implemented languages", "inputsOk.json"), ("Works in progress", "inputsNotOk.json")):
        titled(made, title, bold=True)
        for language, text in json.loads((folder / file).read_text("utf-8")).items():
            made.text(f"{language}:", bold=True).text(text, wrap="character")
    return made.cut(full=True)


def shop(shared: Path) -> Builder:
    (logo,) = files_of(theirs(shared, "receipt-with-logo"))
    made = Builder().image(logo, tone="line").text("ExampleMart Ltd.", align="centre", width=2)
    made.text("Shop No. 42.\n", align="centre").text("SALES INVOICE", align="centre", bold=True)
    columns = [Column(width=38), Column(width=10, align="right")]
    items = [
        ("Example item #1", "4.00"),
        ("Another thing", "3.50"),
        ("Something else", "1.00"),
        ("A final item", "4.45"),
    ]
    made.table(columns, [["", span("$", bold=True)]], gap=0)
    made.table(columns, [list(item) for item in items], gap=0)
    made.pair(span("Subtotal", bold=True), span("12.95", bold=True)).feed()
    made.pair("A local tax", "1.30").pair(span("Total", width=2), span("$ 14.25", width=2)).feed(2)
    made.text("Thank you for shopping at ExampleMart", align="centre")
    made.text("For trading hours, please visit example.com", align="centre").feed(2)
    return made.text("Monday 6th of April 2015 02:56:25 PM", align="centre").cut(full=True).pulse()


def sizes(shared: Path) -> Builder:
    def row(title: str, sides: list[tuple[int, int]]) -> None:
        made.feed().text(title, bold=True)
        made.text(*[span(str(place), width=x, height=y) for place, (x, y) in enumerate(sides, 1)], wrap="character")

    made = Builder()
    row("Change height & width", [(n, n) for n in range(1, 9)])
    row("Change width only (height=4):", [(n, 4) for n in range(1, 9)])
    row("Change height only (width=4):", [(4, n) for n in range(1, 9)])
    made.text("Very narrow text:", bold=True).text("The quick brown fox jumps over the lazy dog.", height=8)
    made.text("Very wide text:", bold=True).text("Hello world!", width=4)
    made.text("Largest possible text:", bold=True).text("Hello\nworld!", width=8, height=8)
    return made.cut(full=True)


def tuxes(shared: Path, name: str, word: str) -> Builder:
    captions = [
        f"Regular Tux{word}.", f"Wide Tux{word}.", f"Tall Tux{word}.", f"Large Tux in correct proportion{word}."
    ]  # fmt: skip
    made = Builder()
    for file, caption in zip(files_of(theirs(shared, name)), captions, strict=True):
        made.image(file, tone="line", align="left").text(caption, wrap="character").feed()
    return made.cut(full=True)


def graphics(shared: Path) -> Builder:
    return tuxes(shared, "graphics", "")


def bit_image(shared: Path) -> Builder:
    made = Builder().text(
        "These example images are printed with the older\nbit image print command. You should only use\n"
        "$p -> bitImage() if $p -> graphics() does not\nwork on your printer.\n"
    )
    for block in tuxes(shared, "bit-image", " (bit image)").blocks:
        made.add(block)
    return made


def stacked(shared: Path) -> Builder:
    def code(below: str, align: Any = "left", module: int = 3) -> None:
        made.code("pdf417", "Testing 123", module=module, align=align)
        made.text(below, align=align)

    made = titled(Builder(), "PDF417 code demo")
    code("Most simple example")
    code("Same content, narrow and centred", "centre")
    titled(made, "Error correction")
    for ratio in ("0.1", "0.5", "1", "2", "4"):
        code(f"Error correction ratio {ratio}")
    titled(made, "Pixel size")
    code("Module width 2 dots (minimum)", module=2)
    code("Module width 3 dots (default)")
    code("Module width 4 dots", module=4)
    made.text("Module width 8 dots (maximum)")
    titled(made, "Height multiplier")
    for times, note in ((2, " (minimum)"), (3, " (default)"), (4, ""), (8, " (maximum)")):
        code(f"Height multiplier {times}{note}")
    titled(made, "Data column count")
    for count in ("0 (auto, default)", "1", "2", "3", "4", "5"):
        code(f"Column count {count}")
    made.text("Column count 30 (maximum, doesnt fit!)")
    titled(made, "Options")
    code("Standard")
    code("Truncated")
    return made.cut(full=True)


def qr_codes(shared: Path) -> Builder:
    def code(below: str, data: str = "Testing 123", module: int = 3, level: Any = "L", kind: str = "qr") -> None:
        made.code(kind, data, module=module, level=level, align="left").text(below)

    made = titled(Builder(), "QR code demo")
    code("Most simple example")
    made.code("qr", "Testing 123", module=3, level="L").text("Same example, centred", align="centre")
    titled(made, "Data encoding")
    code("Numeric", "0123456789" * 4)
    code("Alphanumeric", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn")
    code("Binary", "\0" * 40)
    titled(made, "Error correction")
    for level in "LMQH":
        code(f"Error correction {level}", level=level)
    titled(made, "Pixel size")
    for module, note in {1: " (minimum)", 2: "", 3: " (default)", 4: "", 5: "", 10: "", 16: " (maximum)"}.items():
        code(f"Pixel size {module}{note}", module=module)
    titled(made, "QR model")
    code("QR Model 1")
    code("QR Model 2 (default)")
    code("Micro QR code\n(not supported on all printers)", kind="microqr")
    return made.cut(full=True)


def bar_codes(shared: Path) -> Builder:
    made = titled(Builder(), "Height and bar width")

    def look(title: str, **options: Any) -> None:
        made.text(title).code("code39", "ABC", letters="none", align="left", **options)

    look("Default look", module=3, height=162)
    for height in (1, 2, 4, 8, 16, 32):
        look(f"Height {height}", module=3, height=height)
    for width in range(1, 9):
        look(f"Width {width}", module=min(width, 6), height=32)
    titled(made, "Text position")
    for title, place in (("No text", "none"), ("Above", "above"), ("Below", "below"), ("Both", "both")):
        made.text(title).code("ean13", "012345678901", module=2, height=40, letters=place, align="left")
    for title, about, examples in KINDS_SHOWN:
        titled(made, title).text(about, wrap="character")
        for caption, written, kind, data in examples:
            made.text(caption, bold=True).text(f"Content: {written}")
            made.code(kind, data, module=2, height=40, align="left")
    return made.cut(full=True)


KINDS_SHOWN: list[tuple[str, str, list[tuple[str, str, str, str]]]] = [
    ("UPC-A", "Fixed-length numeric product barcodes.", [
        ("12 char numeric including (wrong) check digit.", "012345678901", "upca", "012345678901"),
        ("Send 11 chars to add check digit automatically.", "01234567890", "upca", "01234567890"),
    ]),
    ("UPC-E", "Fixed-length numeric compact product barcodes.", [
        ("6 char numeric - auto check digit & NSC", "123456", "upce", "123456"),
        ("7 char numeric - auto check digit", "0123456", "upce", "0123456"),
        ("8 char numeric", "01234567", "upce", "01234567"),
        ("11 char numeric - auto check digit", "01234567890", "upce", "01234567890"),
        ("12 char numeric including (wrong) check digit", "012345678901", "upce", "012345678901"),
    ]),
    ("JAN13/EAN13", "Fixed-length numeric barcodes.", [
        ("12 char numeric - auto check digit", "012345678901", "ean13", "012345678901"),
        ("13 char numeric including (wrong) check digit", "0123456789012", "ean13", "0123456789012"),
    ]),
    ("JAN8/EAN8", "Fixed-length numeric barcodes.", [
        ("7 char numeric - auto check digit", "0123456", "ean8", "0123456"),
        ("8 char numeric including (wrong) check digit", "01234567", "ean8", "01234567"),
    ]),
    ("Code39", "Variable length alphanumeric w/ some special chars.", [
        ("Text, numbers, spaces", "ABC 012", "code39", "ABC 012"),
        ("Special characters", "$%+-./", "code39", "$%+-./"),
        ("Extra char (*) Used as start/stop", "*TEXT*", "code39", "*TEXT*"),
    ]),
    ("ITF", "Variable length numeric w/even number of digits,\nas they are encoded in pairs.", [
        ("Numeric- even number of digits", "0123456789", "itf", "0123456789"),
    ]),
    ("Codabar", "Varaible length numeric with some allowable\nextra characters. ABCD/abcd must be used as\nstart/stop "
     "characters (one at the start, one\nat the end) to distinguish between barcode\napplications.", [
        ("Numeric w/ A A start/stop. ", "A012345A", "codabar", "A012345A"),
        ("Extra allowable characters", "A012$+-./:A", "codabar", "A012$+-./:A"),
    ]),
    ("Code93", "Variable length- any ASCII is available", [("Text", "012abcd", "code93", "012abcd")]),
    ("Code128", "Variable length- any ASCII is available", [
        ("Code set A uppercase & symbols", "{A012ABCD", "code128", "012ABCD"),
        ("Code set B general text", "{B012ABCDabcd", "code128", "012ABCDabcd"),
        ("Code set C compact numbers\n Sending chr(21) chr(32) chr(43)", "{C?+", "code128", "213243"),
    ]),
]  # fmt: skip


def everything(shared: Path) -> Builder:
    """The tour of all commands: lines, looks, cuts, fonts, places, symbols, two pictures."""
    fox, panama = "The quick brown fox jumps over the lazy dog", "A man a plan a canal panama"
    made = Builder().text("Hello world").cut(full=True).text("ABC").feed(6).text("DEF").text("GHI").cut(full=True)
    for font, bold, height, width, underline in itertools.product("AB", (0, 1), (1, 2), (1, 2), (0, 1)):
        look: dict[str, Any] = {
            "font": font,
            "bold": bool(bold),
            "height": height,
            "width": width,
            "underline": underline,
        }
        made.text("ABCDEFGHIJabcdefghijk", wrap="character", **look)
    made.cut(full=True)
    for underline in (0, 1, 2):
        made.text(fox, underline=underline)
    made.cut(full=True).text("Partial cut\n(not available on all printers)").cut().text("Full cut").cut(full=True)
    for _ in range(2):
        made.text(fox).text(fox, bold=True).cut(full=True)
    made.text(fox).text(fox, font="B").text(fox, font="B").cut(full=True)
    for align in ("left", "centre", "right"):
        made.text(panama, align=align)
    made.cut(full=True).code("code39", "9876", module=3, height=80, align="left").cut(full=True)
    for number, file in enumerate(files_of(theirs(shared, "demo")), 1):
        made.image(file, tone="line", align="left")
        if number % 4 == 0:
            made.cut(full=True)
    for caption in ("QR Model 1", "QR Model 2 (default)", "Micro QR code\n(not supported on all printers)"):
        kind = "microqr" if "Micro" in caption else "qr"
        made.code(kind, "Testing 123", module=3, level="L", align="left").text(caption)
    return made.cut(full=True).pulse()


RECEIPTS: dict[str, Receipt] = {
    "character-encodings": languages, "receipt-with-logo": shop, "text-size": sizes, "qr-code": qr_codes,
    "pdf417-code": stacked, "barcode": bar_codes, "graphics": graphics, "bit-image": bit_image, "demo": everything,
}  # fmt: skip

Change = Callable[[Said], Said | None]
"""What becomes of one of theirs: the same, another thing, or nothing."""


def without_wrong_digits(said: Said) -> Said | None:
    """They send numbers whose check digit is wrong; here such a symbol is refused, and the sheet says so."""
    return None if said[0] == "symbol" and said[-1] == "symbol.check_digit" else said


def code_sets(said: Said) -> Said:
    """They choose Code 128's set A by hand; here the shortest is chosen. The letters read are the same."""
    return ("symbol", "code128", said[-2]) if said[:2] == ("symbol", "code128") else said


def plain_pdf417(said: Said) -> Said:
    """Error correction by ratio, row heights and columns of PDF417 are left to the head here."""
    return said[:4] if said[:2] == ("symbol", "pdf417") else said


def read_back(said: Said) -> Said:
    """Micro QR is not on every head: drawn or sent, a telephone must read the same."""
    if said[0] == "picture":
        wide = max(map(len, said[1]))
        dots = np.unpackbits(
            np.frombuffer(b"".join(row.ljust(wide, b"\0") for row in said[1]), np.uint8).reshape(-1, wide), axis=1
        )
        found = zxingcpp.read_barcodes(np.pad((1 - dots) * 255, 24, constant_values=255).astype(np.uint8))
        return ("symbol", "microqr", found[0].bytes) if found else said
    return said[:3] if said[:2] == ("symbol", "microqr") else said


def two_dots(said: Said) -> Said:
    """Modules of one dot are no printer's promise: here two are the least that is asked of a head."""
    return (*said[:3], max(said[3], 2), *said[4:]) if said[0] == "symbol" and len(said) > 3 else said


DIFFERENT: dict[str, tuple[Change, ...]] = {
    "barcode": (without_wrong_digits, two_dots, code_sets),
    "pdf417-code": (plain_pdf417,),
    "qr-code": (read_back, two_dots),
    "demo": (read_back,),
}


def changed(said: list[Said], name: str) -> list[Said]:
    for change in DIFFERENT.get(name, ()):
        said = [kept for kept in map(change, said) if kept is not None]
    return said


@pytest.mark.parametrize("name", RECEIPTS)
def test_the_same_receipt_means_the_same(shared: Path, name: str) -> None:
    wanted, found = (changed(meaning(sheet), name) for sheet in (theirs(shared, name), ours(RECEIPTS[name](shared))))
    if name == "character-encodings":
        wanted, found = wanted[: wanted.index(KANA)], found[: found.index(KANA)]
    assert found == wanted


KANA: Said = ("letters", "Japanese(Hiragana):", ("bold",))
"""From here on they print question marks, and we the letters."""


def test_what_they_lost_is_printed(shared: Path) -> None:
    """Hiragana and full-width katakana: 95 question marks of theirs; here sent where a page has them, else drawn."""
    folder = shared / "escpos" / "golden-escpos-php"
    sheet = lay_out(languages(shared).document(), PROFILE)
    lost = json.loads((folder / "inputsNotOk.json").read_text("utf-8"))
    assert [each.code for each in sheet.problems if each.code == "letters.lost"] == []
    drawn = "".join(str(each.values["text"]) for each in sheet.problems if each.code == "letters.drawn")
    sent = "".join(run.text for run in runs(sheet))
    kana = [each for name, text in lost.items() if "Japanese" in name for each in text if each.strip()]
    assert len(kana) == letters_of(theirs(shared, "character-encodings")).count("?") - 1
    assert [each for each in kana if each not in drawn and each not in sent] == []


@pytest.mark.parametrize("name", ["receipt-with-logo", "text-size", "qr-code", "barcode", "pdf417-code", "demo"])
def test_lines_begin_at_the_same_dots(shared: Path, name: str) -> None:
    """Centred and right-hand lines stand where the head's own alignment puts them."""
    assert begins(ours(RECEIPTS[name](shared))) == begins(theirs(shared, name))


def test_every_letter_of_every_page_is_printed(shared: Path) -> None:
    """Their tables of all pages: every letter in them, from whatever page it is sent; none is lost or drawn.

    Kana and Han in narrow cells are left out: beside a letter in its own width they would be no word. So are letters that
    run to the left: alone they take another form.
    """
    shown = set(letters_of(theirs(shared, "character-tables"))) - {"\ufffd"}
    printing = (each for each in shown if unicodedata.category(each)[0] not in "CM")
    narrow = (each for each in printing if unicodedata.east_asian_width(each) not in "WF")
    letters = sorted(each for each in narrow if unicodedata.bidirectional(each) not in ("R", "AL", "AN"))
    assert len(letters) > 700
    receipt = Builder().text(" ".join(letters), wrap="character")
    assert lay_out(receipt.document(), PROFILE).problems == []
    assert unshaped(letters_of(ours(receipt))) == unshaped(letters)


def unshaped(letters: Iterable[str]) -> list[str]:
    """Letters without the forms Arabic ones take by their neighbours: a head may print the one for the other."""
    return sorted(unicodedata.normalize("NFKC", each) for each in letters)
