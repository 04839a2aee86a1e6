"""Rows: single control bytes, and the realtime commands behind DLE.

Realtime commands are executed on arrival, even while the printer is offline or busy. A real Epson also finds them inside
the data of other commands; in here data stay data (whoever answers status may search payloads if the device did).
Sources: Epson's ESC/POS reference, pages of HT to CAN and DLE EOT, DLE ENQ, DLE DC4.
"""

from __future__ import annotations

from kvit.escpos.control import NAMES
from kvit.escpos.row import Row

_SAYS = {
    "NUL": "nothing; padding",
    "BEL": "nothing on Epson; beep or drawer on other families",
    "BS": "nothing on Epson; back one letter on displays and dot-matrix printers",
    "HT": "to the next tab stop",
    "LF": "print the line and feed one line spacing",
    "FF": "page mode: print the page and leave; else eject where there is something to eject",
    "CR": "as LF or nothing, by a switch",
    "CAN": "page mode: clear the area",
}

CONTROLS = tuple(
    Row(name, f"{code:02X}", "", _SAYS.get(name, "nothing on Epson"))
    for code, name in enumerate(NAMES)
    if name not in ("DLE", "ESC", "FS", "GS", "SP")
)
"""Every control byte that is no prefix. Epson passes over what it does not use; here each is a command, never text."""

REALTIME = (
    Row(
        "DLE EOT",
        "10 04",
        "n",
        "say status now: 1 printer, 2 offline cause, 3 error cause, 4 roll paper, 5 and 6 by vendor",
    ),
    Row("DLE EOT", "10 04", "n=07|08|12 a", "say status now: 7 ink, 8 MICR or top-of-form, 18 drawer and peripherals"),
    Row("DLE ENQ", "10 05", "n", "0 as if FEED was pressed, 1 recover and reprint the line, 2 recover and clear"),
    Row("DLE DC4", "10 14", "fn", "a realtime request of an unknown function"),
    Row("DLE DC4", "10 14", "fn=01 m t", "drawer pulse now: m 0 pin 2, 1 pin 5; t x 100 ms"),
    Row("DLE DC4", "10 14", "fn=02 a b", "power off (a b = 01 08)"),
    Row("DLE DC4", "10 14", "fn=03 a b c d e", "buzzer: pattern a, repeats c"),
    Row("DLE DC4", "10 14", "fn=07 m", "transmit status: 1 basic, 2 extended, 4 offline response, 5 battery"),
    Row("DLE DC4", "10 14", "fn=08 d[7]", "clear the buffers (d = 01 03 14 01 06 02 08); answers 37 25 00"),
)
