"""Pairs of bytes as one letter: Japanese, Chinese, Korean text and UTF-8, as a printer reads them.

A printer is in one state: pairs on or off, and one system (the model's, or the choice of ``FS C``, ``FS ( C`` or
``GS ( E``). Off, every byte is a letter of the current code page. On, lead and trail bytes make one letter, two cells
wide:

==============  ==========================  ===================================  =====================================
system          lead                        trail                                single bytes
==============  ==========================  ===================================  =====================================
shift-jis       81-9F E0-FC                 40-7E 80-FC                          A1-DF are half-width katakana
jis             21-7E                       21-7E                                only between ``FS &`` and ``FS .``
gb18030         81-FE                       40-7E 80-FE, or 30-39 81-FE 30-39
big5            81-FE                       40-7E A1-FE
ksc5601 cp949   81-FE                       41-5A 61-7A 81-FE
utf-8           well-formed sequences                                            cells by Unicode's East Asian Width
==============  ==========================  ===================================  =====================================

A lead byte not followed by a trail is a single byte of the code page, and what follows is read afresh: a control byte
is never swallowed. So Latin accents on a Chinese model left in its power-on state pair up into hanzi here exactly as on
its paper. A pair with no letter in the system's table is one U+FFFD, two cells wide.

Left out: TransAct's ``ESC +`` (UTF-16/32 for commands and text alike), which is another wire, not another text system.
"""

from __future__ import annotations

import re
from codecs import charmap_decode, getdecoder
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from unicodedata import east_asian_width

from kvit.escpos import codepage

Piece = tuple[str, int]
"""Letters side by side and how many cells each of them takes: 1 or 2."""

SYSTEMS = ("none", "shift-jis", "shift-jis-2004", "jis", "gb18030", "big5", "ksc5601", "cp949", "utf-8", "open")
"""Names a profile may use. ``open`` reads as ``none`` until somebody learned better."""

_SJIS_PAIR = rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]"
_RUNS: dict[str, bytes] = {
    "shift-jis": _SJIS_PAIR,
    "shift-jis-2004": _SJIS_PAIR,
    "jis": rb"[\x21-\x7e][\x21-\x7e]",
    "gb18030": rb"[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[\x30-\x39][\x81-\xfe][\x30-\x39])",
    "big5": rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]",
    "ksc5601": rb"[\x81-\xfe][\x41-\x5a\x61-\x7a\x81-\xfe]",
    "utf-8": rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}",
}
_RUNS["cp949"] = _RUNS["ksc5601"]

_TAILS: dict[str, bytes] = {
    "shift-jis": rb"[\x81-\x9f\xe0-\xfc]",
    "shift-jis-2004": rb"[\x81-\x9f\xe0-\xfc]",
    "jis": rb"[\x21-\x7e]",
    "gb18030": rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe]?)?",
    "big5": rb"[\x81-\xfe]",
    "ksc5601": rb"[\x81-\xfe]",
    "cp949": rb"[\x81-\xfe]",
    "utf-8": rb"[\xc2-\xf4]|\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]?|[\xf1-\xf3][\x80-\xbf]{1,2}|\xf4[\x80-\x8f][\x80-\xbf]?",
}
"""What may stand at the end of a piece and still become a letter with the next bytes."""

_TAIL_BYTES = 3
"""No beginning of a letter is longer: four bytes are the longest letter."""

_CODECS: dict[str, tuple[str, ...]] = {
    "shift-jis": ("cp932",),
    "shift-jis-2004": ("shift_jis_2004", "cp932"),
    "jis": ("cp932",),
    "gb18030": ("gb18030",),
    "big5": ("big5hkscs", "cp950"),
    "ksc5601": ("cp949",),
    "cp949": ("cp949",),
}
"""Python's codecs for a system, the first that has the pair wins (printers' Big5 has kana where ETEN put them)."""

_KATAKANA = "".join(chr(0xFF61 + place) for place in range(0x3F))


class Decoder:
    """Reads text as one printer does, its state between calls. Any splitting of the bytes gives the same letters.

    ``system`` one of `SYSTEMS`, ``on`` whether pairs are read, ``page`` and ``international`` name the single bytes.
    Changing any of them is a command on the wire, so call `flush` before, as the player does at every command.
    """

    __slots__ = ("_codec", "_pairs", "_pending", "_single", "_tail", "_wide", "international", "on", "page", "system")

    def __init__(self, system: str = "none", on: bool = False, page: str = "cp437", international: int = 0) -> None:
        self._pending = b""
        self.system, self.on, self.page, self.international = system, on, page, international
        self._choose()

    def select(
        self,
        *,
        system: str | None = None,
        on: bool | None = None,
        page: str | None = None,
        international: int | None = None,
    ) -> None:
        """Change what a command changed; the rest stays. Raises LookupError for a page or system without a name."""
        self.system = self.system if system is None else system
        self.on = self.on if on is None else on
        self.page = self.page if page is None else page
        self.international = self.international if international is None else international
        self._choose()

    def _choose(self) -> None:
        if self.system not in SYSTEMS:
            raise LookupError(f"no multibyte system is called {self.system!r}")
        self._single = codepage.decoding(self.page, self.international)
        if not self.on or self.system in ("none", "open"):
            self._pairs = None
            return
        self._pairs = _pattern(self.system)
        self._codec = _PLAIN_CODECS.get(self.system) if self._single.startswith(codepage.ASCII) else None
        self._tail = _tail(self.system)
        self._wide = _wide(self.system)
        if self.system.startswith("shift-jis"):
            self._single = self._single[:0xA1] + _KATAKANA + self._single[0xE0:]

    def feed(self, data: bytes) -> list[Piece]:
        """Read bytes, give pieces of letters with their cells; the beginning of a letter waits for the next call."""
        pairs = self._pairs
        if pairs is None:
            return [(charmap_decode(data, "strict", self._single)[0], 1)] if data else []
        if not self._pending and self.system != "jis" and data.isascii():
            return [(charmap_decode(data, "strict", self._single)[0], 1)] if data else []
        data = self._pending + data
        pieces = _by_codec(data, self._codec) if self._codec else None
        if pieces is None:
            return self._split(data, pairs)
        self._pending = b""
        return pieces

    def flush(self) -> list[Piece]:
        """Give the beginning that never became a letter as single bytes: text is over or a command follows."""
        data, self._pending = self._pending, b""
        return [(charmap_decode(data, "strict", self._single)[0], 1)] if data else []

    def read(self, data: bytes) -> list[Piece]:
        """Read a whole text at once."""
        return self.feed(data) + self.flush()

    def _split(self, data: bytes, pairs: re.Pattern[bytes]) -> list[Piece]:
        pieces: list[Piece] = []
        single, done = self._single, 0
        for match in pairs.finditer(data):
            start = match.start()
            if start > done:
                pieces.append((charmap_decode(data[done:start], "strict", single)[0], 1))
            pieces += self._wide(match.group())
            done = match.end()
        open_tail = self._tail.search(data, max(done, len(data) - _TAIL_BYTES))
        end = open_tail.start() if open_tail else len(data)
        self._pending = data[end:]
        if end > done:
            pieces.append((charmap_decode(data[done:end], "strict", single)[0], 1))
        return pieces


