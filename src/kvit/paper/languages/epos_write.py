"""The writer for ePOS-Print XML: a sheet out as one ``epos-print`` document, the twin of `epos_play`.

* What the service remembers carries over from one ``text`` to the next, and from one document to the next; so every
  ``text`` says all of it: language, font, size, looks, alignment, line feed.
* A line lies by ``align`` where that comes out at the same dot, else its parts have their place by ``x``. Lines end with a
  line feed, or by ``feed unit`` where the paper moves by other than the line feed. Pictures have no ``x``: white is put
  before the dots. A symbol off the alignments is led to its place by an empty ``text``.
* Data of symbols are bytes: what is no printable ASCII goes as ``\\xnn``, which the service turns back.

``carry(data)`` puts ready ESC/POS bytes into ``command`` instead: the complete way to say to such a printer what its XML
has no word for. ``envelope(body)`` is the SOAP around either for the printer's own address.

XML is made by escaping, never by pasting: control letters are stripped with all else that is no letter, ``& < >`` and
quotes are entities, and what XML 1.0 has no place for is left out. Refused with ValueError: another's sheet; letters on
their side.
"""

from __future__ import annotations

import re
from binascii import b2a_base64

from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import repertoire_of
from kvit.paper import epos_reach, image, reach
from kvit.paper.languages import epos_names as names
from kvit.paper.languages.epos_page import page
from kvit.paper.languages.printing_order import Leaf, Line, in_order, measure, top_of
from kvit.paper.sheet import Box, Event, Picture, Rule, Run, Sheet, Style, Symbol
from kvit.paper.typeset import clean_text

UNITS_MAX = 255
"""The largest ``feed unit`` and ``feed line``."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters XML 1.0 has no place for (production 2)."""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
SPECIAL = re.compile("[&<>\"']")
LINE_FEED = "&#10;"
PULSE = "pulse_{}"


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The document of a sheet, without XML declaration, UTF-8. Raises ValueError for another's sheet."""
    if profile.language != epos_reach.LANGUAGE:
        raise ValueError(f"{profile.name} is not spoken to by ePOS-Print XML but in {profile.language}")
    return _Writer(sheet, profile).bytes()


def carry(data: bytes) -> bytes:
    """A document that hands ESC/POS bytes to the printer as they are."""
    return _document([f"<command>{data.hex()}</command>"])


def envelope(body: bytes) -> bytes:
    """A document in SOAP, with XML declaration: what is posted to the printer's ``service.cgi``."""
    head = f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{names.SOAP}"><s:Body>'
    return head.encode("ascii") + body + b"</s:Body></s:Envelope>"


def escaped(text: str) -> str:
    """Text as it stands in XML, in content and in attributes."""
    if text.isascii() and text.isalnum():
        return text
    return SPECIAL.sub(lambda found: ENTITIES[found.group()], NO_XML.sub("", text))


def spelled(data: bytes) -> str:
    """Bytes as the service reads data of symbols: printable letters, ``\\\\`` and ``\\xnn``."""
    return "".join(chr(each) if 0x20 <= each < 0x7F and each != 0x5C else _spelled(each) for each in data)


def _spelled(byte: int) -> str:
    return "\\\\" if byte == 0x5C else f"\\x{byte:02x}"


def _document(parts: list[str]) -> bytes:
    return f'<epos-print xmlns="{names.NAMESPACE}">{"".join(parts)}</epos-print>'.encode()


