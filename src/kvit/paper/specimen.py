"""The test print: everything a profile claims, on one strip of paper, so that a person sees what is not so.

It is put together of parts, each a document with its own profile. Code pages need that: a letter is in many pages, and the
writer would take whichever is in force; so the line of page 17 is laid out for a head that has nothing but page 17. All
parts are printed one after another, each begins with a reset. Languages of tags and XML have no such pages and get one.

What could not be had as asked (`Sheet.problems`) is named at the end, with the features the profile lacks. The same bytes
played make the picture to compare with: where the paper differs from it, the profile is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kvit.escpos import codepage
from kvit.escpos.profiles import Profile
from kvit.i18n import codes, say
from kvit.paper import image, sample
from kvit.paper.builder import Builder, part, span
from kvit.paper.document import Column, Document
from kvit.paper.languages.registry import write
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Problem
from kvit.paper.symbology import KINDS

SECTIONS = ("columns", "looks", "sizes", "places", "pages", "scripts", "table", "areas", "pictures", "symbols", "lacks")
PAGED = ("escpos", "star-line", "starprnt")
"""Languages whose receipts may be put one behind the other."""
AREA_LINES = 5
"""Lines of each of the four parts of the area: what stands upright in it has room."""
LABEL_CELLS = 15
"""Of a code page's line: its number and its name."""
LETTERS_MAX = 32
"""Of a code page's line: more tell no more."""
FEATURES = ("raster", "graphics", "bit_image", "cut_full", "cut_partial", "pulse", "page_mode", "nv_images", "nv_graphics",
            "user_glyphs", "utf8", "italic", "two_color")  # fmt: skip
"""Whose lack is named."""
EXPECTED = ("letters.drawn", "symbol.drawn")
"""Problems the print itself shows; they are no lack."""

Part = tuple[Document, Profile]


class Specimen(msgspec.Struct, frozen=True):
    """A test print ready to send: its bytes, and what the head lacks as sentences."""

    data: bytes
    lacks: tuple[str, ...]


def specimen(profile: Profile, language: str = "en", sections: tuple[str, ...] = SECTIONS) -> Specimen:
    """The test print of a profile; ``sections`` are some of `SECTIONS`. Raises `NoWriterError` where nothing is written."""
    parts = list(_parts(profile, language, sections))
    sheets = [(lay_out(document, head), head) for document, head in parts]
    lacks = lacks_of(profile, [problem for sheet, _ in sheets for problem in sheet.problems], language)
    end = _end(profile, lacks if "lacks" in sections else (), language)
    if profile.language not in PAGED:
        whole = Document([block for document, _ in parts for block in document.blocks] + end.blocks)
        return Specimen(write(lay_out(whole, profile), profile), lacks)
    sheets.append((lay_out(end, profile), profile))
    return Specimen(b"".join(write(sheet, head) for sheet, head in sheets), lacks)


def lacks_of(profile: Profile, problems: list[Problem], language: str) -> tuple[str, ...]:
    """What the head can not do, one sentence each: what the layout gave up, then features, then pages nobody knows."""
    said = [_sentence(each, language) for each in problems if each.code not in EXPECTED]
    lacking = [word for word in FEATURES if not profile.has(word)]
    if lacking:
        said.append(say(language, "paper.specimen_features", features=" ".join(lacking)))
    hidden = [
        str(number) for number, page in sorted(profile.code_pages.items()) if not _shown(profile, number, page, 1)
    ]
    if hidden:
        said.append(say(language, "paper.specimen_hidden_pages", pages=" ".join(hidden)))
    return tuple(dict.fromkeys(said))


def _sentence(problem: Problem, language: str) -> str:
    for code in (f"problem.look_{problem.values.get('word', '')}", f"problem.{problem.code.replace('.', '_')}"):
        if code in codes():
            return say(language, code, **problem.values)
    return problem.code


def _parts(profile: Profile, language: str, sections: tuple[str, ...]) -> Iterator[Part]:
    """The parts but for the end; what stands between two parts of pages is one document."""
    page = _Page(profile, language)
    page.head()
    for section in SECTIONS[:-1]:
        if section not in sections or (section == "pages" and profile.language not in PAGED):
            continue
        page.heading(section)
        if section == "pages":
            yield page.taken(), profile
            yield from _pages(profile)
        else:
            getattr(page, section)()
    yield page.taken(), profile


