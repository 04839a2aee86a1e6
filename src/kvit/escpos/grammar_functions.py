"""Rows: what stands inside ``ESC (``, ``FS (``, ``GS (`` and ``GS 8 L``: functions behind one length.

Framing needs none of these rows: every x is framed by pL pH (`kvit.escpos.grammar`). They give the operands their names.
Source: Epson's ESC/POS reference; ``GS ( E`` function 6 is the communication setting on Epson and the text
setting of Sunmi's cloud printers, told apart by their lengths only where they differ, so both read as a and d.
"""

from __future__ import annotations

from kvit.escpos.row import Row


def _graphics(name: str, prefix: str, size: int) -> tuple[Row, ...]:
    """The functions of ``GS ( L`` (16-bit length) and ``GS 8 L`` (32-bit length)."""
    functions = (
        (
            "m=30 fn=30|31|33|34|40|42|43|44|50|52|53|54 d*",
            "capacity, lists of keys and free memory of stored pictures",
        ),
        ("m=30 fn=00..06|32|41|51 d*", "reference density, deletes, transmits, prints of the old numbering"),
        ("m=30 fn=45|55 kc1 kc2 x y", "print the stored picture kc1 kc2: 69 from NV, 85 downloaded"),
        ("m=30 fn=43|44|53|54 a kc1 kc2 b x:2 y:2 d*", "store a picture under the key kc1 kc2"),
        ("m=30 fn=70 a bx by c x:2 y:2 d*", "raster picture into the print buffer, scaled bx by"),
        ("m=30 fn=71 a bx by c x:2 y:2 d*", "column picture into the print buffer, scaled bx by"),
        ("m=30 fn=02|32", "print the picture of the print buffer"),
        ("m fn d*", "another function of graphics"),
    )
    order = (5, 4, 3, 2, 6, 0, 1, 7)
    return tuple(Row(name, prefix, f"p:{size}{{{functions[i][0]}}}", functions[i][1]) for i in order)


_SYMBOL = "p:2{{cn={cn} fn={fn} {rest}}}"


def _symbols() -> tuple[Row, ...]:
    table = (
        ("30", "41", "n", "PDF417: data columns, 0 automatic"),
        ("30", "42", "n", "PDF417: rows, 0 automatic"),
        ("30", "43", "n", "PDF417: module width, dots"),
        ("30", "44", "n", "PDF417: row height, times the module width"),
        ("30", "45", "m n", "PDF417: error correction, by level (m 48) or ratio (m 49)"),
        ("30", "46", "m", "PDF417: standard or truncated"),
        ("31", "41", "n1 n2", "QR code: model 49, 50, 51 (micro)"),
        ("31", "43", "n", "QR code: module size, dots"),
        ("31", "45", "n", "QR code: error correction 48 L, 49 M, 50 Q, 51 H"),
        ("32", "41", "n", "MaxiCode: mode"),
        ("33", "43", "n", "stacked GS1 DataBar: module width"),
        ("33", "47", "n:2", "stacked GS1 DataBar: largest width of Expanded Stacked"),
        ("34", "43", "n", "composite: module width"),
        ("34", "47", "n:2", "composite: largest width of Expanded Stacked"),
        ("34", "48", "n", "composite: font of the letters"),
        ("35", "42", "m n", "Aztec: type and layers"),
        ("35", "43", "n", "Aztec: module size"),
        ("35", "45", "n", "Aztec: error correction, percent"),
        ("36", "42", "m d1 d2", "DataMatrix: shape, columns, rows"),
        ("36", "43", "n", "DataMatrix: module size"),
        ("34", "50", "m a b d*", "composite: keep the data of the linear (a 48) or 2D part (a 49)"),
        ("33", "50", "m a d*", "stacked GS1 DataBar: keep the data"),
        ("30..36", "50", "m d*", "symbol: keep the data"),
        ("30..36", "51", "m", "symbol: print what was kept"),
        ("30..36", "52", "m", "symbol: say the size it would have"),
    )
    return (
        *(Row("GS ( k", "1D 28 6B", _SYMBOL.format(cn=cn, fn=fn, rest=rest), says) for cn, fn, rest, says in table),
        Row("GS ( k", "1D 28 6B", "p:2{cn fn d*}", "another function of symbols"),
    )


