r"""Layouts to text, the twin of `kvit.template.text.read`.

    {requires: items, total}
    {layout: header; name: Shop}
    ^^^{{shop.name}}^^^
    {layout: items; name: Items; weight: 30}
    {{#each items}}
    {share: 3 2}
    |{{name}} | {{money total}}|
    {{/each}}

What ReceiptLine has a sign for is written with it: columns and their places by bars, looks by marks, rules, codes. For all
else there is a property of ours, for the next line alone (docs/protocols/receipt-layouts.md has the table); ReceiptLine
passes over properties it does not know. Fields that have their usual value are not written.

Refused: control letters, a tag over several lines, raw blocks, and a backslash right before braces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from kvit.template.layout import ContentObject, Layout, LayoutError, Line, parse
from kvit.template.library.model import NONE, SHARED, Recipe
from kvit.template.text.scan import CONTROL, TEXT_MARKS, VALUE_MARKS, TextError, pieces_of, tag_end

WEIGHT_STEP: Final = 10
"""Between layouts whose weights the text does not say."""
CARETS: Final = {"wide": "^", "tall": "^^", "large": "^^^", "huge": "^^^^"}
MARKS: Final = {"bold": '"', "underline": "_", "invert": "`"}
NAMES: Final = {
    "text_align": "place", "font_size": "font", "condition": "if", "width": "percent", "bold": "bold",
    "underline": "underline", "invert": "invert", "wrap": "wrap", "symbology": "symbology", "size": "size",
    "height": "height",
}  # fmt: skip
"""Properties of the next line, by the field of a content: for all its columns, or with a number for one of them."""
SPECIAL: Final = {SHARED: "shared", NONE: "none"}
PATH: Final = re.compile(r"[A-Za-z_@$.][\w.$@/-]*")
"""A list by its name alone: it is written as a block of Handlebars."""
BLOCKS: Final = ("{{#each", "{{/each", "{{#if", "{{/if", "{{#unless", "{{/unless")
"""Tags that, alone on a line of the text, go around lines."""
BAR, CELL, HEIGHT = (2, 4), (3, 8), (24, 240)
"""What ReceiptLine's option may say of dots."""
USUAL: Final = ContentObject()


def text_of(recipe: Recipe) -> str:
    """Write a recipe as text. Raises `TextError`, its line 0, with the layout's name."""
    lines = [f"{{requires: {', '.join(recipe.requires)}}}"] if recipe.requires else []
    expected = 0
    for each in recipe.layouts:
        members = [("layout", each.type)]
        members += [("name", each.name)] if each.name else []
        members += [("weight", str(each.sort_weight))] if each.sort_weight != expected else []
        expected = each.sort_weight + WEIGHT_STEP
        try:
            if each.content in SPECIAL:
                lines.append(_properties([*members, ("content", SPECIAL[each.content])]))
            else:
                lines += [_properties(members), *_layout(parse(each.content, each.name))]
        except (LayoutError, TextError) as error:
            raise TextError(f"{each.name or each.type}: {error.problem}") from None
    return "".join(f"{line}\n" for line in lines)


def _layout(layout: Layout) -> list[str]:
    path = layout.repeat if PATH.fullmatch(layout.repeat) else ""
    lines: list[str] = []
    for number, line in enumerate(layout.lines):
        head = [("each", layout.repeat)] if layout.repeat and not path and not number else []
        lines += _line(line, head)
    return [f"{{{{#each {path}}}}}", *lines, "{{/each}}"] if path else lines


def _line(line: Line, head: list[tuple[str, str]]) -> list[str]:
    first = line[0]
    if len(line) == 1 and first.content_type != "text":
        return _alone(first, head)
    for each in line:
        if each.content.startswith(BLOCKS) and tag_end(each.content, 0) == len(each.content):
            raise TextError("a block that is not closed in its content")
    bare = [not each.content for each in line]
    said = dict.fromkeys(("text_align", *MARKS), bare)
    said["font_size"] = [not each.content or each.font_size == "small" for each in line]
    members = [*head, *_shares(line), *_fields(line, said)]
    return [*([_properties(members)] if members else []), _written(line)]


def _written(line: Line) -> str:
    texts = [_cell(each) for each in line]
    if len(line) > 1:
        return "|" + "|".join(_drawn(each.text_align, text) for each, text in zip(line, texts, strict=True)) + "|"
    text, align = texts[0], line[0].text_align
    if not text or align == "center":
        return text
    return f"|{text}" if align == "left" else f"{text}|"


def _drawn(align: str, text: str) -> str:
    return f"{text} " if align == "left" else f" {text}" if align == "right" else f" {text} "


def _cell(made: ContentObject) -> str:
    """A column's letters in its marks."""
    if not made.content:
        return ""
    marks = [CARETS.get(made.font_size, ""), *(mark for look, mark in MARKS.items() if getattr(made, look))]
    begin = "".join(marks)
    return begin + _letters(made.content) + "".join(reversed(marks))


