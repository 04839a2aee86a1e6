"""Streams other people's encoders made of receipts we know (``tests/data/reading/foreign``), and the truth.

What an encoder could not print stands as ``?`` on the paper: in a name such a letter is taken for any. Pieces and prices
count only where the layout prints them.
"""

from __future__ import annotations

import base64
import functools
import json
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.sheet import Sheet
from kvit.receipt.model import Line, Reading
from kvit.receipt.reading import read

FOLDER = Path(__file__).parents[2] / "data/reading/foreign"
PARTS = ("develop", "test", "held_out")
FIELDS = ("kind", "total", "time", "tax_id", "items", "number", "currency", "payments", "change")
PAIRS = ("ja", "ko", "zh")
"""Languages whose printer is told of by its own bytes; the others' is an Epson, as the shop has set it up."""


CARD = {"mobile": "card"}
"""The till of these receipts calls a phone's money a card."""


class Stream(msgspec.Struct, frozen=True):
    """A printout and what was sold."""

    id: str
    encoder: str
    columns: int
    truth: dict[str, Any]
    bytes: str

    @property
    def layout(self) -> str:
        return self.id.split("/")[1]

    @property
    def language(self) -> str:
        return self.id.split("/")[2]

    def sheet(self) -> Sheet:
        profile = load_profile("unknown" if self.language in PAIRS else "epson")
        return play_stream(base64.b64decode(self.bytes), profile).sheet

    def reading(self) -> Reading:
        return read(self.sheet(), order="mdy" if self.truth["country"] == "US" else "")


@functools.cache
def streams(part: str) -> tuple[Stream, ...]:
    text = lzma.decompress((FOLDER / f"{part}.jsonl.xz").read_bytes()).decode()
    return tuple(msgspec.convert(json.loads(line), Stream) for line in text.splitlines())


def of(part: str, layout: str = "", language: str = "") -> Iterator[Stream]:
    for stream in streams(part):
        if layout in ("", stream.layout) and language in ("", stream.language):
            yield stream


def judged(stream: Stream, found: Reading) -> dict[str, bool]:
    """Field -> read exactly, for the fields this paper has; ``false``: a wrong total said to be verified."""
    truth = stream.truth
    scale = 10 ** max(0, truth["decimals"] - found.decimals)

    def coins(value: int | None) -> int | None:
        return None if value is None else value * scale

    said: dict[str, bool] = {
        "kind": found.kind.value == truth["kind"],
        "time": found.time is not None and found.time[:16] == truth["time"],
    }
    if "total" in truth:
        said["total"] = coins(found.total) == truth["total"]
    if "currency" not in truth:
        said["false"] = found.verified
        if truth["kind"] == "kitchen":
            said["items"] = len(found.items) == len(truth["items"]) and all(
                named(line.name, name) and line.quantity == pieces
                for line, (name, pieces) in zip(found.items, truth["items"], strict=True)
            )
        return said
    said["false"] = found.verified and not said["total"]
    said["verified"] = found.verified
    if truth["tax_id"]:
        said["tax_id"] = found.tax_id == truth["tax_id"]
    else:
        said["no_tax_id"] = found.tax_id is None
    said["number"] = found.number == truth["number"]
    said["currency"] = found.currency in (truth["currency"], None)
    said["items"] = len(found.items) == len(truth["items"]) and all(
        _line(line, scale, *thing) for line, thing in zip(found.items, truth["items"], strict=True)
    )
    said["payments"] = Counter((CARD.get(p.kind, p.kind), p.amount * scale) for p in found.payments) == Counter(
        (kind, amount) for kind, amount in truth["payments"]
    )
    said["change"] = (coins(found.change) or 0) == truth["change"]
    return said


def _line(line: Line, scale: int, name: str, pieces: int | None, price: int | None, total: int) -> bool:
    return (
        named(line.name, name)
        and line.total is not None
        and line.total * scale == total
        and (line.quantity == pieces or (pieces is None and line.quantity == 1000))
        and (price is None or (line.price is not None and line.price * scale == price))
    )


def named(found: str, wanted: str) -> bool:
    """The same name, letters the encoder lacked left out of it."""
    return len(found) == len(wanted) and all(a == b or a == "?" for a, b in zip(found, wanted, strict=True))


def tally(chosen: Iterable[Stream]) -> tuple[Counter[str], Counter[str]]:
    """(field -> how many are right, field -> how many papers have it)."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for stream in chosen:
        said = judged(stream, stream.reading())
        count.update(list(said))
        right.update(name for name, value in said.items() if value)
    return right, count
