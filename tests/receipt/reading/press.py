"""The press: rows of segments onto a sheet, or into the bytes a till would send."""

from __future__ import annotations

import itertools
import re
import unicodedata

from kvit.escpos import encode
from kvit.escpos.codepage import encode as encode_page
from kvit.paper.sheet import Run, Sheet, Style
from tests.receipt.reading.layouts import Paper, Row

STYLES = {size: Style(width=size, height=size) for size in (1, 2)}
PAGES = {"cp437": 0, "cp1252": 16, "cp866": 17, "cp852": 18, "cp1250": 45, "cp1251": 46}
MULTIBYTE = {"korean": "cp949", "japanese": "shift_jis", "simplified chinese": "gb18030"}


def sheet(paper: Paper) -> Sheet:
    """The sheet a player would make of these rows."""
    made = Sheet(paper.width * 12)
    y = 0
    for row in paper.rows:
        tall = max((size for _, _, size in row), default=1) * 24
        made.boxes += [run for column, text, size in row for run in _runs(column * 12, y + tall, text, size)]
        y += tall + 6
    return made


def _runs(x: int, bottom: int, text: str, size: int) -> list[Run]:
    made = []
    for wide, group in itertools.groupby(text, lambda letter: unicodedata.east_asian_width(letter) in "WF"):
        piece = "".join(group)
        advance = 12 * size * (2 if wide else 1)
        made.append(Run(x, bottom - 24 * size, advance * len(piece), 24 * size, piece, advance, STYLES[size]))
        x += advance * len(piece)
    return made


def stream(paper: Paper, page: str) -> bytes:
    """The bytes of these rows: segments one behind the other, or by absolute position where a row has several."""
    out = [encode("ESC @")]
    if page in PAGES:
        out.append(encode("ESC t", n=PAGES[page]))
    elif page == "japanese":
        out.append(encode("FS C", n=1))
    size_now = 1
    for row in paper.rows:
        size_now = _row(out, row, page, size_now)
        out.append(b"\n")
    out.append(encode("GS V", m=66, n=0))
    return b"".join(out)


def _row(out: list[bytes], row: Row, page: str, size_now: int) -> int:
    for column, text, size in row:
        if size != size_now:
            out.append(encode("GS !", n=17 * (size - 1)))
        if len(row) > 1:
            out.append(encode("ESC $", n=column * 12))
        else:
            out.append(b" " * (column // size))
        out.append(letters(text, page))
        size_now = size
    return size_now


def letters(text: str, page: str) -> bytes:
    """What the till's driver makes of a text: a letter its table lacks is printed as ``?``."""
    if page in MULTIBYTE:
        won_or_yen = " " if page == "simplified chinese" else "\\"  # 0x5C, as these tables print it
        return re.sub("[₩¥￥]", lambda _: won_or_yen, text).encode(MULTIBYTE[page], "replace")
    return b"".join(encode_page(letter, page) or b"?" for letter in text)
