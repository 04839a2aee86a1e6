"""What can be said to an Epson printer in ePOS-Print XML: the answers behind `kvit.paper.reach` for that language.

The XML service of the printer takes letters, not bytes, and picks the code page itself by ``lang``; which letters beyond
Western Europe's it finds a page for, no manual at hand tells, so only those of WPC1252 are sent as text, the two-byte set
of an Asian model besides, and all others are drawn; a profile with ``unicode`` takes every letter (``lang`` mul). A picture
stands alone on its lines (``image``), never among letters.
Lengths are dots throughout. Source: ePOS-Print XML User's Manual, rev. K and S.
"""

from __future__ import annotations

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper.sheet import Symbol

LANGUAGE = "epos"
"""The name of `kvit.paper.languages.registry`."""
PAGE = {16: "cp1252"}
UNFELT = frozenset({"obeys_realtime_in_payload", "esc_t_ignored", "no_feed_dots", "no_absolute_after_text"})
"""Quirks of the wire that the service stands between."""
BARS = {
    "upca": "upc_a", "upce": "upc_e", "ean13": "ean13", "ean8": "ean8", "code39": "code39", "itf": "itf",
    "codabar": "codabar", "code93": "code93", "code128": "code128", "gs1128": "gs1_128",
    "databar": "gs1_databar_omnidirectional", "databartruncated": "gs1_databar_truncated",
    "databarlimited": "gs1_databar_limited", "databarexpanded": "gs1_databar_expanded",
}  # fmt: skip
"""Our kinds and the ``type`` of ``barcode``."""
BAR_MODULES = range(2, 7)
"""``width`` of ``barcode``."""
MODULES = {"qr": range(1, 17), "pdf417": range(2, 9)}
"""``width`` of ``symbol``, for the kinds sent as data; all others are drawn."""
HEIGHT_MAX = 255
PULSE_STEP_MS = 100
PULSE_STEPS = 5


def spoken(profile: Profile) -> Profile:
    """The profile of an ESC/POS printer as it is reached through its XML service.

    Keep it: what is worked out for a profile is remembered by the record. A full cut has no word in older services.
    """
    features = profile.features - {"cut_full"} if "cut_partial" in profile.features else profile.features
    return msgspec.structs.replace(
        profile, language=LANGUAGE, code_pages=PAGE, code_page=16, international=0, motion_x=profile.dpi,
        motion_y=profile.dpi, features=features, quirks=profile.quirks - UNFELT,
    )  # fmt: skip


def is_native(symbol: Symbol) -> bool:
    """True when the service prints this symbol from its data (the profile knows the kind)."""
    if symbol.kind in MODULES:
        return symbol.module in MODULES[symbol.kind] and not symbol.options
    if symbol.kind not in BARS or symbol.module not in BAR_MODULES:
        return False
    return 1 <= symbol.bar_height <= HEIGHT_MAX and len(symbol.data) <= HEIGHT_MAX


def pulse_ms(on_ms: int) -> tuple[int, int]:
    """The drawer's times: ``pulse_100`` to ``pulse_500``, and as long a rest."""
    near = min(max(round(on_ms / PULSE_STEP_MS), 1), PULSE_STEPS) * PULSE_STEP_MS
    return near, near
