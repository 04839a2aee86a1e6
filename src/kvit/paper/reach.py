"""What this house writes for which printer: the questions layout and writer must answer alike.

A layout already knows what the head can not do, so both ask here: which pictures can be sent and how, which symbols are
printed by the head itself, which cuts there are, which bytes are dangerous inside a picture.
"""

from __future__ import annotations

import re

from kvit.escpos.profiles import Profile
from kvit.paper.sheet import Symbol

DIALECTS = ("epson", "xprinter", "sprt", "sunmi", "bixolon", "citizen", "rongta", "zkc", "elgin", None)
"""Families whose letters, places, pictures and symbols are written as Epson writes them."""
BEEPS = {"xprinter": "ESC B", "sprt": "ESC B", "rongta": "ESC B", "zkc": "ESC B", "epson": "ESC ( A"}
LIVE = re.compile(b"\x10[\x04\x05\x14]")
"""What a head that obeys realtime commands anywhere would obey inside a picture: DLE EOT, DLE ENQ, DLE DC4."""
FORM_B = {"code93": 72, "code128": 73, "gs1128": 74}
FORM_A = {"upca": 0, "upce": 1, "ean13": 2, "ean8": 3, "code39": 4, "itf": 5, "codabar": 6}
"""``GS k`` m; form B of the first seven is m + 65."""
FAMILIES = {"qr": 49, "pdf417": 48}
"""``GS ( k`` cn of the 2D symbols sent as data; all others are drawn."""
GS_K_BYTES_MAX = 255


def is_written(profile: Profile) -> bool:
    """True when ESC/POS bytes for this printer can be made here."""
    if profile.language != "escpos" or profile.has("display") or profile.has("continuous_forms"):
        return False
    return profile.dialect in DIALECTS


def picture_way(profile: Profile) -> str:
    """How a picture is sent: ``raster`` (GS v 0), ``graphics`` (GS ( L), ``columns`` (ESC * 33) or not at all."""
    if profile.has("raster"):
        return "raster"
    if profile.has("graphics"):
        return "graphics"
    return "columns" if has_columns(profile) else ""


def has_columns(profile: Profile) -> bool:
    """True when 24-dot columns (``ESC * 33``) can stand among letters."""
    return profile.has("bit_image") and profile.has("high_density") and not profile.has("obeys_realtime_in_payload")


def defused(bits: bytes, profile: Profile) -> bytes:
    """Dots in which no live command stands, for heads that would obey it: one white dot beside a black one turns black."""
    if not profile.has("obeys_realtime_in_payload"):
        return bits
    return LIVE.sub(lambda found: b"\x30" + found.group()[1:], bits)


def is_native(symbol: Symbol, profile: Profile) -> bool:
    """True when the head prints this symbol from its data."""
    if symbol.kind not in profile.symbologies or symbol.fault:
        return False
    if profile.has("obeys_realtime_in_payload") and LIVE.search(symbol.data):
        return False
    if symbol.kind in FAMILIES:
        return profile.has(symbol.kind) and not symbol.options
    if symbol.module > 6 or len(symbol.data) > GS_K_BYTES_MAX:
        return False
    if symbol.kind in FORM_A:
        return profile.has("barcode_b") or profile.has("barcode_a")
    return symbol.kind in FORM_B and profile.has("barcode_b")


def cut_of(profile: Profile, full: bool) -> int | None:
    """The cut the head has: 1 full, 0 partial, None when it has no blade; the other kind where the wished one lacks."""
    for kind in (full, not full):
        if profile.has("cut_full" if kind else "cut_partial"):
            return int(kind)
    return None
