"""Elements of ePOS-Print XML as acts on a printer: one function each, in two tables.

``OPENING`` acts when an element begins (page mode), ``CLOSING`` when it ends and its content is known. All take the
printer, the element's span, its attributes and its content. Values out of range leave the manual's default in force.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable

from kvit.escpos.command import Command
from kvit.paper import image
from kvit.paper.languages import epos_names as names
from kvit.paper.languages.escpos import barcode, mechanism, page, picture, style
from kvit.paper.languages.escpos.line import end_line, feed_by
from kvit.paper.languages.escpos.state import Printer
from kvit.paper.logo import Logo
from kvit.paper.sheet import Rule

Attributes = dict[str, str]
Element = Callable[[Printer, Command, Attributes, str], None]

ESCAPE = re.compile(rb"\\(\\|n|r|t|b|x[0-9A-Fa-f]{2})")
LETTERS = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b"}
GREYS = bytes.maketrans(bytes(range(16)), bytes(int(grey >= 8) for grey in range(16)))
"""A sixteenth of grey to a dot."""
LEVELS = {"level_l": "L", "level_m": "M", "level_q": "Q", "level_h": "H"}
FONT_LETTERS = {name: letter for letter, name in names.FONTS.items()}
LINE_DOTS = {name: dots for dots, name in names.LINES.items()}
DIRECTION_NUMBERS = {name: number for number, name in enumerate(names.DIRECTIONS)}


def whole(attributes: Attributes, name: str, usual: int, low: int = 0, high: int = 65_535) -> int:
    """A number within its range, else what is usual."""
    given = attributes.get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else -1
    return number if low <= number <= high else usual


def flag(attributes: Attributes, name: str, usual: bool) -> bool:
    """A truth value of XML Schema."""
    return {"true": True, "1": True, "false": False, "0": False}.get(attributes.get(name, ""), usual)


def text_attributes(printer: Printer, command: Command, attributes: Attributes) -> None:
    """Everything a ``text`` may say before its letters."""
    printer.width = _size(attributes, "width", "dw", printer.width)
    printer.height = _size(attributes, "height", "dh", printer.height)
    font = FONT_LETTERS.get(attributes.get("font", ""), printer.font)
    printer.font = font if font in printer.machine.fonts else "A"
    printer.bold = flag(attributes, "em", printer.bold)
    printer.underline = int(flag(attributes, "ul", bool(printer.underline)))
    printer.invert = flag(attributes, "reverse", printer.invert)
    printer.colour = int(attributes.get("color", names.COLOURS[printer.colour]) not in ("color_1", "none"))
    style.changed(printer)
    _place(printer, command, attributes)


def _size(attributes: Attributes, name: str, doubled: str, now: int) -> int:
    """A magnification: by number, by the word for double, or as before."""
    usual = 1 + flag(attributes, doubled, False) if doubled in attributes else now
    return whole(attributes, name, usual, 1, 8)


def _place(printer: Printer, command: Command, attributes: Attributes) -> None:
    """Where letters go: alignment, direction and line feed, then the place on the line and on the page."""
    align(printer, attributes)
    if printer.at_line_start:
        printer.upside_down = flag(attributes, "rotate", printer.upside_down)
    line_spacing(printer, attributes)
    if "x" in attributes:
        x = printer.left + whole(attributes, "x", 0)
        if x > printer.right:
            printer.problem("position.outside", command, name="text", value=x)
        else:
            printer.x = x
    if "y" in attributes:
        _go(printer, command, "GS $", whole(attributes, "y", page.FIRST_BASELINE))


def align(printer: Printer, attributes: Attributes) -> None:
    """``align`` of any element, at a line start."""
    given = attributes.get("align", "")
    if given in names.ALIGNS and printer.at_line_start and printer.page is None:
        printer.align = names.ALIGNS.index(given)


def line_spacing(printer: Printer, attributes: Attributes) -> None:
    """``linespc`` of ``text`` and ``feed``."""
    printer.line_spacing = whole(attributes, "linespc", printer.line_spacing, 0, 255)


def _go(printer: Printer, command: Command, name: str, value: int) -> None:
    """An ESC/POS verb with one number of two bytes."""
    printer.verbs[name](printer, Command(command.offset, b"\0\0" + value.to_bytes(2, "little"), name))


def feed(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``feed``: by dots, by lines, or by one line."""
    line_spacing(printer, attributes)
    if "unit" in attributes:
        feed_by(printer, whole(attributes, "unit", 0, 0, 255), command)
    elif "line" in attributes:
        feed_by(printer, whole(attributes, "line", 1, 0, 255) * printer.line_spacing, command)
    else:
        end_line(printer, printer.line_spacing, command)


