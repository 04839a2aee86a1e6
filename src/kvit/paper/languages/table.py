"""A tag language somebody else described: the table a pack brings for a printer Kvit does not know yet.

A table (JSON) says how wide the paper is, which tags there are and what they do; `feie` could be one. The bytes are made by
`tagged` as for the languages of our own, so a text in a receipt stays text whatever the table says. The letters around a
tag are always replaced in texts (by their full-width twins, or by round brackets where the printer has ASCII only), more of
them where ``escapes`` says so.

A tag whose effect is none of ours (``pairs``, ``singles``) is written by nobody but a script
(`kvit.device.adapters.scripted`), and the player skips it: a look shows the letters, their order, sizes and symbols, not
what such a tag adds.

Left out: one look a line, copies inside the text, letters other than GBK and ASCII, commands that are no tag. A device
alone would teach whether a described printer does what its table says; golden cases hold the bytes, not the paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, Literal

import msgspec

from kvit.escpos.profiles import Profile, load
from kvit.escpos.profiles.profile import Font, Multibyte
from kvit.paper.languages.lines import COLUMN_DOTS, Act
from kvit.paper.languages.pack_names import BASE
from kvit.paper.languages.tagged import LINE_FEED, Tongue
from kvit.paper.languages.tame import Manner, Size, gbk_up_to

TABLE_BYTES_MAX: Final = 64 << 10
TAGS_MAX: Final = 64
TAG: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}")
MEDIA_TYPE: Final = re.compile(r"(text|application)/[a-z0-9][a-z0-9.+-]{0,60}(; charset=utf-8)?")
BRACKETS: Final = ("<>", "[]", "{}")
PAPERS: Final = (58, 80, 112)
COLUMNS: Final = range(16, 97)
MAGNIFIED: Final = range(1, 9)
SYMBOLS: Final = ("qr", "pdf417", "ean13", "ean8", "upca", "code39", "itf", "codabar", "code93")
"""Kinds a layout leaves to the head (`kvit.paper.symbology`); any other would be dots, which tags can not say.

Of Code 128 a layout makes data with code sets in Epson's spelling, so it is not among them.
"""
SYMBOL_WORDS: Final = frozenset({"barcode_b", "pdf417"})
"""What a profile of a printer that has some of them is said to be able to do."""
MARK_BYTES_MAX: Final = 2_000
"""More than a QR code of any receipt holds."""
DIGITS_MAX: Final = 32
FORCED: Final = {"<": "＜", ">": "＞", "[": "［", "]": "］", "{": "｛", "}": "｝"}
CUT: Final = Act("cut", {"full": 0})
PULSE: Final = Act("pulse", {"pin": 2, "on_ms": 120, "off_ms": 240})


class Symbol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tag around a symbol's data, or with ``digits`` one before so many digits and nothing behind them."""

    kind: str
    """One of `SYMBOLS`."""
    bytes_max: int = 256
    """Of data, in GBK, as these services count."""
    digits: int = 0
    once: bool = False
    """One a paper."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language. Tags stand without brackets."""

    columns: dict[int, int]
    """By paper in mm: letters on a line; the first paper is the usual one."""
    brackets: str = "<>"
    new_line: str = ""
    """The tag that ends a line; empty: a line feed does."""
    media_type: str = "text/plain; charset=utf-8"
    letters: Literal["gbk", "ascii"] = "gbk"
    sizes: dict[str, tuple[int, int]] = {}
    """Pairs of tags, and how much wider and higher letters are between them."""
    bold: str = ""
    aligns: dict[str, Literal["centre", "right"]] = {}
    """Pairs of tags that align; Kvit makes columns of spaces and never writes them, a script may."""
    symbols: dict[str, Symbol] = {}
    cut: str = ""
    drawer: str = ""
    pairs: tuple[str, ...] = ()
    """More tags a script may write, with their ends."""
    singles: tuple[str, ...] = ()
    """The same without ends."""
    escapes: dict[str, str] = {}
    """Signs that are dangerous in texts, and what is printed for them."""
    bytes_max: int = 0
    """The longest content every account takes; 0: no limit is known."""
    script: str = ""
    """The pack's script that arranges the tags of a line; empty: Kvit does, as for its own languages."""

    def tags(self) -> Iterator[str]:
        """Every tag there is."""
        yield from (each for each in (self.new_line, self.bold, self.cut, self.drawer) if each)
        for more in (self.sizes, self.aligns, self.symbols, self.pairs, self.singles):
            yield from more


class PackLanguage(msgspec.Struct, frozen=True):
    """A language as a pack brings it."""

    name: str
    """With `kvit.paper.languages.pack_names.PACK` before it."""
    table: Table
    source: str = ""
    """Of the script that arranges it, where there is one."""

    @property
    def papers(self) -> tuple[int, ...]:
        """In mm, the usual one first."""
        return tuple(self.table.columns)


def read(data: bytes) -> Table:
    """Read a table. Raises ValueError (`msgspec.DecodeError` is one) that says what is wrong with it."""
    if len(data) > TABLE_BYTES_MAX:
        raise ValueError(f"{len(data)} bytes; at most {TABLE_BYTES_MAX}")
    try:
        table = msgspec.json.decode(data, type=Table)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    for wrong, is_wrong in _CHECKS:
        if is_wrong(table):
            raise ValueError(wrong)
    return table


