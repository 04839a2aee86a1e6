"""ePOS-Print XML, writer against player: the same paper on Epson profiles; hostile documents, hostile data."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Profile, load_profile, profile_names
from kvit.paper import document as doc
from kvit.paper import epos_reach, image, raster
from kvit.paper.builder import Builder, part
from kvit.paper.languages import epos_elements, epos_play, escpos_write
from kvit.paper.languages.epos_names import NAMESPACE, SOAP
from kvit.paper.languages.epos_play import EposPlayer, play
from kvit.paper.languages.epos_write import carry, envelope, escaped, spelled, write
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.sheet import Box, Event, Picture, Rule, Run, Sheet, Style, Symbol
from tests.paper.languages.test_escpos_write import ALL_SCRIPTS, DOT, documents, seen, words

EPOS = load_profile("epos")
NAMES = [name for name in profile_names() if name.startswith(("TM-T", "TM-m", "TM-P")) and "CH" not in name]
SPOKEN = {name: epos_reach.spoken(load_profile(name)) for name in NAMES}
HEAD = f'<epos-print xmlns="{NAMESPACE}">'
TAIL = "</epos-print>"


def absolute(sheet: Sheet) -> dict[str, Any]:
    """What a person notices, pictures by the dots' own places: white before the dots is no picture."""
    found = seen(sheet)
    rows = []
    for box in sheet.boxes:
        if isinstance(box, Picture):
            size = image.row_bytes(box.columns)
            for row in range(box.rows):
                line = int.from_bytes(box.bits[row * size : (row + 1) * size], "big") << 1_024 - size * 8 >> box.x
                if line:
                    rows.append((box.y + row, line))
    return found | {"dots": sorted(rows)}


def proven(document: doc.Document, profile: Profile) -> str:
    sheet = lay_out(document, profile)
    data = write(sheet, profile)
    back = play(data, profile)
    assert [(each.code, each.values) for each in back.problems] == []
    assert absolute(back) == absolute(sheet)
    return data.decode()


def test_the_comparison_sees_one_dot() -> None:
    one, other = (Sheet(576, boxes=[Picture(8, 0, 8, 1, 8, 1, bits)]) for bits in (b"\x01", b"\x02"))
    assert absolute(one) != absolute(other)


@settings(max_examples=80, deadline=None)
@given(documents, st.sampled_from([EPOS, load_profile("epos-multilingual"), *SPOKEN.values()]))
def test_what_is_written_plays_to_the_sheet_it_was_written_from(document: doc.Document, profile: Profile) -> None:
    proven(document, profile)


@settings(max_examples=40, deadline=None)
@given(
    documents,
    st.sampled_from(["epson-korean", "epson-chinese", "epson-japanese", "epson-taiwan"]),
)
def test_asian_models(document: doc.Document, name: str) -> None:
    proven(document, epos_reach.spoken(load_profile(name)))


@pytest.mark.parametrize("paper_mm", [58, 80, 112])
def test_five_languages_lose_no_letter(paper_mm: int) -> None:
    profile = on_paper(EPOS, paper_mm)
    proven(ALL_SCRIPTS, profile)
    assert not [each for each in lay_out(ALL_SCRIPTS, profile).problems if each.code == "letters.lost"]


def test_a_small_receipt_letter_by_letter() -> None:
    document = (
        Builder().text("A & B", align="centre", bold=True).text("x", upside_down=True).feed(2).cut().pulse(5).document()
    )
    look = 'lang="en" font="font_a" smooth="false" width="1" height="1" reverse="false" ul="false"'
    assert proven(document, EPOS) == (
        HEAD
        + f'<text {look} em="true" color="color_1" rotate="false" align="center" linespc="30">A &amp; B&#10;</text>'
        + f'<text {look} em="false" color="color_1" rotate="true" align="left" linespc="30">x&#10;</text>'
        + '<feed line="2" linespc="30"/><cut type="feed"/><pulse drawer="drawer_2" time="pulse_100"/>'
        + TAIL
    )


