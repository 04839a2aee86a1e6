"""The writer against the player: what is written plays to the sheet it was written from, on every profile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Parser, Profile, load_profile, profile_names
from kvit.escpos.repertoire import repertoire_of
from kvit.paper import document as doc
from kvit.paper import image, reach
from kvit.paper.builder import Builder, span
from kvit.paper.languages.escpos.player import Player
from kvit.paper.languages.escpos_letters import Letters
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Picture, Run, Sheet, Symbol
from kvit.paper.width import clusters
from tests.paper.printing import PRINTER, printer

WRITTEN = [name for name in profile_names() if reach.is_written(load_profile(name))]
LIVE = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


def played(data: bytes, profile: Profile) -> Sheet:
    """What the profile's printer makes of the bytes, nothing guessed."""
    parser = Parser(profile)
    player = Player(profile)
    player.feed([*parser.feed(data), *parser.close()])
    return player.close()


def letters(sheet: Sheet) -> list[tuple[Any, ...]]:
    """Every letter that shows with its place and look, however the runs were cut."""
    found = []
    for box in sheet.boxes:
        if not isinstance(box, Run):
            continue
        units = clusters(box.text)
        for number, cluster in enumerate(units):
            along = (number if box.direction in (0, 3) else len(units) - 1 - number) * box.advance
            x, y, thick = box.x + along, box.y, box.height
            if box.direction & 1:
                x, y, thick = box.x, box.y + along, box.width
            if cluster != " " or box.style.underline or box.style.invert:
                found.append((cluster, x, y, box.advance, thick, box.direction, box.style))
    return sorted(found, key=repr)


def dots(sheet: Sheet) -> list[tuple[int, bytes]]:
    """Every row of the paper with a picture's black dot on it, however the pictures were cut: (y, the dots)."""
    rows: dict[int, int] = {}
    for box in sheet.boxes:
        if isinstance(box, Picture):
            size = image.row_bytes(box.columns)
            for row in range(box.rows):
                line = int.from_bytes(box.bits[row * size : (row + 1) * size], "big") >> (size * 8 - box.columns)
                y = box.y + row
                if box.direction == 2:
                    line = int(f"{line:0{box.columns}b}"[::-1], 2)
                    y = box.y + box.rows - 1 - row
                rows[y] = rows.get(y, 0) | line << (2048 - box.x - box.columns)
    return [(y, line.to_bytes(256, "big")) for y, line in sorted(rows.items()) if line]


def seen(sheet: Sheet) -> dict[str, Any]:
    """All of a sheet that a person would notice."""
    return {
        "letters": letters(sheet),
        "dots": dots(sheet),
        "symbols": [
            (box.kind, box.data, box.x, box.y, box.width, box.height, box.module, box.level, box.hri, box.hri_place)
            for box in sheet.boxes if isinstance(box, Symbol)
        ],
        "events": [(each.kind, each.y, each.values) for each in sheet.events if each.kind not in ("reset", "page")],
        "height": sheet.height_dots,
    }  # fmt: skip


def proven(document: doc.Document, profile: Profile) -> bytes:
    sheet = lay_out(document, profile)
    data = write(sheet, profile)
    back = played(data, profile)
    assert [(each.code, each.values) for each in back.problems] == []
    assert seen(back) == seen(sheet)
    return data


