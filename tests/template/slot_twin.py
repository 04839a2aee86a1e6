"""The client's filling of a slot pack (static/kvit-slots.js) in Python, line for line: what a device prints on its own."""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from typing import Any
from zoneinfo import ZoneInfo

from kvit.paper.width import cells
from kvit.template.slot_pack import Case, Line, Slot, SlotPack, Value

STRIPPED = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def filled(pack: SlotPack, data: dict[str, Any]) -> bytes:
    """Fill a pack; ValueError for another currency, and for a sum there is no room for."""
    if data.get("currency", pack.currency) != pack.currency:
        raise ValueError("currency")
    out = bytearray()
    for group in pack.groups:
        for scope in data.get(group.repeat, []) if group.repeat else [data]:
            for line in group.lines:
                out += _line(pack, line, scope)
    return bytes(out) + bytes.fromhex(pack.end)


def _line(pack: SlotPack, line: Line, scope: dict[str, Any]) -> bytes:
    mask = sum(1 << at for at, field in enumerate(line.fields) if _value(scope, field))
    case = line.cases[mask]
    return b"" if case is None else _case(pack, case, scope)


def _case(pack: SlotPack, case: Case, scope: dict[str, Any]) -> bytes:
    texts = {at: _rows(pack, each, scope, case.wraps) for at, each in enumerate(case.pieces) if isinstance(each, Slot)}
    out = bytearray()
    for row in range(max([1, *map(len, texts.values())])):
        for at, piece in enumerate(case.pieces):
            if isinstance(piece, str):
                out += bytes.fromhex(piece)
                continue
            text = texts[at][row] if row < len(texts[at]) else ""
            blank = " " * (piece.cells - cells(text)) if piece.pad else ""
            half = len(blank) // 2
            placed = {"left": text + blank, "right": blank + text, "centre": blank[:half] + text + blank[half:]}
            out += _encoded(pack, placed[piece.align], piece.letters)
    return bytes(out)


def _value(scope: Any, field: str) -> Any:
    for step in field.split("."):
        scope = scope.get(step) if isinstance(scope, dict) else None
    return scope


def _rows(pack: SlotPack, slot: Slot, scope: dict[str, Any], wraps: bool) -> list[str]:
    parts = [part if isinstance(part, str) else _written(pack, part, _value(scope, part.field)) for part in slot.parts]
    text = STRIPPED.sub("", unicodedata.normalize("NFC", "".join(parts))).replace("\xa0", " ")
    rows = _broken(text, slot.cells)
    if wraps or len(rows) < 2:
        return rows
    if any(isinstance(part, Value) and part.kind != "text" for part in slot.parts):
        raise ValueError(f"no room for {text}")
    return [_cut(text, slot.cells)]


def _broken(text: str, width: int) -> list[str]:
    rows = []
    while cells(text) > width:
        head = _cut(text, width)
        at = len(head) if text[len(head) : len(head) + 1] == " " else head.rfind(" ")
        end = at if at > 0 and head[:at].strip() else len(head)
        rows.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*rows, text] if text else rows


def _cut(text: str, width: int) -> str:
    kept = ""
    for letter in text:
        if cells(kept + letter) > width:
            break
        kept += letter
    return kept


def _written(pack: SlotPack, part: Value, value: Any) -> str:
    if part.kind == "text":
        return str(value or "")
    if part.kind == "moment":
        return _moment(pack, part, value)
    digits = str(abs(value)).rjust(part.decimals + 1, "0")
    at = len(digits) - part.decimals
    behind = digits[at:].rstrip("0") if part.kind == "quantity" else digits[at:]
    whole = re.sub(r"\B(?=(\d{3})+$)", pack.group, digits[:at])
    sign = "-" if value < 0 else ""
    return sign + part.prefix + whole + (behind and pack.point + behind) + part.suffix


def _moment(pack: SlotPack, part: Value, text: str) -> str:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is not None and pack.time_zone:
        moment = moment.astimezone(ZoneInfo(pack.time_zone))
    tokens = {
        "{y}": str(moment.year), "{d}": str(moment.day), "{D}": f"{moment.day:02}", "{H}": f"{moment.hour:02}",
        "{h}": str(moment.hour % 12 or 12), "{m}": f"{moment.minute:02}",
    }  # fmt: skip
    pattern: str = part.texts[moment.month - 1 + (12 if moment.hour >= 12 else 0)]
    return re.sub(r"\{[ydDHhm]\}", lambda found: tokens[found[0]], pattern)


def _encoded(pack: SlotPack, text: str, name: str) -> bytes:
    if name == "utf-8":
        return text.encode()
    table = _table(pack.letters[name])
    return b"".join(
        letter.encode() if " " <= letter <= "~" else table.get(letter, b"?" * cells(letter)) for letter in text
    )


@functools.cache
def _table(rows: tuple[tuple[str, str], ...]) -> dict[str, bytes]:
    return {
        letter: (int(first, 16) + at).to_bytes(len(first) // 2, "big")
        for first, letters in rows
        for at, letter in enumerate(letters)
    }
