"""The layout of a receipt template, as the source draws it: lines of content objects, each with a placeholder text.

    [{"content": "{{name}}", "contentType": "text", "pagerWeight": 2},
     {"content": "{{money sum}}", "textAlign": "right", "pagerWeight": 1}]

One line is a list of content objects; more than one are columns, whose shares are their ``pagerWeight``. Several lines
are a list of such lists. The JSON is parsed first and each ``content`` is filled by itself afterwards, so no letter of
the data can break it: there is nothing to filter (`kvit.template.form` fills).

What the source leaves open is decided here. ``width`` of a picture is in **per cent of the paper's printable width**:
one template serves 58 and 80 mm. ``repeat`` names a list; all lines of the layout are printed for each of its items, in
whose place they then are (``../`` leads out). ``condition`` is an expression without braces (``gt discount 0``); a
content whose condition does not hold is empty. A line that only has placeholders and comes out empty is left out; one
that is written empty is an empty line.

Left out: raw commands, cuts and the drawer (the job says whether to cut, nothing in a template opens a drawer), and
pictures or symbols beside columns, which no printer's line has.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kvit.paper.symbology import KINDS
from kvit.refusal import Refusal

LINES_MAX = 50
"""Of one layout; an item's block has two or three."""
COLUMNS_MAX = 16
"""Of one line: 58 mm have 32 letters."""
TEXT_MAX = 20_000
"""Letters of one content's template."""
PATH_MAX = 1_000
"""Letters of a condition or of the name of a list."""

Kind = Literal["text", "image", "qrcode", "barcode", "line", "feed"]
FontSize = Literal["small", "default", "tall", "wide", "large", "huge"]
SIZES: dict[str, tuple[int, int, Literal["A", "B"]]] = {
    "small": (1, 1, "B"), "default": (1, 1, "A"), "tall": (1, 2, "A"), "wide": (2, 1, "A"), "large": (2, 2, "A"),
    "huge": (3, 3, "A"),
}  # fmt: skip
"""Width, height and font of the printer's letters."""
RULES: dict[str, Literal["single", "double", "dashed"]] = {
    "": "single", "single": "single", "double": "double", "dashed": "dashed", "-": "dashed", "=": "double", "_": "single",
}  # fmt: skip
"""What ``content`` of a line may be: how the rule looks."""


class ContentObject(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """One block of content. The first six fields are the source's."""

    content: Annotated[str, Meta(max_length=TEXT_MAX)] = ""
    """Text with placeholders; of an image its address, of a symbol its data, of a line how it looks, of a feed its
    lines.
    """
    content_type: Kind = "text"
    text_align: Literal["left", "center", "right"] = "left"
    font_size: FontSize = "default"
    pager_weight: Annotated[float, Meta(gt=0, le=1000)] = 1
    """The share of the line's width, where a line has several."""
    width: Annotated[float, Meta(ge=1, le=100)] | None = None
    """Of an image: per cent of the printable width. None: dot for dot."""
    condition: Annotated[str, Meta(max_length=PATH_MAX)] = ""
    repeat: Annotated[str, Meta(max_length=PATH_MAX)] = ""
    """On the first content of a layout only: the list to go through."""
    bold: bool = False
    underline: bool = False
    invert: bool = False
    wrap: Literal["word", "character", "ellipsis", "clip"] = "word"
    symbology: str = "code128"
    """Of a barcode (`kvit.paper.symbology.KINDS`)."""
    size: Annotated[int, Meta(ge=1, le=16)] | None = None
    """Of a symbol: dots of its narrowest bar or module. None: what fits well."""
    height: Annotated[int, Meta(ge=1, le=255)] = 80
    """Of a bar code, in dots."""


Line = tuple[ContentObject, ...]


class Layout(msgspec.Struct, frozen=True):
    """A layout, read."""

    name: str
    lines: tuple[Line, ...]

    @property
    def repeat(self) -> str:
        """The list to go through; empty: none."""
        return self.lines[0][0].repeat


class LayoutError(ValueError):
    """A layout that can not be read: which, and why, with the place as ``$[0].fontSize``."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem[:200]
        super().__init__(name, problem)

    def refusal(self) -> Refusal:
        """The same as an expected "no"."""
        return Refusal("template.layout", {"name": self.name, "problem": self.problem})


def parse(content: str, name: str = "") -> Layout:
    """Read the JSON of a layout: a list of content objects, or a list of such lists. Raises `LayoutError`."""
    try:
        found = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise LayoutError(name, str(error)) from None
    single = [each for each in found if isinstance(each, ContentObject)]
    lines = [single] if single else [each for each in found if isinstance(each, list)]
    if not found or len(single) not in (0, len(found)) or not all(lines):
        raise LayoutError(name, "a list of content objects is wanted, or a list of such lists")
    layout = Layout(name, tuple(tuple(line) for line in lines))
    for number, line in enumerate(layout.lines):
        wrong = _wrong(line, first=number == 0)
        if wrong:
            raise LayoutError(name, f"{wrong} (line {number + 1})")
    return layout


def print_layout(layout: Layout) -> str:
    """Write the JSON of a layout, the twin of `parse`: what has its usual value is left out."""
    lines = [list(line) for line in layout.lines]
    return msgspec.json.encode(lines[0] if len(lines) == 1 else lines).decode()


def _wrong(line: Line, first: bool) -> str:
    """Say what is wrong with a line; empty: nothing."""
    for place, each in enumerate(line):
        if each.repeat and (place or not first):
            return "repeat stands on the first content of a layout"
        if len(line) > 1 and each.content_type != "text":
            return f"{each.content_type} stands alone on its line"
        if each.width is not None and each.content_type != "image":
            return "width is for images; columns have pagerWeight"
        if each.content_type == "line" and each.content not in RULES:
            return f"a line is one of {', '.join(filter(None, RULES))}"
        if each.content_type == "feed" and not (each.content.isdecimal() and 0 < int(each.content[:3]) <= 20):
            return "a feed has 1 to 20 lines"
        if each.content_type == "barcode" and each.symbology not in KINDS:
            return "there is no such symbology"
    return ""


_decoder: msgspec.json.Decoder[list[ContentObject | list[ContentObject]]] = msgspec.json.Decoder(
    Annotated[
        list[ContentObject | Annotated[list[ContentObject], Meta(max_length=COLUMNS_MAX)]],
        Meta(max_length=max(LINES_MAX, COLUMNS_MAX)),
    ]
)
