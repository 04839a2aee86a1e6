"""Words of ePOS-Print XML that writer and player must spell alike.

One document is an ``epos-print`` element; its children run from top to bottom as ESC/POS commands do, since the service in
the printer turns each into such commands. Source: ePOS-Print XML User's Manual, rev. K and S. Aztec and DataMatrix keep
to the one spelling each that chooses its own form.
"""

from __future__ import annotations

from kvit.paper.epos_reach import BARS

NAMESPACE = "http://www.epson-pos.com/schemas/2011/03/epos-print"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ALIGNS = ("left", "center", "right")
FONTS = {"A": "font_a", "B": "font_b", "C": "font_c", "D": "font_d", "E": "font_e"}
COLOURS = ("color_1", "color_2")
HRI = ("none", "above", "below", "both")
KINDS = {name: kind for kind, name in BARS.items()} | {"jan13": "ean13", "jan8": "ean8"}
"""``type`` of ``barcode`` to our kinds."""
SYMBOLS = {
    "pdf417_standard": "pdf417", "pdf417_truncated": "pdf417", "qrcode_model_1": "qr", "qrcode_model_2": "qr",
    "qrcode_micro": "microqr", "maxicode_mode_2": "maxicode", "maxicode_mode_3": "maxicode",
    "maxicode_mode_4": "maxicode", "maxicode_mode_5": "maxicode", "maxicode_mode_6": "maxicode",
    "gs1_databar_stacked": "databarstacked", "gs1_databar_stacked_omnidirectional": "databarstackedomni",
    "gs1_databar_expanded_stacked": "databarexpandedstacked", "azteccode_fullrange": "aztec",
    "azteccode_compact": "aztec", "datamatrix_square": "datamatrix", "datamatrix_rectangle_8": "datamatrix",
    "datamatrix_rectangle_12": "datamatrix", "datamatrix_rectangle_16": "datamatrix",
}  # fmt: skip
"""``type`` of ``symbol`` to our kinds."""
LANGUAGES = {
    "shift-jis": "ja", "shift-jis-2004": "ja", "jis": "ja", "gb18030": "zh-hans", "big5": "zh-hant", "ksc5601": "ko",
    "cp949": "ko",
}  # fmt: skip
"""``lang`` of letters out of a two-byte set; all others are ``en``."""
ALL_LANGUAGES = "mul"
"""``lang`` of heads that have the letters of Unicode."""
LINES = {1: "thin", 2: "medium", 3: "thick"}
"""``style`` of ``hline`` by dots; the manual does not tell the dots."""
DIRECTIONS = ("left_to_right", "bottom_to_top", "right_to_left", "top_to_bottom")
"""``dir`` of ``direction``, as `kvit.paper.sheet` counts them."""
