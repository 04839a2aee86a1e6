"""Rebuild the fonts under ``src/kvit/paper/fonts`` from Debian's packages.

    sudo apt-get install fonts-naver-d2coding fonts-unifont
    python3 -m venv /tmp/kvit-fonts
    /tmp/kvit-fonts/bin/pip install fonttools==4.68.0 brotli==1.2.1 pillow==13.0.0 numpy==2.4.6
    /tmp/kvit-fonts/bin/python tools/fonts.py

Three things are made:

* ``kvit-24.strike``: cells of 12x24 and 24x24 dots, what a thermal head prints as font A. D2Coding is rasterised at 24
  dots, where its Latin is exactly half its Hangul (narrow letters by ``crisp``, wide ones as FreeType hints them); what
  it lacks is taken from Unifont's 16 dots, grown by ``grow``.
  A Latin letter D2Coding lacks with a mark (Vietnamese) is put together from its letter and Unifont's mark.
* ``kvit-16.strike``: cells of 8x16 and 16x16 dots, Unifont as it is: the source of fonts B and C and of small cells.
* ``kvit-mono.woff2``: for pages, a subset of D2Coding under a new name, as its licence orders (its name is reserved).

Box drawing and Han are taken from Unifont even where D2Coding has them: D2Coding's lines stop a dot before the edge of
the cell, and it knows half the Han of GB 2312; a line whose letters change hand in the middle of a word reads worse than
one drawn by a single, plainer hand.

``MANIFEST.toml`` says which package, version and file each came from, and the SHA-256 of what was made. The strikes
need Pillow and numpy only (a test makes them again and compares); the page font needs fontTools and brotli.

Left out of the strikes: private use, Yi, CJK extension A and everything above U+FFFF but pictographs (a till's code
pages reach none of them), and the shaping of Arabic and Indic letters (a printer prints the forms it is sent).
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import struct
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageDraw, ImageFont, features

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "src" / "kvit" / "paper" / "fonts"
D2CODING = Path("/usr/share/fonts/truetype/naver-d2coding/D2Coding-Ver1.3.2-20180524-all.ttc")
UNIFONT = Path("/usr/share/fonts/opentype/unifont/unifont.otf")
UNIFONT_UPPER = Path("/usr/share/fonts/opentype/unifont/unifont_upper.otf")
PACKAGES = {"fonts-naver-d2coding": "1.3.2-2", "fonts-unifont": "1:15.0.01-2"}
"""The versions the committed files were made of."""

Bits = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

LEFT_OUT = ((0x0000, 0x001F), (0x007F, 0x009F), (0x3400, 0x4DBF), (0xA000, 0xA4CF), (0xD800, 0xF8FF))
"""Ranges of the first plane no till prints: controls, CJK extension A, Yi, surrogates and private use."""
HANGUL = (0xAC00, 0xD7A3)
HAN = ((0x2E80, 0x2FFF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
SOFT_HYPHEN = 0xAD
"""On paper it is a hyphen: a printer breaks no lines at it."""
PICTOGRAPHS = ((0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF))
BASELINE_24 = 19
"""Rows above the baseline of the 24-dot cell: descenders of Latin keep their five rows, Hangul is centred."""
BASELINE_16 = 14


def code_points(path: Path, index: int = 0) -> set[int]:
    """The code points a font file maps (cmap formats 4 and 12), read here so that strikes need no fontTools."""
    data = path.read_bytes()
    base = struct.unpack_from(">L", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, base + 4)[0]
    cmap = next(
        offset
        for tag, _, offset, _ in (struct.unpack_from(">4sLLL", data, base + 12 + 16 * i) for i in range(tables))
        if tag == b"cmap"
    )
    found: set[int] = set()
    for i in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * i)[2]
        kind = struct.unpack_from(">H", data, at)[0]
        found |= _segments(data, at) if kind == 4 else _groups(data, at) if kind == 12 else set()
    return found


def _segments(data: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", data, at + 14 + 2 * count * i + (2 if i else 0)) for i in range(4)
    )
    found: set[int] = set()
    ranges = at + 16 + 6 * count
    for i in range(count):
        for code in range(starts[i], min(ends[i], 0xFFFE) + 1):
            if offsets[i]:
                glyph = struct.unpack_from(">H", data, ranges + 2 * i + offsets[i] + 2 * (code - starts[i]))[0]
                glyph = (glyph + deltas[i]) & 0xFFFF if glyph else 0
            else:
                glyph = (code + deltas[i]) & 0xFFFF
            if glyph:
                found.add(code)
    return found


def _groups(data: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">L", data, at + 12)[0]
    groups = (struct.unpack_from(">LLL", data, at + 16 + 12 * i) for i in range(count))
    return {code for first, last, _ in groups for code in range(first, last + 1)}


class Face:
    """One font at one size, drawn without shaping and without greys."""

    def __init__(self, path: Path, size: int, baseline: int, index: int = 0) -> None:
        self.font = ImageFont.truetype(str(path), size, index=index, layout_engine=ImageFont.Layout.BASIC)
        self.has = code_points(path, index)
        self.size, self.baseline = size, baseline

    def cell(self, char: str) -> Bits:
        """The letter in its cell, half or whole size wide; a mark of no advance is put over a narrow cell."""
        advance = round(self.font.getlength(char))
        if advance == 0:
            return self.mark(char)
        width = self.size if advance > self.size // 2 else self.size // 2
        margin = self.size
        page = Image.new("1", (width + 2 * margin, self.size + 2 * margin), 0)
        ImageDraw.Draw(page).text((margin, margin + self.baseline), char, font=self.font, fill=1, anchor="ls")
        dots = np.asarray(page, dtype=np.bool_)
        return dots[self.top(dots, char) :][: self.size, margin : margin + width]

    def mark(self, char: str) -> Bits:
        """A combining mark as it lies on a narrow letter.

        Unifont sets marks of left-to-right scripts back over the cell before the pen and those of Hebrew and Arabic
        after it; larger ones (of Indic scripts) are put into the middle.
        """
        size, half = self.size, self.size // 2
        page = Image.new("1", (3 * size, 3 * size), 0)
        ImageDraw.Draw(page).text((2 * size, size + self.baseline), char, font=self.font, fill=1, anchor="ls")
        dots = np.asarray(page, dtype=np.bool_)[size : 2 * size]
        columns = np.flatnonzero(dots.any(axis=0))
        for left in (2 * size - half, 2 * size):
            if not columns.size or left <= columns[0] <= columns[-1] < left + half:
                return dots[:, left : left + half]
        if columns[-1] - columns[0] >= half:
            return dots[:, size : 2 * size]
        left = max(int(columns[0] + columns[-1] + 1 - half) // 2, 0)
        left = min(left, 3 * size - half)
        return dots[:, left : left + half]

    def top(self, dots: Bits, char: str) -> int:
        """The first row of the cell on a page with a margin of one size: moved where a letter would be cut off."""
        rows = np.flatnonzero(dots.any(axis=1))
        if not rows.size or is_box(char) or rows[-1] - rows[0] >= self.size:
            return self.size
        return min(max(self.size, int(rows[-1]) + 1 - self.size), int(rows[0]))


class CrispFace(Face):
    """Narrow letters put where they fall best on the dots.

    Hinting leaves the stems of H, N or П at 2.5 dots, which comes out as one stem twice as black as the other. So the
    letter is drawn eight times as large, shifted by eighths of a dot, and the place with the least grey is taken.
    """

    FINE = 8
    REACH = 5
    """Eighths of a dot a letter may be moved to either side."""
    BLACK = 0.45
    """How much of a dot must be covered to burn it; half makes thin strokes of round letters break."""

    def __init__(self, path: Path, size: int, baseline: int, index: int = 0) -> None:
        super().__init__(path, size, baseline, index)
        self.fine = ImageFont.truetype(str(path), size * self.FINE, index=index, layout_engine=ImageFont.Layout.BASIC)

    def cell(self, char: str) -> Bits:
        """As ``Face.cell``; wide letters and box drawing are left to it."""
        plain = super().cell(char)
        if plain.shape[1] == self.size or not plain.any():
            return plain
        fine, width, margin = self.FINE, self.size // 2, self.size
        page = Image.new("L", ((width + 2) * fine, (self.size + 2 * margin) * fine), 0)
        ImageDraw.Draw(page).text((fine, (margin + self.baseline) * fine), char, font=self.fine, fill=255, anchor="ls")
        ink = np.asarray(page, dtype=np.float64) / 255
        best, dots = 1e9, np.zeros((self.size + 2 * margin, width), dtype=np.bool_)
        for shift in range(-self.REACH, self.REACH + 1):
            seen = ink[:, fine + shift : fine + shift + width * fine]
            cover = seen.reshape(-1, fine, width, fine).mean(axis=(1, 3))
            grey = float(np.minimum(cover, 1 - cover).sum()) + abs(shift) * 0.02
            if grey < best - 1e-9:
                best, dots = grey, cover > self.BLACK
        return dots[self.top(dots, char) :][: self.size]


def with_mark(letter: Bits, mark: Bits, below: bool) -> Bits | None:
    """A letter with a grown mark above or below it; None where the cell is not high enough.

    A blank row lies between where there is room for it. Where there is none at all, the letter is moved by what the
    mark needs, as the font itself does with its accented capitals.
    """
    size = letter.shape[0]
    rows, marks = np.flatnonzero(letter.any(axis=1)), np.flatnonzero(mark.any(axis=1))
    if not rows.size or not marks.size:
        return None
    ink = mark[marks[0] : marks[-1] + 1]
    top, bottom, high = int(rows[0]), int(rows[-1]) + 1, ink.shape[0]
    if bottom - top + high > size:
        return None
    room = size - bottom if below else top
    gap = 1 if room > high else 0
    page = np.zeros((3 * size, letter.shape[1]), dtype=np.bool_)
    page[size : 2 * size] = letter
    at = size + (bottom + gap if below else top - gap - high)
    page[at : at + high] |= ink
    moved = max(high + gap - room, 0)
    first = size + (moved if below else -moved)
    return page[first : first + size]


def is_box(char: str) -> bool:
    """True for box drawing and block elements: they touch the edges of their cell and must not be moved."""
    return 0x2500 <= ord(char) <= 0x259F


def grow(small: Bits) -> Bits:
    """Grow a 16-dot letter to 24 dots.

    The dots are taken as knots of strokes: each goes to one and a half times its place and is joined to the dots it
    touches, solid squares stay solid, and then every stroke is made two dots wide to the right, which is the weight of
    a thermal head's letters and of D2Coding at this size. Nearest-neighbour and Scale3x were looked at: both give
    strokes of uneven width.
    """
    high, wide = small.shape
    out = np.zeros((high * 3 // 2, wide * 3 // 2), dtype=np.bool_)
    at = [(v * 3 + 1) // 2 for v in range(max(high, wide) + 1)]
    for y, x in zip(*(axis.tolist() for axis in np.nonzero(small)), strict=True):
        out[at[y], at[x]] = True
        for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
            if y + dy < high and 0 <= x + dx < wide and small[y + dy, x + dx]:
                corner = dy and dx and (small[y, x + dx] or small[y + dy, x])
                if not corner:
                    _stroke(out, (at[y], at[x]), (at[y + dy], at[x + dx]))
        if small[y : y + 2, x : x + 2].sum() == 4:
            out[at[y] : at[y + 1] + 1, at[x] : at[x + 1] + 1] = True
    out[:, 1:] |= out[:, :-1].copy()
    return out


def _stroke(out: Bits, start: tuple[int, int], end: tuple[int, int]) -> None:
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    for step in range(steps + 1):
        y = start[0] + round((end[0] - start[0]) * step / steps)
        x = start[1] + round((end[1] - start[1]) * step / steps)
        out[y, x] = True


def stretch(small: Bits) -> Bits:
    """Box drawing grown by repeating dots: its lines must reach the edges of the cell."""
    high, wide = small.shape
    rows, columns = (np.arange(high * 3 // 2) * 2 + 1) // 3, np.arange(wide * 3 // 2) * 2 // 3
    return small[rows][:, columns]


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def wanted(unifont: set[int], upper: set[int]) -> list[int]:
    """The code points that get a cell, in order."""
    plane0 = {c for c in unifont if not _within(c, LEFT_OUT) and c < 0xFFFE}
    plane0 |= set(range(HANGUL[0], HANGUL[1] + 1))
    named = {c for c in plane0 if unicodedata.category(chr(c)) not in ("Cn", "Cc", "Cf", "Cs", "Co")}
    return sorted(named | {c for c in upper if _within(c, PICTOGRAPHS)})


def strikes() -> dict[str, dict[int, Bits]]:
    """Both strikes: name -> code point -> dots of its cell."""
    sharp = CrispFace(D2CODING, 24, BASELINE_24)
    plain, upper = Face(UNIFONT, 16, BASELINE_16), Face(UNIFONT_UPPER, 16, BASELINE_16)
    large: dict[int, Bits] = {}
    small: dict[int, Bits] = {}
    for code in wanted(plain.has, upper.has):
        char = chr(code)
        small[code] = (plain if code in plain.has else upper).cell(char)
        composed = None if code in sharp.has else compose(char, sharp, plain)
        if composed is not None:
            large[code] = composed
        elif code in sharp.has and not is_box(char) and not _within(code, HAN) and not unicodedata.combining(char):
            large[code] = sharp.cell(char)
        else:
            large[code] = (stretch if is_box(char) else grow)(small[code])
    for cells in (large, small):
        cells[SOFT_HYPHEN] = cells[ord("-")]
    return {name: dict(sorted(cells.items())) for name, cells in (("kvit-24", large), ("kvit-16", small))}


def compose(char: str, sharp: Face, plain: Face) -> Bits | None:
    """A Latin letter with one mark more than D2Coding has (Vietnamese above all): its letter and Unifont's mark."""
    parts = unicodedata.normalize("NFD", char)
    if len(parts) < 2 or not parts[0].isascii() or ord(char) < 0x100:
        return None
    for last in range(len(parts) - 1, 0, -1):
        base = unicodedata.normalize("NFC", parts[:last] + parts[last + 1 :])
        if len(base) == 1 and ord(base) in sharp.has and ord(parts[last]) in plain.has:
            below = unicodedata.combining(parts[last]) == unicodedata.combining("\u0323")
            made = with_mark(sharp.cell(base), grow(plain.cell(parts[last])), below)
            if made is not None:
                return made
    return None