def _letters(content: str) -> str:
    pieces = pieces_of(content)
    rule = content.strip("-") == "" or content.strip("=") == ""
    found = []
    for place, piece in enumerate(pieces):
        if piece.tag:
            found.append(_tag(piece.text))
            continue
        text = _escaped(piece.text, TEXT_MARKS + "-=" if rule else TEXT_MARKS)
        if place == 0:
            text = "~" * (len(text) - len(text.lstrip(" "))) + text.lstrip(" ")
        if place == len(pieces) - 1:
            text = text.rstrip(" ") + "~" * (len(text) - len(text.rstrip(" ")))
        found.append(text)
    return "".join(found)


def _tag(text: str) -> str:
    if "\n" in text or CONTROL.search(text):
        raise TextError("a tag over several lines")
    return text


def _escaped(text: str, marks: str) -> str:
    if CONTROL.search(text):
        raise TextError("a control letter")
    return "".join("\\" + letter if letter in marks else letter for letter in text).replace("\n", "\\n")


def _alone(made: ContentObject, head: list[tuple[str, str]]) -> list[str]:
    """A rule, a feed, a picture or a symbol: properties of its own line."""
    shares = _shares((made,))
    if made.content_type == "line" and not made.content:
        members = [*head, *shares, *_fields((made,), {})]
        return [*([_properties(members)] if members else []), "-"]
    if made.content_type in ("line", "feed"):
        name = "rule" if made.content_type == "line" else "feed"
        return [_properties([(name, made.content), *head, *shares, *_fields((made,), {})])]
    words, unsaid = [("image", _templated(made.content))], made
    if made.content_type != "image":
        option, unsaid = _option(made)
        words = [("code", words[0][1]), ("option", option)]
    rest = [*head, *shares, *_fields((unsaid,), {"text_align": [False]})]
    written = "; ".join([*(f"{name}: {value}" for name, value in words), *(_member(*each) for each in rest)])
    return [_placed(f"{{{written}}}", made.text_align)]


def _placed(written: str, align: str) -> str:
    return written if align == "center" else f"|{written}" if align == "left" else f"{written}|"


def _option(made: ContentObject) -> tuple[str, ContentObject]:
    """ReceiptLine's option of a symbol, and the content without what the option says."""
    qr = made.content_type == "qrcode"
    words, unsaid = ["qrcode" if qr else made.symbology], made
    least, most = CELL if qr else BAR
    if made.size is not None and least <= made.size <= most:
        words.append(str(made.size))
        unsaid = msgspec.structs.replace(unsaid, size=None)
    if not qr:
        unsaid = msgspec.structs.replace(unsaid, symbology=USUAL.symbology)
        if HEIGHT[0] <= made.height <= HEIGHT[1]:
            words.append(str(made.height))
            unsaid = msgspec.structs.replace(unsaid, height=USUAL.height)
        words.append("hri")
    return ", ".join(words), unsaid


def _shares(line: Sequence[ContentObject]) -> list[tuple[str, str]]:
    shares = [each.pager_weight for each in line]
    return [("share", " ".join(_number(share) for share in shares))] if any(share != 1 for share in shares) else []


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _fields(line: Sequence[ContentObject], said: dict[str, list[bool]]) -> list[tuple[str, str]]:
    """What no sign says: one property where all columns have the same, else one a column.

    ``said``: of a field that has signs, which columns want a property all the same.
    """
    found: list[tuple[str, str]] = []
    for field, name in NAMES.items():
        usual, wanted = getattr(USUAL, field), said.get(field, [True] * len(line))
        values = [getattr(each, field) for each in line]
        shown = [_shown(value) if want and value != usual else "" for value, want in zip(values, wanted, strict=True)]
        if shown[0] and len(set(shown)) == 1:
            found.append((name, shown[0]))
        else:
            found += [(f"{name}{at}", each) for at, each in enumerate(shown, 1) if each]
    return found


def _shown(value: Any) -> str:
    if value is True:
        return "yes"
    return _number(value) if isinstance(value, (int, float)) else str(value)


def _properties(members: list[tuple[str, str]]) -> str:
    return "{" + "; ".join(_member(*each) for each in members) + "}"


def _member(name: str, value: str) -> str:
    return f"{name}: {_value(value)}"


def _value(text: str) -> str:
    """A value whose braces are letters; blanks at its ends are written by their code."""
    shown = _escaped(text, VALUE_MARKS)
    bare = shown.strip(" ")
    if not bare:
        return "\\x20" * len(shown)
    before, behind = len(shown) - len(shown.lstrip(" ")), len(shown) - len(shown.rstrip(" "))
    return "\\x20" * before + bare + "\\x20" * behind


def _templated(content: str) -> str:
    """A value that is a template: tags as they are."""
    pieces = pieces_of(content)
    found = []
    for place, piece in enumerate(pieces):
        if piece.tag:
            found.append(_tag(piece.text))
            continue
        text = _escaped(piece.text, VALUE_MARKS)
        before = len(text) - len(text.lstrip(" ")) if place == 0 else 0
        text = "\\x20" * before + text[before:]
        behind = len(text) - len(text.rstrip(" ")) if place == len(pieces) - 1 else 0
        found.append(text[: len(text) - behind] + "\\x20" * behind)
    return "".join(found)
