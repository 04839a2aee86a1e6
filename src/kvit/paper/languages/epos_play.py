"""The player for ePOS-Print XML: documents in, a sheet out, the twin of `epos_write`.

The service in the printer turns each element into ESC/POS commands, so here each becomes what those commands do to the same
printer record (`kvit.paper.languages.escpos.state`): one line, one baseline, one alignment, one page mode. ``command``
carries such bytes itself. Attributes carry over from one ``text`` to the next.

XML from outside is read by expat as it comes, whole or byte by byte: a DOCTYPE is refused (so there are no entities but the
five of XML), so are documents too long, too deep, with too many attributes. Nothing raises: what is wrong is a ``Problem``
on the sheet (``xml.malformed``, ``xml.doctype``, ``xml.limit``, ``xml.missing``), and what came before it stays. Whatever
stands around ``epos-print`` (SOAP, Server Direct Print) is passed over, namespaces are not looked at.

Left out: 16 greys (threshold at the middle), ``position`` of label paper, ``layout`` and ``recovery`` (nothing on paper),
``rectangle`` and ``line`` of page mode.
"""

from __future__ import annotations

from itertools import groupby
from xml.parsers import expat

from kvit.escpos import Parser, Profile
from kvit.escpos.command import Command
from kvit.escpos.repertoire import repertoire_of
from kvit.paper.language import language_of
from kvit.paper.languages import epos_elements
from kvit.paper.languages.epos_elements import Attributes
from kvit.paper.languages.escpos import picture, text
from kvit.paper.languages.escpos.dialects import verbs_of
from kvit.paper.languages.escpos.line import end_line
from kvit.paper.languages.escpos.machine import machine_of
from kvit.paper.languages.escpos.page import settle_open_page
from kvit.paper.languages.escpos.state import Printer, restyle
from kvit.paper.logo import Logos
from kvit.paper.sheet import Run, Sheet
from kvit.paper.width import cell_width, clusters

BYTES_MAX = 2 << 20
"""Server Direct Print 3.00 takes 2 MB."""
DEPTH_MAX = 32
ATTRIBUTES_MAX = 64
ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "utf-16")
"""Those expat knows itself; for any other it would ask Python, which has errors of its own."""
NAME = "epos-print"
WIDE_WAYS = ("w", "v", "D")
"""Of `kvit.escpos.repertoire.Repertoire.way`."""


class _RefusedError(Exception):
    """The document is not read on; ``args`` are the problem's code and what it is about."""


def play(data: bytes, profile: Profile) -> Sheet:
    """The sheet a document prints; nothing raises, whatever it is."""
    player = EposPlayer(profile)
    player.feed(data)
    return player.close()