class _Writer:
    """What the service remembers, and the elements so far."""

    def __init__(self, sheet: Sheet, profile: Profile) -> None:
        self.sheet, self.profile = sheet, profile
        self.repertoire = repertoire_of(profile)
        self.language = names.ALL_LANGUAGES if self.repertoire.unicode else "en"
        self.wide_language = names.LANGUAGES.get(self.repertoire.system, self.language)
        self.width, self.spacing = profile.width_dots, profile.line_spacing
        self.plain = Style(cell_width=profile.font.width, cell_height=profile.font.height)
        self.looks: dict[tuple[Style, str], str] = {}
        self.y = self.height = 0
        self.turned = False
        self.parts: list[str] = []

    def bytes(self) -> bytes:
        """Write everything."""
        for thing in in_order(self.sheet, self._stands_in_line):
            if isinstance(thing, Event):
                self._go_down(thing.y)
                self._event(thing)
            elif isinstance(thing, list):
                self._line(thing)
            elif isinstance(thing, Leaf):
                self._go_down(thing.y)
                self._page(thing)
            else:
                self._go_down(thing.y)
                self._block(thing)
        self._go_down(self.sheet.height_dots)
        return _document(self.parts)

    def _stands_in_line(self, box: Box) -> bool:
        if isinstance(box, Run) and (box.direction & 1 or box.style.turned):
            raise ValueError("ePOS-Print XML has no word for letters lying on their side")
        return isinstance(box, Run)

    # Down the roll

    def _go_down(self, y: int) -> None:
        """Print the open line and move the paper to ``y``."""
        need = y - self.y
        if self.height:
            need = self._end_line(need)
        elif need <= 0:
            return
        lines, rest = divmod(max(need, 0), self.spacing)
        if rest:
            lines, rest = 0, need
        while lines > 0:
            self.parts.append(f'<feed line="{min(lines, UNITS_MAX)}" linespc="{self.spacing}"/>')
            lines -= UNITS_MAX
        while rest > 0:
            self.parts.append(f'<feed unit="{min(rest, UNITS_MAX)}"/>')
            rest -= UNITS_MAX
        self.y, self.height = max(y, self.y), 0

    def _end_line(self, need: int) -> int:
        """Print the open line, moving by at most ``need``; what is left to move."""
        usual = max(self.spacing, self.height)
        if self.height <= need < usual:
            self.parts.append(f'</text><feed unit="{need}"/>')
            return 0
        self.parts.append(LINE_FEED + "</text>")
        return need - usual

    # Across the line

    def _line(self, line: Line) -> None:
        """The letters of one line, from left to right; the last ``text`` stays open for the line's end."""
        self.turned = turned = line[0].direction == 2
        self._go_down(top_of(line))
        placed = sorted(((self.width - box.x - box.width if turned else box.x), n) for n, box in enumerate(line))
        align, x = self._begins(placed, line)
        for at, number in placed:
            box = line[number]
            assert isinstance(box, Run)
            if number != placed[0][1]:
                self.parts.append("</text>")
            place = f' x="{at}"' if at != x else ""
            self.parts.append(self._text(box, self._lies(align, turned) + place))
            x = at + box.width
        self.height = measure(line)[1]

    def _begins(self, placed: list[tuple[int, int]], line: Line) -> tuple[int, int]:
        """The alignment of a line, and the place its first letter gets from it."""
        starts = [at for at, _ in placed]
        ends = [at + line[number].width for at, number in placed]
        if starts[1:] == ends[:-1]:
            align = self._align(starts[0], ends[-1] - starts[0])
            if align is not None:
                return align, starts[0]
        return 0, 0

    def _align(self, x: int, width: int) -> int | None:
        """The alignment under which something ``width`` wide begins at ``x``."""
        room = max(self.width - width, 0)
        return next((align for align in range(3) if x == (0, room // 2, room)[align]), None)

    def _lies(self, align: int, turned: bool) -> str:
        return f' rotate="{_flag(turned)}" align="{names.ALIGNS[align]}" linespc="{self.spacing}"'

    def _text(self, box: Run, lies: str) -> str:
        """Letters, the element left open."""
        return f"<text{self._look(box)}{lies}>{escaped(clean_text(box.text))}"

    def _look(self, box: Run) -> str:
        """The attributes of letters that no line changes."""
        narrow = box.text.isascii() or self.repertoire.mask(box.text[0])
        language = self.language if narrow else self.wide_language
        found = self.looks.get((box.style, language))
        if found is None:
            found = self.looks[box.style, language] = _attributes(box.style, language)
        return found

    # Blocks and events

    def _upright(self) -> None:
        """Blocks and pages are never upside down."""
        if self.turned:
            self.parts.append(self._nothing())
            self.turned = False

    def _page(self, leaf: Leaf) -> None:
        """Letters and symbols printed at once."""
        self._upright()
        lies, left = self._lies(0, False), names.ALIGNS[0]
        self.parts.append(
            page(leaf, self.width, lambda run: self._text(run, lies) + "</text>", lambda box: _symbol(box, left))
        )
        self.y = leaf.y + leaf.height

    def _block(self, box: Box) -> None:
        self._upright()
        if isinstance(box, Symbol) and reach.is_native(box, self.profile):
            self.parts.append(self._symbol(box))
        elif isinstance(box, Picture):
            self.parts.append(self._logo(box) if box.key else self._picture(box))
        elif isinstance(box, Rule) and box.height in names.LINES:
            style = names.LINES[box.height]
            self.parts.append(f'<hline x1="{box.x}" x2="{box.x + box.width - 1}" style="{style}"/>')
        else:
            raise ValueError(f"ePOS-Print XML has no word for this {type(box).__name__.lower()}")
        self.y = box.y + box.height

    def _picture(self, box: Picture) -> str:
        bits, columns = box.bits, _inked(box)
        align = self._align(box.x, columns)
        if align is None and columns < box.columns:
            columns = box.columns
            align = self._align(box.x, min(columns, self.width))
        if align is None:
            align, columns = 0, box.x + columns
            bits = _moved(bits, box.columns, box.rows, box.x)
        data = b2a_base64(bits, newline=False).decode("ascii")
        size = f'width="{columns}" height="{box.rows}"'
        return f'<image {size} color="color_1" mode="mono" align="{names.ALIGNS[align]}">{data}</image>'

    def _logo(self, box: Picture) -> str:
        kind, _, codes = box.key.partition(":")
        first, _, second = codes.partition("/")
        if kind != "nv" or not second or box.scale_x != 1 or box.scale_y != 1:
            raise ValueError(f"ePOS-Print XML has no word for the logo {box.key}")
        align = names.ALIGNS[self._align(box.x, box.width) or 0]
        return f'<logo key1="{first}" key2="{second}" align="{align}"/>'

    def _symbol(self, box: Symbol) -> str:
        align = self._align(box.x, box.width)
        led = ""
        if align is None:
            align = 0
            led = self._nothing(f' x="{box.x}"')
        return led + _symbol(box, names.ALIGNS[align])

    def _nothing(self, place: str = "") -> str:
        """A ``text`` without letters, for what its attributes say: upright, at a place."""
        return f"<text{_attributes(self.plain, self.language)}{self._lies(0, False)}{place}></text>"

    def _event(self, event: Event) -> None:
        values = event.values
        if event.kind == "cut":
            self.parts.append(f'<cut type="{"no_feed" if self.profile.has("no_cut_feed") else "feed"}"/>')
        elif event.kind == "pulse":
            drawer = 2 if values["pin"] == 5 else 1
            self.parts.append(f'<pulse drawer="drawer_{drawer}" time="{PULSE.format(values["on_ms"])}"/>')
        elif event.kind == "beep":
            self.parts.append(f'<sound pattern="pattern_a" repeat="{values["times"]}"/>')


def _inked(box: Picture) -> int:
    """Columns without those that only fill up the last byte: what was centred was centred without them."""
    size = image.row_bytes(box.columns)
    last = 0
    for byte in set(box.bits[size - 1 :: size]):
        last |= byte
    return size * 8 - ((last & -last).bit_length() - 1 if last else 7)


def _moved(bits: bytes, columns: int, rows: int, x: int) -> bytes:
    """A picture with ``x`` white columns before it."""
    old, new = image.row_bytes(columns), image.row_bytes(columns + x)
    shift = (new - old) * 8 - x
    made = []
    for top in range(0, rows * old, old):
        row = int.from_bytes(bits[top : top + old], "big")
        made.append((row << shift if shift >= 0 else row >> -shift).to_bytes(new, "big"))
    return b"".join(made)


def _flag(value: object) -> str:
    return "true" if value else "false"


def _attributes(style: Style, language: str) -> str:
    return (
        f' lang="{language}" font="{names.FONTS[style.font]}" smooth="false" width="{style.width}" height="{style.height}"'
        f' reverse="{_flag(style.invert)}" ul="{_flag(style.underline)}" em="{_flag(style.bold)}"'
        f' color="{names.COLOURS[style.colour]}"'
    )


def _symbol(box: Symbol, align: str) -> str:
    data = escaped(spelled(box.data))
    if box.kind in epos_reach.BARS:
        kind, hri = epos_reach.BARS[box.kind], names.HRI[box.hri_place]
        look = f'hri="{hri}" font="{names.FONTS[box.hri_style.font]}"'
        size = f'width="{box.module}" height="{box.bar_height}"'
        return f'<barcode type="{kind}" {look} {size} align="{align}">{data}</barcode>'
    if box.kind == "qr":
        level = f"level_{(box.level or 'L').lower()}"
        return f'<symbol type="qrcode_model_2" level="{level}" width="{box.module}" align="{align}">{data}</symbol>'
    level = f"level_{box.level}" if box.level.isdigit() else "default"
    tall = max(box.bar_height // box.module, 1)
    size = f'width="{box.module}" height="{tall}" size="0"'
    return f'<symbol type="pdf417_standard" level="{level}" {size} align="{align}">{data}</symbol>'
