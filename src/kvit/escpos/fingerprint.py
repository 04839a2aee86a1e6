"""The fingerprint: what language is this, judged by the first bytes.

Two questions. Is it a printer's language at all, or did a web browser, a Windows driver in the wrong mode or a till meant
for another machine open the port? And if it is: which dialect? The first is told by what the stream begins with, the
second by commands only one family has, at the places where commands begin: the same bytes inside a picture mean nothing.

A guess only grows surer; it is a value, and asking twice costs nothing. The parser follows the certain marks by itself
(`kvit.escpos.grammar_private.GIVEAWAYS`); this object also weighs the weak ones and says "not ESC/POS".

Sources: public captures, vendors' manuals, and the opening bytes that each foreign format's own specification gives.
"""

from __future__ import annotations

import re

import msgspec

from kvit.escpos.command import Command
from kvit.escpos.dialects import EPSON
from kvit.escpos.parser import Parser

LOOK_BYTES = 16384
"""How much of a stream is looked at: the set-up of every captured till fits into the first kilobyte, a logo may stand
before it."""

HEAD_BYTES = 512
"""How much of the beginning is kept for recognising foreign formats."""

CERTAIN = 0.9
"""From this confidence on a guess may be acted on without asking a person."""


class Guess(msgspec.Struct, frozen=True):
    """What a stream seems to be.

    ``language`` is a dialect's name, ``text``, or that of a foreign format; ``confidence`` runs from 0 to 1; ``mark`` says
    by what it was told.
    """

    language: str
    confidence: float
    mark: str
    printer: bool = True
    """False when this is no receipt printer's language: an HTTP request, a PDF, a label language …"""


