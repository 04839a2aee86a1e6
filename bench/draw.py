"""Receipts a second from a sheet to each output, and the parts of a PNG against the peers of each part.

    .venv/bin/python bench/draw.py [seconds per row]

The receipt: 40 lines on 576 dots, Latin, Hangul and Cyrillic, a logo and a QR code, about 1,300 rows. Cells are warm, as
in a shop that has been open for a minute; no receipt is ever remembered.
"""

from __future__ import annotations

import io
import sys
import time
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from kvit.paper.raster import draw
from kvit.paper.render import html, pdf, png, svg
from kvit.paper.sheet import Picture, Run, Sheet, Style, Symbol
from kvit.paper.symbol import measure
from kvit.paper.width import letters, segments


def receipt() -> Sheet:
    """A shop's usual receipt."""
    sheet = Sheet(width_dots=576, language="ko")
    bits = np.packbits(np.indices((96, 384)).sum(axis=0) % 7 < 3, axis=1).tobytes()
    sheet.boxes.append(Picture(96, 0, 384, 96, 384, 96, bits))
    y = 100
    lines = ["KVIT 마트 서울역점", "사업자번호 123-45-67890", "-" * 48]
    lines += [f"{n:02} 상품 이름 {n * 7919 % 10_000:>12,} x {n % 3 + 1}{n * 1234:>12,}" for n in range(16)]
    lines += [f"Товар № {n} из каталога {n * 31 % 100:>8},00 {n * 977:>10},00" for n in range(16)]
    lines += [
        "=" * 48,
        "합계                     1,234,500",
        "카드 4111-****-****-1111",
        "Спасибо за покупку!",
        "감사합니다",
    ]
    for number, line in enumerate(lines):
        style = Style(width=2, height=2, bold=True) if number in (0, len(lines) - 4) else Style()
        x = 0
        for wide, piece in segments(line):
            advance = 12 * style.width * (2 if wide else 1)
            width = advance * letters(piece)
            sheet.boxes.append(Run(x, y, width, 24 * style.height, piece, advance, style))
            x += width
        y += 24 * style.height + 6
    code = Symbol(200, y + 10, 0, 0, "qr", b"https://kvit.example/r/AbCdEfGhIjKlMnOpQrStUv", module=5, level="M")
    code.width, code.height = measure(code)
    sheet.boxes.append(code)
    sheet.height_dots = code.y + code.height + 60
    return sheet


def rate(act: Callable[[], object], seconds: float) -> tuple[float, int]:
    """Calls a second, best of three rounds, and the size of the answer."""
    answer = act()
    best = 0.0
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            act()
            count += 1
        best = max(best, count / spent)
    return best, len(answer) if isinstance(answer, (bytes, str)) else 0


def pillow(page: np.ndarray[tuple[int, int], np.dtype[np.bool_]], level: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(~page).save(out, "PNG", compress_level=level)
    return out.getvalue()


def by_reportlab(page: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> bytes:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(204, 500), invariant=1)
    canvas.drawImage(ImageReader(Image.fromarray(~page)), 0, 0, 204, 500)
    canvas.save()
    return out.getvalue()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    sheet = receipt()
    page = draw(sheet).page
    packed = np.packbits(page, axis=1).tobytes()
    rows: dict[str, Callable[[], object]] = {
        "sheet -> PNG": lambda: png.render(sheet),
        "sheet -> SVG": lambda: svg.render(sheet),
        "sheet -> HTML": lambda: html.fragment(sheet),
        "sheet -> PDF": lambda: pdf.render(sheet),
        "  of it: draw": lambda: draw(sheet),
        "  of it: PNG file, ours": lambda: png.encode(page),
        "  PNG file, Pillow level 1": lambda: pillow(page, 1),
        "  PNG file, Pillow level 6": lambda: pillow(page, 6),
        "  deflate alone, level 1": lambda: zlib.compress(packed, 1),
        "  deflate alone, level 6": lambda: zlib.compress(packed, 6),
        "  PDF without text, reportlab": lambda: by_reportlab(page),
    }
    print(
        f"{page.shape[1]}x{page.shape[0]} dots, {len(sheet.boxes)} boxes\n\n| what | a second | bytes |\n|---|---:|---:|"
    )
    for name, act in rows.items():
        speed, size = rate(act, seconds)
        print(f"| {name} | {speed:,.0f} | {size:,} |")


if __name__ == "__main__":
    main()
