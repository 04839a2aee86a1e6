"""The test print: whatever the printer, it is written, played back the same, and shows all that was promised."""

from __future__ import annotations

import re

import msgspec
import pytest
import zxingcpp
from PIL import Image

from kvit.escpos import Parser, Profile, codepage, load_profile
from kvit.escpos.profiles import names
from kvit.i18n import LANGUAGES
from kvit.paper import sample
from kvit.paper.languages.registry import NoWriterError, language_of, play
from kvit.paper.layout import on_paper
from kvit.paper.raster import draw
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Picture, Run, Symbol
from kvit.paper.specimen import PAGED, SECTIONS, specimen
from kvit.paper.symbology import KINDS


def is_written(profile: Profile) -> bool:
    try:
        language_of(profile)
    except NoWriterError:
        return False
    return True


WRITTEN = [name for name in names() if is_written(load_profile(name))]
SOME = (
    "TM-T88V",
    "generic-58mm",
    "xprinter",
    "NT-5890K",
    "TH230",
    "TM-U220B",
    "starprnt",
    "star",
    "epos",
    "feie58",
    "simple",
)


def test_every_kind_of_symbol_has_data() -> None:
    assert sample.SYMBOLS.keys() == KINDS.keys()


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_written_for_every_printer(name: str) -> None:
    profile = load_profile(name)
    made = specimen(profile, sections=("columns", "looks", "sizes", "places", "scripts", "table", "lacks"))
    sheet = play(made.data, profile)
    assert max(box.x + box.width for box in sheet.boxes) <= profile.width_dots
    assert sum(event.kind == "cut" for event in sheet.events) <= 1


@pytest.mark.parametrize("name", SOME)
def test_all_of_it(name: str) -> None:
    profile = load_profile(name)
    made = specimen(profile)
    sheet = play(made.data, profile)
    text = RENDERERS["text"](sheet).decode()
    for word in (profile.name, "ABC abc 0123", "1234567890", "Table", "qr ("):
        assert word in text
    assert made.lacks
    assert [event.kind for event in sheet.events if event.kind == "pulse"] == []


@pytest.mark.parametrize("paper_mm", [58, 80, 112])
def test_the_rulers_end_at_the_edge(paper_mm: int) -> None:
    profile = on_paper(load_profile("generic-80mm"), paper_mm)
    sheet = play(specimen(profile, sections=("columns",)).data, profile)
    rulers = [box for box in sheet.boxes if isinstance(box, Run) and re.fullmatch(r"(1234567890)*\d{1,9}", box.text)]
    assert len(rulers) == 2
    for ruler in rulers:
        cell = profile.fonts[ruler.style.font].width
        assert ruler.x == 0
        assert profile.width_dots - cell < ruler.width <= profile.width_dots


@pytest.mark.parametrize("name", ["TM-T20II", "RP326", "POS-5890", "KR-306", "TSP600", "CT-S651", "generic-58mm"])
def test_each_page_is_sent_under_its_own_number(name: str) -> None:
    profile = load_profile(name)
    data = specimen(profile, sections=("pages",)).data
    text = RENDERERS["text"](play(data, profile)).decode()
    parser = Parser(profile)
    selected = [command.raw[2] for command in [*parser.feed(data), *parser.close()] if command.name == "ESC t"]
    shown = {int(number) for number in re.findall(r"^ {0,2}(\d{1,3}) \S", text, re.MULTILINE)}
    known = {number for number, page in profile.code_pages.items() if codepage.grade(page) != "unknown"}
    assert shown <= known
    assert len(known - shown) <= 4
    assert set(selected) == shown - {profile.code_page}
    for number in shown:
        page = profile.code_pages[number]
        wrong = msgspec.structs.replace(
            profile, code_pages={**profile.code_pages, number: "cp437" if page != "cp437" else "cp866"}
        )
        line = next(line for line in text.splitlines() if line.startswith(f"{number:>3} "))
        assert line not in RENDERERS["text"](play(data, wrong)).decode(), "a wrong page is not seen"


