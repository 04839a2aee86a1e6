"""Breaking: letters to lines no wider than their room.

Lines break behind spaces and on both sides of wide letters, but never before a mark that closes nor behind one that opens
(after Unicode Standard Annex 14, classes CL, CP, EX, IS, NS, OP); a word wider than the line breaks anywhere. Spaces at a
line's end hang over and go. `filled` does it for plain letters (strings, counted in cells), `lines` for pieces of several
looks (counted in dots); both give the same lines where both could be asked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby

import msgspec

from kvit.paper import rtl
from kvit.paper.document import Wrap
from kvit.paper.sheet import Style
from kvit.paper.typeset import RIGHT_TO_LEFT, Piece, Pieces, Plain, Typesetter, Way, cells_of, width_of
from kvit.paper.width import cell_width, clusters

BREAKING = "wD"
"""Kinds one may break before and behind."""
CLOSING = frozenset(")]},.!?:;%»”’…、。，．・：；！？）］｝」』】〉》〕〗％ー々")
"""Never first on a line because a wide letter stands beside."""
OPENING = frozenset("([{«“‘（［｛「『【〈《〔〖￥￦")
"""Never last on a line for that reason."""
DOTS = "…"


def filled(plain: Plain, columns: int, wrap: Wrap, setter: Typesetter) -> list[Plain]:
    """Lines of at most so many cells; a letter wider than that stands alone."""
    text, kinds = plain
    if cells_of(plain) <= columns:
        return [plain]
    if wrap == "ellipsis":
        return [_cut_short(plain, columns, setter)]
    if wrap in ("character", "clip"):
        full = _exact(plain, max(columns, 0))
        return full[:1] if wrap == "clip" else full
    columns = max(columns, 1)
    if not kinds:
        return [(line, "") for line in narrow_lines(text, columns)]
    ends = list(accumulate(2 if kind in "wvD" else 1 for kind in kinds or "n" * len(text)))
    made: list[Plain] = []
    at, used = 0, 0
    while at < len(text):
        most = max(bisect_right(ends, used + columns, at), at + 1)
        cut = _break(plain, at, most) if most < len(text) else most
        made.append(part_of(plain, at, max(len(text[:cut].rstrip(" ")), at)))
        at = cut
        while at < len(text) and text[at] == " ":
            at += 1
        used = ends[at - 1]
    return made


def _exact(plain: Plain, columns: int) -> list[Plain]:
    """Every cell filled, spaces as any letter; letters wider than a line are left out."""
    text, kinds = plain
    if columns < 2 and kinds:
        kept = [number for number, kind in enumerate(kinds) if kind not in BREAKING + "v"] if columns else []
        text, kinds = "".join(text[n] for n in kept), "".join(kinds[n] for n in kept)
    elif columns < 1:
        text = ""
    ends = list(accumulate(2 if kind in "wvD" else 1 for kind in kinds or "n" * len(text)))
    plain = (text, kinds)
    made: list[Plain] = []
    at, used = 0, 0
    while at < len(text):
        cut = bisect_right(ends, used + columns, at)
        made.append(part_of(plain, at, cut))
        at, used = cut, ends[cut - 1]
    return made or [("", "")]


def part_of(plain: Plain, start: int, end: int) -> Plain:
    """Some of the letters."""
    kinds = plain[1][start:end]
    return plain[0][start:end], kinds if kinds.strip("n") else ""


def narrow_lines(text: str, columns: int) -> list[str]:
    """The same for words of narrow letters only."""
    made: list[str] = []
    at = 0
    while len(text) - at > columns:
        cut = text.rfind(" ", at, at + columns + 1)
        if cut <= at:
            cut = at + columns
        made.append(text[at:cut].rstrip(" "))
        at = cut
        while text[at : at + 1] == " ":
            at += 1
    if at < len(text):
        made.append(text[at:].rstrip(" "))
    return made


def _break(plain: Plain, start: int, most: int) -> int:
    """The last place a line of the letters from ``start`` may end, not behind ``most``."""
    text, kinds = plain
    for cut in range(most, start, -1):
        if text[cut] == " " or text[cut - 1] == " ":
            return cut
        if (kinds[cut] in BREAKING or kinds[cut - 1] in BREAKING) and _may_part(text[cut - 1], text[cut]):
            return cut
    return most


def _may_part(before: str, behind: str) -> bool:
    """Whether a line may end between two letters, one of them wide."""
    return behind not in CLOSING and before not in OPENING


def _cut_short(plain: Plain, columns: int, setter: Typesetter) -> Plain:
    """As many letters as fit with the dots behind them."""
    dots = _dots(setter)
    kept, used = 0, len(dots)
    for kind in plain[1] or "n" * len(plain[0]):
        used += 2 if kind in "wvD" else 1
        if used > columns:
            break
        kept += 1
    text, kinds = part_of(plain, 0, kept)
    return text + dots, kinds and kinds + "n" * len(dots)


def _dots(setter: Typesetter) -> str:
    return DOTS if setter.repertoire.mask(DOTS) else ".."


def lines(pieces: Pieces, room: int, wrap: Wrap, setter: Typesetter) -> list[Pieces]:
    """Break a paragraph into lines of at most ``room`` dots, seen from left to right; a wider letter stands alone."""
    made = _broken(pieces, room, wrap, setter)
    text = "".join([piece.text for piece in pieces])
    if text.isascii() or not RIGHT_TO_LEFT.search(text):
        return made
    leftward = rtl.is_right_to_left(text)
    return [seen(line, leftward) for line in made]


def _broken(pieces: Pieces, room: int, wrap: Wrap, setter: Typesetter) -> list[Pieces]:
    """The lines in the order they were written."""
    if width_of(pieces) <= room:
        return [pieces]
    if wrap == "ellipsis":
        return [_shortened(pieces, room, setter)]
    if wrap == "word":
        return _filled(_words(pieces), room)
    made = _packed([letter for letter in letters_of(pieces) if letter.width <= room], room)
    return made[:1] if wrap == "clip" else made


def _packed(letters: list[Piece], room: int) -> list[Pieces]:
    """Every dot filled, spaces as any letter."""
    made: list[list[Piece]] = []
    used = room
    for letter in letters:
        if used + letter.width > room:
            made.append([])
            used = 0
        made[-1].append(letter)
        used += letter.width
    return [joined(line) for line in made] or [()]


def _shortened(pieces: Pieces, room: int, setter: Typesetter) -> Pieces:
    """As many letters as fit with the dots behind them."""
    mark = _dots(setter)
    first, face = pieces[0], setter.plain_face
    style, advance = (first.style, first.advance) if first.way is Way.NARROW else (face.narrow, face.narrow_advance)
    height = first.height if first.way is Way.NARROW else face.height
    dots = Piece(mark, Way.NARROW, style, advance, len(mark) * advance, height)
    kept: list[Piece] = []
    left = room - dots.width
    for letter in letters_of(pieces):
        left -= letter.width
        if left < 0:
            break
        kept.append(letter)
    return joined([*kept, dots])


def letters_of(pieces: Pieces) -> list[Piece]:
    """Every letter a piece of its own."""
    return [
        Piece(cluster, piece.way, piece.style, piece.advance, piece.advance, piece.height)
        for piece in pieces
        for cluster in clusters(piece.text)
    ]


def _words(pieces: Pieces) -> list[list[Piece]]:
    """Letters grouped to what stays together: words with the spaces behind them, wide letters each alone."""
    words: list[list[Piece]] = [[]]
    after_space = False
    for letter in letters_of(pieces):
        space = letter.text == " "
        last = words[-1][-1].text if words[-1] else " "
        wide = cell_width(letter.text[0]) == 2 or cell_width(last[0]) == 2
        if words[-1] and not space and (after_space or (wide and _may_part(last[0], letter.text[0]))):
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
                    if letter.text == " ":
                        continue
                    made.append([])
                    used = 0
                made[-1].append(letter)
                used += letter.width
            continue
        made[-1] += word
        used += width_of(word)
    return [joined(_stripped(line)) for line in made]


def _stripped(line: list[Piece]) -> list[Piece]:
    end = len(line)
    while end and line[end - 1].text == " ":
        end -= 1
    return line[:end]


def joined(letters: Sequence[Piece]) -> Pieces:
    """Neighbours printed one way become one piece again."""
    made: list[Piece] = []
    for (way, style, advance, height), group in groupby(letters, key=_sort):
        held = list(group)
        made.append(Piece("".join(each.text for each in held), way, style, advance, width_of(held), height))
    return tuple(made)


def _sort(piece: Piece) -> tuple[Way, Style, int, int]:
    return piece.way, piece.style, piece.advance, piece.height


def seen(pieces: Pieces, right_to_left: bool) -> Pieces:
    """A line's pieces in the order they are seen in, where some run to the left."""
    letters = [_carried(each) for each in letters_of(pieces)]
    order = rtl.visual([each.text for each in letters], right_to_left)
    return joined([_mirrored(letters[place]) if leftward else letters[place] for place, leftward in order])


def _carried(piece: Piece) -> Piece:
    """A mark without a letter stands on a space, or it would join the letter that comes to stand before it."""
    return piece if cell_width(piece.text[0]) else msgspec.structs.replace(piece, text=" " + piece.text)


def _mirrored(piece: Piece) -> Piece:
    text = rtl.mirrored(piece.text)
    return piece if text == piece.text else msgspec.structs.replace(piece, text=text)
