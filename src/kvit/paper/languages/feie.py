"""Feie (飞鹅) cloud printers: the content of an order as text with tags.

From Feie's public pages and samples: 32 columns on 58 mm, 48 on 80 mm; ``<BR>`` ends a line; ``<B>`` twice as large,
``<L>`` twice as high, ``<W>`` twice as wide, ``<BOLD>``; ``<QR>`` once an order; ``<CODE>`` and twelve digits;
``<CUT>``, ``<PLUGIN>`` (the drawer). Read but not written: ``<C> <CB> <RIGHT>``. Contents above 3,500 bytes are
refused by some accounts, above 5,000 by all. Unproven: whether tags of size may stand in the middle of a line on
every model; what ends a ``<QR>`` line.

Left out: ``<LOGO>``, which prints whatever lies in the device; voices; labels.
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper.languages import tagged
from kvit.paper.languages.lines import Act
from kvit.paper.languages.tame import Manner, gbk_up_to, is_ean13
from kvit.paper.sheet import Sheet

BYTES_MAX = 3_500
QR_BYTES_MAX = 256
"""Nobody tells; the sister cloud's figure."""

MANNER = Manner(
    sizes=((1, 1), (1, 2), (2, 1), (2, 2)),
    bold=True,
    twins={"<": "＜", ">": "＞"},
    marks={"qr": gbk_up_to(QR_BYTES_MAX), "ean13": is_ean13},
    once=frozenset({"qr"}),
    bytes_max=BYTES_MAX,
)
TONGUE = tagged.Tongue(
    manner=MANNER,
    new_line="<BR>",
    looks={"B": (2, 2), "L": (1, 2), "W": (2, 1)},
    bold="BOLD",
    marks={"QR": "qr", "CODE": "ean13"},
    digits={"CODE": 12},
    acts={
        "CUT": Act("cut", {"full": 0}),
        "PLUGIN": Act("pulse", {"pin": 2, "on_ms": 120, "off_ms": 240}),
    },
    aligns={"C": "centre", "CB": "centre", "RIGHT": "right"},
    large=frozenset({"CB"}),
)


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The ``content`` of an order."""
    return tagged.write(sheet, profile, TONGUE)


def play(data: bytes, profile: Profile) -> Sheet:
    """What such a content prints."""
    return tagged.play(data, profile, TONGUE)
