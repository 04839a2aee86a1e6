"""Symbologies: the kinds of bar codes and 2D symbols there are, and what is fixed about each.

The names are those of documents, of sheets and of printer profiles. Sources: the ISO/IEC standards of each (15420 EAN/UPC,
16388 Code 39, 16390 ITF, 15417 Code 128, 24724 DataBar, 18004 QR, 23941 rMQR, 15438 PDF417, 24728 MicroPDF417, 16022
DataMatrix, 24778 Aztec, 16023 MaxiCode) for widths and white; the modules chosen are ours, and the smallest are those
whose picture at 203 dpi still reads back (``tests/paper/test_symbol_reading.py``).
"""

from __future__ import annotations

import msgspec

DIGITS = "0123456789"
CODE39 = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ -.$/+%*"
CODABAR = DIGITS + "-$:/.+ABCDabcd"


class Kind(msgspec.Struct, frozen=True):
    """One symbology."""

    format: str
    """What zxing-cpp calls it; ``half``: it draws one part (`kvit.paper.composite`)."""
    flat: bool = True
    """Bars of one height, with letters for people; else rows of its own."""
    letters: str = ""
    """The letters it takes; empty: told elsewhere."""
    lengths: tuple[int, ...] = ()
    modules: int = 0
    """Modules across when that is always the same; 0 when it depends on the data."""
    quiet: int = 10
    """Modules of white to the left and right (2D symbols: all around); EAN-13 asks for 11 and 7, evened out here."""
    module: int = 2
    """Dots of a module where a document leaves it open: half a millimetre of a 2D symbol scans from any telephone."""
    smallest: int = 2
    """Dots of a module with which it reads from a telephone; less is the last resort."""


KINDS: dict[str, Kind] = {
    "upca": Kind("UPCA", True, DIGITS, (11, 12), 95, 9),
    "upce": Kind("UPCE", True, DIGITS, (6, 7, 8, 11, 12), 51, 9),
    "ean13": Kind("EAN13", True, DIGITS, (12, 13), 95, 10),
    "ean8": Kind("EAN8", True, DIGITS, (7, 8), 67, 7),
    "code39": Kind("Code39", True, CODE39),
    "itf": Kind("ITF", True, DIGITS),
    "codabar": Kind("Codabar", True, CODABAR),
    "code93": Kind("Code93"),
    "code128": Kind("Code128"),
    "gs1128": Kind("Code128"),
    "databar": Kind("DataBarOmni", True, DIGITS, (13, 14), 96, 2),
    "databartruncated": Kind("DataBarOmni", True, DIGITS, (13, 14), 96, 2),
    "databarlimited": Kind("DataBarLtd", True, DIGITS, (13, 14), 79, 2),
    "databarexpanded": Kind("DataBarExp", quiet=2),
    "databarstacked": Kind("DataBarStk", False, DIGITS, (13, 14), 0, 2),
    "databarstackedomni": Kind("DataBarStkOmni", False, DIGITS, (13, 14), 0, 2),
    "databarexpandedstacked": Kind("DataBarExpStk", False, quiet=2),
    "qr": Kind("QRCode", False, quiet=4, module=5, smallest=3),
    "microqr": Kind("MicroQRCode", False, quiet=2, module=5),
    "rmqr": Kind("RMQRCode", False, quiet=2, module=4),
    "pdf417": Kind("PDF417", False, quiet=2),
    "micropdf417": Kind("MicroPDF417", False, quiet=2),
    "maxicode": Kind("MaxiCode", False, quiet=8, module=1, smallest=1),
    "datamatrix": Kind("DataMatrix", False, quiet=2, module=5),
    "aztec": Kind("Aztec", False, quiet=2, module=5),
    "composite": Kind("half", False, quiet=10),
}
"""Names of symbologies, also those a printer profile lists. MaxiCode has one size, so its module is a dot."""

MAXICODE_DOTS = (223, 199)
"""A MaxiCode is 28 mm wide and 25 high whatever its data: so many dots of 203 to the inch."""
LINEAR = ("ean8", "ean13", "upca", "upce", "databar", "databartruncated", "databarstacked", "databarstackedomni",
          "databarlimited", "databarexpanded", "databarexpandedstacked", "gs1128")  # fmt: skip
"""What the lower part of a composite symbol may be."""
GTIN = ("databar", "databartruncated", "databarlimited", "databarstacked", "databarstackedomni")
"""Kinds that hold one GTIN and nothing else."""
ELEMENTS = ("gs1128", "databarexpanded", "databarexpandedstacked")
"""Kinds that hold GS1 element strings."""
ADD_ONS = ("ean13", "ean8", "upca", "upce")
"""Kinds that may have two or five digits more standing beside them."""
ROWED = ("pdf417", "micropdf417")
"""Kinds whose rows are higher than a module."""
