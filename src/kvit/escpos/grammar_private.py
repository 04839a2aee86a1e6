"""Rows: vendors' additions whose bytes mean nothing to Epson, so they are known in every dialect of its family.

What collides with Epson stands in a file of its own under ``dialects/``. Gathered from the manuals of Xprinter, Rongta,
ZiJiang and other makers of the Chinese platform, SPRT, Posiflex, Citizen, Elgin, Bematech, Custom and Pyramid; a "?" in
the sentence marks a length that no manual at hand confirms. ``hint`` names the dialect a command gives away: it is framed
here once, and a parser that was told no dialect reads on in that one.

Ambiguous: ``ESC 4`` and ``ESC 5`` take an argument on some models and none on others. The next byte decides: a control
byte that begins nothing else is the argument.
"""

from __future__ import annotations

from kvit.escpos.row import Row

PRIVATE = (
    Row("ESC +", "1B 2B", "n", "h, l, H: all that follows is UTF-16 or UTF-32 (TransAct); that mode is not read"),
    Row("ESC 0", "1B 30", "", "line spacing 1/8 inch (Star: 3 mm)"),
    Row("ESC 4", "1B 34", "n?", "italic on; with n by n (Bematech, Daruma, Custom)"),
    Row("ESC 5", "1B 35", "n?", "italic off (Bematech, Daruma)"),
    Row("ESC 7", "1B 37", "a b c", "heat: dots at once, time, interval (mini-printers)"),
    Row("ESC B", "1B 42", "n t", "buzzer n times t x 100 ms (Chinese platform)"),
    Row("ESC N", "1B 4E", "n m", "a setting kept in flash (ZKC)"),
    Row("ESC Z", "1B 5A", "m n k l:2 d[l]", "2D symbol of the type set by GS Z (SPRT, Goojprt)"),
    Row("ESC o", "1B 6F", "", "clear the display of a printer that has one (Posiflex)"),
    Row("ESC w", "1B 77", "", "cut (Mecaf, Tanca); asks for the print result (ZKC)"),
    Row("ESC x", "1B 78", "", "kiosk presenter (Pyramid)"),
    Row("ESC SO", "1B 0E", "", "double width on (ZKC, dot matrix)"),
    Row("ESC SI", "1B 0F", "", "condensed on (Bematech, dot matrix)"),
    Row("ESC DC4", "1B 14", "", "double width off (ZKC)"),
    Row("ESC US A", "1B 1F 41", "n", "steers the ESC/POS emulation (Star)"),
    Row("ESC US f", "1B 1F 66", "n", "steers the ESC/POS emulation (Star)"),
    Row("ESC FAh", "1B FA", "n xH xL yH yL", "print a stored logo (Custom)"),
    Row("ESC FFh", "1B FF", "n:2", "store a logo (Custom)"),
    Row("FS SO", "1C 0E", "", "double width for the line (SPRT impact)"),
    Row("FS DC4", "1C 14", "", "end of double width (SPRT impact)"),
    Row("FS E P", "1C 45 50", "", "paper setting (Citizen portable) ?"),
    Row("FS I", "1C 49", "n", "turn letters (SPRT impact)"),
    Row("FS J", "1C 4A", "", "vertical writing (SPRT impact)"),
    Row("FS K", "1C 4B", "", "horizontal writing (SPRT impact)"),
    Row("FS M", "1C 4D", "n", "mark sensor (Citizen portable)"),
    Row("FS e", "1C 65", "", "end of page (Citizen portable)"),
    Row("FS }", "1C 7D", "fn n", "kiosk: symbol setting (Custom)"),
    Row("FS C0h", "1C C0", "n", "kiosk: ticket status (Custom)"),
    Row("GS FF", "1D 0C", "", "to the next mark (Citizen portable, Elgin)"),
    Row("GS S", "1D 53", "n", "portable settings, C and P (Citizen portable) ?"),
    Row("GS Z", "1D 5A", "n", "type of the next ESC Z symbol (SPRT, Goojprt)"),
    Row("GS e", "1D 65", "n", "ejector (Custom, Pyramid)"),
    Row("GS e", "1D 65", "n=20 m t", "ejector: present m steps, then t (Custom)"),
    Row("GS g 4", "1D 67 34", "", "maintenance (Chinese platform)"),
    Row("GS g 5", "1D 67 35", "", "maintenance (Chinese platform)"),
    Row("GS o", "1D 6F", "m", "stored picture (Posiflex)"),
    Row("GS o", "1D 6F", "a=00 n b m", "QR: module size n, model m, for the next GS k of system 11 (Elgin)"),
    Row("GS p", "1D 70", "m n", "stored picture (Posiflex)"),
    Row("GS q", "1D 71", "n", "speed (Elgin)"),
    Row("GS x", "1D 78", "n", "QR module size (Rongta)"),
    Row("GS k", "1D 6B", "m=0B level mode c d~00", "QR code, c a comma (Elgin)"),
    Row("GS k", "1D 6B", "m=15..17 d~00", "bar code of the family, data to NUL (Bematech)"),
    Row("GS k", "1D 6B", "m=51 n1 n2 n3 n4 n:2 d[n]", "QR code (Bematech)"),
    Row("GS k", "1D 6B", "m=61 v r n:2 d[n]", "QR code: version v, level r (Chinese platform)"),
    Row("GS k", "1D 6B", "m=80 n1 n2 n3 n4 n:2 d[n]", "PDF417 (Bematech)"),
    Row("GS k", "1D 6B", "m=82|83 n d[n]", "bar code of the family, n bytes (Bematech)"),
    Row("GS k", "1D 6B", "m=84 n:2 d[n]", "bar code of the family, n bytes (Bematech)"),
    Row("GS F7h", "1D F7", "p:2 op d[p]", "bulk setting (Bematech, Elgin)"),
    Row("GS F8h", "1D F8", "op", "ask for a setting (Bematech, Elgin)"),
    Row("GS F9h", "1D F9", "op n", "a setting (Bematech, Elgin)"),
    Row("GS F9h", "1D F9", "op=44 a b", "a setting of two bytes (Bematech, Elgin)"),
    Row("GS F9h 1Fh", "1D F9 1F", "n", "back to the language before (Bematech, Elgin)"),
    Row("GS F9h 20h", "1D F9 20", "n", "language: 0 native, 1 ESC/POS (Bematech, Elgin)"),
    Row("GS F9h 35h", "1D F9 35", "n", "language for good: 0 native, 1 ESC/POS (Bematech, Elgin)"),
    Row("GS FAh", "1D FA", "n", "a setting (Bematech, Elgin)"),
    Row("DC2 #", "12 23", "n", "density (mini-printers)"),
    Row("DC2 *", "12 2A", "h w d[h*w]", "raster picture, w bytes a row, h rows (mini-printers)"),
    Row("DC2 q", "12 71", "n", "automatic status (SII)"),
    Row("DC2 T", "12 54", "", "self-test (mini-printers)"),
    Row("BS M B", "08 4D 42", "", "Bixolon ?"),
    Row("BS V C", "08 56 43", "", "Bixolon ?"),
    Row("BS ^ P", "08 5E 50", "", "Bixolon ?"),
)
"""What means nothing to Epson."""

