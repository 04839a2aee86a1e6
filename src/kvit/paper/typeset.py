"""The text engine: letters of a document to letters a head prints.

Text is normalised (NFC), its control letters and bidi orders are taken away, and every letter has a *kind*, one letter of a
string as long as the text: how it is printed and how many cells it takes.

    n  narrow, from a code page     w  wide, from the two-byte set      v  the same, for a letter that is narrow elsewhere
    d  drawn, one cell              D  drawn, two cells                 m  a mark, standing on the letter before it

So widths are those of the encoding that will be used: Cyrillic out of a code page is one cell, out of a Chinese set it
would be two; drawn letters come from our own fonts, in cells of the same measures. Letters of one look whose wide cells are
two narrow ones and that have no marks are *plain*: laid out as strings (`Plain`), which is nearly all there is on a
receipt. Everything else goes as pieces, a piece being letters side by side printed one way.

Left out: hyphenation, rules of which Han letter may not begin a line. Right-to-left order is `kvit.paper.rtl`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum

import msgspec

from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import Repertoire, repertoire_of
from kvit.paper import reach, rtl
from kvit.paper.document import Content, Span
from kvit.paper.sheet import Style
from kvit.paper.width import cell_width, clusters

STRIPPED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""C0 but the line feed, DEL, C1, bidi orders, zero-width and format letters, lone surrogates: nothing that prints."""
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
UNCLEAN = re.compile(f"[\t\n]|{STRIPPED.pattern}|{RIGHT_TO_LEFT.pattern}")
"""Letters that make a text go the longer way."""
ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d5\ufb50-\ufdff\ufe80-\ufefc]")
JAMO_PARTS = range(0x1160, 0x1200)
"""Vowels and finals of Hangul written apart: with the letter before them they are one syllable (NFC)."""
KEPT_FACES = 4_096
"""Looks remembered."""
KEPT_LETTERS = 16_384
"""Letters remembered with their kind: more than a Chinese shop has."""
SIZE_LIMIT = 6
"""Of heads with the quirk ``size_limit_6``."""
GROUPS = re.compile("n+|[wv]+|d+|D+")
"""Letters side by side that go one way in cells of one width."""


class Way(IntEnum):
    """How letters get on the paper."""

    NARROW = 0
    WIDE = 1
    DRAWN = 2


class Face(msgspec.Struct, frozen=True, eq=False):
    """A span's look on one head: the styles of narrow and of wide letters, and their advances in dots.

    The engine makes one face a look, so faces are compared by identity.
    """

    narrow: Style
    wide: Style
    narrow_advance: int
    wide_advance: int
    missing: tuple[str, ...] = ()
    """What of the look the head has not: ``font italic colour size turned``."""
    grid: bool = True
    """A wide letter takes two narrow cells."""
    level: bool = True
    """Wide letters are as high as narrow ones."""
    height: int = 24
    """Dots of narrow letters from top to foot."""
    wide_height: int = 24
    open: bool = True
    """A space does not show: places on the line can be reached by spaces."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Letters side by side printed one way, in cells of one width. Lengths in dots."""

    text: str
    way: Way
    style: Style
    advance: int
    width: int
    height: int = 24
    """Dots from the top of the letters to their foot."""


Pieces = tuple[Piece, ...]
Plain = tuple[str, str]
"""Letters of one look on the grid of narrow cells, and their kinds; ``""`` for kinds when all are narrow."""


def cells_of(plain: Plain) -> int:
    """Narrow cells of plain letters."""
    text, kinds = plain
    return 2 * len(text) - kinds.count("n") - kinds.count("d") if kinds else len(text)


class Kinds(dict[int, str]):
    """Letter codes to kinds, found out once each; a table for ``str.translate``. ``x``: the text has to be cleaned.

    Strokes a head has only in wide cells do not join with cells of letters: they are drawn where pictures can be.
    """

    def __init__(self, repertoire: Repertoire, *, cleaned: bool, draws: bool) -> None:
        self._repertoire, self._cleaned, self._draws = repertoire, cleaned, draws

    def __missing__(self, code: int) -> str:
        if len(self) >= KEPT_LETTERS:
            self.clear()
        kind = self[code] = self._of(chr(code), code)
        return kind

    def _of(self, letter: str, code: int) -> str:
        if not self._cleaned and (
            code in JAMO_PARTS or UNCLEAN.match(letter) or unicodedata.normalize("NFC", letter) != letter
        ):
            return "x"
        cells = cell_width(letter)
        if not cells:
            return "m" if self._cleaned else "x"
        way = self._repertoire.way(letter, cells)
        return "d" if self._draws and way in WIDE_KINDS and STROKES.match(letter) else way


