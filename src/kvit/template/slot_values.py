"""Which values a filled text holds, found by marks in the data. Pure.

Every field of the contract (`kvit.template.data`) is given a value nothing else looks like: a letter for private use for a
text, a nine-digit number, a minute of the year 2047. A text that was filled with them is taken apart again: what stands
between the marks is letters, the marks say which field stands there and how it was written (``money``, with or without
its sign, ``quantity``, ``datetime``). The template itself is never read.

Left out: values that pass a helper that changes letters or counts (``upper``, ``pad``, ``plural``, arithmetic): a mark
that does not come back as one of its known looks is a refusal, not a wrong receipt.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from kvit.money import decimals
from kvit.paper.document import Text
from kvit.template.data import Part
from kvit.template.form import Form
from kvit.template.slot_pack import Value
from kvit.template.words import Place

MOMENTS: Final = frozenset({"time", "opened", "closed", "deliverAt"})
"""Texts of the contract that are moments where a template says so."""
TEXT_MARK: Final = 0xE000
NUMBER_MARKS: Final = 123_456_701, 54_321
"""Ten more each: the last digit is never a zero, which a quantity would not show. The second is for `fields_of` again."""
YEAR, DAY, HOURS, MINUTE = 2047, 28, (7, 19), 56
UNREAD: Final = re.compile(r"[\ue000-\uf8ff]|\d{3}\D?\d{3}|2047")
"""A mark that was changed on its way."""

Marks = dict[str, Any]
"""Field to the value that marks it."""


def fields_of(kind: type[Part], again: bool = False) -> tuple[Marks, dict[str, Marks]]:
    """Give the marks of a contract's fields, and those of its lists' items; the currency is known beforehand.

    ``again``: other marks, of other lengths. A text that does not come apart the same with both was counted or changed.
    """
    marks: Marks = {}
    lists: dict[str, Marks] = {}
    hints = typing.get_type_hints(kind)
    for each in msgspec.structs.fields(kind):
        if each.name == "currency":
            continue
        inner = _part(hints[each.name])
        if inner is None:
            marks[each.encode_name] = _mark(each.encode_name, hints[each.name], len(marks), again)
        elif typing.get_origin(hints[each.name]) is tuple:
            lists[each.encode_name] = fields_of(inner, again)[0]
        else:
            more = fields_of(inner)[0]
            for at, name in enumerate(more):
                marks[f"{each.encode_name}.{name}"] = _mark(name, str, 200 + len(marks) + at, again)
    return marks, lists


def _part(hint: Any) -> type[Part] | None:
    kind = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else hint
    return kind if isinstance(kind, type) and issubclass(kind, Part) else None


def _mark(name: str, hint: Any, number: int, again: bool) -> Any:
    if hint is not str:
        return NUMBER_MARKS[again] + 10 * number
    if name in MOMENTS:
        return f"{YEAR}-11-{DAY}T19:{number % 60:02}"
    letter = chr(TEXT_MARK + number)
    return f"{letter}q{letter}" if again else letter


def data_of(marks: Mapping[str, Any]) -> dict[str, Any]:
    """Nest the marks as a template looks for them."""
    data: dict[str, Any] = {}
    for path, value in marks.items():
        *folders, name = path.split(".")
        place = data
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = value
    return data


class Looks:
    """How each mark may look once it is printed, at one place and in one currency."""

    def __init__(self, place: Place, currency: str) -> None:
        self._place, self.currency = place, currency
        self.digits = decimals(currency)
        whole = self._said("{{number v}}", 1_234_567)
        self.group = whole[1]
        self.point = self._said("{{number v digits=1}}", 1)[1]
        self._patterns: dict[str, tuple[str, ...]] = {}

    def _said(self, content: str, value: Any) -> str:
        layout = msgspec.json.encode([{"content": content}]).decode()
        (block,) = Form([("", layout)], self._place).fill({"v": value, "c": self.currency}).document.blocks
        assert isinstance(block, Text)
        assert isinstance(block.content, str)
        return block.content

    def of(self, marks: Marks) -> dict[str, Value]:
        """Give every look of the marks, the longest first."""
        found: dict[str, Value] = {}
        for field, mark in marks.items():
            if isinstance(mark, int):
                found |= self._numbers(field, mark)
                found[str(mark)] = Value(field, "text")
            elif mark[0].isdigit():
                found |= {mark: Value(field, "text")} | self._moments(field, mark)
            else:
                found[mark] = Value(field, "text")
        return dict(sorted(found.items(), key=lambda look: -len(look[0])))

    def _numbers(self, field: str, mark: int) -> dict[str, Value]:
        found = {}
        for content, kind, digits in (
            ("{{number v}}", "amount", 0), ("{{quantity v}}", "quantity", 3),
            ("{{money v currency=c sign=false}}", "amount", self.digits), ("{{money v currency=c}}", "amount", self.digits),
        ):  # fmt: skip
            look = self._said(content, mark)
            before, core, behind = look.partition(self._core(mark, digits))
            if core:
                found[look] = Value(field, kind, before, behind, digits)  # type: ignore[arg-type]
        return found

    def _core(self, value: int, digits: int) -> str:
        text = str(value)
        whole, behind = (text[:-digits], text[-digits:]) if digits else (text, "")
        grouped = re.sub(r"\B(?=(\d{3})+$)", self.group, whole)
        return grouped + (self.point + behind if behind else "")

    def _moments(self, field: str, mark: str) -> dict[str, Value]:
        return {
            self._said(f"{{{{{helper} v}}}}", mark): Value(field, "moment", texts=self._texts(helper))
            for helper in ("datetime", "date", "time")
        }

    def _texts(self, helper: str) -> tuple[str, ...]:
        """A helper's writing of each month, before noon and after it, with places for the rest."""
        if helper not in self._patterns:
            probes = [(month, hour) for hour in HOURS for month in range(1, 13)]
            self._patterns[helper] = tuple(self._text(helper, month, hour) for month, hour in probes)
        return self._patterns[helper]

    def _text(self, helper: str, month: int, hour: int) -> str:
        said = self._said(f"{{{{{helper} v}}}}", f"{YEAR}-{month:02}-{DAY}T{hour:02}:{MINUTE}")
        early = self._said(f"{{{{{helper} v}}}}", f"{YEAR}-{month:02}-05T{hour:02}:{MINUTE}")
        day = "{D}" if "05" in early else "{d}"
        said = said.replace(f"{hour:02}:{MINUTE}", "{H}:{m}").replace(f"{hour % 12}:{MINUTE}", "{h}:{m}")
        return said.replace(str(YEAR), "{y}").replace(str(DAY), day)


def parts_of(text: str, looks: Mapping[str, Value]) -> tuple[str | Value, ...] | None:
    """Take a filled text apart; None where a mark came back as nothing known."""
    pattern = "|".join(re.escape(look) for look in looks)
    parts: list[str | Value] = []
    for piece in re.split(f"({pattern})", text) if pattern else [text]:
        if piece in looks:
            parts.append(looks[piece])
        elif UNREAD.search(piece):
            return None
        elif piece:
            parts.append(piece)
    return tuple(parts)


def is_fixed(parts: Iterable[str | Value]) -> bool:
    """Say whether a text hangs on no value."""
    return all(isinstance(part, str) for part in parts)