US_SETUP = (
    Row("US ESC US", "1F 1B 1F", "op", "a set-up command of the Chinese platform"),
    Row("US ESC US", "1F 1B 1F", "op=FC d[4]", "switch the language: 33h TSC, 44h CPCL, 55h ESC"),
    Row("US ESC US", "1F 1B 1F", "op=93 d[8]", "self-test"),
    Row("US ESC US", "1F 1B 1F", "op=91 d[11]", "set the network address: 00, SET IP, four bytes"),
    Row("US ESC US", "1F 1B 1F", "op=81|82 a b c n:2", "set a size"),
)
"""The set-up commands of the Chinese platform: no length field, so each op has its own."""

GIVEAWAYS = (
    Row("ESC GS t", "1B 1D 74", "n", "Star: code page", hint="star"),
    Row("ESC GS a", "1B 1D 61", "n", "Star: align", hint="star"),
    Row("ESC GS P 0", "1B 1D 50 30", "", "Star: page mode on", hint="star"),
    Row("ESC GS S", "1B 1D 53", "m x:2 y:2 n d[x*y]", "Star: raster picture", hint="star"),
    Row("ESC RS a", "1B 1E 61", "n", "Star: automatic status", hint="star"),
    Row("ESC RS F", "1B 1E 46", "n", "Star: font", hint="star"),
    Row("ESC * r A", "1B 2A 72 41", "", "Star: enter raster mode", hint="star-raster"),
    Row("ESC * r R", "1B 2A 72 52", "", "Star: start raster mode afresh", hint="star-raster"),
    Row("ESC * r B", "1B 2A 72 42", "", "Star: leave raster mode", hint="star"),
    Row("ESC E", "1B 45", "", "Star: bold, no argument", hint="star", ahead="1B 1D"),
    Row("ESC F", "1B 46", "", "Star: end of bold, no argument", hint="star", ahead="1B 1D"),
    Row("ESC b", "1B 62", "n1=30..39 n2 n3 n4 d~1E", "Star: bar code", hint="star"),
    Row("ESC b", "1B 62", "n1=00..0F n2 n3 n4 d~00", "Daruma: bar code", hint="daruma"),
    Row("ESC j", "1B 6A", "n", "Daruma: align", hint="daruma"),
    Row("ESC 81h", "1B 81", "n:2{size level d*}", "Daruma: QR code", hint="daruma"),
    Row("ESC 80h", "1B 80", "n", "Bematech: drawer 2", hint="bematech"),
    Row("ESC |", "1B 7C", "m h w p n d[n]", "Diebold: bar code", hint="diebold"),
    Row("ESC |", "1B 7C", "m=30 h w p d[13]", "Diebold: EAN-13", hint="diebold"),
)
"""Commands of families that collide with Epson elsewhere: met by a parser that was told no dialect, they settle it."""
