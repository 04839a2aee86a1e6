"""Photos and logos: a picture to the dots of a head.

One road: read, turn upright, lay on white, turn grey, scale to the wanted width, make black and white (`halftone`). What
has been made is remembered by the file's bytes and the wishes, so a shop's logo is read once.

Read are PNG, JPEG, GIF, BMP, WebP, TIFF and PBM to PPM; of a moving picture the first frame; of 16 bits the upper eight;
any colours, palettes and inks; a camera's note on which side is up is obeyed. None of Pillow's other readers is let near:
some start other programs.

A picture is only made smaller by averaging. Made larger, its dots are repeated: a blurred logo is no logo.

Refused with `PictureError`: what can not be read, and what would have more than ``PIXELS_MAX`` pixels, before it is
unpacked: a file of a few kilobytes can claim to be a square kilometre.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any

from kvit.paper import image
from kvit.paper.logo import Logo
from kvit.paper.memo import Memo

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

PIXELS_MAX = 20_000_000
"""A photo of a good telephone; unpacked it takes 60 MB for a moment. Pillow's own alarm (``Image.MAX_IMAGE_PIXELS``, 89
million) lies above it and is caught all the same."""
KEPT_BYTES = 32 << 20
"""Made pictures remembered together with their files: all logos of a chain of shops."""
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
WHOLE_BYTE = 8
"""Scaled widths are whole bytes of the head's rows."""
AVERAGED = 3.0
"""Very large pictures are first made smaller by whole steps, down to this many times the wanted size."""
WHITE = 255

_made: Memo[Logo] = Memo(KEPT_BYTES)


class PictureError(ValueError):
    """A picture that is not printed: ``picture.unreadable``, ``picture.too_large``, ``picture.too_long``, with values."""

    def __init__(self, code: str, **values: int | str) -> None:
        self.code, self.values = code, values
        super().__init__(f"{code} {values}")


def dots_of(data: bytes, room: int, percent: int | None = None, tone: str = "auto", row_dots: int = 1) -> Logo:
    """Make a picture file black and white dots, at most ``room`` wide. Raises `PictureError`.

    ``percent``: this share of ``room``, in whole bytes; None keeps the pixels, made smaller where they do not fit.
    ``tone`` as `halftone.black_of` takes it. ``row_dots``: so many rows are alike, for heads whose rows are that tall.
    """
    key = data, room, percent, tone, row_dots
    found = _made.get(key)
    if found is None:
        found = _dots(data, room, percent, tone, row_dots)
        _made.keep(key, found, len(data) + len(found.bits))
    return found