def show(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``image``: base64 of rows, a bit or four a dot."""
    align(printer, attributes)
    columns, rows = whole(attributes, "width", 0), whole(attributes, "height", 0)
    try:
        data = b64decode(content)
    except ValueError:
        printer.problem("image.unreadable", command, name="image")
        return
    if attributes.get("mode") == "gray16":
        printer.problem("image.greys", command, columns=columns, rows=rows)
        data = _dots_of_greys(data, columns)
    if not columns or not rows or attributes.get("color") == "none":
        return
    size = image.row_bytes(columns)
    bits, _, rows = picture.bounded(printer, command, size * 8, rows, data)
    bits, columns = image.clip(bits, size * 8, rows, min(columns, image.MAX_COLUMNS))
    colour = int(attributes.get("color", "color_1") != "color_1")
    picture.across_paper(printer, command, Logo(columns, rows, bits), colour=colour)


def _dots_of_greys(data: bytes, columns: int) -> bytes:
    """Rows of four bits a dot as rows of one, black from the middle on."""
    size = (columns + 1) // 2
    if not size:
        return b""
    rows = []
    for top in range(0, len(data) - size + 1, size):
        nibbles = bytes(value for byte in data[top : top + size] for value in (byte >> 4, byte & 15))
        rows.append(list(nibbles.translate(GREYS)[:columns]))
    return image.pack(rows)


def logo(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``logo``: a stored picture by its two codes."""
    align(printer, attributes)
    first, second = whole(attributes, "key1", 0, 0, 255), whole(attributes, "key2", 0, 0, 255)
    picture.by_key(printer, command, f"nv:{first}/{second}")


def data_of(content: str) -> bytes:
    """Data of a symbol: letters as UTF-8, escapes as the bytes they stand for."""
    raw = content.encode("utf-8", "ignore")
    return ESCAPE.sub(lambda found: LETTERS.get(found[1]) or bytes([int(found[1][1:], 16)]), raw)


def bar_code(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``barcode``."""
    kind = names.KINDS.get(attributes.get("type", ""))
    if kind is None:
        printer.problem("symbol.unsupported", command, kind=attributes.get("type", "")[:40])
        return
    align(printer, attributes)
    hri = attributes.get("hri", "none")
    printer.hri_place = names.HRI.index(hri) if hri in names.HRI else 0
    font = FONT_LETTERS.get(attributes.get("font", ""), "A")
    printer.hri_font = font if font in printer.machine.fonts else "A"
    printer.bar_module = whole(attributes, "width", printer.bar_module, 2, 6)
    printer.bar_height = whole(attributes, "height", printer.bar_height, 1, 255)
    barcode.one_dimensional(printer, command, kind, data_of(content))


def symbol(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``symbol``: 2D symbols; ``width`` is a module, ``height`` PDF417's rows in modules."""
    name = attributes.get("type", "")
    kind = names.SYMBOLS.get(name)
    if kind is None:
        printer.problem("symbol.unsupported", command, kind=name[:40])
        return
    align(printer, attributes)
    options: dict[str, int | str] = {}
    if kind == "maxicode":
        options["mode"] = int(name[-1])
    if name == "pdf417_truncated":
        options["truncated"] = 1
    module = whole(attributes, "width", 3, 1, 16)
    tall = whole(attributes, "height", 3, 1, 8) * module if kind == "pdf417" else 0
    level = _level(kind, attributes.get("level", "default"))
    barcode.matrix(printer, command, kind, data_of(content), module, level, options, tall)


def _level(kind: str, given: str) -> str:
    if kind in ("qr", "microqr"):
        return LEVELS.get(given, "L")
    if kind == "pdf417":
        number = given.removeprefix("level_")
        return number if number.isdigit() and len(number) == 1 else ""
    return f"{given}%" if kind == "aztec" and given.isascii() and given.isdigit() else ""


def cut(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``cut``: the one the model has; newer models name a full one."""
    full = attributes.get("type", "").startswith("full_cut") or "cut_partial" not in printer.machine.profile.features
    mechanism.cut_paper(printer, command, full)


def pulse(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``pulse``: the drawer, as long on as off."""
    time = attributes.get("time", "pulse_100").removeprefix("pulse_")
    on_ms = int(time) if time in ("100", "200", "300", "400", "500") else 100
    mechanism.kick(printer, command, 5 if attributes.get("drawer") == "drawer_2" else 2, on_ms, on_ms)


def sound(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``sound``: so many times; no times at all is a buzzer that does not stop, here once."""
    if attributes.get("pattern") != "none":
        mechanism.beep(printer, command, whole(attributes, "repeat", 1, 1, 255))


def level_line(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``hline``: a rule across, at the place the paper stands at."""
    end_line(printer, 0, command)
    first, last = whole(attributes, "x1", 0), whole(attributes, "x2", 0)
    left, right = min(first, last), min(max(first, last) + 1, printer.machine.width_dots)
    dots = LINE_DOTS.get(attributes.get("style", "thin"), 1)
    if right > left and printer.page is None:
        printer.boxes.append(Rule(left, printer.y, right - left, dots, command.offset, command.end))
        picture.settle_block(printer, right - left, dots)


def reset(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``reset``."""
    mechanism.reset(printer, command)


# Page mode


def page_begin(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``page``: what stands in it gathers on a page."""
    printer.verbs["ESC L"](printer, Command(command.offset, b"\x1bL", "ESC L"))


def page_end(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """The end of ``page``: it comes out."""
    page.print_and_leave(printer, Command(command.offset, b"\x0c", "FF"))


def area(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``area``: left, top, width, height."""
    sides = b"".join(whole(attributes, name, 0).to_bytes(2, "little") for name in ("x", "y", "width", "height"))
    page.set_area(printer, Command(command.offset, b"\x1bW" + sides, "ESC W"))


def direction(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``direction``."""
    number = DIRECTION_NUMBERS.get(attributes.get("dir", ""), 0)
    page.set_direction(printer, Command(command.offset, bytes((0x1B, 0x54, number)), "ESC T"))


def position(printer: Printer, command: Command, attributes: Attributes, content: str) -> None:
    """``position``: along the line and down the area."""
    if printer.page is not None:
        _go(printer, command, "ESC $", whole(attributes, "x", 0))
        _go(printer, command, "GS $", whole(attributes, "y", page.FIRST_BASELINE))


OPENING: dict[str, Element] = {"page": page_begin}
CLOSING: dict[str, Element] = {
    "feed": feed, "image": show, "logo": logo, "barcode": bar_code, "symbol": symbol, "cut": cut, "pulse": pulse,
    "sound": sound, "hline": level_line, "reset": reset, "page": page_end, "area": area, "direction": direction,
    "position": position,
}  # fmt: skip
KNOWN = ("text", "command", "layout", "recovery", "parameter")
"""Elements with their own way, or none on paper."""
