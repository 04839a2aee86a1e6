"""Yilianyun (易联云) cloud printers K2S, K3S, M1: the content of a job as text with tags.

From Yilianyun's public page of tags: 32 columns; a line feed ends a line; ``<FH2> <FW2> <FS2>`` twice as high, wide,
both; ``<FB>`` bold; ``<QR>`` up to 192 letters (96 Chinese ones); **``<BR>`` is a bar code here**, 13 digits;
``<MN>n</MN>`` at the very beginning is the number of copies; ``@@2`` at the beginning of a line makes it large, so
``@@`` never goes out. ``<center> <right>`` are read but not written: after 25 such tags in a job the rest prints as
text.

Left out: ``<LR>`` and ``<table>`` (printed as text when played), the sizes 1.33 (``<FH> <FW> <FS>``: read as size 1).
Unproven: which symbology the bar code is (EAN-13 by its thirteen digits).
"""

from __future__ import annotations

from kvit.escpos.profiles import Profile
from kvit.paper.languages import tagged
from kvit.paper.languages.tame import Manner, gbk_up_to, is_ean13
from kvit.paper.sheet import Sheet

QR_BYTES_MAX = 192
ALIGNS_MAX = 25
COPIES_TAG = "MN"

MANNER = Manner(
    sizes=((1, 1), (1, 2), (2, 1), (2, 2)),
    bold=True,
    twins={"<": "＜", ">": "＞"},
    pairs={"@@": "＠＠"},
    marks={"qr": gbk_up_to(QR_BYTES_MAX), "ean13": is_ean13},
)
TONGUE = tagged.Tongue(
    manner=MANNER,
    new_line="\n",
    looks={"FS2": (2, 2), "FH2": (1, 2), "FW2": (2, 1), "FS": (1, 1), "FH": (1, 1), "FW": (1, 1)},
    bold="FB",
    marks={"QR": "qr", "BR": "ean13"},
    aligns={"center": "centre", "right": "right"},
    aligns_max=ALIGNS_MAX,
    head=COPIES_TAG,
)


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The ``content`` of a job."""
    return tagged.write(sheet, profile, TONGUE)


def play(data: bytes, profile: Profile) -> Sheet:
    """What such a content prints."""
    return tagged.play(data, profile, TONGUE)