class Typesetter:
    """The text engine of one head."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.repertoire = repertoire_of(profile)
        self.cell = profile.font.width
        self._faces: dict[Span, Face] = {}
        draws = bool(reach.picture_way(profile))
        self._kinds = Kinds(self.repertoire, cleaned=False, draws=draws)
        self._clean_kinds = Kinds(self.repertoire, cleaned=True, draws=draws)
        self._narrow: set[str] = set()
        """Letters met that are narrow and need no cleaning: a look into a set is quicker than one into a table."""
        self.plain_face = self.face(Span(""))
        self.expand = Expand(self)

    def face(self, span: Span) -> Face:
        """The span's look, as far as the head has it."""
        look = span if not span.text else msgspec.structs.replace(span, text="")
        found = self._faces.get(look)
        if found is None:
            if len(self._faces) >= KEPT_FACES:
                self._faces.clear()
            found = self._faces[look] = _face(self.profile, look)
        return found

    def plain(self, text: str) -> Plain:
        """A text without line feeds as letters that print, each with its kind; they may hold marks (``m``)."""
        if text.isascii() and text.isprintable():
            return text, ""
        if self._narrow.issuperset(text):
            return text, ""
        kinds = text.translate(self._kinds)
        if "x" in kinds:
            text = clean_text(text)
            if RIGHT_TO_LEFT.search(text):
                text = "".join([self._in_reach(letter) for letter in rtl.shaped(text)])
                return text, _of_one_hand(text, text.translate(self._clean_kinds))
            kinds = text.translate(self._clean_kinds)
        if kinds.strip("n"):
            return text, kinds
        self._narrow.update(text)
        return text, ""

    def _in_reach(self, letter: str) -> str:
        """The letter itself for its isolated form, where only that is on a page."""
        plain = rtl.unshaped(letter)
        if plain == letter or self.repertoire.masks[letter] or not self.repertoire.masks[plain]:
            return letter
        return plain

    def on_grid(self, plain: Plain, face: Face) -> bool:
        """True when letters can be laid out as a string in this look."""
        kinds = plain[1]
        if not kinds:
            return True
        return "m" not in kinds and (face.grid or not WIDE.search(kinds)) and not RIGHT_TO_LEFT.search(plain[0])

    def uniform(self, content: Content) -> tuple[Face, str] | None:
        """The one look of a content and its letters; None where there are several."""
        if isinstance(content, str):
            return self.plain_face, content
        return (self.face(content[0]), content[0].text) if len(content) == 1 else None

    def paragraphs(self, content: Content) -> list[Pieces]:
        """The lines the text itself makes (by ``\\n``), each as pieces."""
        if isinstance(content, str):
            return [self.pieces(text, self.plain_face) for text in content.split("\n")]
        made: list[Pieces] = [()]
        for span in content:
            first, *more = span.text.split("\n")
            face = self.face(span)
            made[-1] += self.pieces(first, face)
            made += [self.pieces(text, face) for text in more]
        return made

    def missing(self, content: Content) -> list[str]:
        """What the head lacks of the looks asked for."""
        if isinstance(content, str):
            return []
        return [word for span in content for word in self.face(span).missing]

    def pieces(self, text: str, face: Face) -> Pieces:
        """Letters of one look as pieces."""
        plain = self.plain(text)
        return self.cut(plain, face) if plain[0] else ()

    def cut(self, plain: Plain, face: Face) -> Pieces:
        """Letters with their kinds as pieces."""
        text, kinds = plain
        if not kinds:
            width = len(text) * face.narrow_advance
            return (Piece(text, Way.NARROW, face.narrow, face.narrow_advance, width, face.height),)
        if "m" in kinds:
            kinds, units = self._marked(text, kinds)
        else:
            units = text  # type: ignore[assignment]
        made: list[Piece] = []
        start = 0
        for found in GROUPS.finditer(kinds):
            end, kind = found.end(), kinds[start]
            style, advance, height = face.narrow, face.narrow_advance, face.height
            if kind not in "nd":
                style, advance, height = face.wide, face.wide_advance, face.wide_height
            made.append(Piece("".join(units[start:end]), WAYS[kind], style, advance, (end - start) * advance, height))
            start = end
        return tuple(made)

    def _marked(self, text: str, kinds: str) -> tuple[str, list[str]]:
        """Letters with the marks on them, and one kind for each: a letter goes as its marks can go."""
        units = clusters(text)
        made: list[str] = []
        for each in units:
            kind = each[0].translate(self._clean_kinds)
            if kind == "m":
                kind = "n" if self.repertoire.mask(each) else "d"
            elif len(each) > 1 and not (kind == "n" and self.repertoire.mask(each)):
                kind = "D" if cell_width(each[0]) == 2 else "d"
            made.append(kind)
        return "".join(made), units


