"""A form as text: ReceiptLine with Handlebars, for whoever would rather write a receipt than draw it.

    "{{shop}}"
    {{#each items}}
    |{{name}} | {{money sum}}|
    {{/each}}
    {{qr link}}

The text is filled first and read as ReceiptLine then (`kvit.paper.markup.receiptline`), so what is data must not look
like its marks: every value is escaped, raw mustaches too, and a value that is ``=`` cuts nothing. ``qr`` and
``barcode`` write the properties ReceiptLine has for them, alone on their line; it has a QR code and eight bar codes.
Raw printer bytes are never taken.

Left out: pictures by their address (a line of ``{image: …}`` in the template is printed). Layouts as text and back are
`kvit.template.text`'s: that text is a template of the library, this one is a ReceiptLine document with holes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kvit.paper.document import SYMBOL_LETTERS_MAX, Document
from kvit.paper.markup.receiptline import Remark, reading
from kvit.template.handlebars import Budget, Engine, Options, SafeString
from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.escape import receiptline
from kvit.template.handlebars.values import write
from kvit.template.words import Place, words
from kvit.template.words.exact import whole

KINDS: Final = {
    "ean13": "ean", "ean8": "ean", "upca": "upc", "upce": "upc", "code39": "code39", "itf": "itf", "codabar": "codabar",
    "code93": "code93", "code128": "code128",
}  # fmt: skip
"""Bar codes ReceiptLine has, by our names. It tells long and short ones apart by their digits."""


class TextForm:
    """A receipt template as text. Raises `TemplateSyntaxError`."""

    def __init__(
        self,
        text: str,
        place: Place | None = None,
        *,
        name: str = "",
        partials: Mapping[str, str] | None = None,
        budget: Budget | None = None,
    ) -> None:
        verbs = {**words(place or Place()), **WORDS}
        del verbs["image"]
        engine = Engine(receiptline, verbs=verbs, partials=partials, options=Options(raw=False), budget=budget)
        self._template = engine.compile(text, name)

    def fill(self, data: Any, variables: Mapping[str, Any] | None = None) -> tuple[Document, list[Remark]]:
        """Fill it: the document, and what of the text is not in it. Raises `TemplateError`."""
        text = self._template.render(data, variables)
        found = reading(text.removesuffix("\n"))
        return found.document, found.remarks


def _qr(call: Call, data: Any = None) -> SafeString | None:
    level = write(call.hash.get("level", "M")).upper()
    if level not in ("L", "M", "Q", "H"):
        raise ValueError("the level of a QR code is L, M, Q or H")
    return _code(data, f"qrcode,{whole(call.hash.get('size', 4), 3, 8)},{level.lower()}")


def _barcode(call: Call, data: Any = None) -> SafeString | None:
    kind = KINDS.get(write(call.hash.get("kind", "code128")).lower())
    if kind is None:
        raise ValueError(f"a bar code in a text is one of {', '.join(KINDS)}")
    letters = "" if call.hash.get("letters") == "none" else ",hri"
    return _code(
        data, f"{kind},{whole(call.hash.get('size', 2), 2, 4)},{whole(call.hash.get('height', 80), 24, 240)}{letters}"
    )


def _code(data: Any, option: str) -> SafeString | None:
    text = write(data)
    if len(text) > SYMBOL_LETTERS_MAX:
        raise ValueError(f"a symbol of more than {SYMBOL_LETTERS_MAX} letters")
    return SafeString(f"{{code:{receiptline(text)};option:{option}}}") if text else None


WORDS: dict[str, Helper] = {"qr": _qr, "barcode": _barcode}