def pack(size: int, cells: dict[int, Bits]) -> bytes:
    """Write a strike file; its format is told in ``src/kvit/paper/fonts/strike.py``, which reads it."""
    blocks: dict[int, dict[int, Bits]] = {}
    for code, cell in cells.items():
        blocks.setdefault(code >> 8, {})[code & 255] = cell
    bodies = {number: zlib.compress(block(size, letters), 9) for number, letters in blocks.items()}
    head = struct.pack(">8sBBH", b"KVITSTRK", 1, size, len(bodies))
    index, offset = b"", len(head) + 10 * len(bodies)
    for number, body in bodies.items():
        index += struct.pack(">HLL", number, offset, len(body))
        offset += len(body)
    return head + index + b"".join(bodies.values())


def block(size: int, letters: dict[int, Bits]) -> bytes:
    """One block before compression: which of 256 letters there are, which of them are wide, then their dots."""
    present = np.zeros(256, dtype=np.bool_)
    wide = np.zeros(256, dtype=np.bool_)
    for low, cell in letters.items():
        present[low], wide[low] = True, cell.shape[1] == size
    dots = b"".join(np.packbits(letters[low]).tobytes() for low in sorted(letters))
    return np.packbits(present).tobytes() + np.packbits(wide).tobytes() + dots


