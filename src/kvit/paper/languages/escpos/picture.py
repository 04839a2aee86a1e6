"""Verbs that bring pictures: ``ESC *`` into the line, ``GS v 0`` and ``GS ( L`` across the paper, logos by key.

Two ways of printing. ``ESC *`` is a letter of sorts: it stands on the open line among text and comes out with it. All
others take their place at a line start and move the paper by their own height.

A payload longer than 64 KiB comes in pieces: the command first, ``payload`` commands behind it. They are gathered up to
``MAX_BYTES`` and played when whole. Pictures are clipped at the right edge of the print area as heads do it; one that
declares more rows than ``MAX_ROWS`` is cut there, with a problem.

Keys of stored pictures: ``nv:1`` (``FS q``/``FS p``), ``nv:48/49`` (``GS ( L`` fn 67..69 and ``GS D``, kc1/kc2),
``dl:48/49`` (fn 83..85), ``download`` (``GS *``). A picture nobody knows becomes an outline with its key.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.escpos.command import Command
from kvit.escpos.parser import PIECE
from kvit.paper import image
from kvit.paper.languages.escpos.line import aligned, at_start, grow
from kvit.paper.languages.escpos.mechanism import reset
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.logo import MISSING_SIZE, Logo
from kvit.paper.sheet import Picture

MAX_STORED = 255
"""Pictures remembered of one stream; no head holds more keys than ``FS p`` can name."""
TRIPLE = 3
COLUMN_MODES = {
    0: (1, 2, 3), 1: (1, 1, 3), 32: (3, 2, 1), 33: (3, 1, 1), 38: (3, 1, 1), 39: (3, 1, 1), 40: (3, 1, 1),
}  # fmt: skip
"""``ESC * m``: bytes a column, dots across a column, dots down a bit (8-dot rows: three, or what the profile says)."""


class Held(msgspec.Struct):
    """A command whose payload is still coming in."""

    command: Command
    need: int
    pieces: list[bytes]
    have: int


# How long a command is said to be by its own head.
TOTALS: dict[str, Callable[[bytes], int]] = {
    "GS v 0": lambda raw: 8 + _int16(raw, 4) * _int16(raw, 6),
    "GS ( L": lambda raw: 5 + _int16(raw, 3),
    "GS 8 L": lambda raw: 7 + int.from_bytes(raw[3:7], "little"),
    "GS Q 0": lambda raw: 8 + _int16(raw, 4) * _int16(raw, 6),
    "GS *": lambda raw: 4 + raw[2] * raw[3] * 8,
    "ESC *": lambda raw: 5 + _int16(raw, 3) * column_mode(raw[2])[0],
    "GS D": lambda raw: 9 + int.from_bytes(raw[11:15], "little"),
    "FS q": lambda raw: len(raw) if len(raw) < PIECE else 4 * image.MAX_BYTES,
}


def _int16(raw: bytes, at: int) -> int:
    return raw[at] | raw[at + 1] << 8


def whole(verb: Verb) -> Verb:
    """Play a verb only when its whole payload is there; until then hold the command."""

    def gathered(printer: Printer, command: Command) -> None:
        need = TOTALS[command.name](command.raw)
        if len(command.raw) >= need:
            verb(printer, command)
            return
        printer.held = Held(command, need, [command.raw], len(command.raw))

    return gathered


def payload(printer: Printer, command: Command) -> None:
    """A further piece of the payload begun before; what passes the limit is let go by."""
    held: Held | None = printer.held
    if held is None:
        return
    if held.have < image.MAX_BYTES:
        held.pieces.append(command.raw)
    held.have += len(command.raw)
    if held.have >= held.need or (held.command.name == "FS q" and len(command.raw) < PIECE):
        release(printer)


def release(printer: Printer) -> None:
    """Play the held command with what came of its payload."""
    held: Held | None = printer.held
    printer.held = None
    if held is None:
        return
    if held.have < held.need and held.command.name != "FS q":
        printer.problem("payload.cut_short", held.command, have=held.have, need=held.need)
    elif held.have > image.MAX_BYTES:
        printer.problem("image.too_large", held.command, bytes=held.have, limit=image.MAX_BYTES)
    first = held.command
    joined = Command(first.offset, b"".join(held.pieces), first.name, first.read)
    UNGATHERED[first.name](printer, joined)


def column_mode(m: int) -> tuple[int, int, int]:
    """Bytes a column, dots across a column, dots down a bit; modes no table has are framed by their size alone."""
    return COLUMN_MODES.get(m) or ((1, 1, 3) if m < 32 else (3, 1, 1))


def column_image(printer: Printer, command: Command) -> None:
    """``ESC * m nL nH d``: columns into the open line."""
    raw = command.raw
    column_bytes, scale_x, scale_y = column_mode(raw[2])
    if scale_y == TRIPLE:
        scale_y = 1 if "no_triple_rows" in printer.machine.quirks else printer.machine.profile.needle_dots
    columns = min(_int16(raw, 3), image.MAX_COLUMNS * 2)
    bits = image.columns_to_rows(raw[5:], columns, column_bytes)
    in_line(printer, command, Logo(columns, column_bytes * 8, bits), scale_x, scale_y)


def in_line(printer: Printer, command: Command, logo: Logo, scale_x: int, scale_y: int) -> None:
    """Put a picture on the open line, cut off where the print area ends."""
    room = (printer.right - printer.x) // scale_x
    if room <= 0 or not logo.columns:
        printer.problem("image.outside", command, name=command.name)
        return
    bits, columns = image.clip(logo.bits, logo.columns, logo.rows, room)
    width, height = columns * scale_x, logo.rows * scale_y
    drop = 3 if height > 3 else 0
    grow(printer, height - drop, drop)
    y = printer.y if printer.page is None else printer.y - height
    printer.boxes.append(
        Picture(
            printer.x, y, width, height, columns, logo.rows, bits, scale_x, scale_y, command.offset, command.end,
            0, printer.colour,
        )
    )  # fmt: skip
    printer.x += width


def raster(printer: Printer, command: Command) -> None:
    """``GS v 0 m xL xH yL yH d``: rows, m = 1 and 2 double across and down."""
    raw = command.raw
    scale = raw[3] & 3
    bits, columns, rows = bounded(printer, command, _int16(raw, 4) * 8, _int16(raw, 6), raw[8:])
    across_paper(printer, command, Logo(columns, rows, bits), 1 + (scale & 1), 1 + (scale >> 1))
    if "lf_eaten_after_raster" in printer.machine.quirks:
        printer.swallow_lf = True


def bounded(printer: Printer, command: Command, columns: int, rows: int, data: bytes) -> tuple[bytes, int, int]:
    """A picture within the house's limits: bits, columns, rows."""
    if rows > image.MAX_ROWS or columns > 8 * image.MAX_COLUMNS:
        printer.problem("image.too_large", command, columns=columns, rows=rows)
        rows = min(rows, image.MAX_ROWS)
    had = len(data)
    row = image.row_bytes(columns)
    rows = min(rows, -(-had // row) if row else 0)
    bits, columns = image.clip(image.complete(data, columns, rows), columns, rows, image.MAX_COLUMNS)
    return bits, columns, rows


def across_paper(
    printer: Printer,
    command: Command,
    logo: Logo,
    scale_x: int = 1,
    scale_y: int = 1,
    key: str = "",
    missing: bool = False,
    colour: int = 0,
    feeds: bool = True,
) -> None:
    """Print a picture at a line start: aligned, clipped at the print area, the paper moved by its height."""
    at_start(printer, command)
    room = (printer.right - printer.x) // scale_x
    if logo.columns <= 0 or logo.rows <= 0 or room <= 0:
        return
    bits, columns = image.clip(logo.bits, logo.columns, logo.rows, room) if not missing else (b"", logo.columns)
    width, height = columns * scale_x, logo.rows * scale_y
    x = printer.x + aligned(printer, width + printer.x - printer.left)
    y = printer.y if printer.page is None else printer.y - height
    printer.boxes.append(
        Picture(
            x, y, width, height, columns, logo.rows, bits, scale_x, scale_y, command.offset, command.end, 0,
            colour or printer.colour, key, missing,
        )
    )  # fmt: skip
    settle_block(printer, width, height if feeds else 0)


def settle_block(printer: Printer, width: int, height: int) -> None:
    """Move on behind something that stood by itself: down the roll, or along the line in page mode."""
    if printer.page is not None:
        printer.x += width
        return
    printer.y += height
    printer.open_from = len(printer.boxes)
    printer.x = printer.left


def graphics(printer: Printer, command: Command) -> None:
    """``GS ( L`` and ``GS 8 L``: by function number."""
    raw = command.raw
    head = 5 if command.name == "GS ( L" else 7
    if len(raw) < head + 2:
        return
    function = FUNCTIONS.get(raw[head + 1])
    if function is not None:
        function(printer, command, raw[head + 2 :])


def _store_rows(printer: Printer, command: Command, data: bytes) -> None:
    """Fn 112: a raster into the print buffer of graphics; planes of several colours lie over each other."""
    scale_x, scale_y, colour = data[1], data[2], data[3]
    bits, columns, rows = bounded(printer, command, _int16(data, 4), _int16(data, 6), data[8:])
    _store(printer, Logo(columns, rows, bits), scale_x, scale_y, colour)


def _store_columns(printer: Printer, command: Command, data: bytes) -> None:
    """Fn 113: the same by columns."""
    scale_x, scale_y, colour = data[1], data[2], data[3]
    columns, rows = min(_int16(data, 4), image.MAX_COLUMNS), _int16(data, 6)
    _store(printer, _from_columns(data[8:], columns, rows), scale_x, scale_y, colour)


def _from_columns(data: bytes, columns: int, rows: int) -> Logo:
    rows = min(rows, image.MAX_ROWS)
    lanes = (rows + 7) // 8
    return Logo(columns, rows, image.complete(image.columns_to_rows(data, columns, lanes), columns, rows))


def _store(printer: Printer, logo: Logo, scale_x: int, scale_y: int, colour: int) -> None:
    planes = printer.images.setdefault("stored", [])
    if len(planes) < 4:
        planes.append((logo, min(max(scale_x, 1), 2), min(max(scale_y, 1), 2), 0 if colour in (0, 0x31) else 1))


def _print_stored(printer: Printer, command: Command, data: bytes) -> None:
    """Fn 50 (and 2): print what fn 112 and 113 stored, and empty the buffer."""
    planes = printer.images.pop("stored", [])
    for number, (logo, scale_x, scale_y, colour) in enumerate(planes):
        last = number == len(planes) - 1
        across_paper(printer, command, logo, scale_x, scale_y, colour=colour, feeds=last)


def _define(kind: str, by_columns: bool) -> Callable[[Printer, Command, bytes], None]:
    """Fn 67, 68, 83, 84: keep a picture under a key; its first colour is the one that prints."""

    def define(printer: Printer, command: Command, data: bytes) -> None:
        key = f"{kind}:{data[1]}/{data[2]}"
        columns, rows = _int16(data, 4), _int16(data, 6)
        if by_columns:
            logo = _from_columns(data[9:], min(columns, image.MAX_COLUMNS), rows)
        else:
            bits, columns, rows = bounded(printer, command, columns, rows, data[9:])
            logo = Logo(columns, rows, bits)
        remember(printer, command, key, logo)

    return define


def _print_key(kind: str) -> Callable[[Printer, Command, bytes], None]:
    """Fn 69, 85: print by key, doubled across and down as asked."""

    def print_key(printer: Printer, command: Command, data: bytes) -> None:
        by_key(printer, command, f"{kind}:{data[0]}/{data[1]}", min(max(data[2], 1), 2), min(max(data[3], 1), 2))

    return print_key


def _forget(kind: str, all_of_them: bool) -> Callable[[Printer, Command, bytes], None]:
    """Fn 65, 66, 81, 82: forget all keys or one."""

    def forget(printer: Printer, command: Command, data: bytes) -> None:
        doomed = f"{kind}:" if all_of_them else f"{kind}:{data[0]}/{data[1]}"
        for key in [key for key in printer.images if key == doomed or (all_of_them and key.startswith(doomed))]:
            del printer.images[key]

    return forget


def remember(printer: Printer, command: Command, key: str, logo: Logo) -> None:
    """Keep a picture the stream defines."""
    if len(printer.images) >= MAX_STORED and key not in printer.images:
        printer.problem("image.store_full", command, key=key)
        return
    printer.images[key] = logo


def by_key(printer: Printer, command: Command, key: str, scale_x: int = 1, scale_y: int = 1) -> None:
    """Print a stored picture: the stream's own, the library's, or an outline with the key."""
    logo = printer.images.get(key) or (printer.logos.get(key) if printer.logos is not None else None)
    if logo is not None:
        across_paper(printer, command, logo, scale_x, scale_y, key)
        return
    printer.problem("logo.unknown", command, key=key)
    width, height = MISSING_SIZE
    across_paper(printer, command, Logo(min(width, printer.right - printer.left), height, b""), 1, 1, key, missing=True)


def print_nv(printer: Printer, command: Command) -> None:
    """``FS p n m``: the n-th picture of ``FS q``."""
    scale = command.raw[3] & 3
    by_key(printer, command, f"nv:{command.raw[2]}", 1 + (scale & 1), 1 + (scale >> 1))


def define_nv(printer: Printer, command: Command) -> None:
    """``FS q n`` and n pictures in columns; the head restarts afterwards."""
    raw, place = command.raw, 3
    for number in range(1, raw[2] + 1):
        if place + 4 > len(raw):
            break
        columns, lanes = _int16(raw, place) * 8, _int16(raw, place + 2)
        size = columns * lanes
        data = raw[place + 4 : place + 4 + size]
        place += 4 + size
        if columns <= image.MAX_COLUMNS and len(data) == size and lanes * 8 <= image.MAX_ROWS:
            remember(printer, command, f"nv:{number}", _from_columns(data, columns, lanes * 8))
    reset(printer, command)


def define_download(printer: Printer, command: Command) -> None:
    """``GS * x y d``: x * 8 columns of y bytes."""
    raw = command.raw
    printer.images["download"] = _from_columns(raw[4:], raw[2] * 8, raw[3] * 8)


def print_download(printer: Printer, command: Command) -> None:
    """``GS / m``: on the open line, as the manual says of it."""
    logo = printer.images.get("download")
    if logo is None:
        printer.problem("logo.unknown", command, key="download")
        return
    scale = command.raw[2] & 3
    in_line(printer, command, logo, 1 + (scale & 1), 1 + (scale >> 1))


def variable_height(printer: Printer, command: Command) -> None:
    """``GS Q 0 m xL xH yL yH d``: x columns of y bytes, across the paper."""
    raw = command.raw
    scale = raw[3] & 3
    logo = _from_columns(raw[8:], min(_int16(raw, 4), image.MAX_COLUMNS), _int16(raw, 6) * 8)
    across_paper(printer, command, logo, 1 + (scale & 1), 1 + (scale >> 1))


def define_bmp(printer: Printer, command: Command) -> None:
    """``GS D``: a Windows bitmap under a key (43h kept for good, 53h until power-off)."""
    raw = command.raw
    logo = read_bmp(raw[9:])
    if logo is None:
        printer.problem("image.unreadable", command, name=command.name)
        return
    remember(printer, command, f"{'nv' if raw[3] == 0x43 else 'dl'}:{raw[5]}/{raw[6]}", logo)


def read_bmp(data: bytes) -> Logo | None:
    """A two-colour Windows bitmap, the only kind ``GS D`` takes; None for anything else."""
    if len(data) < 62 or data[:2] != b"BM" or data[28:30] != b"\x01\x00" or data[30:34] != b"\0\0\0\0":
        return None
    start, columns = int.from_bytes(data[10:14], "little"), int.from_bytes(data[18:22], "little", signed=True)
    rows = int.from_bytes(data[22:26], "little", signed=True)
    tall = abs(rows)
    if not (0 < columns <= image.MAX_COLUMNS and 0 < tall <= image.MAX_ROWS):
        return None
    stride, size = (columns + 31) // 32 * 4, image.row_bytes(columns)
    lines = [data[start + row * stride : start + row * stride + size].ljust(size, b"\0") for row in range(tall)]
    palette = data[54:62]
    if sum(palette[:3]) < sum(palette[4:7]):  # colour 0 is the darker one: its dots are black
        lines = [bytes(byte ^ 0xFF for byte in line) for line in lines]
    bits = b"".join(lines if rows < 0 else lines[::-1])
    return Logo(columns, tall, image.clip(bits, columns + 1, tall, columns)[0] if columns % 8 else bits)


FUNCTIONS: dict[int, Callable[[Printer, Command, bytes], None]] = {
    112: _store_rows, 113: _store_columns, 50: _print_stored, 2: _print_stored,
    67: _define("nv", False), 68: _define("nv", True), 69: _print_key("nv"), 65: _forget("nv", True),
    66: _forget("nv", False), 83: _define("dl", False), 84: _define("dl", True), 85: _print_key("dl"),
    81: _forget("dl", True), 82: _forget("dl", False),
}  # fmt: skip


def mini_raster(printer: Printer, command: Command) -> None:
    """``DC2 * h w d``: h rows of w bytes (mini-printers)."""
    raw = command.raw
    bits, columns, rows = bounded(printer, command, raw[3] * 8, raw[2], raw[4:])
    across_paper(printer, command, Logo(columns, rows, bits))


def custom_logo(printer: Printer, command: Command) -> None:
    """``ESC FAh n xH xL yH yL`` (Custom) and ``GS p m n`` (Posiflex): a logo kept in the printer."""
    by_key(printer, command, f"nv:{command.raw[2 if command.name == 'ESC FAh' else 3]}")


UNGATHERED: dict[str, Verb] = {
    "ESC *": column_image, "GS v 0": raster, "GS ( L": graphics, "GS 8 L": graphics, "GS Q 0": variable_height,
    "GS *": define_download, "GS D": define_bmp, "FS q": define_nv,
}  # fmt: skip

VERBS: dict[str, Verb] = {
    **{name: whole(verb) for name, verb in UNGATHERED.items()},
    "payload": payload, "GS /": print_download, "DC2 *": mini_raster, "ESC FAh": custom_logo,
    "GS p": custom_logo, "FS p": print_nv,
}  # fmt: skip
