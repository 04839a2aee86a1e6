"""Letters: bytes become runs on the open line.

The common road is short on purpose (a receipt has some forty runs and is to be played in a twentieth of a millisecond):
letters of one byte each, nothing substituted, room left on the line. Beside it runs a second one for ASCII and whole
pairs of bytes. Everything else goes by ``write``: pieces of one cell width each, put down letter by letter where the
right edge is near.

A head wraps like a typewriter: a letter that does not fit starts the next line; no word is kept whole. A line that is
exactly full wraps only when another letter comes, so ``48 letters, LF`` is one line.

Text commands may be split anywhere by the parser (64 KiB pieces, chunk borders): a run that continues the one before it
is joined to it, and a lead byte at the end of one command meets its trail byte at the start of the next.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.escpos.multibyte import runs
from kvit.paper.languages.escpos import letters
from kvit.paper.languages.escpos.line import end_line, grow, is_full
from kvit.paper.languages.escpos.machine import Whole
from kvit.paper.languages.escpos.state import Printer, restyle, restyle_kanji
from kvit.paper.sheet import Run, Style
from kvit.paper.width import clusters, is_unmarked


def text(printer: Printer, command: Command) -> None:
    """Print letters at the current position."""
    raw = command.raw
    style = printer.style or restyle(printer)
    start = command.offset
    end = start + len(raw)
    if start == printer.text_end:
        write(printer, raw, start, end)
        return
    printer.queue = b""
    if printer.plain and raw.isascii():
        written = str(raw, "ascii")
    elif printer.plain_cells:
        written = printer.decode(raw)
    else:
        if printer.whole is None or not put_whole(printer, printer.whole, raw, start, end):
            write(printer, raw, start, end)
        return
    advance = printer.advance
    x = printer.x
    width = advance * len(written)
    printer.text_end = end
    if x + width > printer.right:
        wrap(printer, written, advance, style, start, end)
        return
    rise = printer.rise
    if rise != printer.line_rise:
        grow(printer, rise, printer.drop)
    y = printer.y if printer.page is None else printer.y - rise
    printer.boxes.append(Run(x, y, width, printer.run_height, written, advance, style, start, end))
    printer.x = x + width


def write(printer: Printer, raw: bytes, start: int, end: int) -> None:
    """The long road: joined runs, two-byte letters, substitutions, marks, letters of the sender's own."""
    if start == printer.text_end:
        raw, start = _continued(printer, raw, start)
    printer.text_end = end
    if printer.kanji_style is None:
        restyle_kanji(printer)
    for piece in letters.spell(printer, raw):
        if piece.wide:
            put_wide(printer, piece.text, start, end)
        else:
            put(printer, piece.text, printer.advance, printer.style or restyle(printer), start, end, piece.glyphs)


def _continued(printer: Printer, raw: bytes, start: int) -> tuple[bytes, int]:
    """Take back the beginning of a letter printed at the end of the text before, now that its rest comes."""
    lead, printer.queue = printer.queue, b""
    boxes = printer.boxes
    last = boxes[-1] if lead and len(boxes) > printer.open_from else None
    if not isinstance(last, Run) or last.end != start or len(last.text) < len(lead):
        return raw, start
    taken = last.advance * len(lead)
    printer.x -= taken
    last.text, last.width = last.text[: -len(lead)], last.width - taken
    if not last.text:
        boxes.pop()
    return lead + raw, start - len(lead)


