"""One kind of printer as slots see it: how wide a place is, its bytes around slots, which letters it writes. Pure.

Nothing here knows the printer's commands. A line is laid out and pressed as any other paper, with fillers where values
will stand: as many letters as the place has, of the language and from one page. The filler's bytes are looked for in what
came out, and what lies around them is kept as it is. The number behind the last ``ESC t`` (of Star's heads: ``ESC GS t``)
before a slot tells its page.

Only heads written in ESC/POS, StarPRNT or Star line mode: there a letter is one or two bytes wherever it stands. Other
languages (tags, XML, pictures, Aclas' own letters) want the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.escpos import codepage
from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import Repertoire, repertoire_of
from kvit.paper import document as paper
from kvit.paper.languages import registry
from kvit.paper.languages.stream import parse
from kvit.paper.sheet import Run
from kvit.paper.width import cells

LANGUAGES: Final = frozenset({"escpos", "starprnt", "star-line"})
SAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "ko": ("가나",), "zh": ("中文",), "ru": ("ЖД",), "kk": ("ҚӨ", "ЖД"), "en": ("éè",),
}  # fmt: skip
"""Two letters of a language that stand on one page; the first pair a head writes is its filler."""
PLAIN: Final = "AB"
UTF8: Final = "utf-8"
PAIRS: Final = "pairs"
LETTERS_TRIED: Final = (range(0x3000, 0xA000), range(0xAC00, 0xD7A4), range(0xFF01, 0xFFEF))
"""Where letters of two-byte sets are."""
MEASURE: Final = 200
"""Letters no line has."""
PAGES: Final = ("ESC t", "ESC GS t")
"""Commands whose last byte is the number of the page from there on, in ESC/POS and in Star's languages."""
FEW: Final = 4
"""Letters of a filler where the printer itself aligns the line."""

Put = Callable[[Sequence[str]], paper.Block]
"""Gives the line's block with other texts in its places."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A slot's place: bytes before it come from the piece before."""

    cells: int
    letters: str