FUNCTIONS = (
    Row("ESC ( A", "1B 28 41", "p:2{fn n c t}", "buzzer: fn 97 sound n, c times, t x 100 ms"),
    Row("ESC ( A", "1B 28 41", "p:2{fn=30 n c t1 t2}", "buzzer of printers with a beep unit"),
    Row("ESC ( A", "1B 28 41", "p:2{fn=62|63 a n c t1 t2}", "buzzer when offline or at a cut"),
    Row("ESC ( A", "1B 28 41", "p:2{fn d*}", "another function of the buzzer"),
    Row("ESC ( Y", "1B 28 59", "p:2{n m}", "batch printing"),
    Row("FS ( A", "1C 28 41", "p:2{fn=30 m}", "font of multibyte text"),
    Row("FS ( A", "1C 28 41", "p:2{fn d*}", "another function of multibyte fonts"),
    Row("FS ( C", "1C 28 43", "p:2{fn=30 m}", "encoding of text: 1 or 49 code page, 2 or 50 UTF-8"),
    Row("FS ( C", "1C 28 43", "p:2{fn=3C m a}", "font priority m: a 0 ANK, 11 Japanese, 20 and 30 Chinese, 41 Korean"),
    Row("FS ( C", "1C 28 43", "p:2{fn d*}", "another function of encoding"),
    Row("FS ( E", "1C 28 45", "p:2{fn m d*}", "logos at the top and bottom of receipts"),
    Row("FS ( L", "1C 28 4C", "p:2{fn m d*}", "labels and black marks"),
    Row("FS ( L", "1C 28 4C", "p:2{fn d*}", "labels and black marks"),
    Row("FS ( e", "1C 28 65", "p:2{m n}", "extended automatic status"),
    Row("FS ( f", "1C 28 66", "p:2{d*}", "cheque reader: pairs of setting and value"),
    Row("FS ( g", "1C 28 67", "p:2{fn m d*}", "cheque scanner"),
    Row("GS ( A", "1D 28 41", "p:2{n m}", "test print: n paper, m 1 hex dump, 2 status, 3 rolling pattern"),
    Row("GS ( B", "1D 28 42", "p:2{m d*}", "bits of the automatic status"),
    Row("GS ( C", "1D 28 43", "p:2{m fn b d*}", "records of the user memory, by key"),
    Row("GS ( D", "1D 28 44", "p:2{m d*}", "realtime commands allowed: pairs of function and 0 or 1"),
    Row("GS ( E", "1D 28 45", "p:2{fn=01 d1=49 d2=4E}", "enter setting mode"),
    Row("GS ( E", "1D 28 45", "p:2{fn=02 d1=4F d2=55 d3=54}", "leave setting mode and restart"),
    Row("GS ( E", "1D 28 45", "p:2{fn=04|06|0C|0E|30 a}", "say a setting"),
    Row("GS ( E", "1D 28 45", "p:2{fn=05 d*}", "set values: triples of number and value"),
    Row("GS ( E", "1D 28 45", "p:2{fn=06 a d*}", "say a setting on Epson; Sunmi: text setting a to d"),
    Row("GS ( E", "1D 28 45", "p:2{fn d*}", "settings kept in the printer"),
    Row("GS ( G", "1D 28 47", "p:2{fn m d*}", "slip and scanner"),
    Row("GS ( H", "1D 28 48", "p:2{fn=30 m d1 d2 d3 d4}", "say this id when all before it is printed"),
    Row("GS ( H", "1D 28 48", "p:2{fn=31 m n}", "say when offline"),
    Row("GS ( H", "1D 28 48", "p:2{fn d*}", "another function of response requests"),
    Row("GS ( J", "1D 28 4A", "p:2{d*}", "sent by the vendor's Windows driver; in no public reference"),
    Row("GS ( K", "1D 28 4B", "p:2{fn m}", "head: fn 48 control, 49 density, 50 speed, 97 parts"),
    *_graphics("GS ( L", "1D 28 4C", 2),
    *_graphics("GS 8 L", "1D 38 4C", 4),
    Row("GS ( M", "1D 28 4D", "p:2{fn n m}", "settings to and from the printer's memory"),
    Row("GS ( M", "1D 28 4D", "p:2{fn d*}", "settings to and from the printer's memory"),
    Row("GS ( N", "1D 28 4E", "p:2{fn m}", "colour of letters (48), background (49), shading (50)"),
    Row("GS ( N", "1D 28 4E", "p:2{fn=32 m a}", "shading on (m 49) in colour a"),
    Row("GS ( P", "1D 28 50", "p:2{fn=30 w:2 h:2 c}", "page mode: printable width and height"),
    Row("GS ( P", "1D 28 50", "p:2{fn d*}", "another function of the page area"),
    Row("GS ( Q", "1D 28 51", "p:2{fn=30 x1:2 y1:2 x2:2 y2:2 c m1 m2}", "page mode: draw a line"),
    Row("GS ( Q", "1D 28 51", "p:2{fn=31 x1:2 y1:2 x2:2 y2:2 c m1 m2}", "page mode: draw a rectangle"),
    Row("GS ( Q", "1D 28 51", "p:2{fn d*}", "another function of drawing"),
    Row("GS ( V", "1D 28 56", "p:2{fn d*}", "paper cut by function"),
    *_symbols(),
    Row("GS ( z", "1D 28 7A", "p:2{fn m d*}", "slip in many stations"),
)
