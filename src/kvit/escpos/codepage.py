"""Code pages: which letters the bytes 80..FF stand for, and what ``ESC R`` makes of twelve ASCII places.

A page has a name (``cp866``, ``iso8859-7``, ``katakana``); which number of ``ESC t n`` means it is for the profile to
say. Each page has a grade, so that nobody mistakes a guess for a fact:

* ``codec``     Python's own codec, from the published standard
* ``standard``  a published standard Python lacks (770, 771, 772, 774, 851, 853, 1098, ELOT 928, VISCII)
* ``observed``  read off printers and their charts by escpos-printer-db (katakana, TCVN-3, Star's Latvian; profiles/NOTICE)
* ``inferred``  ours, by a stated rule: the maker names a known set (KBL, CS2, ABICOMP, TIS11), or hiragana stands where
  JIS X 0201 has the same katakana (tools/codepages.toml has the reason for each)
* ``unknown``   we know of no table we may use: every byte is U+FFFD, to be counted and shown, never guessed
  (most Thai codes, most of Star's own pages, vendors' Hebrew, Epson's Indic pages, pages drawn by the user)

A cell of a known page whose letter nobody published is U+FFFD too.

Only bytes from 20 up are letters; what lies below is control and never comes here. Byte 7F is kept.

The international sets are those of Epson's manual, 0..17; the Indian ones (66..75, 82) put the rupee sign on ``$``,
which is inferred. Epson's charts print ``5C`` as a backslash in every set but those that say otherwise, so a Won or a
Yen sign comes from ``ESC R 13`` or ``ESC R 8``, not from the page.
"""

from __future__ import annotations

import codecs
from functools import lru_cache

import msgspec

HOLE = "\ufffd"
"""Stands for a byte nobody has a letter for."""

ASCII = "".join(map(chr, range(0x80)))

CODECS = (
    "ascii", "cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp856", "cp857", "cp858", "cp860",
    "cp861", "cp862", "cp863", "cp864", "cp865", "cp866", "cp869", "cp874", "cp1125", "cp1250", "cp1251", "cp1252",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4",
    "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "iso8859-15", "kz1048", "koi8-r", "koi8-u",
)  # fmt: skip
"""Pages whose table is Python's codec of the same name."""

UNPUBLISHED = (
    "unknown", "user", "kanji-1", "kanji-2", "thai13", "thai14", "thai16", "thai17", "thai42", "khmer", "latvian",
    "star-standard",
    "bixolon-cp866", "bixolon-hebrew", "pos8360-hebrew", "xprinter-hebrew", "devanagari", "bengali", "tamil", "telugu",
    "assamese", "oriya", "kannada", "malayalam", "gujarati", "punjabi", "marathi", "cp871", "cp1001", "cp3001",
    "cp3002", "cp3041", "cp3841", "cp3843", "cp3845", "cp3846", "cp3847", "utf-8",
)  # fmt: skip
"""Pages that exist in printers and in no table we have. CP871 is an EBCDIC page; what a printer draws for it is unknown.
``utf-8`` is no page at all: a printer that has it under a number reads sequences then (`kvit.escpos.multibyte`)."""

ALIASES = {
    "rk1048": "kz1048", "cp1048": "kz1048", "cp1118": "cp774", "cp1119": "cp772", "latin1": "iso8859-1",
    "pc437": "cp437", "tis-620": "cp874", "tis620": "cp874",
}  # fmt: skip

PLACES = "#$@[\\]^`{|}~"
"""The twelve ASCII places ``ESC R`` gives other letters to."""

