"""A template compiled to bytes and slots, for a device that prints when nobody answers. Pure.

    pack = compiled(("shopping", 3), layouts, SaleData, Place("en", "GB", "GBP"), head, end=b"")

Every line is filled with marked values once for each pattern of fields that may be there (`kvit.template.slot_values`
takes it apart again), and pressed with fillers in the places of values (`kvit.template.slot_head`). So what a condition
decides is decided here, and what is left to the device is in `kvit.template.slot_pack`'s few words.

What may stand in such a template: texts and columns with fields of the contract, written as they are or by ``money
quantity number date time datetime``; conditions; rules and empty lines; one list, whose lines see their item and the
currency. Symbols and pictures with values in them are left out. A line may hang on six fields. Anything else is the
refusal ``template.offline`` with the layout's name: such a shop prints the minimal template over the server only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from kvit.paper import document as paper
from kvit.refusal import Refusal
from kvit.template.data import Part
from kvit.template.form import Form
from kvit.template.handlebars import TemplateError
from kvit.template.layout import Layout, LayoutError, parse, print_layout
from kvit.template.layout import Line as Written
from kvit.template.slot_head import Head, texts_of, with_texts
from kvit.template.slot_pack import Case, Group, Line, Slot, SlotPack, Value
from kvit.template.slot_values import Looks, Marks, data_of, fields_of, is_fixed, parts_of
from kvit.template.words import Place

FIELDS_MAX: Final = 6
"""Of one line: 64 patterns. The built-in lines have four at most."""
NUMBERED: Final = tuple(f"{{y}}-{at % 12 + 1:02}-{{D}} {{H}}:{{m}}" for at in range(24))
"""A moment in figures."""

Parts = tuple[str | Value, ...]


class NoSlotsError(ValueError):
    """A layout that can not be compiled to slots, and why."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(name, problem)

    def refusal(self) -> Refusal:
        """The same as an expected "no"."""
        return Refusal("template.offline", {"name": self.name[:80], "problem": self.problem[:200]})


def compiled(
    what: tuple[str, int], layouts: Iterable[tuple[str, str]], kind: type[Part], place: Place, head: Head, *, end: bytes
) -> SlotPack | Refusal:
    """Compile a template: business and version, layouts by name and JSON, the contract of its data, a printer.

    ``place.currency`` is the only one the pack prints. ``end`` follows the last line.
    """
    try:
        maker = _Maker(kind, place, head)
        groups = [maker.group(parse(content, name)) for name, content in layouts]
    except NoSlotsError as error:
        return error.refusal()
    except (LayoutError, TemplateError) as error:
        return error.refusal()
    zone = place.time_zone.key if place.time_zone is not None else ""
    looks = maker.looks
    return SlotPack(
        *what, looks.currency, looks.group, looks.point, zone, head.tables,
        tuple(group for group in groups if group.lines), end.hex(),
    )  # fmt: skip


