"""Tag languages against their twins: same text, order and symbols as the sheet; no line too wide; no data obeyed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kvit.escpos.profiles import Profile, load
from kvit.paper import document as doc
from kvit.paper.builder import Builder, span
from kvit.paper.languages import feie, wifi365, xpyun, yilianyun
from kvit.paper.languages.lines import Act, Item, Mark, Words, columns_of, lines_of
from kvit.paper.languages.registry import compose, play, write
from kvit.paper.render import png
from kvit.paper.render.text import render
from kvit.paper.sheet import Run, Sheet, Symbol

PROFILES = ("365wifi", "feie58", "feie80", "yilianyun", "xpyun58", "xpyun80", "wangpos")
UNIFORM = ("365wifi", "wangpos")
COLUMNS = {name: 48 if name.endswith("80") else 32 for name in PROFILES}
TAGS = (
    "<CUT>",
    "<BR>",
    "</BR>",
    "^Q",
    "^N9",
    "@@2",
    "@",
    "<MN>9</MN>",
    "<QR>",
    "</QR>",
    "<B>",
    "]",
    '"}',
    "\\",
    "\n^B9",
)

words = st.lists(
    st.sampled_from([*TAGS, "a", "Z", " ", "  ", "9", "\n", "\x1b@", "\x1d", "\x10\x04", *"中文－жҚ한é…"]), max_size=14
).map("".join)  # fmt: skip
sizes = st.integers(1, 4)
looks = st.builds(doc.Span, words, bold=st.booleans(), underline=st.sampled_from([0, 1]), width=sizes, height=sizes)
contents = words | st.lists(looks, max_size=3)
aligns = st.sampled_from(["left", "centre", "right"])
wraps = st.sampled_from(["word", "character", "ellipsis", "clip"])
columns = st.builds(doc.Column, width=st.integers(0, 12), weight=st.integers(0, 3), align=aligns, wrap=wraps)
cells = contents | st.builds(doc.Cell, contents, st.integers(1, 3), st.none() | aligns)
flows = st.one_of(
    st.builds(doc.Text, contents, aligns, wraps, st.booleans()),
    st.builds(doc.Pair, contents, contents, wraps),
    st.builds(
        doc.Table, st.lists(columns, min_size=1, max_size=3), st.lists(st.lists(cells, max_size=3), max_size=3),
        st.integers(0, 2), st.sampled_from(["none", "single", "double"]), st.integers(0, 2), st.booleans(),
        st.lists(st.integers(0, 3), max_size=2), aligns, st.sampled_from(["stack", "drop"]), st.booleans(), st.booleans(),
    ),
    st.builds(doc.Line, st.sampled_from(["single", "double", "dashed"]), st.integers(0, 60), aligns),
    st.builds(doc.Image, st.just(b"P1\n2 2\n1 0 0 1\n"), aligns),
    st.builds(
        doc.Code, st.sampled_from(["qr", "ean13", "code128", "pdf417"]),
        st.sampled_from(["978020137962", "9780201379624", "https://example.org/r/17", "x" * 10, "y" * 13, "z" * 49,
                         "w" * 50, "ж" * 90, "<CUT>", "a\n^Q", "9" * 300]),
        aligns, st.sampled_from([None, 1, 9]),
    ),
    st.builds(doc.Feed, st.integers(0, 5)),
)  # fmt: skip
framed = st.builds(
    doc.Frame, st.lists(flows, max_size=3), st.sampled_from(["none", "single", "double"]), st.integers(0, 60), aligns
)
areas = st.builds(
    doc.Area, st.lists(st.builds(doc.Part, st.lists(flows, max_size=2)), min_size=1, max_size=2), st.just(5)
)
acts = st.builds(doc.Cut, st.booleans()) | st.builds(doc.Pulse) | st.builds(doc.Beep)
blocks = st.lists(flows | framed | areas | acts, max_size=6)
documents = st.builds(doc.Document, blocks, st.integers(0, 3), st.integers(0, 3))


def told(item: Item) -> object:
    """What a person notices: which drawer pin and for how long no tag can say."""
    return item.kind if isinstance(item, Act) else item


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from(PROFILES))
def test_what_is_written_plays_to_the_sheet_it_was_written_from(document: doc.Document, name: str) -> None:
    profile, uniform = load(name), name in UNIFORM
    sheet = compose(document, profile)
    back = play(write(sheet, profile), profile)
    assert [each.code for each in back.problems] == []
    asked, had = (lines_of(each, profile, uniform=uniform) for each in (sheet, back))
    assert [told(each) for each in had] == [told(each) for each in asked]
    assert [columns_of(each, profile) for each in had if isinstance(each, Words)] == [
        columns_of(each, profile) for each in asked if isinstance(each, Words)
    ]
    assert all(columns_of(each, profile) <= COLUMNS[name] for each in asked if isinstance(each, Words))


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from(PROFILES))
def test_the_text_is_that_of_the_sheet(document: doc.Document, name: str) -> None:
    profile = load(name)
    sheet = compose(document, profile)
    back = play(write(sheet, profile), profile)
    assert "".join(render(back).split()) == "".join(render(sheet).split())


@settings(max_examples=100, deadline=None)
@given(documents, st.sampled_from(PROFILES))
def test_every_block_that_lost_something_is_named_once(document: doc.Document, name: str) -> None:
    problems = compose(document, load(name)).problems
    assert all(0 <= each.start < len(document.blocks) for each in problems)
    assert [each.start for each in problems] == sorted(each.start for each in problems)


HOSTILE = [
    "<CUT>", "</B><CUT>", "<BR>9780201379624</BR>", "<MN>9</MN>", "<PLUGIN>", "<QR>x</QR>", "<center>", "@@2x", "@\x1b@2x",
    "^Q\x05abcde", "x\n^N9", "x\n\n^B3", "\x1b@\x1dV\x00", '"},{"call":"printFinish"', "\u226e\u0338", "<\u200bCUT>",
]  # fmt: skip
OWN = {
    "feie": {"BOLD", "/BOLD", "BR", "B", "/B"},
    "xpyun": {"BOLD", "/BOLD", "BR", "B", "/B"},
    "yilianyun": {"FB", "/FB", "FS2", "/FS2"},
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["feie58", "xpyun58", "yilianyun"])
def test_data_opens_no_tag(name: str, text: str) -> None:
    profile = load(name)
    document = (
        Builder().text(span(text, bold=True, width=2, height=2)).pair(text, text)
        .text(span(text[:1]), span(text[1:])).table([doc.Column(), doc.Column()], [[text[:1], text[1:]]], gap=0)
        .code("qr", text).document()
    )  # fmt: skip
    made = write(compose(document, profile), profile).decode()
    assert set(re.findall("<([^>]*)>", made)) <= OWN[profile.language] | {"QR", "/QR"}
    assert all(letter == "\n" or letter.isprintable() for letter in made)
    assert name != "yilianyun" or "@@" not in made
    assert not any(each.kind in ("cut", "pulse") for each in play(made.encode(), profile).events)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_data_begins_with_a_caret(text: str) -> None:
    profile = load("365wifi")
    document = Builder().text(text).text("x" * 32 + text).pair(text, "1").table([doc.Column()], [[text]]).document()
    lines = write(compose(document, profile), profile).decode().split("\n")
    assert lines[0] == "^N1^F1"
    assert not any(line.startswith("^") for line in lines[1:])
    assert not any("^" in line or "\x1b" in line or "\x1d" in line for line in lines[1:])


@pytest.mark.parametrize("text", HOSTILE)
def test_data_stays_inside_its_call(text: str) -> None:
    profile = load("wangpos")
    made = compose(Builder().text(text).document(), profile)
    assert {each["call"] for each in calls(write(made, profile))} == {
        "printInit", "clearPrintDataCache", "printString", "printFinish",
    }  # fmt: skip


def calls(data: bytes) -> list[dict[str, object]]:
    import json

    made: list[dict[str, object]] = json.loads(data)
    return made


DANGEROUS = {"365wifi": r"\^Q", "wangpos": "^[^[]", "feie": "<CUT>", "xpyun": "<CUT>"}


def test_a_sheet_nobody_tamed_is_harmless_too() -> None:
    from kvit.paper.layout import lay_out

    document = Builder().text("<CUT>").text("^Q\x05abcde").text("@@2").document()
    for name in PROFILES:
        profile = load(name)
        made = write(lay_out(document, profile), profile).decode()
        assert not re.search(DANGEROUS.get(profile.language, "<[CQ]|@@2"), made)


RECEIPT = (
    Builder()
    .text("店", bold=True, width=2, height=2)
    .pair("拿铁", "4.50")
    .pair(span("合计", width=2, height=2), span("4.50", width=2, height=2))
    .code("qr", "https://example.org/r/17")
    .code("ean13", "978020137962")
    .cut()
    .pulse()
    .document()
)
GAP = " "
FACTS = [
    ("365wifi", f"^N1^F1\n^B2店\n拿铁{GAP * 24}4.50\n^B2合计{GAP * 8}4.50\n^Q\x18https://example.org/r/17\n^O\x0c978020137962\n"),
    ("feie80", f"<BOLD><B>店</B></BOLD><BR>拿铁{GAP * 40}4.50<BR><B>合计</B>{GAP * 32}<B>4.50</B><BR>"
               "<QR>https://example.org/r/17</QR><CODE>978020137962<BR><CUT><PLUGIN>"),
    ("yilianyun", f"<FB><FS2>店</FS2></FB>\n拿铁{GAP * 24}4.50\n<FS2>合计</FS2>{GAP * 16}<FS2>4.50</FS2>\n"
                  "<QR>https://example.org/r/17</QR><BR>9780201379624</BR>"),
    ("xpyun58", f"<BOLD><B>店<BR></B></BOLD>拿铁{GAP * 24}4.50<BR><B>合计</B>{GAP * 16}<B>4.50<BR></B>"
                f"<QR>https://example.org/r/17</QR>{GAP * 10}978020137962<BR>"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), FACTS)
def test_the_very_text_of_a_receipt(name: str, expected: str) -> None:
    profile = load(name)
    assert write(compose(RECEIPT, profile), profile).decode() == expected


def test_the_very_calls_of_a_receipt() -> None:
    made = calls(write(compose(RECEIPT, load("wangpos")), load("wangpos")))
    assert made[2] == {
        "call": "printString", "text": "店", "size": 48, "align": "LEFT", "bold": True, "italic": False,
    }  # fmt: skip
    assert made[4]["text"] == "合计        4.50"
    assert {"call": "printQRCode", "text": "https://example.org/r/17"} in made


LENGTHS = [(1, True), (9, True), (10, False), (11, True), (13, False), (28, True), (31, True), (49, True), (50, False)]


@pytest.mark.parametrize(("length", "sent"), LENGTHS)
def test_qr_lengths_on_365(length: int, sent: bool) -> None:
    profile = load("365wifi")
    sheet = compose(Builder().text("a").code("qr", "q" * length).text("z").document(), profile)
    made = lines_of(play(write(sheet, profile), profile), profile)
    assert (Mark("qr", "q" * length) in made) == sent
    assert (
        "".join(each.text for each in made if isinstance(each, Words)).replace(" ", "")
        == "a" + "q" * length * (not sent) + "z"
    )
    assert ("symbol.text" in [each.code for each in sheet.problems]) != sent


@pytest.mark.parametrize(
    ("name", "codes", "sent"),
    [("feie58", 3, 1), ("xpyun58", 2, 1), ("yilianyun", 3, 3), ("365wifi", 3, 3)],
)
def test_how_many_qr_codes_a_job_has(name: str, codes: int, sent: int) -> None:
    made = Builder()
    for number in range(codes):
        made.code("qr", f"https://example.org/{number}")
    sheet = compose(made.document(), load(name))
    assert sum(isinstance(each, Mark) for each in lines_of(sheet, load(name))) == sent
    assert [each.code for each in sheet.problems] == ["symbol.text"] * (codes - sent)
    assert all(f"https://example.org/{number}" in render(sheet) for number in range(codes))


@pytest.mark.parametrize(("length", "sent"), [(192, True), (193, False)])
def test_qr_letters_on_yilianyun(length: int, sent: bool) -> None:
    sheet = compose(Builder().code("qr", "q" * length).document(), load("yilianyun"))
    assert any(isinstance(each, Mark) for each in lines_of(sheet, load("yilianyun"))) == sent


def test_what_has_no_tag_is_said() -> None:
    document = (
        Builder().text(span("a", underline=1, invert=True, italic=True, font="B", colour="red", turned=True, width=8))
        .text("b", upside_down=True).image(b"P1\n1 1\n1\n").table([doc.Column()], [["c"]], border="single")
        .cut().pulse().beep().document()
    )  # fmt: skip
    problems = compose(document, load("365wifi")).problems
    missing = {each.values["word"] for each in problems if each.code == "look.absent"}
    assert missing == {"underline", "invert", "italic", "font", "colour", "turned", "size", "upside_down", "border"}
    assert [each.code for each in problems if each.code != "look.absent"] == [
        "picture.absent", "cut.absent", "pulse.absent", "beep.absent",
    ]  # fmt: skip


READ = [
    (feie.play, "feie58", "<CB>大</CB>a<BR><RIGHT>r</RIGHT><x>", ["              大", "a", " " * 31 + "r", "<x>"]),
    (feie.play, "feie58", "a<CUT>b<BR", ["a", "b<BR"]),
    (
        yilianyun.play,
        "yilianyun",
        "<MN>2</MN><center>m</center><right>r</right>\n",
        ["               m", " " * 31 + "r", ""],
    ),
    (yilianyun.play, "yilianyun", "<center>m</center>" * 25 + "<center>m", ["               m"] * 25 + ["<center>m"]),
    (xpyun.play, "xpyun58", "<C>m<BR></C><N>n<BR></N>", ["               m", "n"]),
    (wifi365.play, "365wifi", "^N2^F1\n^W2w\n^X\n^Q\x03abc", ["w", "^X"]),
]


@pytest.mark.parametrize(("reader", "name", "text", "expected"), READ)
def test_what_shops_write_themselves(
    reader: Callable[[bytes, Profile], Sheet], name: str, text: str, expected: list[str]
) -> None:
    profile = load(name)
    made = lines_of(reader(text.encode(), profile), profile)
    assert [each.text for each in made if isinstance(each, Words)] == expected


@given(st.text(max_size=60) | words, st.sampled_from(PROFILES))
def test_nothing_raises(text: str, name: str) -> None:
    play(text.encode("utf-8", "replace"), load(name))


def test_a_line_too_long_is_said() -> None:
    sheet = play(("x" * 33).encode(), load("feie58"))
    assert [each.code for each in sheet.problems] == ["line.too_wide"]


PAIRS = [
    ("ИТОГО", "4612.50", 2, 2, "ИТОГО               4612.50", True),
    ("合计", "4612.50", 2, 2, "合计     4612.50", False),
    ("SUM", "4612.50", 2, 2, "SUM      4612.50", False),
    ("x" * 20, "4612.50", 1, 1, "x" * 20 + "     4612.50", False),
]


@pytest.mark.parametrize(("left", "right", "width", "height", "line", "smaller"), PAIRS)
def test_a_total_is_not_broken_for_its_size(
    left: str, right: str, width: int, height: int, line: str, smaller: bool
) -> None:
    profile = load("365wifi")
    spans = [span(each, width=width, height=height) for each in (left, right)]
    sheet = compose(Builder().pair(*spans).document(), profile)
    (words_,) = lines_of(sheet, profile, uniform=True)
    assert isinstance(words_, Words)
    assert words_.text == line
    assert ("look.absent" in [each.code for each in sheet.problems]) == smaller


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("gap", [0, 1, 2])
def test_large_columns_keep_a_space_between_them(size: int, gap: int) -> None:
    profile = load("365wifi")
    cells_ = [[span(each, width=size, height=size) for each in row] for row in (["1", "2", "3"], ["4", "5", "6"])]
    document = Builder().table([doc.Column(), doc.Column(), doc.Column(align="right")], cells_, gap=gap).document()
    found = [
        each.text for each in lines_of(compose(document, profile), profile, uniform=True) if isinstance(each, Words)
    ]
    assert [each.split() for each in found] == [["1", "2", "3"], ["4", "5", "6"]]


# Width by another measure: these services print one column for each byte of GBK.

WIDER = {"B": 2, "W": 2, "FS2": 2, "FW2": 2, "WB": 2, "B2": 3, "WB2": 3}
"""Tags that make letters wider, and how many times."""


def columns_by_bytes(line: str) -> int:
    """Columns of a line of tag text, told without our layout: bytes of GBK under the widest tag in force."""
    total, open_ = 0, [1]
    for closing, tag, text in re.findall(r"<(/?)([A-Za-z0-9]+)>|([^<]+)", line):
        if text:
            total += len(text.encode("gbk")) * max(open_)
        elif closing:
            open_.remove(WIDER.get(tag, 1))
        else:
            open_.append(WIDER.get(tag, 1))
    return total


@settings(max_examples=100, deadline=None)
@given(documents, st.sampled_from(["feie58", "feie80", "xpyun58", "xpyun80", "yilianyun"]))
def test_no_line_has_more_bytes_than_columns(document: doc.Document, name: str) -> None:
    profile = load(name)
    text = write(compose(document, profile), profile).decode()
    text = re.sub(r"<QR>[^<]*</QR>|<CODE>[0-9]+|<BR>[0-9]{13}</BR>|<CUT>|<PLUGIN>", "", text)
    for line in re.split("\n|<BR>", text):
        balanced = re.sub(r"^(</[A-Z0-9]+>)+", "", line)
        assert columns_by_bytes(_closed(balanced)) <= COLUMNS[name], line


def _closed(line: str) -> str:
    """A line whose end stands inside its tags (Xpyun) closes them itself."""
    opened = re.findall(r"<(/?)([A-Za-z0-9]+)>", line)
    left = [tag for slash, tag in opened if not slash]
    for slash, tag in opened:
        if slash and tag in left:
            left.remove(tag)
    return line + "".join(f"</{tag}>" for tag in reversed(left))


@settings(max_examples=100, deadline=None)
@given(documents)
def test_no_line_of_365_prints_over_itself(document: doc.Document) -> None:
    profile = load("365wifi")
    for line in write(compose(document, profile), profile).decode().split("\n")[1:]:
        found = re.match(r"\^([HWBQO])(.)(.*)", line, re.DOTALL)
        if found is None:
            assert len(line.encode("gbk")) <= 32
        elif found[1] not in "QO":
            assert len(found[3].encode("gbk")) * (int(found[2]) if found[1] != "H" else 1) <= 32
        else:
            assert len(found[3]) == ord(found[2]) <= 49


@pytest.mark.parametrize("name", ["365wifi", "feie58", "yilianyun", "xpyun80", "wangpos"])
def test_symbols_of_the_played_text_are_read_back(name: str) -> None:
    profile = load(name)
    sheet = play(write(compose(RECEIPT, profile), profile), profile)
    picture = Image.open(io.BytesIO(png.render(sheet)))
    found = {each.text for each in zxingcpp.read_barcodes(picture)}
    bars = {"9780201379624"} if name not in ("xpyun80",) else set()
    assert found == {"https://example.org/r/17"} | bars


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("365wifi", "^Q\x01a" * 3_000),
        ("feie58", "<B>x" * 3_000),
        ("yilianyun", "\n" * 50_000),
        ("feie58", "<QR>" * 3_000),
    ],
)
def test_a_text_without_end_ends(name: str, text: str) -> None:
    sheet = play(text.encode(), load(name))
    assert sheet.height_dots <= 1_001_000
    assert len(sheet.problems) <= 1_000


def test_columns_of_a_bordered_table_do_not_touch() -> None:
    profile = load("feie58")
    columns_ = [doc.Column(weight=1), doc.Column(width=4)]
    document = Builder().table(columns_, [["x" * 27, "1234"]], gap=0, border="single").document()
    (line,) = (
        each.text
        for each in lines_of(compose(document, profile), profile)
        if isinstance(each, Words) and "x" in each.text
    )
    assert line == "x" * 27 + " 1234"


def test_letters_no_printer_has_are_spelled_but_links_lead_where_they_did() -> None:
    link = "https://example.test/r/Дәмді?x=1&y=우유"
    blocks: list[doc.Block] = [doc.Text("서울우유 «Дәмді»"), doc.Code("qr", link), doc.Code("datamatrix", link)]
    made = compose(doc.Document(blocks), load("xpyun80"))
    text = "".join(box.text for box in made.boxes if isinstance(box, Run))
    assert "seouluyu" in text
    assert '"Дамди"' in text
    coded = "https://example.test/r/%D0%94%D3%99%D0%BC%D0%B4%D1%96?x=1&y=%EC%9A%B0%EC%9C%A0"
    assert [box.data for box in made.boxes if isinstance(box, Symbol)] == [coded.encode()]
    assert coded in text
    assert [each.code for each in made.problems] == ["letters.spelled", "symbol.text"]
