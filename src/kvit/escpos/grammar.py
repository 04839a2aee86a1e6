"""The grammar: the rows of a dialect as the parser walks them (by bytes) and as the encoder finds them (by name).

The rows themselves are the table: ``grammar_control``, ``grammar_esc``, ``grammar_fs``, ``grammar_gs``,
``grammar_functions`` (what stands inside ``ESC ( / FS ( / GS (``), ``grammar_private`` (vendors' additions that do not
collide with Epson), ``grammar_display``, and the files under ``dialects/`` for families that do collide.

The tree. ``firsts`` has one entry for each byte: None for text, a `Form` where the byte alone decides, a `Node` where the
next byte does. A node's ``other`` is what holds for every byte that is not listed: the shorter command that ends here, or
"unknown" of two bytes (Epson passes over both bytes of a prefix it does not know).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kvit.escpos.control import spell
from kvit.escpos.form import Form, Node, make_form, unknown
from kvit.escpos.layout import Layout
from kvit.escpos.row import Row

__all__ = ["Form", "Grammar", "Node"]

UNKNOWN_BYTES = 2
"""What is passed over of a command nobody knows: its prefix and one byte (Epson's rule; guessing more loses text)."""

GROUPED = frozenset((b"\x1b(", b"\x1c(", b"\x1d("))
"""Prefixes behind which every letter has a length, as Epson promises for functions to come."""


class Grammar:
    """All commands of one dialect."""

    def __init__(self, name: str, layers: Iterable[Iterable[Row]]) -> None:
        """Build it of layers, the farthest ancestor first: a row takes the place of all that begins with its bytes."""
        self.name = name
        self.rows: list[Row] = []
        """Every row that still holds, in the order of the tables."""
        self.by_name: dict[str, list[Layout]] = {}
        """The layouts of each command, for the encoder."""
        self.firsts: list[Form | None] = [None] * 256
        self._grow(self._forms(layers))
        for code in range(0x20):
            if self.firsts[code] is None:
                self.firsts[code] = unknown(1)
        self.text = _text_run(self.firsts)
        """Matches a run of text: bytes that begin no command."""

    def find(self, raw: bytes) -> Form | None:
        """Give the form of the command that ``raw`` begins; None for text."""
        form = self.firsts[raw[0]]
        for byte in raw[1:]:
            if not isinstance(form, Node):
                return form
            form = form.next.get(byte, form.other)
        return form.other if isinstance(form, Node) else form

    def _forms(self, layers: Iterable[Iterable[Row]]) -> dict[bytes, Form]:
        found: dict[bytes, list[tuple[Row, Layout]]] = {}
        for layer in layers:
            own: dict[bytes, list[tuple[Row, Layout]]] = {}
            for row in layer:
                layout = Layout(row.head, row.layout)
                for path in layout.paths():
                    path += bytes.fromhex(row.ahead)
                    own.setdefault(path, []).append((row, layout))
            shadowed = tuple(own)
            found = {path: old for path, old in found.items() if not path.startswith(shadowed)} | own
        self._name(found)
        forms: dict[bytes, Form] = {}
        for path, rows in found.items():
            row, first = rows[0]
            layouts = [layout for _, layout in rows]
            if first.text.endswith("}"):
                layouts.append(Layout(first.prefix, first.text.partition("{")[0] + "{d*}"))
                self.by_name.setdefault(row.name, []).append(layouts[-1])
            forms[path] = make_form(row, path, tuple(layouts))
        return forms | self._groups(forms)

    def _name(self, found: dict[bytes, list[tuple[Row, Layout]]]) -> None:
        seen: set[int] = set()
        for row, layout in (pair for pairs in found.values() for pair in pairs):
            if id(row) not in seen:
                seen.add(id(row))
                self.rows.append(row)
                if not row.ahead:
                    self.by_name.setdefault(row.name, []).append(layout)

    def _groups(self, forms: dict[bytes, Form]) -> dict[bytes, Form]:
        """Frame ``ESC ( x``, ``FS ( x``, ``GS ( x`` by their length for every x the table does not have."""
        unlisted_groups: dict[bytes, Form] = {}
        for prefix in {path[:2] for path in forms} & GROUPED:
            for path in (prefix + bytes((code,)) for code in range(256)):
                if path not in forms:
                    name, layout = f"{spell(path[0])} ( {spell(path[2])}", Layout(path, "p:2{d*}")
                    self.by_name[name] = [layout]
                    unlisted_groups[path] = make_form(Row(name, path.hex(), layout.text, ""), path, (layout,))
        return unlisted_groups

    def _grow(self, forms: dict[bytes, Form]) -> None:
        inner = {path[:depth] for path in forms for depth in range(1, len(path))}
        nodes: dict[bytes, Node] = {}
        for path in sorted(inner | forms.keys(), key=len):
            if path in inner:
                shorter = nodes[path[:-1]].other if len(path) > 1 else unknown(UNKNOWN_BYTES)
                nodes[path] = Node(path, forms.get(path, shorter))
            entry = nodes.get(path) or forms[path]
            if len(path) == 1:
                self.firsts[path[0]] = entry
            else:
                nodes[path[:-1]].next[path[-1]] = entry
        for path, node in nodes.items():
            if len(path) == 1:
                node.follow = [node.next.get(code, node.other) for code in range(256)]


def _text_run(firsts: list[Form | None]) -> re.Pattern[bytes]:
    spans: list[list[int]] = []
    for code in (code for code, form in enumerate(firsts) if form is None):
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    letters = b"".join(re.escape(bytes((first,))) + b"-" + re.escape(bytes((last,))) for first, last in spans)
    return re.compile(b"[" + letters + b"]+")
