"""``GS ( E`` of Sunmi's cloud printers: ``03 00 06 s n`` are text settings there, a query of a memory switch on Epson.

Only the settings that change what bytes mean are played: 01 the two-byte set, 03 UTF-8. The others (fonts, sizes of
vector letters) change looks the sheet's fonts do not have.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import Printer, Verb, reread
from kvit.paper.languages.escpos.style import set_utf8

SETS = {0: "gb18030", 1: "big5", 11: "shift-jis", 12: "jis", 21: "ksc5601"}
OFF, DEFAULT = 128, 255


def settings(printer: Printer, command: Command) -> None:
    """``GS ( E``: Sunmi's text settings by their length and function; Epson's memory switches print nothing."""
    raw = command.raw
    if len(raw) != 8 or raw[5] != 6:
        return
    if raw[6] == 3:
        set_utf8(printer, bool(raw[7]))
    elif raw[6] == 1:
        machine = printer.machine
        printer.kanji = machine.multibyte if raw[7] == DEFAULT else SETS.get(raw[7], printer.kanji)
        printer.multibyte = raw[7] != OFF and printer.kanji is not None
        reread(printer)


VERBS: dict[str, Verb] = {"GS ( E": settings}