words = st.text(
    st.sampled_from("abc XYZ 019 .,%-жёқҢ€ñßŁσ─가힣中文日本ไทย้한テ한ｱעב\x1b\x10\x04\n\u202e\t{}~\\"), max_size=40
)
looks = st.builds(
    doc.Span, words, bold=st.booleans(), underline=st.sampled_from([0, 1, 2]), invert=st.booleans(),
    italic=st.booleans(), width=st.integers(1, 3), height=st.integers(1, 3), font=st.sampled_from("ABC"),
    colour=st.sampled_from(["black", "red"]), turned=st.booleans(),
)  # fmt: skip
contents = st.one_of(words, st.lists(looks, max_size=4))
aligns = st.sampled_from(["left", "centre", "right"])
wraps = st.sampled_from(["word", "character", "ellipsis", "clip"])
columns = st.builds(doc.Column, width=st.integers(0, 12), weight=st.integers(0, 3), align=aligns, wrap=wraps)
borders = st.sampled_from(["none", "single", "double"])
cells = contents | st.builds(doc.Cell, contents, st.integers(1, 5), st.none() | aligns, st.none() | wraps)
DOT = (
    b"P1\n33 30\n"
    + b"\n".join(b" ".join(b"1" if (x * y) % 7 == 3 else b"0" for x in range(33)) for y in range(30))
    + b"\n"
)
flows = st.one_of(
    st.builds(doc.Text, contents, st.none() | aligns, wraps, st.booleans()),
    st.builds(doc.Pair, contents, contents, wraps),
    st.builds(
        doc.Table, st.lists(columns, min_size=1, max_size=4), st.lists(st.lists(cells, max_size=4), max_size=3),
        st.integers(0, 2), borders, st.integers(0, 2), st.booleans(), st.lists(st.integers(0, 3), max_size=2), aligns,
        st.sampled_from(["stack", "drop"]), st.booleans(), st.booleans(),
    ),
    st.builds(doc.Line, st.sampled_from(["single", "double", "dashed"]), st.integers(0, 60), aligns),
    st.builds(doc.Image, st.just(DOT), aligns, st.sampled_from([None, 10, 100])),
    st.builds(
        doc.Code, st.sampled_from(["ean13", "code39", "code128", "qr", "pdf417", "itf", "datamatrix", "nonsense"]),
        st.sampled_from(["123456789012", "9780201379624", "AB-12{x", "ok" * 30, "ж"]), aligns,
        st.sampled_from([None, 1, 3, 9]), letters=st.sampled_from(["none", "above", "below", "both"]),
    ),
    st.builds(doc.Feed, st.integers(0, 12)),
)  # fmt: skip
frame_ways = st.sampled_from(["none", "single", "double"]), st.integers(0, 60), aligns
framed = st.recursive(
    st.builds(doc.Frame, st.lists(flows, max_size=3), *frame_ways),
    lambda inner: st.builds(doc.Frame, st.lists(flows | inner, max_size=2), *frame_ways),
    max_leaves=3,
)
parts = st.builds(
    doc.Part, st.lists(flows | framed, max_size=2), st.integers(0, 40), st.integers(0, 12), st.integers(0, 40),
    st.integers(0, 12), st.integers(0, 3),
)  # fmt: skip
blocks = st.one_of(
    flows,
    st.builds(doc.Area, st.lists(parts, min_size=1, max_size=3), st.integers(1, 20), st.sampled_from(["cells", "mm"])),
    framed,
    st.builds(doc.Logo, st.just("nv:1"), image=st.none() | st.builds(doc.Image, st.just(DOT))),
    st.builds(doc.Cut, st.booleans()),
    st.builds(doc.Pulse, st.sampled_from([2, 5])),
    st.builds(doc.Beep, st.integers(1, 3)),
)
documents = st.builds(
    doc.Document, st.lists(blocks, max_size=6), st.integers(0, 4), st.integers(0, 4), aligns, st.integers(1, 3)
)


@settings(max_examples=60, deadline=None)
@given(documents, st.sampled_from(WRITTEN))
def test_what_is_written_plays_to_the_sheet_it_was_written_from(document: doc.Document, name: str) -> None:
    proven(document, load_profile(name))


ALL_SCRIPTS = (
    Builder()
    .text("초록마트 Зелёный қазына 绿色市场", align="centre", bold=True, width=2, height=2)
    .pair("우유 1L", "3.78")
    .pair("Қымыз сүті", "2.49")
    .pair(span("柠檬洗洁精", underline=1), "1.99")
    .line()
    .table([doc.Column(), doc.Column(weight=1)], [["a", "b"], ["가", "жё"]], border=True, heads=1)
    .text("upside", upside_down=True)
    .image(DOT)
    .code("qr", "https://example.org/чек")
    .code("ean13", "978020137962")
    .code("code128", "No{12345678")
    .feed(9)
    .cut()
    .pulse()
    .document()
)


