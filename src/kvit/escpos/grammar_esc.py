"""Rows: ESC, the commands of text, position and mechanism.

Source: Epson's ESC/POS reference, all ``ESC`` pages incl. slip and cheque models. What single models leave out is the
profile's matter; framing is common. ``ESC *`` with an m of 2 to 31 is out of Epson's range; dot-matrix printers have
8-dot modes there, so it is framed as one byte a column.
"""

from __future__ import annotations

from kvit.escpos.row import Row

ESC = (
    Row("ESC FF", "1B 0C", "", "page mode: print, stay, keep the data"),
    Row("ESC SP", "1B 20", "n", "right-side spacing of letters, motion units"),
    Row("ESC !", "1B 21", "n", "print mode: bit 0 font B, 3 bold, 4 double height, 5 double width, 7 underline"),
    Row("ESC $", "1B 24", "n:2", "absolute position from the left of the print area, motion units"),
    Row("ESC %", "1B 25", "n", "user-defined letters on by bit 0"),
    Row("ESC &", "1B 26", "@glyphs", "define letters c1 to c2: for each its width x and x columns of y bytes"),
    Row("ESC *", "1B 2A", "m=00..1F n:2 d[n]", "column picture, 8 dots high: n columns of one byte"),
    Row("ESC *", "1B 2A", "m=20..FF n:2 d[3*n]", "column picture, 24 dots high: n columns of three bytes"),
    Row("ESC -", "1B 2D", "n", "underline 0, 1 or 2 dots"),
    Row("ESC 2", "1B 32", "", "line spacing to default"),
    Row("ESC 3", "1B 33", "n", "line spacing, motion units"),
    Row("ESC <", "1B 3C", "", "head home (impact)"),
    Row("ESC =", "1B 3D", "n", "who listens: bit 0 printer, bit 1 customer display"),
    Row("ESC ?", "1B 3F", "n", "drop one user-defined letter"),
    Row("ESC @", "1B 40", "", "clear the print buffer, modes as after power-on"),
    Row("ESC C", "1B 43", "n", "slip: eject length"),
    Row("ESC D", "1B 44", "@tabs", "tab stops, in columns; none clears all"),
    Row("ESC E", "1B 45", "n", "bold by bit 0"),
    Row("ESC F", "1B 46", "n", "slip: eject backwards by bit 0"),
    Row("ESC G", "1B 47", "n", "double-strike by bit 0"),
    Row("ESC J", "1B 4A", "n", "print and feed n motion units"),
    Row("ESC K", "1B 4B", "n", "print and feed back n motion units"),
    Row("ESC L", "1B 4C", "", "enter page mode"),
    Row("ESC M", "1B 4D", "n", "font: 0 A, 1 B, 2 C, 3 D, 4 E, 97 and 98 special"),
    Row("ESC R", "1B 52", "n", "international letters in ASCII places"),
    Row("ESC S", "1B 53", "", "back to standard mode, page data lost"),
    Row("ESC T", "1B 54", "n", "page mode direction: 0 left to right, 1 bottom up, 2 right to left, 3 top down"),
    Row("ESC U", "1B 55", "n", "print in one direction by bit 0"),
    Row("ESC V", "1B 56", "n", "letters turned by 90 degrees: 0 off, 1, 2"),
    Row("ESC W", "1B 57", "x:2 y:2 dx:2 dy:2", "page mode area: corner and size, motion units"),
    Row("ESC \\", "1B 5C", "n:i2", "relative position, signed, motion units"),
    Row("ESC a", "1B 61", "n", "align 0 left, 1 centre, 2 right"),
    Row("ESC c 0", "1B 63 30", "n", "paper to print on"),
    Row("ESC c 1", "1B 63 31", "n", "paper to set line spacing and stations for"),
    Row("ESC c 3", "1B 63 33", "n", "paper sensors that raise the paper-end signal"),
    Row("ESC c 4", "1B 63 34", "n", "paper sensors that stop printing"),
    Row("ESC c 5", "1B 63 35", "n", "panel keys off by bit 0"),
    Row("ESC d", "1B 64", "n", "print and feed n lines"),
    Row("ESC e", "1B 65", "n", "print and feed back n lines"),
    Row("ESC f", "1B 66", "t1 t2", "slip: waiting times"),
    Row("ESC i", "1B 69", "", "cut, one point left"),
    Row("ESC m", "1B 6D", "", "cut, three points left"),
    Row("ESC p", "1B 70", "m t1 t2", "drawer pulse: m 0 pin 2, 1 pin 5; on t1 x 2 ms, off t2 x 2 ms"),
    Row("ESC q", "1B 71", "", "slip: release"),
    Row("ESC r", "1B 72", "n", "ink colour 0 or 1"),
    Row("ESC t", "1B 74", "n", "code page, numbered by the vendor"),
    Row("ESC u", "1B 75", "n", "say drawer status"),
    Row("ESC v", "1B 76", "", "say paper status"),
    Row("ESC {", "1B 7B", "n", "upside-down by bit 0"),
)
