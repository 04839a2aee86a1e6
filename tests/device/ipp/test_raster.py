"""Raster pages: twins by chance, a foreign writer, hostile streams by table."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.ipp import raster
from kvit.device.ipp.raster import Page, encode, pages
from kvit.wire import WireError


@st.composite
def greys(draw: st.DrawFn) -> Page:
    width, height = draw(st.integers(1, 300)), draw(st.integers(1, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    tones = random.choice([0, 255, 255, 128, 7], size=(height, width)).astype(np.uint8)
    tones = tones.repeat(draw(st.sampled_from([1, 3, 300])), axis=1)[:, :width]
    return Page(np.ascontiguousarray(tones), draw(st.sampled_from([180, 203])))


@given(st.lists(greys(), min_size=1, max_size=3), st.sampled_from(["sgray_8", "black_1", "srgb_8"]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(wanted: list[Page], kind: str) -> None:
    for before, after in zip(wanted, pages(encode(wanted, kind)), strict=True):
        expected = np.where(before.greys < 128, 0, 255) if kind == "black_1" else before.greys
        assert (after.greys == expected).all()
        assert after.dpi == before.dpi


def test_rows_are_repeated_past_256() -> None:
    white = Page(np.full((1000, 576), 255, dtype=np.uint8), 203)
    data = encode([white], "black_1")
    assert len(data) < 1850
    (page,) = pages(data)
    assert page.greys.shape == (1000, 576)
    assert page.greys.all()


def head(**told: int) -> bytes:
    usual = {"width": 16, "height": 2, "row_bytes": 16, "space": 18, "bits": 8, "across_dpi": 203, "order": 0}
    made = bytearray(1796)
    made[:10] = b"PwgRaster\0"
    for name, number in (usual | told).items():
        made[raster._AT[name] : raster._AT[name] + 4] = number.to_bytes(4, "big")
    return b"RaS2" + made


GOOD_ROWS = b"\x01\x0f\xff"
BAD = {
    "nothing": b"",
    "no raster": b"%PDF-1.7",
    "no page": b"RaS2",
    "header cut": head()[:900],
    "no class": b"RaS2" + bytes(1796) + GOOD_ROWS,
    "cmyk": head(space=6, bits=32, row_bytes=64) + GOOD_ROWS,
    "sixteen bits": head(space=18, bits=16, row_bytes=32) + GOOD_ROWS,
    "no width": head(width=0, row_bytes=0),
    "too wide": head(width=10_001, row_bytes=10_001) + GOOD_ROWS,
    "endless": head(height=4_000_000_000) + GOOD_ROWS,
    "too many pixels": head(width=10_000, row_bytes=10_000, height=4_001) + b"\xff\x80" * 15 + b"\xa0\x80",
    "rows of another width": head(row_bytes=17) + GOOD_ROWS,
    "planes": head(order=1) + GOOD_ROWS,
    "no rows": head(),
    "rows cut": head() + b"\x00\x0f\xff",
    "run cut": head() + b"\x01\x0f",
    "literals cut": head() + b"\x01\xf1" + bytes(3),
    "run too long": head() + b"\x01\x7f\xff",
    "literals too long": head() + b"\x01\x81" + bytes(128),
    "repeated beyond": head() + b"\x02\x0f\xff",
    "something behind": head() + GOOD_ROWS + b"x",
    "apple cut": b"UNIRAST\0\0\0\0\1\x08\0",
    "apple's lab": b"UNIRAST\0\0\0\0\1" + bytes((24, 2, 0, 0)) + bytes(28),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_bad_bytes(data: bytes) -> None:
    with pytest.raises(WireError):
        list(pages(data))


def test_the_most_pixels_are_read() -> None:
    (page,) = pages(head(width=10_000, row_bytes=10_000, height=4_000) + b"\xff\x80" * 15 + b"\x9f\x80")
    assert page.greys.size == raster.PIXELS_MAX


def test_the_good_one_they_are_made_of() -> None:
    (page,) = pages(head() + GOOD_ROWS)
    assert page.greys.tolist() == [[255] * 16] * 2


@pytest.mark.parametrize(
    ("space", "bits", "row", "expected"),
    [
        (3, 1, b"\x00\x00\xa5\x80", [0, 255] * 2 + [255, 0] * 2 + [255] * 8),
        (3, 8, b"\x00\xf1" + bytes(range(0, 256, 16)), [255 - tone for tone in range(0, 256, 16)]),
        (18, 8, b"\x00\x03\x11\x80", [0x11] * 4 + [255] * 12),
        (19, 24, b"\x00\x00\xff\x00\x00\x80", [76] + [255] * 15),
    ],
)
def test_what_the_colours_are(space: int, bits: int, row: bytes, expected: list[int]) -> None:
    data = head(space=space, bits=bits, height=1, row_bytes=16 * bits // 8) + row
    (page,) = pages(data)
    assert page.greys[0].tolist() == expected


@given(st.binary(max_size=80))
@settings(max_examples=150, deadline=None)
def test_chance_is_pages_or_a_wire_error(data: bytes) -> None:
    for whole in (head(height=3) + data, b"UNIRAST\0\0\0\0\1" + data):
        try:
            found = list(pages(whole))
        except WireError:
            continue
        assert found


PAPER = """%!PS
<< /PageSize [204 120] >> setpagedevice
0 setgray 20 20 60 40 rectfill 0.5 setgray 120 60 40 40 rectfill showpage
20 20 10 10 rectfill showpage
"""


@pytest.mark.parametrize("device", ["pwgraster", "appleraster"])
def test_a_foreign_writer(device: str, tmp_path: Path) -> None:
    if shutil.which("gs") is None:
        pytest.skip("Ghostscript is not installed")
    (tmp_path / "a.ps").write_text(PAPER)
    made = tmp_path / "a.ras"
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", f"-sDEVICE={device}", "-r203", f"-sOutputFile={made}"]
    command += ["-dcupsBitsPerColor=8", "-dcupsColorSpace=18"] if device == "appleraster" else []
    done = subprocess.run([*command, str(tmp_path / "a.ps")], capture_output=True, check=False)
    if done.returncode or not made.exists():
        pytest.skip(f"this Ghostscript has no {device}")
    data = made.read_bytes()
    first, second = pages(data)
    assert first.dpi == second.dpi == 203
    assert first.greys.shape == second.greys.shape
    assert abs(first.greys.shape[1] - 575) <= 1
    turned = first.greys[::-1], second.greys[::-1]  # PostScript counts from below
    dots = [round(points * 203 / 72) for points in range(200)]
    assert not turned[0][dots[22] : dots[58], dots[22] : dots[78]].any()
    assert turned[0][dots[110] :].min() == 255
    assert turned[1][dots[32] :].min() == 255
    assert turned[1][dots[25], dots[25]] < 128
