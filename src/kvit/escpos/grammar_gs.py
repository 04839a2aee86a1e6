"""Rows: GS, the commands of sizes, graphics, bar codes, cut and status.

Source: Epson's ESC/POS reference, all ``GS`` pages. Two of its rules live here and not in the framing code: ``GS V`` is
three bytes for m 0, 1, 30h, 31h and four for every other, and ``GS k`` has its length in the mark (form A, m 0 to 6) or in
n (form B, m 41h to 4Fh), with an alphabet a symbology: a byte outside ends the command, the rest is text.
Code 128 and GS1-128 take any byte on later models (FNC1 comes as 7Bh 31h); only the digits-only ones and the small
alphabets are held to theirs.
"""

from __future__ import annotations

from kvit.escpos.row import Row

GS = (
    Row("GS !", "1D 21", "n", "size: high nibble width - 1, low nibble height - 1"),
    Row("GS $", "1D 24", "n:2", "page mode: absolute vertical position"),
    Row("GS *", "1D 2A", "x y d[8*x*y]", "define the downloaded picture, columns of y bytes, 8*x of them"),
    Row("GS /", "1D 2F", "m", "print the downloaded picture"),
    Row("GS :", "1D 3A", "", "begin or end recording a macro"),
    Row("GS B", "1D 42", "n", "white on black by bit 0"),
    Row("GS C 0", "1D 43 30", "n m", "counter: digits and alignment"),
    Row("GS C 1", "1D 43 31", "a:2 b:2 n r", "counter: range, step, repeats"),
    Row("GS C 2", "1D 43 32", "n:2", "counter: value"),
    Row("GS C ;", "1D 43 3B", "@counter", "counter: range, step, repeats, value in digits"),
    Row(
        "GS D",
        "1D 44",
        "m fn a kc1 kc2 b c bm:2 size:4 d[size-6]",
        "store a picture given as a BMP file: fn 67 NV, 83 download",
    ),
    Row("GS E", "1D 45", "n", "head control"),
    Row("GS H", "1D 48", "n", "letters with a bar code: 0 none, 1 above, 2 below, 3 both"),
    Row("GS I", "1D 49", "n", "say the printer's id n"),
    Row("GS L", "1D 4C", "n:2", "left margin, motion units"),
    Row("GS P", "1D 50", "x y", "motion units 1/x and 1/y inch; 0 default"),
    Row("GS Q 0", "1D 51 30", "m x:2 y:2 d[x*y]", "column picture of variable height"),
    Row("GS T", "1D 54", "n", "to the line start: 0 discard, 1 print"),
    Row("GS V", "1D 56", "m=00|01|30|31", "cut: even full, odd partial"),
    Row("GS V", "1D 56", "m n", "feed and cut (41h 42h), at a set position (61h 62h), then to the top (67h 68h)"),
    Row("GS W", "1D 57", "n:2", "width of the print area, motion units"),
    Row("GS \\", "1D 5C", "n:i2", "page mode: relative vertical position, signed"),
    Row("GS ^", "1D 5E", "r t m", "run the macro r times, t x 100 ms apart"),
    Row("GS a", "1D 61", "n", "automatic status: bit 0 drawer, 1 online, 2 error, 3 paper, 6 panel"),
    Row("GS b", "1D 62", "n", "smoothing by bit 0"),
    Row("GS c", "1D 63", "", "print the counter"),
    Row("GS f", "1D 66", "n", "font of the letters with a bar code"),
    Row("GS g 0", "1D 67 30", "m n:2", "maintenance counter n to zero"),
    Row("GS g 2", "1D 67 32", "m n:2", "say maintenance counter n"),
    Row("GS h", "1D 68", "n", "height of a bar code, dots"),
    Row("GS j", "1D 6A", "n", "automatic ink status"),
    Row("GS r", "1D 72", "n", "say status in turn: 1 paper, 2 drawer, 4 ink"),
    Row(
        "GS v 0",
        "1D 76 30",
        "m x:2 y:2 d[x*y]",
        "raster picture: x bytes a row, y rows; m 0 to 3 doubles width, height, both",
    ),
    Row("GS w", "1D 77", "n", "width of a bar code's narrow element, dots"),
    Row("GS z 0", "1D 7A 30", "t1 t2", "waiting time of the recovery"),
)

BARCODES = (
    Row("GS k", "1D 6B", "m", "a bar code of an unknown system: ignored, what follows is normal data"),
    Row("GS k", "1D 6B", "m=00..03|05 d~00:digits", "bar code: UPC-A, UPC-E, EAN-13, EAN-8, ITF, data to NUL"),
    Row("GS k", "1D 6B", "m=04 d~00:code39", "bar code: Code 39, data to NUL"),
    Row("GS k", "1D 6B", "m=06 d~00:codabar", "bar code: Codabar, data to NUL"),
    Row("GS k", "1D 6B", "m=41..44|46 n d[n]:digits", "bar code: UPC-A, UPC-E, EAN-13, EAN-8, ITF, n bytes"),
    Row("GS k", "1D 6B", "m=45 n d[n]:code39", "bar code: Code 39, n bytes"),
    Row("GS k", "1D 6B", "m=47 n d[n]:codabar", "bar code: Codabar, n bytes"),
    Row("GS k", "1D 6B", "m=48 n d[n]:ascii", "bar code: Code 93, n bytes"),
    Row("GS k", "1D 6B", "m=49|4A|4F n d[n]", "bar code: Code 128, GS1-128, Code 128 auto, n bytes"),
    Row("GS k", "1D 6B", "m=4B..4D n d[n]:digits", "bar code: DataBar Omnidirectional, Truncated, Limited, n bytes"),
    Row("GS k", "1D 6B", "m=4E n d[n]:databar", "bar code: DataBar Expanded, n bytes"),
)
