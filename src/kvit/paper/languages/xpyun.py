"""Xpyun (芯烨云, Xprinter's cloud): the content of an order as text with tags.

Known from Xpyun's own samples: 32 columns on 58 mm, 48 on 80 mm; ``<BR>`` ends a line and stands before the closing
tag of the letters it ends; ``<B>`` twice as large, ``<HB>`` high, ``<WB>`` wide, the same with 2 behind for three
times; ``<BOLD>``; ``<QR>`` once an order, 256 letters; ``<CUT>``. Read but not written: ``<L> <C> <R>``, ``<CB>``,
``<N>``. All unproven: no device was at hand.

Left out: ``<BARCODE>`` (its symbology is not told), ``<IMG>``, voices.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper.languages import tagged
from kvit.paper.languages.lines import Act
from kvit.paper.languages.tame import Manner, gbk_up_to
from kvit.paper.sheet import Sheet

BYTES_MAX = 12_288
QR_BYTES_MAX = 256

MANNER = Manner(
    sizes=((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (3, 3)),
    bold=True,
    twins={"<": "＜", ">": "＞"},
    marks={"qr": gbk_up_to(QR_BYTES_MAX)},
    once=frozenset({"qr"}),
    bytes_max=BYTES_MAX,
)
TONGUE = tagged.Tongue(
    manner=MANNER,
    new_line="<BR>",
    looks={"B": (2, 2), "HB": (1, 2), "WB": (2, 1), "B2": (3, 3), "HB2": (1, 3), "WB2": (3, 1), "N": (1, 1)},
    bold="BOLD",
    marks={"QR": "qr"},
    acts={"CUT": Act("cut", {"full": 0})},
    aligns={"L": "left", "C": "centre", "R": "right", "CB": "centre"},
    large=frozenset({"CB"}),
    break_inside=True,
)


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The ``content`` of an order."""
    return tagged.write(sheet, profile, TONGUE)


def play(data: bytes, profile: Profile) -> Sheet:
    """What such a content prints."""
    return tagged.play(data, profile, TONGUE)