def _dots(data: bytes, room: int, percent: int | None, tone: str, row_dots: int) -> Logo:
    import numpy as np

    from kvit.paper.halftone import black_of

    grey = _scaled(_read(data), room, percent)
    if row_dots > 1:
        grey = grey.resize((grey.width, -(-grey.height // row_dots)))
    black = black_of(np.asarray(grey, dtype=np.uint8), tone).repeat(row_dots, axis=0)
    return Logo(black.shape[1], black.shape[0], np.packbits(black, axis=1).tobytes())


def _scaled(grey: PillowImage, room: int, percent: int | None) -> PillowImage:
    from PIL import Image

    wide = room * percent // 100 if percent else min(grey.width, room)
    if wide == grey.width:
        tall = grey.height
    else:
        wide = max(wide // WHOLE_BYTE * WHOLE_BYTE, WHOLE_BYTE)
        tall = max(round(grey.height * wide / grey.width), 1)
    if tall > image.MAX_ROWS:
        raise PictureError("picture.too_long", rows=tall, limit=image.MAX_ROWS)
    if wide == grey.width:
        return grey
    if wide > grey.width:
        return grey.resize((wide, tall), Image.Resampling.NEAREST)
    return grey.resize((wide, tall), Image.Resampling.LANCZOS, reducing_gap=AVERAGED)


def _read(data: bytes) -> PillowImage:
    """A picture file as greys on white, upright. Raises `PictureError`."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, and sizes that are refused just below
            found = Image.open(io.BytesIO(data), formats=FORMATS)
            _check(found.width, found.height)
            return greys_of(found)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError("picture.too_large", limit=PIXELS_MAX) from None
    except _BAD_FILE as error:
        raise PictureError("picture.unreadable", reason=type(error).__name__) from None


_BAD_FILE = (OSError, SyntaxError, LookupError, TypeError, ValueError, ArithmeticError, EOFError, AttributeError,
             MemoryError, struct.error, zlib.error)  # fmt: skip
"""What Pillow's readers raise on broken files."""


def _check(columns: int, rows: int) -> None:
    if columns * rows > PIXELS_MAX:
        raise PictureError("picture.too_large", pixels=columns * rows, limit=PIXELS_MAX)
    if columns < 1 or rows < 1:
        raise PictureError("picture.unreadable", reason="empty")


def greys_of(picture: PillowImage) -> PillowImage:
    """Any Pillow picture as greys (mode ``L``) on white, upright."""
    from PIL import Image

    held = _upright(picture)
    if held.mode.startswith(("I", "F")):
        return _greys_of_numbers(held)
    if held.mode in ("La", "RGBa"):
        held = held.convert("LA" if held.mode == "La" else "RGBA")
    if held.has_transparency_data:
        whole = held.convert("RGBA")
        paper = Image.new("RGBA", whole.size, "white")
        paper.alpha_composite(whole)
        return paper.convert("L")
    return held if held.mode == "L" else held.convert("RGB").convert("L")


def _upright(picture: PillowImage) -> PillowImage:
    """Turned as the camera held it, where the file says so in a way that can be read."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(picture)
    except _BAD_FILE:
        picture.load()
        return picture


def _greys_of_numbers(picture: PillowImage) -> PillowImage:
    """Pictures of 16 and 32 bits a dot: the upper eight; of fractions: 0 to 1, or 0 to 255 when there are larger ones."""
    import numpy as np
    from PIL import Image

    numbers = np.asarray(picture)
    clear = picture.info.get("transparency")
    greys = bytes_of(numbers, deep=picture.mode.startswith("I;16"))
    if isinstance(clear, int):
        greys = np.where(numbers == clear, np.uint8(WHITE), greys)
    return Image.fromarray(greys)


def bytes_of(numbers: NDArray[Any], deep: bool = False) -> NDArray[Any]:
    """Numbers of any type as 0..255; ``deep``: they are 16 bits wide even when all are small."""
    import numpy as np

    made: NDArray[Any] = numbers
    if numbers.dtype == np.bool_:
        made = numbers * np.uint8(WHITE)
    elif numbers.dtype.kind == "f":
        whole = np.nan_to_num(numbers, nan=WHITE, posinf=WHITE, neginf=0)
        made = np.rint(whole * (WHITE if whole.max(initial=0) <= 1 else 1))
    elif deep or numbers.dtype == np.uint16 or numbers.max(initial=0) > WHITE:
        made = numbers >> WHOLE_BYTE
    return np.asarray(np.clip(made, 0, WHITE), dtype=np.uint8)


def png_of(picture: PillowImage | NDArray[Any]) -> bytes:
    """A picture in memory as the bytes of a PNG file of greys. Raises `PictureError`.

    A Pillow image, or a numpy array: rows x columns, or with a last axis of 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA;
    bytes, 16 bits, fractions 0..1, or bools; 0 and False are black.
    """
    from PIL import Image

    held: Any = picture
    whole = held if isinstance(held, Image.Image) else _of_array(held)
    _check(whole.width, whole.height)
    out = io.BytesIO()
    greys_of(whole).save(out, "PNG")
    return out.getvalue()


CHANNELS = {2: "LA", 3: "RGB", 4: "RGBA"}


def _of_array(numbers: NDArray[Any]) -> PillowImage:
    from PIL import Image

    if numbers.ndim == 3 and numbers.shape[2] == 1:
        numbers = numbers[:, :, 0]
    if numbers.dtype.kind not in "buif" or (
        numbers.ndim != 2 and (numbers.ndim != 3 or numbers.shape[2] not in CHANNELS)
    ):
        raise PictureError("picture.unreadable", reason=f"{numbers.dtype} array of {numbers.ndim} axes")
    _check(numbers.shape[1], numbers.shape[0])
    return Image.fromarray(bytes_of(numbers))