class _Maker:
    """One template on its way."""

    def __init__(self, kind: type[Part], place: Place, head: Head) -> None:
        self._place, self._head = place, head
        self.looks = Looks(place, place.currency)
        self._marks = [fields_of(kind, again) for again in (False, True)]
        self._known: dict[tuple[str, bool], dict[str, Value]] = {}

    def group(self, layout: Layout) -> Group:
        """Compile a layout."""
        repeat = layout.repeat
        if repeat and repeat not in self._marks[0][1]:
            raise NoSlotsError(layout.name, f"repeat {repeat}")
        marks, again = (lists[repeat] if repeat else own for own, lists in self._marks)
        if (repeat, False) not in self._known:
            self._known[repeat, False], self._known[repeat, True] = self.looks.of(marks), self.looks.of(again)
        lines = [_Line(self, layout, line, marks, again) for line in layout.lines]
        return Group(repeat, tuple(line.made() for line in lines))

    def blocks(self, layout: Layout, line: Written, marks: Marks) -> list[paper.Block]:
        """Fill one line with marked values."""
        first = msgspec.structs.replace(line[0], repeat=layout.repeat)
        written = print_layout(Layout(layout.name, ((first, *line[1:]),)))
        data: dict[str, Any] = data_of(marks)
        data = {layout.repeat: [data]} if layout.repeat else data
        filled = Form([(layout.name, written)], self._place).fill({**data, "currency": self.looks.currency})
        return list(filled.document.blocks)

    def case(
        self, layout: Layout, blocks: Sequence[paper.Block], again: Sequence[paper.Block], wraps: bool
    ) -> Case | None:
        """Press a filled line; ``again`` is the same with the other marks."""
        if not blocks:
            return None
        texts, others = texts_of(blocks[0]), texts_of(again[0]) if again else None
        if len(blocks) > 1 or texts is None:
            return self._fixed(layout, blocks)
        parts = []
        for text, other in zip(texts, others or [""] * len(texts), strict=True):
            found = parts_of(text, self._known[layout.repeat, False])
            if found is None or found != parts_of(other, self._known[layout.repeat, True]):
                raise NoSlotsError(layout.name, text[:60].encode("ascii", "backslashreplace").decode())
            parts.append(found)
        if all(map(is_fixed, parts)):
            return self._fixed(layout, blocks)
        return self._slotted(layout, blocks[0], parts, wraps)

    def _fixed(self, layout: Layout, blocks: Sequence[paper.Block]) -> Case | None:
        """Letters, rules and feeds that are always the same; a symbol or picture with a value in it is left out."""
        told = msgspec.json.encode(list(blocks)).decode()
        found = parts_of(told, self._known[layout.repeat, False])
        if found is None or not is_fixed(found):
            return None
        return Case((self._head.press(blocks).hex(),), wraps=False)

    def _slotted(self, layout: Layout, block: paper.Block, parts: Sequence[Parts], wraps: bool) -> Case:
        head = self._head
        widths = head.widths(lambda texts: with_texts(block, texts), len(parts))
        alone = isinstance(block, paper.Text)
        pads = not (alone and isinstance(block, paper.Text) and block.align != "left")
        cells = [None if is_fixed(each) and any(each) else width for each, width in zip(parts, widths, strict=True)]
        letters = ["".join(part for part in each if isinstance(part, str)) for each in parts]
        found = head.cut(lambda texts: _given(block, cells, texts), cells, letters, pads)
        if found is None and not pads:
            pads = True
            found = head.cut(lambda texts: _given(block, cells, texts), cells, letters, pads)
        if found is None or any(width is not None and width < 2 for width in cells):
            raise NoSlotsError(layout.name, head.profile.name)
        around, cuts = found
        places = [place for place, width in enumerate(cells) if width is not None]
        pieces: list[str | Slot] = [around[0].hex()]
        for place, cut, behind in zip(places, cuts, around[1:], strict=True):
            shown = self._written(parts[place], cut.letters)
            pieces += [Slot(cut.cells, _align(block, place), pads, cut.letters, shown), behind.hex()]
        return Case(tuple(pieces), wraps and None not in cells)

    def _written(self, parts: Parts, letters: str) -> Parts:
        """A sign of money the head has not becomes the currency's three letters; a month's name a number."""

        def shown(part: str | Value) -> str | Value:
            if isinstance(part, str) or self._head.writes(part.prefix + part.suffix + "".join(part.texts), letters):
                return part
            if part.kind == "moment":
                return msgspec.structs.replace(part, texts=NUMBERED)
            return msgspec.structs.replace(part, prefix="", suffix=f" {self.looks.currency}")

        return tuple(map(shown, parts))


class _Line:
    """One line: which fields it hangs on, and its cases."""

    def __init__(self, maker: _Maker, layout: Layout, line: Written, marks: Marks, again: Marks) -> None:
        self._maker, self._layout, self._line, self._all, self._again = maker, layout, line, marks, again

    def made(self) -> Line:
        """Compile it."""
        fields = self._fields()
        if len(fields) > FIELDS_MAX:
            raise NoSlotsError(self._layout.name, ", ".join(fields))
        wraps = all(each.wrap in ("word", "character") for each in self._line)
        cases = []
        for mask in range(1 << len(fields)):
            there = [field for at, field in enumerate(fields) if mask >> at & 1]
            both = [self._filled({field: marks[field] for field in there}) for marks in (self._all, self._again)]
            cases.append(self._maker.case(self._layout, both[0], both[1], wraps))
        return Line(tuple(fields), tuple(cases))

    def _filled(self, marks: Mapping[str, Any]) -> list[paper.Block]:
        """Fill it; where a value is missing that it can not do without, it is left out (the server would refuse)."""
        try:
            return self._maker.blocks(self._layout, self._line, dict(marks))
        except TemplateError:
            if len(marks) == len(self._all):
                raise
            return []

    def _fields(self) -> list[str]:
        """Fields whose coming or going changes the line."""
        whole, empty = self._told(self._all), self._told({})
        found = []
        for field, mark in self._all.items():
            without = {name: value for name, value in self._all.items() if name != field}
            if self._told(without) != whole or self._told({field: mark}) != empty:
                found.append(field)
        return found

    def _told(self, marks: Mapping[str, Any]) -> bytes:
        return msgspec.json.encode(self._filled(marks))


def _given(block: paper.Block, cells: Sequence[int | None], texts: Sequence[str]) -> paper.Block:
    """Fillers where slots are; places with letters of their own keep them."""
    given = [texts[at] if width is not None and at < len(texts) else None for at, width in enumerate(cells)]
    return with_texts(block, given)


def _align(block: paper.Block, place: int) -> paper.Align:
    if isinstance(block, paper.Table):
        return block.columns[place].align
    assert isinstance(block, paper.Text)
    return block.align or "left"
