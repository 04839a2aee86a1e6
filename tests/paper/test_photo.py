"""Every kind of picture file to the right dots; what is no picture, or too much of one, refused."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kvit.escpos import load_profile
from kvit.i18n import say
from kvit.paper import image, photo
from kvit.paper.builder import Builder
from kvit.paper.document import Image as Block
from kvit.paper.document import Logo as LogoBlock
from kvit.paper.languages.registry import play, write
from kvit.paper.layout import lay_out
from kvit.paper.logo import Logo
from kvit.paper.photo import PictureError, dots_of, png_of
from kvit.paper.raster import draw
from kvit.paper.sheet import Picture
from tests.paper.printing import PRINTER

ROOM = 384
HALF = np.zeros((16, 32), np.uint8)
HALF[:, 16:] = 255
"""Left half black, right half white."""
LEFT_BLACK = image.to_letters(b"\xff\xff\x00\x00" * 16, 32, 16)


def file(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def letters(made: Logo) -> str:
    return image.to_letters(made.bits, made.columns, made.rows)


def half(mode: str) -> Image.Image:
    return Image.fromarray(HALF).convert(mode)


def clear_right() -> Image.Image:
    picture = Image.new("RGBA", (32, 16), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 16, 16))
    return picture


def palette_clear() -> bytes:
    picture = Image.fromarray(HALF // 255).convert("P")
    picture.putpalette([0, 0, 0, 0, 0, 0])
    return file(picture, transparency=1)


def sixteen_bits() -> bytes:
    return file(Image.fromarray(HALF.astype(np.uint16) * 257))


def sixteen_bits_clear() -> bytes:
    rows = b"".join(b"\0" + b"\x00\x00" * 16 + b"\x12\x34" * 16 for _ in range(16))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 16, 16, 0, 0, 0, 0))
    return (b"\x89PNG\r\n\x1a\n" + head + chunk(b"tRNS", b"\x12\x34")
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))  # fmt: skip


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    return file(half("RGB").rotate(90, expand=True), "JPEG", exif=exif, quality=100)


def moving() -> bytes:
    return file(half("P"), "GIF", save_all=True, append_images=[Image.new("P", (32, 16), 0)] * 3)


FILES: dict[str, Callable[[], bytes]] = {
    "png grey": lambda: file(half("L")),
    "png rgb": lambda: file(half("RGB")),
    "png one bit": lambda: file(half("1")),
    "png palette": lambda: file(half("P")),
    "png palette with a clear colour": palette_clear,
    "png with alpha": lambda: file(clear_right()),
    "png grey with alpha": lambda: file(clear_right().convert("LA")),
    "png of 16 bits": sixteen_bits,
    "png of 16 bits with a clear grey": sixteen_bits_clear,
    "jpeg": lambda: file(half("L"), "JPEG", quality=100),
    "jpeg of four inks": lambda: file(half("RGB").convert("CMYK"), "JPEG", quality=100),
    "jpeg turned by its exif": turned,
    "gif": lambda: file(half("P"), "GIF"),
    "moving gif": moving,
    "bmp": lambda: file(half("RGB"), "BMP"),
    "webp": lambda: file(half("RGB"), "WEBP", lossless=True),
    "tiff of four inks": lambda: file(half("RGB").convert("CMYK"), "TIFF"),
    "tiff of fractions": lambda: file(Image.fromarray(HALF.astype(np.float32) / 255), "TIFF"),
    "tiff of 32 bits": lambda: file(Image.fromarray(HALF.astype(np.int32)), "TIFF"),
    "pbm": lambda: b"P4\n32 16\n" + b"\xff\xff\x00\x00" * 16,
    "pgm of 16 bits": lambda: b"P5\n32 16\n65535\n" + (HALF.astype(">u2") * 257).tobytes(),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_gives_the_same_dots(kind: str) -> None:
    assert letters(dots_of(FILES[kind](), ROOM)) == LEFT_BLACK


IN_MEMORY: dict[str, Any] = {
    "bytes": HALF,
    "bools": HALF > 0,
    "fractions": HALF / 255,
    "16 bits": HALF.astype(np.uint16) * 257,
    "whole numbers": HALF.astype(np.int64),
    "one channel": HALF[:, :, None],
    "grey and alpha": np.dstack([np.zeros_like(HALF), 255 - HALF]),
    "rgb": np.dstack([HALF] * 3),
    "rgba": np.dstack([np.zeros_like(HALF)] * 3 + [255 - HALF]),
    "not in order": HALF.T.copy().T,
    "pillow": half("L"),
    "pillow with alpha": clear_right(),
    "pillow, alpha multiplied in": clear_right().convert("RGBa"),
    "pillow of four inks": half("RGB").convert("CMYK"),
    "pillow of lightness": half("RGB").convert("HSV"),
    "pillow of 16 bits": Image.fromarray(HALF.astype(np.uint16) * 257),
}


@pytest.mark.parametrize("kind", IN_MEMORY)
def test_pictures_in_memory(kind: str) -> None:
    (block,) = Builder().image(IN_MEMORY[kind]).document().blocks
    assert isinstance(block, Block)
    assert letters(dots_of(block.data, ROOM)) == LEFT_BLACK


def test_a_path_in_either_form(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(file(half("L")))
    made = Builder().image(path).image(str(path)).logo("nv:1", path).document()
    assert [block.data if isinstance(block, Block) else None for block in made.blocks[:2]] == [path.read_bytes()] * 2
    assert isinstance(made.blocks[2], LogoBlock)


@pytest.mark.parametrize("held", [np.zeros((2, 2, 5)), np.zeros(7), np.array([["a"]]), np.zeros((0, 4), np.uint8)])
def test_arrays_that_are_no_picture(held: Any) -> None:
    with pytest.raises(PictureError, match="unreadable"):
        png_of(held)


def bomb(columns: int, rows: int) -> bytes:
    made = bytearray(file(Image.new("1", (8, 8))))
    made[16:24] = struct.pack(">II", columns, rows)
    made[29:33] = struct.pack(">I", zlib.crc32(made[12:29]))
    return bytes(made)


@pytest.mark.parametrize(("columns", "rows"), [(5_000, 5_000), (10_000, 10_000), (60_000, 60_000), (1, 30_000_000)])
def test_a_file_that_claims_too_much_is_refused_before_it_is_unpacked(columns: int, rows: int) -> None:
    with pytest.raises(PictureError) as refused:
        dots_of(bomb(columns, rows), ROOM)
    assert refused.value.code == "picture.too_large"
    assert refused.value.values["limit"] == photo.PIXELS_MAX


def test_an_array_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(PictureError, match="too_large"):
        png_of(np.broadcast_to(np.uint8(0), (5_000, 5_000)))


def test_a_strip_longer_than_any_paper_is_refused() -> None:
    with pytest.raises(PictureError) as refused:
        dots_of(file(Image.new("L", (8, image.MAX_ROWS + 1))), ROOM)
    assert refused.value.code == "picture.too_long"
    assert refused.value.values == {"rows": image.MAX_ROWS + 1, "limit": image.MAX_ROWS}


@pytest.mark.parametrize("data", [b"", b"P4\n0 0\n", b"hello", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
                                  b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"<svg/>", file(half("L"))[:60]])  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError) as refused:
        dots_of(data, ROOM)
    assert refused.value.code == "picture.unreadable"


@pytest.mark.parametrize("kind", FILES)
def test_broken_files_are_refused_or_read_and_nothing_else(kind: str) -> None:
    good, chance = FILES[kind](), random.Random(kind)
    for _ in range(40):
        broken = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(len(broken)) :]
        refused = ""
        try:
            assert dots_of(bytes(broken), ROOM).columns <= ROOM
        except PictureError as error:
            refused = error.code
        assert refused in ("", "picture.unreadable", "picture.too_large", "picture.too_long")


@pytest.mark.parametrize(("wide", "percent", "room", "made"), [
    (500, None, 384, 384), (500, None, 390, 384), (300, None, 384, 300), (300, 50, 384, 192), (300, 30, 384, 112),
    (16, 100, 384, 384), (16, 1, 384, 8), (1000, 100, 546, 544),
])  # fmt: skip
def test_widths(wide: int, percent: int | None, room: int, made: int) -> None:
    picture = Image.linear_gradient("L").resize((wide, wide))
    found = dots_of(file(picture), room, percent)
    assert (found.columns, found.rows) == (made, made)


def test_made_larger_the_dots_are_repeated() -> None:
    checks = np.indices((6, 6)).sum(axis=0) % 2 * np.uint8(255)
    found = dots_of(png_of(checks), 384, 100)
    dots = np.unpackbits(np.frombuffer(found.bits, np.uint8)).reshape(384, 384).astype(bool)
    assert np.array_equal(dots, (checks == 0).repeat(64, axis=0).repeat(64, axis=1))


def test_made_smaller_a_thin_line_stays() -> None:
    picture = np.full((800, 1536), 255, np.uint8)
    picture[:, ::96] = 0
    picture[:, 1::96] = 0
    picture[:, 2::96] = 0
    made = dots_of(png_of(picture), 384)
    dots = np.unpackbits(np.frombuffer(made.bits, np.uint8)).reshape(made.rows, 384)
    assert dots[:, ::24].mean() > 0.9
    assert dots.mean() < 0.06


def test_a_grey_keeps_its_lightness_on_needles() -> None:
    profile = load_profile("TM-U220")
    sheet = lay_out(Builder().image(np.full((96, 96), 128, np.uint8), tone="floyd-steinberg").document(), profile)
    bits = b"".join(box.bits for box in sheet.boxes if isinstance(box, Picture))
    assert 0.45 < sum(byte.bit_count() for byte in bits) / (len(bits) * 8) < 0.55
    assert np.array_equal(draw(play(write(sheet, profile), profile)).page, draw(sheet).page)


def test_what_was_made_is_remembered_by_content_width_and_tone() -> None:
    data = file(Image.linear_gradient("L"))
    again = bytes(bytearray(data))
    assert again is not data
    assert dots_of(data, 384) is dots_of(again, 384)
    assert dots_of(data, 384) is not dots_of(data, 200)
    assert dots_of(data, 384, None, "bayer") != dots_of(data, 384)


@pytest.mark.shared
def test_pictures_of_others(shared: Path) -> None:
    folder = shared / "escpos/images"
    for path in folder.glob("black_[wt]*.???"):
        if "tall" not in path.stem:
            made = dots_of(path.read_bytes(), ROOM)
            assert letters(made).count("#") * 2 == made.columns * made.rows, path.name
    for path in folder.glob("canvas_*.???"):
        assert letters(dots_of(path.read_bytes(), ROOM)) == ("#" if "black" in path.stem else ".")


def test_what_is_refused_is_told_in_a_sentence() -> None:
    for data, word in (
        (bomb(5_000, 5_000), "20,000,000"),
        (file(Image.new("L", (8, 30_000))), "20,000"),
        (b"x", "PNG"),
    ):
        (problem,) = lay_out(Builder().image(data).document(), PRINTER).problems
        assert word in say("en", f"problem.{problem.code.replace('.', '_')}", **problem.values)