def test_every_text_says_everything() -> None:
    everything = {
        "lang",
        "font",
        "smooth",
        "width",
        "height",
        "reverse",
        "ul",
        "em",
        "color",
        "rotate",
        "align",
        "linespc",
    }
    for element in ET.fromstring(proven(ALL_SCRIPTS, EPOS)).iter(f"{{{NAMESPACE}}}text"):
        assert everything <= set(element.attrib) <= everything | {"x"}


def test_a_head_of_all_letters_gets_them_as_text() -> None:
    head = load_profile("epos-multilingual")
    found = proven(ALL_SCRIPTS, head)
    assert 'lang="mul"' in found
    assert "зелёный" in found.lower()
    assert not [each for each in lay_out(ALL_SCRIPTS, head).problems if each.code.startswith("letters")]


def test_letters_of_a_two_byte_set_name_their_language() -> None:
    korean = epos_reach.spoken(load_profile("epson-korean"))
    assert 'lang="ko"' in proven(Builder().text("우유").document(), korean)
    assert 'lang="en"' in proven(Builder().text("milk é").document(), korean)


BARS = 'font="font_a" width="2" height="80"'
QR = 'type="qrcode_model_2"'


@pytest.mark.parametrize(
    ("code", "element"),
    [
        (doc.Code("ean13", "978020137962"), f'type="ean13" hri="below" {BARS} align="center">9780201379624<'),
        (doc.Code("code128", "12345678"), f'type="code128" hri="below" {BARS} align="center">{{C\\x0c&quot;8N<'),
        (doc.Code("qr", "a<b&\\ж", level="H"), f'{QR} level="level_h" width="5" align="center">a&lt;b&amp;\\\\\\xd0\\xb6<'),
    ],
)  # fmt: skip
def test_symbols(code: doc.Code, element: str) -> None:
    assert element in proven(doc.Document([code]), EPOS)


def test_a_picture_off_the_alignments_gets_white_before_it() -> None:
    sheet = Sheet(576, height_dots=2, boxes=[Picture(3, 0, 8, 2, 8, 2, b"\xff\x81")])
    back = play(write(sheet, EPOS), EPOS)
    assert absolute(back) == absolute(sheet)
    assert [(box.x, box.width) for box in back.boxes] == [(0, 11)]


def test_an_area_is_a_page() -> None:
    parts = [
        part(Builder().text("a<b"), 2, 1, 10, 2),
        part(Builder().text("up"), 20, 0, 2, 8, 1),
        part(Builder().text("over"), 2, 5, 10, 2, 2),
        part(Builder().code("qr", "x"), 30, 0, 12, 8, 3),
        part(Builder().code("ean13", "4006381333931"), 2, 0, 20, 8),
    ]
    area = (
        Builder().text("over", align="right").area(parts[:3], 8).pulse().area(parts[4:], 8).text("y").cut().document()
    )
    told = proven(area, EPOS)
    assert told.count("<page>") == 2
    assert (
        told.index("</page>")
        < told.index("<pulse")
        < told.rindex("<page>")
        < told.rindex(">y&#10;")
        < told.index("<cut")
    )
    assert '<direction dir="bottom_to_top"/><position x="0" y="261"/>' in told
    turned = proven(Builder().area(parts[3:4], 8).document(), EPOS)
    assert "<page>" not in turned  # symbols on their side are drawn with all else
    assert "<image" in turned


def test_a_page_after_a_line_upside_down_is_upright() -> None:
    told = proven(
        Builder().text("x", upside_down=True).area([part(Builder().text("a"), 2, 1, 10, 2)], 4).document(), EPOS
    )
    assert told.index('rotate="true"') < told.index('rotate="false"') < told.index("<page>")


def test_no_picture_is_written_to_a_page() -> None:
    page = Event("page", 0, values={"height": 30})
    with pytest.raises(ValueError, match="picture"):
        write(Sheet(576, boxes=[Picture(0, 0, 8, 1, 8, 1, b"\xff")], events=[page]), EPOS)