def put_whole(printer: Printer, whole: Whole, raw: bytes, start: int, end: int) -> bool:
    """ASCII and whole pairs on a line they have room on, as `put` would lay them; False where it takes more than that."""
    boxes, x = printer.boxes, printer.x
    kanji = printer.kanji_style or restyle_kanji(printer)
    style = printer.style or restyle(printer)
    pitch, tall, advance, height = printer.pitch, printer.kanji_tall, printer.advance, printer.run_height
    if (
        printer.page is not None or printer.kanji_left or printer.kanji_right or not 0 < advance != pitch > 0 or tall <= 0
        or is_full(printer) or (len(boxes) > printer.open_from and boxes[-1].end >= start)
    ):  # fmt: skip
        return False
    try:
        written = whole(raw)[0]
    except UnicodeDecodeError:
        return False
    if not is_unmarked(written):
        return False
    y = printer.y
    found: list[Run] = []
    for piece in runs(written):
        if piece.isascii():
            width = advance * len(piece)
            found.append(Run(x, y, width, height, piece, advance, style, start, end))
        else:
            width = pitch * len(piece)
            found.append(Run(x, y, width, tall, piece, pitch, kanji, start, end))
        x += width
    if x > printer.right:
        return False
    grow(printer, tall - tall // 8, tall // 8)
    if len(found) > 1 and height != tall:
        grow(printer, printer.rise, printer.drop)
    boxes += found
    printer.x, printer.text_end = x, end
    return True


def put_wide(printer: Printer, written: str, start: int, end: int) -> None:
    """Letters in the square cells of a two-byte font."""
    style = printer.kanji_style or restyle_kanji(printer)
    advance = printer.pitch + (printer.kanji_left + printer.kanji_right) * style.width
    left = printer.kanji_left * style.width
    printer.x += left
    put(printer, written, advance, style, start, end, None, printer.kanji_tall)
    printer.x -= left


def wrap(printer: Printer, written: str, advance: int, style: Style, start: int, end: int) -> None:
    """Plain letters over the right edge: as many as fit, the rest on the next line, and so on."""
    height, rise, drop = printer.run_height, printer.rise, printer.drop
    place, length = 0, len(written)
    while place < length and not is_full(printer):
        x = printer.x
        room = (printer.right - x) // advance if advance > 0 else length
        if room <= 0:
            if x > printer.left:
                end_line(printer, printer.line_spacing, Command(start, b"", "text"))
                continue
            room = 1  # a letter wider than the print area is printed all the same, alone on its line
        piece = written[place : place + room]
        place += room
        if rise != printer.line_rise:
            grow(printer, rise, drop)
        y = printer.y if printer.page is None else printer.y - rise
        width = advance * len(piece)
        printer.boxes.append(Run(x, y, width, height, piece, advance, style, start, end))
        printer.x = x + width


def put(
    printer: Printer,
    written: str,
    advance: int,
    style: Style,
    start: int,
    end: int,
    glyphs: dict[str, bytes] | None = None,
    height: int = 0,
) -> None:
    """Put letters of one cell width down, line after line where they do not fit."""
    height = height or printer.run_height
    count = len(written)
    if 0 < count * advance <= printer.right - printer.x and is_unmarked(written) and not is_full(printer):
        append(printer, written, count, advance, style, start, end, glyphs, height)
        return
    cluster = clusters(written)
    place = 0
    while place < len(cluster) and not is_full(printer):
        room = (printer.right - printer.x) // advance if advance > 0 else len(cluster)
        if room <= 0:
            if printer.x > printer.left:
                end_line(printer, printer.line_spacing, Command(start, b"", "text"))
                continue
            room = 1  # a letter wider than the print area is printed all the same, alone on its line
        taken = cluster[place : place + room]
        place += len(taken)
        append(printer, "".join(taken), len(taken), advance, style, start, end, glyphs, height)


def append(
    printer: Printer,
    written: str,
    count: int,
    advance: int,
    style: Style,
    start: int,
    end: int,
    glyphs: dict[str, bytes] | None,
    height: int,
) -> None:
    """One run on the open line; joined to the run before it when the two are one."""
    drop = height // 8
    rise = height - drop
    grow(printer, rise, drop)
    y = printer.y if printer.page is None else printer.y - rise
    width = advance * count
    boxes = printer.boxes
    last = boxes[-1] if len(boxes) > printer.open_from else None
    if (
        type(last) is Run and last.style is style and last.advance == advance and last.x + last.width == printer.x
        and last.y == y and last.height == height and last.glyphs is glyphs and (last.end == start or last.start == start)
    ):  # fmt: skip
        last.text += written
        last.width += width
        last.end = end
    else:
        boxes.append(Run(printer.x, y, width, height, written, advance, style, start, end, 0, glyphs))
    printer.x += width
