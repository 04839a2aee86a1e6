"""What this house writes for which printer: the questions layout and writer must answer alike.

A layout already knows what the head can not do, so both ask here: which pictures can be sent and how, which symbols are
printed by the head itself, which cuts there are, which bytes are dangerous inside a picture.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper import epos_reach, image, native, star_reach
from kvit.paper.sheet import Symbol

DIALECTS = ("epson", "xprinter", "sprt", "sunmi", "bixolon", "citizen", "rongta", "zkc", "elgin", None)
"""Families whose letters, places, pictures and symbols are written as Epson writes them."""
BEEPS = {"xprinter": "ESC B", "sprt": "ESC B", "rongta": "ESC B", "zkc": "ESC B", "epson": "ESC ( A",
         "star": "ESC GS EM", "starprnt": "ESC GS EM"}  # fmt: skip
FS_P_MAX = 255
KEY_CODES = 2
KEY_LETTERS = range(32, 127)
"""``GS ( L`` names a stored picture by two printable letters."""


def is_written(profile: Profile) -> bool:
    """True when ESC/POS bytes for this printer can be made here."""
    if profile.language != "escpos" or profile.has("display") or profile.has("continuous_forms"):
        return False
    return profile.dialect in DIALECTS


def picture_way(profile: Profile) -> str:
    """How a picture is sent, empty for not at all.

    ``raster`` (GS v 0), ``graphics`` (GS ( L), ``columns`` (ESC * 33), ``needles`` (ESC * 1, for heads of eight dots).
    """
    if profile.has("raster"):
        return "raster"
    if profile.has("graphics"):
        return "graphics"
    if has_columns(profile):
        return "columns"
    return "needles" if profile.has("bit_image") and profile.language == "escpos" else ""


def column_rows(profile: Profile) -> int:
    """Rows of a picture that stands among letters as columns: 24, 8 on heads of needles, 0 where none does."""
    if has_columns(profile):
        return image.COLUMN_ROWS
    return image.NEEDLE_ROWS if picture_way(profile) == "needles" else 0


def has_columns(profile: Profile) -> bool:
    """True when 24-dot columns (``ESC * 33``) can stand among letters."""
    return profile.has("bit_image") and profile.has("high_density") and profile.language != epos_reach.LANGUAGE


def logo_codes(key: str) -> tuple[str, tuple[int, ...]]:
    """The parts of a stored logo's key: ``nv:1`` is ``nv`` and (1,), ``nv:48/49`` is ``nv`` and (48, 49)."""
    kind, _, rest = key.partition(":")
    return kind, tuple(int(part) for part in rest.split("/"))


def holds_logo(profile: Profile, key: str) -> bool:
    """True when the picture of that key is known to lie in the printer, and the head has the command that prints it."""
    if key not in profile.logos or profile.language not in ("escpos", *star_reach.LANGUAGES):
        return False
    kind, codes = logo_codes(key)
    if len(codes) == 1:
        return kind == "nv" and 1 <= codes[0] <= FS_P_MAX and profile.has("nv_images")
    if profile.language != "escpos":
        return False
    word = {"nv": "nv_graphics", "dl": "download_graphics"}.get(kind, "")
    return len(codes) == KEY_CODES and all(code in KEY_LETTERS for code in codes) and profile.has(word)


def is_native(symbol: Symbol, profile: Profile) -> bool:
    """True when the head prints this symbol from its data."""
    if symbol.kind not in profile.symbologies or symbol.fault:
        return False
    if profile.language in star_reach.LANGUAGES:
        return star_reach.is_native(symbol)
    if profile.language == star_reach.RASTER:
        return True
    if profile.language == epos_reach.LANGUAGE:
        return epos_reach.is_native(symbol)
    return native.is_native(symbol, profile)


def cut_of(profile: Profile, full: bool) -> int | None:
    """The cut the head has: 1 full, 0 partial, None when it has no blade; the other kind where the wished one lacks."""
    for kind in (full, not full):
        if profile.has("cut_full" if kind else "cut_partial"):
            return int(kind)
    return None


def pulse_ms(profile: Profile, pin: int, on_ms: int, off_ms: int) -> tuple[int, int]:
    """The times a drawer's magnet can be told to be on and off, nearest to those wished."""
    if profile.language in star_reach.LANGUAGES:
        return star_reach.pulse_ms(pin, on_ms, off_ms)
    if profile.language == star_reach.RASTER:
        return star_reach.SECOND_DRAWER_MS, star_reach.SECOND_DRAWER_MS
    if profile.language == epos_reach.LANGUAGE:
        return epos_reach.pulse_ms(on_ms)
    return on_ms // 2 * 2, off_ms // 2 * 2


def underline(profile: Profile, wished: int) -> int:
    """The thickness in dots of a line under letters: one where the language knows only on and off."""
    return min(wished, 2 if profile.language in ("escpos", star_reach.RASTER) else 1)


def turns(profile: Profile) -> bool:
    """True when the head turns single letters by 90 degrees (``ESC V``)."""
    return profile.language in ("escpos", star_reach.RASTER)
