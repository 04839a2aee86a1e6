"""Families of printers: the same names, other meanings; the player turns where the parser turns."""

from __future__ import annotations

import pytest

from kvit.escpos import Parser
from kvit.escpos.dialects import grammar
from kvit.escpos.form import Form, Node
from kvit.escpos.grammar_functions import FUNCTIONS
from kvit.paper.languages.escpos import dialects, play
from kvit.paper.render import text
from kvit.paper.sheet import Run
from tests.paper.printing import PRINTER, pictures, places, printed, printer, problems, read, runs, symbols


def styles(data: bytes, dialect: str) -> dict[str, object]:
    run = runs(printed(data, printer(dialect=dialect)))[-1]
    return {name: getattr(run.style, name) for name in ("bold", "width", "height", "invert", "italic", "font")}


PLAIN = {"bold": False, "width": 1, "height": 1, "invert": False, "italic": False, "font": "A"}
CASES = [
    ("star", b"\x1bEa\n", {"bold": True}), ("star", b"\x1bE\x1bFa\n", {}), ("star", b"\x1b4a\n", {"invert": True}),
    ("star", b"\x1bi\x01\x02a\n", {"height": 2, "width": 3}), ("star", b"\x1bW1a\n", {"width": 2}),
    ("star", b"\x0ea\n", {"width": 2}), ("star", b"\x0e\x14a\n", {}), ("star", b"\x1b\x1eF\x01a\n", {"font": "B"}),
    ("bematech", b"\x1bEa\n", {"bold": True}), ("bematech", b"\x1bd\x01a\n", {"height": 2}),
    ("bematech", b"\x1bW\x01a\n", {"width": 2}), ("bematech", b"\x0ea\n", {"width": 2}), ("bematech", b"\x0ea\nb\n",
    {}),
    ("daruma", b"\x1bEa\n", {"bold": True}), ("daruma", b"\x1bw\x01a\n", {"height": 2}), ("daruma", b"\x0fa\n",
    {"font": "B"}),
    ("diebold", b"\x1bEa\n", {"bold": True}), ("diebold", b"\x1bd\x01a\n", {"height": 2}),
    ("escp", b"\x1bEa\n", {"bold": True}), ("escp", b"\x1b!\x20a\n", {"width": 2}), ("escp", b"\x1b4a\n",
    {"italic": True}),
    ("escp", b"\x1bM\x1bPa\n", {}), ("zkc", b"\x1bU\x01a\n", {"width": 2}), ("elgin", b"\x1bW\x01a\n", {"width": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "data", "wanted"), CASES)
def test_styles(dialect: str, data: bytes, wanted: dict[str, object]) -> None:
    assert styles(data, dialect) == PLAIN | wanted


EVENTS = [
    ("star", b"\x1bd0", "cut", {"full": 1}), ("star", b"\x1bd\x03", "cut", {"full": 0}),
    ("star", b"\x07", "pulse", {"pin": 2, "on_ms": 200, "off_ms": 200}),
    ("star", b"\x1b\x07\x05\x0a\x1c", "pulse", {"pin": 2, "on_ms": 50, "off_ms": 100}),
    ("star", b"\x1a", "pulse", {"pin": 5, "on_ms": 200, "off_ms": 200}),
    ("bematech", b"\x1bv\x64", "pulse", {"pin": 2, "on_ms": 100, "off_ms": 100}),
    ("bematech", b"\x1b\x80\x64", "pulse", {"pin": 5, "on_ms": 100, "off_ms": 100}),
    ("daruma", b"\x1bp", "pulse", {"pin": 2, "on_ms": 100, "off_ms": 100}),
    ("daruma", b"\x1bm", "cut", {"full": 0}),
    ("diebold", b"\x1b&0\x05\x0a", "pulse", {"pin": 2, "on_ms": 10, "off_ms": 20}),
    ("diebold", b"\x1bw", "cut", {"full": 0}), ("escp", b"\x0c", "eject", {}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "data", "kind", "values"), EVENTS)
def test_events(dialect: str, data: bytes, kind: str, values: dict[str, int]) -> None:
    events = printed(data, printer(dialect=dialect)).events
    assert [(event.kind, event.values) for event in events] == [(kind, values)]


def test_star_feeds_with_esc_a_and_aligns_with_another() -> None:
    star = printer(dialect="star")
    assert places(printed(b"a\x1ba\x02\x1b\x1da\x02b\n", star)) == [(0, 0, "a"), (564, 60, "b")]


def test_star_raster_rows_make_one_picture() -> None:
    row = b"b\x02\x00\xff\x0f"
    sheet = printed(b"\x1b*rA" + row * 10 + b"\x1b*rB", printer(dialect=None))
    assert [(picture.columns, picture.rows) for picture in pictures(sheet)] == [(16, 10)]


def test_star_page_mode() -> None:
    area = b"\x1b\x1dP3" + bytes((10, 0, 20, 0, 200, 0, 100, 0))
    assert places(printed(b"\x1b\x1dP0" + area + b"ab\x1b\x1dP7", printer(dialect="star"))) == [(10, 20, "ab")]


def test_daruma_bar_code() -> None:
    sheet = printed(b"\x1bb\x01\x02\x5a\x01590123412345\0", printer(dialect="daruma"))
    assert [(box.kind, box.module, box.bar_height) for box in symbols(sheet)] == [("ean13", 2, 90)]


def test_impact_printers_take_letters_back() -> None:
    assert read(b"abc\x7fd\n", printer(dialect="bematech")) == "abd\n"
    assert read(b"abc\x18d\n", printer(dialect="daruma")) == "d\n"


def test_escp_overprints_after_cr() -> None:
    assert places(printed(b"ab\rc\n", printer(dialect="escp"))) == [(0, 0, "ab"), (0, 0, "c")]


OPEN = [
    (b"\x1b@\x1b\x1dt\x01\x1bEBold\x1bF plain\n\x1bd0", "star"), (b"\x1bj1\x1bEBold\x1bF\n", "daruma"),
    (b"\x1d\xf9\x35\x00\x1bEBold\x1bF\n", "bematech"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "dialect"), OPEN)
def test_an_open_dialect_turns_with_the_parser(data: bytes, dialect: str) -> None:
    known = printer(dialect=None)
    parser = Parser(known)
    sheet = play(parser.feed(data) + parser.close(), known)
    assert parser.dialect == dialect
    bold = [box for box in sheet.boxes if isinstance(box, Run) and box.style.bold]
    assert [run.text for run in bold] == ["Bold"]
    assert text.render(sheet).split()[0] == "Bold"


def test_star_numbers_hold_after_turning() -> None:
    assert read(b"\x1b@\x1b\x1dt\x0a\x8f\xe0\xa8\n", printer(dialect=None)) == "При\n"


def test_bixolon_and_others_mean_what_epson_means() -> None:
    assert dialects.verbs_of(printer(dialect="bixolon"))["ESC d"] is dialects.EPSON["ESC d"]


@pytest.mark.parametrize("dialect", [None, "epson", *sorted(dialects.TABLES)])
def test_every_name_a_grammar_gives_is_played(dialect: str | None) -> None:
    """A new command in a dialect's table must be given a meaning here, be it none."""
    profile = printer(dialect=dialect)
    verbs = dialects.verbs_of(profile)
    names = {form.name for form in forms(dialect)} - {"text", "unknown", ""}
    known = {row.name for row in FUNCTIONS} if dialect != "escp" else set()
    nameless = {name for name in names if " ( " in name and name not in known}
    assert sorted(names - nameless - set(verbs)) == []


def forms(dialect: str | None) -> list[Form]:
    found: list[Form] = []
    waiting = [form for form in grammar(dialect).firsts if form is not None]
    while waiting:
        form = waiting.pop()
        if isinstance(form, Node):
            waiting += [*form.next.values(), form.other]
        else:
            found.append(form)
    return found


def test_problems_name_what_is_not_supported() -> None:
    assert problems(printed(b"\x1bb\x0c\x02\x5a\x01123\0", printer(dialect="daruma"))) == ["symbol.unsupported"]
    assert PRINTER.dialect == "epson"