class EposPlayer:
    """Plays a document onto one sheet as it comes."""

    def __init__(self, profile: Profile, logos: Logos | None = None) -> None:
        self._printer = Printer(machine_of(profile), verbs_of(profile), logos)
        self._repertoire = repertoire_of(profile)
        self._commands = Parser(profile)
        self._expat = self._reader()
        self._bytes = self._depth = self._inside = self._start = 0
        self._open: tuple[str, Attributes] | None = None
        self._content: list[str] = []
        self._found = self._stopped = False

    def _reader(self) -> expat.XMLParserType:
        reader = expat.ParserCreate(namespace_separator=" ")
        reader.buffer_text = True
        reader.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        reader.StartElementHandler = self._started
        reader.EndElementHandler = self._ended
        reader.CharacterDataHandler = self._said
        reader.XmlDeclHandler = self._declared
        reader.StartDoctypeDeclHandler = self._doctype
        return reader

    @property
    def sheet(self) -> Sheet:
        """The sheet so far."""
        return self._printer.sheet

    def feed(self, data: bytes) -> None:
        """Play some bytes."""
        self._bytes += len(data)
        if self._bytes > BYTES_MAX and not self._stopped:
            self._stop("xml.limit", "bytes")
        if not self._stopped:
            self._read(data, last=False)

    def close(self) -> Sheet:
        """Put down what is open and hand the sheet over."""
        printer = self._printer
        if not self._stopped:
            self._read(b"", last=True)
        if not self._found and not self._stopped:
            self._stop("xml.missing", NAME)
        end = Command(self._bytes, b"", "end")
        picture.release(printer)
        settle_open_page(printer, end)
        if not printer.at_line_start:
            end_line(printer, 0, end)
        printer.sheet.height_dots = printer.y
        printer.sheet.language = language_of([box.text for box in printer.sheet.boxes if type(box) is Run])
        return printer.sheet

    def _read(self, data: bytes, *, last: bool) -> None:
        try:
            self._expat.Parse(data, last)
        except expat.ExpatError as error:
            self._stop("xml.malformed", expat.ErrorString(error.code) or "")
        except _RefusedError as refused:
            self._stop(*refused.args)

    def _stop(self, code: str, what: str) -> None:
        at = max(self._expat.CurrentByteIndex, 0)
        self._printer.problem(code, Command(at, b"", "xml"), what=what)
        self._stopped = True

    # What expat says

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise _RefusedError("xml.malformed", "unknown encoding")

    def _doctype(self, name: str, *_: object) -> None:
        raise _RefusedError("xml.doctype", name)

    def _started(self, tag: str, attributes: Attributes) -> None:
        name = tag.rpartition(" ")[2]
        self._depth += 1
        if self._depth > DEPTH_MAX or len(attributes) > ATTRIBUTES_MAX:
            raise _RefusedError("xml.limit", "depth" if self._depth > DEPTH_MAX else "attributes")
        if name == NAME:
            self._found = True
            self._inside += 1
            return
        if not self._inside:
            return
        self._start = self._expat.CurrentByteIndex
        self._open, self._content = (name, attributes), []
        self._element(name, attributes, epos_elements.OPENING)
        if name == "text":
            epos_elements.text_attributes(self._printer, self._command(name), attributes)

    def _said(self, data: str) -> None:
        if self._open is None:
            return
        if self._open[0] == "text":
            self._letters(data)
        else:
            self._content.append(data)

    def _ended(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        self._depth -= 1
        if name == NAME:
            self._inside -= 1
        elif self._inside:
            attributes = self._open[1] if self._open is not None and self._open[0] == name else {}
            self._element(name, attributes, epos_elements.CLOSING)
        self._open = None

    def _element(self, name: str, attributes: Attributes, verbs: dict[str, epos_elements.Element]) -> None:
        known = verbs.get(name)
        if known is not None:
            known(self._printer, self._command(name), attributes, "".join(self._content))
        elif name == "command" and verbs is epos_elements.CLOSING:
            self._carried("".join(self._content))
        elif name not in epos_elements.KNOWN and verbs is epos_elements.CLOSING:
            self._printer.problem("command.unplayed", self._command(name), name=name)

    def _command(self, name: str) -> Command:
        """The span of the element so far, as a command without operands."""
        return Command(self._start, bytes(max(self._expat.CurrentByteIndex - self._start, 0)), name)

    def _carried(self, digits: str) -> None:
        """``command``: ESC/POS bytes in hex."""
        printer = self._printer
        try:
            data = bytes.fromhex(digits)
        except ValueError:
            printer.problem("operand.range", self._command("command"), name="command")
            return
        for each in [*self._commands.feed(data), *self._commands.starved()]:
            verb = printer.verbs.get(each.name)
            if verb is not None:
                verb(printer, each)

    # Letters

    def _letters(self, data: str) -> None:
        """Letters and line feeds."""
        printer = self._printer
        start, end = self._start, self._expat.CurrentByteIndex
        for number, part in enumerate(data.replace("\t", " ").replace("\r", "").split("\n")):
            if number:
                end_line(printer, printer.line_spacing, Command(start, b"", "LF"))
            for wide, letters in groupby(clusters(part), key=self._is_wide):
                self._put("".join(letters), wide, start, end)

    def _is_wide(self, cluster: str) -> bool:
        """True for a letter that stands in a wide cell: of the two-byte set, or wide by itself."""
        return self._repertoire.way(cluster[0], cell_width(cluster[0])) in WIDE_WAYS

    def _put(self, written: str, wide: bool, start: int, end: int) -> None:
        printer = self._printer
        if wide:
            text.put_wide(printer, written, start, end)
            return
        style = printer.style or restyle(printer)
        text.put(printer, written, printer.advance, style, start, end)