def _bad_tags(table: Table) -> bool:
    tags = list(table.tags())
    plain = {tag.casefold() for tag in tags}  # some services read <b> as <B>
    return len(tags) > TAGS_MAX or len(plain) < len(tags) or not all(TAG.fullmatch(tag) for tag in tags)


def _bad_symbol(symbol: Symbol) -> bool:
    known = symbol.kind in SYMBOLS and 1 <= symbol.bytes_max <= MARK_BYTES_MAX
    return not known or not 0 <= symbol.digits <= DIGITS_MAX


def _bad_escape(table: Table, sign: str, printed: str) -> bool:
    if len(sign) != 1 or len(printed) != 1 or not (sign + printed).isprintable() or sign in FORCED:
        return True
    dangerous = {*table.escapes, *table.brackets}
    return (
        any(each.isalnum() or each.isspace() for each in sign + printed)
        or printed in dangerous
        or not _has(table, printed)
    )


def _has(table: Table, letter: str) -> bool:
    try:
        letter.encode(table.letters)
    except UnicodeEncodeError:
        return False
    return True


_CHECKS: Final[tuple[tuple[str, Callable[[Table], bool]], ...]] = (
    ("columns: paper 58, 80 or 112 mm, 16 to 96 letters", lambda table: not table.columns or any(
        paper not in PAPERS or count not in COLUMNS for paper, count in table.columns.items())),
    ("brackets: <>, [] or {}", lambda table: table.brackets not in BRACKETS),
    ("media_type", lambda table: not MEDIA_TYPE.fullmatch(table.media_type)),
    ("tags: a letter, then letters and digits, 16 at most; each once, capitals aside; 64 at most", _bad_tags),
    ("sizes: 1 to 8, and one of them more than 1", lambda table: any(
        size == (1, 1) or any(each not in MAGNIFIED for each in size) for size in table.sizes.values())),
    ("symbols: kind, bytes_max 1 to 2000, digits 0 to 32", lambda table: any(
        map(_bad_symbol, table.symbols.values()))),
    ("escapes: one sign for one sign, neither a letter nor a digit, brackets aside", lambda table: any(
        _bad_escape(table, *each) for each in table.escapes.items())),
    ("bytes_max", lambda table: not 0 <= table.bytes_max <= 1 << 20),
    ("script", lambda table: bool(table.script) and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", table.script)),
)  # fmt: skip


def tongue_of(table: Table) -> Tongue:
    """The table as our own languages have theirs."""
    return Tongue(
        manner=_manner(table),
        new_line=f"{table.brackets[0]}{table.new_line}{table.brackets[1]}" if table.new_line else LINE_FEED,
        looks=table.sizes,
        bold=table.bold,
        marks={tag: each.kind for tag, each in table.symbols.items()},
        acts={tag: act for tag, act in ((table.cut, CUT), (table.drawer, PULSE)) if tag},
        aligns=dict(table.aligns),
        digits={tag: each.digits for tag, each in table.symbols.items() if each.digits},
        brackets=table.brackets,
        silent=frozenset((*table.pairs, *table.singles)),
    )


def _manner(table: Table) -> Manner:
    twins = (
        dict(zip(table.brackets, "()", strict=True))
        if table.letters == "ascii"
        else {sign: FORCED[sign] for sign in table.brackets}
    )
    sizes: tuple[Size, ...] = ((1, 1), *table.sizes.values())
    return Manner(
        sizes=sizes,
        bold=bool(table.bold),
        twins={**table.escapes, **twins},
        marks={each.kind: _takes(each) for each in reversed(table.symbols.values())},
        once=frozenset(each.kind for each in table.symbols.values() if each.once),
        bytes_max=table.bytes_max,
    )


def _takes(symbol: Symbol) -> Callable[[str], bool]:
    """Which data a symbol takes; a printer adds the check digit of twelve digits itself."""
    if not symbol.digits:
        return gbk_up_to(symbol.bytes_max)
    more = "[0-9]?" if (symbol.kind, symbol.digits) == ("ean13", 12) else ""
    digits = re.compile(rf"[0-9]{{{symbol.digits}}}{more}", re.ASCII)
    return lambda data: digits.fullmatch(data) is not None


def profile_of(language: PackLanguage, paper_mm: int) -> Profile:
    """The printer's facts on one of the language's papers. Raises KeyError for another paper."""
    table = language.table
    able = frozenset(word for word, tag in (("cut_partial", table.cut), ("pulse", table.drawer)) if tag)
    kinds = tuple(sorted({each.kind for each in table.symbols.values()}))
    able |= SYMBOL_WORDS if kinds else set()
    return _profile(language.name, paper_mm, table.columns[paper_mm], table.letters, able, kinds)


@lru_cache(maxsize=16)
def _profile(
    name: str, paper_mm: int, columns: int, letters: str, able: frozenset[str], kinds: tuple[str, ...]
) -> Profile:
    """The same facts are the same profile, so its text engine is made once."""
    base = load(BASE)
    return msgspec.structs.replace(
        base,
        name=name,
        language=name,
        model=name,
        width_dots=columns * COLUMN_DOTS,
        paper_mm=paper_mm,
        fonts={"A": Font(COLUMN_DOTS, base.font.height, columns)},
        features=base.features | able,
        symbologies=kinds,
        multibyte=Multibyte() if letters == "ascii" else base.multibyte,
        source="a pack",
    )