class Head:
    """A printer's profile, and what presses a document for it (cut and copies left out)."""

    def __init__(self, profile: Profile, press: Callable[[paper.Document], bytes], language: str) -> None:
        assert profile.language in LANGUAGES
        self.profile, self._press = profile, press
        self._repertoire: Repertoire = repertoire_of(profile)
        pairs = [each for each in (*SAMPLES.get(language, ()), *SAMPLES["en"]) if self._way(each)]
        self._sample = pairs[0] if pairs else PLAIN
        self.tables: dict[str, tuple[tuple[str, str], ...]] = {}

    def _way(self, text: str) -> str:
        """``n`` or ``w`` where all letters go the same native way, else nothing."""
        repertoire = self._repertoire
        if repertoire.unicode:
            return "n"
        if repertoire.mask(text):
            return "n"
        return "w" if repertoire.system != "jis" and all(map(repertoire.pair, text)) else ""

    def press(self, blocks: Sequence[paper.Block]) -> bytes:
        """Press blocks as a paper of their own."""
        return self._press(paper.Document(list(blocks)))

    def widths(self, put: Put, places: int) -> list[int]:
        """How many narrow letters each place of a line has."""
        letters = [chr(ord("a") + place) for place in range(places)]
        sheet = registry.compose(paper.Document([put([letter * MEASURE for letter in letters])]), self.profile)
        text = "".join(box.text for box in sheet.boxes if isinstance(box, Run))
        return [text.count(letter) for letter in letters]

    def cut(
        self, put: Put, places: Sequence[int | None], letters: Sequence[str], pads: bool
    ) -> tuple[list[bytes], list[Cut]] | None:
        """Press a line; ``places`` are cells, None where a place has letters of its own (``put`` leaves it alone).

        ``letters`` are those each place must be able to write besides its values. Gives the bytes around the slots and the
        slots; None where the printer does not write them apart.
        """
        slots = [place for place, width in enumerate(places) if width is not None]
        widths = [places[place] or 0 for place in slots]
        more = [letters[place] for place in slots]
        found = self._around(put, slots, widths if pads else [min(each, FEW) for each in widths], more)
        if found is None:
            return None
        if not pads:  # the printer aligns: what stands before a text must not hang on how long it is
            longer = self._around(put, slots, [min(each, 2 * FEW) for each in widths], more)
            if longer is None or longer[0] != found[0]:
                return None
        around, names = found
        return around, [Cut(width, name) for width, name in zip(widths, names, strict=True)]

    def _around(
        self, put: Put, slots: Sequence[int], widths: Sequence[int], more: Sequence[str]
    ) -> tuple[list[bytes], list[str]] | None:
        fillers = [self._filler(place, width, more[place]) for place, width in enumerate(widths)]
        texts = dict(zip(slots, fillers, strict=True))
        most = max(slots, default=-1) + 1
        data = self.press([put([texts.get(place, "") for place in range(most)])])
        at, around, names = 0, [], []
        for filler in fillers:
            found = self._found(data, at, filler)
            if found is None:
                return None
            start, end, name = found
            around.append(data[at:start])
            names.append(name)
            at = end
        return [*around, data[at:]], names

    def _filler(self, place: int, width: int, more: str) -> str:
        """A text no other place of the line has: ``XXXY``, ``XXYY`` …, with the letters that must be on its page."""
        more = "".join(dict.fromkeys(letter for letter in more if letter > "~" and letter != "\xa0"))
        sample = self._sample
        if more and self._way(more) == "n" and cells(more) <= width - 2:
            sample = sample if self._way(more + sample) == "n" and cells(sample) == 2 else more[0] + "A"
        else:
            more = ""
        one, other = tuple(sample)
        room = width - cells(more)
        count = room // cells(one)
        tail = min(place + 1, max(1, count - 1))
        made = more + one * (count - tail) + other * tail
        return made + "A" * (width - cells(made))

    def _found(self, data: bytes, at: int, filler: str) -> tuple[int, int, str] | None:
        """Where the filler stands, and the table it is written from."""
        repertoire = self._repertoire
        ways: list[tuple[bytes, str]] = []
        if repertoire.unicode:
            ways = [(filler.encode(), UTF8)]
        elif self._way(filler) == "n":
            pages = [page for page in range(len(repertoire.pages)) if repertoire.mask(filler) >> page & 1]
            ways = [(repertoire.single(filler, page), "") for page in pages]
        elif all(letter < "\x7f" or repertoire.pair(letter) for letter in filler):
            ways = [(b"".join(repertoire.pair(each) or each.encode() for each in filler), PAIRS)]
        for made, way in ways:
            start = data.find(made, at)
            name = way or self._page(data[: max(start, 0)])
            if start >= 0 and (way or codepage.encode(filler, name) == made):
                return start, start + len(made), self._paired() if way == PAIRS else name
        return None

    def _page(self, before: bytes) -> str:
        """The code page in force behind some bytes; its table is kept."""
        number = self.profile.code_page
        for command in parse(before, self.profile)[0]:
            if command.name in PAGES:
                number = command.raw[-1]
            elif command.name == "ESC @":
                number = self.profile.code_page
        name = codepage.canonical(self.profile.code_pages.get(number, "cp437"))
        if name not in self.tables:
            letters = {letter: byte for letter, byte in codepage.encoding(name).items() if letter.isprintable()}
            self.tables[name] = _rows({letter: bytes([byte]) for letter, byte in letters.items()})
        return name

    def _paired(self) -> str:
        if PAIRS not in self.tables:
            letters = (chr(code) for codes in LETTERS_TRIED for code in codes)
            found = {letter: pair for letter in letters if (pair := self._repertoire.pair(letter)) is not None}
            self.tables[PAIRS] = _rows(found)
        return PAIRS

    def writes(self, text: str, name: str) -> bool:
        """Say whether a table has all letters of a text."""
        known = {letter for _, letters in self.tables.get(name, ()) for letter in letters}
        return name == UTF8 or all(" " <= letter <= "~" or letter == "\xa0" or letter in known for letter in text)


def _rows(codes: dict[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Letters whose codes follow each other are one row."""
    order = sorted(codes.items(), key=lambda pair: pair[1])
    rows: list[tuple[str, str]] = []
    last = b""
    for letter, code in order:
        if last and len(last) == len(code) and int.from_bytes(code, "big") == int.from_bytes(last, "big") + 1:
            rows[-1] = (rows[-1][0], rows[-1][1] + letter)
        else:
            rows.append((code.hex(), letter))
        last = code
    return tuple(rows)


def texts_of(block: paper.Block) -> list[str] | None:
    """The texts of a line's places: of a paragraph one, of a table's row one a column; None of any other block."""
    if isinstance(block, paper.Text):
        return [_text(block.content)]
    if isinstance(block, paper.Table) and len(block.rows) == 1:
        return [_text(each.content if isinstance(each, paper.Cell) else each) for each in block.rows[0]]
    return None


def with_texts(block: paper.Block, texts: Sequence[str | None]) -> paper.Block:
    """The line with other texts, cut where they have no room; None leaves a place as it is."""
    if isinstance(block, paper.Text):
        return msgspec.structs.replace(block, content=_put(block.content, texts[0] if texts else None), wrap="clip")
    assert isinstance(block, paper.Table)
    columns = [msgspec.structs.replace(each, wrap="clip") for each in block.columns]
    row = [_put(_content(each), texts[at] if at < len(texts) else None) for at, each in enumerate(block.rows[0])]
    return msgspec.structs.replace(block, columns=columns, rows=[row])


def _content(cell: paper.Content | paper.Cell) -> paper.Content:
    return cell.content if isinstance(cell, paper.Cell) else cell


def _text(content: paper.Content) -> str:
    return content if isinstance(content, str) else "".join(span.text for span in content)


def _put(content: paper.Content, text: str | None) -> paper.Content:
    if text is None:
        return content
    return text if isinstance(content, str) else [msgspec.structs.replace(content[0], text=text)]
