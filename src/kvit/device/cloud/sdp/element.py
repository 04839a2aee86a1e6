"""XML from a printer (or from whoever says it is one) as a small tree.

Read by expat: a DOCTYPE is refused, so there are no entities but XML's five and nothing grows; length, depth, elements
and attributes are capped. Namespaces are not looked at: firmware is not of one mind about them. What is wrong is a
`kvit.wire.WireError` with the place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from kvit.wire import WireError

BYTES_MAX: Final = 256 << 10
"""What a printer says is under 1 KiB; several results in one answer are a few."""
DEPTH_MAX: Final = 32
ATTRIBUTES_MAX: Final = 64
ENCODINGS: Final = ("utf-8", "us-ascii", "iso-8859-1", "utf-16")
"""Those expat knows itself; for any other it would ask Python, which has errors of its own."""
ELEMENTS_MAX: Final = 50_000
"""An ``epos-print`` of 2 MiB has fewer; a tree of them is some 20 MB."""


@dataclass(slots=True)
class Element:
    """One element: local name, attributes by local name, the text directly in it, its children, its span in bytes."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def first(self, *path: str) -> Element | None:
        """Give the first element down a path of names; names are compared without case."""
        found: Element | None = self
        for name in path:
            if found is None:
                return None
            found = next((each for each in found.children if each.name.lower() == name.lower()), None)
        return found

    def every(self, name: str) -> list[Element]:
        """Give the children of a name."""
        return [each for each in self.children if each.name.lower() == name.lower()]

    def said(self, *path: str) -> str:
        """Give the text of the first element down a path, without blanks around it; empty where there is none."""
        found = self.first(*path)
        return "" if found is None else found.text.strip()


def read(data: bytes, bytes_max: int = BYTES_MAX) -> Element:
    """Read a document; raises `WireError`."""
    if len(data) > bytes_max:
        raise WireError(f"an XML document of {len(data)} bytes is longer than {bytes_max}", data)
    return _Reader(data).root()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[Element] = []
        self._letters: list[list[str]] = []
        self._root: Element | None = None
        self._count = 0
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._expat.XmlDeclHandler = self._declared
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.StartElementHandler = self._started
        self._expat.EndElementHandler = self._ended
        self._expat.CharacterDataHandler = self._said

    def root(self) -> Element:
        try:
            self._expat.Parse(self._data, True)
        except expat.ExpatError as error:
            raise self._wrong(expat.ErrorString(error.code) or "no XML") from None
        assert self._root is not None, "expat refuses a document without an element"
        return self._root

    def _wrong(self, reason: str) -> WireError:
        at = max(self._expat.CurrentByteIndex, 0)
        return WireError(reason, self._data[at:], at)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise self._wrong("unknown encoding")

    def _doctype(self, *_: object) -> None:
        raise self._wrong("a DOCTYPE is not taken")

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEPTH_MAX:
            raise self._wrong(f"elements are deeper than {DEPTH_MAX}")
        if len(attributes) > ATTRIBUTES_MAX:
            raise self._wrong(f"more than {ATTRIBUTES_MAX} attributes")
        if self._count > ELEMENTS_MAX:
            raise self._wrong(f"more than {ELEMENTS_MAX} elements")
        local = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        made = Element(tag.rpartition(" ")[2], local, self._expat.CurrentByteIndex)
        if self._open:
            self._open[-1].children.append(made)
        else:
            self._root = made
        self._open.append(made)
        self._letters.append([])

    def _ended(self, tag: str) -> None:
        closed = self._open.pop()
        closed.text = "".join(self._letters.pop())
        closed.end = self._behind(closed, self._expat.CurrentByteIndex)

    def _behind(self, closed: Element, at: int) -> int:
        """Where an element is over: expat names the beginning of ``</a>``, but what lies behind ``<a/>``."""
        if not closed.children and not closed.text and self._data[at - 2 : at] == b"/>":
            return at
        found = self._data.find(b">", at)
        return len(self._data) if found < 0 else found + 1

    def _said(self, letters: str) -> None:
        if self._letters:
            self._letters[-1].append(letters)
