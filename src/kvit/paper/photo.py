"""Photos and logos: a picture file to the dots of a head.

One road: read, lay on white, turn grey, scale to the wanted width, make black and white. Line art (few greys between black
and white) takes Otsu's threshold, which finds the cut between the two heaps by itself; photos are dithered, by Atkinson
unless asked otherwise, because it keeps light areas clean on paper that blooms. Bayer is for heads that smear single dots.

What has been made is remembered by the file's bytes and the wishes, so a shop's logo is read once. Refused is what Pillow
can not read, and a picture of more pixels than ``PIXELS_MAX`` before it is unpacked.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kvit.paper import image
from kvit.paper.logo import Logo

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

PIXELS_MAX = 20_000_000
"""A photo of a good telephone; unpacked it takes 60 MB for a moment."""
KEPT_PICTURES = 32
LINE_ART_SHARE = 0.85
"""From so many pixels near black or white on a picture is line art."""
NEAR = 40
BAYER = (
    (0, 32, 8, 40, 2, 34, 10, 42), (48, 16, 56, 24, 50, 18, 58, 26), (12, 44, 4, 36, 14, 46, 6, 38),
    (60, 28, 52, 20, 62, 30, 54, 22), (3, 35, 11, 43, 1, 33, 9, 41), (51, 19, 59, 27, 49, 17, 57, 25),
    (15, 47, 7, 39, 13, 45, 5, 37), (63, 31, 55, 23, 61, 29, 53, 21),
)  # fmt: skip


class PictureError(ValueError):
    """A picture that can not be read or is too large."""


@lru_cache(maxsize=KEPT_PICTURES)
def dots_of(data: bytes, room: int, percent: int | None = None, tone: str = "auto") -> Logo:
    """Make a picture file black and white dots, at most ``room`` wide. Raises `PictureError`.

    ``percent``: this share of ``room``; None keeps the pixels, made smaller where they do not fit. Widths are rounded down
    to whole bytes of the head when scaled.
    """
    import numpy as np

    grey = _read(data)
    wide = room * percent // 100 if percent else min(grey.width, room)
    if wide != grey.width:
        wide = max(wide // 8 * 8, 8)
        tall = max(round(grey.height * wide / grey.width), 1)
        grey = grey.resize((wide, min(tall, image.MAX_ROWS)), resample=_lanczos())
    elif grey.height > image.MAX_ROWS:
        raise PictureError("too high")
    greys = np.asarray(grey, dtype=np.uint8)
    black = _black(greys, tone if tone != "auto" else _tone_of(greys))
    return Logo(black.shape[1], black.shape[0], np.packbits(black, axis=1).tobytes())


def _read(data: bytes) -> PillowImage:
    from PIL import Image, UnidentifiedImageError

    try:
        found = Image.open(io.BytesIO(data))
        if found.width * found.height > PIXELS_MAX:
            raise PictureError("too large")
        whole = found.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError, ValueError) as error:
        raise PictureError(str(error)) from None
    white = Image.new("RGBA", whole.size, "white")
    white.alpha_composite(whole)
    return white.convert("L")


def _lanczos() -> Any:
    from PIL import Image

    return Image.Resampling.LANCZOS


def _tone_of(greys: NDArray[Any]) -> str:
    """Line art or photo, by how many pixels are neither black nor white."""
    plain = ((greys < NEAR) | (greys > 255 - NEAR)).mean()
    return "line" if plain >= LINE_ART_SHARE else "atkinson"


def _black(greys: NDArray[Any], tone: str) -> NDArray[Any]:
    import numpy as np

    if tone == "line":
        return greys < otsu(greys)
    if tone == "bayer":
        rows, columns = greys.shape
        cell = (np.array(BAYER) * 4 + 2)[np.arange(rows)[:, None] % 8, np.arange(columns) % 8]
        made: NDArray[Any] = greys < cell
        return made
    return diffuse(greys, SPREADS[tone])


def otsu(greys: NDArray[Any]) -> int:
    """The threshold that parts the greys into two heaps as unlike as can be; what is below it is black."""
    import numpy as np

    counts = np.bincount(greys.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    spread = (mass[-1] * below - mass * below[-1]) ** 2 / np.maximum(below * above, 1)
    if spread.max() <= 0:
        return 128
    return round(float(np.flatnonzero(spread == spread.max()).mean())) + 1


SPREADS: dict[str, tuple[int, tuple[tuple[int, int, int], ...]]] = {
    "floyd-steinberg": (16, ((1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1))),
    "atkinson": (8, ((1, 0, 1), (2, 0, 1), (-1, 1, 1), (0, 1, 1), (1, 1, 1), (0, 2, 1))),
}
"""Divisor, then (columns on, rows down, share) of the error; Atkinson lets a quarter of it go."""


def diffuse(greys: NDArray[Any], spread: tuple[int, tuple[tuple[int, int, int], ...]]) -> NDArray[Any]:
    """Error diffusion, row by row from the left."""
    import numpy as np

    divisor, shares = spread
    rows, columns = greys.shape
    field = [[0] * (columns + 4) for _ in range(rows + 2)]
    for row, line in enumerate(greys.tolist()):
        field[row][2 : columns + 2] = line
    black = bytearray(rows * columns)
    for row in range(rows):
        here = field[row]
        for column in range(2, columns + 2):
            value = here[column]
            error = value if value < 128 else value - 255
            if value < 128:
                black[row * columns + column - 2] = 1
            for along, on, share in shares:
                field[row + on][column + along] += error * share // divisor
    return np.frombuffer(bytes(black), dtype=np.bool_).reshape(rows, columns)


def png_of(picture: PillowImage | NDArray[Any]) -> bytes:
    """A picture in memory as the bytes of a PNG file: a Pillow image or a numpy array of greys or RGB, 0 = black."""
    from PIL import Image

    held: Any = picture
    whole = held if isinstance(held, Image.Image) else Image.fromarray(held)
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()
