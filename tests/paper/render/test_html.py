"""HTML: an allow-list parser, the classes of the style sheet, the order and the columns of the text."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.render import html
from kvit.paper.sheet import Box, Event, Picture, Run, Sheet, Style, Symbol
from tests.paper.sheets import SHEETS

ALLOWED = {
    "article": {"class", "lang"}, "p": {"class"}, "bdi": {"class"}, "span": {"class"}, "div": {"class"}, "hr": {"class"},
    "figure": {"class"}, "figcaption": set[str](), "img": {"class", "width", "height", "alt", "src"},
    "html": {"lang"}, "head": set[str](), "meta": {"charset", "name", "content"}, "title": set[str](),
    "link": {"rel", "href"}, "style": {"nonce"}, "body": set[str](), "main": set[str](),
}  # fmt: skip
VOID = {"img", "hr", "meta", "link"}
CLASSES = set(re.findall(r"\.([a-z]+[0-9]*)\b(?=[ ,:{])", html.STYLESHEET.read_text()))


class Judge(HTMLParser):
    """Fails on anything that is not on the list; keeps the text and the classes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.classes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= ALLOWED[tag]
        values = dict(attrs)
        self.classes |= set((values.get("class") or "").split())
        if tag == "img":
            assert str(values["src"]).startswith("data:image/png;base64,")
            assert "alt" in values
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def judged(text: str) -> Judge:
    judge = Judge()
    judge.feed(text)
    judge.close()
    assert judge.open == []
    return judge


def run(text: str, x: int = 0, y: int = 0, advance: int = 12, **style: int) -> Run:
    worn = Style(**style)  # type: ignore[arg-type]
    return Run(x, y, advance * len(text), worn.cell_height * worn.height, text, advance, worn)


@given(SHEETS)
def test_any_sheet_is_on_the_list(sheet: Sheet) -> None:
    for text in (
        html.render(sheet),
        html.render(sheet, stylesheet="/static/receipt.css", title="<b>"),
        html.fragment(sheet),
    ):
        judge = judged(text)
        assert judge.classes <= CLASSES
        assert " style=" not in text


HOSTILE = st.text(st.characters() | st.sampled_from("<>&\"'=/\x00\x1b\u202e"), min_size=1, max_size=40) | st.sampled_from([
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</article></main><h1>", "<!--", "]]>", "&lt;",
    "\u202eevil",
])  # fmt: skip


@given(HOSTILE, HOSTILE)
def test_hostile_text_stays_text(item: str, data: str) -> None:
    sheet = Sheet(
        width_dots=576,
        boxes=[
            run(item),
            Symbol(0, 60, 99, 99, "qr", data.encode("utf-8", "replace"), hri=item),
            Picture(0, 200, 40, 40, 0, 0, b"", key=data, missing=True),
            Picture(0, 300, 8, 1, 8, 1, b"\xff", key=data),
        ],
    )
    text = html.fragment(sheet)
    judge = judged(text)
    assert judge.classes <= CLASSES
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text)


def lines(sheet: Sheet) -> list[str]:
    paragraphs = re.findall(r"<p class=.*?</p>", html.fragment(sheet))
    return ["".join(judged(paragraph).text) for paragraph in paragraphs]


def test_columns_and_reading_order() -> None:
    sheet = Sheet(
        width_dots=384,
        boxes=[run("2,500", 324, 40), run("Итого", 0, 40), run("Магазин", 120, 0, 24, width=2), run("вниз", 0, 80)],
    )
    assert lines(sheet) == [" " * 10 + "Магазин", "Итого" + " " * 22 + "2,500", "вниз"]


def test_letters_of_different_height_share_a_line_by_their_foot() -> None:
    assert lines(Sheet(width_dots=384, boxes=[run("a"), run("B", 12, -24, 12, height=2)])) == ["aB"]


def test_text_struck_twice_is_told_once_and_overprint_is_kept() -> None:
    assert lines(Sheet(width_dots=384, boxes=[run("bold"), run("bold"), run("____")])) == ["bold", "____"]


def test_upside_down_text_is_read_in_its_own_order() -> None:
    boxes: list[Run] = [run("second", 0, 0), run("first", 300, 0)]
    for box in boxes:
        box.direction = 2
    assert [line.split() for line in lines(Sheet(width_dots=384, boxes=[*boxes]))] == [["first", "second"]]


def test_bands_of_one_picture_are_one_picture() -> None:
    bands = [Picture(0, 24 * n, 8, 24, 8, 24, b"\xff" * 24) for n in range(5)]
    assert html.fragment(Sheet(width_dots=384, boxes=[*bands])).count("<img") == 1


def test_what_a_symbol_says_is_there_to_read() -> None:
    symbol = Symbol(0, 0, 99, 99, "qr", "https://kvit.example/r/가".encode())
    text = html.fragment(Sheet(width_dots=384, boxes=[symbol], language="ko"))
    assert 'alt="qr: https://kvit.example/r/가"' in text
    assert "<figcaption><bdi>https://kvit.example/r/가</bdi></figcaption>" in text
    assert '<article class="receipt c32" lang="ko">' in text


def test_letters_under_a_bar_code_are_told_once() -> None:
    symbol = Symbol(0, 0, 285, 124, "ean13", b"4006381333931", 3, 100, hri="4006381333931", hri_place=2)
    text = html.fragment(Sheet(width_dots=384, boxes=[symbol]))
    assert 'height="100"' in text
    assert text.count(">4006381333931<") == 1


def test_pictures_are_told_in_the_language_of_the_receipt() -> None:
    boxes: list[Box] = [
        Picture(0, 0, 8, 1, 8, 1, b"\xff"),
        Picture(0, 30, 60, 24, 0, 0, b"", key="nv:1", missing=True),
        Symbol(0, 60, 60, 24, "ean13", b"x", fault="symbol.letters"),
    ]
    text = html.fragment(Sheet(width_dots=384, boxes=boxes, language="ru"))
    assert 'alt="изображение"' in text
    assert "логотип nv:1" in text
    assert "ean13, который нельзя" in text
    assert 'alt="picture"' in html.fragment(Sheet(width_dots=384, boxes=boxes, language="ja"))


def test_a_cut_is_a_break() -> None:
    assert '<hr class="cut">' in html.fragment(Sheet(width_dots=384, height_dots=10, events=[Event("cut", 10)]))


def test_a_page_names_no_other_place() -> None:
    text = html.render(Sheet(width_dots=384, boxes=[run("a")]), nonce="n0nce")
    assert not re.search("url\\(|https?:|@import|//", text.replace("<!doctype html>", ""))
    assert '<style nonce="n0nce">' in text
    assert html.FONT.exists()


def test_many_pieces_on_one_line_do_not_take_for_ever() -> None:
    pieces = [Run(0, 0, 12, 24, "x" + str(n % 10), 12, Style()) for n in range(20_000)]
    assert html.fragment(Sheet(width_dots=384, boxes=[*pieces]))