def test_rules_and_logos() -> None:
    boxes: list[Box] = [Rule(10, 0, 100, 2), Picture(192, 2, 192, 96, 192, 96, b"", key="nv:48/49", missing=True)]
    data = write(Sheet(576, height_dots=98, boxes=boxes), EPOS)
    assert b'<hline x1="10" x2="109" style="medium"/><logo key1="48" key2="49" align="center"/>' in data
    back = play(data, EPOS)
    assert [(box.x, box.y, box.width, box.height) for box in back.boxes] == [(10, 0, 100, 2), (192, 2, 192, 96)]


# Hostile data


HOSTILE = "]]><cut/></text><pulse/><text>&lt;cut/>&#27;&bogus;\x1bp\x00\x19\xfa\x00\ufffe\uffff\ud800<!--\"'"


@given(words)
def test_data_is_never_an_element(text: str) -> None:
    document = Builder().pair(text + HOSTILE, HOSTILE).text(HOSTILE).code("qr", "x]]><cut/>&amp;").document()
    elements = {each.tag.rpartition("}")[2] for each in ET.fromstring(proven(document, EPOS)).iter()}
    assert elements <= {"epos-print", "text", "image", "feed", "symbol"}


@pytest.mark.parametrize("kind", ["qr", "code128", "code39", "pdf417"])
def test_data_of_symbols_is_never_an_element(kind: str) -> None:
    proven(doc.Document([doc.Code(kind, '"><cut/>'), doc.Code(kind, "A&B]]>\\x07")]), EPOS)


@given(st.text())
def test_whatever_is_escaped_is_xml(text: str) -> None:
    root = ET.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')
    assert len(root) == 0
    assert not any(letter in (root.text or "") for letter in "\x00\x08\x0b\x1b\ufffe\uffff")


@given(st.binary(max_size=40))
def test_bytes_of_symbols_come_back(data: bytes) -> None:
    assert spelled(data).isascii()
    assert spelled(data).isprintable()
    assert epos_elements.data_of(spelled(data)) == data


def test_a_sheet_of_raw_control_letters_is_stripped_once_more() -> None:
    sheet = Sheet(576, height_dots=30, boxes=[Run(0, 0, 60, 24, "a\x07\x1b<\ufffe\u202e\x85b", 12, Style())])
    assert b">a&lt;b&#10;</text>" in write(sheet, EPOS)


# Hostile documents


def problems(data: bytes | str) -> list[tuple[str, object]]:
    raw = data.encode() if isinstance(data, str) else data
    return [(each.code, each.values.get("what")) for each in play(raw, EPOS).problems]


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>' + HEAD + "<text>&c;</text>" + TAIL


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (BOMB, [("xml.doctype", "a")]),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd">' + HEAD + TAIL, [("xml.doctype", "a")]),
        (HEAD + "<text>&other;</text>" + TAIL, [("xml.malformed", "undefined entity")]),
        (HEAD + "<text>a", [("xml.malformed", "no element found")]),
        (HEAD + TAIL + "<more/>", [("xml.malformed", "junk after document element")]),
        (b'<?xml version="1.0" encoding="x-kvit"?><epos-print/>', [("xml.malformed", "unknown encoding")]),
        (b'<?xml version="1.0" encoding="gb18030"?><epos-print/>', [("xml.malformed", "unknown encoding")]),
        (b"\x1b@hello\n", [("xml.malformed", "not well-formed (invalid token)")]),
        ("", [("xml.malformed", "no element found")]),
        ("<html/>", [("xml.missing", "epos-print")]),
        ("<a>" * 40, [("xml.limit", "depth")]),
        (HEAD + "<text " + " ".join(f'a{number}="1"' for number in range(70)) + "/>" + TAIL, [("xml.limit", "attributes")]),
        (HEAD + "<unheard>x</unheard>" + TAIL, [("command.unplayed", None)]),
        (HEAD + "<command>zz</command>" + TAIL, [("operand.range", None)]),
        (HEAD + '<image width="8" height="1">QQ</image>' + TAIL, [("image.unreadable", None)]),
        (HEAD + '<barcode type="klingon">1</barcode>' + TAIL, [("symbol.unsupported", None)]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_raises(data: bytes | str, found: list[tuple[str, object]]) -> None:
    assert problems(data) == found


def test_what_came_before_the_fault_stays() -> None:
    sheet = play(f"{HEAD}<text>kept&#10;</text><text>also".encode(), EPOS)
    assert [box.text for box in sheet.boxes if isinstance(box, Run)] == ["kept", "also"]


def test_a_document_too_long_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epos_play, "BYTES_MAX", 1_000)
    player = EposPlayer(EPOS)
    player.feed(HEAD.encode())
    for _ in range(200):
        player.feed(b"<text>0123456789&#10;</text>")
    sheet = player.close()
    assert [each.code for each in sheet.problems] == ["xml.limit"]
    assert len(sheet.boxes) < 40


