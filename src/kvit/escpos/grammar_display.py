"""Rows: the customer display that hangs on the printer's cable, spoken to after ``ESC =`` with bit 1 alone.

Tills often chain display and printer on one port; without this table display text would land in the receipt. Source:
Epson's DM-D application programming guide (DM-D110 to D500), as the XP8200 and others repeat it. The printer's realtime
commands stay the printer's, so DLE rows are joined in by `kvit.escpos.dialects`.
"""

from __future__ import annotations

from kvit.escpos.control import NAMES
from kvit.escpos.row import Row

_SAYS = {
    "BS": "cursor left",
    "HT": "cursor right",
    "LF": "cursor down",
    "VT": "HOM: cursor to the first place",
    "FF": "CLR: clear the display",
    "CR": "cursor to the left end",
    "CAN": "clear the cursor's line",
}

DISPLAY = (
    *(
        Row(name, f"{code:02X}", "", _SAYS.get(name, "nothing"))
        for code, name in enumerate(NAMES)
        if name not in ("DLE", "ESC", "US", "SP")
    ),
    Row("ESC %", "1B 25", "n", "user-defined letters on by bit 0"),
    Row("ESC &", "1B 26", "@glyphs", "define letters"),
    Row("ESC =", "1B 3D", "n", "who listens: bit 0 printer, bit 1 display"),
    Row("ESC ?", "1B 3F", "n", "drop one user-defined letter"),
    Row("ESC @", "1B 40", "", "display as after power-on"),
    Row("ESC R", "1B 52", "n", "international letters"),
    Row("ESC W", "1B 57", "n=00..FF m=00", "window n away"),
    Row("ESC W", "1B 57", "n=00..FF m=30", "window n away"),
    Row("ESC W", "1B 57", "n=00..FF m=01|31 x1 y1 x2 y2", "window n at these places"),
    Row("ESC t", "1B 74", "n", "code page"),
    Row("US MD1", "1F 01", "", "overwrite mode"),
    Row("US MD2", "1F 02", "", "vertical scroll mode"),
    Row("US MD3", "1F 03", "", "horizontal scroll mode"),
    Row("US LF", "1F 0A", "", "cursor up"),
    Row("US CR", "1F 0D", "", "cursor to the right end"),
    Row("US #", "1F 23", "n m", "annunciator m on or off"),
    Row("US $", "1F 24", "x y", "cursor to column x, row y"),
    Row("US (", "1F 28", "x p:2{d*}", "function x of the display's extensions"),
    Row("US ,", "1F 2C", "n", "letter n with a comma"),
    Row("US .", "1F 2E", "n", "letter n with a point"),
    Row("US :", "1F 3A", "", "begin or end recording a macro"),
    Row("US ;", "1F 3B", "n", "letter n with a semicolon"),
    Row("US @", "1F 40", "", "self-test"),
    Row("US B", "1F 42", "", "cursor to the last line"),
    Row("US C", "1F 43", "n", "cursor shown by bit 0"),
    Row("US E", "1F 45", "n", "blinking, n x 50 ms; 255 dark"),
    Row("US T", "1F 54", "h m", "set the clock and show it"),
    Row("US U", "1F 55", "", "show the clock"),
    Row("US X", "1F 58", "n", "brightness 1 to 4"),
    Row("US ^", "1F 5E", "n m", "run the macro"),
    Row("US r", "1F 72", "n", "reverse letters by bit 0"),
    Row("US v", "1F 76", "n", "DTR line"),
)
"""All rows of the display."""
