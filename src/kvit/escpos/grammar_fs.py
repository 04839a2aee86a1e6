"""Rows: FS, the commands of multibyte text, stored pictures and options.

Source: Epson's ESC/POS reference, all ``FS`` pages. ``FS 2`` carries no length: 72 bytes for a 24x24 cell, 60 for 20x24,
32 for 16x16; the profile says which (72 where it does not).
"""

from __future__ import annotations

from kvit.escpos.row import Row

FS = (
    Row("FS !", "1C 21", "n", "multibyte print mode: bit 2 double width, 3 double height, 7 underline"),
    Row("FS &", "1C 26", "", "multibyte text on"),
    Row("FS -", "1C 2D", "n", "underline of multibyte text"),
    Row("FS .", "1C 2E", "", "multibyte text off"),
    Row("FS 2", "1C 32", "c1 c2 d[72]", "define a multibyte letter"),
    Row("FS ?", "1C 3F", "c1 c2", "drop a multibyte letter"),
    Row("FS C", "1C 43", "n", "Japanese code system: 0 JIS, 1 Shift-JIS, 2 Shift-JIS 2004"),
    Row("FS L", "1C 4C", "", "cheque paper: double-density page"),
    Row("FS S", "1C 53", "n1 n2", "space left and right of multibyte letters"),
    Row("FS W", "1C 57", "n", "multibyte text of four times the size by bit 0"),
    Row("FS a 0", "1C 61 30", "n", "read a cheque"),
    Row("FS a 1", "1C 61 31", "", "load a cheque"),
    Row("FS a 2", "1C 61 32", "", "eject a cheque"),
    Row("FS b", "1C 62", "", "say what was read from the cheque"),
    Row("FS c", "1C 63", "", "clean the cheque reader"),
    Row("FS g 1", "1C 67 31", "m a:4 n:2 d[n]", "write n bytes to the printer's user memory at a"),
    Row("FS g 2", "1C 67 32", "m a:4 n:2", "read n bytes of the printer's user memory at a"),
    Row("FS p", "1C 70", "n m", "print stored picture n; m 0 to 3 doubles width, height, both"),
    Row("FS q", "1C 71", "@images", "store n pictures for FS p: for each xL xH yL yH and x*y*8 bytes"),
)