class Expand(dict[int, str]):
    """Letter codes to the letter, a wide one with a filler behind it: then ``len`` and padding count cells."""

    def __init__(self, setter: Typesetter) -> None:
        self._setter = setter

    def __missing__(self, code: int) -> str:
        if len(self) >= KEPT_LETTERS:
            self.clear()
        letter = chr(code)
        made = self[code] = letter + FILLER * (self._setter.plain(letter)[1][:1] in WIDE_KINDS)
        return made


FILLER = "\0"
"""Stands behind a wide letter while cells are padded; no text that prints holds it."""
WIDE_KINDS = ("w", "v", "D")
WIDE = re.compile("[wvD]")
STROKES = re.compile("[\u2500-\u257f]")
WAYS = {"n": Way.NARROW, "w": Way.WIDE, "v": Way.WIDE, "d": Way.DRAWN, "D": Way.DRAWN}


def _of_one_hand(text: str, kinds: str) -> str:
    """Arabic letters all drawn where the head has only some of their forms."""
    if any(kind == "d" and ARABIC.match(letter) for letter, kind in zip(text, kinds, strict=True)):
        return "".join("d" if ARABIC.match(letter) else kind for letter, kind in zip(text, kinds, strict=True))
    return kinds


def clean_text(text: str) -> str:
    """NFC without anything that is no letter: what is left can never be a command."""
    if text.isascii() and text.isprintable():
        return text
    return STRIPPED.sub("", unicodedata.normalize("NFC", text.replace("\t", " "))).replace("\n", " ")


def _face(profile: Profile, span: Span) -> Face:
    missing: list[str] = []
    font = span.font if span.font in profile.fonts else "A"
    italic = span.italic and profile.has("italic")
    colour = int(span.colour == "red" and profile.has("two_color"))
    limit = SIZE_LIMIT if profile.has("size_limit_6") else 8
    for word, lacks in (
        ("font", font != span.font), ("italic", italic != span.italic), ("colour", bool(colour) != (span.colour == "red")),
        ("size", max(span.width, span.height) > limit), ("turned", span.turned and not reach.turns(profile)),
    ):  # fmt: skip
        missing += [word] if lacks else []
    cell, pairs = profile.fonts[font], profile.multibyte
    width, height, turned = min(span.width, limit), min(span.height, limit), span.turned and reach.turns(profile)
    underline = reach.underline(profile, span.underline)
    narrow = Style(
        font, cell.width, cell.height, width, height, span.bold, underline, italic, span.invert, turned, colour
    )
    wide = msgspec.structs.replace(narrow, cell_width=pairs.cell_width // 2, cell_height=pairs.cell_height)
    ours, theirs = (cell.width * width, cell.height * height), (pairs.cell_width * width, pairs.cell_height * height)
    narrow_advance, narrow_height = ours[::-1] if turned else ours
    wide_advance, wide_height = theirs[::-1] if turned else theirs
    return Face(
        narrow, wide, narrow_advance, wide_advance, tuple(missing),
        grid=wide_advance == 2 * narrow_advance, level=narrow_height == wide_height,
        height=narrow_height, wide_height=wide_height, open=not (underline or span.invert),
    )  # fmt: skip


def width_of(pieces: Sequence[Piece]) -> int:
    """Dots across."""
    if len(pieces) == 1:
        return pieces[0].width
    return sum(piece.width for piece in pieces)


_SETTERS: dict[int, tuple[Profile, Typesetter]] = {}
_SETTERS_MAX = 64


def setter_of(profile: Profile) -> Typesetter:
    """The text engine of a profile; one is shared by all documents."""
    known = _SETTERS.get(id(profile))
    if known is None or known[0] is not profile:
        if len(_SETTERS) >= _SETTERS_MAX:
            _SETTERS.clear()
        known = _SETTERS[id(profile)] = (profile, Typesetter(profile))
    return known[1]