_SETS: dict[int, str] = {
    0: PLACES,
    1: "#$à°ç§^`éùè¨",
    2: "#$§ÄÖÜ^`äöüß",
    3: "£$@[\\]^`{|}~",
    4: "#$@ÆØÅ^`æøå~",
    5: "#¤ÉÄÖÅÜéäöåü",
    6: "#$@°\\é^ùàòèì",
    7: "₧$@¡Ñ¿^`¨ñ}~",
    8: "#$@[¥]^`{|}~",
    9: "#¤ÉÆØÅÜéæøåü",
    10: "#$ÉÆØÅÜéæøåü",
    11: "#$á¡Ñ¿é`íñóú",
    12: "#$á¡Ñ¿éüíñóú",
    13: "#$@[₩]^`{|}~",
    14: "#$ŽŠĐĆČžšđćč",
    15: "#¥@[\\]^`{|}~",
    16: "#₫@[\\]^`{|}~",
    17: PLACES,
    **dict.fromkeys((*range(66, 76), 82), "#₹@[\\]^`{|}~"),
}

INTERNATIONAL: dict[int, dict[str, str]] = {
    number: {place: letter for place, letter in zip(PLACES, letters, strict=True) if place != letter}
    for number, letters in _SETS.items()
}
"""``ESC R n``: the ASCII letters replaced and what stands there instead. A number not in here changes nothing."""


def canonical(name: str) -> str:
    """Give our name for a page: case aside, ``windows-1251``, ``PC866``, ``ISO_8859-2`` are understood.

    Raises LookupError for a name no page has.
    """
    known = _canonical(name)
    if known is None:
        raise LookupError(f"no code page is called {name!r}")
    return known


def names() -> tuple[str, ...]:
    """Every page by name, the unpublished ones too."""
    return (*CODECS, *_data(), *UNPUBLISHED)


def grade(name: str) -> str:
    """Say how well the page is known: ``codec standard observed inferred unknown``."""
    page = canonical(name)
    if page in CODECS:
        return "codec"
    return "unknown" if page in UNPUBLISHED else _data()[page]["grade"]


@lru_cache(maxsize=256)
def table(name: str) -> str:
    """Give the 128 letters of 80..FF, `HOLE` where there is none. Raises LookupError."""
    page = canonical(name)
    if page in UNPUBLISHED:
        return HOLE * 128
    if page in CODECS:
        return bytes(range(0x80, 0x100)).decode(page, "replace")
    return _data()[page]["letters"]


@lru_cache(maxsize=512)
def decoding(name: str, international: int = 0) -> str:
    """Give the 256 letters `codecs.charmap_decode` wants: the page under an international set."""
    letters = ASCII + table(name)
    replaced = INTERNATIONAL.get(international)
    return letters.translate({ord(place): letter for place, letter in replaced.items()}) if replaced else letters


def decode(data: bytes, name: str, international: int = 0) -> str:
    """Read bytes as letters, one for one; bytes without a letter become `HOLE`."""
    return codecs.charmap_decode(data, "strict", decoding(name, international))[0]


@lru_cache(maxsize=256)
def encoding(name: str) -> dict[str, int]:
    """Map each letter of the page to its byte 80..FF; of letters standing twice the first place counts."""
    letters = table(name)
    return {letter: 0x80 + place for place, letter in reversed(list(enumerate(letters))) if letter != HOLE}


def encode(text: str, name: str, international: int = 0) -> bytes | None:
    """Write text in the page, None when it has a letter the page under that set does not print."""
    places = _places(name, international)
    try:
        return bytes([places[letter] for letter in text])
    except KeyError:
        return None


@lru_cache(maxsize=256)
def _places(name: str, international: int) -> dict[str, int]:
    letters = decoding(name, international)
    return {letter: byte for byte, letter in reversed(list(enumerate(letters))) if letter != HOLE}


@lru_cache(maxsize=512)
def _canonical(name: str) -> str | None:
    plain = name.strip().lower().replace("_", "-").replace(" ", "")
    plain = plain.replace("windows-", "cp").replace("windows", "cp").replace("iso-8859", "iso8859")
    for word in (plain, ALIASES.get(plain, ""), plain.replace("cp-", "cp"), plain.replace("pc", "cp", 1)):
        if word in CODECS or word in UNPUBLISHED or word in _data():
            return word
    return None


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, str]]:
    held = __loader__.get_data(__file__.removesuffix("codepage.py") + "codepages.json")  # type: ignore[name-defined]
    pages: dict[str, dict[str, str]] = msgspec.json.decode(held)["pages"]
    return pages
