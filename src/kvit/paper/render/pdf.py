"""A sheet as a PDF: one page as wide as the paper and as long as the roll.

What is seen is the dot picture, an image mask of one bit a dot. Under it lies the same text unseen (text rendering mode
3), letter over letter, so that it can be selected, searched, read aloud and extracted in every script at once.

The file is written here, after ISO 32000-1. A PDF library wants a TrueType file that has all letters to lay text with;
there is none at run time and none is needed: the unseen text uses Type 3 fonts (9.6.5) whose glyphs are empty and half
an em wide (readers guess a Type 3 font's size by that), with a ToUnicode map (9.10.3) that gives each code its letter
with the marks on it. The text matrix then gives every run its exact advance, height and direction.

No time, no random id, no name of a person or program is written: the same sheet gives the same bytes. Left out: tagged
structure, bookmarks, the second colour.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable

import numpy as np

from kvit.paper.raster import draw, hri_runs
from kvit.paper.render.escape import language, letters
from kvit.paper.render.png import LEVEL
from kvit.paper.sheet import Run, Sheet, Symbol
from kvit.paper.width import clusters

CODES = 256
"""Letters of one Type 3 font: a simple font has one-byte codes."""
MAX_LETTERS = 32 * CODES
"""Different letters that get a text layer; a sheet of more is noise."""
BASELINE = 5 / 24
"""How far above the bottom of its cell a letter's baseline lies."""


def render(sheet: Sheet) -> bytes:
    """Write a sheet as a PDF file of one page. Never raises; at most as long as MAX_ROWS dots (under 200 inches)."""
    page = draw(sheet).page
    rows, columns = page.shape
    points = 72 / min(max(sheet.dpi, 72), 2400)
    codes: dict[str, int] = {}
    text = b"\n".join(_runs(sheet, rows, codes))
    content = (
        f"{points:.6f} 0 0 {points:.6f} 0 0 cm\nq {columns} 0 0 {rows} 0 0 cm /Dots Do Q\n".encode()
        + (b"BT 3 Tr\n" + text + b"\nET\n" if text else b"")
    )  # fmt: skip
    bits = np.invert(np.packbits(page, axis=1)).tobytes()
    return _file(_objects(sheet, (columns, rows), points, content, bits, list(codes)))


def _objects(
    sheet: Sheet, size: tuple[int, int], points: float, content: bytes, bits: bytes, known: list[str]
) -> list[bytes]:
    """The objects of the file in order: catalog, pages, page, content, picture, empty glyph, then two a font."""
    columns, rows = size
    fonts = [known[start : start + CODES] for start in range(0, len(known), CODES)]
    names = " ".join(f"/F{n} {7 + 2 * n} 0 R" for n in range(len(fonts)))
    tag = language(sheet.language)
    spoken = f" /Lang ({tag})" if tag else ""
    made = [
        f"<< /Type /Catalog /Pages 2 0 R{spoken} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {columns * points:.4f} {rows * points:.4f}] /Contents 4 0 R"
        f" /Resources << /XObject << /Dots 5 0 R >> /Font << {names} >> >> >>".encode(),
        _stream("", content),
        _stream(f"/Type /XObject /Subtype /Image /ImageMask true /Width {columns} /Height {rows}"
                " /BitsPerComponent 1 /Interpolate false", bits),
        _stream("", b"0.5 0 d0"),
    ]  # fmt: skip
    for number, font in enumerate(fonts):
        made += [_font(font, 8 + 2 * number), _stream("", _to_unicode(font))]
    return made


def _font(font: list[str], to_unicode: int) -> bytes:
    last = len(font) - 1
    widths = " ".join("0.5" for _ in font)
    glyphs = " ".join(f"/g{code}" for code in range(len(font)))
    return (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0.5 1] /FontMatrix [1 0 0 1 0 0] /Resources << >>"
        f" /FirstChar 0 /LastChar {last} /Widths [{widths}] /CharProcs << "
        + " ".join(f"/g{code} 6 0 R" for code in range(len(font)))
        + f" >> /Encoding << /Type /Encoding /Differences [0 {glyphs}] >> /ToUnicode {to_unicode} 0 R >>"
    ).encode()


def _to_unicode(font: list[str]) -> bytes:
    lines = [f"<{code:02X}> <{letter.encode('utf-16-be').hex().upper()}>" for code, letter in enumerate(font)]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Kvit def /CMapType 2 def",
            "1 begincodespacerange <00> <FF> endcodespacerange",
            *(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    ).encode()


def _runs(sheet: Sheet, rows: int, codes: dict[str, int]) -> Iterable[bytes]:
    """The text operators of every run and every HRI text, in the order of printing."""
    for box in sheet.boxes:
        if box.y >= rows:
            continue
        if isinstance(box, Run):
            yield from _show(box, rows, codes)
        elif isinstance(box, Symbol):
            for run in hri_runs(box):
                yield from _show(run, rows, codes)


def _show(run: Run, rows: int, codes: dict[str, int]) -> Iterable[bytes]:
    """One run: its matrix (advance along, height across, turned), then its letters grouped by font."""
    text = letters(run.text).rstrip()
    if not text or run.advance <= 0:
        return
    high = run.height if run.direction % 2 == 0 else run.width
    left, right, top, bottom = run.x, run.x + run.width, rows - run.y, rows - run.y - run.height
    rise = round(high * BASELINE)
    a, h = 2 * run.advance, high
    matrix = (
        f"{a} 0 0 {h} {left} {bottom + rise}",
        f"0 {a} {-h} 0 {right - rise} {bottom}",
        f"{-a} 0 0 {-h} {right} {top - rise}",
        f"0 {-a} {h} 0 {left + rise} {top}",
    )[run.direction % 4]
    yield f"{matrix} Tm".encode()
    font, pending = -1, bytearray()
    for letter in clusters(text):
        code = codes.get(letter, 0)
        if letter not in codes and len(codes) < MAX_LETTERS:
            code = codes[letter] = len(codes)
        if code // CODES != font:
            if pending:
                yield b"<" + pending.hex().encode() + b"> Tj"
            font, pending = code // CODES, bytearray()
            yield f"/F{font} 1 Tf".encode()
        pending.append(code % CODES)
    yield b"<" + pending.hex().encode() + b"> Tj"


def _stream(entries: str, body: bytes) -> bytes:
    packed = zlib.compress(body, LEVEL)
    head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    """Number the objects, write the table of their places and the trailer; the id is the digest of the content."""
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    name = hashlib.sha256(out).hexdigest()[:32]
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /ID [<{name}> <{name}>] >>\nstartxref\n{table}\n%%EOF\n"
    ).encode()
    return bytes(out)