@given(st.binary(max_size=200), st.sampled_from(["text", "image", "feed", "page", "command", "symbol"]))
def test_noise_never_raises(noise: bytes, name: str) -> None:
    play(HEAD.encode() + f"<{name}>".encode() + noise, EPOS)
    play(
        HEAD.encode() + f'<{name} x="{noise.hex()}" width="-1" unit="999999999999" line="x" height="é"/>'.encode(), EPOS
    )


# What others write


C = (0, 60, "C")
AREA = '<area x="100" y="50" width="200" height="80"/>'


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("<text>Hello</text><feed/><text>World</text><feed/>", [(0, 0, "Hello"), (0, 30, "World")]),
        ('<text dw="true" dh="true">A</text><text>B&#10;</text>', [(0, 0, "A"), (24, 0, "B")]),
        ('<text align="right">A&#10;</text><text>B&#10;</text>', [(564, 0, "A"), (564, 30, "B")]),
        ('<text x="90">A</text><text x="5">B</text><feed unit="60"/><text>C</text>', [(90, 0, "A"), (5, 0, "B"), C]),
        ('<text linespc="50">A&#10;B&#10;</text>', [(0, 0, "A"), (0, 50, "B")]),
        ('<feed line="3"/><text>A</text>', [(0, 90, "A")]),
        ('<text rotate="true">AB&#10;</text>', [(552, 0, "AB")]),
        ('<text width="9" height="0" font="font_z">A&#10;</text>', [(0, 0, "A")]),
        (f'<page>{AREA}<text>A</text></page><text>B</text>', [(100, 50, "A"), (0, 130, "B")]),
        (f'<page>{AREA}<position x="40" y="71"/><text>A</text></page>', [(140, 100, "A")]),
    ],
)  # fmt: skip
def test_documents_of_others(body: str, places: list[tuple[int, int, str]]) -> None:
    sheet = play(f"{HEAD}{body}{TAIL}".encode(), EPOS)
    assert [(box.x, box.y, box.text) for box in sheet.boxes if isinstance(box, Run)] == places
    assert sheet.problems == []


def test_page_direction() -> None:
    area = '<area x="0" y="0" width="100" height="200"/><direction dir="top_to_bottom"/>'
    (box,) = play(f"{HEAD}<page>{area}<text>A</text></page>{TAIL}".encode(), EPOS).boxes
    assert isinstance(box, Run)
    assert box.direction == 3


def test_symbols_of_others() -> None:
    body = (
        '<barcode type="jan13" hri="both" width="3" height="50">590123412345</barcode>'
        '<symbol type="qrcode_model_2" level="level_q" width="6">x\\x41\\\\</symbol>'
        '<symbol type="pdf417_standard" level="level_2" width="2" height="4">hello</symbol>'
        '<symbol type="datamatrix_square" width="4">hello</symbol>'
    )
    found = [box for box in play(f"{HEAD}{body}{TAIL}".encode(), EPOS).boxes if isinstance(box, Symbol)]
    assert [(box.kind, box.data, box.module, box.level, box.bar_height) for box in found] == [
        ("ean13", b"5901234123457", 3, "", 50),
        ("qr", b"xA\\", 6, "Q", 0),
        ("pdf417", b"hello", 2, "2", 8),
        ("datamatrix", b"hello", 4, "", 0),
    ]