_PLAIN_CODECS = {"gb18030": "gb18030", "big5": "big5hkscs", "ksc5601": "cp949", "cp949": "cp949"}
"""Systems whose single bytes are ASCII alone: Python's codec reads such text whole, what is no ASCII came from pairs."""
_PIECES = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")


def whole(system: str, page: str, international: int = 0) -> Callable[[bytes], tuple[str, int]] | None:
    """Give what reads a text of ASCII and whole pairs at once, two cells to each letter that is no ASCII (a codec's
    decoder: letters, and how many bytes). It raises UnicodeDecodeError for any other text.

    None for systems whose single bytes are more than ASCII, and where ``page`` or ``international`` changes ASCII.
    """
    codec = _PLAIN_CODECS.get(system)
    if codec is None or not codepage.decoding(page, international).startswith(codepage.ASCII):
        return None
    return getdecoder(codec)


def runs(text: str) -> list[str]:
    """Cut letters where ASCII ends and begins."""
    return _PIECES.findall(text)


def _by_codec(data: bytes, codec: str) -> list[Piece] | None:
    """Read text without a byte outside pairs, a letter cut short, or a pair without a letter; None for any other."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return [(piece, 1 if piece.isascii() else 2) for piece in runs(text)]


def split(system: str, data: bytes) -> list[tuple[bool, bytes]]:
    """Cut bytes into runs of whole pairs (True) and single bytes (False), for a caller with its own single letters."""
    runs: list[tuple[bool, bytes]] = []
    done = 0
    for match in _pattern(system).finditer(data):
        if match.start() > done:
            runs.append((False, data[done : match.start()]))
        runs.append((True, match.group()))
        done = match.end()
    if done < len(data):
        runs.append((False, data[done:]))
    return runs


def decode(system: str, pairs: bytes) -> str:
    """Read a run of whole pairs, as `split` cuts them."""
    return "".join(text for text, _ in _wide(system)(pairs))


def loose_lead(system: str, data: bytes) -> bytes:
    """Give the end of the data that may become a letter with the bytes to come; empty when there is none."""
    runs = split(system, data)
    if not runs or runs[-1][0]:
        return b""
    match = _tail(system).search(runs[-1][1][-_TAIL_BYTES:])
    return match.group() if match else b""


@lru_cache(maxsize=16)
def _pattern(system: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + _RUNS[system] + rb")+")


@lru_cache(maxsize=16)
def _tail(system: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + _TAILS[system] + rb")\Z")


@lru_cache(maxsize=16)
def _wide(system: str) -> Callable[[bytes], list[Piece]]:
    """Give the function that turns a run of whole letters into pieces."""
    if system == "utf-8":
        return _utf8
    codecs = _CODECS[system]
    letter = re.compile(_RUNS[system])

    def read(run: bytes) -> list[Piece]:
        if system == "jis":
            run = _shifted(run)
        try:
            return [(run.decode(codecs[0]), 2)]
        except UnicodeDecodeError:
            pattern = _LETTER_SJIS if system == "jis" else letter
            return [("".join(_letter(pair, codecs) for pair in pattern.findall(run)), 2)]

    return read


_LETTER_SJIS = re.compile(rb"..", re.DOTALL)


def _letter(pair: bytes, codecs: tuple[str, ...]) -> str:
    for codec in codecs:
        try:
            text = pair.decode(codec)
        except UnicodeDecodeError:
            continue
        if len(text) == 1:
            return text
    return codepage.HOLE


def _utf8(run: bytes) -> list[Piece]:
    text = run.decode("utf-8")
    return [("".join(letters), cells) for cells, letters in groupby(text, key=_cells)]


def _cells(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1


def _shifted(run: bytes) -> bytes:
    """Turn JIS pairs (21-7E each) into Shift-JIS pairs, where Python's fuller table is."""
    made = bytearray()
    for row, cell in zip(run[::2], run[1::2], strict=True):
        made.append((row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0))
        made.append(cell + 0x7E if row % 2 == 0 else cell + 0x1F + (cell >= 0x60))
    return bytes(made)
