"""``qr barcode image``: symbols and pictures in the middle of a text, as values (`kvit.template.content`)."""

from __future__ import annotations

from typing import Any

from kvit.paper.symbology import KINDS
from kvit.template.content import Picture, Symbol, mark, unmarked
from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.values import SafeString, write
from kvit.template.words.exact import whole


def qr(call: Call, data: Any = None) -> SafeString | None:
    """``{{qr link size=6 level="M"}}``: a QR code; nothing where there are no data."""
    return _symbol(call, "qr", data)


def barcode(call: Call, data: Any = None) -> SafeString | None:
    """``{{barcode number kind="ean13" height=60}}``: code128 unless told."""
    kind = write(call.hash.get("kind", "code128")).lower()
    if kind not in KINDS:
        raise ValueError("there is no such kind of symbol")
    return _symbol(call, kind, data)


def _symbol(call: Call, kind: str, data: Any) -> SafeString | None:
    text = unmarked(write(data))
    if not text:
        return None
    size, pairs = call.hash.get("size"), call.hash
    return mark(
        Symbol(
            kind,
            text,
            None if size is None else whole(size, 1, 16),
            whole(pairs.get("height", 80), 1, 255),
            write(pairs.get("level")),
            write(pairs.get("letters", "below")),
        )
    )


def image(call: Call, address: Any = None) -> SafeString | None:
    """``{{image logo percent=50}}``: a picture by its address; nothing where there is none."""
    text = unmarked(write(address)).strip()
    percent = call.hash.get("percent")
    return mark(Picture(text, None if percent is None else whole(percent, 1, 100))) if text else None


WORDS: dict[str, Helper] = {"qr": qr, "barcode": barcode, "image": image}