def test_a_head_that_ignores_the_page_shows_only_the_one_it_has() -> None:
    stubborn = msgspec.structs.replace(load_profile("TM-T88V"), quirks=frozenset({"esc_t_ignored"}))
    text = RENDERERS["text"](play(specimen(stubborn, sections=("pages",)).data, stubborn)).decode()
    assert re.findall(r"^ {0,2}(\d{1,3}) \S", text, re.MULTILINE) == ["0"]


@pytest.mark.parametrize("name", ["TM-T88V", "generic-58mm", "epos"])
def test_symbols_are_read_back_from_the_picture(name: str) -> None:
    profile = load_profile(name)
    sheet = play(specimen(profile, sections=("symbols",)).data, profile)
    found = zxingcpp.read_barcodes(Image.fromarray(~draw(sheet).page).convert("L"))
    read = {each.text for each in found}
    for kind in ("ean13", "code128", "qr", "datamatrix", "aztec", "pdf417"):
        assert any(text.startswith(sample.SYMBOLS[kind]) for text in read), kind


def test_who_prints_a_symbol_is_said() -> None:
    profile = load_profile("TM-T88V")
    sheet = play(specimen(profile, sections=("symbols",)).data, profile)
    text = RENDERERS["text"](sheet).decode()
    native = {box.kind for box in sheet.boxes if isinstance(box, Symbol)}
    assert native
    for kind in KINDS:
        assert f"{kind} (by the printer)" in text or f"{kind} (drawn)" in text or f"{kind} (not to be had)" in text
    assert "ean13 (by the printer)" in text
    assert "datamatrix (drawn)" in text


def test_pictures_reach_from_edge_to_edge() -> None:
    profile = load_profile("TM-T88V")
    sheet = play(specimen(profile, sections=("pictures",)).data, profile)
    wide = [box for box in sheet.boxes if isinstance(box, Picture)]
    assert {(box.x, box.width) for box in wide} == {(0, 512)}
    assert wide[-1].bits[0] & 0x80, "the first dot of the card's frame"
    assert wide[-1].bits[63] & 0x01, "the last one"


def test_what_lacks_is_named_on_paper_and_to_the_caller() -> None:
    profile = load_profile("NT-5890K")
    made = specimen(profile)
    text = " ".join(RENDERERS["text"](play(made.data, profile)).decode().split())
    for word in ("cut_full", "italic", "graphics"):
        assert word in " ".join(made.lacks)
        assert word in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_five_languages(language: str) -> None:
    profile = load_profile("xprinter")
    made = specimen(profile, language, ("looks", "lacks"))
    assert "{" not in RENDERERS["text"](play(made.data, profile)).decode()
    assert "paper.specimen" not in RENDERERS["text"](play(made.data, profile)).decode()


@pytest.mark.parametrize("name", ["TM-T20II", "xprinter"])
def test_four_directions(name: str) -> None:
    profile = load_profile(name)
    sheet = play(specimen(profile, sections=("areas",)).data, profile)
    turned = {box.direction for box in sheet.boxes if isinstance(box, Run) and "ABC abc" in box.text}
    assert turned == ({0, 1, 2, 3} if profile.has("page_mode") else {0})


def test_parts_can_be_left_out() -> None:
    profile = load_profile("TM-T88V")
    whole = len(specimen(profile).data)
    assert all(
        len(specimen(profile, sections=(section,)).data) < whole / 2 for section in SECTIONS if section != "pictures"
    )


def test_languages_without_pages_get_one_document() -> None:
    assert "epos" not in PAGED
    assert specimen(load_profile("epos")).data.count(b"<epos-print") == 1


def test_printers_nobody_writes_for_are_refused() -> None:
    with pytest.raises(NoWriterError):
        specimen(load_profile("display"))


@pytest.mark.parametrize("page", ["cp437", "cp866", "katakana", "thai11", "cp864", "tcvn3"])
def test_letters_of_a_page(page: str) -> None:
    letters = sample.letters_of(page, 20)
    assert len(letters) == 20
    assert all(codepage.encoding(page)[letter] >= 0x80 for letter in letters)
    assert sample.letters_of(page, 200).startswith(letters[0])