def _pages(profile: Profile) -> Iterator[Part]:
    """A line for each page, laid out for a head that has this one alone."""
    room = min(max(profile.width_dots // profile.font.width - LABEL_CELLS, 1), LETTERS_MAX)
    for number, page in sorted(profile.code_pages.items()):
        letters = _shown(profile, number, page, room)
        if letters:
            alone = msgspec.structs.replace(profile, code_pages={number: page})
            yield Builder().text(f"{number:>3} {page[:10]:<10} {letters}", wrap="character").document(), alone


def _shown(profile: Profile, number: int, page: str, room: int) -> str:
    """The letters of a page's line; none where nobody knows them, or the head never gets there."""
    if codepage.grade(page) == "unknown" or ("esc_t_ignored" in profile.quirks and number != profile.code_page):
        return ""
    return sample.letters_of(page, room)


def _end(profile: Profile, lacks: tuple[str, ...], language: str) -> Document:
    page = _Page(profile, language)
    if lacks:
        page.heading("lacks")
        for sentence in lacks:
            page.made.text(f"- {sentence}")
    page.made.text(page.say("end"), align="centre").cut()
    return page.taken()


class _Page:
    """Sections written down one after another."""

    def __init__(self, profile: Profile, language: str) -> None:
        self.profile, self.language = profile, language
        self.columns_count = profile.width_dots // profile.font.width
        self.made = Builder()

    def say(self, word: str, **values: str | int) -> str:
        """A sentence of the test print."""
        return say(self.language, f"paper.specimen_{word}", **values)

    def taken(self) -> Document:
        """What was written so far; a new document begins."""
        document, self.made = self.made.document(), Builder()
        return document

    def heading(self, word: str) -> None:
        """A section's title."""
        self.made.line().text(self.say(word), bold=True)

    def head(self) -> None:
        """Whose test print it is."""
        profile = self.profile
        maker = f"{profile.vendor} {profile.model}".strip()
        self.made.text(self.say("title"), align="centre", bold=True, width=2, height=2)
        self.made.text(f"{profile.name}\n{maker}" if maker else profile.name, align="centre")
        self.made.text(f"{profile.paper_mm} mm, {profile.width_dots} dots, {profile.dpi} dpi", align="centre")
        self.made.text(self.say("compare", name=profile.name))

    def columns(self) -> None:
        """Rulers: the last digit of each stands at the right edge."""
        for font in ("A", "B", "C"):
            if font not in self.profile.fonts:
                continue
            count = self.profile.width_dots // self.profile.fonts[font].width
            tens = "".join(f"{place:>10}" for place in range(10, count + 1, 10))
            units = ("1234567890" * (count // 10 + 1))[:count]
            self.made.text(span(tens, font=font), wrap="character").text(span(units, font=font), wrap="character")
            self.made.text(f"{font}: {count}", font=font)

    def looks(self) -> None:
        """Every look under its own name."""
        self.made.text("ABC abc 0123")
        for look in ({"bold": True}, {"underline": 1}, {"underline": 2}, {"invert": True}, {"italic": True},
                     {"turned": True}, {"colour": "red"}, {"font": "B"}, {"font": "C"}):  # fmt: skip
            ((name, value),) = look.items()
            self.made.text(f"{name if value is True else f'{name} {value}'} ABC abc", **look)
        self.made.text("bold underline invert", bold=True, underline=2, invert=True)
        self.made.text("upside down ABC abc", upside_down=True)

    def sizes(self) -> None:
        """Sizes 1 to 8, and those that differ across and down."""
        self.made.text(*(span(str(size), width=size, height=size) for size in range(1, 5)))
        self.made.text(span("2x1 ", width=2), span("1x2 ", height=2), span("1x4", height=4))
        for size in (5, 6, 7, 8):
            self.made.text(span(str(size) * max(self.columns_count // size // 2, 1), width=size, height=size))

    def places(self) -> None:
        """Alignment, and a pair at both edges."""
        for align in ("left", "centre", "right"):
            self.made.text(f"|{align}|", align=align)
        self.made.pair("|left", "right|")

    def scripts(self) -> None:
        """A line in each script, the head's own letters where it has them."""
        system = self.profile.multibyte.system
        self.made.text(self.say("system", system=system))
        for name, text in sample.SCRIPTS:
            self.made.text(f"{name:<6}{text}")

    def table(self) -> None:
        """A table whose rules join, with a cell that wraps."""
        columns = [Column(weight=3), Column(width=4, align="right"), Column(weight=2, align="right")]
        rows = [["Item", "Qty", "Sum"], ["Americano with oat milk", "2", "9.00"], ["Tea", "1", "3.50"]]
        self.made.table(columns, rows, border=True, heads=1)

    def areas(self) -> None:
        """A frame, and words in four directions: page mode where the head has it."""
        half = self.columns_count // 2
        corners = ((0, 0), (half, 0), (0, AREA_LINES), (half, AREA_LINES))
        parts = [
            part(Builder().text(f"{direction} ABC abc"), x, y, half, AREA_LINES, direction)
            for direction, (x, y) in enumerate(corners)
        ]
        self.made.frame(Builder().text("ABC abc", align="centre")).area(parts, 2 * AREA_LINES)

    def pictures(self) -> None:
        """Wedges of grey in each dithering, and the card of lines."""
        wide = self.profile.width_dots // 8 * 8
        for tone in ("floyd-steinberg", "atkinson", "bayer"):
            self.made.text(tone).image(sample.wedge(wide), tone=tone)
        self.made.text("line").image(sample.card(min(wide, image.MAX_COLUMNS)), tone="line")

    def symbols(self) -> None:
        """Every kind of symbol, and who prints it."""
        for kind in KINDS:
            self.made.text(f"{kind} ({self.say(self._way(kind))})").code(
                kind, sample.SYMBOLS[kind], **sample.OPTIONS.get(kind, {})
            )

    def _way(self, kind: str) -> str:
        """Whether the head prints it from its data: as the layout will find."""
        alone = Builder().code(kind, sample.SYMBOLS[kind], **sample.OPTIONS.get(kind, {})).document()
        sheet = lay_out(alone, self.profile)
        if not sheet.boxes:
            return "absent"
        return "drawn" if any(each.code == "symbol.drawn" for each in sheet.problems) else "native"