@pytest.mark.parametrize("name", WRITTEN)
def test_four_scripts_on_every_profile_lose_no_letter(name: str) -> None:
    profile = load_profile(name)
    proven(ALL_SCRIPTS, profile)
    lost = [each for each in lay_out(ALL_SCRIPTS, profile).problems if each.code == "letters.lost"]
    assert bool(lost) == (not reach.picture_way(profile))


@pytest.mark.parametrize("quirk", ["no_feed_dots", "no_absolute_after_text", "barcode_settings_reset", "no_cut_feed",
                                   "size_limit_6", "lf_eaten_after_raster", "esc_t_ignored"])  # fmt: skip
def test_each_quirk(quirk: str) -> None:
    proven(ALL_SCRIPTS, printer(quirks=frozenset({quirk})))


def test_other_ways_for_pictures() -> None:
    for lacking in ({"raster"}, {"raster", "graphics"}):
        proven(ALL_SCRIPTS, printer(features=PRINTER.features - lacking))


def test_small_buffers_get_small_bands() -> None:
    data = proven(doc.Document([doc.Image(DOT, percent=100)]), printer(buffer_bytes=512))
    assert data.count(b"\x1dv0") > 10


def test_a_live_command_never_stands_in_a_picture() -> None:
    rows = b"".join(each + b"\x10" for each in LIVE)
    picture = b"P4\n72 40\n" + (rows * 40)
    obeying = printer(quirks=frozenset({"obeys_realtime_in_payload"}))
    document = doc.Document([doc.Image(picture, tone="line")])
    assert any(each in write(lay_out(document, PRINTER), PRINTER) for each in LIVE)
    assert not any(each in proven(document, obeying) for each in LIVE)


@given(words)
def test_data_is_never_a_command(text: str) -> None:
    hostile = text + "\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01\x1d\x56\x00"
    data = proven(Builder().pair(hostile, hostile).text(hostile).document(), PRINTER)
    names = {each.name for each in Parser(PRINTER).feed(data)}
    assert names.isdisjoint({"ESC p", "DLE DC4", "GS V", "unknown"})


@given(st.lists(st.sampled_from("ñжéŁσ€ёќ"), min_size=1, max_size=9))
def test_no_plan_of_pages_has_fewer_switches(text: list[str]) -> None:
    out: list[bytes] = []
    letters = Letters(PRINTER, out)
    for each in text:
        letters.write(Run(0, 0, 12, 24, each, 12, letters.style))
    letters.end()
    assert sum(each.startswith(b"\x1bt") for each in out) == _fewest(text)


def _fewest(text: list[str]) -> int:
    """The cheapest way through all pages, letter by letter."""
    repertoire = repertoire_of(PRINTER)
    cost = {0: 0}
    for each in text:
        usable = [page for page in range(len(repertoire.pages)) if repertoire.mask(each) >> page & 1]
        cost = {page: min(paid + (before != page) for before, paid in cost.items()) for page in usable}
    return min(cost.values())


def test_a_stranger_s_sheet_and_a_stranger_s_printer_are_refused() -> None:
    with pytest.raises(ValueError, match="star"):
        write(Sheet(576), load_profile("star"))
    odd = Sheet(576, boxes=[Symbol(0, 0, 10, 10, "maxicode", b"x")])
    with pytest.raises(ValueError, match="symbol"):
        write(odd, load_profile("simple"))


def test_nothing_is_said_twice() -> None:
    lines = Builder()
    for number in range(20):
        lines.text(f"line {number}", align="centre", bold=True)
    data = write(lay_out(lines.document(), PRINTER), PRINTER)
    assert data.count(b"\x1ba") == 1
    assert data.count(b"\x1bE") == 1