FOREIGN: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("http", re.compile(rb"(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|CONNECT|TRACE|PATCH|PRI) [^\r\n]{0,400}HTTP/")),
    ("pjl", re.compile(rb"\x1b%-12345X|@PJL")),
    ("pdf", re.compile(rb"%PDF-")),
    ("postscript", re.compile(rb"\x04?%!")),
    ("xml", re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|[A-Za-z][\w:.-]*[\s/>])")),
    ("json", re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]\s*(?:\"(?:[^\"\\]|\\.)*\"\s*[:,\]]|[{\[]\s*\"|[}\]]\s*$)")),
    ("zpl", re.compile(rb"\s*(?:\^XA|~(?:HS|HI|JA|SD|DG|DY))")),
    ("tspl", re.compile(rb"\s*SIZE\s+[\d.]+\s*(?:mm|dot|,)", re.IGNORECASE)),
    ("cpcl", re.compile(rb"! \d+ \d+ \d+ \d+ \d+\r?\n|! U1? ")),
    ("epl", re.compile(rb"\r?\n?N\r?\n(?:q\d+|Q\d+,\d+|[ABR]\d+,)")),
    ("brother-raster", re.compile(rb"\x00{64,}\x1b@|\x1bia\x01")),
    ("pcl", re.compile(rb"\x1bE\x1b[&*(]")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("jpeg", re.compile(rb"\xff\xd8\xff[\xc0-\xfe]")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("zip", re.compile(rb"PK\x03\x04")),
    ("gzip", re.compile(rb"\x1f\x8b\x08")),
    ("tls", re.compile(rb"\x16\x03[\x00-\x04][\x00-\x7f][\x00-\xff]\x01", re.DOTALL)),
    ("ssh", re.compile(rb"SSH-\d\.")),
    ("xps", re.compile(rb"<FixedDocument")),
    ("emf-spool", re.compile(rb"\x01\x00\x00\x00[\x00-\xff]{36} EMF", re.DOTALL)),
    ("lpd", re.compile(rb"[\x01-\x05][\w-]{1,31}\n")),
)
"""Formats that are no receipt printer's language, by how they begin."""

EVIDENCE: tuple[tuple[str, float, re.Pattern[bytes]], ...] = (
    ("star", 0.97, re.compile(rb"\x1b\x1d[taPS]|\x1b\x1e[aF]|\x1b\*r[ARB]")),
    ("bematech", 0.95, re.compile(rb"\x1d\xf9[\x20\x35][\x000]|\x1b\x80")),
    ("elgin", 0.9, re.compile(rb"\x1d\xf9[\x20\x35][\x011]")),
    ("bematech", 0.8, re.compile(rb"\x1d[\xf7\xf8\xfa]|\x1dk[\x15-\x17\x80\x82-\x84]")),
    ("daruma", 0.95, re.compile(rb"\x1b\x81|\x1bj[\x000-2]|\x1bb[\x00-\x0f]")),
    ("diebold", 0.9, re.compile(rb"\x1b\|")),
    ("sunmi", 0.95, re.compile(rb"\x1d\(E\x03\x00\x06[\x01\x03\x0a-\x0c\x14-\x16]")),
    ("xprinter", 0.95, re.compile(rb"\x1f\x1b\x1f")),
    ("xprinter", 0.6, re.compile(rb"\x1bB[\x00-\x14][\x00-\x14]|\x1dka")),
    ("xprinter", 0.5, re.compile(rb"\x12[*#T]|\x1b7")),
    ("sprt", 0.6, re.compile(rb"\x1c[\x0e\x14JK]|\x1bZ")),
    ("elgin", 0.8, re.compile(rb"\x1dk\x0b[\x00-\x7f][\x00-\x7f],|\x1do\x00")),
    ("epson", 0.95, re.compile(rb"\x1d\(J")),
    ("epson", 0.8, re.compile(rb"\x1d\([HDNPQ]|\x1c\([CELe]|\x1d8L|\x10\x14[\x02\x03\x07\x08]")),
    ("epson", 0.6, re.compile(rb"\x1d\([kLKE]|\x1dV[ABab]|\x10[\x04\x05]|\x1d[ra]")),
    ("epson", 0.5, re.compile(rb"\x1dV|\x1dv0|\x1d[!BLWPhwkHf]|\x1b[@aEt!dpMJR]")),
)
"""Dialects by the command they show, with the confidence one sight of it gives."""

CONTRADICTION = 0.02
"""What a command nobody knows takes from the guess that this is the Epson family."""


class Fingerprint:
    """Judges one stream as it comes. Feed it what the parser is fed; ask `guess` at any time."""

    def __init__(self) -> None:
        self._head = b""
        self._seen = 0
        self._parser = Parser()
        self._votes: dict[str, tuple[float, str]] = {}
        self._unknown = 0

    def feed(self, chunk: bytes) -> Guess:
        """Take the next bytes of the stream and give the guess so far."""
        if self._seen < LOOK_BYTES:
            chunk = chunk[: LOOK_BYTES - self._seen]
            self._head += chunk[: max(0, HEAD_BYTES - len(self._head))]
            self._seen += len(chunk)
            for command in self._parser.feed(chunk):
                self._weigh(command)
        return self.guess

    @property
    def guess(self) -> Guess:
        """The best guess: a foreign format, a family that gave itself away, Epson, plain text, or nothing yet."""
        for name, pattern in FOREIGN:
            found = pattern.match(self._head)
            if found:
                return Guess(name, 0.95, _shown(found[0]), printer=False)
        if not self._votes:
            return Guess("text", 0.3, "no command yet") if self._seen else Guess(EPSON, 0.0, "nothing yet")
        own = {name: vote for name, vote in self._votes.items() if name != EPSON}
        best = max(own, key=lambda name: own[name][0]) if own else EPSON
        confidence, mark = self._votes[best]
        if best == EPSON:
            confidence = max(0.1, confidence - CONTRADICTION * self._unknown)
        elif confidence < self._votes.get(EPSON, (0.0, ""))[0]:
            best, (confidence, mark) = EPSON, self._votes[EPSON]
        return Guess(best, round(confidence, 3), mark)

    def _weigh(self, command: Command) -> None:
        if command.name in ("text", "payload", "display"):
            return
        self._unknown += command.name == "unknown"
        for name, weight, pattern in EVIDENCE:
            found = pattern.match(command.raw)
            if found:
                before, mark = self._votes.get(name, (0.0, ""))
                sum_of_doubt = (1 - before) * (1 - weight * (0.2 if before else 1))
                self._votes[name] = (min(0.99, 1 - sum_of_doubt), mark or f"{command.name}: {_shown(found[0])}")
                return


def _shown(raw: bytes) -> str:
    return raw[:16].hex(" ")