PAGE_RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20CF), (0x2100, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF),
    (0x2460, 0x24FF), (0x2500, 0x25FF), (0x2600, 0x26FF), (0x3000, 0x30FF), (0x3130, 0x318F), HANGUL, (0xFF00, 0xFFEF),
)  # fmt: skip
"""What the page font keeps; Han, Thai and the rest are left to the reader's own fonts (a phone has them all)."""
PAGE_NAME = "Kvit Mono"


def page_font(target: Path) -> None:
    """Subset D2Coding to the page ranges and rename it."""
    subset = importlib.import_module("fontTools.subset")
    ttf = importlib.import_module("fontTools.ttLib")
    font = ttf.TTFont(D2CODING, fontNumber=0, recalcTimestamp=False)
    options = subset.Options()
    options.hinting, options.flavor, options.name_IDs = False, "woff2", ["*"]
    options.drop_tables += ["FFTM"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for first, last in PAGE_RANGES for c in range(first, last + 1)])
    cutter.subset(font)
    notices = {font["name"].getDebugName(i) for i in (0,)}
    font["name"].names = []
    texts = {
        0: f"{notices.pop()} Modified and renamed for Kvit.",
        1: PAGE_NAME,
        2: "Regular",
        3: f"{PAGE_NAME} 1",
        4: PAGE_NAME,
        5: "Version 1.0",
        6: "KvitMono-Regular",
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
    }
    for number, text in texts.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].modified = font["head"].created
    font.flavor = "woff2"
    font.save(target)