def test_greys_are_cut_in_the_middle_and_told() -> None:
    sheet = play(f'{HEAD}<image width="3" height="2" mode="gray16">8H94CA==</image>{TAIL}'.encode(), EPOS)
    (box,) = sheet.boxes
    assert isinstance(box, Picture)
    assert image.to_letters(box.bits, 3, 2) == "#..\n.#."
    assert [each.code for each in sheet.problems] == ["image.greys"]


def test_machine_elements() -> None:
    body = '<pulse/><pulse drawer="drawer_2" time="pulse_300"/><sound pattern="pattern_a" repeat="3"/><cut/>'
    body += '<sound pattern="none"/>'
    events = play(f"{HEAD}{body}{TAIL}".encode(), EPOS).events
    assert [(each.kind, dict(each.values)) for each in events] == [
        ("pulse", {"pin": 2, "on_ms": 100, "off_ms": 100}),
        ("pulse", {"pin": 5, "on_ms": 300, "off_ms": 300}),
        ("beep", {"times": 3}),
        ("cut", {"full": 0}),
    ]


# Carried bytes, envelopes, pieces


def test_our_own_bytes_in_a_command_print_as_on_the_printer() -> None:
    printer = load_profile("TM-T88V")
    sheet = lay_out(ALL_SCRIPTS, printer)
    data = carry(escpos_write.write(sheet, printer))
    assert seen(play(data, printer)) == seen(sheet)
    assert data.startswith(f"{HEAD}<command>1b40".encode())


def test_the_envelope_is_soap_and_is_read_through() -> None:
    sheet = lay_out(ALL_SCRIPTS, EPOS)
    posted = envelope(write(sheet, EPOS))
    root = ET.fromstring(posted)
    assert [root.tag, root[0].tag, root[0][0].tag] == [
        f"{{{SOAP}}}Envelope",
        f"{{{SOAP}}}Body",
        f"{{{NAMESPACE}}}epos-print",
    ]
    assert absolute(play(posted, EPOS)) == absolute(sheet)


def test_fed_whole_or_byte_by_byte_or_with_a_tail() -> None:
    sheet = lay_out(ALL_SCRIPTS, EPOS)
    data = write(sheet, EPOS)
    player = EposPlayer(EPOS)
    for at in range(len(data)):
        player.feed(data[at : at + 1])
    assert absolute(player.close()) == absolute(sheet)
    tailed = play(data + b"\n<!-- tail -->\n", EPOS)
    assert absolute(tailed) == absolute(sheet)
    assert tailed.problems == []
    cut_off = play(data + b"\x00", EPOS)
    assert absolute(cut_off) == absolute(sheet)


def test_spans_lie_in_the_document() -> None:
    data = write(lay_out(ALL_SCRIPTS, EPOS), EPOS)
    for box in play(data, EPOS).boxes:
        assert data[box.start : box.start + 1] == b"<"
        assert box.start < box.end <= len(data)


def test_strangers_are_refused() -> None:
    with pytest.raises(ValueError, match="escpos"):
        write(Sheet(576), load_profile("TM-T88V"))
    for box in (
        Run(0, 0, 12, 24, "x", 12, Style(), direction=1),
        Symbol(0, 0, 9, 9, "maxicode", b"x"),
        Rule(0, 0, 9, 9),
    ):
        with pytest.raises(ValueError, match="no word"):
            write(Sheet(576, boxes=[box]), EPOS)
    with pytest.raises(ValueError, match="logo"):
        write(Sheet(576, boxes=[Picture(0, 0, 9, 9, 9, 9, b"", key="nv:1")]), EPOS)


def test_the_played_paper_looks_as_the_laid_out_one() -> None:
    sheet = lay_out(Builder().text("Чек 가", align="centre").image(DOT).code("qr", "x").document(), EPOS)
    back = play(write(sheet, EPOS), EPOS)
    assert (raster.draw(back).page == raster.draw(sheet).page).all()
