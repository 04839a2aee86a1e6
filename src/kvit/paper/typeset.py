"""The text engine: spans of a document to pieces a head prints, and pieces to lines.

Text is normalised (NFC), its control letters and bidi orders are taken away, and it is cut where the way of printing
changes: *narrow* letters of a code page, *wide* letters of the two-byte set, *drawn* letters the head has nowhere (they are
drawn from our own fonts, in cells of the same measures). So widths are those of the encoding that will be used: Cyrillic
out of a code page is one cell, out of a Chinese set it would be two.

A mark (Thai vowel, Unicode category Mn) stays with its letter and takes no room. Lines break between words and between
wide letters; a word wider than the line breaks anywhere.

Left out: right-to-left order and joining of Arabic and Hebrew (they are printed in the order they are written in, and the
result says so), hyphenation, rules of which Han letter may not begin a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from itertools import groupby

import msgspec

from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import repertoire_of
from kvit.paper.document import Content, Span
from kvit.paper.sheet import Style
from kvit.paper.width import cell_width, clusters

STRIPPED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""C0 but the line feed, DEL, C1, bidi orders, zero-width and format letters, lone surrogates: nothing that prints."""
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
KEPT = 4_096
"""Texts and looks remembered: item names and headings come again."""
SIZE_LIMIT = 6
"""Of heads with the quirk ``size_limit_6``."""


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
    """What of the look the head has not: ``font italic colour size``."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Letters side by side printed one way, in cells of one width. ``width`` in dots."""

    text: str
    way: Way
    style: Style
    advance: int
    width: int

    @property
    def height(self) -> int:
        """Dots from the top of the letters to their foot."""
        return self.style.cell_height * self.style.height


Pieces = tuple[Piece, ...]


class Typesetter:
    """The text engine of one head."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.repertoire = repertoire_of(profile)
        self.cell = profile.font.width
        self._faces: dict[Span, Face] = {}
        self._pieces: dict[tuple[str, Face], Pieces] = {}
        self._plain = self.face(Span(""))

    def face(self, span: Span) -> Face:
        """The span's look, as far as the head has it."""
        look = span if not span.text else msgspec.structs.replace(span, text="")
        found = self._faces.get(look)
        if found is None:
            if len(self._faces) >= KEPT:
                self._faces.clear()
            found = self._faces[look] = _face(self.profile, look)
        return found

    def paragraphs(self, content: Content) -> list[Pieces]:
        """The lines the text itself makes (by ``\\n``), each as pieces."""
        if isinstance(content, str):
            if "\n" not in content:
                return [self.pieces(content, self._plain)]
            return [self.pieces(text, self._plain) for text in content.split("\n")]
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
        found = self._pieces.get((text, face))
        if found is None:
            if len(self._pieces) >= KEPT:
                self._pieces.clear()
            found = self._pieces[text, face] = self._cut(text, face)
        return found

    def _cut(self, text: str, face: Face) -> Pieces:
        clean = clean_text(text)
        if not clean:
            return ()
        if clean.isascii() or self.repertoire.mask(clean):
            return (_piece(clean, Way.NARROW, len(clusters(clean)), face.narrow, face.narrow_advance),)
        made: list[Piece] = []
        for (way, wide), group in groupby(clusters(clean), key=self._way):
            letters = list(group)
            style, advance = (face.wide, face.wide_advance) if wide else (face.narrow, face.narrow_advance)
            made.append(_piece("".join(letters), way, len(letters), style, advance))
        return tuple(made)

    def _way(self, cluster: str) -> tuple[Way, bool]:
        """How a letter with its marks is printed, and whether its cell is wide."""
        if self.repertoire.mask(cluster):
            return Way.NARROW, False
        if self.repertoire.pair(cluster[0]) and len(cluster) == 1:
            return Way.WIDE, True
        return Way.DRAWN, cell_width(cluster[0]) == 2


def clean_text(text: str) -> str:
    """NFC without anything that is no letter: what is left can never be a command."""
    if text.isascii() and text.isprintable():
        return text
    return STRIPPED.sub("", unicodedata.normalize("NFC", text.replace("\t", " "))).replace("\n", " ")


def _piece(text: str, way: Way, count: int, style: Style, advance: int) -> Piece:
    return Piece(text, way, style, advance, count * advance)