def installed() -> dict[str, str]:
    """The versions of the source packages on this machine; absent ones are left out."""
    found = {}
    for package in PACKAGES:
        run = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False
        )
        if run.returncode == 0 and run.stdout:
            found[package] = run.stdout
    return found


def manifest(names: list[str]) -> str:
    """``MANIFEST.toml``: what each file was made of and its SHA-256."""

    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    lines = ["# Written by tools/fonts.py; checked by tests/paper/fonts/test_manifest.py.", ""]
    for path in (D2CODING, UNIFONT, UNIFONT_UPPER):
        package = "fonts-naver-d2coding" if path is D2CODING else "fonts-unifont"
        lines += [
            "[[source]]", f'package = "{package}"', f'version = "{PACKAGES[package]}"',
            f'file = "{path}"', f'sha256 = "{digest(path)}"', "",
        ]  # fmt: skip
    lines += ["[tools]", f'pillow = "{PIL.__version__}"', f'freetype = "{features.version("freetype2")}"', ""]
    for name in names:
        path = FONTS / name
        lines += [
            "[[made]]", f'file = "{name}"', f"bytes = {path.stat().st_size}", f'sha256 = "{digest(path)}"', "",
        ]  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    """Make everything, or with ``--strikes`` the strikes only (then the page font stays as it is)."""
    options = argparse.ArgumentParser(description="Rebuild Kvit's fonts from Debian's packages.")
    options.add_argument("--strikes", action="store_true", help="leave the page font as it is")
    chosen = options.parse_args()
    if installed() != PACKAGES:
        print(f"needs {PACKAGES}, found {installed()}", file=sys.stderr)
        return 1
    for name, cells in strikes().items():
        (FONTS / f"{name}.strike").write_bytes(pack(int(name[-2:]), cells))
    if not chosen.strikes:
        page_font(FONTS / "kvit-mono.woff2")
    (FONTS / "MANIFEST.toml").write_text(manifest(["kvit-24.strike", "kvit-16.strike", "kvit-mono.woff2"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
