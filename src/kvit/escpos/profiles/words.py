"""The words a profile may hold: what code looks for, and nothing else.

A word nobody looks for changes nothing, and whoever wrote it would never hear of it, so a shop's own file with one is
refused. What each word means stands in docs/howto/add-a-printer-profile.md; a test holds that page against this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from kvit.escpos import codepage
from kvit.escpos.profiles.profile import Profile

FEATURES: Final = frozenset((
    "raster", "graphics", "bit_image", "high_density", "nv_images", "nv_graphics", "download_graphics", "qr", "pdf417",
    "barcode_a", "barcode_b", "cut_full", "cut_partial", "pulse", "pulse_bel", "page_mode", "user_glyphs", "utf8",
    "unicode", "italic", "two_color", "star_commands", "display", "continuous_forms", "ejector",
))  # fmt: skip
QUIRKS: Final = frozenset((
    "cr_is_lf", "lf_eaten_after_raster", "no_feed_dots", "no_cut_feed", "no_negative_relative", "no_absolute_after_text",
    "no_triple_rows", "no_motion_units", "barcode_settings_reset", "size_limit_6", "esc_t_ignored",
    "obeys_realtime_in_payload", "answers_realtime_in_payload", "realtime_in_queue",
))  # fmt: skip


def check(profile: Profile) -> None:
    """Raise ValueError for the first word of a profile that means nothing, with the words nearest to it."""
    _among("feature", profile.features, FEATURES)
    _among("quirk", profile.quirks, QUIRKS)
    _among("code page", profile.code_pages.values(), {*codepage.names(), *codepage.ALIASES})


def _among(kind: str, words: Iterable[str], known: Iterable[str]) -> None:
    known = set(known)
    for word in sorted(set(words) - known):
        near = ", ".join(get_close_matches(word, sorted(known), n=3, cutoff=0.5)) or "-"
        raise ValueError(f"there is no {kind} called {word!r}; nearest: {near}")