def _face(profile: Profile, span: Span) -> Face:
    missing: list[str] = []
    font = span.font if span.font in profile.fonts else "A"
    italic = span.italic and profile.has("italic")
    colour = int(span.colour == "red" and profile.has("two_color"))
    limit = SIZE_LIMIT if profile.has("size_limit_6") else 8
    for word, lacks in (
        ("font", font != span.font), ("italic", italic != span.italic), ("colour", bool(colour) != (span.colour == "red")),
        ("size", max(span.width, span.height) > limit),
    ):  # fmt: skip
        missing += [word] if lacks else []
    cell = profile.fonts[font]
    narrow = Style(
        font, cell.width, cell.height, min(span.width, limit), min(span.height, limit), span.bold, span.underline,
        italic, span.invert, False, colour,
    )  # fmt: skip
    pairs = profile.multibyte
    wide = msgspec.structs.replace(narrow, cell_width=pairs.cell_width // 2, cell_height=pairs.cell_height)
    return Face(narrow, wide, cell.width * narrow.width, pairs.cell_width * narrow.width, tuple(missing))


def width_of(pieces: Sequence[Piece]) -> int:
    """Dots across."""
    if len(pieces) == 1:
        return pieces[0].width
    return sum(piece.width for piece in pieces)


def lines(pieces: Pieces, room: int, wrap: str, setter: Typesetter) -> list[Pieces]:
    """Break pieces into lines of at most ``room`` dots; a letter wider than that stands alone."""
    if width_of(pieces) <= room:
        return [pieces]
    if wrap == "ellipsis":
        return [_shortened(pieces, room, setter)]
    return _filled(_words(pieces) if wrap == "word" else [[letter] for letter in _letters(pieces)], room)


def _shortened(pieces: Pieces, room: int, setter: Typesetter) -> Pieces:
    """As many letters as fit with the dots behind them."""
    mark = "…" if setter.repertoire.mask("…") else ".."
    last = pieces[0]
    style, advance = last.style, last.advance
    if last.way is not Way.NARROW:
        style, advance = setter.face(Span("")).narrow, setter.face(Span("")).narrow_advance
    dots = _piece(mark, Way.NARROW, len(mark), style, advance)
    kept: list[Piece] = []
    left = room - dots.width
    for letter in _letters(pieces):
        left -= letter.width
        if left < 0:
            break
        kept.append(letter)
    return _joined([*kept, dots])


def _letters(pieces: Pieces) -> list[Piece]:
    """Every letter a piece of its own."""
    return [
        Piece(cluster, piece.way, piece.style, piece.advance, piece.advance)
        for piece in pieces
        for cluster in clusters(piece.text)
    ]


def _words(pieces: Pieces) -> list[list[Piece]]:
    """Letters grouped to what stays together: words with the spaces behind them, wide letters each alone."""
    words: list[list[Piece]] = [[]]
    after_space = False
    for letter in _letters(pieces):
        space = letter.text == " "
        wide = not space and cell_width(letter.text[0]) == 2
        if words[-1] and not space and (after_space or wide or cell_width(words[-1][-1].text[0]) == 2):
            words.append([])
        words[-1].append(letter)
        after_space = space
    return words


def _filled(words: list[list[Piece]], room: int) -> list[Pieces]:
    """Greedy lines; spaces at a line's end hang over and go."""
    made: list[list[Piece]] = [[]]
    used = 0
    for word in words:
        bare = width_of(_stripped(word))
        if used and used + bare > room:
            made.append([])
            used = 0
        if bare > room:
            for letter in word:
                if used and used + letter.width > room:
                    made.append([])
                    used = 0
                made[-1].append(letter)
                used += letter.width
            continue
        made[-1] += word
        used += width_of(word)
    return [_joined(_stripped(line)) for line in made]


def _stripped(line: list[Piece]) -> list[Piece]:
    end = len(line)
    while end and line[end - 1].text == " ":
        end -= 1
    return line[:end]


def _joined(letters: Sequence[Piece]) -> Pieces:
    """Neighbours printed one way become one piece again."""
    made: list[Piece] = []
    for (way, style, advance), group in groupby(letters, key=lambda each: (each.way, each.style, each.advance)):
        held = list(group)
        made.append(Piece("".join(each.text for each in held), way, style, advance, width_of(held)))
    return tuple(made)


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
